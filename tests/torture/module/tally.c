// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "tally.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

/* How many failures are explained: the first ones say most. */
#define EXPLAINED_MAX 24

/* Names are for scripts, and lines begin with "ok" or "not ok" for them. */
static const struct {
	const char *name, *text;
} checks[NR_CHECKS] = {
	[CHECK_EXACT] = { "exact", "one thread, without eviction, sees what it must" },
	[CHECK_EXPIRY_EXACT] = { "expiry-exact", "the same with deadlines" },
	[CHECK_FLUSH_EXACT] = { "flush-exact", "the same with flushes" },
	[CHECK_FULL] = { "full", "a full cache takes all that one thread stores" },
	[CHECK_ADD_ONE] = { "add-one", "of adds at once exactly one succeeds" },
	[CHECK_REMOVE_ONE] = { "remove-one", "of removes at once exactly one succeeds" },
	[CHECK_CAS_ONE] = { "cas-one", "of stores with the same cas id exactly one succeeds" },
	[CHECK_INCREMENT] = { "increment", "no increment is lost" },
	[CHECK_KEY] = { "key", "an item has the key that was asked for" },
	[CHECK_BYTES] = { "bytes", "length and bytes are what was stored" },
	[CHECK_FLAGS] = { "flags", "flags are what was stored" },
	[CHECK_STALE] = { "stale", "nothing older than what is known to be stored is found" },
	[CHECK_FUTURE] = { "future", "nothing is found before it is stored" },
	[CHECK_OWN] = { "own", "a key's only writer finds what he stored last" },
	[CHECK_REMOVED] = { "removed", "nothing is found after a remove" },
	[CHECK_GONE] = { "gone", "what was evicted does not come back" },
	[CHECK_EXPIRED] = { "expired", "nothing is found after its deadline" },
	[CHECK_FLUSHED] = { "flushed", "nothing is found that was stored before a flush" },
	[CHECK_RESULT] = { "result", "add, replace, cas and remove say what they must" },
	[CHECK_HELD] = { "held", "bytes do not change under a reference" },
	[CHECK_LIMIT] = { "limit", "after a trim the lower limit is kept" },
	[CHECK_CEILING] = { "ceiling", "the higher limit is always kept" },
	[CHECK_USAGE] = { "usage", "items and bytes are counted right" },
	[CHECK_STATS] = { "stats", "the counters agree with what was done" },
	[CHECK_LISTED] = { "listed", "what is there all the time is listed once" },
};

/* What must have happened, and how often, for the checks to mean something. */
static const struct {
	const char *name;
	unsigned long minimum;
} counts[NR_COUNTS] = {
	[COUNT_HITS] = { "hits", 100 },
	[COUNT_MISSES] = { "misses", 100 },
	[COUNT_STORES] = { "stores", 100 },
	[COUNT_REFUSALS] = { "refusals", 10 },
	[COUNT_UPDATES] = { "updates", 10 },
	[COUNT_RESIZED] = { "resized", 10 },
	[COUNT_REMOVES] = { "removes", 10 },
	[COUNT_TOUCHES] = { "touches", 10 },
	[COUNT_ABANDONED] = { "abandoned", 10 },
	[COUNT_OUTLIVED] = { "outlived", 1 },
	[COUNT_SOFTIRQ] = { "softirq", 100 },
	[COUNT_ATOMIC] = { "atomic", 10 },
	[COUNT_NO_MEMORY] = { "no-memory", 0 },
	[COUNT_NO_MEMORY_ATOMIC] = { "no-memory-atomic", 0 },
	[COUNT_FLUSHES] = { "flushes", 1 },
	[COUNT_LOWERED] = { "lowered", 1 },
	[COUNT_EVICTIONS] = { "evictions", 100 },
	[COUNT_LARGE] = { "large", 1 },
	[COUNT_LISTED] = { "listed", 100 },
};

static atomic_t explained = ATOMIC_INIT(0);

/**
 * torture_tally_explain() - say more about a failure
 * @format: as for printk(), without a line end
 */
void torture_tally_explain(const char *format, ...)
{
	struct va_format text = { .fmt = format };
	va_list args;

	if (atomic_inc_return(&explained) > EXPLAINED_MAX)
		return;
	va_start(args, format);
	text.va = &args;
	pr_notice("kmc_torture: # %pV\n", &text);
	va_end(args);
}

/**
 * torture_tally_fail() - note a failure
 * @tally: the caller's tally
 * @check: what failed
 */
void torture_tally_fail(struct torture_tally *tally, enum torture_check check)
{
	tally->failed[check]++;
	torture_tally_explain("%s failed, in %ps", checks[check].name,
			      __builtin_return_address(0));
}

/**
 * torture_tally_add() - add up
 * @sum: result
 * @tally: what is added to it; its owner is at rest
 */
void torture_tally_add(struct torture_tally *sum, const struct torture_tally *tally)
{
	int i;

	for (i = 0; i < NR_CHECKS; i++) {
		sum->passed[i] += tally->passed[i];
		sum->failed[i] += tally->failed[i];
	}
	for (i = 0; i < NR_COUNTS; i++)
		sum->count[i] += tally->count[i];
}

/**
 * torture_tally_is_enough() - has what must happen happened often enough
 * @tally: the sum of all
 *
 * Return: whether it has.
 */
bool torture_tally_is_enough(const struct torture_tally *tally)
{
	int i;

	for (i = 0; i < NR_COUNTS; i++) {
		if (tally->count[i] < counts[i].minimum)
			return false;
	}
	return true;
}

/**
 * torture_tally_report() - write the result to the kernel's log
 * @tally: the sum of all
 *
 * A check that was never made has failed.
 *
 * Return: 0, or -EBADMSG if something failed.
 */
int torture_tally_report(const struct torture_tally *tally)
{
	int i, err = 0;

	for (i = 0; i < NR_CHECKS; i++) {
		bool ok = tally->passed[i] && !tally->failed[i];

		pr_notice("kmc_torture: %s %s: %s (%lu times, %lu failed)\n", ok ? "ok" : "not ok",
			  checks[i].name, checks[i].text, tally->passed[i], tally->failed[i]);
		if (!ok)
			err = -EBADMSG;
	}
	for (i = 0; i < NR_COUNTS; i++) {
		bool ok = tally->count[i] >= counts[i].minimum;

		pr_notice("kmc_torture: %s count-%s: %lu, at least %lu\n", ok ? "ok" : "not ok",
			  counts[i].name, tally->count[i], counts[i].minimum);
		if (!ok)
			err = -EBADMSG;
	}
	return err;
}
