// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/counters.c tests/e2e/script.c
// sources: tests/e2e/table.c
//
// The commands that read values: get, gets, gat and gats.
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "counters.h"
#include "replies.h"
#include "table.h"

static const struct row rows[] = {
	{ "get of a missing item", .steps = {
		STEP("get @a\r\n", "END\r\n"),
		STEP("gets @a\r\n", "END\r\n"),
		STEP("get @a @b @c\r\n", "END\r\n"),
	} },
	{ "get of several items in the order asked", .steps = {
		STEP("set @a 1 0 1\r\n1\r\nset @b 2 0 2\r\n22\r\nset @c 3 0 3\r\n333\r\n",
		     "STORED\r\nSTORED\r\nSTORED\r\n"),
		STEP("get @c @a @b\r\n",
		     "VALUE @c 3 3\r\n333\r\nVALUE @a 1 1\r\n1\r\nVALUE @b 2 2\r\n22\r\nEND\r\n"),
		STEP("get @x @b @y @a @z\r\n",
		     "VALUE @b 2 2\r\n22\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
	} },
	{ "get of the same item repeatedly", .steps = {
		STEP("set @a 1 0 1\r\n1\r\nset @b 2 0 1\r\n2\r\n", "STORED\r\nSTORED\r\n"),
		STEP("get @a @b @a @x @a\r\n",
		     "VALUE @a 1 1\r\n1\r\nVALUE @b 2 1\r\n2\r\nVALUE @a 1 1\r\n1\r\n"
		     "VALUE @a 1 1\r\n1\r\nEND\r\n"),
		STEP("gets @a @a\r\n",
		     "VALUE @a 1 1 {d}\r\n1\r\nVALUE @a 1 1 {d}\r\n1\r\nEND\r\n"),
	} },
	{ "gets tells the cas number", .steps = {
		STEP("set @a 1 0 1\r\n1\r\nset @b 2 0 0\r\n\r\n", "STORED\r\nSTORED\r\n"),
		STEP("gets @a @x @b\r\n",
		     "VALUE @a 1 1 {d}\r\n1\r\nVALUE @b 2 0 {d}\r\n\r\nEND\r\n"),
		STEP("gets @a\r\n", "VALUE @a 1 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("cas @a 5 0 1 {cas}\r\n5\r\n", "STORED\r\n"),
	} },
	{ "a value is read after it was deleted and set again", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nget @a\r\ndelete @a\r\nget @a\r\nset @a 0 0 1\r\n2\r\n"
		     "get @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\nDELETED\r\nEND\r\nSTORED\r\n"
		     "VALUE @a 0 1\r\n2\r\nEND\r\n"),
	} },
	{ "each of several gets in a row sees the value of its time", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nget @a\r\nset @a 0 0 2\r\n22\r\nget @a\r\nincr @a 1\r\n"
		     "get @a\r\nappend @a 0 0 1\r\n!\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\nSTORED\r\nVALUE @a 0 2\r\n22\r\nEND\r\n"
		     "23\r\nVALUE @a 0 2\r\n23\r\nEND\r\nSTORED\r\nVALUE @a 0 3\r\n23!\r\nEND\r\n"),
	} },
	{ "a bad key discards the values before it", .quirk = true, .steps = {
		STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
		STEP("get @a {251}\r\n", BAD_LINE),
		STEP("get {251} @a\r\n", BAD_LINE),
		STEP("gets @a @a {251} @a {251}\r\n", BAD_LINE),
		STEP("gat 0 @a {251} @a\r\n", BAD_LINE),
		STEP("gats 0 @a {300} @a\r\n", BAD_LINE),
	} },

	/* gat, gats */
	{ "gat of missing items", .steps = {
		STEP("gat 0 @a\r\n", "END\r\n"),
		STEP("gats 0 @a @b\r\n", "END\r\n"),
	} },
	{ "gat of several items", .steps = {
		STEP("set @a 1 0 1\r\n1\r\nset @b 2 0 2\r\n22\r\n", "STORED\r\nSTORED\r\n"),
		STEP("gat 0 @b @x @a @b\r\n",
		     "VALUE @b 2 2\r\n22\r\nVALUE @a 1 1\r\n1\r\nVALUE @b 2 2\r\n22\r\nEND\r\n"),
		STEP("gats 0 @b @a\r\n",
		     "VALUE @b 2 2 {d}\r\n22\r\nVALUE @a 1 1 {d}\r\n1\r\nEND\r\n"),
	} },
	{ "gat of an item that it expires", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngat -1 @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
		STEP("get @a\r\ngat 0 @a\r\n", "END\r\nEND\r\n"),
	} },
	{ "gat of a longer item that it expires", .steps = {
		STEP("set @a 0 0 3000\r\n{x3000}\r\n", "STORED\r\n"),
		STEP("gat -1 @a\r\n", "VALUE @a 0 3000\r\n{x3000}\r\nEND\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "gat with one expired on the same line", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngat -1 @a @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
	} },
	{ "gats with an absolute time in the past", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngats 2592001 @a\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 1 1 {d}\r\n1\r\nEND\r\nEND\r\n"),
	} },
	{ "gat with an absolute time in the future", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngat {now+1000} @a\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\nVALUE @a 1 1\r\n1\r\nEND\r\n"),
	} },
	{ "gat does not change the cas number", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 1 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("gat 100 @a\r\ncas @a 0 0 1 {cas}\r\n2\r\n",
		     "VALUE @a 1 1\r\n1\r\nEND\r\nSTORED\r\n"),
	} },
	{ "gat with an exptime that is no number", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngat x @a\r\n", "STORED\r\n" BAD_EXPTIME),
		STEP("gats 1x @a\r\n", BAD_EXPTIME),
		STEP("gat @a @a\r\n", BAD_EXPTIME),
		STEP("get @a\r\n", "VALUE @a 1 1\r\n1\r\nEND\r\n"),
	} },
	{ "a gat line with the next request", .steps = {
		STEP("set @a 1 0 1\r\n1\r\ngat 0 @a\r\nget @a\r\ngats 0 @x\r\ndelete @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\n1\r\nEND\r\nVALUE @a 1 1\r\n1\r\nEND\r\nEND\r\n"
		     "DELETED\r\n"),
	} },
};

