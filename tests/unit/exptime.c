// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/exptime.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/exptime.h"

#define NOW		1000U
#define UNIX_NOW	1800000000LL
#define MONTH		2592000

static void test_deadline(void **state)
{
	static const struct {
		s64 exptime;
		u32 deadline;
	} rows[] = {
		{ 0, KMC_DEADLINE_NEVER },
		{ -1, KMC_DEADLINE_PAST },
		{ INT32_MIN, KMC_DEADLINE_PAST },
		{ 1, NOW + 1 },
		{ MONTH, NOW + MONTH },
		/* one more is a date in 1970 */
		{ MONTH + 1, KMC_DEADLINE_PAST },
		{ UNIX_NOW - 1, KMC_DEADLINE_PAST },
		{ UNIX_NOW, KMC_DEADLINE_PAST },
		{ UNIX_NOW + 1, NOW + 1 },
		{ INT32_MAX, NOW + (INT32_MAX - UNIX_NOW) },
		/* the binary protocol's have no sign */
		{ UINT32_MAX, NOW + (UINT32_MAX - UNIX_NOW) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(kmc_exptime_deadline(rows[i].exptime, NOW, UNIX_NOW),
				 rows[i].deadline);
}

static void test_flush(void **state)
{
	static const struct {
		s64 delay;
		u32 when;
	} rows[] = {
		{ 0, KMC_DEADLINE_PAST },
		{ -1, KMC_DEADLINE_PAST },
		{ INT32_MIN, KMC_DEADLINE_PAST },
		{ 1, NOW + 1 },
		{ MONTH, NOW + MONTH },
		{ UNIX_NOW + 1, NOW + 1 },
		{ UNIX_NOW, KMC_DEADLINE_PAST },
		{ UNIX_NOW - NOW + 1, KMC_DEADLINE_PAST },
		/* the server was not there yet */
		{ UNIX_NOW - NOW, UINT32_MAX },
		{ MONTH + 1, UINT32_MAX },
		{ UINT32_MAX, NOW + (UINT32_MAX - UNIX_NOW) },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(kmc_exptime_flush(rows[i].delay, NOW, UNIX_NOW), rows[i].when);
}

/* A clock that has run for 136 years: the deadline must not wrap to the past. */
static void test_clock_end(void **state)
{
	(void)state;
	assert_int_equal(kmc_exptime_deadline(10, UINT32_MAX - 5, UNIX_NOW), UINT32_MAX);
	assert_int_equal(kmc_exptime_deadline(5, UINT32_MAX - 5, UNIX_NOW), UINT32_MAX);
	assert_int_equal(kmc_exptime_deadline(4, UINT32_MAX - 5, UNIX_NOW), UINT32_MAX - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_flush),
		cmocka_unit_test(test_clock_end),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("exptime", tests, NULL, NULL);
}
