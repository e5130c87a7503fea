// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * What a value looks like follows from its key, so that whoever reads it can tell
 * whether it is right, whoever has written it:
 *
 *	v	bytes that follow from the namespace, the number and the size, and so
 *		do the client flags
 *	a	one letter again and again, so that values can be lengthened
 *	c	a decimal number, perhaps with blanks behind it
 */
#include "burst.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared.h"

#define A_FLAGS		7
#define C_FLAGS		9

static const char * const stored[] = { "STORED\r\n", NULL };
static const char * const decided[] = {
	"STORED\r\n", "NOT_STORED\r\n", "EXISTS\r\n", "NOT_FOUND\r\n", NULL
};

static const char * const deleted[] = { "DELETED\r\n", "NOT_FOUND\r\n", NULL };
static const char * const touched[] = { "TOUCHED\r\n", "NOT_FOUND\r\n", NULL };
static const char * const counted[] = {
	"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "NOT_FOUND\r\n", NULL
};

static const char * const ok[] = { "OK\r\n", NULL };
static const char * const error[] = { "ERROR\r\n", NULL };
static const char * const client_error[] = { "CLIENT_ERROR ", NULL };
static const char * const version[] = { "VERSION ", NULL };

/**
 * burst_begin() - forget all requests
 * @burst: the burst
 * @number: the namespace it is for
 */
void burst_begin(struct burst *burst, unsigned int number)
{
	burst->number = number;
	burst->requests.len = 0;
	burst->reply_count = 0;
	burst->next = 0;
}

static struct burst_reply *expect(struct burst *burst, const char * const *lines)
{
	struct burst_reply *reply = &burst->replies[burst->reply_count++];

	memset(reply, 0, sizeof(*reply));
	reply->lines = lines;
	return reply;
}

/* The eight bytes of a value at a place that is divisible by eight. */
static uint64_t word_of(unsigned int number, unsigned int key, size_t size, size_t at)
{
	return rng_mix(((uint64_t)number << 48 ^ (uint64_t)key << 24 ^ size) + at * 0x10001);
}

static uint32_t flags_of(struct burst_key key, size_t size)
{
	if (key.kind == 'v')
		return rng_mix(size);
	return key.kind == 'a' ? A_FLAGS : C_FLAGS;
}

static char letter_of(struct burst_key key)
{
	return 'A' + key.number % 26;
}

static void compose_value(unsigned int number, struct burst_key key, char *value, size_t size)
{
	uint64_t word;
	size_t at;

	if (key.kind == 'a') {
		memset(value, letter_of(key), size);
		return;
	}
	if (key.kind == 'c') {
		memset(value, '1', size);
		return;
	}
	for (at = 0; at < size; at += sizeof(word)) {
		word = word_of(number, key.number, size, at);
		memcpy(value + at, &word, size - at < sizeof(word) ? size - at : sizeof(word));
	}
}

static bool is_value(unsigned int number, struct burst_key key, const char *value, size_t size)
{
	size_t at = 0;
	uint64_t word;

	switch (key.kind) {
	case 'a':
		while (at < size && value[at] == letter_of(key))
			at++;
		return at == size;
	case 'c':
		while (at < size && value[at] >= '0' && value[at] <= '9')
			at++;
		if (!at || at > 20)
			return false;
		while (at < size && value[at] == ' ')
			at++;
		return at == size;
	default:
		for (; at < size; at += sizeof(word)) {
			word = word_of(number, key.number, size, at);
			if (memcmp(value + at, &word,
				   size - at < sizeof(word) ? size - at : sizeof(word)))
				return false;
		}
		return true;
	}
}

static void add_stored(struct burst *burst, const char *verb, struct burst_key key, size_t size,
		       unsigned int expiry, const char *more)
{
	bytes_printf(&burst->requests, "%s %c%u %u %u %zu%s\r\n", verb, key.kind, key.number,
		     flags_of(key, size), expiry, size, more);
	compose_value(burst->number, key, bytes_room(&burst->requests, size), size);
	burst->requests.len += size;
	bytes_add(&burst->requests, "\r\n", 2);
}

/**
 * burst_add_set() - add a set
 * @burst: the burst
 * @key: its key
 * @size: the size of its value
 */
