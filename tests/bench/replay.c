// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * replay HOST PORT KEYS SIZES REQUESTS [WINDOW [OFFSET]]: asks for each key of a
 * sequence, and stores what is not there. See keys_open() and sizes_parse() for
 * KEYS and SIZES; OFFSET is added to the keys, so that two sequences have none in
 * common. Prints a line for each WINDOW requests, and one for all of them:
 *
 *	REQUESTS HITS SETS REFUSED
 *
 * CACHE_BATCH keys are asked for at a time, or fewer where a key would be there
 * twice: so all requests for a key are seen by the server, and each of them after
 * the set of the one before it. Only sets and gets of other keys change places.
 */
// sources: tests/bench/cache.c tests/bench/keys.c tests/bench/sizes.c
#include <stdio.h>
#include <stdlib.h>

#include "cache.h"
#include "keys.h"

#define SEED 1

/* What happened since it was printed last. */
struct tally {
	unsigned long requests;
	unsigned long hits;
	unsigned long sets;
	unsigned long refused;
};

/* Keys that are asked for together. */
struct batch {
	unsigned int count;
	uint64_t keys[CACHE_BATCH];
};

static bool has(const struct batch *batch, uint64_t key)
{
	unsigned int i;

	for (i = 0; i < batch->count; i++)
		if (batch->keys[i] == key)
			return true;
	return false;
}

static void ask(struct cache *cache, struct batch *batch, struct tally *tally)
{
	bool found[CACHE_BATCH];
	unsigned int i;

	if (!batch->count)
		return;
	tally->hits += cache_get(cache, batch->keys, batch->count, found);
	for (i = 0; i < batch->count; i++) {
		if (found[i])
			continue;
		cache_set(cache, batch->keys[i]);
		tally->sets++;
	}
	tally->requests += batch->count;
	batch->count = 0;
}

/* Prints a tally, and begins another one. */
static void print(struct tally *tally)
{
	printf("%lu %lu %lu %lu\n", tally->requests, tally->hits, tally->sets, tally->refused);
	*tally = (struct tally){ 0 };
}

/* Moves what was counted in a window to what is counted of all of them. */
static void close_window(struct cache *cache, struct tally *window, struct tally *all)
{
	cache_settle(cache);
	window->refused = cache->refused - all->refused;
	all->requests += window->requests;
	all->hits += window->hits;
	all->sets += window->sets;
	all->refused += window->refused;
}

static void replay(struct cache *cache, struct keys *keys, uint64_t requests, uint64_t length,
		   uint64_t offset)
{
	struct tally window = { 0 }, all = { 0 };
	struct batch batch = { 0 };
	uint64_t key, i;

	for (i = 0; i < requests && keys_next(keys, &key); i++) {
		key += offset;
		if (batch.count == CACHE_BATCH || has(&batch, key))
			ask(cache, &batch, &window);
		batch.keys[batch.count++] = key;
		if (length && (i + 1) % length == 0) {
			ask(cache, &batch, &window);
			close_window(cache, &window, &all);
			print(&window);
		}
	}
	ask(cache, &batch, &window);
	close_window(cache, &window, &all);
	print(&all);
}

int main(int argc, char **argv)
{
	static struct cache cache = { .key_length = CACHE_KEY_MIN };
	struct keys keys;
	uint64_t window, offset;

	if (argc < 6 || argc > 8 || !keys_open(&keys, argv[3], SEED) ||
	    !sizes_parse(&cache.sizes, argv[4])) {
		fprintf(stderr,
			"usage: replay HOST PORT KEYS SIZES REQUESTS [WINDOW [OFFSET]]\n");
		return 2;
	}
	window = argc > 6 ? strtoull(argv[6], NULL, 10) : 0;
	offset = argc > 7 ? strtoull(argv[7], NULL, 10) : 0;
	cache_open(&cache, argv[1], argv[2]);
	replay(&cache, &keys, strtoull(argv[5], NULL, 10), window, offset);
	return 0;
}
