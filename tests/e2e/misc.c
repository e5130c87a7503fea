// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c
//
// delete, touch, flush_all, version, verbosity, quit, and when items expire.
// It flushes the server, which only binary.c and dump.c do, too.
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "counters.h"
#include "replies.h"
#include "table.h"

static const struct row rows[] = {
	/* delete */
	{ "delete", .steps = {
		STEP("delete @a\r\n", "NOT_FOUND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\nset @b 0 0 1\r\n2\r\n", "STORED\r\nSTORED\r\n"),
		STEP("delete @a\r\ndelete @a\r\nget @a @b\r\n",
		     "DELETED\r\nNOT_FOUND\r\nVALUE @b 0 1\r\n2\r\nEND\r\n"),
	} },
	{ "delete of an expired item", .steps = {
		STEP("set @a 0 -1 1\r\n1\r\ndelete @a\r\n", "STORED\r\nNOT_FOUND\r\n"),
	} },
	{ "delete with a time of 0", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ndelete @a 0\r\n", "STORED\r\nDELETED\r\n"),
		STEP("delete @a 0\r\n", "NOT_FOUND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\ndelete @a 0 noreply\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("delete @a 0 noreply\r\n", ""),
	} },
	/* memcached ignores what follows the key; memccapable wants it refused. */
	{ "delete with something else", .quirk = true, .steps = {
		STEP("set @a 0 0 1\r\n1\r\ndelete @a junk\r\n", "STORED\r\n" BAD_DELETE),
		STEP("delete @a 1\r\ndelete @a -1\r\ndelete @a 00\r\n",
		     BAD_DELETE BAD_DELETE BAD_DELETE),
		STEP("delete @a 0 0\r\ndelete @a 0 junk\r\ndelete @a noreply 0\r\n",
		     BAD_DELETE BAD_DELETE BAD_DELETE),
		STEP("delete @a junk noreply\r\n", ""),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },

	/* touch */
	{ "touch", .steps = {
		STEP("touch @a 0\r\n", "NOT_FOUND\r\n"),
		STEP("set @a 3 0 1\r\n1\r\ntouch @a 0\r\ntouch @a 100\r\n",
		     "STORED\r\nTOUCHED\r\nTOUCHED\r\n"),
		STEP("get @a\r\n", "VALUE @a 3 1\r\n1\r\nEND\r\n"),
	} },
	{ "touch expires an item at once", .steps = {
		STEP("set @a 3 0 1\r\n1\r\ntouch @a -1\r\nget @a\r\ntouch @a 0\r\n",
		     "STORED\r\nTOUCHED\r\nEND\r\nNOT_FOUND\r\n"),
		STEP("set @a 3 0 1\r\n1\r\ntouch @a -2147483648\r\nget @a\r\n",
		     "STORED\r\nTOUCHED\r\nEND\r\n"),
		STEP("set @a 3 0 1\r\n1\r\ntouch @a 2592001\r\nget @a\r\n",
		     "STORED\r\nTOUCHED\r\nEND\r\n"),
	} },
	{ "touch with a time that is no number", .steps = {
		STEP("set @a 3 0 1\r\n1\r\ntouch @a x\r\ntouch @a 1x\r\n",
		     "STORED\r\n" BAD_EXPTIME BAD_EXPTIME),
		STEP("touch @b x\r\n", BAD_EXPTIME),
		STEP("get @a\r\n", "VALUE @a 3 1\r\n1\r\nEND\r\n"),
	} },
	{ "touch with the largest time", .steps = {
		STEP("set @a 3 0 1\r\n1\r\ntouch @a 2147483647\r\nget @a\r\n",
		     "STORED\r\nTOUCHED\r\nVALUE @a 3 1\r\n1\r\nEND\r\n"),
	} },

	/* Times that need no waiting. */
	{ "negative times", .steps = {
		STEP("set @a 0 -1 1\r\n1\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("set @a 0 -100 1\r\n1\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("set @a 0 -2147483648 1\r\n1\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("add @a 0 -1 1\r\n1\r\nget @a\r\n", "STORED\r\nEND\r\n"),
	} },
	{ "set with a negative time hides the old value", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nset @a 0 -1 1\r\n2\r\nget @a\r\n",
		     "STORED\r\nSTORED\r\nEND\r\n"),
	} },
	{ "30 days are the longest relative time", .steps = {
		STEP("set @a 0 2592000 1\r\n1\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("set @b 0 2592001 1\r\n1\r\nget @b\r\n", "STORED\r\nEND\r\n"),
		STEP("touch @a 2592000\r\nget @a\r\n",
		     "TOUCHED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("gat 2592000 @a\r\nget @a\r\n",
		     "VALUE @a 0 1\r\n1\r\nEND\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("gat 2592001 @a\r\nget @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\nEND\r\n"),
	} },
	{ "absolute times", .steps = {
		STEP("set @a 0 {now+100} 1\r\n1\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("set @b 0 {now-2} 1\r\n1\r\nget @b\r\n", "STORED\r\nEND\r\n"),
		STEP("set @b 0 1000000000 1\r\n1\r\nget @b\r\n", "STORED\r\nEND\r\n"),
		STEP("touch @a {now+1000}\r\nget @a\r\n",
		     "TOUCHED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("touch @a {now-2}\r\nget @a\r\n", "TOUCHED\r\nEND\r\n"),
		STEP("set @a 0 2147483647 1\r\n1\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },

	/* flush_all */
	{ "flush_all", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nset @b 0 100 1\r\n2\r\nflush_all\r\nget @a @b\r\n",
		     "STORED\r\nSTORED\r\nOK\r\nEND\r\n"),
		STEP("flush_all\r\nflush_all\r\n", "OK\r\nOK\r\n"),
	} },
	{ "flush_all noreply", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all noreply\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\nflush_all 0 noreply\r\nget @a\r\n", "STORED\r\nEND\r\n"),
	} },
	{ "flush_all with a delay of nothing or less", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all 0\r\nget @a\r\n", "STORED\r\nOK\r\nEND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\nflush_all -1\r\nget @a\r\n", "STORED\r\nOK\r\nEND\r\n"),
		STEP("set @a 0 0 1\r\n1\r\nflush_all -100\r\nget @a\r\n",
		     "STORED\r\nOK\r\nEND\r\n"),
	} },
	{ "flush_all of what is older than the server", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all 2592001\r\nget @a\r\n",
		     "STORED\r\nOK\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "flush_all with a delay that is no number", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all x\r\nflush_all 1x\r\n",
		     "STORED\r\n" BAD_EXPTIME BAD_EXPTIME),
		STEP("flush_all x noreply\r\n", ""),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "flushed items are missing to every command", .steps = {
		STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
		     "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
		STEP("flush_all\r\nincr @a 1\r\ndecr @a 1\r\ntouch @a 0\r\ndelete @a\r\n",
		     "OK\r\nNOT_FOUND\r\nNOT_FOUND\r\nNOT_FOUND\r\nNOT_FOUND\r\n"),
		STEP("replace @a 0 0 1\r\n2\r\nappend @a 0 0 1\r\n2\r\nprepend @a 0 0 1\r\n2\r\n"
		     "cas @a 0 0 1 {cas}\r\n2\r\n",
		     "NOT_STORED\r\nNOT_STORED\r\nNOT_STORED\r\nNOT_FOUND\r\n"),
		STEP("gets @a\r\ngat 0 @a\r\nadd @a 0 0 1\r\n3\r\nget @a\r\n",
		     "END\r\nEND\r\nSTORED\r\nVALUE @a 0 1\r\n3\r\nEND\r\n"),
	} },
	{ "items stored after flush_all in the same second live", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all\r\nset @a 0 0 1\r\n2\r\nget @a\r\n",
		     "STORED\r\nOK\r\nSTORED\r\nVALUE @a 0 1\r\n2\r\nEND\r\n"),
		STEP("flush_all\r\nadd @a 0 0 1\r\n3\r\nadd @b 0 0 1\r\n4\r\nget @a @b\r\n",
		     "OK\r\nSTORED\r\nSTORED\r\nVALUE @a 0 1\r\n3\r\nVALUE @b 0 1\r\n4\r\nEND\r\n"),
		STEP("flush_all 0\r\nset @a 0 0 1\r\n5\r\nget @a @b\r\nincr @a 1\r\n",
		     "OK\r\nSTORED\r\nVALUE @a 0 1\r\n5\r\nEND\r\n6\r\n"),
	} },

	/* version, verbosity, quit */
	{ "version", .steps = { STEP("version\r\n", "VERSION {d}.{d}.{d}\r\n") } },
	{ "verbosity", .steps = {
		STEP("verbosity 0\r\nverbosity 0 noreply\r\n", "OK\r\n"),
		STEP("verbosity x\r\nverbosity -1\r\n", BAD_LINE BAD_LINE),
		STEP("verbosity x noreply\r\n", ""),
	} },
	{ "quit", .steps = { STEP("quit\r\n", "{close}") } },
	{ "nothing after quit is done", .whole = true, .steps = {
		STEP("quit\r\nversion\r\n", "{close}"),
	} },
	{ "replies before quit are delivered", .whole = true, .steps = {
		STEP("set @a 0 0 1\r\n1\r\nget @a\r\nquit\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n{close}"),
	} },
};

/*
 * The server counts whole seconds: what has n seconds to live is missing after more than n - 1
 * seconds, and a slow machine may take some longer.
 */
static void expect_lifetime(struct client *c, const char *key, long began_ms, int seconds)
{
	long age;

	script_until_missing(c, key, seconds + 5);
	age = client_now_ms() - began_ms;
	if (age < (seconds - 1) * 1000L - 100)
		client_fail("%s was missing after %ld ms instead of %d s", key, age, seconds);
}

static void test_items_expire(void **state)
{
	struct client *c = client_open();
	long began = client_now_ms();

	(void)state;
	expect(c, "set @relative 0 3 1\r\n1\r\n", "STORED\r\n");
	expect(c, "set @absolute 0 {now+3} 1\r\n2\r\n", "STORED\r\n");
	expect(c, "add @added 0 3 1\r\n3\r\n", "STORED\r\n");
	expect(c, "set @touched 0 0 1\r\n4\r\ntouch @touched 3\r\n", "STORED\r\nTOUCHED\r\n");
	expect(c, "set @gat 0 100 1\r\n5\r\ngat 3 @gat\r\n",
	       "STORED\r\nVALUE @gat 0 1\r\n5\r\nEND\r\n");
	expect(c, "set @appended 0 3 1\r\n6\r\nappend @appended 0 100 1\r\n7\r\n",
	       "STORED\r\nSTORED\r\n");

	expect(c, "set @long 0 1000 1\r\n1\r\n", "STORED\r\n");
	expect(c, "set @immortal 0 2 1\r\n2\r\ntouch @immortal 0\r\n", "STORED\r\nTOUCHED\r\n");
	expect(c, "set @prolonged 0 2 1\r\n3\r\ngat 1000 @prolonged\r\n",
	       "STORED\r\nVALUE @prolonged 0 1\r\n3\r\nEND\r\n");
	expect(c, "set @again 0 2 1\r\n4\r\nset @again 0 0 1\r\n5\r\n", "STORED\r\nSTORED\r\n");
	expect(c, "set @replaced 0 2 1\r\n6\r\nreplace @replaced 0 1000 1\r\n7\r\n",
	       "STORED\r\nSTORED\r\n");

	expect(c, "get @relative @absolute @touched\r\n",
	       "VALUE @relative 0 1\r\n1\r\nVALUE @absolute 0 1\r\n2\r\n"
	       "VALUE @touched 0 1\r\n4\r\nEND\r\n");
	expect_lifetime(c, "@relative", began, 3);
	expect_lifetime(c, "@absolute", began, 3);
	expect_lifetime(c, "@added", began, 3);
	expect_lifetime(c, "@touched", began, 3);
	expect_lifetime(c, "@gat", began, 3);
	expect_lifetime(c, "@appended", began, 3);
	expect(c, "incr @relative 1\r\ndelete @absolute\r\nappend @added 0 0 1\r\nx\r\n",
	       "NOT_FOUND\r\nNOT_FOUND\r\nNOT_STORED\r\n");
	expect(c, "get @long @immortal @prolonged @again @replaced\r\n",
	       "VALUE @long 0 1\r\n1\r\nVALUE @immortal 0 1\r\n2\r\nVALUE @prolonged 0 1\r\n3\r\n"
	       "VALUE @again 0 1\r\n5\r\nVALUE @replaced 0 1\r\n7\r\nEND\r\n");
}

static void check_delayed_flush(struct client *c, const struct step *flush)
{
	long began = client_now_ms();

	script_setup(NULL);
	expect(c, "set @a 0 0 1\r\n1\r\n", "STORED\r\n");
	script_expect(c, flush, __FILE__, __LINE__);
	expect(c, "get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n");
	expect(c, "set @b 0 0 1\r\n2\r\nincr @b 1\r\nappend @a 0 0 1\r\n!\r\n",
	       "STORED\r\n3\r\nSTORED\r\n");
	/* memcached flushes one second early. */
	expect_lifetime(c, "@a", began, 3);
	expect_lifetime(c, "@b", began, 3);
	expect(c, "add @a 0 0 1\r\n4\r\n", "STORED\r\n");
}

/* The second of the flush may take what is stored in it; what is stored later lives. */
static void expect_life_after_flush(struct client *c)
{
	struct bytes reply = { 0 };

	for (long end = client_now_ms() + 5000; client_now_ms() < end; poll(NULL, 0, 20)) {
		struct bytes request = { 0 };

		script_add(&request, "set @a 0 0 1\r\nx\r\nget @a\r\n");
		reply.len = 0;
		client_fence(c, request.data, request.len, &reply, 13);
		bytes_free(&request);
		if (reply.len > 13)
			break;
	}
	bytes_free(&reply);
	expect(c, "set @clock 0 2 1\r\n1\r\n", "STORED\r\n");
	script_until_missing(c, "@clock", 8);
	expect(c, "get @a\r\n", "VALUE @a 0 1\r\nx\r\nEND\r\n");
}

static void test_delayed_flush(void **state)
{
	struct client *c = client_open();

	(void)state;
	check_delayed_flush(c, &(struct step)STEP("flush_all 4\r\n", "OK\r\n"));
	expect_life_after_flush(c);
	check_delayed_flush(c, &(struct step)STEP("flush_all {now+4} noreply\r\n", ""));
}

/* A later flush_all replaces the one that is pending. */
static void test_flush_is_replaced(void **state)
{
	struct client *c = client_open();

	(void)state;
	/* The flush of an earlier test could take what is stored in the same second. */
	expect(c, "flush_all\r\n", "OK\r\n");
	expect(c, "set @clock 0 4 1\r\n1\r\nset @a 0 0 1\r\n1\r\n", "STORED\r\nSTORED\r\n");
	expect(c, "flush_all 3\r\nflush_all 1000\r\n", "OK\r\nOK\r\n");
	script_until_missing(c, "@clock", 10);
	expect(c, "get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n");

	expect(c, "flush_all\r\nget @a\r\n", "OK\r\nEND\r\n");
	expect(c, "set @a 0 0 1\r\n2\r\nget @a\r\n", "STORED\r\nVALUE @a 0 1\r\n2\r\nEND\r\n");
}

static void test_flush_counts(void **state)
{
	static const struct counting counting = {
		.name = "flush_all",
		.step = STEP("flush_all\r\nflush_all 0\r\nflush_all noreply\r\n", "OK\r\nOK\r\n"),
		.changes = { { "cmd_flush", 3 } },
	};

	(void)state;
	counters_check(client_open(), &counting);
}

/* The server may remove a flushed item before it is asked for it: then another try is made. */
static void test_flushed_items_are_counted(void **state)
{
	static struct counters before, after;
	struct client *c = client_open();

	(void)state;
	for (int round = 0; round < 20; round++) {
		expect(c, "set @a 0 0 1\r\n1\r\nflush_all\r\n", "STORED\r\nOK\r\n");
		counters_read(c, "stats\r\n", &before);
		expect(c, "get @a @b\r\n", "END\r\n");
		counters_read(c, "stats\r\n", &after);
		assert_int_equal(counters_number(&after, "get_misses"),
				 counters_number(&before, "get_misses") + 2);
		if (counters_number(&after, "get_flushed") ==
		    counters_number(&before, "get_flushed") + 1)
			return;
	}
	client_fail("get_flushed does not count");
}

static const struct table_test tests[] = {
	{ "flushes are counted", .function = test_flush_counts },
	/* memcached removes them so soon that it hardly ever counts one. */
	{ "flushed items are counted", .function = test_flushed_items_are_counted, .quirk = true },
	{ "items expire in time", .function = test_items_expire },
	{ "flush_all with a delay", .function = test_delayed_flush },
	{ "flush_all replaces a pending one", .function = test_flush_is_replaced },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("misc", rows, table_length(rows), tests, table_length(tests));
}
