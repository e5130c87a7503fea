// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/packet.c tests/e2e/counters.c
//
// The binary protocol: requests in pieces, many at once, what they count as, all statistics, and
// clients that mean no good.
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counters.h"
#include "opcodes.h"
#include "table.h"

#define SEED 20250613

/* One of every kind. They leave the server as they find it and can be sent again and again. */
static const struct packet_step pipeline[] = { {
	.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("0123456789")), REQUEST(GET, KEY("@a")),
		      REQUEST(SETQ, KEY("@a"), PLAIN), REQUEST(GETKQ, KEY("@a")),
		      REQUEST(GETKQ, KEY("@x")), REQUEST(ADD, KEY("@a"), PLAIN, VALUE("add")),
		      REQUEST(APPENDQ, KEY("@a"), VALUE("\x80\x0a")),
		      REQUEST(PREPEND, KEY("@a"), VALUE("\x81\0\n")),
		      REQUEST(GATK, KEY("@a"), NEVER) },
	.replies = { STORED(SET), HIT(GET, ITS_FLAGS, VALUE("0123456789")),
		     HIT(GETKQ, NO_FLAGS, KEY("@a")), EXISTS(ADD), STORED(PREPEND),
		     HIT(GATK, NO_FLAGS, KEY("@a"), VALUE("\x81\0\n\x80\x0a")) },
}, {
	.requests = { REQUEST(REPLACE, KEY("@a"), FLAGS, VALUE("5")),
		      REQUEST(INCR, KEY("@a"), BY(N("\45"), N("\0"), CREATE)),
		      REQUEST(DECRQ, KEY("@a"), BY(N("\1"), N("\0"), CREATE)),
		      REQUEST(GET, KEY("@a")), REQUEST(TOUCH, KEY("@a"), NEVER), REQUEST(NOOP),
		      REQUEST(NOTHING), REQUEST(SET, KEY("@a"), PLAIN, .cas = CAS_OTHER),
		      REQUEST(STAT, KEY("sizes")) },
	.replies = { STORED(REPLACE), NUMBER(INCR, N("\52")), HIT(GET, ITS_FLAGS, VALUE("41")),
		     HIT(TOUCH, ITS_FLAGS), OK(NOOP), UNKNOWN(NOTHING), EXISTS(SET),
		     REPLY(STAT, KEY("sizes_status"), VALUE("disabled")), OK(STAT) },
}, {
	.requests = { REQUEST(DELETE, KEY("@a")), REQUEST(DELETEQ, KEY("@a")),
		      REQUEST(SASL_AUTH, KEY("PLAIN"), VALUE("\0u\0p")),
		      REQUEST(GET, KEY("@a"), .opaque = 0x80808080) },
	.replies = { OK(DELETE), NOT_FOUND(DELETEQ), UNKNOWN(SASL_AUTH),
		     REPLY(GET, .status = 1, VALUE("Not found"), .opaque = 0x80808080) },
} };

static void add_pipeline(struct bytes *requests, struct bytes *replies)
{
	for (size_t i = 0; i < table_length(pipeline); i++)
		packet_add_step(requests, replies, &pipeline[i]);
}

static void test_pipeline_bytewise(void **state)
{
	struct bytes requests = { 0 }, replies = { 0 };
	struct client *c = client_open();

	(void)state;
	for (int i = 0; i < 3; i++)
		add_pipeline(&requests, &replies);
	c->bytewise = true;
	packet_exchange(c, &requests, &replies, "bytewise", __LINE__);
	bytes_free(&requests);
	bytes_free(&replies);
}

/* As in segments.c: the second part is only sent when another connection was answered. */
static void test_every_cut(void **state)
{
	struct client *other = client_open();

	(void)state;
	for (size_t cut = 1;; cut += client_patience) {
		struct bytes requests = { 0 }, replies = { 0 }, got = { 0 };
		struct client *c = client_open();

		add_pipeline(&requests, &replies);
		if (cut >= requests.len)
			break;
		client_exchange(c, requests.data, cut, &got, 0, "");
		assert_true(client_alive(other));
		client_exchange(c, requests.data + cut, requests.len - cut, &got, replies.len, "");
		packet_match(&got, &replies, "cut at byte", (int)cut);
		client_close(c);
		bytes_free(&requests);
		bytes_free(&replies);
		bytes_free(&got);
	}
}

