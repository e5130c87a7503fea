// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// A client on the same machine may splice() pages into its connection, and go on writing to them
// while the server reads its requests there. Such a client gets any answers, or none; the others
// do not notice it.
#define _GNU_SOURCE	/* splice() */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "table.h"

#define PAGE_BYTES 4096

/* How many are sent, of each kind of request. */
#define PAGES 500

/* A request, and what it is changed to. */
struct kind {
	const char *one;
	const char *other;
	size_t len;
	size_t other_len;
};

#define KIND(_one, _other) \
	{ .one = _one, .other = _other, .len = sizeof(_one) - 1, .other_len = sizeof(_other) - 1 }

#define UNKNOWN "\x80\x30\0\xfa\0\0\0\0\0\0\0\xfa\0\0\0\0\0\0\0\0\0\0\0\0"
#define STAT "\x80\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define GETK "\x80\x0c\0\xfa\0\0\0\0\0\0\0\xfa\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct kind flags = KIND("mg k c_f_h_k_l_q_s_t_u_v_x_C1E1I_L_N1O_R1T1J1F1D1P\r\n",
				      "mg k c f h k l q s t u v x C1E1I L N1O R1T1J1F1D1P\r\n");
static const struct kind many_flags = KIND("mg k c_f_h_k_l_q_s_t_u_v_x_I_L_O_P_M_b\r\n",
					   "mg k c f h k l q s t u v x I L O P M b\r\n");
static const struct kind key = KIND("mg YWJj b k s v\r\n", "mg =!!! b k s v\r\n");
static const struct kind value = KIND("ms YWJj 2 b I c k\r\nxx\r\n", "ms =!!! 2 b I c k\r\nxx\r\n");
static const struct kind prefix = KIND("get aaa:bbbb ccccc\r\n", "get a\r\n:bbbb c:ccc\r\n");
static const struct kind packet = KIND(UNKNOWN, GETK);
static const struct kind line = KIND(STAT, "get a\r\nget a\r\nget abcd\r\n");

/* A page that another thread changes all the time. */
struct changing {
	char *page;
	char one[PAGE_BYTES];
	char other[PAGE_BYTES];
	bool is_over;
	pthread_t thread;
};

static struct changing changing;

static void write_page(const char *bytes)
{
	uint64_t *to = (uint64_t *)changing.page;
	size_t i;

	for (i = 0; i < PAGE_BYTES / sizeof(*to); i++) {
		uint64_t word;

		memcpy(&word, bytes + i * sizeof(word), sizeof(word));
		__atomic_store_n(&to[i], word, __ATOMIC_RELAXED);
	}
}

static void *change(void *arg)
{
	(void)arg;
	while (!__atomic_load_n(&changing.is_over, __ATOMIC_RELAXED)) {
		write_page(changing.other);
		write_page(changing.one);
	}
	return NULL;
}

/* How much of the page is used: whole requests, up to its end. */
static size_t begin(const struct kind *kind)
{
	size_t len = PAGE_BYTES / kind->len * kind->len, at;

	assert_int_equal(kind->len, kind->other_len);
	for (at = PAGE_BYTES - len; at < PAGE_BYTES; at += kind->len) {
		memcpy(changing.one + at, kind->one, kind->len);
		memcpy(changing.other + at, kind->other, kind->len);
	}
	changing.page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(changing.page, MAP_FAILED);
	write_page(changing.one);
	changing.is_over = false;
	assert_int_equal(pthread_create(&changing.thread, NULL, change, NULL), 0);
	return len;
}

static void end(void)
{
	__atomic_store_n(&changing.is_over, true, __ATOMIC_RELAXED);
	pthread_join(changing.thread, NULL);
	munmap(changing.page, PAGE_BYTES);
}

/* Throw away what was answered. False: the server has closed the connection. */
static bool drain(struct client *c)
{
	static char answers[65536];
	ssize_t len;

	do
		len = recv(c->fd, answers, sizeof(answers), MSG_DONTWAIT);
	while (len > 0);
	return len < 0 && errno == EAGAIN;
}

/* All that is in the pipe. False: the connection does not take it any more. */
static bool send_pipe(struct client *c, int from, size_t len)
{
	while (len) {
		ssize_t now = splice(from, NULL, c->fd, NULL, len, SPLICE_F_NONBLOCK);

		if (now > 0)
			len -= now;
		else if (now == 0 || errno != EAGAIN)
			return false;
		if (!drain(c))
			return false;
		if (len && !client_wait(c, POLLOUT | POLLIN, CLIENT_DEADLINE_MS))
			client_fail("the server takes nothing more");
	}
	return true;
}

