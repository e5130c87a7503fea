/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What load asks for: the requests of a workload, and what must be answered. */
#ifndef BENCH_RECIPE_H
#define BENCH_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct text - bytes that become more
 * @bytes: where they are
 * @size: how many they are
 * @room: how many there is memory for
 */
struct text {
	char *bytes;
	size_t size;
	size_t room;
};

/**
 * enum recipe_kind - a workload
 * @RECIPE_GET: get, of so many keys a request
 * @RECIPE_MISS: get, of keys that are not there
 * @RECIPE_SET: set
 * @RECIPE_MIX: a set in ten requests, the others are get
 * @RECIPE_META: mg with the value and nothing else
 * @RECIPE_BINARY: get of the binary protocol
 */
enum recipe_kind {
	RECIPE_GET,
	RECIPE_MISS,
	RECIPE_SET,
	RECIPE_MIX,
	RECIPE_META,
	RECIPE_BINARY,
};

/**
 * struct recipe - a sequence of requests, which are numbered from 0
 * @kind: the workload
 * @keys: how many keys there are; requests name them in turn
 * @value: bytes of a value
 * @per_request: how many keys a get has
 * @is_fixed: each reply is what the first request of its form would get
 */
struct recipe {
	enum recipe_kind kind;
	unsigned int keys;
	size_t value;
	unsigned int per_request;
	bool is_fixed;
};

bool recipe_parse(struct recipe *recipe, const char *word);
bool recipe_is_set(const struct recipe *recipe, unsigned int number);
void recipe_add_request(const struct recipe *recipe, unsigned int number, struct text *text);
void recipe_add_reply(const struct recipe *recipe, unsigned int number, struct text *text);
void recipe_add_store(const struct recipe *recipe, unsigned int key, struct text *text);
void recipe_forget_cas(const struct recipe *recipe, struct text *text);
void text_free(struct text *text);

#endif
