// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "cache.h"

#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../stats.h"
#include "store.h"

/*
 * The clock starts at 2: 0 means never, and 1 is past from the beginning.
 */
#define CLOCK_START 2

/*
 * What the small part has evicted is no newcomer for as many evictions as there are items; there
 * is half an entry for a small one. Of the main part only what comes back at once is of interest:
 * a stranger that seems to be that would count, so there are more bits of the hash.
 */
static const struct kmc_ghost_shape ghost_shapes[KMC_PARTS] = {
	[KMC_PART_SMALL] = { .share = 160, .epoch_bits = 4, .good = 8 },
	[KMC_PART_MAIN] = { .share = 1280, .epoch_bits = 3, .good = 1 },
};

static bool debug_slab;
module_param(debug_slab, bool, 0444);
MODULE_PARM_DESC(debug_slab, "make every item an allocation of its own, for sanitizers");

/**
 * kmc_cache_now() - the cache's clock
 * @cache: the cache
 *
 * It goes on during suspend and does not jump when the wall clock is set.
 *
 * Context: any.
 *
 * Return: seconds; at least 2, so that 0 and 1 can mean never and past.
 */
u32 kmc_cache_now(const struct kmc_cache *cache)
{
	return ktime_get_boottime_seconds() - cache->epoch;
}

static void flush_now(struct kmc_cache *cache)
	__must_hold(&cache->flush_lock)
{
	lockdep_assert_held(&cache->flush_lock);
	WRITE_ONCE(cache->flush_serial, atomic64_read(&cache->last_serial));
	/* Whoever sees no flush due any more must see its effect. */
	smp_store_release(&cache->flush_at, 0);
	kmc_expiry_sweep_soon(cache);
}

/**
 * __kmc_store_flush_due() - kmc_store_current_flush(), where a flush is to come
 * @cache: the cache
 * @flush_at: when, as it was read with acquire semantics
 *
 * Context: any but hard interrupts.
 */
void __kmc_store_flush_due(struct kmc_cache *cache, u32 flush_at)
{
	if (kmc_cache_now(cache) < flush_at)
		return;
	spin_lock_bh(&cache->flush_lock);
	if (cache->flush_at && kmc_cache_now(cache) >= cache->flush_at)
		flush_now(cache);
	spin_unlock_bh(&cache->flush_lock);
}

/**
 * kmc_cache_flush() - invalidate everything that is stored until then
 * @cache: the cache
 * @when: on the cache's clock; now if that is past, never if it is %U32_MAX
 *
 * Replaces a flush that is still to come. Its cost does not depend on how much is
 * stored. Items stored after it live, also within the same second.
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_flush(struct kmc_cache *cache, u32 when)
{
	spin_lock_bh(&cache->flush_lock);
	/* one that is due has happened, though nobody has noticed */
	if (cache->flush_at && kmc_cache_now(cache) >= cache->flush_at)
		flush_now(cache);
	if (when <= kmc_cache_now(cache))
		flush_now(cache);
	else
		WRITE_ONCE(cache->flush_at, when == U32_MAX ? 0 : when);
	spin_unlock_bh(&cache->flush_lock);
}

/**
 * kmc_store_footprint() - the memory that an item takes
 * @cache: the cache
 * @item: the item, allocated
 *
 * Return: bytes.
 */
unsigned long kmc_store_footprint(struct kmc_cache *cache, const struct kmc_item *item)
{
	const struct kmc_slab *slab;

	if (kmc_item_is(item, KMC_ITEM_LOOSE))
		return kmalloc_size_roundup(kmc_item_size(item));
	slab = kmc_slab_of(&cache->pool, item);
	return slab->is_single ? slab->bytes : slab->chunk_size;
}

static void free_loose(struct kmc_cache *cache, struct kmc_item *item)
{
	kmc_budget_uncharge(&cache->budget, kmc_store_footprint(cache, item));
	kfree(item);
}

