// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>

#include "histogram.h"

/**
 * kmc_histogram_total() - how many there are
 * @counts: the counts
 * @size: how many buckets
 *
 * Return: the sum.
 */
uint64_t kmc_histogram_total(const uint64_t *counts, size_t size)
{
	uint64_t total = 0;
	size_t at;

	for (at = 0; at < size; at++)
		total += counts[at];
	return total;
}

/* Of so many in their order, the number of the one that is asked for, from 1. */
static uint64_t rank_of(uint64_t total, unsigned int per_mille)
{
	/* rounded up, and without a product that is too large */
	uint64_t rank = total / 1000 * per_mille + (total % 1000 * per_mille + 999) / 1000;

	return rank ? rank : 1;
}

/**
 * kmc_histogram_find() - where a percentile is
 * @counts: the counts
 * @size: how many buckets
 * @per_mille: so many thousandths, 0 to 1000, are in that bucket or below
 *
 * Return: the first bucket for which that is so; @size if nothing was counted.
 */
size_t kmc_histogram_find(const uint64_t *counts, size_t size, unsigned int per_mille)
{
	uint64_t total = kmc_histogram_total(counts, size), sum = 0;
	size_t at;

	if (!total)
		return size;
	for (at = 0; at < size - 1; at++) {
		sum += counts[at];
		if (sum >= rank_of(total, per_mille))
			break;
	}
	return at;
}

/**
 * kmc_histogram_bound() - what everything in a bucket is less than, but for the last one
 * @bucket: the bucket, or @size
 * @size: how many buckets, less than 64
 *
 * Return: the bound; 0 if it is none.
 */
uint64_t kmc_histogram_bound(size_t bucket, size_t size)
{
	return bucket < size ? UINT64_C(2) << bucket : 0;
}

/**
 * kmc_histogram_compose() - a bound of nanoseconds, as text in microseconds
 * @bucket: the bucket, or @size, which is a dash
 * @size: how many buckets, less than 64
 * @text: %KMC_HISTOGRAM_TEXT_SIZE bytes
 *
 * Of the last bucket it is the lower bound, with a sign.
 */
void kmc_histogram_compose(size_t bucket, size_t size, char *text)
{
	uint64_t ns = kmc_histogram_bound(bucket, size);
	const char *sign = "";

	if (bucket + 1 == size) {
		ns /= 2;
		sign = ">";
	}
	if (ns)
		snprintf(text, KMC_HISTOGRAM_TEXT_SIZE, "%s%" PRIu64 ".%03" PRIu64, sign,
			 ns / 1000, ns % 1000);
	else
		snprintf(text, KMC_HISTOGRAM_TEXT_SIZE, "-");
}
