/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Numbers that depend on a seed and on nothing else. */
#ifndef LIFE_RNG_H
#define LIFE_RNG_H

#include <stdint.h>

/**
 * struct rng - a sequence of numbers
 * @state: where it is
 */
struct rng {
	uint64_t state;
};

/* Spreads all bits of a number over all bits of another one. */
static inline uint64_t rng_mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static inline uint64_t rng_next(struct rng *rng)
{
	rng->state += 0x9e3779b97f4a7c15;
	return rng_mix(rng->state);
}

/* A number below @n; that some are more likely by @n / 2^64 does not matter here. */
static inline unsigned int rng_below(struct rng *rng, unsigned int n)
{
	return rng_next(rng) % n;
}

/* The sequence of one of those who share a seed. */
static inline struct rng rng_of(uint64_t seed, uint64_t who)
{
	struct rng rng = { .state = rng_mix(seed + rng_mix(who + 1)) };

	return rng;
}

#endif
