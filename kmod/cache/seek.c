// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* To look for several keys at a time. */
#include <linux/rcupdate.h>

#include "store.h"

/**
 * kmc_cache_seek() - begin to look for several keys
 * @cache: the cache
 * @seek: the keys
 * @count: how many
 *
 * What they need of memory is asked for, for all of them, before any of it is waited for.
 *
 * Context: under rcu_read_lock(), until the last kmc_cache_peek_sought().
 */
void kmc_cache_seek(struct kmc_cache *cache, struct kmc_cache_seek *seek, unsigned int count)
{
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "who seeks does not hold RCU");
	kmc_index_seek(&cache->index, seek, count);
}

/*
 * It must still be there, now: what was asked for first is not to be newer than what was asked for
 * after it. An id is not used again while RCU is held.
 */
static bool is_right(const struct kmc_cache_seek *seek)
{
	/* pairs with that in set_entry(): so it is with what was answered before */
	return seek->id && smp_load_acquire(seek->entry) == seek->id &&
	       kmc_item_has_key(seek->item, seek->key, seek->key_len);
}

static struct kmc_item *find(struct kmc_cache *cache, const struct kmc_cache_seek *seek, u32 *id)
{
	if (!is_right(seek))
		return kmc_index_find(&cache->index, seek->hash, seek->key, seek->key_len, id);
	*id = seek->id;
	return seek->item;
}

/**
 * kmc_cache_peek_sought() - look at an item that was sought, without marking it as read
 * @cache: the cache
 * @seek: the key, after kmc_cache_seek()
 * @read: as for kmc_cache_peek()
 * @arg: passed to @read
 *
 * Context: any but hard interrupts, under RCU.
 *
 * Return: as kmc_cache_peek().
 */
unsigned int kmc_cache_peek_sought(struct kmc_cache *cache, const struct kmc_cache_seek *seek,
				   bool (*read)(struct kmc_item *item, void *arg), void *arg)
{
	struct kmc_item *item;
	u8 before;
	u32 id;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "who has sought does not hold RCU");
	item = find(cache, seek, &id);
	if (!item)
		return 0;
	before = kmc_item_freq(item);
	/* what is to be removed, or is just being freed, is left to who does that */
	if (kmc_store_is_dead(cache, item) || !read(item, arg))
		return kmc_cache_peek(cache, seek->key, seek->key_len, read, arg);
	return kmc_store_note_read(cache, item, before, id) + 1;
}
