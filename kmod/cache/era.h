/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Time, as eviction sees it. */
#ifndef KMC_CACHE_ERA_H
#define KMC_CACHE_ERA_H

struct kmc_cache;

/**
 * struct kmc_era - what has changed since the present era began
 *
 * **Lifetime**: embedded in the cache.
 *
 * **Locking**: &kmc_cache.evict_mutex.
 *
 * @visits_before: kmc_use_visits() when it began
 * @evicted: nominal bytes of the items emptied out of slabs since then
 */
struct kmc_era {
	unsigned long	visits_before;
	unsigned long	evicted;
};

void kmc_era_try_end(struct kmc_cache *cache);

#endif
