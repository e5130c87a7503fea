// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * When others ask for other things, items are evicted for newcomers, and these get their first
 * visits: so much of both is an era. In a scan nothing is visited, and of a hot key no more visits
 * are counted than it can have, until it loses some by moving: neither says anything of what is not
 * asked for meanwhile. Bytes of what goes are counted, by the sizes of statistics: when large
 * items make way for small ones, few go, but soon everything that is there is something else.
 */
#include "store.h"

/* In an era, of all bytes one of so many is evicted. */
#define EVICTED_OF	24

/* And there is one visit for so many items. */
#define VISITED_OF	48

/**
 * kmc_era_try_end() - begin a new era if it is time
 * @cache: the cache
 *
 * Context: process, &kmc_cache.evict_mutex held.
 */
void kmc_era_try_end(struct kmc_cache *cache)
{
	unsigned long items = atomic_long_read(&cache->items);
	unsigned long bytes = atomic_long_read(&cache->bytes);
	struct kmc_era *era = &cache->era;
	unsigned long visits;

	lockdep_assert_held(&cache->evict_mutex);
	if (era->evicted <= bytes / EVICTED_OF)
		return;
	visits = kmc_use_visits(cache);
	if (visits - era->visits_before <= items / VISITED_OF)
		return;
	era->visits_before = visits;
	era->evicted = 0;
	WRITE_ONCE(cache->pool.era, cache->pool.era + 1);
}
