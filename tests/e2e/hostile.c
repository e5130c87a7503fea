// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// Clients that mean no good, are slow or broken: the server stays alive for the others.
// The optional third argument is the seed of the random requests.
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

/* Others are served promptly if each of their requests is answered within this time. */
#define PROMPT_MS 2000

static const struct row rows[] = {
	{ "lengths at the ends of every range", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 2147483648\r\nset @a 0 0 4294967296\r\n", BAD_LINE BAD_LINE),
		STEP("set @a 0 0 9223372036854775807\r\nset @a 0 0 9223372036854775808\r\n",
		     BAD_LINE BAD_LINE),
		STEP("set @a 0 0 18446744073709551615\r\nset @a 0 0 18446744073709551616\r\n",
		     BAD_LINE BAD_LINE),
		STEP("append @a 0 0 18446744073709551613\r\ncas @a 0 0 18446744073709551614 1\r\n",
		     BAD_LINE BAD_LINE),
		STEP("set @a 0 0 -1\r\nset @a 0 0 -2\r\nset @a 0 0 -2147483648\r\n",
		     BAD_LINE BAD_LINE BAD_LINE),
		STEP("set @a 0 0 -9223372036854775808\r\nset @a 0 0 -18446744073709551615\r\n",
		     BAD_LINE BAD_LINE),
	} },
	{ "huge flags and times", .since = CLIENT_TARGET, .steps = {
		STEP("set @a -4294967295 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 99999999999999999999999999999999 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 0 99999999999999999999999999999999 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("touch @a 99999999999999999999999999999999\r\n", BAD_EXPTIME),
		STEP("gat -99999999999999999999999999999999 @a\r\n", BAD_EXPTIME),
		STEP("incr @a 99999999999999999999999999999999\r\n", BAD_DELTA),
	} },
	{ "lines without a word", .since = CLIENT_TARGET, .steps = {
		STEP("\r\n\n\r\n\r\r\n", BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("      \r\n   \n", "ERROR\r\nERROR\r\n"),
		STEP("\0\0\0\0\0\r\n", "ERROR\r\n"),
		STEP("\t\t\t\t\r\n", "ERROR\r\n"),
	} },
	{ "a line of many words", .steps = {
		STEP("a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4 5 6 7 8 9 0\r\n",
		     "ERROR\r\n"),
		STEP("set @a 0 0 1 \r\n1\r\nget @a\r\n", "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "a line that is a format", .steps = {
		STEP("%s%s%s%s%n%n%n%p\r\n", "ERROR\r\n"),
		STEP("set @%s%n 0 0 1\r\n1\r\nget @%s%n\r\n",
		     "STORED\r\nVALUE @%s%n 0 1\r\n1\r\nEND\r\n"),
	} },
};

static struct client *open_prompt(void)
{
	struct client *c = client_open();

	expect(c, "set @prompt 0 0 1\r\n1\r\n", "STORED\r\n");
	return c;
}

static void expect_prompt(struct client *c, const char *while_what)
{
	long begin = client_now_ms(), took;

	expect(c, "get @prompt\r\n", "VALUE @prompt 0 1\r\n1\r\nEND\r\n");
	took = client_now_ms() - begin;
	if (took > PROMPT_MS)
		client_fail("an answer took %ld ms while %s", took, while_what);
}

/* Send without reading, until the server has taken all or has taken nothing for a second. */
static size_t flood(struct client *c, const struct bytes *piece, size_t total, struct client *other)
{
	size_t sent = 0, at = 0, checked = 0;

	while (sent < total) {
		ssize_t now = send(c->fd, piece->data + at, piece->len - at, MSG_NOSIGNAL);

		if (now < 0 && errno != EAGAIN)
			break;
		if (now < 0 && !client_wait(c, POLLOUT, 1000))
			break;
		if (now > 0) {
			sent += now;
			at = (at + now) % piece->len;
		}
		if (sent - checked > 1024 * 1024) {
			expect_prompt(other, "the server is flooded");
			checked = sent;
		}
	}
	return sent;
}

static void test_never_reads(void **state)
{
	struct client *other = open_prompt(), *greedy = client_open();
	struct bytes piece = { 0 };
	size_t sent;

	(void)state;
	expect(greedy, "set @a 0 0 100000\r\n{x100000}\r\n", "STORED\r\n");
	for (int i = 0; i < 3000; i++)
		script_add(&piece, "get @a @a\r\n");
	sent = flood(greedy, &piece, 100000000, other);
	printf("# the server took %zu bytes of requests whose replies nobody read\n", sent);
	for (int i = 0; i < 10; i++)
		expect_prompt(other, "another client does not read");
	client_close(greedy);
	for (int i = 0; i < 10; i++)
		expect_prompt(other, "the client that did not read is gone");
	bytes_free(&piece);
}

/* Several clients at once that want a lot and take nothing. */
static void test_many_never_read(void **state)
{
	struct client *other = open_prompt(), *greedy[20];
	struct bytes request = { 0 };

	(void)state;
	expect(other, "set @a 0 0 1000000\r\n{x1000000}\r\n", "STORED\r\n");
	for (int i = 0; i < 50; i++)
		script_add(&request, "get @a @a @a\r\n");
	for (size_t i = 0; i < table_length(greedy); i++) {
		greedy[i] = client_open();
		client_send(greedy[i], request.data, request.len);
		expect_prompt(other, "more and more clients do not read");
	}
	expect(other, "delete @a\r\n", "DELETED\r\n");
	for (size_t i = 0; i < table_length(greedy); i++) {
		if (i % 2)
			client_reset(greedy[i]);
		else
			client_close(greedy[i]);
		expect_prompt(other, "clients that did not read go");
	}
	bytes_free(&request);
}

/* Who closes only his sending side still wants all replies. */
static void check_half_close(unsigned int times)
{
	struct client *c = client_open();
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };

	expect(c, "set @a 0 0 50000\r\n{x50000}\r\n", "STORED\r\n");
	for (unsigned int i = 0; i < times; i++) {
		script_add(&request, "get @a\r\nbogus\r\n");
		script_add(&wanted, "VALUE @a 0 50000\r\n{x50000}\r\nEND\r\nERROR\r\n");
	}
	client_send(c, request.data, request.len);
	shutdown(c->fd, SHUT_WR);
	assert_int_equal(client_exchange(c, "", 0, &got, 0, NULL), CLIENT_CLOSED);
	expect_bytes(&got, &wanted);
	client_close(c);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

static void test_half_close(void **state)
{
	struct client *c = client_open();
	struct bytes got = { 0 };

	(void)state;
	check_half_close(1);
	check_half_close(20);
	shutdown(c->fd, SHUT_WR);
	assert_int_equal(client_exchange(c, "", 0, &got, 0, NULL), CLIENT_CLOSED);
	assert_int_equal(got.len, 0);
	bytes_free(&got);
}

static void test_half_close_after_much(void **state)
{
	(void)state;
	check_half_close(400);
}

static void test_half_close_inside_request(void **state)
{
	static const char * const requests[] = {
		"get", "get @prompt", "get @prompt\r", "set @b 0 0 10\r\n",
		"set @b 0 0 10\r\n01234", "set @b 0 0 10\r\n0123456789",
		"set @b 0 0 10\r\n0123456789\r", "s", "\r",
		"set @b 0 0 1000000000\r\n0123456789", "set @b 0 0 4\r\nvalue without a line end",
	};
	struct client *other = open_prompt();

	(void)state;
	for (size_t i = 0; i < table_length(requests); i++) {
		struct bytes request = { 0 }, got = { 0 };
		struct client *c = client_open();

		script_expand(&request, requests[i], strlen(requests[i]));
		client_send(c, request.data, request.len);
		shutdown(c->fd, SHUT_WR);
		assert_int_equal(client_exchange(c, "", 0, &got, 0, NULL), CLIENT_CLOSED);
		client_close(c);
		expect_prompt(other, "a client stops inside a request");
		bytes_free(&request);
		bytes_free(&got);
	}
	expect(other, "get @b\r\n", "END\r\n");
}

static void test_reset_inside_value(void **state)
{
	struct client *other = open_prompt();
	struct bytes request = { 0 };

	(void)state;
	expect(other, "set @a 0 0 3\r\nold\r\n", "STORED\r\n");
	script_add(&request, "set @a 0 0 100000\r\n{x50000}");
	for (int i = 0; i < 100; i++) {
		struct client *c = client_open();

		client_send(c, request.data, i % 2 ? request.len : request.len - 49990);
		client_reset(c);
	}
	expect_prompt(other, "clients reset inside a value");
	expect(other, "get @a\r\n", "VALUE @a 0 3\r\nold\r\nEND\r\n");
	bytes_free(&request);
}

static void test_reset_inside_reply(void **state)
{
	struct client *other = open_prompt();
	struct bytes request = { 0 };

	(void)state;
	expect(other, "set @a 0 0 500000\r\n{x500000}\r\n", "STORED\r\n");
	script_add(&request, "get @a @a @a\r\nget @a\r\nget @a @a\r\n");
	for (int i = 0; i < 100; i++) {
		struct client *c = client_open();
		char some[1000];

		client_send(c, request.data, request.len);
		if (i % 2)
			assert_int_equal(client_recv(c, some, sizeof(some)), sizeof(some));
		client_reset(c);
	}
	expect_prompt(other, "clients reset inside a reply");
	expect(other, "get @a\r\ndelete @a\r\n",
	       "VALUE @a 0 500000\r\n{x500000}\r\nEND\r\nDELETED\r\n");
	bytes_free(&request);
}

static void test_connect_and_go(void **state)
{
	struct client *other = open_prompt();

	(void)state;
	for (int i = 0; i < client_rounds(500); i++) {
		struct client *c = client_open();

		if (i % 3 == 0)
			client_send(c, "get", 3);
		if (i % 2)
			client_reset(c);
		else
			client_close(c);
	}
	expect_prompt(other, "clients come and go");
}

static void test_slow_writer(void **state)
{
	struct client *slow = client_open(), *other = open_prompt();
	struct bytes request = { 0 }, rest = { 0 }, wanted = { 0 };
	const size_t piecewise = 2000;

	(void)state;
	script_add(&request, "set @slow 0 0 2000\r\n{x2000}\r\nget @slow\r\n");
	script_add(&wanted, "STORED\r\nVALUE @slow 0 2000\r\n{x2000}\r\nEND\r\n");
	for (size_t sent = 0; sent < piecewise; sent++) {
		client_send(slow, request.data + sent, 1);
		if (sent % 100)
			continue;
		expect_prompt(other, "another client writes slowly");
		expect(other, "get @slow\r\n", "END\r\n");
	}
	bytes_add(&rest, request.data + piecewise, request.len - piecewise);
	expect_reply(slow, &rest, &wanted);
	bytes_free(&request);
	bytes_free(&rest);
	bytes_free(&wanted);
}

/* What was announced and never came must not be stored. */
static void test_missing_line_end(void **state)
{
	struct client *other = open_prompt();

	(void)state;
	expect(other, "set @a 0 0 3\r\nold\r\n", "STORED\r\n");
	for (int i = 0; i < 10; i++) {
		struct client *c = client_open();
		struct bytes request = { 0 };

		script_add(&request, "set @a 0 0 3\r\nnew\r");
		client_send(c, request.data, request.len - i % 2);
		client_close(c);
		bytes_free(&request);
	}
	expect_prompt(other, "clients close before the end of a value");
	expect(other, "get @a\r\n", "VALUE @a 0 3\r\nold\r\nEND\r\n");
}

static void test_urgent_data(void **state)
{
	struct client *c = client_open(), *other = open_prompt();
	struct bytes got = { 0 };

	(void)state;
	assert_int_equal(send(c->fd, "!", 1, MSG_OOB | MSG_NOSIGNAL), 1);
	expect_prompt(other, "urgent data came");
	/* The byte may be a part of the next line or not, or unwelcome. */
	if (client_exchange(c, "version\r\n", 9, &got, 7, "\r\n") == CLIENT_STALLED)
		client_fail("neither an answer nor a close to a request after urgent data");
	client_close(c);

	c = client_open();
	client_send(c, "get ", 4);
	assert_int_equal(send(c->fd, "@", 1, MSG_OOB | MSG_NOSIGNAL), 1);
	expect_prompt(other, "urgent data came inside a line");
	client_reset(c);
	expect_prompt(other, "urgent data was sent");
	bytes_free(&got);
}

/* A line longer than any but get may be: refused in some way, and harmless. */
static void test_long_complete_lines(void **state)
{
	static const char * const lines[] = {
		"set @a 0 0 1 {x3000}\r\n1\r\n", "{x3000}\r\n", "delete {x100000}\r\n",
		"touch @a {x5000}\r\n", "incr @a {x5000}\r\n", "gets{x5000}\r\n",
		"version {x3000} HTTP/1.1\r\n", "stats {x3000}\r\n", "gat {x3000} @a\r\n",
	};
	struct client *other = open_prompt();

	(void)state;
	for (size_t i = 0; i < table_length(lines); i++) {
		struct client *c = client_open();
		struct bytes request = { 0 }, got = { 0 };

		script_expand(&request, lines[i], strlen(lines[i]));
		if (client_fence(c, request.data, request.len, &got, 0) == CLIENT_STALLED)
			client_fail("neither an answer nor a close to %s", lines[i]);
		client_close(c);
		expect_prompt(other, "a long line came");
		bytes_free(&request);
		bytes_free(&got);
	}
}

/* Endless input without a line end is not collected for ever. */
static void test_endless_key(void **state)
{
	struct client *c = client_open(), *other = open_prompt();
	struct bytes piece = { 0 }, got = { 0 };
	bool closed = false;

	(void)state;
	bytes_fill(&piece, 'k', 100000);
	client_send(c, "get ", 4);
	for (int i = 0; i < 200 && !closed; i++) {
		closed = client_exchange(c, piece.data, piece.len, &got, 0, "") == CLIENT_CLOSED;
		if (i % 20 == 0)
			expect_prompt(other, "an endless key comes");
	}
	client_exchange(c, "\r\n", 2, &got, 1, "\r\n");
	assert_true(got.len < 1000);
	expect_prompt(other, "an endless key came");
	bytes_free(&piece);
	bytes_free(&got);
}

static void add_random_word(struct bytes *b, unsigned int *seed)
{
	static const char * const words[] = {
		"get", "gets", "gat", "gats", "set", "add", "replace", "append", "prepend", "cas",
		"incr", "decr", "delete", "touch", "version", "verbosity", "stats", "settings",
		"noreply", "0", "1", "2", "3", "-1", "10", "65536", "2147483648", "4294967296",
		"18446744073709551616", "@a", "@b", "@c", "{251}", "{250}", "", "bogus", "mg", "ms",
		"mn", "HTTP/1.1",
	};
	const char *word = words[rand_r(seed) % table_length(words)];

	script_expand(b, word, strlen(word));
}

static void add_random_meta(struct bytes *b, unsigned int *seed)
{
	static const char * const commands[] = { "mg", "ms", "md", "ma", "me" };
	static const char * const keys[] = { "@a", "@b", "{b64}", "{250}", "{251}", "!!" };
	static const char * const flags[] = {
		"b", "c", "f", "h", "k", "l", "q", "s", "t", "u", "v", "x", "I", "C", "C0", "C1",
		"D1", "D9", "E1", "E18446744073709551615", "F1", "J1", "MA", "MD", "ME", "MP",
		"MR", "MS", "M", "N", "N0", "N1", "O", "Oabc", "O{x31}", "O{x32}", "R1", "R9",
		"T-1", "T0", "T1", "Px", "Lx", "z", "!",
	};
	unsigned int command = rand_r(seed) % table_length(commands), count = rand_r(seed) % 9;
	const char *key = keys[rand_r(seed) % table_length(keys)];

	bytes_printf(b, "%s ", commands[command]);
	script_expand(b, key, strlen(key));
	if (command == 1)
		bytes_printf(b, " %u", rand_r(seed) % 70);
	while (count--) {
		const char *flag = flags[rand_r(seed) % table_length(flags)];

		bytes_fill(b, ' ', 1);
		script_expand(b, flag, strlen(flag));
	}
	bytes_printf(b, "\r\n");
}

static void add_random_line(struct bytes *b, unsigned int *seed)
{
	unsigned int words = rand_r(seed) % 8;

	for (unsigned int i = 0; i < words; i++) {
		if (i)
			bytes_fill(b, rand_r(seed) % 20 ? ' ' : '\t', 1);
		add_random_word(b, seed);
	}
	if (rand_r(seed) % 10 == 0) {
		unsigned int bytes = rand_r(seed) % 50;

		for (unsigned int i = 0; i < bytes; i++)
			bytes_fill(b, (char)rand_r(seed), 1);
	}
	bytes_printf(b, rand_r(seed) % 20 ? "\r\n" : "\n");
}

/* More bytes than any value in the random lines announces and memcached does not refuse. */
static void add_filler(struct bytes *b)
{
	for (int i = 0; i < 70; i++) {
		bytes_fill(b, 'x', 1000);
		bytes_printf(b, "\n");
	}
}

/*
 * Random requests: whatever comes back, it comes or the connection is closed, and the server
 * serves on. What waits for the data of a value is given enough of it.
 */
static void test_random_lines(void **state)
{
	unsigned int seed = client_argument ? strtoul(client_argument, NULL, 0) : 1;
	struct client *other = open_prompt();

	(void)state;
	printf("# seed %u\n", seed);
	for (int round = 0; round < client_rounds(300); round++) {
		struct bytes request = { 0 }, got = { 0 };
		struct client *c = client_open();

		for (int i = 0; i < 20; i++)
			(rand_r(&seed) % 2 ? add_random_meta : add_random_line)(&request, &seed);
		client_exchange(c, request.data, request.len, &got, 0, "");
		request.len = 0;
		add_filler(&request);
		client_exchange(c, request.data, request.len, &got, 0, "");
		shutdown(c->fd, SHUT_WR);
		if (client_exchange(c, "", 0, &got, 0, NULL) != CLIENT_CLOSED)
			client_fail("round %d: neither an answer nor a close", round);
		client_close(c);
		expect_prompt(other, "random lines come");
		bytes_free(&request);
		bytes_free(&got);
	}
}

static void test_random_bytes(void **state)
{
	unsigned int seed = client_argument ? strtoul(client_argument, NULL, 0) : 1;
	struct client *other = open_prompt();

	(void)state;
	for (int round = 0; round < client_rounds(300); round++) {
		struct bytes request = { 0 }, got = { 0 };
		struct client *c = client_open();
		unsigned int len = rand_r(&seed) % 3000;

		/* 0x80 would begin another protocol. */
		bytes_fill(&request, 'x', 1);
		for (unsigned int i = 0; i < len; i++)
			bytes_fill(&request, (char)rand_r(&seed), 1);
		client_exchange(c, request.data, request.len, &got, 0, "");
		shutdown(c->fd, SHUT_WR);
		if (client_exchange(c, "", 0, &got, 0, NULL) != CLIENT_CLOSED)
			client_fail("round %d: the connection is not closed", round);
		client_close(c);
		expect_prompt(other, "random bytes come");
		bytes_free(&request);
		bytes_free(&got);
	}
}

static const struct table_test tests[] = {
	{ "a client that never reads", .function = test_never_reads },
	{ "many clients that never read", .function = test_many_never_read },
	{ "replies after the client closed its sending side", .function = test_half_close },
	{ "many replies after the client closed its sending side",
	  .function = test_half_close_after_much },
	{ "the sending side is closed inside a request",
	  .function = test_half_close_inside_request },
	{ "a reset inside a value", .function = test_reset_inside_value },
	{ "a reset inside a reply", .function = test_reset_inside_reply },
	{ "clients that come and go", .function = test_connect_and_go },
	{ "a client that writes slowly", .function = test_slow_writer },
	{ "a value without its line end", .function = test_missing_line_end },
	{ "urgent data", .function = test_urgent_data },
	{ "long complete lines", .function = test_long_complete_lines },
	{ "an endless key", .function = test_endless_key },
	{ "random lines", .function = test_random_lines },
	{ "random bytes", .function = test_random_bytes },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("hostile", rows, table_length(rows), tests, table_length(tests));
}