/* Nobody has an item any more: its memory is free after a grace period. */
static void release(struct kmc_cache *cache, struct kmc_item *item)
{
	kmc_slab_free_chunk(&cache->pool, item);
	kmc_room_reap_soon(cache);
}

/**
 * kmc_cache_put_item() - give back an item that was kept
 * @cache: the cache the item is of
 * @item: from kmc_cache_lookup() or kmc_cache_try_get_item()
 *
 * Only single items are counted, so what else somebody keeps is a copy.
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_put_item(struct kmc_cache *cache, struct kmc_item *item)
{
	if (!kmc_item_is(item, KMC_ITEM_SINGLE)) {
		kfree(item);
		return;
	}
	if (!refcount_dec_and_test(&kmc_item_single(item)->ref))
		return;
	if (!kmc_item_is(item, KMC_ITEM_LINKED))
		atomic_long_sub(kmc_store_footprint(cache, item), &cache->transit);
	release(cache, item);
}

/**
 * kmc_cache_try_get_item() - keep an item for longer than RCU does
 * @item: an item that was found
 *
 * Large items are counted; for others it does not pay, they are to be copied.
 *
 * Context: under rcu_read_lock(), or the writer lock of the key.
 *
 * Return: false if it is not counted, or just being freed.
 */
bool kmc_cache_try_get_item(struct kmc_item *item)
{
	return kmc_item_is(item, KMC_ITEM_SINGLE) &&
	       refcount_inc_not_zero(&kmc_item_single(item)->ref);
}

/**
 * kmc_cache_discard_item() - free an item that will not be stored
 * @cache: the cache
 * @item: the item, from kmc_cache_alloc_item()
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_discard_item(struct kmc_cache *cache, struct kmc_item *item)
{
	if (kmc_item_is(item, KMC_ITEM_SINGLE)) {
		kmc_cache_put_item(cache, item);
		return;
	}
	atomic_long_sub(kmc_store_footprint(cache, item), &cache->transit);
	if (kmc_item_is(item, KMC_ITEM_LOOSE))
		free_loose(cache, item);
	else
		release(cache, item);
}

static struct kmc_class *class_of(struct kmc_cache *cache, const struct kmc_item *item)
{
	return &cache->pool.class[kmc_slab_of(&cache->pool, item)->class];
}

/* Context: the writer lock of the key is held; so for all that are named __. */
static void __account(struct kmc_cache *cache, const struct kmc_item *item, int by)
{
	struct kmc_class *class = class_of(cache, item);
	long bytes = by * (long)kmc_item_stored_nominal_size(item);

	atomic_long_add(by, &cache->items);
	atomic_long_add(bytes, &cache->bytes);
	atomic_long_add(by, &class->count[KMC_CLASS_ITEMS]);
	atomic_long_add(bytes, &class->count[KMC_CLASS_REQUESTED]);
}

static void __account_linked(struct kmc_cache *cache, struct kmc_item *item)
{
	atomic_long_sub(kmc_store_footprint(cache, item), &cache->transit);
	kmc_item_mark(item, 0, KMC_ITEM_LINKED);
	__account(cache, item, 1);
}

static void __account_unlinked(struct kmc_cache *cache, struct kmc_item *item)
{
	kmc_item_mark(item, KMC_ITEM_LINKED, 0);
	__account(cache, item, -1);
	if (kmc_item_is(item, KMC_ITEM_SINGLE)) {
		/* until the last reader has put it, it is in transit */
		atomic_long_add(kmc_store_footprint(cache, item), &cache->transit);
		kmc_cache_put_item(cache, item);
	} else {
		release(cache, item);
	}
}

static u32 id_of(struct kmc_cache *cache, const struct kmc_item *item)
{
	return kmc_slab_id(kmc_slab_of(&cache->pool, item), item);
}

/**
 * __kmc_store_unlink() - remove an item
 * @cache: the cache
 * @hash: hash of its key, locked
 * @item: the item, linked
 */
