// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * All threads do the same to the same key at the same time, and exactly one may
 * succeed; and all threads and softirqs increment the same counters. There is room
 * for everything: nothing is evicted.
 */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/sched/signal.h>
#include <linux/wait.h>

#include "kmod/cache/cache.h"

#include "actor.h"
#include "crew.h"
#include "phase.h"
#include "subject.h"
#include "torture.h"

#define RACE_LIMIT	(64UL << 20)
#define RACE_KEY	7U

/* How often each thread increments in each round. */
#define INCREMENTS	16

/* How often a softirq does in each tick. */
#define SOFTIRQ_INCREMENTS	8

#define COUNTERS	3

/**
 * struct meeting - where the threads wait until all are there
 *
 * @arrived: how many are
 * @number: how many times all were
 * @queue: who waits
 */
struct meeting {
	atomic_t		arrived;
	unsigned int		number;
	wait_queue_head_t	queue;
};

static struct meeting meeting;

/* Of this round, and how many of them have succeeded. */
static atomic_t winners;
static u64 winner;

/* Increments that are known to have succeeded. */
static atomic_long_t increments[COUNTERS];

static void meet(void)
{
	unsigned int number = READ_ONCE(meeting.number);

	if (atomic_inc_return(&meeting.arrived) == torture.threads) {
		atomic_set(&meeting.arrived, 0);
		/* what was done before is seen by all who come back from here */
		smp_store_release(&meeting.number, number + 1);
		wake_up_all(&meeting.queue);
		return;
	}
	/* see above */
	wait_event(meeting.queue, smp_load_acquire(&meeting.number) != number);
}

static struct kmc_item *make(struct torture_actor *actor, u64 version)
{
	struct torture_value value = {
		.version = version, .key = RACE_KEY, .flags = actor->id, .len = 100,
	};

	return torture_subject_alloc(&actor->scratch, &value, GFP_KERNEL);
}

static void note_winner(u64 version)
{
	atomic_inc(&winners);
	WRITE_ONCE(winner, version);
}

static void try_store(struct torture_actor *actor, u64 version, enum kmc_store_mode mode, u64 cas)
{
	struct kmc_item *item = make(actor, version);
	int err;

	/* all are ready */
	meet();
	if (!torture_check(&actor->tally, CHECK_RESULT, item))
		return;
	err = torture_subject_store(item, mode, cas);
	if (!err)
		note_winner(version);
	else
		torture_check(&actor->tally, CHECK_RESULT, err == -EEXIST);
}

/* When all have tried: exactly one has succeeded, and his is what is stored. */
static void judge(struct torture_actor *actor, enum torture_check check)
{
	struct torture_value value = {};
	struct kmc_item *item;
	bool ok;

	meet();
	if (actor->id == 0) {
		item = torture_subject_lookup(&actor->scratch, RACE_KEY);
		ok = item && torture_value_verify(&actor->scratch, &actor->tally, item, RACE_KEY,
						  &value);
		if (!torture_check(&actor->tally, check, ok && atomic_read(&winners) == 1 &&
				   value.version == READ_ONCE(winner)))
			torture_tally_explain("%d succeeded; stored is version %llx, winner %llx",
					      atomic_read(&winners), value.version,
					      READ_ONCE(winner));
		if (item)
			torture_subject_put(item);
		atomic_set(&winners, 0);
	}
	meet();
}

static void race_add(struct torture_actor *actor, u64 version)
{
	try_store(actor, version, KMC_STORE_ADD, 0);
	judge(actor, CHECK_ADD_ONE);
}

static void race_cas(struct torture_actor *actor, u64 version)
{
	struct kmc_item *item = torture_subject_lookup(&actor->scratch, RACE_KEY);
	u64 cas = 0;

	if (torture_check(&actor->tally, CHECK_RESULT, item)) {
		cas = kmc_item_cas(item);
		torture_subject_put(item);
	}
	try_store(actor, version, KMC_STORE_CAS, cas);
	judge(actor, CHECK_CAS_ONE);
}

static void race_remove(struct torture_actor *actor)
{
	meet();
	if (!torture_subject_remove(&actor->scratch, RACE_KEY))
		atomic_inc(&winners);
	meet();
	if (actor->id == 0) {
		struct kmc_item *item = torture_subject_lookup(&actor->scratch, RACE_KEY);

		if (!torture_check(&actor->tally, CHECK_REMOVE_ONE,
				   atomic_read(&winners) == 1 && !item))
			torture_tally_explain("%d succeeded", atomic_read(&winners));
		if (item)
			torture_subject_put(item);
		atomic_set(&winners, 0);
	}
	meet();
}

