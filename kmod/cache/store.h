/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The store from within: what its parts know of each other. */
#ifndef KMC_CACHE_STORE_H
#define KMC_CACHE_STORE_H

#include <linux/atomic.h>
#include <linux/kmemcached.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "budget.h"
#include "cache.h"
#include "era.h"
#include "ghost.h"
#include "index.h"
#include "item.h"
#include "share.h"
#include "slab.h"

struct kmc_uses;

/**
 * struct kmc_cache - a store of items
 *
 * **Lifetime**: created and destroyed by the server of a network namespace, which
 * destroys it when no connection is left that could call.
 *
 * **Locking**: K: writer lock of the key (kmc_index_lock()). P: &kmc_pool.lock,
 * taken inside K. F: @flush_lock, a leaf. E: @evict_mutex, outside of all others.
 * A: accessed without a lock. I: set by kmc_cache_create().
 *
 * @index: from key to item
 * @pool: memory for items, and the order of eviction
 * @ghost: what was evicted not long ago, of either part
 * @share: how large the parts are
 * @budget: memory account
 * @stats: I: the server's counters
 * @events: I: where to raise what its owner is to be told, or NULL
 * @ops: I: what to tell @owner, or NULL
 * @owner: I: passed to @ops
 * @tells_evictions: A: @owner wants to know of those
 * @may_evict: A: or sets are refused when memory is full
 * @may_shrink: A: the kernel may take cold items
 * @shrink_floor: A: memory that it leaves then, bytes
 * @large: A: a larger chunk than this is not used for what is stored from now on
 * @shrinker: I: that does it
 * @epoch: I: the boot clock when the cache's clock stood at 0, seconds
 * @items: A: items in the index
 * @bytes: A: their nominal size
 * @transit: A: memory of items that are not stored yet, or replaced and still being
 *	sent: what eviction cannot give back
 * @last_serial: A: last serial given out
 * @flush_serial: F to write, A to read: what was stored with this or before is flushed
 * @flush_at: F to write, A to read: when the next flush happens, or 0
 * @flush_lock: makes a due flush happen once
 * @evict_mutex: one evicts at a time
 * @era: what has changed since the present era of eviction began
 * @wanted: A: room that somebody needed and could not wait for, bytes
 * @room_work: evicts ahead of the need, and frees what readers are done with
 * @expiry_work: frees what has expired, and what a flush has left
 * @resize_work: changes the size of the index
 * @sweep_due: A: a flush has left something
 * @resize_retry: A: the index is left as it is before this, jiffies
 * @lowering: A: the limit was lowered, and has not been kept since
 * @uses: I: how often requests have used items, and visits; written by this_cpu operations
 * @use_base: A: the sums of these when they were reset last
 */
struct kmc_cache {
	struct kmc_index	index;
	struct kmc_pool		pool;
	struct kmc_ghost	ghost[KMC_PARTS];
	struct kmc_share	share;
	struct kmc_budget	budget;
	struct kmc_stats	*stats;
	struct kmc_events	*events;
	const struct kmc_cache_ops *ops;
	void			*owner;
	bool			tells_evictions;
	bool			may_evict;
	bool			may_shrink;
	unsigned long		shrink_floor;
	u32			large;
	struct shrinker		*shrinker;
	time64_t		epoch;
	atomic_long_t		items;
	atomic_long_t		bytes;
	atomic_long_t		transit;
	atomic64_t		last_serial;
	u64			flush_serial;
	u32			flush_at;
	spinlock_t		flush_lock;
	struct mutex		evict_mutex;
	struct kmc_era		era;
	unsigned long		wanted;
	struct delayed_work	room_work;
	struct delayed_work	expiry_work;
	struct work_struct	resize_work;
	unsigned long		sweep_due;
	unsigned long		resize_retry;
	bool			lowering;
	struct kmc_uses __percpu *uses;
	u64			use_base[KMC_CACHE_CLASSES_MAX][KMC_USES];
};

/* cache.c */
void __kmc_store_flush_due(struct kmc_cache *cache, u32 flush_at);
unsigned long kmc_store_footprint(struct kmc_cache *cache, const struct kmc_item *item);
struct kmc_item *__kmc_store_find_alive(struct kmc_cache *cache, u32 hash, const char *key,
					size_t key_len);
void __kmc_store_link(struct kmc_cache *cache, u32 hash, struct kmc_item *old,
		      struct kmc_item *item);
int __kmc_store_put(struct kmc_cache *cache, u32 hash, struct kmc_item *old,
		    struct kmc_item *item);
void __kmc_store_set_deadline(struct kmc_cache *cache, struct kmc_item *item, u32 deadline);
void __kmc_store_unlink(struct kmc_cache *cache, u32 hash, struct kmc_item *item);
void __kmc_store_bury(struct kmc_cache *cache, u32 hash, struct kmc_item *item,
		      enum kmc_stat cause);

/* tell.c */
void __kmc_store_tell_eviction(struct kmc_cache *cache, const struct kmc_item *item);

/* alloc.c */
struct kmc_item *kmc_alloc_settle(struct kmc_cache *cache, u32 hash, struct kmc_item *loose,
				  gfp_t gfp);