void __kmc_store_unlink(struct kmc_cache *cache, u32 hash, struct kmc_item *item)
{
	__kmc_index_remove(&cache->index, hash, id_of(cache, item));
	__account_unlinked(cache, item);
}

/**
 * __kmc_store_bury() - remove an item that is dead
 * @cache: the cache
 * @hash: hash of its key, locked
 * @item: the item, linked
 * @cause: of its death
 */
void __kmc_store_bury(struct kmc_cache *cache, u32 hash, struct kmc_item *item,
		      enum kmc_stat cause)
{
	if (cause == KMC_STAT_GET_EXPIRED && !kmc_item_is(item, KMC_ITEM_FETCHED)) {
		kmc_stats_inc(cache->stats, KMC_STAT_EXPIRED_UNFETCHED);
		atomic_long_inc(&class_of(cache, item)->count[KMC_CLASS_EXPIRED_UNFETCHED]);
	}
	__kmc_store_unlink(cache, hash, item);
}

/* The index has no place for it. */
static void push_out(struct kmc_index *index, struct kmc_item *item)
{
	struct kmc_cache *cache = container_of(index, struct kmc_cache, index);

	kmc_stats_inc(cache->stats, KMC_STAT_EVICTIONS);
	atomic_long_inc(&class_of(cache, item)->count[KMC_CLASS_EVICTED]);
	__kmc_store_tell_eviction(cache, item);
	__account_unlinked(cache, item);
}

/**
 * __kmc_store_find_alive() - find an item that is alive
 * @cache: the cache
 * @hash: hash of the key, locked
 * @key: the key
 * @key_len: its length
 *
 * One that is dead is removed, and counted as what it died of.
 *
 * Return: the item or NULL.
 */
struct kmc_item *__kmc_store_find_alive(struct kmc_cache *cache, u32 hash, const char *key,
					size_t key_len)
{
	struct kmc_item *item = __kmc_index_find(&cache->index, hash, key, key_len);
	enum kmc_stat cause;

	/*
	 * A key may be in a page that a client goes on to write to, which has sent it by splice():
	 * what was compared need not be what was hashed, and only by its hash can it be removed.
	 */
	if (!item || kmc_index_hash(&cache->index, item->data, item->key_len) != hash)
		return NULL;
	cause = kmc_store_cause_of_death(cache, item);
	if (cause == KMC_STAT_UNSPEC)
		return item;
	kmc_stats_inc(cache->stats, cause);
	__kmc_store_bury(cache, hash, item, cause);
	return NULL;
}

/* Remove an item that was found dead without the lock. */
static void bury(struct kmc_cache *cache, u32 hash, const char *key, size_t key_len)
{
	kmc_index_lock(&cache->index, hash);
	__kmc_store_find_alive(cache, hash, key, key_len);
	kmc_index_unlock(&cache->index, hash);
}

/* Look at an item, and mark it as read if @visit. Its class, from 1; 0: there is none. */
static __always_inline unsigned int look(struct kmc_cache *cache, const char *key, size_t key_len,
					 bool visit,
					 bool (*read)(struct kmc_item *item, void *arg),
					 void *arg)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	unsigned int class = 0;
	struct kmc_item *item;
	bool dead = false;
	u8 before = 0;
	u32 id;

	rcu_read_lock();
	do {
		item = kmc_index_find(&cache->index, hash, key, key_len, &id);
		if (!item)
			break;
		dead = kmc_store_is_dead(cache, item);
		if (dead)
			break;
		before = kmc_item_freq(item);
		if (visit)
			kmc_item_visit(item);
	} while (!read(item, arg));
	/* not by the item's page, which nobody has looked at here */
	if (item && !dead)
		class = kmc_store_note_read(cache, item, before, id) + 1;
	rcu_read_unlock();
	if (dead)
		bury(cache, hash, key, key_len);
	return class;
}

