// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/net/crowd.c
//
// Windows that close, and open again: every byte arrives. The optional third argument is how many
// seconds they stay closed.
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../table.h"
#include "crowd.h"

#define VALUE 20000
#define VALUES 24

/* Where segments are lost, one after the other, it may take this long for the next to arrive. */
#define LOST_MS 60000

static int closed_ms = 2000;

static void set_window(struct client *c, int size)
{
	setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static void store_prompt(struct client *c)
{
	expect(c, "set @prompt 0 0 1\r\n1\r\n", "STORED\r\n");
}

/* Within CLIENT_DEADLINE_MS. */
static void expect_prompt(struct client *c)
{
	expect(c, "get @prompt\r\n", "VALUE @prompt 0 1\r\n1\r\nEND\r\n");
}

static int arrived(struct client *c)
{
	int bytes = 0;

	ioctl(c->fd, FIONREAD, &bytes);
	return bytes;
}

/*
 * Nothing more arrives for a time although there is more: the window is closed. What comes later
 * had been lost: the time begins anew.
 */
static void stay_closed(struct client *c, size_t all, struct client *other)
{
	long now = client_now_ms(), end = now + closed_ms + LOST_MS, since = now;
	int have = arrived(c);

	while (!have || now - since < closed_ms) {
		int before = have;

		expect_prompt(other);
		poll(NULL, 0, 200);
		have = arrived(c);
		now = client_now_ms();
		if (have != before)
			since = now;
		if (now > end)
			client_fail("after %d bytes the window is not closed yet", have);
	}
	printf("# the window is closed after %d of %zu bytes\n", have, all);
	assert_true((size_t)have < all);
}

static void add_set(struct bytes *request, int number)
{
	script_add(request, "set @");
	bytes_printf(request, "%d 0 0 %d\r\n", number, VALUE);
	crowd_add_value(request, number, VALUE);
	bytes_add(request, "\r\n", 2);
}

static void add_get(struct bytes *request, struct bytes *wanted, int number)
{
	script_add(request, "get @");
	bytes_printf(request, "%d\r\n", number);
	script_add(wanted, "VALUE @");
	bytes_printf(wanted, "%d 0 %d\r\n", number, VALUE);
	crowd_add_value(wanted, number, VALUE);
	bytes_printf(wanted, "\r\nEND\r\n");
}

/* client_recv() has no patience with what is lost. */
static void receive(struct client *c, struct bytes *got, size_t len)
{
	size_t all = got->len + len;

	while (got->len < all && client_wait(c, POLLIN, LOST_MS)) {
		char *room = bytes_room(got, all - got->len);
		ssize_t now = recv(c->fd, room, all - got->len, 0);

		if (now <= 0)
			break;
		got->len += now;
	}
	if (got->len < all)
		client_fail("the replies end after %zu bytes", got->len);
}

/* Read what there is to read, in pieces of this many bytes, with a pause after each. */
static void nibble(struct client *c, struct bytes *got, size_t piece, int pieces, int pause_ms)
{
	for (int i = 0; i < pieces; i++) {
		receive(c, got, piece);
		poll(NULL, 0, pause_ms);
	}
}

static void read_rest(struct client *c, struct bytes *got, size_t all)
{
	set_window(c, 1 << 20);
	receive(c, got, all - got->len);
}

static void test_replies(void **state)
{
	struct client *c = client_open(), *other = client_open();
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };

	(void)state;
	store_prompt(other);
	add_set(&request, 1);
	client_send(other, request.data, request.len);
	request.len = 0;
	assert_int_equal(client_recv(other, bytes_room(&got, 8), 8), 8);
	for (int i = 0; i < VALUES; i++)
		add_get(&request, &wanted, 1);
	set_window(c, 4096);
	client_send(c, request.data, request.len);
	stay_closed(c, wanted.len, other);
	/* not enough to open it, enough to open it, more */
	nibble(c, &got, 1, 100, 1);
	nibble(c, &got, 1000, 20, 20);
	nibble(c, &got, 10000, 5, 400);
	read_rest(c, &got, wanted.len);
	expect_bytes(&got, &wanted);
	assert_true(client_alive(c));
}

/* How much the server takes without being read from. */
static size_t send_until_stuck(struct client *c, const struct bytes *request)
{
	size_t sent = 0;

	while (sent < request->len) {
		ssize_t now = send(c->fd, request->data + sent, request->len - sent, MSG_NOSIGNAL);

		if (now < 0 && errno != EAGAIN)
			client_fail("the server closed");
		if (now < 0 && !client_wait(c, POLLOUT, 2000))
			break;
		if (now > 0)
			sent += now;
	}
	return sent;
}

static void test_both(void **state)
{
	struct client *c = client_open(), *other = client_open();
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	int small = 16384;
	size_t sent;

	(void)state;
	store_prompt(other);
	for (int i = 0; i < VALUES; i++) {
		add_set(&request, i);
		bytes_printf(&wanted, "STORED\r\n");
		add_get(&request, &wanted, i);
		add_get(&request, &wanted, i / 2);
	}
	set_window(c, 4096);
	setsockopt(c->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	sent = send_until_stuck(c, &request);
	printf("# the server took %zu of %zu bytes\n", sent, request.len);
	assert_true(sent < request.len);
	stay_closed(c, wanted.len, other);
	set_window(c, 1 << 20);
	if (client_exchange(c, request.data + sent, request.len - sent, &got, wanted.len, "\n") !=
	    CLIENT_COMPLETE)
		client_fail("the replies end after %zu of %zu bytes", got.len, wanted.len);
	expect_bytes(&got, &wanted);
	assert_true(client_alive(c));
}

int main(int argc, char **argv)
{
	struct table_test tests[] = {
		{ "the client does not read, then little, then all", .function = test_replies },
		{ "both windows are closed", .function = test_both },
	};

	client_init(argc, argv);
	if (client_argument)
		closed_ms = 1000 * atoi(client_argument);
	return table_run("window", NULL, 0, tests, table_length(tests));
}
