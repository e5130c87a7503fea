/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Which allocations of the module are to fail: the user's side of fail/kmc_fail.c. */
#ifndef FAULT_INJECT_H
#define FAULT_INJECT_H

#include "tests/e2e/bytes.h"

/**
 * struct inject_status - what has happened since the last inject_arm()
 * @seen: allocations
 * @failed: how many of them were failed
 */
struct inject_status {
	unsigned long seen;
	unsigned long failed;
};

void inject_arm(const char *format, ...) __attribute__((format(printf, 1, 2)));
void inject_read_status(struct inject_status *status);
void inject_read(const char *name, struct bytes *text);

#endif
