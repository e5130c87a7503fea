// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/auth.c kmod/proto/token.c kmod/proto/num.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/auth.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SPAN(literal) { .p = literal, .len = sizeof(literal) - 1 }

/* A line in memory that has not a byte more. */
static enum kmc_reply parse(const char *text, struct kmc_request *req)
{
	struct kmc_span line = { .len = strlen(text) };
	char *copy = malloc(line.len);
	enum kmc_reply reply;

	memcpy(copy, text, line.len);
	line.p = copy;
	memset(req, 0xa5, sizeof(*req));
	reply = kmc_auth_parse(line, req);
	free(copy);
	return reply;
}

static void only_a_set_is_taken(void **state)
{
	static const char *const others[] = {
		"", "\r", " ", " \r", "get a\r", "set\r", "set a 0 0\r", "set a 0 0 \r",
		"sets a 0 0 1\r", "set a 0 0 -1\r", "set a 0 0 +1\r", "set a 0 0 1x\r",
		"set a 0 0 x\r", "SET a 0 0 1\r", "add a 0 0 1\r",
		"set a 0 0 18446744073709551616\r", "mn\r", "quit\r",
		"set\ta 0 0 1\r",
	};
	struct kmc_request req;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		print_message("# %s\n", others[i]);
		assert_int_equal(parse(others[i], &req), KMC_REPLY_UNAUTHENTICATED);
		assert_int_equal(req.op, KMC_OP_NONE);
		assert_false(req.has_value);
	}
}

static void length_is_all_that_matters(void **state)
{
	static const struct {
		const char *line;
		u32 len;
	} rows[] = {
		{ "set a 0 0 7\r", 7 },
		{ "set a 0 0 7", 7 },
		{ " set  a x  y 0\r", 0 },
		{ "set a x y 16384 noreply\r", 16384 },
		{ "set a 0 0 007 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21\r", 7 },
	};
	struct kmc_request req;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		print_message("# %s\n", rows[i].line);
		assert_int_equal(parse(rows[i].line, &req), KMC_REPLY_NONE);
		assert_int_equal(req.op, KMC_OP_AUTH);
		assert_true(req.has_value);
		assert_int_equal(req.value_len, rows[i].len);
		assert_int_equal(req.wire_len, rows[i].len + 2);
	}
	assert_int_equal(parse("set a 0 0 16385\r", &req), KMC_REPLY_AUTH_TOO_LONG);
	assert_int_equal(parse("set a 0 0 4294967296\r", &req), KMC_REPLY_AUTH_TOO_LONG);
	assert_int_equal(parse("set a 0 0 18446744073709551615\r", &req),
			 KMC_REPLY_AUTH_TOO_LONG);
}

/* What is in a record: name, NUL, password, NULs. */
static void assert_record(const char *record, const char *user, const char *password)
{
	char wanted[KMC_AUTH_RECORD] = "";

	if (user) {
		memcpy(wanted, user, strlen(user));
		memcpy(wanted + strlen(user) + 1, password, strlen(password));
	}
	assert_memory_equal(record, wanted, sizeof(wanted));
}

struct row {
	struct kmc_span value;
	enum kmc_reply reply;
	const char *user;	/* NULL: nobody can have that */
	const char *password;
};

/* The value in pieces, cut at every byte; @end follows, too. */
static void run(const struct row *row, const char *end,
		enum kmc_reply (*split)(const struct kmc_auth_claim *claim, char *record))
{
	size_t len = row->value.len + strlen(end);
	char record[KMC_AUTH_RECORD];

	for (size_t at = 0; at <= len; at++) {
		struct kmc_auth_claim claim = { .len = row->value.len };
		char *head = malloc(at), *tail = malloc(len - at);
		char whole[64];

		assert_true(len <= sizeof(whole));
		memcpy(whole, row->value.p, row->value.len);
		memcpy(whole + row->value.len, end, strlen(end));
		memcpy(head, whole, at);
		memcpy(tail, whole + at, len - at);
		kmc_auth_take(&claim, (struct kmc_span){ .p = head, .len = at });
		kmc_auth_take(&claim, (struct kmc_span){ .p = tail, .len = len - at });
		free(head);
		free(tail);
		memset(record, 0xa5, sizeof(record));
		assert_int_equal(split(&claim, record), row->reply);
		assert_record(record, row->user, row->password);
	}
}

