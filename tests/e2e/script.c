// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "script.h"

/* No byte differs. */
#define SAME SIZE_MAX

enum piece_kind {
	PIECE_LITERAL,
	PIECE_NUMBER,
	PIECE_CAS,
	PIECE_CLOSE,
};

/* What is the same in every key of the running test, and the last {cas} of a reply. */
static char prefix[40];
static char remembered[24];

/**
 * script_setup() - begin with fresh keys; a setup function
 * @state: not used
 *
 * Return: 0.
 */
int script_setup(void **state)
{
	static unsigned int count;

	(void)state;
	snprintf(prefix, sizeof(prefix), "e%x.%lx.%u.", getpid(), time(NULL), count++);
	remembered[0] = '\0';
	return 0;
}

/**
 * script_prefix() - what @ stands for
 *
 * Return: a text that begins this test's keys and no other's.
 */
const char *script_prefix(void)
{
	return prefix;
}

static void add_long_key(struct bytes *out, size_t len)
{
	size_t have = strlen(prefix);

	if (have > len)
		have = len;
	bytes_add(out, prefix, have);
	bytes_fill(out, 'k', len - have);
}

/**
 * script_add_base64() - append bytes as base64
 * @out: where to append the text
 * @data: the bytes
 * @len: how many
 */
void script_add_base64(struct bytes *out, const void *data, size_t len)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = data;

	for (; len; p += 3) {
		size_t take = len < 3 ? len : 3;
		unsigned int bits = p[0] << 16;

		if (take > 1)
			bits |= p[1] << 8;
		if (take > 2)
			bits |= p[2];
		for (size_t i = 0; i < 4; i++)
			bytes_add(out, i <= take ? &digits[bits >> (18 - 6 * i) & 63] : "=", 1);
		len -= take;
	}
}

static enum piece_kind take_place_holder(const char *name, struct bytes *out)
{
	if (!strcmp(name, "d"))
		return PIECE_NUMBER;
	if (!strcmp(name, "cas"))
		return PIECE_CAS;
	if (!strcmp(name, "close"))
		return PIECE_CLOSE;
	if (!strncmp(name, "now", 3))
		bytes_printf(out, "%ld", (long)time(NULL) + atol(name + 3));
	else if (!strcmp(name, "b64"))
		script_add_base64(out, prefix, strlen(prefix));
	else if (name[0] == 'x')
		bytes_fill(out, 'x', atol(name + 1));
	else if (isdigit(name[0]))
		add_long_key(out, atol(name));
	else
		client_fail("there is no place holder {%s}", name);
	return PIECE_LITERAL;
}

/* Expand the first piece of a text, add it to out if it is literal, and advance. */
static enum piece_kind take_piece(const char **text, const char *end, struct bytes *out)
{
	const char *begin = *text, *close;
	char name[16] = "";

	if (*begin == '@') {
		bytes_add(out, prefix, strlen(prefix));
		*text = begin + 1;
		return PIECE_LITERAL;
	}
	if (*begin != '{') {
		bytes_add(out, begin, 1);
		*text = begin + 1;
		return PIECE_LITERAL;
	}
	close = memchr(begin, '}', end - begin);
	if (!close || close - begin > (long)sizeof(name))
		client_fail("no place holder: %s", begin);
	memcpy(name, begin + 1, close - begin - 1);
	*text = close + 1;
	return take_place_holder(name, out);
}

/**
 * script_expand() - replace the place holders of a request
 * @out: where to append the bytes
 * @text: the text
 * @len: its length in bytes
 */
void script_expand(struct bytes *out, const char *text, size_t len)
{
	const char *end = text + len;

	while (text < end) {
		if (take_piece(&text, end, out) == PIECE_CAS)
			bytes_add(out, remembered, strlen(remembered));
	}
}

/* Return the offset of the first byte that differs, or SAME. */
static size_t find_difference(const struct bytes *got, const struct bytes *wanted)
{
	size_t at = 0;

	while (at < got->len && at < wanted->len && got->data[at] == wanted->data[at])
		at++;
	return at == got->len && at == wanted->len ? SAME : at;
}

static void explain_difference(const struct bytes *got, const struct bytes *wanted)
{
	size_t at = find_difference(got, wanted);

	if (at == SAME)
		return;
	bytes_explain("wanted ", wanted->data, wanted->len, at);
	bytes_explain("got    ", got->data, got->len, at);
	printf("# they differ at byte %zu\n", at);
}

static void fail_exchange(struct client *c, const struct bytes *request, const struct bytes *got,
			  const struct bytes *wanted, enum client_end end, const char *file,
			  int line)
{
	static const char * const endings[] = {
		[CLIENT_COMPLETE] = "was complete",
		[CLIENT_CLOSED] = "was ended by the server closing the connection",
		[CLIENT_STALLED] = "stopped before its end",
	};

	printf("# sent %s, the reply %s\n", c->bytewise ? "one byte a segment" : "as a whole",
	       endings[end]);
	bytes_explain("request", request->data, request->len, 0);
	explain_difference(got, wanted);
	_fail(file, line);
}

/**
 * script_compare() - fail the running test unless two arrays are the same
 * @got: what was received
 * @wanted: what should have been
 * @file: where the test is
 * @line: where in there
 */
void script_compare(const struct bytes *got, const struct bytes *wanted,
		    const char *file, int line)
{
	if (find_difference(got, wanted) == SAME)
		return;
	explain_difference(got, wanted);
	_fail(file, line);
}

