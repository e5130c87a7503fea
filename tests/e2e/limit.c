// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c
//
// The limit of connections. The third argument is the limit; without it nothing is tested.
// The server must have no other client.
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "counters.h"
#include "replies.h"
#include "table.h"

#define EXTRA 10

static int limit;

static void raise_open_files(void)
{
	struct rlimit files;

	getrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur >= (rlim_t)limit + 100)
		return;
	files.rlim_cur = limit + 100;
	if (files.rlim_max < files.rlim_cur)
		files.rlim_max = files.rlim_cur;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
}

static bool is_refused(struct client *c)
{
	struct bytes got = { 0 };
	enum client_end end = client_exchange(c, "", 0, &got, 0, NULL);
	bool refused = end == CLIENT_CLOSED && got.len == strlen(TOO_MANY_CONNECTIONS) &&
		       !memcmp(got.data, TOO_MANY_CONNECTIONS, got.len);

	if (!refused)
		bytes_explain("got instead of a refusal", got.data, got.len, 0);
	bytes_free(&got);
	return refused;
}

/* Earlier connections may still be on their way out: open until all that may be are open. */
static struct client *open_served(void)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	for (;;) {
		struct client *c = client_open();

		if (client_alive(c))
			return c;
		client_close(c);
		if (client_now_ms() > end)
			client_fail("no connection is served");
	}
}

static unsigned long long read_counter(struct client *c, const char *name)
{
	static struct counters counters;

	counters_read(c, "stats\r\n", &counters);
	return counters_number(&counters, name);
}

static void wait_for_connections(struct client *c, int count)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	while (read_counter(c, "curr_connections") != (unsigned long long)count) {
		if (client_now_ms() > end)
			client_fail("there are not %d connections", count);
		poll(NULL, 0, 10);
	}
}

/* Open connections until one is refused. Return how many are served; all of them are in all[]. */
static int open_all(struct client **all)
{
	/* memcached counts file descriptors of its own, too. */
	bool exact = client_is_since(CLIENT_TARGET) && !client_is_upstream();
	int served = 1;

	raise_open_files();
	all[0] = open_served();
	wait_for_connections(all[0], 1);
	while (served <= limit) {
		struct client *c = client_open();

		if (!client_alive(c)) {
			client_close(c);
			break;
		}
		if (served < limit)
			all[served] = c;
		served++;
	}
	if (served > limit || served < limit - (exact ? 0 : 64))
		client_fail("%d connections are served, and not %d", served, limit);
	return served;
}

static void test_limit(void **state)
{
	struct client **all = calloc(limit, sizeof(*all));
	int served = open_all(all);
	unsigned long long rejected = read_counter(all[0], "rejected_connections");

	(void)state;
	assert_int_equal(read_counter(all[0], "curr_connections"), served);
	for (int i = 0; i < EXTRA; i++) {
		struct client *extra = client_open();

		assert_true(is_refused(extra));
		client_close(extra);
	}
	for (int i = 0; i < served; i++)
		assert_true(client_alive(all[i]));
	assert_int_equal(read_counter(all[0], "rejected_connections"), rejected + EXTRA);

	for (int i = served - EXTRA; i < served; i++)
		client_close(all[i]);
	wait_for_connections(all[0], served - EXTRA);
	for (int i = served - EXTRA; i < served; i++) {
		all[i] = client_open();
		assert_true(client_alive(all[i]));
	}
	assert_true(is_refused(client_open()));
	free(all);
}

/* Who is refused while he sends is told all the same, or at least closed. */
static void test_refused_while_sending(void **state)
{
	struct client **all = calloc(limit, sizeof(*all));

	(void)state;
	open_all(all);
	for (int i = 0; i < EXTRA; i++) {
		struct client *c = client_open();
		struct bytes got = { 0 };

		if (client_exchange(c, "version\r\n", 9, &got, 0, NULL) != CLIENT_CLOSED)
			client_fail("a connection beyond the limit is not closed");
		assert_true(got.len == 0 || !memcmp(got.data, "ERROR", 5));
		client_close(c);
		bytes_free(&got);
	}
	assert_true(client_alive(all[0]));
	free(all);
}

int main(int argc, char **argv)
{
	struct table_test tests[] = {
		{ "as many connections as the limit says", .function = test_limit },
		{ "requests on refused connections", .function = test_refused_while_sending },
	};

	client_init(argc, argv);
	limit = client_argument ? atoi(client_argument) : 0;
	for (size_t i = 0; i < table_length(tests) && limit <= EXTRA; i++)
		tests[i].missing = "the third argument must be the limit, more than 10";
	return table_run("limit", NULL, 0, tests, table_length(tests));
}
