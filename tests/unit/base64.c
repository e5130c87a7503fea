// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/base64.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/base64.h"

struct row {
	const char *bytes;
	const char *text;
};

static const struct row rows[] = {
	{ "f", "Zg==" },
	{ "fo", "Zm8=" },
	{ "foo", "Zm9v" },
	{ "foob", "Zm9vYg==" },
	{ "fooba", "Zm9vYmE=" },
	{ "foobar", "Zm9vYmFy" },
	{ "\xfb\xff\xbe", "+/++" },
	{ "\xff\xff\xff", "////" },
	{ " \r\n", "IA0K" },
};

/* What memcached reads although nobody would write it. */
static const struct row odd_rows[] = {
	{ "foo", "Z-m9_v" },
	{ "foo", "\tZm9v\x80" },
	{ "f", "Zg==Zm9v" },
	{ "f", "Zh==" },
};

static const char * const bad[] = {
	"", "Z", "Zm", "Zm9", "Zm9vZ", "Z===", "====", "!!!!", "Zg=", "Zg===",
};

/* Texts are in memory of their exact length, so that a read beyond it is seen. */
static size_t decode(char *buf, const char *text)
{
	size_t len = strlen(text), result;
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	result = kmc_base64_decode(buf, copy, len);
	free(copy);
	return result;
}

static void test_rows(void **state)
{
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = strlen(rows[i].bytes);

		assert_int_equal(kmc_base64_encode(buf, rows[i].bytes, len), strlen(rows[i].text));
		assert_memory_equal(buf, rows[i].text, strlen(rows[i].text));
		assert_int_equal(KMC_BASE64_LEN(len), strlen(rows[i].text));
		assert_int_equal(decode(buf, rows[i].text), len);
		assert_memory_equal(buf, rows[i].bytes, len);
	}
}

static void test_odd(void **state)
{
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd_rows) / sizeof(odd_rows[0]); i++) {
		assert_int_equal(decode(buf, odd_rows[i].text), strlen(odd_rows[i].bytes));
		assert_memory_equal(buf, odd_rows[i].bytes, strlen(odd_rows[i].bytes));
	}
}

static void test_bad(void **state)
{
	char buf[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(decode(buf, bad[i]), 0);
}

/* All lengths, into memory of the exact length that is promised. */
static void test_lengths(void **state)
{
	char bytes[250];
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(bytes); len++)
		bytes[len] = len * 7;
	for (len = 1; len <= sizeof(bytes); len++) {
		char *text = malloc(KMC_BASE64_LEN(len));
		char *back = malloc(KMC_BASE64_LEN(len) / 4 * 3);

		assert_int_equal(kmc_base64_encode(text, bytes, len), KMC_BASE64_LEN(len));
		assert_int_equal(kmc_base64_decode(back, text, KMC_BASE64_LEN(len)), len);
		assert_memory_equal(back, bytes, len);
		free(text);
		free(back);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_lengths),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
