/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Time, as eviction sees it. */
#ifndef KMC_CACHE_ERA_H
#define KMC_CACHE_ERA_H

#include <linux/cache.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "item.h"

/**
 * struct kmc_era - what has changed since the present era began
 *
 * **Lifetime**: embedded in the cache.
 *
 * **Locking**: I: does not change. E: &kmc_cache.evict_mutex, and not in the line of @news, which
 * hits read.
 *
 * @news: I: visits that were counted in an item; written by this_cpu operations
 * @news_before: E: how many there were when it began
 * @evicted: E: items emptied out of slabs since then
 */
struct kmc_era {
	unsigned long __percpu	*news;
	unsigned long		news_before ____cacheline_aligned_in_smp;
	unsigned long		evicted;
};

unsigned long kmc_era_bytes(void);
int kmc_era_init(struct kmc_era *era);
void kmc_era_uninit(struct kmc_era *era);
bool kmc_era_try_end(struct kmc_era *era, unsigned long items);

/**
 * kmc_era_note_visit() - an item was looked at, and that may have counted as a visit
 * @era: the era
 * @item: the item
 * @before: its kmc_item_freq() before that
 *
 * Once an item has all visits that it can have, it says nothing new before it has lost one, or is
 * stored anew: so a hot key hardly makes time pass. Who looks at it while another CPU counts a
 * visit may count that, too.
 *
 * Context: any; RCU or a lock keeps the item.
 */
static inline void kmc_era_note_visit(const struct kmc_era *era, const struct kmc_item *item,
				      u8 before)
{
	if (kmc_item_freq(item) > before)
		this_cpu_inc(*era->news);
}

#endif
