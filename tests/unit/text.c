// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/text.c kmod/proto/token.c kmod/proto/num.c kmod/proto/reply.c
// sources: kmod/proto/admin.c kmod/proto/meta.c kmod/proto/base64.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/text.h"

#define K50	"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"

enum { PLAIN, QUIET };

/*
 * A line, what it parses to, and whether errors and values are still known when it
 * does not parse.
 */
struct row {
	const char *line;
	enum kmc_reply reply;
	enum kmc_op op;
	bool noreply;
	bool has_value;
	u32 value_len;
	u32 flags;
	s32 exptime;
	u64 number;
};

static const struct row rows[] = {
	/* too short, blank, unknown */
	{ "", KMC_REPLY_BAD_FORMAT, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "\r", KMC_REPLY_BAD_FORMAT, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "a\r", KMC_REPLY_BAD_FORMAT, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ " ", KMC_REPLY_BAD_FORMAT, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "ab\r", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "    \r", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ " get a", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "GET a", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "get\ta", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "foo bar noreply", KMC_REPLY_ERROR, KMC_OP_NONE, QUIET, false, 0, 0, 0, 0 },
	{ "noreply", KMC_REPLY_ERROR, KMC_OP_NONE, QUIET, false, 0, 0, 0, 0 },
	{ " get a noreply", KMC_REPLY_ERROR, KMC_OP_NONE, QUIET, false, 0, 0, 0, 0 },
	{ "getx a", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "GET / HTTP/1.1\r", KMC_REPLY_HANGUP, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "HTTP/1.1", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
	{ "get HTTP/1.1", KMC_REPLY_NONE, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	/* retrieval */
	{ "get a\r", KMC_REPLY_NONE, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "get  a   b ", KMC_REPLY_NONE, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "gets a noreply", KMC_REPLY_NONE, KMC_OP_GETS, PLAIN, false, 0, 0, 0, 0 },
	{ "get " K50 K50 K50 K50 K50, KMC_REPLY_NONE, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "get " K50 K50 K50 K50 K50 "\r", KMC_REPLY_NONE, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "get a " K50 K50 K50 K50 K50 "k b", KMC_REPLY_BAD_FORMAT, KMC_OP_GET, PLAIN, false,
	  0, 0, 0, 0 },
	{ "get", KMC_REPLY_BAD_FORMAT, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "get   \r", KMC_REPLY_BAD_FORMAT, KMC_OP_GET, PLAIN, false, 0, 0, 0, 0 },
	{ "gat 10 a", KMC_REPLY_NONE, KMC_OP_GAT, PLAIN, false, 0, 0, 10, 0 },
	{ "gats -1 a b", KMC_REPLY_NONE, KMC_OP_GATS, PLAIN, false, 0, 0, -1, 0 },
	{ "gat x a", KMC_REPLY_BAD_EXPTIME, KMC_OP_GAT, PLAIN, false, 0, 0, 0, 0 },
	{ "gat 10", KMC_REPLY_BAD_FORMAT, KMC_OP_GAT, PLAIN, false, 0, 0, 10, 0 },
	{ "gat", KMC_REPLY_BAD_FORMAT, KMC_OP_GAT, PLAIN, false, 0, 0, 0, 0 },
	/* storage */
	{ "set a 1 2 3\r", KMC_REPLY_NONE, KMC_OP_SET, PLAIN, true, 3, 1, 2, 0 },
	{ "set a 1 2 3 noreply\r", KMC_REPLY_NONE, KMC_OP_SET, QUIET, true, 3, 1, 2, 0 },
	{ "set a 1 2 3 junk", KMC_REPLY_NONE, KMC_OP_SET, PLAIN, true, 3, 1, 2, 0 },
	{ "add a +7 -1 0", KMC_REPLY_NONE, KMC_OP_ADD, PLAIN, true, 0, 7, -1, 0 },
	{ "replace a 4294967296 2147483648 1", KMC_REPLY_NONE, KMC_OP_REPLACE, PLAIN, true, 1,
	  0, INT32_MIN, 0 },
	{ "append a 007 4294967296 1", KMC_REPLY_NONE, KMC_OP_APPEND, PLAIN, true, 1, 7, 0, 0 },
	{ "prepend a 0 0 2147483645", KMC_REPLY_NONE, KMC_OP_PREPEND, PLAIN, true, 2147483645,
	  0, 0, 0 },
	{ "set a -1 0 1", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, true, 1, 0, 0, 0 },
	{ "set a 0 x 1", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, true, 1, 0, 0, 0 },
	{ "set " K50 K50 K50 K50 K50 "k 0 0 1 noreply", KMC_REPLY_BAD_FORMAT, KMC_OP_SET,
	  QUIET, true, 1, 0, 0, 0 },
	{ "set " K50 K50 K50 K50 K50 " 0 0 1", KMC_REPLY_NONE, KMC_OP_SET, PLAIN, true,
	  1, 0, 0, 0 },
	{ "set a 0 0 -1", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 x", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 2147483646", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 4294967297", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 9223372036854775808", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0,
	  0, 0 },
	{ "set a 0 0 18446744073709551617", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0,
	  0, 0 },
	{ "set a 0 0", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 noreply", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 0 x noreply", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set a 0 noreply", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "set", KMC_REPLY_BAD_FORMAT, KMC_OP_SET, PLAIN, false, 0, 0, 0, 0 },
	{ "cas a 0 0 1 9", KMC_REPLY_NONE, KMC_OP_CAS, PLAIN, true, 1, 0, 0, 9 },
	{ "cas a 0 0 1 18446744073709551615 noreply", KMC_REPLY_NONE, KMC_OP_CAS, QUIET, true, 1,
	  0, 0, 18446744073709551615ULL },
	{ "cas a 0 0 1 18446744073709551616", KMC_REPLY_BAD_FORMAT, KMC_OP_CAS, PLAIN, true, 1,
	  0, 0, 0 },
	{ "cas a 0 0 1 -1", KMC_REPLY_BAD_FORMAT, KMC_OP_CAS, PLAIN, true, 1, 0, 0, 0 },
	{ "cas a 0 0 1", KMC_REPLY_BAD_FORMAT, KMC_OP_CAS, PLAIN, true, 1, 0, 0, 0 },
	{ "cas a 0 0 1 noreply", KMC_REPLY_BAD_FORMAT, KMC_OP_CAS, QUIET, true, 1, 0, 0, 0 },
	/* the others */
	{ "delete a", KMC_REPLY_NONE, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "delete noreply", KMC_REPLY_NONE, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "delete a noreply", KMC_REPLY_NONE, KMC_OP_DELETE, QUIET, false, 0, 0, 0, 0 },
	{ "delete a 0", KMC_REPLY_NONE, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "delete a 0 noreply", KMC_REPLY_NONE, KMC_OP_DELETE, QUIET, false, 0, 0, 0, 0 },
	{ "delete a 1", KMC_REPLY_BAD_DELETE, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "delete a 1 noreply", KMC_REPLY_BAD_DELETE, KMC_OP_DELETE, QUIET, false, 0, 0, 0, 0 },
	{ "delete a 0 0", KMC_REPLY_BAD_DELETE, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "delete", KMC_REPLY_BAD_FORMAT, KMC_OP_DELETE, PLAIN, false, 0, 0, 0, 0 },
	{ "incr a 5", KMC_REPLY_NONE, KMC_OP_INCR, PLAIN, false, 0, 0, 0, 5 },
	{ "decr a 18446744073709551615 noreply", KMC_REPLY_NONE, KMC_OP_DECR, QUIET, false, 0, 0,
	  0, 18446744073709551615ULL },
	{ "incr a 18446744073709551616", KMC_REPLY_BAD_DELTA, KMC_OP_INCR, PLAIN, false, 0, 0, 0,
	  0 },
	{ "incr a -1", KMC_REPLY_BAD_DELTA, KMC_OP_INCR, PLAIN, false, 0, 0, 0, 0 },
	{ "incr a noreply", KMC_REPLY_BAD_DELTA, KMC_OP_INCR, QUIET, false, 0, 0, 0, 0 },
	{ "incr a", KMC_REPLY_BAD_FORMAT, KMC_OP_INCR, PLAIN, false, 0, 0, 0, 0 },
	{ "touch a -1", KMC_REPLY_NONE, KMC_OP_TOUCH, PLAIN, false, 0, 0, -1, 0 },
	{ "touch a 2147483648", KMC_REPLY_BAD_EXPTIME, KMC_OP_TOUCH, PLAIN, false, 0, 0, 0, 0 },
	{ "touch a", KMC_REPLY_BAD_FORMAT, KMC_OP_TOUCH, PLAIN, false, 0, 0, 0, 0 },
	{ "flush_all", KMC_REPLY_NONE, KMC_OP_FLUSH_ALL, PLAIN, false, 0, 0, 0, 0 },
	{ "flush_all noreply", KMC_REPLY_NONE, KMC_OP_FLUSH_ALL, QUIET, false, 0, 0, 0, 0 },
	{ "flush_all 9 noreply", KMC_REPLY_NONE, KMC_OP_FLUSH_ALL, QUIET, false, 0, 0, 9, 0 },
	{ "flush_all -9", KMC_REPLY_NONE, KMC_OP_FLUSH_ALL, PLAIN, false, 0, 0, -9, 0 },
	{ "flush_all x", KMC_REPLY_BAD_EXPTIME, KMC_OP_FLUSH_ALL, PLAIN, false, 0, 0, 0, 0 },
	{ "verbosity 1", KMC_REPLY_NONE, KMC_OP_VERBOSITY, PLAIN, false, 0, 0, 0, 0 },
	{ "verbosity 1 noreply", KMC_REPLY_NONE, KMC_OP_VERBOSITY, QUIET, false, 0, 0, 0, 0 },
	{ "verbosity", KMC_REPLY_BAD_FORMAT, KMC_OP_VERBOSITY, PLAIN, false, 0, 0, 0, 0 },
	{ "verbosity x", KMC_REPLY_BAD_FORMAT, KMC_OP_VERBOSITY, PLAIN, false, 0, 0, 0, 0 },
	{ "version foo", KMC_REPLY_NONE, KMC_OP_VERSION, PLAIN, false, 0, 0, 0, 0 },
	{ "quit", KMC_REPLY_NONE, KMC_OP_QUIT, PLAIN, false, 0, 0, 0, 0 },
	{ "stats settings", KMC_REPLY_NONE, KMC_OP_STATS, PLAIN, false, 0, 0, 0, 0 },
	{ "stats detail on", KMC_REPLY_NONE, KMC_OP_STATS, PLAIN, false, 0, 0, 0, 0 },
	/* watch: its words are looked at when it is known that they are wanted */
	{ "watch", KMC_REPLY_NONE, KMC_OP_WATCH, PLAIN, false, 0, 0, 0, 0 },
	{ "watch fetchers bogus\r", KMC_REPLY_NONE, KMC_OP_WATCH, PLAIN, false, 0, 0, 0, 0 },
	{ "watch noreply", KMC_REPLY_NONE, KMC_OP_WATCH, QUIET, false, 0, 0, 0, 0 },
	{ "watchers", KMC_REPLY_ERROR, KMC_OP_NONE, PLAIN, false, 0, 0, 0, 0 },
};

/* The line is in memory of its exact length, so that a read beyond it is seen. */
static void check_row(const struct row *row)
{
	size_t len = strlen(row->line);
	char *copy = malloc(len ? len : 1);
	struct kmc_span line = { .p = copy, .len = len };
	struct kmc_request req;
	enum kmc_reply reply;

	memcpy(copy, row->line, len);
	reply = kmc_text_parse(line, &req);
	if (reply != row->reply || req.op != row->op || req.noreply != row->noreply ||
	    req.has_value != row->has_value || req.value_len != row->value_len)
		fail_msg("\"%s\": reply %d op %d noreply %d value %d %u", row->line, reply, req.op,
			 req.noreply, req.has_value, req.value_len);
	if (!reply && (req.flags != row->flags || req.exptime != row->exptime ||
		       (req.cas ? req.cas : req.delta) != row->number))
		fail_msg("\"%s\": flags %u exptime %d", row->line, req.flags, req.exptime);
	free(copy);
}

static void test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row(&rows[i]);
}

static void test_keys(void **state)
{
	struct kmc_span line = { .p = "gat 5  a\tb c\r", .len = 13 }, key;
	struct kmc_request req;

	(void)state;
	assert_int_equal(kmc_text_parse(line, &req), KMC_REPLY_NONE);
	assert_true(kmc_token_next(&req.keys, &key));
	assert_true(kmc_token_is(key, "a\tb"));
	assert_true(kmc_token_next(&req.keys, &key));
	assert_true(kmc_token_is(key, "c"));
	assert_false(kmc_token_next(&req.keys, &key));
}

static void test_head(void **state)
{
	static const struct {
		const char *head;
		enum kmc_reply reply;
		enum kmc_op op;
		const char *keys;
	} heads[] = {
		{ "get a b c", KMC_REPLY_NONE, KMC_OP_GET, " a b c" },
		{ "gets a", KMC_REPLY_NONE, KMC_OP_GETS, " a" },
		{ "gat 7 a", KMC_REPLY_NONE, KMC_OP_GAT, " a" },
		{ "gats x a", KMC_REPLY_BAD_EXPTIME, KMC_OP_GATS, " a" },
		{ "gat     7", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ "gat      ", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ "getaaaaaaaaaaaa", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ "get", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ " get a", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ "set a 0 0 1", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
		{ "", KMC_REPLY_HANGUP, KMC_OP_NONE, NULL },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		struct kmc_span head = { .p = heads[i].head, .len = strlen(heads[i].head) };
		struct kmc_request req;

		assert_int_equal(kmc_text_parse_head(head, &req), heads[i].reply);
		if (heads[i].reply == KMC_REPLY_HANGUP)
			continue;
		assert_int_equal(req.op, heads[i].op);
		assert_true(kmc_token_is(req.keys, heads[i].keys));
	}
}

/* Each byte at each place, in a string of each length, with an end that must not be read. */
static void test_find(void **state)
{
	size_t len, at;
	int c;

	(void)state;
	for (len = 0; len < 40; len++) {
		char *p = malloc(len ? len : 1);

		memset(p, 'k', len);
		assert_int_equal(kmc_token_find(p, len, ' '), len);
		assert_int_equal(kmc_token_find_end(p, len), len);
		for (at = 0; at < len; at++) {
			for (c = 0; c < 256; c++) {
				p[at] = c;
				assert_int_equal(kmc_token_find(p, len, c), c == 'k' ? 0 : at);
				assert_int_equal(kmc_token_find_end(p, len), c <= ' ' ? at : len);
			}
			p[at] = 'k';
		}
		/* more than one, of which the first counts */
		for (at = 1; at < len; at++) {
			memset(p + at - 1, '\n', len - at + 1);
			assert_int_equal(kmc_token_find(p, len, '\n'), at - 1);
			assert_int_equal(kmc_token_find_end(p, len), at - 1);
			memset(p, 'k', len);
		}
		free(p);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_find),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
