// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * All actors do anything at all, with too little room, while one thread flushes and
 * another one changes the limit.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kcsan-checks.h>
#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "kmod/cache/cache.h"

#include "actor.h"
#include "crew.h"
#include "ledger.h"
#include "phase.h"
#include "subject.h"
#include "torture.h"

/* What a softirq does in a tick: so many steps, in so much time. */
#define SOFTIRQ_STEPS	32
#define SOFTIRQ_NS	(NSEC_PER_MSEC)

/* While a flush is to come, what is complete is noted so often. */
#define SAVE_MS		50

/* How much longer than asked for it may take until enough has happened. */
#define PATIENCE	15

/* Those of the two threads that are no actors. */
static struct torture_tally flusher, limiter;

static void storm_softirq(unsigned int number)
{
	struct torture_actor *actor = &torture.actors[torture.threads + number];
	u64 end = ktime_get_ns() + SOFTIRQ_NS;
	int steps;

	for (steps = 0; steps < SOFTIRQ_STEPS && ktime_get_ns() < end; steps++)
		if (torture.broken != BREAK_IDLE)
			torture_actor_step(actor);
}

static void run_actor(struct torture_actor *actor)
{
	while (!torture_crew_must_end()) {
		if (torture.broken == BREAK_IDLE)
			schedule_timeout_idle(1);
		else
			torture_actor_step(actor);
		cond_resched();
	}
}

static bool nap(unsigned int ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(ms);

	while (!torture_crew_must_end() && time_before(jiffies, end))
		schedule_timeout_idle(1);
	return !torture_crew_must_end();
}

static void flush_now(void)
{
	torture_ledger_save();
	torture_ledger_keep();
	torture_subject_flush(0);
	torture_ledger_flushed();
	flusher.count[COUNT_FLUSHES]++;
}

/* What was complete when the clock did not stand at its time yet must go. */
static void flush_later(void)
{
	u32 when = kmc_cache_now(torture.cache) + 1;

	torture_subject_flush(when);
	for (;;) {
		torture_ledger_save();
		if (kmc_cache_now(torture.cache) >= when)
			break;
		torture_ledger_keep();
		if (!nap(SAVE_MS))
			return;
	}
	torture_ledger_flushed();
	flusher.count[COUNT_FLUSHES]++;
}

static void run_flusher(void)
{
	unsigned int round;

	for (round = 0; torture.flush_ms && nap(torture.flush_ms); round++) {
		if (round % 3 == 2)
			flush_later();
		else
			flush_now();
	}
	while (nap(1000))
		;
}

static void check_ceiling(void)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(torture.cache, &usage);
	if (!torture_check(&limiter, CHECK_CEILING, usage.mem_used <= torture.limit))
		torture_tally_explain("memory %llu, limit %lu", usage.mem_used, torture.limit);
}

static void lower_limit(void)
{
	struct kmc_cache_usage usage;
	bool kept;

	torture_subject_set_limit(torture.limit_low);
	kmc_cache_trim(torture.cache);
	kept = kmc_cache_end_trim(torture.cache);
	kmc_cache_read_usage(torture.cache, &usage);
	limiter.count[COUNT_LOWERED]++;
	if (!torture_check(&limiter, CHECK_LIMIT,
			   kept && usage.mem_used <= torture.limit_low))
		torture_tally_explain("memory %llu, limit %lu", usage.mem_used, torture.limit_low);
}

static void run_limiter(void)
{
	unsigned long end;
	bool low = false;

	do {
		low = !low;
		if (low)
			lower_limit();
		else
			torture_subject_set_limit(torture.limit);
		end = jiffies + msecs_to_jiffies(torture.limit_ms);
		while (time_before(jiffies, end) && nap(5))
			check_ceiling();
	} while (nap(1));
}

static void storm_thread(unsigned int number)
{
	if (number < torture.threads)
		run_actor(&torture.actors[number]);
	else if (number == torture.threads)
		run_flusher();
	else
		run_limiter();
}