/**
 * script_cut() - fail the running test unless requests get the wanted replies however they are cut
 * @request: the requests, which leave the server as they find it
 * @wanted: their replies
 * @file: where the test is
 * @line: where in there
 *
 * They are cut in two. The second part is only sent when another connection was answered, so that
 * the server has most likely seen the first part alone. Its replies may still be held back. Where
 * everything takes N times as long, every Nth cut must do.
 */
void script_cut(const struct bytes *request, const struct bytes *wanted, const char *file, int line)
{
	struct client *c = client_open(), *other = client_open();
	struct bytes got = { 0 };

	for (size_t cut = 1; cut < request->len; cut += client_patience) {
		client_exchange(c, request->data, cut, &got, 0, "");
		if (!client_alive(other))
			_fail(file, line);
		client_fence(c, request->data + cut, request->len - cut, &got,
			     wanted->len - got.len);
		if (find_difference(&got, wanted) != SAME)
			printf("# cut at byte %zu\n", cut);
		script_compare(&got, wanted, file, line);
		got.len = 0;
	}
	bytes_free(&got);
}

/**
 * script_exchange() - fail the running test unless a request gets exactly the wanted reply
 * @c: the connection
 * @request: the request
 * @wanted: the reply
 * @file: where the test is
 * @line: where in there
 */
void script_exchange(struct client *c, const struct bytes *request, const struct bytes *wanted,
		     const char *file, int line)
{
	struct bytes got = { 0 };
	enum client_end end;

	end = client_fence(c, request->data, request->len, &got, wanted->len);
	if (end != CLIENT_COMPLETE || find_difference(&got, wanted) != SAME)
		fail_exchange(c, request, &got, wanted, end, file, line);
	bytes_free(&got);
}

/* Copy the number in the reply to what is wanted, so that it is not a difference. */
static void take_number(const struct bytes *got, struct bytes *wanted, bool remember)
{
	size_t begin = wanted->len, len = 0;

	while (begin + len < got->len && isdigit(got->data[begin + len]))
		len++;
	if (!len) {
		bytes_add(wanted, "<number>", 8);
		return;
	}
	bytes_add(wanted, got->data + begin, len);
	if (remember && len < sizeof(remembered)) {
		memcpy(remembered, got->data + begin, len);
		remembered[len] = '\0';
	}
}

static void expand_reply(const struct step *step, const struct bytes *got, struct bytes *wanted)
{
	const char *text = step->reply, *end = text + step->reply_len;

	while (text < end) {
		enum piece_kind kind = take_piece(&text, end, wanted);

		if (kind == PIECE_NUMBER || kind == PIECE_CAS)
			take_number(got, wanted, kind == PIECE_CAS);
	}
}

static bool wants_close(const struct step *step)
{
	return step->reply_len >= 7 && !memcmp(step->reply + step->reply_len - 7, "{close}", 7);
}

/* How long the reply is at least; the numbers in it may be longer than one digit. */
static size_t shortest_reply(const struct step *step)
{
	const char *text = step->reply, *end = text + step->reply_len;
	struct bytes literal = { 0 };
	size_t len = 0;

	while (text < end) {
		enum piece_kind kind = take_piece(&text, end, &literal);

		if (kind == PIECE_NUMBER || kind == PIECE_CAS)
			len++;
	}
	len += literal.len;
	bytes_free(&literal);
	return len;
}

/**
 * script_expect() - fail the running test unless a request gets exactly the wanted reply
 * @c: the connection
 * @step: the request and the reply
 * @file: where the test is
 * @line: where in there
 */
void script_expect(struct client *c, const struct step *step, const char *file, int line)
{
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	enum client_end end, wanted_end;

	script_expand(&request, step->request, step->request_len);
	if (wants_close(step)) {
		wanted_end = CLIENT_CLOSED;
		end = client_exchange(c, request.data, request.len, &got, 0, NULL);
	} else {
		wanted_end = CLIENT_COMPLETE;
		end = client_fence(c, request.data, request.len, &got, shortest_reply(step));
	}
	expand_reply(step, &got, &wanted);
	if (end != wanted_end || find_difference(&got, &wanted) != SAME)
		fail_exchange(c, &request, &got, &wanted, end, file, line);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

/**
 * script_until_missing() - wait for an item to expire
 * @c: the connection
 * @key: its key, a text with place holders
 * @seconds: the deadline; when it passes the running test fails
 *
 * Return: after how many milliseconds the item was missing.
 */
long script_until_missing(struct client *c, const char *key, int seconds)
{
	long begin = client_now_ms();
	struct bytes request = { 0 };

	bytes_printf(&request, "get ");
	script_expand(&request, key, strlen(key));
	bytes_printf(&request, "\r\n");
	while (client_now_ms() - begin < seconds * 1000L) {
		struct bytes reply = { 0 };
		enum client_end end = client_fence(c, request.data, request.len, &reply, 5);
		bool missing = reply.len == 5 && !memcmp(reply.data, "END\r\n", 5);

		bytes_free(&reply);
		if (end != CLIENT_COMPLETE)
			client_fail("no reply while waiting for %s to expire", key);
		if (missing) {
			bytes_free(&request);
			return client_now_ms() - begin;
		}
		poll(NULL, 0, 20);
	}
	client_fail("%s does not expire within %d s", key, seconds);
	return -1;
}