/* Of every request, the header in one piece and then nothing for a while. */
static void test_headers_alone(void **state)
{
	static const struct packet_step step = {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("value")),
			      REQUEST(GETK, KEY("@a")), REQUEST(DELETE, KEY("@a")) },
		.replies = { STORED(SET), HIT(GETK, NO_FLAGS, KEY("@a"), VALUE("value")),
			     OK(DELETE) },
	};
	struct client *c = client_open(), *other = client_open();
	struct bytes wanted = { 0 }, got = { 0 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct bytes request = { 0 };

		packet_add(&request, &step.requests[i]);
		packet_add(&wanted, &step.replies[i]);
		client_exchange(c, request.data, PACKET_HEADER, &got, 0, "");
		assert_true(client_alive(other));
		client_exchange(c, request.data + PACKET_HEADER, request.len - PACKET_HEADER, &got,
				wanted.len, "");
		bytes_free(&request);
	}
	packet_match(&got, &wanted, "headers", __LINE__);
	bytes_free(&wanted);
	bytes_free(&got);
}

/* Requests of many kinds with the replies that a model of the server gives. */
static void add_mix(struct bytes *requests, struct bytes *wanted, unsigned int count)
{
	static unsigned int length[64];
	unsigned int seed = SEED;

	memset(length, 0, sizeof(length));
	for (unsigned int i = 0; i < count; i++) {
		unsigned int which = rand_r(&seed) % 64, kind = rand_r(&seed) % 8;
		unsigned int len = rand_r(&seed) % (i % 50 ? 80 : 5000);
		char name[16];
		struct packet_text key = { name, snprintf(name, sizeof(name), "@%u", which) };
		bool there = length[which];
		struct packet set = REQUEST(kind ? SETQ : SET, PLAIN, .key = key, .fill = len,
					    .opaque = i);
		struct packet stored = REPLY(SET, .cas = CAS_ANY, .opaque = i);
		struct packet delete = REQUEST(DELETEQ, .key = key, .opaque = i);
		struct packet missing = REPLY(DELETEQ, .status = 1, VALUE("Not found"),
					      .opaque = i);
		struct packet get = REQUEST(GETKQ, .key = key, .opaque = i);
		struct packet hit = REPLY(GETKQ, .key = key, .cas = CAS_ANY, NO_FLAGS,
					  .fill = length[which] - there, .opaque = i);

		if (kind < 3) {
			packet_add(requests, &set);
			if (!kind)
				packet_add(wanted, &stored);
			length[which] = len + 1;
		} else if (kind == 3) {
			packet_add(requests, &delete);
			if (!there)
				packet_add(wanted, &missing);
			length[which] = 0;
		} else {
			packet_add(requests, &get);
			if (there)
				packet_add(wanted, &hit);
		}
	}
}

static void test_many_at_once(void **state)
{
	struct bytes requests = { 0 }, wanted = { 0 };

	(void)state;
	add_mix(&requests, &wanted, 10000);
	packet_exchange(client_open(), &requests, &wanted, "at once", __LINE__);
	bytes_free(&requests);
	bytes_free(&wanted);
}

/* Pieces of every size, without waiting in between. */
static void test_pieces(void **state)
{
	struct bytes requests = { 0 }, wanted = { 0 }, got = { 0 };
	struct client *c = client_open();
	unsigned int seed = SEED;
	size_t sent = 0;

	(void)state;
	add_mix(&requests, &wanted, 3000 / client_patience);
	while (sent < requests.len) {
		size_t left = requests.len - sent;
		size_t len = 1 + rand_r(&seed) % (rand_r(&seed) % 10 ? 60 : 3000);

		if (len > left)
			len = left;
		client_exchange(c, requests.data + sent, len, &got, 0, "");
		sent += len;
	}
	client_exchange(c, "", 0, &got, wanted.len, "");
	packet_match(&got, &wanted, "pieces", __LINE__);
	bytes_free(&requests);
	bytes_free(&wanted);
	bytes_free(&got);
}

