// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Frees what has expired and nobody asks for. A slab is looked at when a sixteenth
 * of its items, or the first of a few, has expired: so the cost of looking is in
 * proportion to what is found.
 */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sort.h>

#include "store.h"

#define INTERVAL HZ

/* Deadlines of a slab that are looked at to know when it is worth looking again. */
#define SAMPLE_MAX 128

struct scan {
	u32		now;
	u32		stride;
	u32		seen;
	u32		nr;
	u32		deadline[SAMPLE_MAX];
};

static void note(struct scan *scan, u32 deadline)
{
	if (deadline && scan->seen++ % scan->stride == 0 && scan->nr < SAMPLE_MAX)
		scan->deadline[scan->nr++] = deadline;
}

static int compare(const void *a, const void *b)
{
	u32 first = *(const u32 *)a, second = *(const u32 *)b;

	return first < second ? -1 : first > second;
}

/* When a sixteenth of what is left will have expired. */
static u32 next_scan(struct scan *scan)
{
	if (!scan->nr)
		return 0;
	sort(scan->deadline, scan->nr, sizeof(scan->deadline[0]), compare, NULL);
	return max(scan->deadline[scan->nr / 16], scan->now + 1);
}

static void look_at(struct kmc_cache *cache, struct kmc_item *item, struct scan *scan)
{
	u32 hash = kmc_index_hash(&cache->index, item->data, item->key_len);
	enum kmc_stat cause;

	kmc_index_lock(&cache->index, hash);
	if (kmc_item_is(item, KMC_ITEM_LINKED)) {
		cause = kmc_store_cause_of_death(cache, item);
		if (cause == KMC_STAT_UNSPEC)
			note(scan, item->deadline);
		else
			__kmc_store_bury(cache, hash, item, cause);
	}
	kmc_index_unlock(&cache->index, hash);
}

static void scan_slab(struct kmc_cache *cache, struct kmc_slab *slab, struct scan *scan)
{
	DECLARE_BITMAP(live, KMC_SLAB_CHUNKS_MAX);
	unsigned int i;

	kmc_slab_copy_live(&cache->pool, slab, live);
	for_each_set_bit(i, live, slab->nr) {
		struct kmc_item *item = slab->base + (size_t)i * slab->chunk_size;

		/* keeps the key of what is seen to be linked */
		rcu_read_lock();
		if (kmc_item_is_linked(item)) {
			u32 deadline = READ_ONCE(item->deadline);

			if (deadline && deadline <= scan->now)
				look_at(cache, item, scan);
			else
				note(scan, deadline);
		}
		rcu_read_unlock();
		if (i % 64 == 63)
			cond_resched();
	}
}

static void expiry_work(struct work_struct *work)
{
	struct kmc_cache *cache = container_of(to_delayed_work(work), struct kmc_cache,
					       expiry_work);
	struct kmc_slab *slab;
	struct scan scan;

	/* nobody else may ask for anything */
	kmc_store_current_flush(cache);
	if (test_and_clear_bit(0, &cache->sweep_due))
		kmc_evict_sweep(cache);
	scan.now = kmc_cache_now(cache);
	while ((slab = kmc_slab_begin_scan(&cache->pool, scan.now))) {
		scan.nr = 0;
		scan.seen = 0;
		scan.stride = slab->nr / SAMPLE_MAX + 1;
		scan_slab(cache, slab, &scan);
		kmc_slab_end_scan(&cache->pool, slab, next_scan(&scan));
		cond_resched();
	}
	kmc_room_reap_soon(cache);
	kmc_store_resize(cache);
	queue_delayed_work(system_unbound_wq, &cache->expiry_work, INTERVAL);
}

/**
 * kmc_expiry_sweep_soon() - a flush has left something
 * @cache: the cache
 *
 * Context: any but hard interrupts.
 */
void kmc_expiry_sweep_soon(struct kmc_cache *cache)
{
	set_bit(0, &cache->sweep_due);
}

/**
 * kmc_expiry_init() - begin to look for what has expired
 * @cache: the cache
 */
void kmc_expiry_init(struct kmc_cache *cache)
{
	INIT_DELAYED_WORK(&cache->expiry_work, expiry_work);
	queue_delayed_work(system_unbound_wq, &cache->expiry_work, INTERVAL);
}

/**
 * kmc_expiry_uninit() - look no more
 * @cache: the cache
 */
void kmc_expiry_uninit(struct kmc_cache *cache)
{
	cancel_delayed_work_sync(&cache->expiry_work);
}
