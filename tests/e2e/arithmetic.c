// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// incr and decr.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

#define MAX "18446744073709551615"

/* Set a value of that length, which is a number after all, and add to it. */
#define NUMBER_STEP(length, value, sum) \
	STEP("set @n 0 0 " length "\r\n" value "\r\nincr @n 2\r\n", "STORED\r\n" sum "\r\n")

/* Set a value of that length, which is no number. */
#define NO_NUMBER_STEP(length, value) \
	STEP("set @n 0 0 " length "\r\n" value "\r\nincr @n 2\r\ndecr @n 2\r\nget @n\r\n", \
	     "STORED\r\n" NOT_A_NUMBER NOT_A_NUMBER "VALUE @n 0 " length "\r\n" value \
	     "\r\nEND\r\n")

static const struct row rows[] = {
	{ "incr and decr", .steps = {
		STEP("set @a 7 0 1\r\n5\r\nincr @a 1\r\n", "STORED\r\n6\r\n"),
		STEP("incr @a 3\r\ndecr @a 2\r\n", "9\r\n7\r\n"),
		STEP("get @a\r\n", "VALUE @a 7 1\r\n7\r\nEND\r\n"),
	} },
	{ "incr and decr by nothing", .steps = {
		STEP("set @a 7 0 1\r\n5\r\nincr @a 0\r\ndecr @a 0\r\nget @a\r\n",
		     "STORED\r\n5\r\n5\r\nVALUE @a 7 1\r\n5\r\nEND\r\n"),
	} },
	{ "incr and decr of a missing item create none", .steps = {
		STEP("incr @a 1\r\ndecr @a 1\r\nget @a\r\n", "NOT_FOUND\r\nNOT_FOUND\r\nEND\r\n"),
	} },
	{ "incr of an expired item", .steps = {
		STEP("set @a 0 -1 1\r\n5\r\nincr @a 1\r\n", "STORED\r\nNOT_FOUND\r\n"),
	} },

	/* How long the result is. */
	{ "incr to a longer number", .steps = {
		STEP("set @a 7 0 1\r\n9\r\nincr @a 1\r\nget @a\r\n",
		     "STORED\r\n10\r\nVALUE @a 7 2\r\n10\r\nEND\r\n"),
		STEP("incr @a 99990\r\nget @a\r\n", "100000\r\nVALUE @a 7 6\r\n100000\r\nEND\r\n"),
		STEP("incr @a 18446744073709451615\r\nget @a\r\n",
		     MAX "\r\nVALUE @a 7 20\r\n" MAX "\r\nEND\r\n"),
	} },
	{ "decr to a shorter number leaves spaces behind it", .steps = {
		STEP("set @a 7 0 2\r\n10\r\ndecr @a 1\r\nget @a\r\n",
		     "STORED\r\n9\r\nVALUE @a 7 2\r\n9 \r\nEND\r\n"),
		STEP("set @a 7 0 5\r\n10000\r\ndecr @a 9999\r\nget @a\r\n",
		     "STORED\r\n1\r\nVALUE @a 7 5\r\n1    \r\nEND\r\n"),
		STEP("incr @a 41\r\nget @a\r\n", "42\r\nVALUE @a 7 5\r\n42   \r\nEND\r\n"),
		STEP("incr @a 999999\r\nget @a\r\n",
		     "1000041\r\nVALUE @a 7 7\r\n1000041\r\nEND\r\n"),
	} },
	{ "the spaces stay when a value is appended", .steps = {
		STEP("set @a 7 0 2\r\n10\r\ndecr @a 1\r\nappend @a 0 0 1\r\n!\r\nget @a\r\n",
		     "STORED\r\n9\r\nSTORED\r\nVALUE @a 7 3\r\n9 !\r\nEND\r\n"),
		STEP("incr @a 1\r\nget @a\r\n", "10\r\nVALUE @a 7 3\r\n10 \r\nEND\r\n"),
	} },

	/*
	 * The ends of the range. Behind a number of 2^63 or more, memcached 1.6.18 looks for a
	 * minus sign in what other items have left in its memory.
	 */
	{ "incr wraps at 2^64", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 20\r\n" MAX "\r\nincr @a 1\r\nget @a\r\n",
		     "STORED\r\n0\r\nVALUE @a 0 20\r\n0                   \r\nEND\r\n"),
		STEP("set @a 0 0 20\r\n" MAX "\r\nincr @a 10\r\n", "STORED\r\n9\r\n"),
		STEP("set @a 0 0 1\r\n5\r\nincr @a " MAX "\r\nget @a\r\n",
		     "STORED\r\n4\r\nVALUE @a 0 1\r\n4\r\nEND\r\n"),
		STEP("set @a 0 0 20\r\n18446744073709551610\r\nincr @a 5\r\n",
		     "STORED\r\n" MAX "\r\n"),
	} },
	{ "decr stops at zero", .steps = {
		STEP("set @a 0 0 1\r\n5\r\ndecr @a 6\r\nget @a\r\n",
		     "STORED\r\n0\r\nVALUE @a 0 1\r\n0\r\nEND\r\n"),
		STEP("decr @a 1\r\n", "0\r\n"),
		STEP("set @a 0 0 3\r\n500\r\ndecr @a " MAX "\r\nget @a\r\n",
		     "STORED\r\n0\r\nVALUE @a 0 3\r\n0  \r\nEND\r\n"),
	} },
	{ "decr from the largest number", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 20\r\n" MAX "\r\ndecr @a " MAX "\r\n", "STORED\r\n0\r\n"),
		STEP("set @a 0 0 20\r\n" MAX "\r\ndecr @a 1\r\n",
		     "STORED\r\n18446744073709551614\r\n"),
		STEP("decr @a 9223372036854775807\r\n", "9223372036854775807\r\n"),
	} },

	/* Deltas. */
	{ "a delta that is no number", .steps = {
		STEP("set @a 0 0 1\r\n5\r\n", "STORED\r\n"),
		STEP("incr @a x\r\nincr @a 1x\r\nincr @a 0x1\r\nincr @a 1.5\r\n",
		     BAD_DELTA BAD_DELTA BAD_DELTA BAD_DELTA),
		STEP("decr @a x\r\ndecr @a 1x\r\ndecr @a 0x1\r\ndecr @a 1.5\r\n",
		     BAD_DELTA BAD_DELTA BAD_DELTA BAD_DELTA),
		STEP("incr @a -1\r\ndecr @a -1\r\n", BAD_DELTA BAD_DELTA),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n5\r\nEND\r\n"),
	} },
	{ "a delta beyond 64 bits", .steps = {
		STEP("set @a 0 0 1\r\n5\r\nincr @a 18446744073709551616\r\n",
		     "STORED\r\n" BAD_DELTA),
		STEP("decr @a 99999999999999999999\r\n", BAD_DELTA),
		STEP("incr @a 99999999999999999999999999999999999999999999\r\n", BAD_DELTA),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n5\r\nEND\r\n"),
	} },
	{ "a bad delta for a missing item", .steps = {
		STEP("incr @a x\r\ndecr @a -1\r\n", BAD_DELTA BAD_DELTA),
	} },

	/* What counts as a number. */
	{ "values that are no number", .steps = {
		NO_NUMBER_STEP("0", ""),
		NO_NUMBER_STEP("1", "x"),
		NO_NUMBER_STEP("2", "-5"),
		NO_NUMBER_STEP("2", "5x"),
		NO_NUMBER_STEP("4", "5ab "),
		NO_NUMBER_STEP("3", "1.5"),
	} },
	{ "more values that are no number", .steps = {
		NO_NUMBER_STEP("3", "0x5"),
		NO_NUMBER_STEP("20", "18446744073709551616"),
		NO_NUMBER_STEP("21", "100000000000000000000"),
		NO_NUMBER_STEP("3", "++5"),
		NO_NUMBER_STEP("2", "+ "),
		NO_NUMBER_STEP("3", "- 5"),
	} },
	/* memcached reads on behind the value, into whatever is there. */
	{ "spaces are no number", .since = CLIENT_TARGET, .quirk = true, .steps = {
		NO_NUMBER_STEP("1", " "),
		NO_NUMBER_STEP("2", "  "),
	} },
	{ "numbers with something around them", .steps = {
		NUMBER_STEP("2", " 5", "7"),
		NUMBER_STEP("2", "5 ", "7"),
		NUMBER_STEP("2", "+5", "7"),
		NUMBER_STEP("3", "007", "9"),
		NUMBER_STEP("4", "5 ab", "7"),
		NUMBER_STEP("4", "5\r\nx", "7"),
	} },
	{ "numbers with more around them", .steps = {
		NUMBER_STEP("2", "5\t", "7"),
		NUMBER_STEP("3", "\t\n5", "7"),
		NUMBER_STEP("2", "5\0", "7"),
		NUMBER_STEP("30", "000000000000000000000000000005", "7"),
	} },
	{ "the largest number with more around it", .since = CLIENT_TARGET, .steps = {
		NUMBER_STEP("25", "     18446744073709551615", "1"),
	} },
	{ "what was around a number goes", .steps = {
		STEP("set @a 0 0 4\r\n5 ab\r\nincr @a 1\r\nget @a\r\n",
		     "STORED\r\n6\r\nVALUE @a 0 4\r\n6   \r\nEND\r\n"),
		STEP("set @a 0 0 3\r\n007\r\nincr @a 1\r\nget @a\r\n",
		     "STORED\r\n8\r\nVALUE @a 0 3\r\n8  \r\nEND\r\n"),
		STEP("set @a 0 0 3\r\n +7\r\nincr @a 991\r\nget @a\r\n",
		     "STORED\r\n998\r\nVALUE @a 0 3\r\n998\r\nEND\r\n"),
	} },

	/* What else changes. */
	{ "incr makes the cas number a new one", .steps = {
		STEP("set @a 0 0 1\r\n5\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n5\r\nEND\r\n"),
		STEP("incr @a 1\r\ncas @a 0 0 1 {cas}\r\nx\r\n", "6\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 1 {cas}\r\n6\r\nEND\r\n"),
		STEP("decr @a 1\r\ncas @a 0 0 1 {cas}\r\nx\r\n", "5\r\nEXISTS\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 1 {cas}\r\n5\r\nEND\r\n"),
		STEP("incr @a 9\r\ncas @a 0 0 1 {cas}\r\nx\r\nget @a\r\n",
		     "14\r\nEXISTS\r\nVALUE @a 0 2\r\n14\r\nEND\r\n"),
	} },
	{ "a refused incr leaves the cas number", .steps = {
		STEP("set @a 0 0 1\r\nx\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\nx\r\nEND\r\n"),
		STEP("incr @a 1\r\ncas @a 0 0 1 {cas}\r\ny\r\n", NOT_A_NUMBER "STORED\r\n"),
	} },
	{ "a long value that begins with a number", .steps = {
		STEP("set @a 0 0 502\r\n5 {x500}\r\nincr @a 1\r\n", "STORED\r\n6\r\n"),
	} },
};

