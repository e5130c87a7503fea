// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "latency.h"

/**
 * latency_add() - count something that took so long
 * @latency: where it is counted
 * @nanoseconds: how long
 */
void latency_add(struct latency *latency, uint64_t nanoseconds)
{
	unsigned int power = 0;

	while (nanoseconds >> power >= 2 * LATENCY_STEPS && power < LATENCY_POWERS - 2)
		power++;
	nanoseconds >>= power;
	if (nanoseconds >= 2 * LATENCY_STEPS)
		nanoseconds = 2 * LATENCY_STEPS - 1;
	/* the first row has what is shorter than the steps of the others */
	if (nanoseconds >= LATENCY_STEPS)
		power++;
	latency->count[power][nanoseconds % LATENCY_STEPS]++;
}

/**
 * latency_merge() - count what somebody else has counted
 * @latency: where it is counted
 * @other: what he has
 */
void latency_merge(struct latency *latency, const struct latency *other)
{
	unsigned int power, step;

	for (power = 0; power < LATENCY_POWERS; power++)
		for (step = 0; step < LATENCY_STEPS; step++)
			latency->count[power][step] += other->count[power][step];
}

static uint64_t total(const struct latency *latency)
{
	unsigned int power, step;
	uint64_t sum = 0;

	for (power = 0; power < LATENCY_POWERS; power++)
		for (step = 0; step < LATENCY_STEPS; step++)
			sum += latency->count[power][step];
	return sum;
}

/**
 * latency_at() - how long the slowest of a part took
 * @latency: what was counted
 * @part: 0.99 is all but the slowest hundredth
 *
 * Return: nanoseconds, rounded down to a step; 0 if nothing was counted.
 */
uint64_t latency_at(const struct latency *latency, double part)
{
	uint64_t wanted = part * total(latency), seen = 0;
	unsigned int power, step;

	for (power = 0; power < LATENCY_POWERS; power++) {
		for (step = 0; step < LATENCY_STEPS; step++) {
			seen += latency->count[power][step];
			if (seen > wanted)
				return power ? (uint64_t)(LATENCY_STEPS + step) << (power - 1)
					     : step;
		}
	}
	return 0;
}
