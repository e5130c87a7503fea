// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* When the index changes its size, and who waits for that. */
#include <linux/jiffies.h>

#include "store.h"

/* How often a set waits for the index to grow. */
#define PLACE_TRIES 8

/* How long to leave the index as it is when there is no memory for another table. */
#define RESIZE_RETRY (10 * HZ)

/**
 * kmc_store_resize() - have the index grow or shrink, if it should
 * @cache: the cache
 *
 * Context: any.
 */
void kmc_store_resize(struct kmc_cache *cache)
{
	u32 lines = kmc_index_wanted(&cache->index, atomic_long_read(&cache->items));

	if (likely(!lines) || time_before(jiffies, READ_ONCE(cache->resize_retry)))
		return;
	queue_work(system_unbound_wq, &cache->resize_work);
}

/* On the way to a lower limit, what is to shrink gets its memory in any case. */
static bool charge_table(struct kmc_cache *cache, u32 lines)
{
	if (!kmc_index_would_shrink(&cache->index, lines) || !READ_ONCE(cache->lowering))
		return kmc_room_charge(cache, kmc_index_bytes(lines), true);
	atomic_long_add(kmc_index_bytes(lines), &cache->budget.used);
	return true;
}

static void resize_work(struct work_struct *work)
{
	struct kmc_cache *cache = container_of(work, struct kmc_cache, resize_work);
	unsigned long items = atomic_long_read(&cache->items);
	u32 lines = kmc_index_wanted(&cache->index, items);

	if (lines)
		lines = kmc_index_fit(&cache->index, lines);
	if (!lines)
		return;
	if (!charge_table(cache, lines) || kmc_index_resize(&cache->index, lines, items))
		WRITE_ONCE(cache->resize_retry, jiffies + RESIZE_RETRY);
	else
		kmc_store_resize(cache);
}

/**
 * kmc_resize_is_behind() - does the index take what a lower limit does not allow any more?
 * @cache: the cache
 *
 * While items make way for that limit: what the index gives back, with the table that
 * it may be leaving, need not be taken from more of them.
 *
 * Context: any.
 *
 * Return: true if it is time for kmc_resize_catch_up().
 */
bool kmc_resize_is_behind(struct kmc_cache *cache)
{
	return READ_ONCE(cache->lowering) &&
	       (work_busy(&cache->resize_work) ||
		kmc_index_wanted(&cache->index, atomic_long_read(&cache->items)));
}

/**
 * kmc_resize_catch_up() - wait until the index does not take what a lower limit needs
 * @cache: the cache
 *
 * Context: process, without evict_mutex.
 */
void kmc_resize_catch_up(struct kmc_cache *cache)
{
	/* the resize may be who makes room, for its table */
	if (!kmc_resize_is_behind(cache) || current_work() == &cache->resize_work)
		return;
	kmc_store_resize(cache);
	flush_work(&cache->resize_work);
}

/**
 * kmc_resize_make_place() - see that the index has a place for a key
 * @cache: the cache
 * @hash: hash of the key
 * @gfp: whether the call may wait
 *
 * A rush must not be quicker than the index grows.
 *
 * Return: false if there is none, and nothing may be pushed out for it, or the call
 * would have to wait.
 */
bool kmc_resize_make_place(struct kmc_cache *cache, u32 hash, gfp_t gfp)
{
	int try;

	kmc_index_help(&cache->index, atomic_long_read(&cache->items));
	for (try = 0; kmc_index_is_full(&cache->index, hash); try++) {
		/* without memory to grow, an item is pushed out, if one may be */
		if (try == PLACE_TRIES || time_before(jiffies, READ_ONCE(cache->resize_retry)))
			return READ_ONCE(cache->may_evict);
		if (!gfpflags_allow_blocking(gfp))
			return false;
		/* also if it has not been noticed, or is forgotten */
		WRITE_ONCE(cache->index.crowded, true);
		queue_work(system_unbound_wq, &cache->resize_work);
		flush_work(&cache->resize_work);
	}
	return true;
}

/**
 * kmc_resize_init() - begin to resize the index when it should be
 * @cache: the cache
 */
void kmc_resize_init(struct kmc_cache *cache)
{
	cache->resize_retry = jiffies;
	INIT_WORK(&cache->resize_work, resize_work);
}

/**
 * kmc_resize_uninit() - resize no more
 * @cache: the cache
 */
void kmc_resize_uninit(struct kmc_cache *cache)
{
	cancel_work_sync(&cache->resize_work);
}
