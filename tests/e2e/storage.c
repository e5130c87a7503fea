// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// The commands that store a value: set, add, replace, append, prepend and cas.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

static const struct row rows[] = {
	/* set */
	{ "set and get", .steps = {
		STEP("set @a 42 0 5\r\nhello\r\n", "STORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 42 5\r\nhello\r\nEND\r\n"),
	} },
	{ "set replaces value and flags", .steps = {
		STEP("set @a 1 0 5\r\nhello\r\nset @a 2 0 3\r\nbye\r\n", "STORED\r\nSTORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 2 3\r\nbye\r\nEND\r\n"),
		STEP("set @a 3 0 8\r\nmuch ado\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 3 8\r\nmuch ado\r\nEND\r\n"),
	} },
	{ "an empty value", .steps = {
		STEP("set @a 7 0 0\r\n\r\nget @a\r\n", "STORED\r\nVALUE @a 7 0\r\n\r\nEND\r\n"),
	} },
	{ "a value of line ends", .steps = {
		STEP("set @a 0 0 8\r\n\r\n\r\n\r\n\r\n\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 8\r\n\r\n\r\n\r\n\r\n\r\nEND\r\n"),
	} },
	{ "a value that looks like commands", .steps = {
		STEP("set @a 0 0 27\r\nquit\r\nversion\r\nbogus\r\nEND\r\n\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 27\r\nquit\r\nversion\r\nbogus\r\nEND\r\n\r\nEND\r\n"),
	} },
	{ "a value of NUL and other bytes", .steps = {
		STEP("set @a 0 0 8\r\n\0\xff\r\0\n\x80 \t\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 8\r\n\0\xff\r\0\n\x80 \t\r\nEND\r\n"),
	} },
	{ "keys that begin alike are different", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nset @aa 0 0 1\r\n2\r\n", "STORED\r\nSTORED\r\n"),
		STEP("get @aaa @aa @a\r\n",
		     "VALUE @aa 0 1\r\n2\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "keys are case sensitive", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nget @A\r\n", "STORED\r\nEND\r\n"),
	} },

	/* add, replace */
	{ "add", .steps = {
		STEP("add @a 1 0 1\r\n1\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
		STEP("add @a 2 0 1\r\n2\r\nget @a\r\n",
		     "NOT_STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
		STEP("delete @a\r\nadd @a 3 0 1\r\n3\r\nget @a\r\n",
		     "DELETED\r\nSTORED\r\nVALUE @a 3 1\r\n3\r\nEND\r\n"),
	} },
	{ "replace", .steps = {
		STEP("replace @a 1 0 1\r\n1\r\nget @a\r\n", "NOT_STORED\r\nEND\r\n"),
		STEP("set @a 2 0 1\r\n2\r\nreplace @a 3 0 2\r\n33\r\nget @a\r\n",
		     "STORED\r\nSTORED\r\nVALUE @a 3 2\r\n33\r\nEND\r\n"),
		STEP("delete @a\r\nreplace @a 4 0 1\r\n4\r\nget @a\r\n",
		     "DELETED\r\nNOT_STORED\r\nEND\r\n"),
	} },
	{ "add and replace of an expired item", .steps = {
		STEP("set @a 0 -1 1\r\n1\r\nreplace @a 0 0 1\r\n2\r\n", "STORED\r\nNOT_STORED\r\n"),
		STEP("add @a 0 0 1\r\n3\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n3\r\nEND\r\n"),
	} },
	{ "the value of a refused add does not stay in the stream", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nadd @a 0 0 9\r\nversion\r\n\r\nget @a\r\n",
		     "STORED\r\nNOT_STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("replace @b 0 0 9\r\nversion\r\n\r\n", "NOT_STORED\r\n"),
		STEP("append @b 0 0 9\r\nversion\r\n\r\n", "NOT_STORED\r\n"),
		STEP("cas @b 0 0 9 1\r\nversion\r\n\r\n", "NOT_FOUND\r\n"),
	} },

	/* append, prepend */
	{ "append and prepend", .steps = {
		STEP("set @a 5 0 3\r\nmid\r\nappend @a 0 0 3\r\nend\r\n"
		     "prepend @a 0 0 5\r\nbegin\r\n",
		     "STORED\r\nSTORED\r\nSTORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 5 11\r\nbeginmidend\r\nEND\r\n"),
	} },
	{ "append and prepend to a missing item", .steps = {
		STEP("append @a 0 0 1\r\n1\r\nprepend @a 0 0 1\r\n1\r\nget @a\r\n",
		     "NOT_STORED\r\nNOT_STORED\r\nEND\r\n"),
	} },
	{ "append and prepend keep flags and exptime", .steps = {
		STEP("set @a 5 0 1\r\n1\r\nappend @a 6 -1 1\r\n2\r\nprepend @a 7 -1 1\r\n0\r\n",
		     "STORED\r\nSTORED\r\nSTORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 5 3\r\n012\r\nEND\r\n"),
		STEP("set @b 0 -1 1\r\n1\r\nappend @b 0 0 1\r\n2\r\nget @b\r\n",
		     "STORED\r\nNOT_STORED\r\nEND\r\n"),
	} },
	{ "append and prepend nothing", .steps = {
		STEP("set @a 5 0 2\r\nab\r\nappend @a 0 0 0\r\n\r\nprepend @a 0 0 0\r\n\r\n",
		     "STORED\r\nSTORED\r\nSTORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 5 2\r\nab\r\nEND\r\n"),
		STEP("set @b 5 0 0\r\n\r\nappend @b 0 0 0\r\n\r\nget @b\r\n",
		     "STORED\r\nSTORED\r\nVALUE @b 5 0\r\n\r\nEND\r\n"),
	} },
	{ "append to an empty value", .steps = {
		STEP("set @a 5 0 0\r\n\r\nappend @a 0 0 2\r\nxy\r\nget @a\r\n",
		     "STORED\r\nSTORED\r\nVALUE @a 5 2\r\nxy\r\nEND\r\n"),
	} },
	{ "append of line ends", .steps = {
		STEP("set @a 5 0 2\r\n\r\n\r\nappend @a 0 0 2\r\n\r\n\r\nget @a\r\n",
		     "STORED\r\nSTORED\r\nVALUE @a 5 4\r\n\r\n\r\n\r\nEND\r\n"),
	} },
	{ "append makes the cas number a new one", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("append @a 0 0 1\r\n2\r\ncas @a 0 0 1 {cas}\r\nx\r\n", "STORED\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 2 {cas}\r\n12\r\nEND\r\n"),
		STEP("append @a 0 0 0\r\n\r\ncas @a 0 0 1 {cas}\r\nx\r\n", "STORED\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 2 {cas}\r\n12\r\nEND\r\n"),
		STEP("prepend @a 0 0 1\r\n0\r\ncas @a 0 0 1 {cas}\r\nx\r\nget @a\r\n",
		     "STORED\r\nEXISTS\r\nVALUE @a 0 3\r\n012\r\nEND\r\n"),
	} },

	/* cas */
	{ "cas with the right number", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 1 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("cas @a 2 0 2 {cas}\r\n22\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 2 2\r\n22\r\nEND\r\n"),
	} },
	{ "cas with a number that was right", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 1 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("cas @a 2 0 2 {cas}\r\n22\r\ncas @a 3 0 1 {cas}\r\n3\r\nget @a\r\n",
		     "STORED\r\nEXISTS\r\nVALUE @a 2 2\r\n22\r\nEND\r\n"),
	} },
	{ "cas with other numbers", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ncas @a 2 0 1 0\r\n2\r\n", "STORED\r\nEXISTS\r\n"),
		STEP("cas @a 2 0 1 18446744073709551615\r\n2\r\n", "EXISTS\r\n"),
		STEP("get @a\r\n", "VALUE @a 1 1\r\n1\r\nEND\r\n"),
	} },
	{ "cas of a missing item", .steps = {
		STEP("cas @a 0 0 1 1\r\n1\r\ncas @a 0 0 1 0\r\n1\r\nget @a\r\n",
		     "NOT_FOUND\r\nNOT_FOUND\r\nEND\r\n"),
	} },
	{ "cas of a deleted item", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("delete @a\r\ncas @a 0 0 1 {cas}\r\n1\r\n", "DELETED\r\nNOT_FOUND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\ncas @a 0 0 1 {cas}\r\n2\r\n", "STORED\r\nEXISTS\r\n"),
	} },
	{ "cas of an expired item", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("touch @a -1\r\ncas @a 0 0 1 {cas}\r\n1\r\nget @a\r\n",
		     "TOUCHED\r\nNOT_FOUND\r\nEND\r\n"),
	} },
	{ "every store makes the cas number a new one", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\ncas @a 0 0 1 {cas}\r\n2\r\n", "STORED\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("replace @a 0 0 1\r\n1\r\ncas @a 0 0 1 {cas}\r\n2\r\n",
		     "STORED\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("incr @a 0\r\ncas @a 0 0 1 {cas}\r\n2\r\n", "1\r\nEXISTS\r\n"),
	} },
	{ "reading and refused changes leave the cas number", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("get @a\r\ngats 0 @a\r\nadd @a 0 0 1\r\n2\r\ncas @a 0 0 1 0\r\n3\r\n"
		     "incr @a x\r\ntouch @a 0\r\n",
		     "VALUE @a 0 1\r\n1\r\nEND\r\nVALUE @a 0 1 {d}\r\n1\r\nEND\r\nNOT_STORED\r\n"
		     "EXISTS\r\n" BAD_DELTA "TOUCHED\r\n"),
		STEP("cas @a 0 0 1 {cas}\r\n4\r\n", "STORED\r\n"),
	} },
	/* 1.6.18 takes the data for commands. */
	{ "cas without a number, or with something else", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
		STEP("cas @a 0 0 9\r\nversion\r\n\r\ncas @a 0 0 9 junk\r\nversion\r\n\r\n",
		     BAD_LINE BAD_LINE),
		STEP("cas @a 0 0 9 -1\r\nversion\r\n\r\ncas @a 0 0 9 1x\r\nversion\r\n\r\n",
		     BAD_LINE BAD_LINE),
		STEP("cas @a 0 0 9 18446744073709551616\r\nversion\r\n\r\n", BAD_LINE),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },

	/* Lengths. */
	{ "a negative length", .steps = {
		STEP("set @a 0 0 3\r\nold\r\nset @a 0 0 -1\r\n", "STORED\r\n" BAD_LINE),
		STEP("set @a 0 0 -2147483648\r\n", BAD_LINE),
		STEP("get @a\r\n", "VALUE @a 0 3\r\nold\r\nEND\r\n"),
	} },
	{ "a length that is no number", .steps = {
		STEP("set @a 0 0 x\r\nset @a 0 0 1x\r\nset @a 0 0 1.0\r\n",
		     BAD_LINE BAD_LINE BAD_LINE),
		STEP("add @a 0 0 x\r\nappend @a 0 0 x\r\ncas @a 0 0 x 1\r\n",
		     BAD_LINE BAD_LINE BAD_LINE),
	} },
	{ "a length of more than 31 bits", .steps = {
		STEP("set @a 0 0 2147483646\r\n", BAD_LINE),
		STEP("set @a 0 0 2147483647\r\n", BAD_LINE),
		STEP("set @a 0 0 2147483648\r\n", BAD_LINE),
	} },
	{ "a length of more than 32 bits", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 -4294967296\r\nset @a 0 0 -9223372036854775808\r\n",
		     BAD_LINE BAD_LINE),
		STEP("set @a 0 0 4294967295\r\n", BAD_LINE),
		STEP("set @a 0 0 4294967296\r\n", BAD_LINE),
		STEP("set @a 0 0 4294967297\r\n", BAD_LINE),
		STEP("set @a 0 0 18446744073709551615\r\n", BAD_LINE),
		STEP("set @a 0 0 18446744073709551617\r\n", BAD_LINE),
		STEP("set @a 0 0 99999999999999999999999999999999\r\n", BAD_LINE),
	} },
	{ "a length of minus zero", .steps = {
		STEP("set @a 0 0 -0\r\n\r\nget @a\r\n", "STORED\r\nVALUE @a 0 0\r\n\r\nEND\r\n"),
	} },
	{ "what follows a refused length is commands", .steps = {
		STEP("set @a 0 0 -1\r\nget @a\r\n", BAD_LINE "END\r\n"),
		STEP("set @a 0 0 x\r\nbogus\r\n", BAD_LINE "ERROR\r\n"),
	} },

	/* Data blocks of another length than announced. */
	{ "data longer than announced", .steps = {
		STEP("set @a 0 0 3\r\nold\r\nset @a 0 0 3\r\nabcdefgh\r\n",
		     "STORED\r\n" BAD_CHUNK "ERROR\r\n"),
		STEP("get @a\r\n", "VALUE @a 0 3\r\nold\r\nEND\r\n"),
	} },
	{ "data shorter than announced", .steps = {
		STEP("set @a 0 0 8\r\nabc\r\nget @a @a @a\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "data longer than announced for the other commands", .steps = {
		STEP("add @a 0 0 3\r\nabcdefgh\r\nget @a\r\n", BAD_CHUNK "ERROR\r\nEND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("replace @a 0 0 1\r\nabcdefgh\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("append @a 0 0 1\r\nabcdefgh\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("prepend @a 0 0 1\r\nabcdefgh\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("cas @a 0 0 1 {cas}\r\nabcdefgh\r\nget @a\r\n",
		     BAD_CHUNK "ERROR\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "data longer than announced by an empty line", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1\r\nabc\r\n", BAD_CHUNK BAD_LINE),
	} },
	{ "an empty value with data", .steps = {
		STEP("set @a 0 0 0\r\nabcdef\r\nget @a\r\n", BAD_CHUNK "ERROR\r\nEND\r\n"),
	} },
	{ "data that ends with CR and another byte", .steps = {
		STEP("set @a 0 0 3\r\nabc\rdefgh\r\nget @a\r\n", BAD_CHUNK "ERROR\r\nEND\r\n"),
	} },
	{ "a bad flag or exptime leaves the old value", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 3\r\nold\r\nset @a x 0 3\r\nnew\r\nset @a 0 x 3\r\nnew\r\n",
		     "STORED\r\n" BAD_LINE BAD_LINE),
		STEP("get @a\r\n", "VALUE @a 0 3\r\nold\r\nEND\r\n"),
	} },
};