void burst_add_set(struct burst *burst, struct burst_key key, size_t size)
{
	add_stored(burst, "set", key, size, 0, "");
	expect(burst, stored)->no_memory = true;
}

/**
 * burst_add_get() - add a get
 * @burst: the burst
 * @key: its key
 */
void burst_add_get(struct burst *burst, struct burst_key key)
{
	struct burst_reply *reply = expect(burst, NULL);

	reply->keys[reply->key_count++] = key;
	bytes_printf(&burst->requests, "get %c%u\r\n", key.kind, key.number);
}

/* Some keys are wanted more often than others. */
static struct burst_key draw_key(struct rng *rng, char kind)
{
	struct burst_key key = { .kind = kind };

	key.number = rng_below(rng, rng_below(rng, 2) ? 64 : 4096);
	return key;
}

static size_t draw_size(struct rng *rng)
{
	unsigned int die = rng_below(rng, 200);

	if (die < 140)
		return rng_below(rng, 300);
	if (die < 172)
		return rng_below(rng, 9000);
	return rng_below(rng, die < 198 ? 200000 : 1000000);
}

static void add_gets(struct burst *burst, struct rng *rng, const char *verb)
{
	struct burst_reply *reply = expect(burst, NULL);
	unsigned int n = 1 + rng_below(rng, BURST_KEYS);

	bytes_printf(&burst->requests, "%s", verb);
	while (reply->key_count < n) {
		struct burst_key *key = &reply->keys[reply->key_count++];

		*key = draw_key(rng, "vvvvac"[rng_below(rng, 6)]);
		bytes_printf(&burst->requests, " %c%u", key->kind, key->number);
	}
	bytes_add(&burst->requests, "\r\n", 2);
}

static void add_plain(struct burst *burst, const char *request, const char * const *lines)
{
	bytes_printf(&burst->requests, "%s\r\n", request);
	expect(burst, lines);
}

/* Values that grow, and do not grow for ever. */
static void add_lengthening(struct burst *burst, struct rng *rng)
{
	static const char * const verbs[] = { "set", "append", "prepend" };

	add_stored(burst, verbs[rng_below(rng, 3)], draw_key(rng, 'a'), rng_below(rng, 2000), 0,
		   "");
	expect(burst, decided)->no_memory = true;
}

static void add_counting(struct burst *burst, struct rng *rng)
{
	struct burst_key key = draw_key(rng, 'c');

	switch (rng_below(rng, 3)) {
	case 0:
		burst_add_set(burst, key, 1 + rng_below(rng, 18));
		return;
	case 1:
		bytes_printf(&burst->requests, "incr c%u %u\r\n", key.number, rng_below(rng, 99));
		break;
	default:
		bytes_printf(&burst->requests, "decr c%u %u\r\n", key.number, rng_below(rng, 99));
		break;
	}
	expect(burst, counted)->no_memory = true;
}

static void add_unusual(struct burst *burst, struct rng *rng)
{
	struct burst_key key = draw_key(rng, 'v');

	switch (rng_below(rng, 11)) {
	case 0:
		add_stored(burst, "add", key, draw_size(rng), 1, "");
		expect(burst, decided)->no_memory = true;
		break;
	case 1:
		add_stored(burst, "replace", key, draw_size(rng), 2, "");
		expect(burst, decided)->no_memory = true;
		break;
	case 2:
		add_stored(burst, "cas", key, rng_below(rng, 100), 0, " 12345");
		expect(burst, decided)->no_memory = true;
		break;
	case 3:
		bytes_printf(&burst->requests, "touch v%u %u\r\n", key.number, rng_below(rng, 5));
		expect(burst, touched);
		break;
	case 4:
		add_gets(burst, rng, rng_below(rng, 2) ? "gat 3" : "gats 0");
		break;
	case 5:
		bytes_printf(&burst->requests, "delete v%u noreply\r\n", key.number);
		break;
	case 6:
		add_plain(burst, "verbosity 1", ok);
		break;
	case 7:
		add_plain(burst, "nonsense v1", error);
		break;
	case 8:
		add_plain(burst, "incr v1 x", client_error);
		break;
	case 9:
		/* seldom, or nothing would ever fill the memory */
		if (rng_below(rng, 32))
			add_plain(burst, "mx v1", error);
		else
			add_plain(burst, rng_below(rng, 2) ? "flush_all 1" : "flush_all", ok);
		break;
	default:
		add_plain(burst, "version", version);
		break;
	}
}

