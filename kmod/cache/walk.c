// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* All items, one after the other, while others store and remove them. */
#include <linux/rcupdate.h>

#include "store.h"

/* More than a line of the index has, mostly; it is on the stack. */
#define STEP_ITEMS 24

/**
 * kmc_cache_walk() - look at some of the items, and remember which are next
 * @cache: the cache
 * @place: where to go on; 0: at the beginning. Afterwards, where to go on the next time
 * @show: called with an item under RCU; may not sleep. False: it was not looked at, and is
 *	to be shown again; the walk ends there for now
 * @arg: passed to @show
 *
 * A walk is some calls with the same @place; one looks at what has its home in one line of
 * the index, a dozen items or none. Between two calls nothing is held, and any time may
 * pass. The order is that of 64 bits of hash that belong to the key, and so does not
 * depend on the size of the index, which may change meanwhile, nor on where an item is.
 *
 * A key that is there from the beginning of the walk to its end is shown exactly once,
 * also if its value is replaced, or its item moved, in between. (Two keys for which all
 * 64 bits are the same would be taken for one; clients cannot choose them.) One that is
 * stored or removed meanwhile is shown once or not at all. What is expired or flushed is
 * not shown. Nothing is marked as read.
 *
 * Context: any but hard interrupts.
 *
 * Return: true if the walk is over.
 */
bool kmc_cache_walk(struct kmc_cache *cache, u64 *place,
		    bool (*show)(struct kmc_item *item, void *arg), void *arg)
{
	struct kmc_index_entry entry[STEP_ITEMS];
	unsigned int count, i;
	bool refused = false;
	u64 next;

	rcu_read_lock();
	next = kmc_index_collect(&cache->index, *place, entry, STEP_ITEMS, &count);
	for (i = 0; i < count && !refused; i++) {
		if (kmc_store_cause_of_death(cache, entry[i].item) != KMC_STAT_UNSPEC)
			continue;
		refused = !show(entry[i].item, arg);
		if (refused)
			next = entry[i].place;
	}
	rcu_read_unlock();
	*place = next;
	return !next && !refused;
}
