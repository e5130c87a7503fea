/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The keys that are asked for, one after another: of a trace, or made from a seed. */
#ifndef BENCH_KEYS_H
#define BENCH_KEYS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "tests/life/rng.h"

/**
 * struct keys - a sequence of keys
 * @trace: where the keys are read from, 8 bytes each; NULL if they are made
 * @copies: how often each key of the trace is asked for, under a name of its own each time
 * @copy: how often the present one was
 * @key: the present key of the trace, or how many were made
 * @rng: what the made ones depend on
 * @count: keys are drawn from 0 to @count - 1
 * @sums: for each of them, the probability of it and all before it; NULL: they take turns
 * @every: after so many keys comes a scan; 0: none does
 * @scan: how many keys a scan has, which are asked for once and never again
 * @phase: where in the @every and @scan keys we are
 * @once: the next key of a scan
 */
struct keys {
	FILE *trace;
	uint64_t copies;
	uint64_t copy;
	uint64_t key;
	struct rng rng;
	uint64_t count;
	double *sums;
	uint64_t every;
	uint64_t scan;
	uint64_t phase;
	uint64_t once;
};

bool keys_open(struct keys *keys, const char *description, uint64_t seed);
bool keys_next(struct keys *keys, uint64_t *key);

#endif
