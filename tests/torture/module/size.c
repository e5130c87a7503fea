// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "size.h"

#include <linux/minmax.h>

#include "torture.h"
#include "value.h"

/* The largest size that a softirq takes the time for. */
#define ATOMIC_MAX 4

static const u32 sizes[TORTURE_SIZES] = {
	sizeof(struct torture_value), 100, 1024, 4096, 20 * 1024, 100 * 1024, 1024 * 1024 - 512,
};

/**
 * torture_size_weighted() - choose by weights
 * @rnd: the caller's random numbers
 * @weights: of each choice
 * @count: how many there are
 *
 * Return: which.
 */
unsigned int torture_size_weighted(struct rnd_state *rnd, const unsigned int *weights,
				   unsigned int count)
{
	unsigned int total = 0, i;
	u32 ball;

	for (i = 0; i < count; i++)
		total += weights[i];
	ball = prandom_u32_state(rnd) % max(total, 1U);
	for (i = 0; i < count - 1; i++) {
		if (ball < weights[i])
			break;
		ball -= weights[i];
	}
	return i;
}

/**
 * torture_size_pick() - the length of a new value
 * @rnd: the caller's random numbers
 * @atomic: not one of the largest
 *
 * Return: bytes: a size, or up to a quarter less.
 */
u32 torture_size_pick(struct rnd_state *rnd, bool atomic)
{
	unsigned int which = torture_size_weighted(rnd, torture.sizes, TORTURE_SIZES);
	u32 size = sizes[atomic ? min_t(unsigned int, which, ATOMIC_MAX) : which];

	size -= prandom_u32_state(rnd) % (size / 4 + 1);
	return max_t(u32, size, sizeof(struct torture_value));
}
