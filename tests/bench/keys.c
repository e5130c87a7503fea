// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"

static bool open_trace(struct keys *keys, const char *description)
{
	char path[4096];
	int matched = sscanf(description, "trace:%4095[^:]:%" SCNu64, path, &keys->copies);

	if (matched < 1 || !keys->copies)
		return false;
	keys->trace = fopen(path, "rb");
	if (!keys->trace)
		perror(path);
	keys->copy = keys->copies;
	return keys->trace;
}

/* The key of rank n is asked for in proportion to 1 / n^exponent. */
static bool sum_zipf(struct keys *keys, double exponent)
{
	double sum = 0;
	uint64_t rank;

	keys->sums = malloc(keys->count * sizeof(*keys->sums));
	if (!keys->sums)
		return false;
	for (rank = 0; rank < keys->count; rank++) {
		sum += pow(rank + 1, -exponent);
		keys->sums[rank] = sum;
	}
	for (rank = 0; rank < keys->count; rank++)
		keys->sums[rank] /= sum;
	return true;
}

/**
 * keys_open() - begin a sequence of keys
 * @keys: filled in
 * @description: "trace:FILE[:COPIES]", "loop:COUNT", "zipf:EXPONENT:COUNT", or
 *	"scan:EXPONENT:COUNT:EVERY:LENGTH", which is a zipf with scans in it
 * @seed: what zipf and scan depend on
 *
 * Return: whether there is such a sequence.
 */
bool keys_open(struct keys *keys, const char *description, uint64_t seed)
{
	double exponent;

	memset(keys, 0, sizeof(*keys));
	keys->copies = 1;
	keys->rng = rng_of(seed, 0);
	if (!strncmp(description, "trace:", 6))
		return open_trace(keys, description);
	if (sscanf(description, "loop:%" SCNu64, &keys->count) == 1)
		return keys->count;
	if (sscanf(description, "zipf:%lf:%" SCNu64, &exponent, &keys->count) != 2 &&
	    sscanf(description, "scan:%lf:%" SCNu64 ":%" SCNu64 ":%" SCNu64, &exponent,
		   &keys->count, &keys->every, &keys->scan) != 4)
		return false;
	keys->once = keys->count;
	return keys->count && sum_zipf(keys, exponent);
}

static bool next_of_trace(struct keys *keys, uint64_t *key)
{
	if (keys->copy == keys->copies) {
		if (fread(&keys->key, sizeof(keys->key), 1, keys->trace) != 1)
			return false;
		keys->copy = 0;
	}
	*key = keys->key * keys->copies + keys->copy++;
	return true;
}

static uint64_t draw(struct keys *keys)
{
	double wanted = (rng_next(&keys->rng) >> 11) / (double)(1ULL << 53);
	uint64_t low = 0, high = keys->count - 1, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (keys->sums[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * keys_next() - the next key
 * @keys: the sequence
 * @key: the key
 *
 * Return: false at the end of a trace; what is made has none.
 */
bool keys_next(struct keys *keys, uint64_t *key)
{
	if (keys->trace)
		return next_of_trace(keys, key);
	if (!keys->sums) {
		*key = keys->key++ % keys->count;
		return true;
	}
	if (keys->every && keys->phase++ >= keys->every) {
		if (keys->phase == keys->every + keys->scan)
			keys->phase = 0;
		*key = keys->once++;
		return true;
	}
	*key = draw(keys);
	return true;
}
