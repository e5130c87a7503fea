/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How long things took: how many of them, by time. */
#ifndef BENCH_LATENCY_H
#define BENCH_LATENCY_H

#include <stdint.h>

/* A power of two is cut into this many: a time is known to 1 part in 64. */
#define LATENCY_STEPS	64
#define LATENCY_POWERS	40

/**
 * struct latency - how many took how long
 * @count: of each time
 */
struct latency {
	uint64_t count[LATENCY_POWERS][LATENCY_STEPS];
};

void latency_add(struct latency *latency, uint64_t nanoseconds);
void latency_merge(struct latency *latency, const struct latency *other);
uint64_t latency_at(const struct latency *latency, double part);

#endif