static void send_in_pieces(size_t size, unsigned int total)
{
	struct packet set = REQUEST(SET, KEY("@a"), PLAIN, .fill = total);
	struct packet get = REQUEST(GET, KEY("@a"));
	struct packet stored = STORED(SET);
	struct packet hit = HIT(GET, NO_FLAGS, .fill = total);
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	struct client *c = client_open();

	packet_add(&request, &set);
	packet_add(&request, &get);
	packet_add(&wanted, &stored);
	packet_add(&wanted, &hit);
	client_exchange_pieces(c, &request, size, &got);
	client_exchange(c, "", 0, &got, wanted.len, "");
	packet_match(&got, &wanted, "pieces of", (int)size);
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

/* More than what fits into any buffer, asked for at once. */
static void test_many_large_replies(void **state)
{
	static const struct packet_step step = {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, .fill = 1000000),
			      REQUEST(SET, KEY("@b"), FLAGS, .fill = 15000) },
		.replies = { STORED(SET), STORED(SET) },
	};
	struct packet get[] = { REQUEST(GETK, KEY("@a")), REQUEST(GETKQ, KEY("@b")) };
	struct packet hit[] = { HIT(GETK, ITS_FLAGS, KEY("@a"), .fill = 1000000),
				HIT(GETKQ, ITS_FLAGS, KEY("@b"), .fill = 15000) };
	struct bytes requests = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	packet_run(c, &step, "set", __LINE__);
	for (int i = 0; i < 60; i++) {
		packet_add(&requests, &get[i % 2]);
		packet_add(&wanted, &hit[i % 2]);
	}
	packet_exchange(c, &requests, &wanted, "large", __LINE__);
	bytes_free(&requests);
	bytes_free(&wanted);
}

/* The end of a long body is found, and what follows is answered. */
static void test_long_body(void **state)
{
	static const struct packet_step step = {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, .fill = 20 << 20),
			      REQUEST(APPENDQ, KEY("@a"), .fill = 20 << 20), REQUEST(NOOP) },
		.replies = { TOO_LARGE(SET), TOO_LARGE(APPENDQ), OK(NOOP) },
	};

	(void)state;
	packet_run(client_open(), &step, "long", __LINE__);
}

/* What requests count as. */
struct packet_counting {
	struct packet_step before;
	struct packet_step step;
	struct counting counting;
};

#define A KEY("@a")
#define SET_A { .requests = { REQUEST(SET, A, PLAIN, VALUE("1")) }, .replies = { STORED(SET) } }

