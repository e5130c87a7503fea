// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// stats conns.
#define _GNU_SOURCE	/* memmem() */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "table.h"

static const struct row rows[] = {
	{ "stats conns is not the beginning of a word", .quirk = true, .steps = {
		STEP("stats conn\r\nstats connsx\r\n", "ERROR\r\nERROR\r\n"),
	} },
};

static bool has_line(const struct bytes *text, const char *line)
{
	return memmem(text->data, text->len, line, strlen(line));
}

/* A client that watches. */
static struct client *watch(void)
{
	struct client *c = client_open();
	char reply[4];

	client_send(c, "watch evictions\r\n", 17);
	assert_int_equal(client_recv(c, reply, sizeof(reply)), sizeof(reply));
	assert_memory_equal(reply, "OK\r\n", sizeof(reply));
	return c;
}

/* The fd that stats conns shows for a client; 0: none. */
static int find_fd(const struct bytes *conns, const struct client *c)
{
	char wanted[32], *at = NULL, *end;

	snprintf(wanted, sizeof(wanted), ":%d\r\n", client_local_port(c));
	for (end = conns->data; (end = memmem(end, conns->data + conns->len - end, wanted,
					      strlen(wanted))); end++) {
		for (at = end; at > conns->data && at[-1] != '\n'; at--)
			;
		/* not that of the listener */
		if (memmem(at, end - at, ":addr tcp", 9))
			return atoi(at + strlen("STAT "));
	}
	return 0;
}

static void read_conns(struct client *c, struct bytes *conns)
{
	conns->len = 0;
	assert_int_equal(client_exchange(c, "stats conns\r\n", 13, conns, 5, "END\r\n"),
			 CLIENT_COMPLETE);
	bytes_add(conns, "", 1);
	conns->len--;
}

static bool is_doing(const struct bytes *conns, const struct client *c, const char *state)
{
	char wanted[64];

	snprintf(wanted, sizeof(wanted), "STAT %d:state conn_%s\r\n", find_fd(conns, c), state);
	return has_line(conns, wanted);
}

static void test_conns(void **state)
{
	struct client *watcher = watch();
	struct client *c = client_open(), *storing = client_open(), *idle = client_open();
	long end = client_now_ms() + CLIENT_DEADLINE_MS;
	struct bytes conns = { 0 };
	char wanted[96];

	(void)state;
	client_send(storing, "set a 0 0 100\r\nabc", 18);
	assert_true(client_alive(idle));
	do {
		assert_true(client_now_ms() < end);
		read_conns(c, &conns);
	} while (!is_doing(&conns, storing, "nread") || !is_doing(&conns, watcher, "watch") ||
		 !is_doing(&conns, idle, "read"));
	assert_true(is_doing(&conns, c, "parse_cmd"));
	assert_true(has_line(&conns, ":state conn_listening\r\n"));
	snprintf(wanted, sizeof(wanted), "STAT %d:listen_addr tcp", find_fd(&conns, idle));
	assert_true(has_line(&conns, wanted));
	snprintf(wanted, sizeof(wanted), "STAT %d:secs_since_last_cmd ", find_fd(&conns, idle));
	assert_true(has_line(&conns, wanted));
	bytes_free(&conns);
}

#define CROWD 300

/* Each of many is there once, though the reply is longer than what is made at once. */
static void test_crowd(void **state)
{
	struct client *c = client_open(), *crowd[CROWD];
	struct bytes conns = { 0 };
	int at, ids[CROWD];

	(void)state;
	for (at = 0; at < CROWD; at++)
		assert_true(client_alive(crowd[at] = client_open()));
	read_conns(c, &conns);
	for (at = 0; at < CROWD; at++) {
		ids[at] = find_fd(&conns, crowd[at]);
		assert_true(ids[at] > 0);
		for (int other = 0; other < at; other++)
			assert_int_not_equal(ids[at], ids[other]);
	}
	bytes_free(&conns);
}

static const struct table_test tests[] = {
	{ "stats conns", .function = test_conns },
	{ "stats conns of many", .function = test_crowd },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("conns", rows, table_length(rows), tests, table_length(tests)) ? 1 : 0;
}
