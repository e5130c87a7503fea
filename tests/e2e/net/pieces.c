// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c
/*
 * pieces HOST PORT LENGTH,PIECE,PAUSE[,COUNT]: store a value of LENGTH bytes in segments of PIECE
 * bytes, each of which has arrived, and PAUSE milliseconds have passed, before the next is sent.
 * The reply must be STORED, and the value must be there. But if it stops after COUNT segments, the
 * server must close: it says after how many milliseconds.
 */
#include <netinet/tcp.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <linux/sockios.h>

#include <cmocka.h>

#include "../client.h"

static size_t length, piece, count = SIZE_MAX;
static int pause_ms;

static void wait_until_arrived(struct client *c)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;
	int on_the_way = 1;

	while (!ioctl(c->fd, SIOCOUTQ, &on_the_way) && on_the_way) {
		if (client_now_ms() > end)
			client_fail("%d bytes do not arrive", on_the_way);
		poll(NULL, 0, 1);
	}
	/* that would say 0 of a closed connection, too */
	if (client_wait(c, POLLHUP, 0))
		client_fail("the server closed");
}

static void send_in_pieces(struct client *c, const char *data, size_t len)
{
	for (size_t done = 0, pieces = 0; done < len && pieces < count; pieces++) {
		size_t now = len - done < piece ? len - done : piece;

		client_send(c, data + done, now);
		wait_until_arrived(c);
		poll(NULL, 0, pause_ms);
		done += now;
	}
}

static void expect_end(struct client *c)
{
	long since = client_now_ms();
	char byte;

	if (!client_wait(c, POLLIN, CLIENT_DEADLINE_MS))
		client_fail("the server does not close");
	assert_true(recv(c->fd, &byte, 1, 0) <= 0);
	printf("# closed after %ld ms\n", client_now_ms() - since);
}

static void expect_stored(struct client *c, struct bytes *wanted)
{
	struct bytes reply = { 0 };
	char stored[8];

	assert_int_equal(client_recv(c, stored, sizeof(stored)), sizeof(stored));
	assert_memory_equal(stored, "STORED\r\n", sizeof(stored));
	assert_int_equal(client_exchange(c, "get pieces\r\n", 12, &reply, wanted->len, "END\r\n"),
			 CLIENT_COMPLETE);
	assert_int_equal(reply.len, wanted->len);
	assert_memory_equal(reply.data, wanted->data, wanted->len);
	bytes_free(&reply);
}

static void test_pieces(void **state)
{
	struct bytes value = { 0 }, wanted = { 0 };
	struct client *c = client_open();
	char line[64];

	(void)state;
	for (size_t i = 0; i < length; i++)
		bytes_printf(&value, "%c", (int)('a' + i % 23 + i / 1000 % 3));
	bytes_printf(&value, "\r\n");
	bytes_printf(&wanted, "VALUE pieces 0 %zu\r\n", length);
	bytes_add(&wanted, value.data, value.len);
	bytes_printf(&wanted, "END\r\n");

	snprintf(line, sizeof(line), "set pieces 0 0 %zu\r\n", length);
	client_send(c, line, strlen(line));
	send_in_pieces(c, value.data, value.len);
	if (count == SIZE_MAX)
		expect_stored(c, &wanted);
	else
		expect_end(c);
	bytes_free(&value);
	bytes_free(&wanted);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_pieces, client_close_all),
	};

	client_init(argc, argv);
	if (!client_argument ||
	    sscanf(client_argument, "%zu,%zu,%d,%zu", &length, &piece, &pause_ms, &count) < 3 ||
	    !piece) {
		fprintf(stderr, "usage: pieces HOST PORT LENGTH,PIECE,PAUSE[,COUNT]\n");
		return 2;
	}
	return cmocka_run_group_tests_name("pieces", tests, NULL, NULL);
}