static u64 read_counter(const struct kmc_item *item)
{
	struct kvec vec[8];
	u64 counter = 0;
	u32 covered, at = 0;
	size_t count, i;

	count = kmc_item_segments(item, 0, sizeof(counter), vec, 8, &covered);
	for (i = 0; i < count; i++) {
		memcpy((char *)&counter + at, vec[i].iov_base, vec[i].iov_len);
		at += vec[i].iov_len;
	}
	return counter;
}

/* Each increment changes the length, too. */
static int plan_increment(const struct kmc_item *old, void *arg, u32 *value_len)
{
	*value_len = sizeof(u64) + read_counter(old) % 200;
	return 0;
}

static void fill_increment(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	u64 counter = read_counter(old) + 1;

	kmc_item_write(new, 0, &counter, sizeof(counter));
}

static void name_counter(struct torture_scratch *scratch, unsigned int which)
{
	torture_value_name(scratch, 1000 + which);
}

static void increment(struct torture_actor *actor, unsigned int which)
{
	static const struct kmc_update_ops ops = {
		.plan = plan_increment, .fill = fill_increment,
	};
	struct torture_scratch *scratch = &actor->scratch;
	int err;

	name_counter(scratch, which);
	if (torture_subject_errs(BREAK_INCREMENT))
		err = 0;
	else
		err = kmc_cache_update(torture.cache, scratch->key, scratch->key_len, &ops, NULL,
				       actor->gfp);
	torture_check(&actor->tally, CHECK_RESULT, !err || err == -EAGAIN ||
		      (err == -ENOMEM && actor->softirq));
	if (!err)
		atomic_long_inc(&increments[which]);
}

static bool create_counters(struct torture_scratch *scratch)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++) {
		struct kmc_item_desc desc = { .key = scratch->key, .value_len = sizeof(u64) };
		struct kmc_item *item;
		u64 zero = 0;

		name_counter(scratch, i);
		desc.key_len = scratch->key_len;
		item = kmc_cache_alloc_item(torture.cache, &desc, GFP_KERNEL);
		if (!item)
			return false;
		kmc_item_write(item, 0, &zero, sizeof(zero));
		kmc_cache_store(torture.cache, item, KMC_STORE_SET, 0, GFP_ATOMIC);
		atomic_long_set(&increments[i], 0);
	}
	return true;
}

static void judge_counters(struct torture_tally *tally, struct torture_scratch *scratch)
{
	unsigned int i;

	for (i = 0; i < COUNTERS; i++) {
		struct kmc_item *item;
		u64 counter = 0, known = atomic_long_read(&increments[i]);

		name_counter(scratch, i);
		item = kmc_cache_lookup(torture.cache, scratch->key, scratch->key_len,
					GFP_ATOMIC);
		if (item) {
			counter = read_counter(item);
			kmc_cache_put_item(torture.cache, item);
		}
		if (!torture_check(tally, CHECK_INCREMENT, item && known && counter == known))
			torture_tally_explain("a counter is %llu after %llu increments", counter,
					      known);
	}
}

static void race_thread(unsigned int number)
{
	struct torture_actor *actor = &torture.actors[number];
	unsigned int round, i;

	for (round = 0; round < torture.rounds; round++) {
		race_add(actor, torture_ledger_version(round * 2, number));
		race_cas(actor, torture_ledger_version(round * 2 + 1, number));
		race_remove(actor);
		for (i = 0; i < INCREMENTS; i++)
			increment(actor, i % COUNTERS);
	}
}

static void race_softirq(unsigned int number)
{
	struct torture_actor *actor = &torture.actors[torture.threads + number];
	unsigned int i;

	for (i = 0; i < SOFTIRQ_INCREMENTS; i++)
		increment(actor, i % COUNTERS);
}

static int run(struct torture_tally *tally)
{
	int err;

	atomic_set(&meeting.arrived, 0);
	atomic_set(&winners, 0);
	meeting.number = 0;
	init_waitqueue_head(&meeting.queue);
	if (!create_counters(&torture.actors[0].scratch))
		return -ENOMEM;
	err = torture_crew_start_softirq(race_softirq);
	if (err)
		return err;
	err = torture_crew_start(torture.threads, race_thread);
	if (!err) {
		torture_crew_wait();
		torture_crew_join();
	}
	torture_crew_stop_softirq();
	if (err)
		return err;
	judge_counters(tally, &torture.actors[0].scratch);
	/* or all of that would mean nothing */
	torture_check(tally, CHECK_STATS, !kmc_stats_read(&torture.stats, KMC_STAT_EVICTIONS));
	return 0;
}

/**
 * torture_phase_race() - who does the same as others at the same time
 * @tally: what was seen when all had ended; the rest is in the actors'
 *
 * Return: 0 or a negative errno if it could not run.
 */
int torture_phase_race(struct torture_tally *tally)
{
	int err = torture_subject_open(RACE_LIMIT);

	if (err)
		return err;
	err = run(tally);
	torture_subject_close();
	return err;
}