static const struct packet_counting countings[] = {
	{ .step = { .requests = { REQUEST(GET, A), REQUEST(GETQ, A), REQUEST(GETK, A),
				  REQUEST(GETKQ, A) },
		    .replies = { NOT_FOUND(GET), REPLY(GETK, .status = 1, A) } },
	  .counting = { "misses", .changes = { { "cmd_get", 4 }, { "get_misses", 4 } } } },
	{ .before = SET_A,
	  .step = { .requests = { REQUEST(GET, A), REQUEST(GETKQ, A) },
		    .replies = { HIT(GET, NO_FLAGS, VALUE("1")),
				 HIT(GETKQ, NO_FLAGS, A, VALUE("1")) } },
	  .counting = { "hits", .changes = { { "cmd_get", 2 }, { "get_hits", 2 } } } },
	{ .before = SET_A,
	  .step = { .requests = { REQUEST(TOUCH, A, NEVER), REQUEST(GAT, A, NEVER),
				  REQUEST(GATKQ, A, NEVER), REQUEST(GATQ, KEY("@b"), NEVER),
				  REQUEST(TOUCH, KEY("@b"), NEVER) },
		    .replies = { HIT(TOUCH, NO_FLAGS), HIT(GAT, NO_FLAGS, VALUE("1")),
				 HIT(GATKQ, NO_FLAGS, A, VALUE("1")), NOT_FOUND(TOUCH) } },
	  .counting = { "touch and gat", .changes = { { "cmd_touch", 5 }, { "touch_hits", 3 },
						      { "touch_misses", 2 } } } },
	{ .step = { .requests = { REQUEST(SETQ, A, PLAIN, VALUE("1")),
				  REQUEST(ADDQ, A, PLAIN, VALUE("2")),
				  REQUEST(REPLACE, A, PLAIN, VALUE("3")),
				  REQUEST(APPENDQ, A, VALUE("4")),
				  REQUEST(PREPENDQ, KEY("@b"), VALUE("5")) },
		    .replies = { EXISTS(ADDQ), STORED(REPLACE), NOT_STORED(PREPENDQ) } },
	  .counting = { "stores", .changes = { { "cmd_set", 5 }, { "total_items", 3 } } } },
	{ .before = SET_A,
	  .step = { .requests = { REQUEST(SET, A, PLAIN, VALUE("2"), .cas = CAS_LAST),
				  REQUEST(ADDQ, A, PLAIN, VALUE("3"), .cas = CAS_OTHER),
				  REQUEST(REPLACEQ, KEY("@b"), PLAIN, .cas = CAS_OTHER) },
		    .replies = { STORED(SET), EXISTS(ADDQ), NOT_FOUND(REPLACEQ) } },
	  .counting = { "stores with cas ids",
			.changes = { { "cmd_set", 3 }, { "total_items", 1 }, { "cas_hits", 1 },
				     { "cas_badval", 1 }, { "cas_misses", 1 } } } },
	{ .before = SET_A,
	  .step = { .requests = { REQUEST(DELETEQ, A, .cas = CAS_OTHER), REQUEST(DELETEQ, A),
				  REQUEST(DELETE, A) },
		    .replies = { EXISTS(DELETEQ), NOT_FOUND(DELETE) } },
	  .counting = { "delete", .changes = { { "delete_hits", 1 }, { "delete_misses", 1 } } } },
	{ .step = { .requests = { REQUEST(INCRQ, A, BY(N("\1"), N("\5"), NO_CREATE)),
				  REQUEST(DECRQ, A, BY(N("\1"), N("\5"), NO_CREATE)),
				  REQUEST(INCRQ, A, BY(N("\1"), N("\5"), CREATE)),
				  REQUEST(INCRQ, A, BY(N("\1"), N("\5"), CREATE)),
				  REQUEST(DECRQ, A, BY(N("\1"), N("\5"), CREATE)),
				  REQUEST(DECRQ, A, BY(N("\1"), N("\5"), CREATE),
					  .cas = CAS_OTHER) },
		    .replies = { NOT_FOUND(INCRQ), NOT_FOUND(DECRQ), EXISTS(DECRQ) } },
	  .counting = { "incr and decr",
			.changes = { { "incr_misses", 1 }, { "decr_misses", 1 },
				     { "incr_hits", 1 }, { "decr_hits", 1 },
				     { "total_items", 1 } } } },
	{ .step = { .requests = { REQUEST(FLUSHQ), REQUEST(FLUSH, EXTRAS("\0\0\0\0")) },
		    .replies = { OK(FLUSH) } },
	  .counting = { "flush", .changes = { { "cmd_flush", 2 } } } },
	{ .step = { .requests = { REQUEST(NOOP), REQUEST(VERBOSITY), REQUEST(SASL_LIST) },
		    .replies = { OK(NOOP), UNKNOWN(VERBOSITY), UNKNOWN(SASL_LIST) } },
	  .counting = { "nothing" } },
};

static void test_counters(void **state)
{
	static struct counters before, after;
	struct client *text = client_open(), *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(countings); i++) {
		const struct packet_counting *row = &countings[i];

		script_setup(NULL);
		packet_run(c, &row->before, row->counting.name, 0);
		counters_read_counts(text, &before);
		packet_run(c, &row->step, row->counting.name, 1);
		counters_read_counts(text, &after);
		counters_compare(&before, &after, &row->counting);
	}
}