static void fill_pattern(struct bytes *value, size_t len)
{
	char *room = bytes_room(value, len);

	for (size_t i = 0; i < len; i++)
		room[i] = (char)(i * 31 + (i >> 8) * 7 + len);
	value->len += len;
}

/* Store a value of this length, and read it back. */
static void check_length(struct client *c, size_t len)
{
	struct bytes request = { 0 }, wanted = { 0 };
	const char *key = script_prefix();

	bytes_printf(&request, "set %s 9 0 %zu\r\n", key, len);
	fill_pattern(&request, len);
	bytes_printf(&request, "\r\nget %s\r\n", key);
	bytes_printf(&wanted, "STORED\r\nVALUE %s 9 %zu\r\n", key, len);
	fill_pattern(&wanted, len);
	bytes_printf(&wanted, "\r\nEND\r\n");
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_short_lengths(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (size_t len = 0; len <= 600; len++)
		check_length(c, len);
}

static void test_long_lengths(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (size_t power = 1024; power <= 512 * 1024; power *= 2) {
		for (size_t len = power - 100; len <= power + 4; len += len < power - 4 ? 16 : 1)
			check_length(c, len);
	}
}

/* Append until the value is much longer than it began. */
static void test_growth(void **state)
{
	struct client *c = client_open();
	struct bytes value = { 0 };

	(void)state;
	expect(c, "set @a 5 0 0\r\n\r\n", "STORED\r\n");
	for (unsigned int i = 0; i < 300; i++) {
		struct bytes request = { 0 }, wanted = { 0 }, grown = { 0 };
		const char *command = i % 3 ? "append" : "prepend";
		char piece[16];
		int len = snprintf(piece, sizeof(piece), "<%u>", i * 997);

		bytes_add(&grown, piece, i % 3 ? 0 : len);
		bytes_add(&grown, value.data, value.len);
		bytes_add(&grown, piece, i % 3 ? len : 0);
		bytes_free(&value);
		value = grown;
		bytes_printf(&request, "%s %sa 0 0 %d\r\n%s\r\n", command, script_prefix(), len,
			     piece);
		bytes_printf(&request, "get %sa\r\n", script_prefix());
		bytes_printf(&wanted, "STORED\r\nVALUE %sa 5 %zu\r\n", script_prefix(), value.len);
		bytes_add(&wanted, value.data, value.len);
		bytes_printf(&wanted, "\r\nEND\r\n");
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
	}
	bytes_free(&value);
}

/* A number of one item must never be right for another, nor come back. */
static void test_cas_numbers_are_unique(void **state)
{
	struct client *c = client_open();
	unsigned long long seen[200];
	struct bytes reply = { 0 };

	(void)state;
	for (size_t i = 0; i < table_length(seen); i++) {
		struct bytes request = { 0 };

		bytes_printf(&request, "set %s%zu 0 0 1\r\nx\r\ngets %s%zu\r\n", script_prefix(),
			     i % 2, script_prefix(), i % 2);
		reply.len = 0;
		assert_int_equal(client_fence(c, request.data, request.len, &reply, 40),
				 CLIENT_COMPLETE);
		bytes_add(&reply, "", 1);
		assert_int_equal(sscanf(reply.data, "STORED VALUE %*s %*u %*u %llu", &seen[i]), 1);
		for (size_t j = 0; j < i; j++)
			assert_true(seen[i] != seen[j]);
		bytes_free(&request);
	}
	bytes_free(&reply);
}

static const struct table_test tests[] = {
	{ "values of 0 to 600 bytes", .function = test_short_lengths },
	{ "values of about a power of two", .function = test_long_lengths },
	{ "a value grows at both ends", .function = test_growth },
	{ "cas numbers do not repeat", .function = test_cas_numbers_are_unique },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("storage", rows, table_length(rows), tests, table_length(tests));
}
