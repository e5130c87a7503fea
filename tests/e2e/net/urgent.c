// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/net/rxqueue.c
//
// Urgent data. memcached never gets to see an urgent byte, for TCP takes it out of the stream. The
// server must be in the same network namespace.
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include <cmocka.h>

#include "../table.h"
#include "rxqueue.h"

/* How many random streams. */
#define STREAMS 100

/* What is sent: an exclamation mark goes as urgent data. What must be answered. */
static const struct urgent {
	const char *name;
	const char *request;
	const char *reply;
} cases[] = {
	{ "between requests", "set @a 0 0 1\r\n1\r\n!get @a\r\n",
	  "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n" },
	{ "first of all", "!get @b\r\n", "END\r\n" },
	{ "in a line", "get @b\r\nget !@b\r\n", "END\r\nEND\r\n" },
	{ "in the end of a line", "get @b\r!\n", "END\r\n" },
	{ "in a value", "get @b\r\nset @a 0 0 4\r\n12!34\r\nget @a\r\n",
	  "END\r\nSTORED\r\nVALUE @a 0 4\r\n1234\r\nEND\r\n" },
	{ "before the end of a value", "set @a 0 0 4\r\n1234!\r\n", "STORED\r\n" },
	{ "two in a row", "get @b\r\n!!get @b\r\n", "END\r\nEND\r\n" },
	{ "two", "get @b\r\n!get @b\r\n!get @b\r\n", "END\r\nEND\r\nEND\r\n" },
	{ "last of all", "get @b\r\nget @c\r\n!", "END\r\nEND\r\n" },
	{ "in a value that is refused", "set @a 0 0 2000000\r\n{x50000}!{x1950000}\r\n",
	  "SERVER_ERROR object too large for cache\r\n" },
};

static unsigned int own_port(struct client *c)
{
	struct sockaddr_storage address = { 0 };
	socklen_t len = sizeof(address);

	assert_int_equal(getsockname(c->fd, (struct sockaddr *)&address, &len), 0);
	/* it is in the same place for IPv4 and IPv6 */
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

/* Has all that was sent arrived, and was it read but for so many bytes? */
static bool is_read(struct client *c, int but)
{
	int unread, on_the_way;

	assert_int_equal(ioctl(c->fd, SIOCOUTQ, &on_the_way), 0);
	if (on_the_way)
		return false;
	unread = rxqueue_length(atoi(client_port), own_port(c));
	return unread >= 0 && unread <= but;
}

static void wait_read(struct client *c, int but)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	while (!is_read(c, but)) {
		if (client_now_ms() > end)
			client_fail("the server does not read");
		poll(NULL, 0, 1);
	}
}

/*
 * TCP knows one urgent byte. If there is another one before the first was reached, the first is
 * read as any other. Whether it is passed at once is up to the server; all before it is read.
 */
static void send_urgent(struct client *c)
{
	if (send(c->fd, "!", 1, MSG_OOB | MSG_NOSIGNAL) < 0)
		client_fail("the server closed");
	wait_read(c, 1);
}

/* Of a value, some may stay unread until there is more of it, or an urgent byte. */
static void send_mixed(struct client *c, const struct bytes *request)
{
	bool is_first = true;
	size_t at = 0;

	while (at < request->len) {
		char *mark = memchr(request->data + at, '!', request->len - at);
		size_t len = mark ? (size_t)(mark - request->data) - at : request->len - at;

		client_send(c, request->data + at, len);
		at += len;
		if (mark) {
			if (len && !is_first)
				wait_read(c, 0);
			send_urgent(c);
			is_first = false;
			at++;
		}
	}
}

static void run_case(const struct urgent *urgent)
{
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	struct client *c = client_open(), *other = client_open();

	printf("# %s\n", urgent->name);
	script_expand(&request, urgent->request, strlen(urgent->request));
	script_expand(&wanted, urgent->reply, strlen(urgent->reply));
	send_mixed(c, &request);
	client_exchange(c, "", 0, &got, wanted.len, "");
	expect_bytes(&got, &wanted);
	assert_true(client_alive(c));
	assert_true(client_alive(other));
	client_reset(c);
	client_close(other);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < table_length(cases); i++) {
		script_setup(NULL);
		run_case(&cases[i]);
	}
}

/* Urgent bytes anywhere, without waiting: whatever becomes of these, others are served. */
static void test_random(void **state)
{
	static const char text[] = "set urgent 0 0 5\r\n12345\r\nget urgent\r\nquit\r\n";
	struct client *other = client_open();
	unsigned int seed = 1;

	(void)state;
	for (int i = 0; i < STREAMS; i++) {
		struct client *c = client_open();

		for (size_t at = 0; at < sizeof(text) - 1; at++) {
			int flags = rand_r(&seed) % 10 ? 0 : MSG_OOB;

			if (send(c->fd, text + at, 1, flags | MSG_NOSIGNAL) < 0)
				break;
		}
		if (rand_r(&seed) % 2)
			shutdown(c->fd, SHUT_WR);
		if (rand_r(&seed) % 2)
			client_wait(c, POLLIN, 10);
		if (rand_r(&seed) % 2)
			client_reset(c);
		else
			client_close(c);
		assert_true(client_alive(other));
	}
}

int main(int argc, char **argv)
{
	const struct table_test tests[] = {
		{ "urgent bytes in known places", .function = test_cases },
		{ "urgent bytes anywhere", .function = test_random },
	};

	client_init(argc, argv);
	return table_run("urgent", NULL, 0, tests, table_length(tests));
}
