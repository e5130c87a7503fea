// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Memory within the limit. Slabs are emptied ahead of the need, so that their
 * grace period is over by the time somebody needs them; who needs memory now and
 * finds none has to evict and wait himself.
 */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "../stats.h"
#include "store.h"

/* What is kept ready for new items: this share of the limit, and so many slabs. */
#define RESERVE_SHARE	256
#define RESERVE_SLABS	4

/* Places for what moves, in slabs. */
#define MOVE_SLABS	2

/* How many grace periods a set may wait while others take what was freed for it. */
#define ROUNDS_MAX	128

/* Slabs emptied in a row without gain, before nothing is spared, and before it is given up. */
#define GENTLE_MAX	16
#define VAIN_MAX	1024

/* After so many it is no use to look at the account: somebody is always quicker. */
#define ROUNDS_EASY	16

/* Grace periods to wait for a chunk that was freed: behind one that waits already, it is two. */
#define GRACE_ROUNDS	2

/* Slabs emptied before others may. */
#define BATCH		64

/* How soon what was freed is looked at again. */
#define REAP_DELAY	(HZ / 50 ?: 1)

/* What is left to what moves while slabs are emptied: the largest needs a place, too. */
static unsigned long spared(const struct kmc_cache *cache)
{
	return max_t(unsigned long, MOVE_SLABS * kmc_pool_slab_bytes(&cache->pool),
		     KMC_SLAB_BYTES_MAX);
}

/* What is kept ready: at least the largest slab, besides what is spared. */
static unsigned long reserve(const struct kmc_cache *cache)
{
	return max3(READ_ONCE(cache->budget.limit) / RESERVE_SHARE,
		    RESERVE_SLABS * kmc_pool_slab_bytes(&cache->pool),
		    spared(cache) + KMC_SLAB_BYTES_MAX);
}

/* Empty slabs that are not given back to the system. */
static unsigned int keep(const struct kmc_cache *cache)
{
	return reserve(cache) / kmc_pool_slab_bytes(&cache->pool);
}

/* What is there for new items, or soon will be. May be less than nothing. */
static long room(const struct kmc_cache *cache)
{
	const struct kmc_pool *pool = &cache->pool;
	long spare = READ_ONCE(cache->budget.limit) - kmc_budget_used(&cache->budget);

	return spare + READ_ONCE(pool->nr_empty) * kmc_pool_slab_bytes(pool) +
	       READ_ONCE(pool->retired_bytes);
}

/* Evict until there is room for @bytes. False if it cannot be made. */
static bool evict_until(struct kmc_cache *cache, long bytes)
{
	int slabs, vain = 0;
	long gone;

	lockdep_assert_held(&cache->evict_mutex);
	for (slabs = 1; room(cache) < bytes; slabs++) {
		if (vain > VAIN_MAX || !READ_ONCE(cache->may_evict))
			return false;
		gone = kmc_evict_slab(cache, vain > GENTLE_MAX, true);
		if (gone < 0)
			return false;
		vain = gone ? 0 : vain + 1;
		if (slabs % BATCH == 0 || kmc_resize_is_behind(cache)) {
			mutex_unlock(&cache->evict_mutex);
			kmc_resize_catch_up(cache);
			cond_resched();
			mutex_lock(&cache->evict_mutex);
		}
	}
	return true;
}

static bool evict_one(struct kmc_cache *cache)
{
	lockdep_assert_held(&cache->evict_mutex);
	return READ_ONCE(cache->may_evict) && kmc_evict_slab(cache, true, true) >= 0;
}

static void room_work(struct work_struct *work)
{
	struct kmc_cache *cache = container_of(to_delayed_work(work), struct kmc_cache, room_work);

	mutex_lock(&cache->evict_mutex);
	kmc_pool_reap(&cache->pool, keep(cache));
	evict_until(cache, max(reserve(cache), xchg(&cache->wanted, 0)));
	mutex_unlock(&cache->evict_mutex);
	if (READ_ONCE(cache->pool.retired_bytes))
		queue_delayed_work(system_unbound_wq, &cache->room_work, REAP_DELAY);
}

/**
 * kmc_room_reap_soon() - something was freed
 * @cache: the cache
 *
 * Context: any.
 */
void kmc_room_reap_soon(struct kmc_cache *cache)
{
	if (READ_ONCE(cache->pool.retired_bytes) && !delayed_work_pending(&cache->room_work))
		queue_delayed_work(system_unbound_wq, &cache->room_work, REAP_DELAY);
}

/* For who cannot wait: room for this much, by the next time he asks. */
static void evict_later(struct kmc_cache *cache, unsigned long bytes)
{
	if (bytes > READ_ONCE(cache->wanted))
		WRITE_ONCE(cache->wanted, bytes);
	mod_delayed_work(system_unbound_wq, &cache->room_work, 0);
}

static void evict_ahead(struct kmc_cache *cache)
{
	if (READ_ONCE(cache->may_evict) && room(cache) < (long)reserve(cache))
		mod_delayed_work(system_unbound_wq, &cache->room_work, 0);
}

/*
 * Evict, and wait for it. False if that does not help. When it is the system that has no
 * memory (@starved), room within the limit is no use: then a slab has to go in any case.
 */
