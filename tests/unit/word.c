// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/token.h"
#include "proto/word.h"

#define LONGEST 40

/* In memory of its own, so that a byte before or behind it is seen to be touched. */
static void test_copy(void **state)
{
	(void)state;
	for (size_t len = 0; len <= LONGEST; len++) {
		char *from = malloc(len), *to = malloc(len);

		for (size_t i = 0; i < len; i++)
			from[i] = (char)(i + len);
		kmc_word_copy(to, from, len);
		assert_memory_equal(to, from, len);
		free(from);
		free(to);
	}
}

/* The end of a word anywhere, or nowhere, in memory that ends there. */
static void test_find_end(void **state)
{
	static const char ends[] = { ' ', '\r', '\n', '\0', '\t', 31 };
	static const char others[] = { '!', 'a', 127, (char)128, (char)160, (char)255 };

	(void)state;
	for (size_t len = 0; len <= LONGEST; len++) {
		char *p = malloc(len);

		for (size_t i = 0; i < len; i++)
			p[i] = others[i % sizeof(others)];
		assert_int_equal(kmc_token_find_end(p, len), len);
		for (size_t at = 0; at < len; at++) {
			char other = p[at];

			p[at] = ends[at % sizeof(ends)];
			assert_int_equal(kmc_token_find_end(p, len), at);
			p[at] = other;
		}
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_find_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
