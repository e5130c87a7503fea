// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// Values about as large as they may be, and larger; very long lines.
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

static const struct row rows[] = {
	{ "1048064 bytes fit", .whole = true, .steps = {
		STEP("set @a 0 0 1048064\r\n{x1048064}\r\n", "STORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 0 1048064\r\n{x1048064}\r\nEND\r\n"),
		STEP("set {250} 0 0 1048064\r\n{x1048064}\r\n", "STORED\r\n"),
		STEP("get {250}\r\n", "VALUE {250} 0 1048064\r\n{x1048064}\r\nEND\r\n"),
	} },
	{ "1 MiB less 100 bytes fits", .whole = true, .steps = {
		STEP("set ! 0 0 1048476\r\n{x1048476}\r\n", "STORED\r\n"),
		STEP("get !\r\n", "VALUE ! 0 1048476\r\n{x1048476}\r\nEND\r\n"),
		STEP("delete !\r\n", "DELETED\r\n"),
	} },
	{ "1 MiB less 48 bytes is too large", .whole = true, .steps = {
		STEP("set @a 0 0 1048528\r\n{x1048528}\r\n", TOO_LARGE),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "1 MiB and more is too large", .whole = true, .steps = {
		STEP("set @a 0 0 1048576\r\n{x1048576}\r\n", TOO_LARGE),
		STEP("set @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("add @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("set @a 0 0 2000000\r\n{x2000000}\r\n", TOO_LARGE),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "too large a value for set removes the old one", .whole = true, .steps = {
		STEP("set @a 0 0 3\r\nold\r\n", "STORED\r\n"),
		STEP("set @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("get @a\r\n", "END\r\n"),
		STEP("set @b 0 0 3\r\nold\r\n", "STORED\r\n"),
		STEP("set @b 0 0 1048577 noreply\r\n{x1048577}\r\nget @b\r\n", "END\r\n"),
	} },
	{ "too large a value for other commands leaves the old one", .whole = true, .steps = {
		STEP("set @a 5 0 3\r\nold\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 5 3 {cas}\r\nold\r\nEND\r\n"),
		STEP("add @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("replace @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("append @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("prepend @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("cas @a 0 0 1048577 {cas}\r\n{x1048577}\r\n", TOO_LARGE),
		STEP("get @a\r\n", "VALUE @a 5 3\r\nold\r\nEND\r\n"),
	} },
	{ "8 MiB are swallowed", .whole = true, .steps = {
		STEP("set @a 0 0 8388608\r\n{x8388608}\r\nset @a 0 0 1\r\n1\r\nget @a\r\n",
		     TOO_LARGE "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("set @b 0 0 8388608 noreply\r\n{x8388608}\r\nget @a @b\r\n",
		     "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "append and prepend up to the limit", .whole = true, .steps = {
		STEP("set @a 5 0 524000\r\n{x524000}\r\nappend @a 0 0 524000\r\n{x524000}\r\n",
		     "STORED\r\nSTORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 5 1048000\r\n{x1048000}\r\nEND\r\n"),
	} },
	{ "append and prepend beyond the limit", .whole = true, .steps = {
		STEP("set @a 5 0 524000\r\n{x524000}\r\n", "STORED\r\n"),
		STEP("append @a 0 0 525000\r\n{x525000}\r\n", "NOT_STORED\r\n"),
		STEP("prepend @a 0 0 525000\r\n{x525000}\r\n", "NOT_STORED\r\n"),
		STEP("append @a 0 0 525000 noreply\r\n{x525000}\r\n", ""),
		STEP("get @a\r\n", "VALUE @a 5 524000\r\n{x524000}\r\nEND\r\n"),
	} },
	{ "large data longer than announced", .whole = true, .steps = {
		STEP("set @a 0 0 1000000\r\n{x1000100}\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "a value without a line end near", .whole = true, .steps = {
		STEP("set @a 0 0 0\r\n{x1900}\r\nget @a\r\n", BAD_CHUNK "ERROR\r\nEND\r\n"),
	} },
	{ "incr of a large value", .whole = true, .steps = {
		STEP("set @b 0 0 1000000\r\n{x1000000}\r\nincr @b 1\r\n",
		     "STORED\r\n" NOT_A_NUMBER),
		STEP("set @b 0 0 600002\r\n5 {x600000}\r\nincr @b 1\r\n",
		     "STORED\r\n" NOT_A_NUMBER),
	} },
};

static void add_pattern(struct bytes *b, size_t len, unsigned int seed)
{
	char *room = bytes_room(b, len);

	for (size_t i = 0; i < len; i++)
		room[i] = "\0\r\n\377END\r\nVALUE "[rand_r(&seed) % 15];
	b->len += len;
}

/* Store values of every byte that means something elsewhere, and read them back together. */
static void test_binary_values(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	for (unsigned int i = 0; i < 10; i++) {
		size_t len = 100000 * i + 7;

		bytes_printf(&request, "set %s%u %u 0 %zu\r\n", script_prefix(), i, i, len);
		add_pattern(&request, len, i);
		bytes_printf(&request, "\r\n");
		bytes_printf(&wanted, "STORED\r\n");
	}
	for (unsigned int i = 0; i < 10; i++) {
		size_t len = 100000 * i + 7;

		bytes_printf(&request, "get %s%u\r\n", script_prefix(), i);
		bytes_printf(&wanted, "VALUE %s%u %u %zu\r\n", script_prefix(), i, i, len);
		add_pattern(&wanted, len, i);
		bytes_printf(&wanted, "\r\nEND\r\n");
	}
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* Use the memory of large values again and again. */
static void test_same_large_value(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (int i = 0; i < 60; i++) {
		expect(c, "set @a 1 0 1000000\r\n{x1000000}\r\n", "STORED\r\n");
		expect(c, "set @a 2 0 10\r\n{x10}\r\nget @a\r\n",
		       "STORED\r\nVALUE @a 2 10\r\n{x10}\r\nEND\r\n");
	}
}

static void test_large_replies_in_a_row(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 1 0 1000000\r\n{x1000000}\r\n", "STORED\r\n");
	for (int i = 0; i < 10; i++) {
		script_add(&request, "get @a\r\nget @x @a\r\n");
		script_add(&wanted, "VALUE @a 1 1000000\r\n{x1000000}\r\nEND\r\n");
		script_add(&wanted, "VALUE @a 1 1000000\r\n{x1000000}\r\nEND\r\n");
	}
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* The refusal is an answer to the whole request: it must not come before the data. */
static void test_refusal_comes_last(void **state)
{
	struct client *c = client_open(), *other = client_open();
	struct bytes request = { 0 }, wanted = { 0 };

	(void)state;
	script_add(&request, "set @a 0 0 1500000\r\n{x1500000}\r");
	client_send(c, request.data, request.len);
	assert_true(client_alive(other));
	assert_false(client_wait(c, POLLIN, 100));
	request.len = 0;
	bytes_printf(&request, "\n");
	bytes_printf(&wanted, TOO_LARGE);
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* As many keys in one line as memcached's own test asks for: 187 KB. */
static void test_long_line(void **state)
{
	static const unsigned int count = 18725;
	struct bytes request = { 0 }, wanted = { 0 }, line = { 0 };
	struct client *c = client_open();
	unsigned int tag = getpid() & 0xffff;

	(void)state;
	bytes_printf(&line, "get");
	for (unsigned int i = 0; i < count; i++) {
		bytes_printf(&line, " %04x%05u", tag, i);
		if (i % 3)
			continue;
		bytes_printf(&request, "set %04x%05u 0 60 5 noreply\r\n%05u\r\n", tag, i, i);
		bytes_printf(&wanted, "VALUE %04x%05u 0 5\r\n%05u\r\n", tag, i, i);
	}
	bytes_printf(&line, "\r\n");
	bytes_printf(&wanted, "END\r\n");
	assert_true(line.len > 187000);
	bytes_add(&request, line.data, line.len);
	expect_reply(c, &request, &wanted);
	expect_reply(c, &line, &wanted);

	request.len = 0;
	wanted.len = 0;
	for (unsigned int i = 0; i < count; i += 3)
		bytes_printf(&request, "delete %04x%05u noreply\r\n", tag, i);
	expect_reply(c, &request, &wanted);
	bytes_free(&line);
	bytes_free(&request);
	bytes_free(&wanted);
}

static const struct table_test tests[] = {
	{ "large values of all kinds of bytes", .function = test_binary_values },
	{ "a large value is replaced many times", .function = test_same_large_value },
	{ "large replies in a row", .function = test_large_replies_in_a_row },
	{ "too large a value is refused after it came", .function = test_refusal_comes_last },
	{ "18725 keys in one line", .function = test_long_line },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("large", rows, table_length(rows), tests, table_length(tests));
}
