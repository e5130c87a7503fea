/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Numbers that look random and follow from a seed, the same on all machines. */
#ifndef DIFF_RANDOM_H
#define DIFF_RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct random - where a sequence is
 * @state: any number to begin with
 */
struct random {
	uint64_t state;
};

static inline uint64_t random_next(struct random *random)
{
	uint64_t x = random->state += 0x9e3779b97f4a7c15;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

/* A number below @limit, which is not 0. */
static inline uint32_t random_below(struct random *random, uint32_t limit)
{
	return random_next(random) % limit;
}

/* True once in @times. */
static inline bool random_once_in(struct random *random, uint32_t times)
{
	return !random_below(random, times);
}

/* One of the elements of an array. */
#define random_of(random, array) \
	((array)[random_below(random, sizeof(array) / sizeof((array)[0]))])

#endif
