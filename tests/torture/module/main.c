// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * kmc_torture: the store of kmemcached, driven through its facade by threads and
 * softirqs that check all they see. Loading the module is the run: it succeeds if
 * everything was right, and the kernel's log says what was checked.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/vmalloc.h>

#include "actor.h"
#include "crew.h"
#include "growth.h"
#include "phase.h"
#include "tally.h"
#include "torture.h"

/* What the broken run does not give back. */
#define LEAK_BYTES	(24UL << 20)

/* Keys that each actor should have at least. */
#define KEYS_PER_ACTOR	16

struct torture torture = {
	.threads	= 4,
	.softirq	= true,
	.keys		= 6000,
	.sizes		= { 300, 300, 240, 100, 40, 16, 4 },
	.mix		= { 40, 20, 6, 6, 8, 8, 6, 4, 2 },
	.limit_ms	= 200,
	.flush_ms	= 2000,
	.rounds		= 200,
};

static unsigned int seconds = 10;
static unsigned int limit = 16;
static unsigned int limit_low = 8;
static unsigned int growth;

module_param_named(threads, torture.threads, uint, 0444);
MODULE_PARM_DESC(threads, "threads, at least 2, bound to the CPUs in turn");
module_param_named(softirq, torture.softirq, bool, 0444);
MODULE_PARM_DESC(softirq, "each CPU's timer softirq takes part");
module_param_named(keys, torture.keys, uint, 0444);
MODULE_PARM_DESC(keys, "number of keys");
module_param_array_named(sizes, torture.sizes, uint, NULL, 0444);
MODULE_PARM_DESC(sizes, "weights of the sizes 40 B, 100 B, 1 KiB, 4 KiB, 20 KiB, 100 KiB, 1 MiB");
module_param_array_named(mix, torture.mix, uint, NULL, 0444);
MODULE_PARM_DESC(mix, "weights of read, set, add, replace, cas, update, remove, touch, abandon");
module_param(seconds, uint, 0444);
MODULE_PARM_DESC(seconds, "how long everything at once goes on; the rest comes before");
module_param(limit, uint, 0444);
MODULE_PARM_DESC(limit, "memory limit then, MiB");
module_param(limit_low, uint, 0444);
MODULE_PARM_DESC(limit_low, "the one it is lowered to, MiB");
module_param(growth, uint, 0444);
MODULE_PARM_DESC(growth, "only measure calls, while so many items are stored and removed");
module_param_named(limit_ms, torture.limit_ms, uint, 0444);
MODULE_PARM_DESC(limit_ms, "for how long each of them stays");
module_param_named(flush_ms, torture.flush_ms, uint, 0444);
MODULE_PARM_DESC(flush_ms, "time between two flushes; every third has a delay; 0: none");
module_param_named(rounds, torture.rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "how often each race is run");
module_param_named(seed, torture.seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of what is random; 0: another one each time");
module_param_named(break, torture.broken, uint, 0444);
MODULE_PARM_DESC(break, "what is wrong on purpose: see enum torture_break");

static bool is_sane(void)
{
	if (torture.threads < 2 || torture.nr_actors > TORTURE_ACTORS_MAX)
		return false;
	if (torture.keys < (torture.nr_actors + 1) * KEYS_PER_ACTOR)
		return false;
	return limit_low && limit_low < limit && limit < 4096 && seconds && torture.rounds &&
	       torture.broken < NR_BREAKS;
}

static void free_actors(unsigned int count)
{
	while (count)
		torture_actor_uninit(&torture.actors[--count]);
	vfree(torture.actors);
}

static int create_actors(void)
{
	unsigned int i;
	int err;

	torture.actors = vzalloc(array_size(torture.nr_actors, sizeof(*torture.actors)));
	if (!torture.actors)
		return -ENOMEM;
	for (i = 0; i < torture.nr_actors; i++) {
		err = torture_actor_init(&torture.actors[i], i);
		if (err) {
			free_actors(i);
			return err;
		}
	}
	return 0;
}

/* How long a part has taken, for those who wait for it. */
static void lap(const char *part)
{
	static ktime_t last;
	ktime_t now = ktime_get();

	if (last)
		pr_notice("kmc_torture: # %s: %lld ms\n", part, ktime_ms_delta(now, last));
	last = now;
}

static int run(struct torture_tally *tally)
{
	unsigned int i;
	int err;

	lap("start");
	err = torture_phase_exact(tally);
	lap("exact");
	if (!err)
		err = torture_phase_race(tally);
	lap("race");
	if (!err)
		err = torture_phase_storm(tally, seconds);
	lap("storm");
	if (err)
		return err;
	for (i = 0; i < torture.nr_actors; i++)
		torture_tally_add(tally, &torture.actors[i].tally);
	return torture_tally_report(tally);
}

static int __init torture_init(void)
{
	struct torture_tally *tally;
	int err;

	torture.nr_actors = torture.threads + torture_crew_softirqs();
	if (!is_sane())
		return -EINVAL;
	torture.limit = (unsigned long)limit << 20;
	torture.limit_low = (unsigned long)limit_low << 20;
	if (!torture.seed)
		torture.seed = get_random_u32();
	pr_notice("kmc_torture: # seed %llu, %u threads, %u softirqs, %u keys, %u s\n",
		  torture.seed, torture.threads, torture_crew_softirqs(), torture.keys, seconds);
	if (growth)
		return torture_growth(growth);
	err = create_actors();
	if (err)
		return err;
	tally = vzalloc(sizeof(*tally));
	err = tally ? run(tally) : -ENOMEM;
	vfree(tally);
	free_actors(torture.nr_actors);
	if (torture.broken == BREAK_LEAK && !vzalloc(LEAK_BYTES))
		err = -ENOMEM;
	pr_notice("kmc_torture: # ended with %d\n", err);
	return err;
}

static void __exit torture_exit(void)
{
}

module_init(torture_init);
module_exit(torture_exit);
MODULE_DESCRIPTION("kmemcached's store under torture");
MODULE_LICENSE("Dual BSD/GPL");