static bool make_room(struct kmc_cache *cache, unsigned long bytes, unsigned int keep,
		      bool starved)
{
	bool done;

	mutex_lock(&cache->evict_mutex);
	kmc_pool_reap(&cache->pool, keep);
	done = starved ? READ_ONCE(cache->pool.retired_bytes) || evict_one(cache) :
			 evict_until(cache, bytes);
	mutex_unlock(&cache->evict_mutex);
	if (!done)
		return false;
	if (kmc_pool_wait(&cache->pool))
		kmc_pool_reap(&cache->pool, keep);
	return true;
}

/**
 * kmc_room_charge() - account for memory that is no slab, evicting what it takes
 * @cache: the cache
 * @bytes: how much
 * @may_sleep: for a grace period, or several
 *
 * Return: false, with nothing charged, if there is no room.
 */
bool kmc_room_charge(struct kmc_cache *cache, unsigned long bytes, bool may_sleep)
{
	int round;

	for (round = 0; round < ROUNDS_MAX; round++) {
		unsigned long limit = READ_ONCE(cache->budget.limit);

		if (kmc_budget_try_charge(&cache->budget, bytes, limit - spared(cache))) {
			evict_ahead(cache);
			return true;
		}
		if (!may_sleep) {
			evict_later(cache, bytes + spared(cache));
			return false;
		}
		if (!make_room(cache, bytes + spared(cache), 0, false))
			return false;
	}
	return false;
}

/**
 * kmc_room_starved() - the system has no memory: give it some that it may give to us
 * @cache: the cache
 *
 * Context: process, sleeps for a grace period.
 *
 * Return: false if there is nothing to give.
 */
bool kmc_room_starved(struct kmc_cache *cache)
{
	return make_room(cache, 0, 0, true);
}

/* What is in the wrong part pushes out what is worth more: so this is the last resort. */
static struct kmc_item *alloc_anywhere(struct kmc_pool *pool, unsigned int class,
				       enum kmc_part part)
{
	struct kmc_item *item = kmc_slab_alloc_chunk(pool, class, part);

	return item ?: kmc_slab_alloc_chunk(pool, class, !part);
}

/* Where nothing is evicted, what was deleted is all there is. False: there is nothing. */
static bool wait_for_chunk(struct kmc_cache *cache, unsigned int class, int round)
{
	if (READ_ONCE(cache->may_evict) || round >= GRACE_ROUNDS ||
	    !kmc_slab_is_waiting(&cache->pool, class))
		return false;
	synchronize_rcu_expedited();
	return true;
}

/**
 * kmc_room_alloc_chunk() - allocate a chunk, evicting what it takes
 * @cache: the cache
 * @size: bytes, at most %KMC_CHUNK_MAX
 * @part: where it is to be in the order of eviction
 * @gfp: how to allocate; without %__GFP_DIRECT_RECLAIM the call does not sleep
 *
 * Return: memory for an item, with no marks; or NULL.
 */
struct kmc_item *kmc_room_alloc_chunk(struct kmc_cache *cache, u32 size, enum kmc_part part,
				      gfp_t gfp)
{
	unsigned int class = kmc_classes_find(&cache->pool.classes, size);
	struct kmc_pool *pool = &cache->pool;
	struct kmc_item *item;
	int round, err;

	for (round = 0; round < ROUNDS_MAX; round++) {
		unsigned long max_bytes = READ_ONCE(cache->budget.limit) - spared(cache);

		item = kmc_slab_alloc_chunk(pool, class, part);
		if (item)
			return item;
		err = kmc_slab_add(pool, class, part, max_bytes, gfp);
		if (!err) {
			evict_ahead(cache);
			continue;
		}
		/* nothing may go; or the system might not give again what it gets for it */
		if (err == -ENOMEM || !READ_ONCE(cache->may_evict)) {
			item = alloc_anywhere(pool, class, part);
			if (item)
				return item;
		}
		if (!gfpflags_allow_blocking(gfp)) {
			evict_later(cache, spared(cache) + KMC_SLAB_BYTES_MAX);
			return NULL;
		}
		if (make_room(cache, spared(cache) + KMC_SLAB_BYTES_MAX, round ? 0 : keep(cache),
			      err == -ENOMEM || round > ROUNDS_EASY))
			continue;
		item = alloc_anywhere(pool, class, part);
		if (item || !wait_for_chunk(cache, class, round))
			return item;
	}
	return alloc_anywhere(pool, class, part);
}

/**
 * kmc_room_trim() - give memory back until the limit is kept
 * @cache: the cache
 *
 * Context: process, may take as long as freeing takes.
 */
void kmc_room_trim(struct kmc_cache *cache)
{
	while (kmc_budget_used(&cache->budget) > READ_ONCE(cache->budget.limit)) {
		/* what is left is in the middle of being received or sent */
		if (!make_room(cache, reserve(cache), 0, false) || fatal_signal_pending(current))
			break;
	}
	evict_ahead(cache);
}

/**
 * kmc_room_init() - begin to make room
 * @cache: the cache
 */
void kmc_room_init(struct kmc_cache *cache)
{
	mutex_init(&cache->evict_mutex);
	INIT_DELAYED_WORK(&cache->room_work, room_work);
}

/**
 * kmc_room_uninit() - make no more room
 * @cache: the cache
 */
void kmc_room_uninit(struct kmc_cache *cache)
{
	cancel_delayed_work_sync(&cache->room_work);
}