/* resize.c */
void kmc_resize_init(struct kmc_cache *cache);
void kmc_resize_uninit(struct kmc_cache *cache);
void kmc_store_resize(struct kmc_cache *cache);
bool kmc_resize_is_behind(struct kmc_cache *cache);
void kmc_resize_catch_up(struct kmc_cache *cache);
bool kmc_resize_make_place(struct kmc_cache *cache, u32 hash, gfp_t gfp);

/* room.c */
void kmc_room_init(struct kmc_cache *cache);
void kmc_room_uninit(struct kmc_cache *cache);
struct kmc_item *kmc_room_alloc_chunk(struct kmc_cache *cache, u32 size, enum kmc_part part,
				      gfp_t gfp);
bool kmc_room_charge(struct kmc_cache *cache, unsigned long bytes, bool may_sleep);
bool kmc_room_starved(struct kmc_cache *cache);
void kmc_room_reap_soon(struct kmc_cache *cache);
void kmc_room_trim(struct kmc_cache *cache);

/* evict.c */
bool kmc_evict_is_dear(const struct kmc_cache *cache, size_t nominal_size);
long kmc_evict_slab(struct kmc_cache *cache, bool harsh, bool may_wait);
void kmc_evict_sweep(struct kmc_cache *cache);

/* shrink.c */
int kmc_shrink_init(struct kmc_cache *cache);
void kmc_shrink_uninit(struct kmc_cache *cache);

/* use.c */
unsigned long kmc_use_bytes(void);
int kmc_use_init(struct kmc_cache *cache);
void kmc_use_uninit(struct kmc_cache *cache);
void kmc_use_reset(struct kmc_cache *cache);
void kmc_use_count_visit(struct kmc_cache *cache);
unsigned long kmc_use_visits(const struct kmc_cache *cache);

/* expiry.c */
void kmc_expiry_init(struct kmc_cache *cache);
void kmc_expiry_uninit(struct kmc_cache *cache);
void kmc_expiry_sweep_soon(struct kmc_cache *cache);

/*
 * An item was looked at, and that may have counted as a visit. Once it has all that it can have, it
 * says nothing new before it has lost one, or is stored anew: so a hot key hardly makes eras pass.
 * Who looks at it while another CPU counts a visit may count that, too. RCU or a lock keeps the
 * item.
 */
static inline void __kmc_store_note_visit(struct kmc_cache *cache, const struct kmc_item *item,
					  u8 before)
{
	if (kmc_item_freq(item) > before)
		kmc_use_count_visit(cache);
}

/**
 * kmc_store_note_use() - an item was used
 * @cache: the cache
 * @item: the item
 * @before: its kmc_item_freq() before that
 *
 * Context: any; RCU or the writer lock of the key keeps it.
 */
static inline void kmc_store_note_use(struct kmc_cache *cache, const struct kmc_item *item,
				      u8 before)
{
	__kmc_store_note_visit(cache, item, before);
	kmc_slab_note_use(&cache->pool, kmc_slab_of(&cache->pool, item));
}

/**
 * kmc_store_note_read() - an item was looked at that the index has found
 * @cache: the cache
 * @item: the item
 * @before: its kmc_item_freq() before that
 * @id: its id
 *
 * Does not read the &struct page of the item, but only what the search has read, too.
 *
 * Context: RCU.
 *
 * Return: the number of its class.
 */
static inline unsigned int kmc_store_note_read(struct kmc_cache *cache,
					       const struct kmc_item *item, u8 before, u32 id)
{
	__kmc_store_note_visit(cache, item, before);
	return kmc_slab_note_read(&cache->pool, id);
}

/**
 * kmc_store_current_flush() - what is flushed, by what is due now, too
 * @cache: the cache
 *
 * Context: any but hard interrupts.
 *
 * Return: the serial up to which items are dead.
 */
static inline u64 kmc_store_current_flush(struct kmc_cache *cache)
{
	/* pairs with that in flush_now(): who sees no flush due sees its effect */
	u32 flush_at = smp_load_acquire(&cache->flush_at);

	if (unlikely(flush_at))
		__kmc_store_flush_due(cache, flush_at);
	return READ_ONCE(cache->flush_serial);
}

/**
 * kmc_store_cause_of_death() - why is an item not to be found any more?
 * @cache: the cache
 * @item: the item, stored
 *
 * Return: the statistic to count; %KMC_STAT_UNSPEC if it is alive.
 */
static inline enum kmc_stat kmc_store_cause_of_death(struct kmc_cache *cache,
						     const struct kmc_item *item)
{
	u32 deadline = READ_ONCE(item->deadline);

	if (kmc_item_serial(item) <= kmc_store_current_flush(cache))
		return KMC_STAT_GET_FLUSHED;
	if (deadline && kmc_cache_now(cache) >= deadline)
		return KMC_STAT_GET_EXPIRED;
	return KMC_STAT_UNSPEC;
}

static inline bool kmc_store_is_dead(struct kmc_cache *cache, const struct kmc_item *item)
{
	return kmc_store_cause_of_death(cache, item) != KMC_STAT_UNSPEC;
}

#endif
