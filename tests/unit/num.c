// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/num.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/num.h"

struct row {
	const char *text;
	bool ok;
	u64 value;
};

static void test_u64(void **state)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "007", true, 7 },
		{ "18446744073709551615", true, 18446744073709551615ULL },
		{ "00018446744073709551615", true, 18446744073709551615ULL },
		{ "18446744073709551616", false, 0 },
		{ "99999999999999999999", false, 0 },
		{ "184467440737095516150", false, 0 },
		{ "", false, 0 },
		{ "-1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1\t", false, 0 },
		{ "0x1", false, 0 },
		{ "1a", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		u64 value = 42;

		assert_int_equal(kmc_num_parse_u64(rows[i].text, strlen(rows[i].text), &value),
				 rows[i].ok);
		assert_true(value == (rows[i].ok ? rows[i].value : 42));
	}
}

static void test_s32(void **state)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "2147483647", true, 2147483647 },
		{ "-2147483648", true, (u64)-2147483648LL },
		{ "2147483648", false, 0 },
		{ "-2147483649", false, 0 },
		{ "18446744073709551616", false, 0 },
		{ "-", true, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ "", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s32 value = 42;

		assert_int_equal(kmc_num_parse_s32(rows[i].text, strlen(rows[i].text), &value),
				 rows[i].ok);
		assert_true(value == (rows[i].ok ? (s32)rows[i].value : 42));
	}
}

/* What strtoull(3) and memcached's checks around it make of a value. */
static void test_loose_u64(void **state)
{
	static const struct row rows[] = {
		{ "5", true, 5 },
		{ " 5", true, 5 },
		{ "\t\n\v\f\r 5", true, 5 },
		{ "5 ", true, 5 },
		{ "5 ab", true, 5 },
		{ "5\r\nx", true, 5 },
		{ "+5", true, 5 },
		{ "007", true, 7 },
		{ "-0", true, 0 },
		{ "18446744073709551615", true, 18446744073709551615ULL },
		{ "-18446744073709551615", true, 1 },
		{ "18446744073709551616", false, 0 },
		{ "-1", false, 0 },
		{ "-5 ab", false, 0 },
		{ "5ab", false, 0 },
		{ "ab", false, 0 },
		{ "+", false, 0 },
		{ "+-5", false, 0 },
		{ "+ 5", false, 0 },
		{ "   ", false, 0 },
		{ "", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		u64 value = 42;
		bool ok = kmc_num_parse_loose_u64(rows[i].text, strlen(rows[i].text), &value);

		if (ok != rows[i].ok)
			fail_msg("\"%s\"", rows[i].text);
		assert_true(value == (rows[i].ok ? rows[i].value : 42));
	}
}

/* A NUL ends a number too; what is not terminated at all does not matter. */
static void test_loose_end(void **state)
{
	u64 value;

	(void)state;
	assert_true(kmc_num_parse_loose_u64("5\0x", 3, &value));
	assert_true(value == 5);
	assert_true(kmc_num_parse_loose_u64("56", 1, &value));
	assert_true(value == 5);
}

static void test_loose_s64(void **state)
{
	static const struct row rows[] = {
		{ "-1", true, (u64)-1LL },
		{ "+1", true, 1 },
		{ "4294967296", true, 4294967296ULL },
		{ "9223372036854775807", true, 9223372036854775807ULL },
		{ "-9223372036854775808", true, 9223372036854775808ULL },
		{ "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 },
		{ "x", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s64 value = 42;

		assert_int_equal(kmc_num_parse_loose_s64(rows[i].text, strlen(rows[i].text),
							 &value), rows[i].ok);
		assert_true((u64)value == (rows[i].ok ? rows[i].value : 42));
	}
}

static void test_compose(void **state)
{
	static const struct row rows[] = {
		{ "0", true, 0 },
		{ "10", true, 10 },
		{ "18446744073709551615", true, 18446744073709551615ULL },
	};
	char buf[KMC_NUM_DIGITS_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t len = kmc_num_compose(buf, rows[i].value);

		assert_int_equal(len, strlen(rows[i].text));
		assert_memory_equal(buf, rows[i].text, len);
	}
}

static void test_decimal(void **state)
{
	static const struct {
		const char *text;
		bool ok;
		s64 value;
	} rows[] = {
		{ "0", true, 0 },
		{ "1", true, 1000000 },
		{ "0.8", true, 800000 },
		{ ".25", true, 250000 },
		{ "2.", true, 2000000 },
		{ "-1.5", true, -1500000 },
		{ "0.0000019", true, 1 },
		{ "3.000000000000000000000000000000001", true, 3000000 },
		{ "1000000000000", true, 1000000000000000000LL },
		{ "1000000000001", false, 0 },
		{ "99999999999999999999999", false, 0 },
		{ "", false, 0 },
		{ "-", false, 0 },
		{ ".", false, 0 },
		{ "-.", false, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ "1.2.3", false, 0 },
		{ "1e5", false, 0 },
		{ "0x10", false, 0 },
		{ "nan", false, 0 },
		{ "1 ", false, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s64 value = 42;

		assert_int_equal(kmc_num_parse_decimal(rows[i].text, strlen(rows[i].text), &value),
				 rows[i].ok);
		assert_true(value == (rows[i].ok ? rows[i].value : 42));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decimal),
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_s32),
		cmocka_unit_test(test_loose_u64),
		cmocka_unit_test(test_loose_end),
		cmocka_unit_test(test_loose_s64),
		cmocka_unit_test(test_compose),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("num", tests, NULL, NULL);
}
