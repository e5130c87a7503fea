// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* When slabs are worth looking at, because enough of their items have expired. */
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/sched.h>

#include "slab.h"

static void set_scan(struct kmc_pool *pool, struct kmc_slab *slab, u32 scan_at)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	list_del_init(&slab->due);
	slab->early = 0;
	slab->early_max = 0;
	slab->scan_at = scan_at;
	if (!scan_at)
		return;
	/* what is past already is due at the next second */
	list_add_tail(&slab->due, &pool->wheel[max(scan_at, pool->wheel_at + 1) % KMC_WHEEL]);
}

/**
 * kmc_slab_note_deadline() - an item will expire
 * @pool: the pool
 * @item: the item, allocated
 * @deadline: when, on the cache's clock; or 0
 *
 * Context: any but hard interrupts.
 */
void kmc_slab_note_deadline(struct kmc_pool *pool, struct kmc_item *item, u32 deadline)
{
	struct kmc_slab *slab = kmc_slab_of(pool, item);

	if (!deadline)
		return;
	spin_lock_bh(&pool->lock);
	if (!slab->scan_at || deadline < slab->scan_at) {
		slab->early++;
		slab->early_max = max(slab->early_max, deadline);
		if (!slab->scan_at || slab->early >= max(1, slab->nr / 16))
			set_scan(pool, slab, slab->early_max);
	}
	spin_unlock_bh(&pool->lock);
}

/* Slabs of a second that has come, one lap of the wheel too early, that are passed over at once. */
#define LAPS_MAX 64

static struct kmc_slab *find_due(struct kmc_pool *pool, u32 now)
	__must_hold(&pool->lock)
{
	struct kmc_slab *slab;
	int passed;

	lockdep_assert_held(&pool->lock);
	for (passed = 0; passed < LAPS_MAX; passed++) {
		slab = list_first_entry_or_null(&pool->turn, struct kmc_slab, due);
		if (!slab)
			return NULL;
		if (slab->scan_at <= now)
			return slab;
		list_move_tail(&slab->due, &pool->wheel[slab->scan_at % KMC_WHEEL]);
	}
	return NULL;
}

/* A slab that is due; NULL: none so far, and *@more says whether to ask again. */
static struct kmc_slab *begin_scan(struct kmc_pool *pool, u32 now, bool *more)
	__must_hold(&pool->lock)
{
	struct kmc_slab *slab;

	lockdep_assert_held(&pool->lock);
	*more = true;
	if (now - pool->wheel_at > KMC_WHEEL)
		pool->wheel_at = now - KMC_WHEEL;
	if (list_empty(&pool->turn)) {
		*more = pool->wheel_at != now;
		if (*more)
			list_splice_tail_init(&pool->wheel[++pool->wheel_at % KMC_WHEEL],
					      &pool->turn);
	}
	slab = find_due(pool, now);
	if (!slab)
		return NULL;
	list_del_init(&slab->due);
	/* what is stored during the scan is noted as if there was nothing else */
	slab->scan_at = 0;
	slab->early = 0;
	slab->early_max = 0;
	slab->walkers++;
	return slab;
}

/**
 * kmc_slab_begin_scan() - find a slab some of whose items have expired
 * @pool: the pool
 * @now: the cache's clock
 *
 * Context: process; by one at a time.
 *
 * Return: a slab, for kmc_slab_end_scan(); or NULL if there is none until @now.
 */
struct kmc_slab *kmc_slab_begin_scan(struct kmc_pool *pool, u32 now)
{
	struct kmc_slab *slab;
	bool more;

	do {
		spin_lock_bh(&pool->lock);
		slab = begin_scan(pool, now, &more);
		spin_unlock_bh(&pool->lock);
		cond_resched();
	} while (!slab && more);
	return slab;
}

/* The earlier of two times, of which 0 is never. */
static u32 earlier(u32 a, u32 b)
{
	if (!a || !b)
		return a ?: b;
	return min(a, b);
}

/**
 * kmc_slab_end_scan() - a slab was looked at
 * @pool: the pool
 * @slab: the slab
 * @scan_at: when it is to be looked at again, on the cache's clock; or 0
 */
void kmc_slab_end_scan(struct kmc_pool *pool, struct kmc_slab *slab, u32 scan_at)
{
	spin_lock_bh(&pool->lock);
	slab->walkers--;
	if (slab->state != KMC_SLAB_RETIRED)
		set_scan(pool, slab, earlier(slab->scan_at, scan_at));
	__kmc_slab_retire_if_unused(pool, slab);
	spin_unlock_bh(&pool->lock);
}