/**
 * kmc_cache_read() - look at an item
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @read: called with the item; may not sleep. What it wants to keep it copies, or
 *	has kmc_cache_try_get_item() keep for it; where that fails the item has just
 *	been replaced or removed, and to return false has it looked for again.
 * @arg: passed to @read
 *
 * Takes no lock when there is nothing dead to remove, and writes to nothing that
 * others read unless the item's marks change.
 *
 * Context: any but hard interrupts.
 *
 * Return: the number of its class, for kmc_cache_read_class(), and 1; 0 if there is none.
 */
unsigned int kmc_cache_read(struct kmc_cache *cache, const char *key, size_t key_len,
			    bool (*read)(struct kmc_item *item, void *arg), void *arg)
{
	return look(cache, key, key_len, true, read, arg);
}

/**
 * kmc_cache_peek() - look at an item without marking it as read
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @read: as for kmc_cache_read(); may call kmc_item_visit()
 * @arg: passed to @read
 *
 * Context: any but hard interrupts.
 *
 * Return: as kmc_cache_read().
 */
unsigned int kmc_cache_peek(struct kmc_cache *cache, const char *key, size_t key_len,
			    bool (*read)(struct kmc_item *item, void *arg), void *arg)
{
	return look(cache, key, key_len, false, read, arg);
}

/**
 * __kmc_store_set_deadline() - change when an item expires
 * @cache: the cache
 * @item: the item, linked, its key locked
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 */
void __kmc_store_set_deadline(struct kmc_cache *cache, struct kmc_item *item, u32 deadline)
{
	WRITE_ONCE(item->deadline, deadline);
	kmc_slab_note_deadline(&cache->pool, item, deadline);
}

/**
 * kmc_cache_read_touch() - look at an item and change when it expires
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 * @read: as for kmc_cache_read(), and called once, before the change, which is not made
 *	if it returns false; or NULL
 * @arg: passed to @read
 *
 * Context: any but hard interrupts.
 *
 * Return: as kmc_cache_read(); 0 also if @read has returned false.
 */
unsigned int kmc_cache_read_touch(struct kmc_cache *cache, const char *key, size_t key_len,
				  u32 deadline,
				  bool (*read)(struct kmc_item *item, void *arg), void *arg)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	unsigned int class = 0;
	struct kmc_item *item;
	u8 before;

	kmc_index_lock(&cache->index, hash);
	item = __kmc_store_find_alive(cache, hash, key, key_len);
	before = item ? kmc_item_freq(item) : 0;
	if (item && read && !read(item, arg))
		item = NULL;
	if (item) {
		__kmc_store_set_deadline(cache, item, deadline);
		kmc_item_visit(item);
		kmc_store_note_use(cache, item, before);
		class = kmc_cache_item_class(cache, item) + 1;
	}
	kmc_index_unlock(&cache->index, hash);
	return class;
}

/**
 * __kmc_store_link() - store an item
 * @cache: the cache
 * @hash: hash of its key, locked
 * @old: the item of that key that it replaces, or NULL if there is none
 * @item: the item, complete; its visits are those of @old, or if there is none its own
 */
void __kmc_store_link(struct kmc_cache *cache, u32 hash, struct kmc_item *old,
		      struct kmc_item *item)
{
	/* what is due is flushed before the item has its id */
	kmc_store_current_flush(cache);
	kmc_item_set_serial(item, atomic64_inc_return(&cache->last_serial));
	if (old)
		kmc_item_mark(item, KMC_ITEM_FREQ, READ_ONCE(old->marks) & KMC_ITEM_FREQ);
	__account_linked(cache, item);
	kmc_slab_note_deadline(&cache->pool, item, item->deadline);
	if (old) {
		__kmc_index_replace(&cache->index, hash, id_of(cache, old), id_of(cache, item));
		__account_unlinked(cache, old);
	} else {
		__kmc_index_add(&cache->index, hash, id_of(cache, item));
	}
}

