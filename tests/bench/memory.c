// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memory.h"

static unsigned long line_of(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	if (!line) {
		fprintf(stderr, "bench: /proc/meminfo has no %s\n", name + 1);
		exit(1);
	}
	return strtoul(line + strlen(name), NULL, 10);
}

/**
 * memory_free_kib() - what the system could give to somebody
 *
 * The same as memory_free of tests/e2e/ctl/tap.sh: what is free, and what is only
 * kept for as long as nobody wants it.
 *
 * Return: KiB.
 */
unsigned long memory_free_kib(void)
{
	static char text[8192] = "\n";
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, text + 1, sizeof(text) - 2);

	if (size < 0) {
		perror("/proc/meminfo");
		exit(1);
	}
	close(fd);
	text[size + 1] = '\0';
	return line_of(text, "\nMemFree:") + line_of(text, "\nBuffers:") +
	       line_of(text, "\nCached:") + line_of(text, "\nSReclaimable:");
}
