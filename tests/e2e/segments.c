// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// Requests that arrive in pieces, and many at once.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

#define SEED 20250611

/* One of every kind. They leave the server as they find it and can be sent again and again. */
static const struct step pipeline[] = {
	STEP("set @a 5 0 10\r\n0123456789\r\n", "STORED\r\n"),
	STEP("get @a\r\n", "VALUE @a 5 10\r\n0123456789\r\nEND\r\n"),
	STEP("set @a 6 0 4\r\n\r\n\r\n\r\n", "STORED\r\n"),
	STEP("get  @x  @a @y\n", "VALUE @a 6 4\r\n\r\n\r\n\r\nEND\r\n"),
	STEP("add @a 0 0 3\r\nadd\r\n", "NOT_STORED\r\n"),
	STEP("append @a 0 0 2 noreply\r\nab\r\n", ""),
	STEP("prepend @a 0 0 2\r\ncd\r\n", "STORED\r\n"),
	STEP("gat 0 @a\r\n", "VALUE @a 6 8\r\ncd\r\n\r\nab\r\nEND\r\n"),
	STEP("replace @a 7 0 1\r\n5\r\n", "STORED\r\n"),
	STEP("incr @a 37\r\n", "42\r\n"),
	STEP("decr @a 1\r\n", "41\r\n"),
	STEP("cas @a 0 0 1 0\r\n5\r\n", "EXISTS\r\n"),
	STEP("set @b 0 0 0\r\n\r\n", "STORED\r\n"),
	STEP("touch @b 0\r\n", "TOUCHED\r\n"),
	STEP("set @b 0 0 -1\r\n", BAD_LINE),
	STEP("set @b 0 0 3\r\ntoo long\r\n", BAD_CHUNK "ERROR\r\n"),
	STEP("bogus command\r\n", "ERROR\r\n"),
	STEP("get @b\r\n", "VALUE @b 0 0\r\n\r\nEND\r\n"),
	STEP("delete @b noreply\r\n", ""),
	STEP("delete @a\r\n", "DELETED\r\n"),
	STEP("get @a @b\r\n", "END\r\n"),
	STEP("incr @a 1\r\n", "NOT_FOUND\r\n"),
};

static void add_pipeline(struct bytes *request, struct bytes *reply)
{
	for (size_t i = 0; i < table_length(pipeline); i++) {
		script_expand(request, pipeline[i].request, pipeline[i].request_len);
		script_expand(reply, pipeline[i].reply, pipeline[i].reply_len);
	}
}

static void test_every_kind(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(pipeline); i++)
		script_expect(c, &pipeline[i], __FILE__, __LINE__);
	c->bytewise = true;
	for (size_t i = 0; i < table_length(pipeline); i++)
		script_expect(c, &pipeline[i], __FILE__, __LINE__);
}

