// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "inject.h"

#define FOLDER "/sys/kernel/debug/kmc_fail/"

static void give_up(const char *name)
{
	printf("Bail out! " FOLDER "%s: is kmc_fail.ko loaded?\n", name);
	exit(2);
}

/**
 * inject_arm() - say what is to fail from now on
 * @format: as for printf: "off", "nth N", "each N", "rate N SEED", "forget"
 */
void inject_arm(const char *format, ...)
{
	int fd = open(FOLDER "arm", O_WRONLY | O_CLOEXEC);
	char line[64];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (fd < 0 || write(fd, line, len) != len)
		give_up("arm");
	close(fd);
}

/**
 * inject_read() - read one of the files of kmc_fail
 * @name: its name
 * @text: its contents are appended to this, and a NUL behind them
 */
void inject_read(const char *name, struct bytes *text)
{
	char path[64];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		give_up(name);
	while ((got = read(fd, bytes_room(text, 1 << 16), 1 << 16)) > 0)
		text->len += got;
	*bytes_room(text, 1) = '\0';
	close(fd);
}

/**
 * inject_read_status() - what has happened since the last inject_arm()
 * @status: result
 */
void inject_read_status(struct inject_status *status)
{
	struct bytes text = { 0 };

	inject_read("status", &text);
	if (sscanf(text.data, "seen=%lu failed=%lu", &status->seen, &status->failed) != 2)
		give_up("status");
	bytes_free(&text);
}
