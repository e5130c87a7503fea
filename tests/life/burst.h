/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests that go out together, and what may be answered. */
#ifndef LIFE_BURST_H
#define LIFE_BURST_H

#include <stdbool.h>
#include <stddef.h>

#include "rng.h"
#include "tests/e2e/bytes.h"

/* Requests in a burst, and keys in a request, at most. */
#define BURST_MAX	16
#define BURST_KEYS	20

/* A key: a letter, which says what its values look like, and a number. */
struct burst_key {
	char kind;
	unsigned int number;
};

/**
 * struct burst_reply - what is to come
 * @lines: the lines that may come, each begins so; NULL: values
 * @no_memory: a refusal for want of memory may come, too
 * @keys: the keys that were asked for
 * @key_count: how many
 * @next_key: the first one whose value may still come
 */
struct burst_reply {
	const char * const *lines;
	bool no_memory;
	struct burst_key keys[BURST_KEYS];
	unsigned int key_count;
	unsigned int next_key;
};

/**
 * struct burst - requests that go out together
 * @number: the number of the namespace, of which values depend
 * @requests: the bytes
 * @replies: what is to come
 * @reply_count: how much of it
 * @next: the first that has not come
 */
struct burst {
	unsigned int number;
	struct bytes requests;
	struct burst_reply replies[BURST_MAX];
	unsigned int reply_count;
	unsigned int next;
};

void burst_begin(struct burst *burst, unsigned int number);
void burst_add(struct burst *burst, struct rng *rng);
void burst_add_set(struct burst *burst, struct burst_key key, size_t size);
void burst_add_get(struct burst *burst, struct burst_key key);
size_t burst_check(struct burst *burst, const char *data, size_t len, bool *wrong);

#endif