/* What is stored after it was declared stale does not make the item fresh again. */
static int inherit(struct kmc_item *item, const struct kmc_item *old)
{
	item->deadline = old->deadline;
	item->is_stale = true;
	if (kmc_item_is_won(old))
		kmc_item_mark(item, 0, KMC_ITEM_WON);
	return 0;
}

/* 0 is no id that is to be compared with, though a client may have given it to an item. */
static int check_cas(struct kmc_item *item, const struct kmc_item *old, bool or_stale, u64 cas)
{
	if (!old)
		return -ENOENT;
	if (cas && kmc_item_cas(old) == cas)
		return 0;
	return or_stale && cas && cas < kmc_item_cas(old) ? inherit(item, old) : -EEXIST;
}

static int check_condition(struct kmc_item *item, const struct kmc_item *old,
			   enum kmc_store_mode mode, u64 cas)
{
	switch (mode) {
	case KMC_STORE_ADD:
		return old ? -EEXIST : 0;
	case KMC_STORE_REPLACE:
		return old ? 0 : -ENOENT;
	case KMC_STORE_CAS:
	case KMC_STORE_CAS_OR_STALE:
		return check_cas(item, old, mode == KMC_STORE_CAS_OR_STALE, cas);
	default:
		return 0;
	}
}

/* memcached counts an attempt to add as a use of the item that is there, but not as a read. */
static void __use(struct kmc_cache *cache, struct kmc_item *item)
{
	u8 before = kmc_item_freq(item);

	kmc_item_use(item);
	kmc_store_note_use(cache, item, before);
}

static void __count_cas(struct kmc_cache *cache, const struct kmc_item *old,
			enum kmc_store_mode mode, int err)
{
	if (mode != KMC_STORE_CAS && mode != KMC_STORE_CAS_OR_STALE)
		return;
	kmc_cache_count_use(cache, kmc_cache_item_class(cache, old),
			    err ? KMC_USE_BADVAL : KMC_USE_CAS);
}

/**
 * __kmc_store_put() - store an item if there is a place for it, and count that
 * @cache: the cache
 * @hash: hash of its key, locked
 * @old: the item of that key that it replaces, or NULL if there is none
 * @item: the item, complete
 *
 * Return: 0; -ENOSPC if nothing may be evicted and the index is full.
 */
int __kmc_store_put(struct kmc_cache *cache, u32 hash, struct kmc_item *old,
		    struct kmc_item *item)
{
	if (!old && !READ_ONCE(cache->may_evict) && !__kmc_index_has_place(&cache->index, hash))
		return -ENOSPC;
	__kmc_store_link(cache, hash, old, item);
	kmc_stats_inc(cache->stats, KMC_STAT_TOTAL_ITEMS);
	return 0;
}

/**
 * kmc_cache_try_store() - store an item if a condition holds, or give it back
 * @cache: the cache
 * @item: the item, its value complete; NULL afterwards if it was stored. If not it
 *	may be another one afterwards, with the same contents
 * @mode: the condition
 * @cas: for %KMC_STORE_CAS and %KMC_STORE_CAS_OR_STALE; afterwards the id it was
 *	stored with
 * @gfp: how to allocate
 *
 * Context: any but hard interrupts.
 *
 * Return: as kmc_cache_store().
 */
int kmc_cache_try_store(struct kmc_cache *cache, struct kmc_item **item, enum kmc_store_mode mode,
			u64 *cas, gfp_t gfp)
{
	u32 hash = kmc_index_hash(&cache->index, (*item)->data, (*item)->key_len);
	struct kmc_item *old;
	int err;

	if (kmc_item_is(*item, KMC_ITEM_LOOSE)) {
		struct kmc_item *settled = kmc_alloc_settle(cache, hash, *item, gfp);

		if (!settled)
			return -ENOMEM;
		*item = settled;
	}
	kmc_index_lock(&cache->index, hash);
	old = __kmc_store_find_alive(cache, hash, (*item)->data, (*item)->key_len);
	err = check_condition(*item, old, mode, *cas);
	if (old && mode == KMC_STORE_ADD)
		__use(cache, old);
	/* what replaces an item is stored */
	if (old)
		__count_cas(cache, old, mode, err);
	if (!err)
		err = __kmc_store_put(cache, hash, old, *item);
	if (!err)
		*cas = kmc_item_cas(*item);
	kmc_index_unlock(&cache->index, hash);
	if (err)
		return err;
	*item = NULL;
	kmc_store_resize(cache);
	return 0;
}

