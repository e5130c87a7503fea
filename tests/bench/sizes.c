// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <math.h>
#include <stdio.h>

#include "sizes.h"
#include "tests/life/rng.h"

/**
 * sizes_parse() - read a distribution
 * @sizes: filled in
 * @description: "SIZE" or "MIN-MAX"
 *
 * Return: whether it is one.
 */
bool sizes_parse(struct sizes *sizes, const char *description)
{
	int matched = sscanf(description, "%zu-%zu", &sizes->min, &sizes->max);

	if (matched < 1)
		return false;
	if (matched == 1)
		sizes->max = sizes->min;
	return sizes->min && sizes->min <= sizes->max && sizes->max <= SIZES_MAX;
}

/**
 * sizes_of() - the size of a key's value
 * @sizes: the distribution
 * @key: the key
 *
 * Return: the size, which depends on nothing else.
 */
size_t sizes_of(const struct sizes *sizes, uint64_t key)
{
	double where;

	if (sizes->min == sizes->max)
		return sizes->min;
	where = (rng_mix(key + 1) >> 11) / (double)(1ULL << 53);
	return sizes->min * pow((double)sizes->max / sizes->min, where);
}