/* Read one reply. */
static void read_packet(struct client *c, struct bytes *body, struct packet_lengths *lengths)
{
	uint8_t header[PACKET_HEADER];

	if (client_recv(c, header, sizeof(header)) != sizeof(header))
		client_fail("there is no reply");
	assert_int_equal(header[0], 0x81);
	assert_int_equal(header[1], STAT);
	assert_int_equal(header[4], 0);
	assert_int_equal(header[6] << 8 | header[7], 0);
	lengths->key = header[2] << 8 | header[3];
	lengths->body = header[8] << 24 | header[9] << 16 | header[10] << 8 | header[11];
	assert_in_range(lengths->body, lengths->key, 1000);
	body->len = 0;
	if (client_recv(c, bytes_room(body, lengths->body + 1), lengths->body) != lengths->body)
		client_fail("the reply has no end");
	body->len = lengths->body;
}

static void read_statistics(struct client *c, const struct packet *request,
			    struct counters *counters)
{
	struct packet_lengths lengths;
	struct bytes body = { 0 };

	packet_add(&body, request);
	client_send(c, body.data, body.len);
	counters->count = 0;
	for (;;) {
		struct counter *next = &counters->all[counters->count++];

		assert_in_range(counters->count, 1, COUNTERS_MAX);
		read_packet(c, &body, &lengths);
		if (!lengths.key)
			break;
		assert_in_range(lengths.key, 1, sizeof(next->name) - 1);
		snprintf(next->name, sizeof(next->name), "%.*s", lengths.key, body.data);
		snprintf(next->value, sizeof(next->value), "%.*s",
			 (int)(lengths.body - lengths.key), body.data + lengths.key);
	}
	assert_int_equal(lengths.body, 0);
	counters->count--;
	bytes_free(&body);
}

/*
 * Whatever the text protocol has, by the same names. What other tests have left may be freed
 * meanwhile, and with it a class has no lines any more: so until nothing has changed.
 */
static void check_group(struct client *c, const struct packet *request, const char *command)
{
	static struct counters binary, text, before;
	int tries = 0;

	do {
		assert_in_range(++tries, 1, 100);
		counters_read(c, command, &before);
		read_statistics(client_open(), request, &binary);
		counters_read(c, command, &text);
	} while (text.count != before.count);
	assert_int_equal(binary.count, text.count);
	assert_in_range(text.count, 1, COUNTERS_MAX);
	for (size_t i = 0; i < text.count; i++) {
		const char *value = counters_text(&binary, text.all[i].name);

		if (!value)
			client_fail("%s: there is no %s", command, text.all[i].name);
		if (counters_is_number(text.all[i].value))
			assert_true(counters_is_number(value));
		else if (strncmp(text.all[i].name, "rusage", 6))
			assert_string_equal(value, text.all[i].value);
	}
}

static void test_statistics(void **state)
{
	static const struct packet requests[] = {
		REQUEST(STAT), REQUEST(STAT, KEY("settings")), REQUEST(STAT, KEY("items")),
		REQUEST(STAT, KEY("slabs")), REQUEST(STAT, KEY("sizes")),
	};
	static const char * const commands[] = {
		"stats\r\n", "stats settings\r\n", "stats items\r\n", "stats slabs\r\n",
		"stats sizes\r\n",
	};
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 0 0 1\r\n1\r\n", "STORED\r\n");
	for (size_t i = 0; i < table_length(requests); i++)
		check_group(c, &requests[i], commands[i]);
}

/* More than a batch of replies can hold, one by one and all at once. */
static void test_statistics_in_a_pipeline(void **state)
{
	struct packet stat = REQUEST(STAT), noop = REQUEST(NOOP, .opaque = 77);
	struct packet answer = REPLY(NOOP, .opaque = 77);
	struct client *c = client_open();
	struct bytes requests = { 0 }, end = { 0 }, got = { 0 };

	(void)state;
	for (int i = 0; i < 100; i++)
		packet_add(&requests, &stat);
	packet_add(&requests, &noop);
	packet_add(&end, &answer);
	for (long deadline = client_now_ms() + CLIENT_DEADLINE_MS; client_now_ms() < deadline;) {
		client_exchange(c, requests.data, requests.len, &got, got.len + 1, "");
		requests.len = 0;
		if (got.len > end.len &&
		    !memcmp(got.data + got.len - end.len, end.data, end.len))
			break;
	}
	assert_in_range(got.len, 100 * 90 * PACKET_HEADER, 1 << 24);
	assert_memory_equal(got.data + got.len - end.len, end.data, end.len);
	bytes_free(&requests);
	bytes_free(&end);
	bytes_free(&got);
}