/**
 * kmc_cache_store() - store an item if a condition holds
 * @cache: the cache
 * @item: the item, its value complete; taken over unless there is no memory
 * @mode: the condition
 * @cas: for %KMC_STORE_CAS
 * @gfp: how to allocate
 *
 * Context: any but hard interrupts.
 *
 * Return: 0; -ENOENT if the key is missing and must not be; -EEXIST if it is
 * there and must not be, or its cas id differs; -ENOMEM; -ENOSPC if nothing may be
 * evicted and the index is full.
 */
int kmc_cache_store(struct kmc_cache *cache, struct kmc_item *item, enum kmc_store_mode mode,
		    u64 cas, gfp_t gfp)
{
	int err = kmc_cache_try_store(cache, &item, mode, &cas, gfp);

	if (err && err != -ENOMEM)
		kmc_cache_discard_item(cache, item);
	return err;
}

/**
 * kmc_cache_remove_if() - remove an item if its cas id is the one given
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @cas: the id; or NULL: whichever
 *
 * Context: any but hard interrupts.
 *
 * Return: the number of its class, for kmc_cache_read_class(), and 1; -ENOENT, or -EEXIST
 * if the id differs.
 */
int kmc_cache_remove_if(struct kmc_cache *cache, const char *key, size_t key_len, const u64 *cas)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	struct kmc_item *item;
	int result = -ENOENT;

	kmc_index_lock(&cache->index, hash);
	item = __kmc_store_find_alive(cache, hash, key, key_len);
	if (item && cas && kmc_item_cas(item) != *cas) {
		result = -EEXIST;
	} else if (item) {
		result = kmc_cache_item_class(cache, item) + 1;
		__kmc_store_unlink(cache, hash, item);
	}
	kmc_index_unlock(&cache->index, hash);
	if (result > 0)
		kmc_store_resize(cache);
	return result;
}

/**
 * kmc_cache_remove() - remove an item
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 *
 * Context: any but hard interrupts.
 *
 * Return: 0 or -ENOENT.
 */
int kmc_cache_remove(struct kmc_cache *cache, const char *key, size_t key_len)
{
	return min(kmc_cache_remove_if(cache, key, key_len, NULL), 0);
}

/**
 * kmc_cache_configure() - change settings
 * @cache: the cache
 * @config: all of them
 *
 * They hold for what happens from now on; what is stored stays as it is.
 *
 * Context: any.
 */
void kmc_cache_configure(struct kmc_cache *cache, const struct kmc_cache_config *config)
{
	static_assert(KMC_LARGE_MAX == KMC_CHUNK_MAX);

	WRITE_ONCE(cache->may_evict, config->evict);
	WRITE_ONCE(cache->may_shrink, config->shrink);
	WRITE_ONCE(cache->shrink_floor, config->shrink_floor);
	WRITE_ONCE(cache->large, min(config->large, KMC_CHUNK_MAX));
}

/**
 * kmc_cache_read_config() - read settings
 * @cache: the cache
 * @config: result
 *
 * Context: any.
 */
void kmc_cache_read_config(struct kmc_cache *cache, struct kmc_cache_config *config)
{
	*config = (struct kmc_cache_config) {
		.evict = READ_ONCE(cache->may_evict),
		.shrink = READ_ONCE(cache->may_shrink),
		.shrink_floor = READ_ONCE(cache->shrink_floor),
		.large = READ_ONCE(cache->large),
	};
}

