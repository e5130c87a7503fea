// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmcctl/histogram.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kmcctl/histogram.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define SIZE		6

static void totals(void **state)
{
	const uint64_t none[SIZE] = { 0 }, some[SIZE] = { 1, 0, 2, 0, 0, 4 };

	(void)state;
	assert_int_equal(kmc_histogram_total(none, SIZE), 0);
	assert_int_equal(kmc_histogram_total(some, SIZE), 7);
}

static void percentiles(void **state)
{
	static const struct {
		uint64_t counts[SIZE];
		unsigned int per_mille;
		size_t bucket;
	} rows[] = {
		/* nothing */
		{ { 0 }, 0, SIZE },
		{ { 0 }, 500, SIZE },
		{ { 0 }, 1000, SIZE },
		/* one: it is all of them */
		{ { 0, 0, 1 }, 0, 2 },
		{ { 0, 0, 1 }, 1, 2 },
		{ { 0, 0, 1 }, 1000, 2 },
		/* of two, the first is half of them */
		{ { 1, 1 }, 500, 0 },
		{ { 1, 1 }, 501, 1 },
		/* of three, it is not */
		{ { 1, 1, 1 }, 333, 0 },
		{ { 1, 1, 1 }, 334, 1 },
		{ { 1, 1, 1 }, 500, 1 },
		{ { 1, 1, 1 }, 667, 2 },
		/* a thousand */
		{ { 989, 1, 9, 1 }, 989, 0 },
		{ { 989, 1, 9, 1 }, 990, 1 },
		{ { 989, 1, 9, 1 }, 991, 2 },
		{ { 989, 1, 9, 1 }, 999, 2 },
		{ { 989, 1, 9, 1 }, 1000, 3 },
		{ { 989, 0, 0, 0, 0, 11 }, 990, 5 },
		/* only the last one */
		{ { 0, 0, 0, 0, 0, 9 }, 500, 5 },
		/* so many that their product with a thousand does not fit */
		{ { UINT64_MAX / 2, UINT64_MAX / 2 }, 499, 0 },
		{ { UINT64_MAX / 2, UINT64_MAX / 2 }, 501, 1 },
		{ { UINT64_MAX - 1, 1 }, 1000, 1 },
	};
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		if (kmc_histogram_find(rows[row].counts, SIZE, rows[row].per_mille) !=
		    rows[row].bucket)
			fail_msg("row %zu", row);
	}
}

/* Whatever was counted: a larger share is not in a lower bucket. */
static void percentiles_are_in_order(void **state)
{
	uint64_t counts[SIZE], seed = 1;
	unsigned int round, per_mille;
	size_t at, last;

	(void)state;
	for (round = 0; round < 100; round++) {
		for (at = 0; at < SIZE; at++) {
			seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
			counts[at] = seed >> 33 & 1 ? seed >> (34 + round % 30) : 0;
		}
		for (last = 0, per_mille = 0; per_mille <= 1000; per_mille++) {
			at = kmc_histogram_find(counts, SIZE, per_mille);
			assert_true(at >= last);
			assert_true(at == SIZE || counts[at]);
			last = at;
		}
	}
}

static void bounds(void **state)
{
	static const struct {
		size_t bucket, size;
		uint64_t bound;
		const char *text;
	} rows[] = {
		{ 0, 36, 2, "0.002" },
		{ 1, 36, 4, "0.004" },
		{ 8, 36, 512, "0.512" },
		{ 9, 36, 1024, "1.024" },
		{ 19, 36, 1 << 20, "1048.576" },
		{ 34, 36, 34359738368, "34359738.368" },
		{ 35, 36, 68719476736, ">34359738.368" },
		{ 36, 36, 0, "-" },
		{ 62, 63, UINT64_C(1) << 63, ">4611686018427387.904" },
	};
	char text[KMC_HISTOGRAM_TEXT_SIZE];
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		assert_true(kmc_histogram_bound(rows[row].bucket, rows[row].size) ==
			    rows[row].bound);
		kmc_histogram_compose(rows[row].bucket, rows[row].size, text);
		assert_string_equal(text, rows[row].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(totals),
		cmocka_unit_test(percentiles),
		cmocka_unit_test(percentiles_are_in_order),
		cmocka_unit_test(bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
