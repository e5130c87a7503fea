// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shared.h"

/* How soon memory must be free again. */
#define MEMORY_MS	30000

/* What may be missing: KiB for what others have taken; the share that KASAN keeps. */
#define TOLERANCE	(16 << 10)
#define QUARANTINE	16

/**
 * memory_settle() - make what is free be counted as free
 *
 * A CPU keeps up to an eighth of the memory as its own free pages; this makes it less.
 */
void memory_settle(void)
{
	int fd = open("/proc/sys/vm/percpu_pagelist_high_fraction", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "1000", 4) != 4)
		say("pages that CPUs keep may seem to be missing");
	if (fd >= 0)
		close(fd);
}

/* What the system could give to somebody, in KiB. */
static long read_memory(long *total)
{
	long value, sum = 0;
	char name[64];
	FILE *file = fopen("/proc/meminfo", "re");

	while (file && fscanf(file, "%63s %ld kB\n", name, &value) == 2) {
		if (!strcmp(name, "MemTotal:"))
			*total = value;
		if (!strcmp(name, "MemFree:") || !strcmp(name, "Buffers:") ||
		    !strcmp(name, "Cached:") || !strcmp(name, "SReclaimable:"))
			sum += value;
	}
	if (file)
		fclose(file);
	return sum;
}

/**
 * memory_free() - what the system could give to somebody
 *
 * Return: KiB.
 */
long memory_free(void)
{
	long total;

	return read_memory(&total);
}

/* KASAN keeps what is freed for a while, and there is no kernel with one and not the other. */
static long tolerance(long total)
{
	bool checked = !access("/sys/kernel/debug/kmemleak", F_OK);

	return TOLERANCE + (checked ? total / QUARANTINE : 0);
}

/**
 * memory_check() - wait until memory is back
 * @before: what memory_free() was
 */
void memory_check(long before)
{
	long long deadline = now_ms() + MEMORY_MS * shared->patience;
	long total = 0, missing;

	begin(2 * MEMORY_MS / 1000, "life: wait for memory");
	do {
		missing = before - read_memory(&total);
		if (missing <= tolerance(total))
			break;
		nap_ms(100);
	} while (now_ms() < deadline);
	end();
	say("%ld KiB less are free than before", missing);
	if (missing > tolerance(total))
		flunk(CHECK_MEMORY, "%ld KiB are missing", missing);
}
