// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/net/crowd.c
/*
 * traffic HOST PORT CONNECTIONS SECONDS LARGEST [MSS]: pipelines of sets, gets and deletes of
 * values from 1 byte to LARGEST, each reply compared to the byte with what it must be; at the end
 * of the time quit, and the end of the connection. MSS is the client's maximum segment size.
 *
 * The server must have memory for 8 values of LARGEST bytes a connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"

#define SLOTS 8

/* The most requests of one pipeline, which ends when it moves more than the largest value. */
#define REQUESTS 24

/* A key, and what is stored there: 0 bytes is nothing. */
struct slot {
	uint64_t seed;
	size_t len;
};

struct model {
	uint64_t random;
	bool begun;
	bool quit;
	struct slot slots[SLOTS];
};

static long deadline;
static size_t largest;
static unsigned long long values, value_bytes;

/* Each power of two is as likely as the next. */
static size_t choose_length(struct model *model)
{
	int bits = 64 - __builtin_clzll(largest);
	size_t top = 1UL << crowd_below(&model->random, bits);
	size_t len = top + crowd_below(&model->random, top);

	return len < largest ? len : largest;
}

static size_t add_set(struct member *m, struct model *model, int at, bool noreply)
{
	struct slot *slot = &model->slots[at];

	slot->len = choose_length(model);
	slot->seed = crowd_random(&model->random);
	bytes_printf(&m->part.request, "set t-%u-%d %d 0 %zu%s\r\n", m->number, at, at, slot->len,
		     noreply ? " noreply" : "");
	crowd_add_value(&m->part.request, slot->seed, slot->len);
	bytes_add(&m->part.request, "\r\n", 2);
	if (!noreply)
		bytes_printf(&m->part.wanted, "STORED\r\n");
	return slot->len;
}

static size_t add_get(struct member *m, struct model *model, int first, int count)
{
	size_t total = 0;

	bytes_printf(&m->part.request, "get");
	for (int at = first; at < first + count; at++) {
		struct slot *slot = &model->slots[at % SLOTS];

		bytes_printf(&m->part.request, " t-%u-%d", m->number, at % SLOTS);
		if (!slot->len)
			continue;
		bytes_printf(&m->part.wanted, "VALUE t-%u-%d %d %zu\r\n", m->number, at % SLOTS,
			     at % SLOTS, slot->len);
		crowd_add_value(&m->part.wanted, slot->seed, slot->len);
		bytes_add(&m->part.wanted, "\r\n", 2);
		total += slot->len;
		values++;
	}
	bytes_printf(&m->part.request, "\r\n");
	bytes_printf(&m->part.wanted, "END\r\n");
	return total;
}

static void add_delete(struct member *m, struct model *model, int at)
{
	bytes_printf(&m->part.request, "delete t-%u-%d\r\n", m->number, at);
	bytes_printf(&m->part.wanted, model->slots[at].len ? "DELETED\r\n" : "NOT_FOUND\r\n");
	model->slots[at].len = 0;
}

static size_t add_request(struct member *m, struct model *model)
{
	int at = crowd_below(&model->random, SLOTS);

	switch (crowd_below(&model->random, 8)) {
	case 0:
	case 1:
		return add_set(m, model, at, false);
	case 2:
		return add_set(m, model, at, true);
	case 3:
		add_delete(m, model, at);
		return 0;
	case 4:
		return add_get(m, model, at, 1 + crowd_below(&model->random, SLOTS));
	default:
		return add_get(m, model, at, 1);
	}
}

/* What another run has left. */
static void forget_all(struct member *m)
{
	for (int at = 0; at < SLOTS; at++)
		bytes_printf(&m->part.request, "delete t-%u-%d noreply\r\n", m->number, at);
}

static bool next(struct member *m)
{
	struct model *model = m->own;
	size_t total = 0;

	if (model->quit)
		return false;
	/* on a slow machine the time may be over before it begins */
	if (model->begun && crowd_now_ms() >= deadline) {
		model->quit = true;
		m->part.end = CROWD_EOF;
		bytes_printf(&m->part.request, "quit\r\n");
		return true;
	}
	if (!model->begun)
		forget_all(m);
	model->begun = true;
	for (int i = crowd_below(&model->random, REQUESTS); i >= 0; i--) {
		if (total <= largest)
			total += add_request(m, model);
	}
	value_bytes += total;
	return true;
}

int main(int argc, char **argv)
{
	struct crowd crowd;
	bool good;

	if (argc != 6 && argc != 7) {
		fprintf(stderr, "usage: traffic HOST PORT CONNECTIONS SECONDS LARGEST [MSS]\n");
		return 2;
	}
	crowd_init(&crowd, argv[1], argv[2], crowd_number(argv[3]));
	crowd.next = next;
	deadline = crowd_now_ms() + 1000 * crowd_number(argv[4]);
	largest = crowd_number(argv[5]);
	if (argc == 7)
		crowd.mss = crowd_number(argv[6]);
	for (unsigned int i = 0; i < crowd.size; i++) {
		struct model *model = calloc(1, sizeof(*model));

		if (!model)
			abort();
		model->random = i;
		crowd.members[i].own = model;
	}
	good = crowd_run(&crowd);
	printf("%lu pipelines, %llu values read, %llu KiB moved, longest pause %ld ms\n",
	       crowd.parts, values, value_bytes >> 10, crowd.longest);
	/* Each of them has done more than to quit. */
	return good && crowd.parts >= 2 * crowd.size ? 0 : 1;
}