/* Read many items by one line: every even one exists. */
static void check_many_keys(unsigned int count, const char *command, unsigned int length)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	for (unsigned int i = 0; i < count; i += 2) {
		bytes_printf(&request, "set %s%u %u 0 %u noreply\r\n", script_prefix(), i, i,
			     length + i);
		bytes_fill(&request, 'a' + i % 26, length + i);
		bytes_printf(&request, "\r\n");
		bytes_printf(&wanted, "VALUE %s%u %u %u\r\n", script_prefix(), i, i, length + i);
		bytes_fill(&wanted, 'a' + i % 26, length + i);
		bytes_printf(&wanted, "\r\n");
	}
	bytes_printf(&wanted, "END\r\n");
	bytes_printf(&request, "%s", command);
	for (unsigned int i = 0; i < count; i++)
		bytes_printf(&request, " %s%u", script_prefix(), i);
	bytes_printf(&request, "\r\n");
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_many_keys(void **state)
{
	(void)state;
	check_many_keys(8, "get", 1);
	check_many_keys(25, "get", 10);
	check_many_keys(70, "get", 3000);
	check_many_keys(60, "gat 0", 100);
}

/* Lengths that are answered in different ways, at changing distances; -1: no such item. */
static int length_of(unsigned int i)
{
	if (i % 5 == 2)
		return -1;
	if (i % 7 == 3)
		return 20000 + i;
	if (i % 11 == 5)
		return 16384;
	return i % 3 == 1 ? 450 * (i % 19) : i;
}

/* Is it stored, and has it expired? Nobody sees the difference to one that was never there. */
static bool is_expired(unsigned int i)
{
	return i % 13 == 9;
}

/* Counts what is there. */
static unsigned int check_mixed_keys(struct client *c, unsigned int from)
{
	struct bytes request = { 0 }, wanted = { 0 }, line = { 0 };
	unsigned int hits = 0;

	bytes_printf(&line, "get");
	for (unsigned int i = from; i < from + 40; i++) {
		int length = length_of(i);

		bytes_printf(&line, " %s%u", script_prefix(), i);
		if (length < 0)
			continue;
		bytes_printf(&request, "set %s%u %u %d %d noreply\r\n", script_prefix(), i, i % 3,
			     is_expired(i) ? -1 : 0, length);
		bytes_fill(&request, 'a' + i % 26, length);
		bytes_printf(&request, "\r\n");
		if (is_expired(i))
			continue;
		bytes_printf(&wanted, "VALUE %s%u %u %d\r\n", script_prefix(), i, i % 3, length);
		bytes_fill(&wanted, 'a' + i % 26, length);
		bytes_printf(&wanted, "\r\n");
		hits++;
	}
	bytes_printf(&line, "\r\n");
	bytes_add(&request, line.data, line.len);
	bytes_printf(&wanted, "END\r\n");
	expect_reply(c, &request, &wanted);
	bytes_free(&line);
	bytes_free(&request);
	bytes_free(&wanted);
	return hits;
}

static unsigned long long count_of(struct counters *before, struct counters *after,
				   const char *name)
{
	return counters_number(after, name) - counters_number(before, name);
}

