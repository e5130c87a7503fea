// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * press HOST PORT LIMIT COMMAND SIZE...: looks at the memory of the system, has the
 * shell run COMMAND, which starts the server, fills it beyond its limit of LIMIT MiB,
 * and looks at the memory meanwhile.
 *
 * With one SIZE: until the server has evicted something, then half of the limit
 * more; without an eviction, four times the limit. With several: a third of the
 * limit of each in turn, all of them twice. What an item takes beside its value is
 * guessed to be 64 bytes, which only decides how much is written. Prints how many
 * values were stored, refused and evicted, and how much less memory there was than
 * before, in KiB, when it was least. What this program needs is touched before.
 */
// sources: tests/bench/cache.c tests/bench/memory.c tests/bench/sizes.c
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cache.h"
#include "memory.h"

#define OVERHEAD	64

/* Stretches of writing in a limit's worth, between which evictions are looked at. */
#define STRETCHES	12

/* Memory is looked at after so many bytes: it takes longer than a set does. */
#define LOOK_BYTES	(256 << 10)

struct press {
	struct cache cache;
	uint64_t key;
	uint64_t unseen;
	unsigned long before;
	unsigned long least;
};

static void look(struct press *press)
{
	unsigned long available = memory_free_kib();

	if (available < press->least)
		press->least = available;
	press->unseen = 0;
}

static bool start(struct press *press, char **argv)
{
	memset(press->cache.output, 1, sizeof(press->cache.output));
	memset(press->cache.input, 1, sizeof(press->cache.input));
	press->before = memory_free_kib();
	press->least = press->before;
	if (system(argv[4])) {
		fprintf(stderr, "press: failed: %s\n", argv[4]);
		return false;
	}
	cache_open(&press->cache, argv[1], argv[2]);
	return true;
}

static void write_bytes(struct press *press, uint64_t bytes)
{
	uint64_t cost = press->cache.sizes.min + OVERHEAD, written;

	for (written = 0; written < bytes; written += cost) {
		cache_set(&press->cache, press->key++);
		press->unseen += cost;
		if (press->unseen >= LOOK_BYTES)
			look(press);
	}
	cache_settle(&press->cache);
	look(press);
}

static void press_one(struct press *press, uint64_t limit)
{
	unsigned int stretch;

	for (stretch = 0; stretch < 4 * STRETCHES; stretch++) {
		write_bytes(press, limit / STRETCHES);
		if (cache_stat(&press->cache, "evictions"))
			break;
	}
	write_bytes(press, limit / 2);
}

static bool press_mix(struct press *press, uint64_t limit, char **sizes, int count)
{
	int i;

	for (i = 0; i < 2 * count; i++) {
		if (!sizes_parse(&press->cache.sizes, sizes[i % count]))
			return false;
		write_bytes(press, limit / 3);
	}
	return true;
}

int main(int argc, char **argv)
{
	static struct press press = { .cache.key_length = CACHE_KEY_MIN };
	uint64_t limit;

	if (argc < 6 || !sizes_parse(&press.cache.sizes, argv[5])) {
		fprintf(stderr, "usage: press HOST PORT LIMIT COMMAND SIZE...\n");
		return 2;
	}
	limit = strtoull(argv[3], NULL, 10) << 20;
	if (!start(&press, argv))
		return 1;
	if (argc == 6) {
		press_one(&press, limit);
	} else if (!press_mix(&press, limit, argv + 5, argc - 5)) {
		fprintf(stderr, "press: not a size\n");
		return 2;
	}
	printf("%lu %lu %lu %lu\n", press.cache.stored, press.cache.refused,
	       cache_stat(&press.cache, "evictions"), press.before - press.least);
	return 0;
}
