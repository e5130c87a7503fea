// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * write HOST PORT COUNT SIZES [KEY_LENGTH [FIRST]]: stores COUNT values under keys
 * that follow each other. See sizes_parse() for SIZES. Prints how many were stored
 * and refused, and how many items the server says it has then.
 */
// sources: tests/bench/cache.c tests/bench/sizes.c
#include <stdio.h>
#include <stdlib.h>

#include "cache.h"

int main(int argc, char **argv)
{
	static struct cache cache = { .key_length = CACHE_KEY_MIN };
	uint64_t first = 0, count, key;

	if (argc > 5)
		cache.key_length = strtoul(argv[5], NULL, 10);
	if (argc < 5 || argc > 7 || !sizes_parse(&cache.sizes, argv[4]) ||
	    cache.key_length < CACHE_KEY_MIN || cache.key_length > CACHE_KEY_MAX) {
		fprintf(stderr, "usage: write HOST PORT COUNT SIZES [KEY_LENGTH [FIRST]]\n");
		return 2;
	}
	count = strtoull(argv[3], NULL, 10);
	if (argc > 6)
		first = strtoull(argv[6], NULL, 10);
	cache_open(&cache, argv[1], argv[2]);
	for (key = first; key < first + count; key++)
		cache_set(&cache, key);
	cache_settle(&cache);
	printf("%lu %lu %lu\n", cache.stored, cache.refused, cache_stat(&cache, "curr_items"));
	return 0;
}
