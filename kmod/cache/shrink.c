// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Gives cold items back when the system is short of memory. An object of the
 * shrinker is a page.
 */
#include <linux/shrinker.h>

#include "../events.h"
#include "../stats.h"
#include "store.h"

static unsigned long bytes_of_items(const struct kmc_cache *cache)
{
	const struct kmc_pool *pool = &cache->pool;

	return READ_ONCE(pool->bytes[KMC_PART_SMALL]) + READ_ONCE(pool->bytes[KMC_PART_MAIN]);
}

/* What may go: what holds items, down to the floor. */
static unsigned long spare_bytes(const struct kmc_cache *cache)
{
	/* what is on its way to the system has been taken already */
	unsigned long used = kmc_budget_used(&cache->budget) -
			     READ_ONCE(cache->pool.retired_bytes);
	unsigned long floor = READ_ONCE(cache->shrink_floor);

	if (!READ_ONCE(cache->may_shrink) || (long)used <= (long)floor)
		return 0;
	return min(used - floor, bytes_of_items(cache));
}

static unsigned long count_pages(struct shrinker *shrinker, struct shrink_control *sc)
{
	return (spare_bytes(kmc_shrinker_data(shrinker)) >> PAGE_SHIFT) ?: SHRINK_EMPTY;
}

/* What readers are done with goes to the system a little later, by the work. */
static unsigned long take_bytes(struct kmc_cache *cache, unsigned long wanted)
{
	unsigned long taken = 0;
	long gone;

	lockdep_assert_held(&cache->evict_mutex);
	while (taken < wanted && spare_bytes(cache)) {
		gone = kmc_evict_slab(cache, false, false);
		if (gone < 0)
			break;
		taken += gone;
		/* of a slab with much that is often read little goes, and the rest moves */
		wanted -= min(wanted, kmc_pool_slab_bytes(&cache->pool) / 4);
	}
	return taken;
}

static unsigned long take_pages(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct kmc_cache *cache = kmc_shrinker_data(shrinker);
	unsigned long taken;

	/* whoever evicts now frees memory, too; and may be who has brought us here */
	if (!mutex_trylock(&cache->evict_mutex))
		return SHRINK_STOP;
	taken = take_bytes(cache, sc->nr_to_scan << PAGE_SHIFT);
	mutex_unlock(&cache->evict_mutex);
	if (taken)
		kmc_events_raise(cache->events, KMC_EVENT_MEM_PRESSURE);
	kmc_stats_add(cache->stats, KMC_STAT_SHRUNK_BYTES, taken);
	kmc_room_reap_soon(cache);
	return taken >> PAGE_SHIFT;
}

/**
 * kmc_shrink_init() - begin to give memory back under pressure
 * @cache: the cache
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_shrink_init(struct kmc_cache *cache)
{
	static const struct shrinker ops = {
		.count_objects = count_pages,
		.scan_objects = take_pages,
	};

	cache->shrinker = kmc_shrinker_create(&ops, "kmemcached", cache);
	return cache->shrinker ? 0 : -ENOMEM;
}

/**
 * kmc_shrink_uninit() - give no more
 * @cache: the cache
 */
void kmc_shrink_uninit(struct kmc_cache *cache)
{
	kmc_shrinker_destroy(cache->shrinker);
}
