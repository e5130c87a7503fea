/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The server that is measured, as a client sees it: one connection, many requests at a time. */
#ifndef BENCH_CACHE_H
#define BENCH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sizes.h"

/* Requests that go out together. */
#define CACHE_BATCH	64

#define CACHE_KEY_MAX	250
#define CACHE_KEY_MIN	20

/**
 * struct cache - a connection
 * @fd: the socket
 * @key_length: a key is its number with so many digits
 * @sizes: how long values are
 * @stored: how many values the server has stored
 * @refused: and how many it has not
 * @awaited: sets that were not answered yet
 * @written: what of @output is to be sent
 * @start: what of @input is to be read
 * @end: its end
 * @output: requests
 * @input: replies
 */
struct cache {
	int fd;
	unsigned int key_length;
	struct sizes sizes;
	unsigned long stored;
	unsigned long refused;
	unsigned int awaited;
	size_t written;
	size_t start;
	size_t end;
	char output[(128 << 10) + SIZES_MAX];
	char input[64 << 10];
};

void cache_open(struct cache *cache, const char *host, const char *port);
void cache_set(struct cache *cache, uint64_t key);
void cache_settle(struct cache *cache);
unsigned int cache_get(struct cache *cache, const uint64_t *keys, unsigned int count, bool *found);
unsigned long cache_stat(struct cache *cache, const char *name);

#endif