/* Count up and down across every change of length. */
static void test_every_length(void **state)
{
	struct client *c = client_open();
	unsigned long long power = 1;

	(void)state;
	for (unsigned int digits = 1; digits <= 19; digits++, power *= 10) {
		struct bytes request = { 0 }, wanted = { 0 };
		const char *key = script_prefix();

		bytes_printf(&request, "set %s 0 0 %u\r\n%llu\r\n", key, digits, power * 10 - 1);
		bytes_printf(&request, "incr %s 1\r\ndecr %s 1\r\nget %s\r\n", key, key, key);
		bytes_printf(&wanted, "STORED\r\n%llu\r\n%llu\r\n", power * 10, power * 10 - 1);
		bytes_printf(&wanted, "VALUE %s 0 %u\r\n%llu \r\nEND\r\n", key, digits + 1,
			     power * 10 - 1);
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
	}
}

/* incr that makes the item a longer one must keep its time to live. */
static void test_exptime_is_kept(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 3 1000 1\r\n9\r\nincr @a 1\r\n", "STORED\r\n10\r\n");
	expect(c, "set @b 3 {now+2} 1\r\n9\r\nincr @b 1\r\n", "STORED\r\n10\r\n");
	expect(c, "set @c 3 {now+2} 2\r\n10\r\ndecr @c 1\r\n", "STORED\r\n9\r\n");
	script_until_missing(c, "@b", 6);
	script_until_missing(c, "@c", 6);
	expect(c, "get @a\r\n", "VALUE @a 3 2\r\n10\r\nEND\r\n");
}

static const struct table_test tests[] = {
	{ "every length of a number", .function = test_every_length },
	{ "incr and decr keep the exptime", .function = test_exptime_is_kept },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("arithmetic", rows, table_length(rows), tests, table_length(tests));
}