/* A pipe with the last bytes of the page. */
static void open_pipe(int ends[2], size_t len)
{
	struct iovec part = { .iov_base = changing.page + PAGE_BYTES - len, .iov_len = len };

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(vmsplice(ends[1], &part, 1, 0), (ssize_t)len);
}

static void close_pipe(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void send_page(struct client **c, size_t len)
{
	int ends[2];

	open_pipe(ends, len);
	if (!send_pipe(*c, ends[0], len)) {
		client_close(*c);
		*c = client_open();
	}
	close_pipe(ends);
}

static void send_pages(const struct kind *kind, int pages)
{
	struct client *c = client_open(), *other = client_open();
	size_t len = begin(kind);

	for (; pages; pages--)
		send_page(&c, len);
	end();
	expect(other, "set @quiet 0 0 1\r\n1\r\nget @quiet\r\n",
	       "STORED\r\nVALUE @quiet 0 1\r\n1\r\nEND\r\n");
}

static void test_flags(void **state)
{
	(void)state;
	send_pages(&flags, client_rounds(PAGES));
	send_pages(&many_flags, client_rounds(PAGES));
}

static void test_key(void **state)
{
	(void)state;
	send_pages(&key, client_rounds(PAGES));
	send_pages(&value, client_rounds(PAGES));
}

static void test_packet(void **state)
{
	(void)state;
	send_pages(&packet, client_rounds(PAGES));
}

/*
 * In softirq the statistics are left to the work, which may find a line. What is answered to that
 * is one, too: of a packet nothing must remain. One of STAT has no extras, as one of a value has.
 */
static void test_line(void **state)
{
	int rounds = client_rounds(PAGES), lines = 0, packets = 0;

	(void)state;
	expect(client_open(), "set a 0 0 1\r\n1\r\n", "STORED\r\n");
	begin(&line);
	for (; rounds; rounds--) {
		struct client *c = client_open();
		struct bytes got = { 0 };
		int ends[2];

		open_pipe(ends, line.len);
		assert_int_equal(splice(ends[0], NULL, c->fd, NULL, line.len, 0), line.len);
		close_pipe(ends);
		shutdown(c->fd, SHUT_WR);
		assert_int_equal(client_exchange(c, NULL, 0, &got, 0, NULL), CLIENT_CLOSED);
		if (got.len > 4 && got.data[0] == '\x81' && got.data[4])
			client_fail("a line is answered by a packet");
		if (got.len)
			++*(got.data[0] == '\x81' ? &packets : &lines);
		bytes_free(&got);
		client_close(c);
	}
	end();
	print_message("# %d lines, %d packets\n", lines, packets);
	assert_true(lines && packets);
}

/* What others are told of prefixes has one line for each. */
static void check_dump(const struct bytes *dump)
{
	const char *at = dump->data, *after = dump->data + dump->len;

	while (at < after) {
		if (strncmp(at, "PREFIX ", 7) && strcmp(at, "END\r\n"))
			client_fail("a line of stats detail: %.20s", at);
		at = strchr(at, '\n');
		assert_non_null(at);
		at++;
	}
}

static void test_prefix(void **state)
{
	struct client *c = client_open();
	struct bytes dump = { 0 };

	(void)state;
	expect(c, "stats detail on\r\n", "OK\r\n");
	send_pages(&prefix, client_rounds(PAGES));
	expect(c, "stats detail off\r\n", "OK\r\n");
	assert_int_equal(client_exchange(c, "stats detail dump\r\n", 19, &dump, 5, "END\r\n"),
			 CLIENT_COMPLETE);
	bytes_add(&dump, "", 1);
	dump.len--;
	check_dump(&dump);
	bytes_free(&dump);
}

static const struct table_test tests[] = {
	{ "flags that become more", .function = test_flags },
	{ "a key that is base64 no more", .function = test_key },
	{ "a packet that gets a key", .function = test_packet },
	{ "a packet that becomes a line", .function = test_line },
	{ "a prefix that becomes two lines", .function = test_prefix },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("changing", NULL, 0, tests, table_length(tests));
}
