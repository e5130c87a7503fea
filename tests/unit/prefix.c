// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/prefix.c kmod/proto/num.c kmod/proto/token.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/prefix.h"
#include "proto/reply.h"
#include "proto/request.h"

#define KEY(text) { .p = text, .len = sizeof(text) - 1 }

static void test_of(void **state)
{
	static const struct {
		struct kmc_span key;
		char delimiter;
		const char *prefix;	/* NULL: none */
	} rows[] = {
		{ KEY("a:b"), ':', "a" },
		{ KEY("abc:d:e"), ':', "abc" },
		{ KEY(":a"), ':', "" },
		{ KEY("a:"), ':', "a" },
		{ KEY(":"), ':', "" },
		{ KEY(""), ':', NULL },
		{ KEY("abc"), ':', NULL },
		{ KEY("a:b"), '/', NULL },
		{ KEY("a:b/c"), '/', "a:b" },
		{ KEY("a\0b:c"), ':', NULL },
		{ KEY("a\tb:c"), ':', "a\tb" },
		{ KEY("a b:c"), ':', NULL },
		{ KEY("a\nb:c"), ':', NULL },
		{ KEY("a\r:c"), ':', NULL },
		{ KEY("a: b"), ':', "a" },
		{ KEY("\xff:a"), ':', "\xff" },
	};
	size_t row;

	(void)state;
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		struct kmc_span prefix = { NULL, 0 };

		print_message("# row %zu\n", row);
		assert_int_equal(kmc_prefix_of(rows[row].key, rows[row].delimiter, &prefix),
				 !!rows[row].prefix);
		if (!rows[row].prefix)
			continue;
		assert_int_equal(prefix.len, strlen(rows[row].prefix));
		assert_ptr_equal(prefix.p, rows[row].key.p);
	}
}

static void test_line(void **state)
{
	static const struct kmc_prefix_counts counts = { .get = 2, .hit = 1, .set = 3, .del = 4 };
	static const char line[] = "PREFIX a get 2 hit 1 set 3 del 4\r\n";
	static const char empty[] = "PREFIX  get 2 hit 1 set 3 del 4\r\n";
	char buf[KMC_REPLY_LINE_MAX];

	(void)state;
	assert_int_equal(kmc_prefix_compose(buf, (struct kmc_span)KEY("a"), &counts), strlen(line));
	assert_memory_equal(buf, line, strlen(line));
	assert_int_equal(kmc_prefix_compose(buf, (struct kmc_span)KEY(""), &counts), strlen(empty));
	assert_memory_equal(buf, empty, strlen(empty));
}

static void test_longest(void **state)
{
	struct kmc_prefix_counts counts = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	char bytes[KMC_KEY_MAX], *buf = malloc(KMC_REPLY_LINE_MAX);
	struct kmc_span prefix = { bytes, sizeof(bytes) };

	(void)state;
	assert_non_null(buf);
	memset(bytes, 'p', sizeof(bytes));
	/* in the binary protocol, a header and a name come before it */
	assert_in_range(kmc_prefix_compose(buf, prefix, &counts), sizeof(bytes),
			KMC_REPLY_LINE_MAX - 24 - 8);
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of),
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_longest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