/* All are at rest, and nobody has counted but the actors. */
static void check_stats(struct torture_tally *tally, const struct torture_tally *done)
{
	u64 total = kmc_stats_read(&torture.stats, KMC_STAT_TOTAL_ITEMS);
	u64 evictions = kmc_stats_read(&torture.stats, KMC_STAT_EVICTIONS);
	u64 unfetched = kmc_stats_read(&torture.stats, KMC_STAT_EVICTED_UNFETCHED);
	u64 stored = done->count[COUNT_STORES] + done->count[COUNT_RESIZED];

	tally->count[COUNT_EVICTIONS] += evictions;
	if (!torture_check(tally, CHECK_STATS, total == stored))
		torture_tally_explain("%llu items counted, %llu stored", total, stored);
	if (!torture_check(tally, CHECK_STATS, unfetched <= evictions && evictions <= total))
		torture_tally_explain("evicted %llu of %llu, %llu unfetched", evictions,
				      total, unfetched);
}

/* Everything is looked at once more, and removed: there must be nothing left. */
static void finish(struct torture_tally *tally)
{
	struct torture_tally done = {};
	struct kmc_cache_usage usage;
	unsigned int i;

	for (i = 0; i < torture.nr_actors; i++) {
		torture_actor_release(&torture.actors[i]);
		torture_tally_add(&done, &torture.actors[i].tally);
	}
	check_stats(tally, &done);
	torture_actor_remove_all(&torture.actors[0]);
	kmc_cache_read_usage(torture.cache, &usage);
	if (!torture_check(tally, CHECK_USAGE, !usage.items && !usage.bytes))
		torture_tally_explain("%llu items of %llu bytes are left", usage.items,
				      usage.bytes);
}

/* The actors go on: what is read may be a little old. */
static bool has_seen_enough(const struct torture_tally *before)
{
	struct torture_tally sum = *before;
	unsigned int i;

	kcsan_disable_current();
	for (i = 0; i < torture.nr_actors; i++)
		torture_tally_add(&sum, &torture.actors[i].tally);
	torture_tally_add(&sum, &flusher);
	torture_tally_add(&sum, &limiter);
	kcsan_enable_current();
	sum.count[COUNT_EVICTIONS] += kmc_stats_read(&torture.stats, KMC_STAT_EVICTIONS);
	return torture_tally_is_enough(&sum);
}

/* A slow machine gets more time, for as much must happen there. */
static void await_storm(const struct torture_tally *before, unsigned int seconds)
{
	unsigned long end = jiffies + seconds * HZ, latest = end + PATIENCE * seconds * HZ;

	while (time_before(jiffies, end) ||
	       (time_before(jiffies, latest) && !has_seen_enough(before))) {
		if (signal_pending(current))
			return;
		schedule_timeout_interruptible(HZ / 4);
	}
}

static int storm(const struct torture_tally *before, unsigned int seconds)
{
	int err;

	err = torture_crew_start_softirq(storm_softirq);
	if (err)
		return err;
	err = torture_crew_start(torture.threads + 2, storm_thread);
	if (!err) {
		await_storm(before, seconds);
		torture_crew_join();
	}
	torture_crew_stop_softirq();
	return err;
}

static int run(struct torture_tally *tally, unsigned int seconds)
{
	int err = torture_ledger_init();

	if (err)
		return err;
	err = storm(tally, seconds);
	if (!err) {
		finish(tally);
		torture_tally_add(tally, &flusher);
		torture_tally_add(tally, &limiter);
	}
	torture_ledger_uninit();
	return err ?: signal_pending(current) ? -EINTR : 0;
}

/**
 * torture_phase_storm() - everything at once
 * @tally: what was seen by others than the actors
 * @seconds: how long
 *
 * Return: 0 or a negative errno if it could not run to its end.
 */
int torture_phase_storm(struct torture_tally *tally, unsigned int seconds)
{
	int err = torture_subject_open(torture.limit);

	if (err)
		return err;
	err = run(tally, seconds);
	torture_subject_close();
	return err;
}