/* Where one is that is answered in another way, among those that are answered together. */
static void test_mixed_keys(void **state)
{
	static struct counters before, after;
	struct client *c = client_open();
	unsigned int hits = 0;

	(void)state;
	counters_read(c, "stats\r\n", &before);
	for (unsigned int from = 0; from < 8; from++) {
		script_setup(NULL);
		hits += check_mixed_keys(c, from);
	}
	counters_read(c, "stats\r\n", &after);
	assert_int_equal(count_of(&before, &after, "cmd_get"), 8 * 40);
	assert_int_equal(count_of(&before, &after, "get_hits"), hits);
	assert_int_equal(count_of(&before, &after, "get_misses"), 8 * 40 - hits);
}

/* Few that are there fill what a reply has begun with, and then there are none for long. */
static void test_missing_keys_behind(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 0 0 480\r\n{x480}\r\n", "STORED\r\n");
	for (unsigned int hits = 0; hits < 5; hits++) {
		request.len = 0;
		wanted.len = 0;
		bytes_printf(&request, "get");
		for (unsigned int i = 0; i < hits; i++) {
			script_add(&request, " @a");
			script_add(&wanted, "VALUE @a 0 480\r\n{x480}\r\n");
		}
		for (unsigned int i = 0; i < 600; i++)
			bytes_printf(&request, " %sm%u", script_prefix(), i);
		script_add(&request, " @a\r\n");
		script_add(&wanted, "VALUE @a 0 480\r\n{x480}\r\nEND\r\n");
		expect_reply(c, &request, &wanted);
	}
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_same_key_many_times(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 3 0 5000\r\n{x5000}\r\n", "STORED\r\n");
	bytes_printf(&request, "get");
	for (unsigned int i = 0; i < 1000; i++) {
		script_add(&request, " @a");
		script_add(&wanted, "VALUE @a 3 5000\r\n{x5000}\r\n");
	}
	bytes_printf(&request, "\r\n");
	bytes_printf(&wanted, "END\r\n");
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* How often the reply begins with this one. */
static unsigned int count_copies(const struct bytes *reply, const struct bytes *one)
{
	unsigned int count = 0;

	while (reply->len >= (count + 1) * one->len &&
	       !memcmp(reply->data + count * one->len, one->data, one->len))
		count++;
	return count;
}

/*
 * Replies wait for a reader who is slow; another connection meanwhile changes the item. What was
 * looked up before is sent as it was; what is looked up later is as it is now.
 */
static void check_value_survives(const struct step *change, const char *later, size_t later_len)
{
	static const char item[] = "VALUE @a 0 50000\r\n{x50000}\r\n";
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 }, old = { 0 };
	struct client *reader = client_open(), *writer = client_open();
	const unsigned int times = 400;
	unsigned int before;

	script_setup(NULL);
	expect(writer, "set @a 0 0 50000\r\n{x50000}\r\n", "STORED\r\n");
	bytes_printf(&request, "get");
	for (unsigned int i = 0; i < times; i++)
		script_add(&request, " @a");
	bytes_printf(&request, "\r\n");
	client_send(reader, request.data, request.len);
	assert_true(client_wait(reader, POLLIN, CLIENT_DEADLINE_MS));
	script_expect(writer, change, __FILE__, __LINE__);
	client_fence(reader, "", 0, &got, 0);

	script_expand(&old, item, sizeof(item) - 1);
	before = count_copies(&got, &old);
	assert_in_range(before, 1, times);
	for (unsigned int i = 0; i < before; i++)
		bytes_add(&wanted, old.data, old.len);
	for (unsigned int i = before; i < times; i++)
		script_expand(&wanted, later, later_len);
	bytes_printf(&wanted, "END\r\n");
	expect_bytes(&got, &wanted);
	client_close(reader);
	client_close(writer);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
	bytes_free(&old);
}

static void test_value_survives(void **state)
{
	static const char later[] = "VALUE @a 0 10\r\n0123456789\r\n";
	static const struct step set = STEP("set @a 0 0 10\r\n0123456789\r\n", "STORED\r\n");
	static const struct step delete = STEP("delete @a\r\n", "DELETED\r\n");
	static const struct step touch = STEP("touch @a -1\r\n", "TOUCHED\r\n");

	(void)state;
	check_value_survives(&set, later, sizeof(later) - 1);
	check_value_survives(&delete, "", 0);
	check_value_survives(&touch, "", 0);
}

static const struct table_test tests[] = {
	{ "many items by one line", .function = test_many_keys },
	{ "items of all lengths, and none, by one line", .function = test_mixed_keys },
	{ "many that are missing behind some by one line", .function = test_missing_keys_behind },
	{ "the same item a thousand times by one line", .function = test_same_key_many_times },
	{ "a value on its way survives its end", .function = test_value_survives },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("retrieval", rows, table_length(rows), tests, table_length(tests));
}
