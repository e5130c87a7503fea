// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "list.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "subject.h"

/* Keys that are there all the time. */
#define KEPT		30000
#define KEPT_FIRST	1000000

/* Keys that come and go meanwhile, some at each step of the walk. */
#define OTHERS		60000
#define OTHERS_FIRST	2000000
#define OTHERS_STEP	40

#define VALUE_BYTES	48

/**
 * struct listing - a walk over all items
 * @tally: the caller's
 * @scratch: room to work in
 * @version: versions made
 * @seen: keys that were shown
 * @failed: a store has failed
 * @refuses: every so many items are refused at first
 * @shown: items shown
 */
struct listing {
	struct torture_tally	*tally;
	struct torture_scratch	scratch;
	u64			version;
	unsigned long		*seen;
	bool			failed;
	unsigned int		refuses;
	unsigned long		shown;
};

static void set(struct listing *listing, u32 key)
{
	struct torture_value value = {
		.version = ++listing->version,
		.key = key,
		.flags = key,
		.len = VALUE_BYTES,
	};
	struct kmc_item *item = torture_subject_alloc(&listing->scratch, &value, GFP_KERNEL);

	if (!item || torture_subject_store(item, KMC_STORE_SET, 0))
		listing->failed = true;
}

static bool show(struct kmc_item *item, void *arg)
{
	struct listing *listing = arg;
	struct torture_value value;

	if (++listing->shown % listing->refuses == 0)
		return false;
	if (!torture_value_read(item, &value) ||
	    !torture_value_verify(&listing->scratch, listing->tally, item, value.key, &value) ||
	    value.key < KEPT_FIRST || value.key >= KEPT_FIRST + KEPT)
		return true;
	if (!torture_check(listing->tally, CHECK_LISTED,
			   !test_and_set_bit(value.key - KEPT_FIRST, listing->seen)))
		torture_tally_explain("key %u is listed twice", value.key);
	return true;
}

/* Others come in the first half, and go in the second. */
static void change(struct listing *listing, unsigned long step)
{
	unsigned long at = step * OTHERS_STEP, i;

	for (i = at; i < at + OTHERS_STEP; i++) {
		if (i < OTHERS)
			set(listing, OTHERS_FIRST + i);
		else if (i < 2 * OTHERS)
			torture_subject_remove(&listing->scratch, OTHERS_FIRST + i - OTHERS);
	}
	set(listing, KEPT_FIRST + step % KEPT);
	cond_resched();
}

static void walk(struct listing *listing, unsigned int refuses)
{
	unsigned long step = 0;
	u64 place = 0;

	listing->refuses = refuses;
	bitmap_zero(listing->seen, KEPT);
	while (!torture_subject_walk(&place, show, listing) && !signal_pending(current))
		change(listing, step++);
	if (!torture_check(listing->tally, CHECK_LISTED, bitmap_full(listing->seen, KEPT)))
		torture_tally_explain("%u of %u keys are listed",
				      bitmap_weight(listing->seen, KEPT), KEPT);
}

static void remove_all(struct listing *listing)
{
	u32 i;

	for (i = 0; i < KEPT; i++)
		torture_subject_remove(&listing->scratch, KEPT_FIRST + i);
	for (i = 0; i < OTHERS; i++)
		torture_subject_remove(&listing->scratch, OTHERS_FIRST + i);
}

/**
 * torture_list_exact() - one thread lists all items while it stores and removes others
 * @tally: what it has seen
 *
 * The store has room for them, and its items are as many afterwards as before.
 *
 * Return: 0 or -ENOMEM.
 */
int torture_list_exact(struct torture_tally *tally)
{
	struct listing *listing = kzalloc(sizeof(*listing), GFP_KERNEL);
	u32 i;

	if (!listing)
		return -ENOMEM;
	listing->tally = tally;
	listing->seen = bitmap_zalloc(KEPT, GFP_KERNEL);
	if (!listing->seen) {
		kfree(listing);
		return -ENOMEM;
	}
	for (i = 0; i < KEPT; i++)
		set(listing, KEPT_FIRST + i);
	walk(listing, UINT_MAX);
	walk(listing, 5);
	torture_check(tally, CHECK_LISTED, !listing->failed);
	remove_all(listing);
	bitmap_free(listing->seen);
	kfree(listing);
	return 0;
}
