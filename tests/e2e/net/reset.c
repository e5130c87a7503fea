// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c tests/e2e/net/rxqueue.c
//
// Clients that reset the connection, at every point of a conversation: the server forgets them,
// keeps nothing that was not complete, and goes on. The optional third argument is how often.
#define _GNU_SOURCE	/* CPU_SET */
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../counters.h"
#include "../table.h"
#include "rxqueue.h"

#define VALUE 20000
#define GETS 100

/* How many wait in the backlog. */
#define WAITING 32

/* How long the server may take to notice. */
#define NOTICE_MS 30000

static int rounds = 10;

static unsigned long long read_counter(struct client *c, const char *name)
{
	static struct counters counters;

	counters_read(c, "stats\r\n", &counters);
	return counters_number(&counters, name);
}

/* Only this one is left. */
static void expect_alone(struct client *c)
{
	long end = client_now_ms() + NOTICE_MS;

	while (read_counter(c, "curr_connections") != 1) {
		if (client_now_ms() > end)
			client_fail("connections that were reset are still there");
		poll(NULL, 0, 20);
	}
}

static void say(struct client *c, const char *text, size_t filler)
{
	struct bytes request = { 0 };

	script_expand(&request, text, strlen(text));
	bytes_fill(&request, 'x', filler);
	client_send(c, request.data, request.len);
	bytes_free(&request);
}

static void ask_for_much(struct client *c)
{
	struct bytes request = { 0 };

	for (int i = 0; i < GETS; i++)
		script_add(&request, "get @large\r\n");
	client_send(c, request.data, request.len);
	bytes_free(&request);
}

/* The server cannot send any more: what has come does not change. */
static void wait_stuck(struct client *c)
{
	int before = -1, now = 0;

	while (before != now || !now) {
		before = now;
		poll(NULL, 0, 200);
		ioctl(c->fd, FIONREAD, &now);
	}
	assert_true((size_t)now < (size_t)GETS * VALUE);
}

static void at_once(struct client *c)
{
	(void)c;
}

static void in_a_line(struct client *c)
{
	say(c, "get @sm", 0);
}

static void in_a_value(struct client *c)
{
	say(c, "set @part 0 0 500000\r\n", 250000);
}

static void before_the_end_of_a_value(struct client *c)
{
	say(c, "set @part 0 0 5000\r\n", 5000);
}

static void in_a_refused_value(struct client *c)
{
	say(c, "set @part 0 0 5000000\r\n", 20000);
}

static void in_a_reply(struct client *c)
{
	int small = 4096;

	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ask_for_much(c);
	wait_stuck(c);
}

static void after_a_reply(struct client *c)
{
	say(c, "get @large\r\n", 0);
	client_wait(c, POLLIN, CLIENT_DEADLINE_MS);
}

static void in_statistics(struct client *c)
{
	say(c, "stats\r\nstats settings\r\nstats\r\n", 0);
}

static void after_its_end(struct client *c)
{
	say(c, "get @large\r\nget @large\r\n", 0);
	shutdown(c->fd, SHUT_WR);
}

static void after_its_end_in_a_value(struct client *c)
{
	say(c, "set @part 0 0 500\r\n", 250);
	shutdown(c->fd, SHUT_WR);
}

static void after_its_end_in_a_reply(struct client *c)
{
	in_a_reply(c);
	shutdown(c->fd, SHUT_WR);
}

static void after_quit(struct client *c)
{
	say(c, "get @large\r\nquit\r\n", 0);
}

static void after_quit_in_a_reply(struct client *c)
{
	in_a_reply(c);
	say(c, "quit\r\n", 0);
}

/* The server has shut its side, and waits for the client to do so. */
static void after_the_servers_end(struct client *c)
{
	struct bytes got = { 0 };

	assert_int_equal(client_exchange(c, "version\r\nquit\r\n", 15, &got, 0, NULL),
			 CLIENT_CLOSED);
	bytes_free(&got);
}

static void while_the_rest_is_thrown_away(struct client *c)
{
	say(c, "quit\r\n", 30000);
}