/**
 * kmc_cache_set_limit() - change the memory limit
 * @cache: the cache
 * @limit: bytes
 *
 * A lower limit holds for what is stored from now on; kmc_cache_trim() makes what
 * is stored already keep to it.
 *
 * Context: process; not concurrently with itself.
 */
void kmc_cache_set_limit(struct kmc_cache *cache, unsigned long limit)
{
	if (limit != cache->budget.limit)
		WRITE_ONCE(cache->lowering, limit < cache->budget.limit);
	WRITE_ONCE(cache->budget.limit, limit);
	kmc_pool_set_limit(&cache->pool, limit);
	kmc_ghost_resize(&cache->ghost[KMC_PART_SMALL], limit);
	kmc_ghost_resize(&cache->ghost[KMC_PART_MAIN], limit);
}

/**
 * kmc_cache_trim() - give memory back until the limit is kept
 * @cache: the cache
 *
 * Context: process, may take as long as freeing takes.
 */
void kmc_cache_trim(struct kmc_cache *cache)
{
	kmc_room_trim(cache);
	kmc_store_resize(cache);
	kmc_resize_catch_up(cache);
}

/**
 * kmc_cache_end_trim() - is the limit kept?
 * @cache: the cache, after kmc_cache_trim()
 *
 * If it is, what only the way to a lower limit allows is over: who is not told so
 * has to trim again.
 *
 * Context: any; not concurrently with kmc_cache_set_limit().
 *
 * Return: true if it is.
 */
bool kmc_cache_end_trim(struct kmc_cache *cache)
{
	if (kmc_budget_used(&cache->budget) > cache->budget.limit)
		return false;
	WRITE_ONCE(cache->lowering, false);
	return true;
}

/**
 * kmc_cache_read_usage() - what a cache holds
 * @cache: the cache
 * @usage: result
 *
 * Context: any.
 */
void kmc_cache_read_usage(struct kmc_cache *cache, struct kmc_cache_usage *usage)
{
	struct kmc_index_usage index;

	kmc_index_read_usage(&cache->index, &index);
	*usage = (struct kmc_cache_usage) {
		.uptime = kmc_cache_now(cache) - CLOCK_START,
		.items = atomic_long_read(&cache->items),
		.bytes = atomic_long_read(&cache->bytes),
		.limit = READ_ONCE(cache->budget.limit),
		.mem_used = kmc_budget_used(&cache->budget),
		.buckets = index.lines,
		.index_bytes = index.bytes,
		.expanding = index.resizing,
	};
}

/**
 * kmc_cache_classes() - how many sizes a cache tells apart
 * @cache: the cache
 *
 * Return: the number; the last one has what is larger than all others.
 */
unsigned int kmc_cache_classes(const struct kmc_cache *cache)
{
	static_assert(KMC_CACHE_CLASSES_MAX - KMC_CLASSES_MAX == 1);

	return cache->pool.classes.count + 1;
}

/**
 * kmc_cache_read_class() - what a cache holds of one size
 * @cache: the cache
 * @number: below kmc_cache_classes()
 * @result: result
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_read_class(struct kmc_cache *cache, unsigned int number,
			  struct kmc_cache_class *result)
{
	kmc_pool_read_class(&cache->pool, number, result);
}

/**
 * kmc_cache_reset_classes() - begin again to count what happens to items by size, and what
 * requests do to them
 * @cache: the cache
 *
 * Context: any.
 */
void kmc_cache_reset_classes(struct kmc_cache *cache)
{
	enum kmc_class_count count;
	unsigned int i;

	for (i = 0; i < kmc_cache_classes(cache); i++)
		for (count = KMC_CLASS_EVICTED; count < KMC_CLASS_COUNTS; count++)
			atomic_long_set(&cache->pool.class[i].count[count], 0);
	kmc_use_reset(cache);
}

/* What a cache takes in any case. */
static unsigned long own_bytes(void)
{
	return sizeof(struct kmc_cache) + kmc_use_bytes();
}