static void text_is_cut_at_the_first_space(void **state)
{
	static const struct row rows[] = {
		{ SPAN("foo bar"), KMC_REPLY_NONE, "foo", "bar" },
		{ SPAN("a b"), KMC_REPLY_NONE, "a", "b" },
		{ SPAN("foo bar baz "), KMC_REPLY_NONE, "foo", "bar baz " },
		{ SPAN("foo  bar"), KMC_REPLY_NONE, "foo", " bar" },
		{ SPAN("a:b c:d"), KMC_REPLY_NONE, "a:b", "c:d" },
		{ SPAN("\r \n"), KMC_REPLY_NONE, "\r", "\n" },
		{ SPAN(" bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foo "), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN(" "), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("f\0o bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foo b\0r"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foo\0bar \0"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foobar"), KMC_REPLY_BAD_AUTH, NULL, NULL },
		{ SPAN(""), KMC_REPLY_BAD_AUTH, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		run(&rows[i], "\r\n", kmc_auth_split_text);
}

static void text_needs_its_end(void **state)
{
	static const struct row row = { SPAN("foo bar"), KMC_REPLY_BAD_AUTH_END, NULL, NULL };

	(void)state;
	run(&row, "xx", kmc_auth_split_text);
	run(&row, "\r\r", kmc_auth_split_text);
	run(&row, "\n\n", kmc_auth_split_text);
	run(&row, "\n\r", kmc_auth_split_text);
}

static void plain_has_three_parts(void **state)
{
	static const struct row rows[] = {
		{ SPAN("\0foo\0bar"), KMC_REPLY_NONE, "foo", "bar" },
		{ SPAN("foo\0foo\0bar"), KMC_REPLY_NONE, "foo", "bar" },
		{ SPAN("\0f o\0b r"), KMC_REPLY_NONE, "f o", "b r" },
		{ SPAN("fo\0foo\0bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("root\0foo\0bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0foo\0bar\0"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0foo\0"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0\0bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foo\0bar"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0foo"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0\0"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("\0"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN("foo"), KMC_REPLY_NONE, NULL, NULL },
		{ SPAN(""), KMC_REPLY_NONE, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		run(&rows[i], "", kmc_auth_split_plain);
}

/* Feeds so many times the letter, in pieces of 100, behind a beginning. */
static void fill(struct kmc_auth_claim *claim, const char *begin, char letter, size_t count)
{
	char piece[100];

	memset(claim, 0, sizeof(*claim));
	claim->len = strlen(begin) + count;
	memset(piece, letter, sizeof(piece));
	kmc_auth_take(claim, (struct kmc_span){ .p = begin, .len = strlen(begin) });
	for (; count > sizeof(piece); count -= sizeof(piece))
		kmc_auth_take(claim, (struct kmc_span){ .p = piece, .len = sizeof(piece) });
	kmc_auth_take(claim, (struct kmc_span){ .p = piece, .len = count });
}

static void lengths_have_their_limits(void **state)
{
	char record[KMC_AUTH_RECORD], nobody[KMC_AUTH_RECORD] = "";
	struct kmc_auth_claim claim;
	size_t len;

	(void)state;
	/* "a " and the rest: 253 is the longest password behind a name of one byte */
	for (len = 240; len < 1200; len++) {
		fill(&claim, "a ", 'x', len);
		assert_int_equal(kmc_auth_split_text(&claim, record), KMC_REPLY_NONE);
		assert_int_equal(!memcmp(record, nobody, sizeof(record)), len > 253);
		assert_int_equal(record[KMC_AUTH_RECORD - 1], 0);
	}
	/* what is not kept is still looked at for its form */
	fill(&claim, "a", 'x', 16000);
	assert_int_equal(kmc_auth_split_text(&claim, record), KMC_REPLY_BAD_AUTH);
	assert_memory_equal(record, nobody, sizeof(record));
	fill(&claim, "a", ' ', 16000);
	assert_int_equal(kmc_auth_split_text(&claim, record), KMC_REPLY_NONE);
	assert_memory_equal(record, nobody, sizeof(record));
	fill(&claim, "", '\0', 16000);
	assert_int_equal(kmc_auth_split_plain(&claim, record), KMC_REPLY_NONE);
	assert_memory_equal(record, nobody, sizeof(record));
}

static void records_differ(void **state)
{
	const struct kmc_span a = SPAN("a"), ab = SPAN("ab"), b = SPAN("b"), bc = SPAN("bc"),
			      c = SPAN("c"), nul = SPAN("a\0"), none = SPAN("");
	char one[KMC_AUTH_RECORD], other[KMC_AUTH_RECORD];

	(void)state;
	assert_true(kmc_auth_record(one, a, bc));
	assert_true(kmc_auth_record(other, ab, c));
	assert_memory_not_equal(one, other, sizeof(one));
	assert_true(kmc_auth_record(other, a, b));
	assert_memory_not_equal(one, other, sizeof(one));
	assert_false(kmc_auth_record(other, nul, b));
	assert_false(kmc_auth_record(other, b, nul));
	assert_false(kmc_auth_record(other, none, b));
	assert_false(kmc_auth_record(other, b, none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_a_set_is_taken),
		cmocka_unit_test(length_is_all_that_matters),
		cmocka_unit_test(text_is_cut_at_the_first_space),
		cmocka_unit_test(text_needs_its_end),
		cmocka_unit_test(plain_has_three_parts),
		cmocka_unit_test(lengths_have_their_limits),
		cmocka_unit_test(records_differ),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