/* Clients that mean no good. */
static void test_promises(void **state)
{
	static const struct packet promises[] = {
		REQUEST(SET, PLAIN, KEY("@a"), LENGTHS(8, 2, 1 << 20)),
		REQUEST(SET, PLAIN, LENGTHS(8, 250, 1000)),
		REQUEST(GET, LENGTHS(0, 250, 250)),
		REQUEST(SET, PLAIN, KEY("@a"), LENGTHS(8, 2, 1 << 30)),
		REQUEST(NOTHING, LENGTHS(255, 250, 1 << 30)),
		REQUEST(SASL_AUTH, LENGTHS(0, 250, 1 << 30)),
	};
	struct client *other = client_open();

	(void)state;
	for (size_t i = 0; i < 30 * table_length(promises); i++) {
		struct client *c = client_open();
		struct bytes request = { 0 };

		packet_add(&request, &promises[i % table_length(promises)]);
		client_send(c, request.data, request.len);
		if (i % 2)
			client_reset(c);
		else if (i % 3)
			client_close(c);
		bytes_free(&request);
	}
	assert_true(client_alive(other));
}

/* Headers that are good in part, in front of bytes that are not. */
static void add_noise(struct bytes *out, unsigned int *seed)
{
	unsigned int len = rand_r(seed) % 400;
	char *noise;

	bytes_fill(out, '\0', len + PACKET_HEADER);
	noise = out->data + out->len - len - PACKET_HEADER;
	for (unsigned int i = 0; i < len + PACKET_HEADER; i++)
		noise[i] = (char)rand_r(seed);
	noise[0] = (char)0x80;
	if (rand_r(seed) % 4)
		noise[1] = (char)(rand_r(seed) % 0x26);
	/* neither quit nor flush */
	if (noise[1] == QUIT || noise[1] == QUITQ || noise[1] == FLUSH || noise[1] == FLUSHQ)
		noise[1] = GET;
	if (rand_r(seed) % 4)
		noise[2] = 0;
	if (rand_r(seed) % 2)
		noise[4] = "\0\4\x8\x14"[rand_r(seed) % 4];
	if (rand_r(seed) % 2) {
		noise[8] = 0;
		noise[9] = 0;
		noise[10] = rand_r(seed) % 2;
	}
}

static void test_noise(void **state)
{
	struct client *other = client_open();
	unsigned int seed = SEED;

	(void)state;
	for (int round = 0; round < 1000 / client_patience; round++) {
		struct client *c = client_open();
		struct bytes noise = { 0 }, reply = { 0 };

		for (int i = 0; i < 10; i++)
			add_noise(&noise, &seed);
		client_exchange(c, noise.data, noise.len, &reply, 0, "");
		client_close(c);
		bytes_free(&noise);
		bytes_free(&reply);
	}
	assert_true(client_alive(other));
}

static const struct table_test tests[] = {
	{ "a pipeline, one byte a segment", .function = test_pipeline_bytewise },
	{ "a pipeline cut in two at every byte", .function = test_every_cut },
	{ "headers alone", .function = test_headers_alone },
	{ "10000 requests of many kinds in one write", .function = test_many_at_once },
	{ "requests in pieces of random size", .function = test_pieces },
	{ "a value in pieces", .function = test_value_in_pieces },
	{ "more replies than fit anywhere", .function = test_many_large_replies },
	{ "a body of 20 MiB", .function = test_long_body },
	{ "counters", .function = test_counters },
	{ "statistics", .function = test_statistics },
	{ "100 times all statistics at once", .function = test_statistics_in_a_pipeline },
	{ "requests that do not come", .function = test_promises },
	{ "noise", .function = test_noise },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("binary_stream", NULL, 0, tests, table_length(tests));
}
