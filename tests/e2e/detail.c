// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/packet.c
//
// stats detail.
#define _GNU_SOURCE	/* memmem() */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"
#include "table.h"

#define USAGE "CLIENT_ERROR usage: stats detail on|off|dump\r\n"

static const struct row rows[] = {
	{ "stats detail", .steps = {
		STEP("stats detail\r\n", USAGE),
		STEP("stats detail bogus\r\n", USAGE),
		STEP("stats detail on\r\n", "OK\r\n"),
		STEP("stats detail on\r\n", "OK\r\n"),
		STEP("stats detail off extra\r\n", "OK\r\n"),
	} },
};

static bool has_line(const struct bytes *text, const char *line)
{
	return memmem(text->data, text->len, line, strlen(line));
}

static void read_prefixes(struct client *c, struct bytes *dump)
{
	dump->len = 0;
	assert_int_equal(client_exchange(c, "stats detail dump\r\n", 19, dump, 5, "END\r\n"),
			 CLIENT_COMPLETE);
}

static void check_prefix(struct client *c, const char *line, bool is_there)
{
	struct bytes wanted = { 0 }, dump = { 0 };

	script_expand(&wanted, line, strlen(line));
	bytes_add(&wanted, "", 1);
	read_prefixes(c, &dump);
	if (has_line(&dump, wanted.data) != is_there) {
		bytes_explain("got", dump.data, dump.len, 0);
		client_fail("%s: %s", is_there ? "missing" : "too much", wanted.data);
	}
	bytes_free(&wanted);
	bytes_free(&dump);
}

static void test_detail(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "stats detail on\r\n", "OK\r\n");
	expect(c, "get @p:a @p:b:c @q\r\nset @p:a 0 0 1\r\n1\r\n", "END\r\nSTORED\r\n");
	expect(c, "get @p:a\r\ngat 0 @p:a\r\n",
	       "VALUE @p:a 0 1\r\n1\r\nEND\r\nVALUE @p:a 0 1\r\n1\r\nEND\r\n");
	expect(c, "add @p:a 0 0 1\r\n1\r\nappend @p: 0 0 1\r\n1\r\ncas @p:x 0 0 1 1\r\n1\r\n",
	       "NOT_STORED\r\nNOT_STORED\r\nNOT_FOUND\r\n");
	expect(c, "incr @p:z 1\r\ntouch @p:z 1\r\ndelete @p:z\r\ndelete @p:a\r\n",
	       "NOT_FOUND\r\nNOT_FOUND\r\nNOT_FOUND\r\nDELETED\r\n");
	check_prefix(c, "PREFIX @p get 4 hit 2 set 4 del 2\r\n", true);
	check_prefix(c, "PREFIX @q ", false);
	expect(c, "stats detail off\r\n", "OK\r\n");
	expect(c, "get @p:a\r\n", "END\r\n");
	check_prefix(c, "PREFIX @p get 4 hit 2 set 4 del 2\r\n", true);
	expect(c, "stats reset\r\n", "RESET\r\n");
	check_prefix(c, "PREFIX @p ", false);
}

/* memcached leaves them out. */
static void test_detail_meta(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "stats detail on\r\n", "OK\r\n");
	expect(c, "mg @p:a\r\nms @p:a 1\r\n1\r\nmg @p:a\r\nmd @p:a\r\n",
	       "EN\r\nHD\r\nHD\r\nHD\r\n");
	check_prefix(c, "PREFIX @p get 2 hit 1 set 1 del 1\r\n", true);
	expect(c, "stats detail off\r\nstats reset\r\n", "OK\r\nRESET\r\n");
}

/* A slow server is not filled up. */
#define PREFIXES (70000 / (client_patience > 1 ? 20 : 1))
#define PREFIXES_MAX 65536

static size_t count_lines(const struct bytes *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->data[i] == '\n';
	return count;
}

/* Clients choose the prefixes; there are not more than so many. */
static void test_detail_many(void **state)
{
	struct client *c = client_open();
	struct bytes request = { 0 }, dump = { 0 };
	size_t count;

	(void)state;
	expect(c, "stats reset\r\nstats detail on\r\n", "RESET\r\nOK\r\n");
	for (int i = 0; i < PREFIXES; i++) {
		bytes_printf(&request, "%s %x:", request.len ? "" : "get", i);
		if (i % 100 != 99)
			continue;
		bytes_printf(&request, "\r\n");
		dump.len = 0;
		assert_int_equal(client_exchange(c, request.data, request.len, &dump, 5, "END\r\n"),
				 CLIENT_COMPLETE);
		request.len = 0;
	}
	read_prefixes(c, &dump);
	count = count_lines(&dump) - 1;
	printf("# %zu prefixes of %d\n", count, PREFIXES);
	assert_in_range(count, PREFIXES < 10000 ? PREFIXES : 10000, PREFIXES_MAX);
	assert_true(has_line(&dump, "PREFIX 0 get 1 hit 0 set 0 del 0\r\n"));
	expect(c, "stats detail off\r\nstats reset\r\nstats detail dump\r\n",
	       "OK\r\nRESET\r\nEND\r\n");
	bytes_free(&request);
	bytes_free(&dump);
}

#define STAT(key_, ...) REQUEST(0x10, .key = BYTES(key_), ##__VA_ARGS__)

static void test_binary(void **state)
{
	static const struct packet_step step = {
		.requests = { STAT("detail on"), STAT("detail off"), STAT("detail bogus"),
			      STAT("conns"), STAT("detailed") },
		.replies = { REPLY(0x10), REPLY(0x10),
			     REPLY(0x10, .status = 1, .value = BYTES("Not found")),
			     REPLY(0x10, .status = 1, .value = BYTES("Not found")),
			     REPLY(0x10, .status = 1, .value = BYTES("Not found")) },
	};
	static const struct packet_step dump = {
		.requests = { STAT("reset"), STAT("detail dump") },
		.replies = { REPLY(0x10),
			     REPLY(0x10, .key = BYTES("detailed"), .value = BYTES("END\r\n")),
			     REPLY(0x10) },
	};
	struct client *c = client_open();

	(void)state;
	packet_run(c, &step, "detail", __LINE__);
	packet_run(c, &dump, "detail dump", __LINE__);
}

static const struct table_test tests[] = {
	{ "stats detail counts", .function = test_detail },
	{ "stats detail counts meta commands", .function = test_detail_meta, .quirk = true,
	  .since = CLIENT_TARGET },
	{ "stats detail of very many prefixes", .function = test_detail_many,
	  .since = CLIENT_TARGET },
	{ "stat detail in the binary protocol", .function = test_binary },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("detail", rows, table_length(rows), tests, table_length(tests)) ? 1 : 0;
}
