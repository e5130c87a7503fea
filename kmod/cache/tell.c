// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What a cache tells of its items, and the memory that others keep for telling it. */
#include <linux/rcupdate.h>

#include "../stats.h"
#include "store.h"

/**
 * kmc_cache_tell_evictions() - say whether the owner wants to know of evictions
 * @cache: the cache
 * @tell: he does
 *
 * He may still be told of one for a while after he does not any more.
 *
 * Context: any.
 */
void kmc_cache_tell_evictions(struct kmc_cache *cache, bool tell)
{
	WRITE_ONCE(cache->tells_evictions, tell);
}

static bool tells_evictions(const struct kmc_cache *cache)
{
	return cache->ops && (READ_ONCE(cache->tells_evictions) || READ_ONCE(*cache->ops->always));
}

/**
 * __kmc_store_tell_eviction() - tell the owner of an eviction, if he wants to know
 * @cache: the cache
 * @item: the item, linked, its key locked
 */
void __kmc_store_tell_eviction(struct kmc_cache *cache, const struct kmc_item *item)
{
	struct kmc_cache_eviction eviction;

	if (likely(!tells_evictions(cache)))
		return;
	eviction = (struct kmc_cache_eviction) {
		.key = item->data,
		.key_len = item->key_len,
		.value_len = kmc_item_value_len(item),
		.class = kmc_cache_item_class(cache, item),
		.deadline = READ_ONCE(item->deadline),
		.age = kmc_cache_item_age(cache, item),
		.was_read = kmc_item_is(item, KMC_ITEM_FETCHED),
	};
	cache->ops->evicted(cache->owner, &eviction);
}

static enum kmc_cache_fate fate_of(struct kmc_cache *cache, const struct kmc_item *item)
{
	switch (kmc_store_cause_of_death(cache, item)) {
	case KMC_STAT_UNSPEC:
		return KMC_CACHE_ALIVE;
	case KMC_STAT_GET_FLUSHED:
		return KMC_CACHE_FLUSHED;
	default:
		return KMC_CACHE_EXPIRED;
	}
}

/**
 * kmc_cache_glance() - what is there, without a trace of having looked
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @result: what is seen
 *
 * What is dead stays where it is, so that who comes next still finds it dead.
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_glance(struct kmc_cache *cache, const char *key, size_t key_len,
		      struct kmc_cache_glance *result)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	struct kmc_item *item;
	u32 id;

	*result = (struct kmc_cache_glance) { .fate = KMC_CACHE_MISSING };
	rcu_read_lock();
	item = kmc_index_find(&cache->index, hash, key, key_len, &id);
	if (item)
		result->fate = fate_of(cache, item);
	if (result->fate == KMC_CACHE_ALIVE) {
		result->value_len = kmc_item_value_len(item);
		result->class = kmc_cache_item_class(cache, item);
		result->deadline = kmc_item_deadline(item);
	}
	rcu_read_unlock();
}

/**
 * kmc_cache_charge() - count memory of the server's own against the limit
 * @cache: the cache
 * @bytes: how much; little, for it cannot be evicted
 * @gfp: whether items may be evicted for it, which sleeps: if it has %__GFP_DIRECT_RECLAIM
 *
 * Context: any but hard interrupts; process, if it may sleep.
 *
 * Return: false if there is no room.
 */
bool kmc_cache_charge(struct kmc_cache *cache, size_t bytes, gfp_t gfp)
{
	return kmc_room_charge(cache, bytes, gfpflags_allow_blocking(gfp));
}

/**
 * kmc_cache_uncharge() - that memory is free
 * @cache: the cache
 * @bytes: how much
 *
 * Context: any.
 */
void kmc_cache_uncharge(struct kmc_cache *cache, size_t bytes)
{
	kmc_budget_uncharge(&cache->budget, bytes);
}