static int init_ghosts(struct kmc_cache *cache)
{
	struct kmc_ghost *ghost = cache->ghost;
	int err = kmc_ghost_init(&ghost[KMC_PART_SMALL], &cache->budget,
				 &ghost_shapes[KMC_PART_SMALL]);

	if (err)
		return err;
	err = kmc_ghost_init(&ghost[KMC_PART_MAIN], &cache->budget,
			     &ghost_shapes[KMC_PART_MAIN]);
	if (err)
		kmc_ghost_uninit(&ghost[KMC_PART_SMALL]);
	return err;
}

static void uninit_ghosts(struct kmc_cache *cache)
{
	kmc_ghost_uninit(&cache->ghost[KMC_PART_MAIN]);
	kmc_ghost_uninit(&cache->ghost[KMC_PART_SMALL]);
}

/**
 * kmc_cache_create() - create an empty cache
 * @limit: memory limit, bytes
 * @stats: counters to use; they outlive the cache
 * @events: where to raise events; outlives the cache; NULL: nowhere
 * @ops: what to tell @owner; outlives the cache; NULL: nothing
 * @owner: passed to @ops
 *
 * Context: process.
 *
 * Return: the cache or an ERR_PTR.
 */
struct kmc_cache *kmc_cache_create(unsigned long limit, struct kmc_stats *stats,
				   struct kmc_events *events, const struct kmc_cache_ops *ops,
				   void *owner)
{
	struct kmc_cache *cache = kvzalloc(sizeof(*cache), GFP_KERNEL);
	int err;

	if (!cache)
		return ERR_PTR(-ENOMEM);
	cache->budget.limit = limit;
	atomic_long_set(&cache->budget.used, own_bytes());
	cache->stats = stats;
	cache->events = events;
	cache->ops = ops;
	cache->owner = owner;
	kmc_cache_configure(cache, &KMC_CACHE_CONFIG_DEFAULT);
	cache->epoch = ktime_get_boottime_seconds() - CLOCK_START;
	spin_lock_init(&cache->flush_lock);
	kmc_resize_init(cache);
	kmc_pool_init(&cache->pool, &cache->budget, &cache->last_serial, debug_slab, CLOCK_START);
	err = kmc_use_init(cache);
	if (err)
		goto out_free_cache;
	err = kmc_index_init(&cache->index, &cache->budget, &cache->pool, push_out);
	if (err)
		goto out_uninit_use;
	err = init_ghosts(cache);
	if (err)
		goto out_uninit_index;
	kmc_share_init(&cache->share);
	kmc_room_init(cache);
	err = kmc_shrink_init(cache);
	if (err)
		goto out_uninit_room;
	kmc_expiry_init(cache);
	return cache;

out_uninit_room:
	kmc_room_uninit(cache);
	uninit_ghosts(cache);
out_uninit_index:
	kmc_index_uninit(&cache->index);
out_uninit_use:
	kmc_use_uninit(cache);
out_free_cache:
	kvfree(cache);
	return ERR_PTR(err);
}

/**
 * kmc_cache_destroy() - free a cache and all it holds
 * @cache: the cache; nobody uses it or has a reference to one of its items
 *
 * Context: process, sleeps for a grace period.
 */
void kmc_cache_destroy(struct kmc_cache *cache)
{
	kmc_shrink_uninit(cache);
	/* looks for what has expired, and frees: first what asks for the others */
	kmc_expiry_uninit(cache);
	kmc_resize_uninit(cache);
	kmc_room_uninit(cache);
	/* whoever still looked at an item is done after this */
	synchronize_rcu();
	WARN_ON(atomic_long_read(&cache->transit));
	kmc_pool_uninit(&cache->pool);
	uninit_ghosts(cache);
	kmc_index_uninit(&cache->index);
	WARN_ON(kmc_budget_used(&cache->budget) != own_bytes());
	kmc_use_uninit(cache);
	kvfree(cache);
}
