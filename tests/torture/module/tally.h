/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What was checked, what failed, and what has happened at all. */
#ifndef KMC_TORTURE_TALLY_H
#define KMC_TORTURE_TALLY_H

#include <linux/compiler.h>
#include <linux/types.h>

/* tally.c says in words what each means. */
enum torture_check {
	CHECK_EXACT,
	CHECK_EXPIRY_EXACT,
	CHECK_FLUSH_EXACT,
	CHECK_FULL,
	CHECK_ADD_ONE,
	CHECK_REMOVE_ONE,
	CHECK_CAS_ONE,
	CHECK_INCREMENT,
	CHECK_KEY,
	CHECK_BYTES,
	CHECK_FLAGS,
	CHECK_STALE,
	CHECK_FUTURE,
	CHECK_OWN,
	CHECK_REMOVED,
	CHECK_GONE,
	CHECK_EXPIRED,
	CHECK_FLUSHED,
	CHECK_RESULT,
	CHECK_HELD,
	CHECK_LIMIT,
	CHECK_CEILING,
	CHECK_USAGE,
	CHECK_STATS,
	CHECK_LISTED,
	NR_CHECKS,
};

enum torture_count {
	COUNT_HITS,
	COUNT_MISSES,
	COUNT_STORES,
	COUNT_REFUSALS,
	COUNT_UPDATES,
	COUNT_RESIZED,
	COUNT_REMOVES,
	COUNT_TOUCHES,
	COUNT_ABANDONED,
	COUNT_OUTLIVED,
	COUNT_SOFTIRQ,
	COUNT_ATOMIC,
	COUNT_NO_MEMORY,
	COUNT_NO_MEMORY_ATOMIC,
	COUNT_FLUSHES,
	COUNT_LOWERED,
	COUNT_EVICTIONS,
	COUNT_LARGE,
	COUNT_LISTED,
	NR_COUNTS,
};

/**
 * struct torture_tally - what one thread or softirq has seen
 *
 * Not shared, so that counting does not order what is to be tried unordered.
 *
 * @passed: checks that passed
 * @failed: checks that did not
 * @count: what has happened
 */
struct torture_tally {
	unsigned long passed[NR_CHECKS];
	unsigned long failed[NR_CHECKS];
	unsigned long count[NR_COUNTS];
};

void torture_tally_fail(struct torture_tally *tally, enum torture_check check);
bool torture_tally_is_enough(const struct torture_tally *tally);
void torture_tally_add(struct torture_tally *sum, const struct torture_tally *tally);
int torture_tally_report(const struct torture_tally *tally);
__printf(1, 2) void torture_tally_explain(const char *format, ...);

/**
 * torture_check() - note the outcome of a check
 * @tally: the caller's tally
 * @check: which check
 * @passed: whether it passed
 *
 * Return: @passed.
 */
static inline bool torture_check(struct torture_tally *tally, enum torture_check check,
				 bool passed)
{
	if (likely(passed))
		tally->passed[check]++;
	else
		torture_tally_fail(tally, check);
	return passed;
}

#endif