static void test_pipeline_bytewise(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	for (int i = 0; i < 5; i++)
		add_pipeline(&request, &wanted);
	c->bytewise = true;
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_every_cut(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };

	(void)state;
	add_pipeline(&request, &wanted);
	expect_reply_to_cut(&request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* Requests of many kinds with the replies that a model of the server gives. */
static void add_mix(struct bytes *request, struct bytes *wanted, unsigned int count)
{
	static unsigned int length[64];
	unsigned int seed = SEED;

	for (unsigned int i = 0; i < 64; i++) {
		bytes_printf(request, "delete %s%u noreply\r\n", script_prefix(), i);
		length[i] = 0;
	}
	for (unsigned int i = 0; i < count; i++) {
		unsigned int key = rand_r(&seed) % 64, kind = rand_r(&seed) % 8;
		unsigned int len = 1 + rand_r(&seed) % (i % 50 ? 80 : 5000);
		const char *prefix = script_prefix();

		switch (kind) {
		case 0:
		case 1:
			bytes_printf(request, "set %s%u %u 0 %u\r\n", prefix, key, key, len);
			bytes_fill(request, 'a' + len % 26, len);
			bytes_printf(request, "\r\n");
			bytes_printf(wanted, "STORED\r\n");
			length[key] = len;
			break;
		case 2:
			bytes_printf(request, "delete %s%u\r\n", prefix, key);
			bytes_printf(wanted, length[key] ? "DELETED\r\n" : "NOT_FOUND\r\n");
			length[key] = 0;
			break;
		case 3:
			bytes_printf(request, "incr %s%u 1\r\n", prefix, key);
			bytes_printf(wanted, length[key] ? NOT_A_NUMBER : "NOT_FOUND\r\n");
			break;
		case 4:
			bytes_printf(request, "nonsense %u\r\n", i);
			bytes_printf(wanted, "ERROR\r\n");
			break;
		default:
			bytes_printf(request, "get %s%u\r\n", prefix, key);
			if (length[key]) {
				bytes_printf(wanted, "VALUE %s%u %u %u\r\n", prefix, key, key,
					     length[key]);
				bytes_fill(wanted, 'a' + length[key] % 26, length[key]);
				bytes_printf(wanted, "\r\n");
			}
			bytes_printf(wanted, "END\r\n");
			break;
		}
	}
}

static void test_many_at_once(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };

	(void)state;
	add_mix(&request, &wanted, 10000);
	expect_reply(client_open(), &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_same_many_at_once(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	expect(c, "set @n 0 0 1\r\n0\r\n", "STORED\r\n");
	for (unsigned int i = 1; i <= 10000; i++) {
		script_add(&request, "incr @n 1\r\n");
		bytes_printf(&wanted, "%u\r\n", i);
	}
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* Pieces of every size, without waiting in between. */
static void test_pieces(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	struct client *c = client_open();
	unsigned int seed = SEED;
	size_t sent = 0;

	(void)state;
	add_mix(&request, &wanted, 3000 / client_patience);
	while (sent < request.len) {
		size_t left = request.len - sent;
		size_t len = 1 + rand_r(&seed) % (rand_r(&seed) % 10 ? 60 : 3000);

		if (len > left)
			len = left;
		client_exchange(c, request.data + sent, len, &got, 0, "");
		sent += len;
	}
	client_fence(c, "", 0, &got, wanted.len - got.len);
	expect_bytes(&got, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

/* What a long value is cut into has nothing to do with lines. */
static void send_in_pieces(size_t size, size_t total)
{
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	struct client *c = client_open();

	bytes_printf(&request, "set %s 0 0 %zu\r\n", script_prefix(), total);
	bytes_printf(&wanted, "STORED\r\nVALUE %s 0 %zu\r\n", script_prefix(), total);
	for (size_t i = 0; i < total; i++) {
		bytes_fill(&request, "\r\nget x\r\n\0"[i % 10], 1);
		bytes_fill(&wanted, "\r\nget x\r\n\0"[i % 10], 1);
	}
	bytes_printf(&request, "\r\nget %s\r\n", script_prefix());
	bytes_printf(&wanted, "\r\nEND\r\n");
	client_exchange_pieces(c, &request, size, &got);
	client_fence(c, "", 0, &got, wanted.len - got.len);
	expect_bytes(&got, &wanted);
	client_close(c);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

static void test_value_in_pieces(void **state)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 100, 1447, 1448, 4095, 4097, 16385 };

	(void)state;
	for (size_t i = 0; i < table_length(sizes); i++)
		send_in_pieces(sizes[i], client_pieces(sizes[i]));
}

static const struct table_test tests[] = {
	{ "every kind of request, one byte a segment", .function = test_every_kind },
	{ "a pipeline, one byte a segment", .function = test_pipeline_bytewise },
	{ "a pipeline cut in two at every byte", .function = test_every_cut },
	{ "10000 requests of many kinds in one write", .function = test_many_at_once },
	{ "10000 requests of one kind in one write", .function = test_same_many_at_once },
	{ "requests in pieces of random size", .function = test_pieces },
	{ "a value in pieces", .function = test_value_in_pieces },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("segments", NULL, 0, tests, table_length(tests));
}