/**
 * burst_add() - add some request
 * @burst: the burst, with room for it
 * @rng: what decides which
 */
void burst_add(struct burst *burst, struct rng *rng)
{
	unsigned int die = rng_below(rng, 100);
	struct burst_key key = draw_key(rng, 'v');

	if (die < 35) {
		burst_add_set(burst, key, draw_size(rng));
	} else if (die < 55) {
		burst_add_get(burst, key);
	} else if (die < 68) {
		add_gets(burst, rng, rng_below(rng, 2) ? "get" : "gets");
	} else if (die < 75) {
		bytes_printf(&burst->requests, "delete v%u\r\n", key.number);
		expect(burst, deleted);
	} else if (die < 83) {
		add_counting(burst, rng);
	} else if (die < 91) {
		add_lengthening(burst, rng);
	} else {
		add_unusual(burst, rng);
	}
}

static bool begins_with(const char *line, size_t len, const char *text)
{
	size_t text_len = strlen(text);

	return len >= text_len && !memcmp(line, text, text_len);
}

static bool is_expected(const struct burst_reply *reply, const char *line, size_t len)
{
	const char * const *text;

	for (text = reply->lines; *text; text++) {
		if (begins_with(line, len, *text))
			return true;
	}
	if (!reply->no_memory || !begins_with(line, len, "SERVER_ERROR out of memory"))
		return false;
	count(COUNT_NO_MEMORY);
	return true;
}

/* The key of a value that has come: true if it may come now. */
static bool take_key(struct burst_reply *reply, const char *text, struct burst_key *key)
{
	if (sscanf(text, "%c%u", &key->kind, &key->number) != 2)
		return false;
	while (reply->next_key < reply->key_count) {
		const struct burst_key *wanted = &reply->keys[reply->next_key++];

		if (wanted->kind == key->kind && wanted->number == key->number)
			return true;
	}
	return false;
}

/* One value: what it takes, or 0 if not all of it is there. */
static size_t check_value(struct burst *burst, const char *data, size_t len, size_t line_len,
			  bool *wrong)
{
	struct burst_reply *reply = &burst->replies[burst->next];
	unsigned int flags, size;
	struct burst_key key;
	char line[128], name[32];

	*wrong = true;
	if (line_len >= sizeof(line))
		return 0;
	memcpy(line, data, line_len);
	line[line_len] = '\0';
	if (sscanf(line, "VALUE %31s %u %u", name, &flags, &size) != 3 || size > 1 << 20)
		return 0;
	if (len < line_len + size + 2) {
		*wrong = false;
		return 0;
	}
	if (!take_key(reply, name, &key) || flags != flags_of(key, size) ||
	    !is_value(burst->number, key, data + line_len, size) ||
	    memcmp(data + line_len + size, "\r\n", 2))
		return 0;
	*wrong = false;
	count(COUNT_VALUES);
	return line_len + size + 2;
}

/**
 * burst_check() - check the next piece of what has come
 * @burst: the burst
 * @data: what has come and was not checked
 * @len: how much
 * @wrong: set to whether it is something else than it should be
 *
 * Return: the size of the piece; 0 if not all of it is there.
 */
size_t burst_check(struct burst *burst, const char *data, size_t len, bool *wrong)
{
	struct burst_reply *reply = &burst->replies[burst->next];
	const char *line_end = memchr(data, '\n', len);
	size_t line_len;

	*wrong = false;
	if (!line_end)
		return 0;
	line_len = line_end + 1 - data;
	if (!reply->lines && begins_with(data, line_len, "VALUE "))
		return check_value(burst, data, len, line_len, wrong);
	if (reply->lines)
		*wrong = !is_expected(reply, data, line_len);
	else
		*wrong = !begins_with(data, line_len, "END\r\n");
	burst->next++;
	count(COUNT_REPLIES);
	return line_len;
}
