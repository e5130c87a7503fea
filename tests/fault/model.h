/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * A client that knows what may be stored, and what a server without memory may say.
 *
 * A request is answered, or refused for want of memory, or the connection is closed
 * or reset, also in the middle of an answer. Then the next request opens another
 * one. What was asked for may have happened or not; either is believed until a get
 * tells. Anything else is wrong, and ends the process.
 */
#ifndef FAULT_MODEL_H
#define FAULT_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/e2e/bytes.h"

struct client;

/* What a client is told before the connection is closed for want of memory. */
#define MODEL_NO_MEMORY_READ "SERVER_ERROR out of memory reading request\r\n"

/* Values that a key may have at the same time, for all we know. */
#define FACT_VALUES 4

/**
 * struct fact - what a key may hold
 * @key: the key
 * @missing: nothing, perhaps
 * @count: how many values are possible
 * @value: the values
 */
struct fact {
	const char *key;
	bool missing;
	unsigned int count;
	struct bytes value[FACT_VALUES];
};

/* How often something was refused, or cut off. */
extern unsigned int model_complaints;

/* Where others are evicted when memory is refused, what was stored may be missing. */
extern bool model_evicts;

void wrong(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

struct client *model_connect(void);
void model_hang_up(void);
int model_port(void);
bool model_converse(const char *request, struct bytes *reply);
bool model_ask(const char *request, const char *answer);
bool model_exchange(const struct bytes *request, const struct bytes *answer,
		    const struct bytes *refusal);
void model_expect_end(void);
void model_fact_init(struct fact *fact, const char *key);
void model_set(struct fact *fact, char fill, size_t len);
void model_set_number(struct fact *fact, unsigned long number);
void model_add_to(struct fact *fact, const char *verb, const char *text);
void model_incr(struct fact *fact, unsigned long amount);
void model_delete(struct fact *fact);
void model_touch(struct fact *fact);
void model_cas(struct fact *fact, const char *text);
void model_get(struct fact *fact, unsigned int times);
void model_get_in_pieces(struct fact *fact);
void model_flush(struct fact *facts, size_t count);
void model_stats(const char *what);
void model_get_and_quit(struct fact *fact);
void model_get_and_shut(struct fact *fact);
void model_quit(void);

#endif