static const struct point {
	const char *name;
	void (*go_there)(struct client *c);
} points[] = {
	{ "at once", at_once },
	{ "in a line", in_a_line },
	{ "in a value", in_a_value },
	{ "before the end of a value", before_the_end_of_a_value },
	{ "in a value that is refused", in_a_refused_value },
	{ "in a reply", in_a_reply },
	{ "with a reply unread", after_a_reply },
	{ "in statistics", in_statistics },
	{ "after its end", after_its_end },
	{ "after its end in a value", after_its_end_in_a_value },
	{ "after its end in a reply", after_its_end_in_a_reply },
	{ "after quit", after_quit },
	{ "after quit in a reply", after_quit_in_a_reply },
	{ "after the server's end", after_the_servers_end },
	{ "while the rest is thrown away", while_the_rest_is_thrown_away },
};

static struct client *open_other(void)
{
	struct client *other = client_open();

	expect(other, "set @large 0 0 20000\r\n{x20000}\r\n", "STORED\r\n");
	return other;
}

static void test_points(void **state)
{
	struct client *other = open_other();

	(void)state;
	for (size_t i = 0; i < table_length(points); i++) {
		for (int round = 0; round < rounds; round++) {
			struct client *c = client_open();

			points[i].go_there(c);
			/* sooner, and later */
			poll(NULL, 0, round % 4 * 2);
			client_reset(c);
		}
		printf("# reset %s\n", points[i].name);
		expect_alone(other);
		expect(other, "get @part\r\n", "END\r\n");
	}
	assert_true(client_alive(other));
}

/* All points at once, and the resets in another order than the openings. */
static void test_crowd(void **state)
{
	struct client *other = open_other(), *crowd[table_length(points)];

	(void)state;
	for (int round = 0; round < rounds; round++) {
		for (size_t i = 0; i < table_length(points); i++) {
			crowd[i] = client_open();
			points[i].go_there(crowd[i]);
		}
		for (size_t i = 0; i < table_length(points); i++)
			client_reset(crowd[(i * 7 + round) % table_length(points)]);
	}
	expect_alone(other);
	assert_true(client_alive(other));
}

/* Connections that wait at our port to be accepted; -1 if nobody listens there. */
static int count_waiting(void)
{
	return rxqueue_length(atoi(client_port), 0);
}

/* Nobody else runs on this CPU, and what arrives here is handled here. */
static void have_cpu(bool alone)
{
	struct sched_param param = { .sched_priority = alone ? 1 : 0 };
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	assert_int_equal(sched_setaffinity(0, sizeof(cpus), &cpus), 0);
	assert_int_equal(sched_setscheduler(0, alone ? SCHED_FIFO : SCHED_OTHER, &param), 0);
}

/* They are accepted one after another, and each may be gone before the next one comes. */
static void wait_accepted(struct client *other, unsigned long long count)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	while (read_counter(other, "total_connections") < count && client_now_ms() < end)
		poll(NULL, 0, 10);
}

static void test_backlog(void **state)
{
	struct client *other = open_other(), *crowd[WAITING];
	unsigned long long before = read_counter(other, "total_connections");
	int waiting;

	(void)state;
	have_cpu(true);
	for (int i = 0; i < WAITING; i++) {
		crowd[i] = client_open();
		if (i % 2)
			say(crowd[i], "get @large\r\n", 0);
	}
	waiting = count_waiting();
	for (int i = 0; i < WAITING; i++)
		client_reset(crowd[i]);
	have_cpu(false);
	printf("# %d were waiting\n", waiting);
	assert_true(waiting > 0);
	wait_accepted(other, before + WAITING);
	expect_alone(other);
	assert_int_equal(read_counter(other, "total_connections"), before + WAITING);
}

int main(int argc, char **argv)
{
	struct table_test tests[] = {
		{ "reset at every point", .function = test_points },
		{ "resets at all points at once", .function = test_crowd },
		{ "reset before it is accepted", .function = test_backlog },
	};

	client_init(argc, argv);
	if (client_argument)
		rounds = atoi(client_argument);
	if (count_waiting() < 0)
		tests[2].missing = "the server is in another namespace";
	return table_run("reset", NULL, 0, tests, table_length(tests));
}
