// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "cache.h"

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/workqueue.h>

#include "../stats.h"
#include "budget.h"
#include "evict.h"
#include "index.h"
#include "item.h"
#include "reaper.h"

/*
 * The clock starts at 2: 0 means never, and 1 is past from the beginning.
 */
#define CLOCK_START 2

/*
 * The share of the limit that eviction keeps free of stored items, so that a set
 * need not wait while evicted ones wait for their grace period: 1/32.
 */
#define RESERVE_SHIFT 5

/* The share of the limit that the larger table may take when the index grows. */
#define INDEX_SHIFT 3

/* How many grace periods a set may wait while others take what was freed for it. */
#define ROOM_ROUNDS 32

/* How often a read-modify-write is begun again because the item has changed. */
#define UPDATE_TRIES 256

/* How often dead items that nobody asks for are looked for. */
#define SWEEP_INTERVAL (60 * HZ)

/* How soon after a flush, however many there are. */
#define SWEEP_PAUSE HZ

/* How long to leave it at long chains when there is no memory for more buckets. */
#define GROW_RETRY (10 * HZ)

/* Bits of &kmc_cache.upkeep_due. */
#define UPKEEP_GROW	0
#define UPKEEP_SWEEP	1

/**
 * struct kmc_cache - a store of items
 *
 * **Lifetime**: created and destroyed by the server of a network namespace, which
 * destroys it when no connection is left that could call.
 *
 * **Locking**: K: writer lock of the key (kmc_index_lock()). F: @flush_lock, a
 * leaf. A: accessed without a lock. I: set by kmc_cache_create(). The parts have
 * their own locks, taken inside K: K -> &kmc_evict.lock, K -> &kmc_reaper.lock.
 *
 * @index: from key to item
 * @evict: which goes first
 * @reaper: what waits for readers
 * @budget: memory account
 * @stats: I: the server's counters
 * @epoch: I: the boot clock when the cache's clock stood at 0, seconds
 * @items: A: items in the index
 * @bytes: A: their nominal size
 * @last_cas: A: last cas id given out
 * @generation: F to write, A to read: flushes that have happened
 * @flush_at: F to write, A to read: when the next will, or 0
 * @flush_lock: makes a due flush happen once
 * @upkeep: grows the index and sweeps dead items
 * @upkeep_due: A: %UPKEEP_GROW, %UPKEEP_SWEEP: what it is to do now
 * @next_sweep: when @upkeep sweeps unasked, jiffies; its own
 * @grow_retry: A: no growth before this, jiffies
 */
struct kmc_cache {
	struct kmc_index	index;
	struct kmc_evict	evict;
	struct kmc_reaper	reaper;
	struct kmc_budget	budget;
	struct kmc_stats	*stats;
	time64_t		epoch;
	atomic_long_t		items;
	atomic_long_t		bytes;
	atomic64_t		last_cas;
	u32			generation;
	u32			flush_at;
	spinlock_t		flush_lock;
	struct delayed_work	upkeep;
	unsigned long		upkeep_due;
	unsigned long		next_sweep;
	unsigned long		grow_retry;
};

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
	WRITE_ONCE(cache->generation, cache->generation + 1);
	/* Whoever sees no flush due any more must see its effect. */
	smp_store_release(&cache->flush_at, 0);
	if (!test_and_set_bit(UPKEEP_SWEEP, &cache->upkeep_due))
		mod_delayed_work(system_unbound_wq, &cache->upkeep, SWEEP_PAUSE);
}

/* Number of flushes that have happened, the one that is due now included. */
static u32 current_generation(struct kmc_cache *cache)
{
	u32 flush_at = smp_load_acquire(&cache->flush_at);

	if (unlikely(flush_at) && kmc_cache_now(cache) >= flush_at) {
		spin_lock_bh(&cache->flush_lock);
		if (cache->flush_at && kmc_cache_now(cache) >= cache->flush_at)
			flush_now(cache);
		spin_unlock_bh(&cache->flush_lock);
	}
	return READ_ONCE(cache->generation);
}

/**
 * kmc_cache_flush() - invalidate everything that is stored until then
 * @cache: the cache
 * @when: on the cache's clock; now if that is past
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
		WRITE_ONCE(cache->flush_at, when);
	spin_unlock_bh(&cache->flush_lock);
}

/* Why an item is not to be found any more: the statistic to count, or none. */
static enum kmc_stat cause_of_death(struct kmc_cache *cache, const struct kmc_item *item)
{
	u32 deadline = READ_ONCE(item->deadline);

	if (item->generation != current_generation(cache))
		return KMC_STAT_GET_FLUSHED;
	if (deadline && kmc_cache_now(cache) >= deadline)
		return KMC_STAT_GET_EXPIRED;
	return KMC_STAT_UNSPEC;
}

static bool is_dead(struct kmc_cache *cache, const struct kmc_item *item)
{
	return cause_of_death(cache, item) != KMC_STAT_UNSPEC;
}

/**
 * kmc_cache_put_item() - drop a reference
 * @cache: the cache the item is of
 * @item: the item
 *
 * Context: any but hard interrupts.
 */
void kmc_cache_put_item(struct kmc_cache *cache, struct kmc_item *item)
{
	if (refcount_dec_and_test(&item->ref))
		kmc_reaper_add(&cache->reaper, item);
}

/* The index has gained @item. */
static void account_linked(struct kmc_cache *cache, struct kmc_item *item)
{
	item->linked = true;
	kmc_evict_add(&cache->evict, item);
	atomic_long_inc(&cache->items);
	atomic_long_add(kmc_item_stored_nominal_size(item), &cache->bytes);
	atomic_long_add(item->footprint, &cache->budget.linked);
}

/* The index has lost @item. */
static void account_unlinked(struct kmc_cache *cache, struct kmc_item *item)
{
	item->linked = false;
	kmc_evict_remove(&cache->evict, item);
	atomic_long_dec(&cache->items);
	atomic_long_sub(kmc_item_stored_nominal_size(item), &cache->bytes);
	atomic_long_sub(item->footprint, &cache->budget.linked);
	kmc_cache_put_item(cache, item);
}

/* Context: the writer lock of the key is held; so for all that are named __. */
static void __unlink(struct kmc_cache *cache, struct kmc_item *item)
{
	__kmc_index_remove(&cache->index, item);
	account_unlinked(cache, item);
}

static void __bury(struct kmc_cache *cache, struct kmc_item *item, enum kmc_stat cause)
{
	if (cause == KMC_STAT_GET_EXPIRED && !test_bit(KMC_ITEM_FETCHED, &item->marks))
		kmc_stats_inc(cache->stats, KMC_STAT_EXPIRED_UNFETCHED);
	__unlink(cache, item);
}

static struct kmc_item *__find_alive(struct kmc_cache *cache, u32 hash, const char *key,
				     size_t key_len)
{
	struct kmc_item *item = __kmc_index_find(&cache->index, hash, key, key_len);
	enum kmc_stat cause;

	if (!item)
		return NULL;
	cause = cause_of_death(cache, item);
	if (cause == KMC_STAT_UNSPEC)
		return item;
	kmc_stats_inc(cache->stats, cause);
	__bury(cache, item, cause);
	return NULL;
}

/* Remove an item that was found dead without the lock. */
static void bury(struct kmc_cache *cache, u32 hash, const char *key, size_t key_len)
{
	kmc_index_lock(&cache->index, hash);
	__find_alive(cache, hash, key, key_len);
	kmc_index_unlock(&cache->index, hash);
}

/**
 * kmc_cache_lookup() - find an item
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 *
 * Takes no lock when there is nothing dead to remove.
 *
 * Context: any but hard interrupts.
 *
 * Return: the item with a reference for the caller, or NULL.
 */
struct kmc_item *kmc_cache_lookup(struct kmc_cache *cache, const char *key, size_t key_len)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	struct kmc_item *item;
	bool dead = false;

	rcu_read_lock();
	do {
		item = kmc_index_find(&cache->index, hash, key, key_len);
		if (!item)
			break;
		dead = is_dead(cache, item);
		if (dead)
			break;
		/* Without references it has just been replaced or removed. */
	} while (!refcount_inc_not_zero(&item->ref));
	rcu_read_unlock();

	if (dead) {
		bury(cache, hash, key, key_len);
		return NULL;
	}
	if (item)
		kmc_evict_mark(item);
	return item;
}

/**
 * kmc_cache_lookup_touch() - find an item and change when it expires
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 *
 * Context: any but hard interrupts.
 *
 * Return: the item with a reference for the caller, or NULL.
 */
struct kmc_item *kmc_cache_lookup_touch(struct kmc_cache *cache, const char *key, size_t key_len,
					u32 deadline)
{
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	struct kmc_item *item;

	kmc_index_lock(&cache->index, hash);
	item = __find_alive(cache, hash, key, key_len);
	if (item) {
		WRITE_ONCE(item->deadline, deadline);
		refcount_inc(&item->ref);
		kmc_evict_mark(item);
	}
	kmc_index_unlock(&cache->index, hash);
	return item;
}

static void count_eviction(struct kmc_cache *cache, struct kmc_item *item)
{
	if (is_dead(cache, item)) {
		kmc_stats_inc(cache->stats, KMC_STAT_RECLAIMED);
		return;
	}
	kmc_stats_inc(cache->stats, KMC_STAT_EVICTIONS);
	if (!test_bit(KMC_ITEM_FETCHED, &item->marks))
		kmc_stats_inc(cache->stats, KMC_STAT_EVICTED_UNFETCHED);
}

/* Evict one item. False if there is none. */
static bool evict_one(struct kmc_cache *cache)
{
	struct kmc_item *item = kmc_evict_lookup_victim(&cache->evict);
	u32 hash;

	if (!item)
		return false;
	hash = item->hash;
	kmc_index_lock(&cache->index, hash);
	if (item->linked) {
		count_eviction(cache, item);
		__unlink(cache, item);
	}
	kmc_index_unlock(&cache->index, hash);
	kmc_cache_put_item(cache, item);
	return true;
}

/* Memory in use that nobody is about to give back. */
static unsigned long held(const struct kmc_cache *cache)
{
	unsigned long used = kmc_budget_used(&cache->budget);
	unsigned long pending = kmc_reaper_pending(&cache->reaper);

	return used > pending ? used - pending : 0;
}

/* The part of it that eviction cannot give back: index, and items in transit. */
static unsigned long fixed(const struct kmc_cache *cache)
{
	unsigned long all = held(cache);
	unsigned long linked = atomic_long_read(&cache->budget.linked);

	return all > linked ? all - linked : 0;
}

/* Evict until @bytes more fit below @target, once readers are done with the rest. */
static bool evict_until(struct kmc_cache *cache, unsigned long bytes, unsigned long target,
			bool may_sleep)
{
	while (held(cache) + bytes > target) {
		if (!evict_one(cache))
			return false;
		if (may_sleep)
			cond_resched();
	}
	return true;
}

/* What eviction aims at: the limit less a reserve. */
static unsigned long target_of(unsigned long limit)
{
	return limit - (limit >> RESERVE_SHIFT);
}

/*
 * Charge @bytes, evicting what it takes. The fast case is one atomic addition.
 * Otherwise evict ahead of the need, so that the grace period is over by the time
 * somebody needs the memory; who needs it now must wait.
 *
 * What is in transit (being received, being sent) cannot be evicted. It may take
 * half of the limit: clients that stall must not be able to push out everything
 * that is stored, and nothing is evicted where that would not help.
 */
static bool make_room(struct kmc_cache *cache, unsigned long bytes, bool may_sleep)
{
	int round;

	for (round = 0; round < ROOM_ROUNDS; round++) {
		unsigned long limit = READ_ONCE(cache->budget.limit);
		unsigned long target = target_of(limit);

		if (fixed(cache) + bytes > limit / 2)
			return false;
		if (kmc_budget_try_charge(&cache->budget, bytes, target))
			return true;
		kmc_reaper_poll(&cache->reaper, bytes);
		evict_until(cache, bytes, target, may_sleep);
		if (kmc_budget_try_charge(&cache->budget, bytes, limit))
			return true;
		if (!may_sleep)
			return false;
		kmc_reaper_wait(&cache->reaper, bytes);
	}
	return false;
}

/**
 * kmc_cache_alloc_item() - allocate an item within the memory limit
 * @cache: the cache
 * @desc: what it is to be
 * @gfp: how to allocate; without %__GFP_DIRECT_RECLAIM the call does not sleep,
 *	and fails where it would have had to
 *
 * The item is not stored yet: the caller writes its value with kmc_item_write()
 * and calls kmc_cache_store().
 *
 * Return: the item, with one reference, or NULL.
 */
struct kmc_item *kmc_cache_alloc_item(struct kmc_cache *cache, const struct kmc_item_desc *desc,
				      gfp_t gfp)
{
	unsigned long footprint = kmc_item_footprint(desc);
	struct kmc_item *item;

	if (!make_room(cache, footprint, gfpflags_allow_blocking(gfp)))
		return NULL;
	item = kmc_item_alloc(desc, gfp);
	if (!item) {
		kmc_budget_uncharge(&cache->budget, footprint);
		return NULL;
	}
	item->hash = kmc_index_hash(&cache->index, desc->key, desc->key_len);
	return item;
}

/* The largest table there may be; a page is for its header. */
static size_t max_table(const struct kmc_cache *cache)
{
	return (READ_ONCE(cache->budget.limit) >> INDEX_SHIFT) + PAGE_SIZE;
}

/* Have the index grow if that would help and there is no reason not to try. */
static void grow_if_wanted(struct kmc_cache *cache)
{
	size_t bytes = kmc_index_growth(&cache->index, atomic_long_read(&cache->items));

	if (likely(!bytes) || bytes > max_table(cache))
		return;
	if (time_before(jiffies, READ_ONCE(cache->grow_retry)))
		return;
	if (!test_and_set_bit(UPKEEP_GROW, &cache->upkeep_due))
		mod_delayed_work(system_unbound_wq, &cache->upkeep, 0);
}

static void __link(struct kmc_cache *cache, struct kmc_item *old, struct kmc_item *item)
{
	item->cas = atomic64_inc_return(&cache->last_cas);
	item->generation = current_generation(cache);
	/* the reference of the index */
	refcount_inc(&item->ref);
	if (old) {
		__kmc_index_replace(&cache->index, old, item);
		account_unlinked(cache, old);
	} else {
		__kmc_index_add(&cache->index, item);
	}
	account_linked(cache, item);
}

static int check_condition(struct kmc_item *old, enum kmc_store_mode mode, u64 cas)
{
	switch (mode) {
	case KMC_STORE_ADD:
		/* memcached counts the attempt as a use of the item */
		if (old)
			kmc_evict_mark(old);
		return old ? -EEXIST : 0;
	case KMC_STORE_REPLACE:
		return old ? 0 : -ENOENT;
	case KMC_STORE_CAS:
		if (!old)
			return -ENOENT;
		return old->cas == cas ? 0 : -EEXIST;
	default:
		return 0;
	}
}

/**
 * kmc_cache_store() - store an item if a condition holds
 * @cache: the cache
 * @item: the item, its value complete; the caller keeps its reference
 * @mode: the condition
 * @cas: for %KMC_STORE_CAS
 *
 * Context: any but hard interrupts.
 *
 * Return: 0; -ENOENT if the key is missing and must not be; -EEXIST if it is
 * there and must not be, or its cas id differs.
 */
int kmc_cache_store(struct kmc_cache *cache, struct kmc_item *item, enum kmc_store_mode mode,
		    u64 cas)
{
	struct kmc_item *old;
	int err;

	kmc_index_lock(&cache->index, item->hash);
	old = __find_alive(cache, item->hash, item->data, item->key_len);
	err = check_condition(old, mode, cas);
	if (!err) {
		__link(cache, old, item);
		kmc_stats_inc(cache->stats, KMC_STAT_TOTAL_ITEMS);
	}
	kmc_index_unlock(&cache->index, item->hash);
	if (!err)
		grow_if_wanted(cache);
	return err;
}

/* Put @item in the place of @old, if that is still what is stored. */
static bool replace_if_same(struct kmc_cache *cache, struct kmc_item *old, struct kmc_item *item)
{
	bool same;

	kmc_index_lock(&cache->index, old->hash);
	same = old->linked && !is_dead(cache, old);
	if (same) {
		/* a touch since the copy was made must not be lost */
		item->deadline = old->deadline;
		/* memcached writes a value of the same length in place */
		if (item->value_len != old->value_len)
			kmc_stats_inc(cache->stats, KMC_STAT_TOTAL_ITEMS);
		__link(cache, old, item);
	}
	kmc_index_unlock(&cache->index, old->hash);
	return same;
}

static struct kmc_item *make_update(struct kmc_cache *cache, struct kmc_item *old,
				    const struct kmc_update_ops *ops, void *arg, gfp_t gfp)
{
	struct kmc_item_desc desc = {
		.key = old->data,
		.key_len = old->key_len,
		.flags = old->flags,
		.deadline = READ_ONCE(old->deadline),
	};
	struct kmc_item *item;
	int err;

	err = ops->plan(old, arg, &desc.value_len);
	if (err)
		return ERR_PTR(err);
	item = kmc_cache_alloc_item(cache, &desc, gfp);
	if (!item)
		return ERR_PTR(-ENOMEM);
	ops->fill(item, old, arg);
	return item;
}

/**
 * kmc_cache_update() - replace an item by one made from it
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @ops: how the new one is made
 * @arg: passed to @ops
 * @gfp: how to allocate
 *
 * Nothing is stored in between: if the item has changed meanwhile, the new one is
 * made again. Client flags and deadline stay.
 *
 * Return: 0, -ENOENT, -ENOMEM, -EAGAIN if others keep changing it, or what @ops->plan() returned.
 */
int kmc_cache_update(struct kmc_cache *cache, const char *key, size_t key_len,
		     const struct kmc_update_ops *ops, void *arg, gfp_t gfp)
{
	struct kmc_item *old, *item;
	bool done = false;
	int try;

	for (try = 0; !done && try < UPDATE_TRIES; try++) {
		old = kmc_cache_lookup(cache, key, key_len);
		if (!old)
			return -ENOENT;
		item = make_update(cache, old, ops, arg, gfp);
		if (IS_ERR(item)) {
			kmc_cache_put_item(cache, old);
			return PTR_ERR(item);
		}
		done = replace_if_same(cache, old, item);
		kmc_cache_put_item(cache, item);
		kmc_cache_put_item(cache, old);
	}
	return done ? 0 : -EAGAIN;
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
	u32 hash = kmc_index_hash(&cache->index, key, key_len);
	struct kmc_item *item;

	kmc_index_lock(&cache->index, hash);
	item = __find_alive(cache, hash, key, key_len);
	if (item)
		__unlink(cache, item);
	kmc_index_unlock(&cache->index, hash);
	return item ? 0 : -ENOENT;
}

static void sweep(struct kmc_item *item, void *arg)
{
	struct kmc_cache *cache = arg;

	enum kmc_stat cause = cause_of_death(cache, item);

	if (cause != KMC_STAT_UNSPEC)
		__bury(cache, item, cause);
}

static void grow(struct kmc_cache *cache)
{
	size_t bytes = kmc_index_growth(&cache->index, atomic_long_read(&cache->items));

	if (!bytes || bytes > max_table(cache))
		return;
	if (!make_room(cache, bytes, true) || kmc_index_grow(&cache->index))
		WRITE_ONCE(cache->grow_retry, jiffies + GROW_RETRY);
}

static void upkeep_work(struct work_struct *work)
{
	struct kmc_cache *cache = container_of(to_delayed_work(work), struct kmc_cache, upkeep);

	if (test_and_clear_bit(UPKEEP_GROW, &cache->upkeep_due))
		grow(cache);
	if (test_and_clear_bit(UPKEEP_SWEEP, &cache->upkeep_due) ||
	    time_after_eq(jiffies, cache->next_sweep)) {
		cache->next_sweep = jiffies + SWEEP_INTERVAL;
		kmc_index_visit(&cache->index, sweep, cache);
	}
	grow_if_wanted(cache);
	/* does nothing if something has become due meanwhile */
	queue_delayed_work(system_unbound_wq, &cache->upkeep, SWEEP_INTERVAL);
}

/**
 * kmc_cache_set_limit() - change the memory limit
 * @cache: the cache
 * @limit: bytes
 *
 * A lower limit holds for what is stored from now on; kmc_cache_trim() makes what
 * is stored already keep to it.
 *
 * Context: any.
 *
 * Return: 0; -EBUSY, with nothing changed, if the index, which does not shrink,
 * would take more than a quarter of it.
 */
int kmc_cache_set_limit(struct kmc_cache *cache, unsigned long limit)
{
	struct kmc_index_usage usage;

	kmc_index_read_usage(&cache->index, &usage);
	if (usage.bytes > limit / 4)
		return -EBUSY;
	WRITE_ONCE(cache->budget.limit, limit);
	return 0;
}

/**
 * kmc_cache_trim() - give memory back until the limit is kept
 * @cache: the cache
 *
 * Context: process, may take as long as freeing takes.
 */
void kmc_cache_trim(struct kmc_cache *cache)
{
	unsigned long limit;

	while (kmc_budget_used(&cache->budget) > (limit = READ_ONCE(cache->budget.limit))) {
		bool evictable = evict_until(cache, 0, target_of(limit), true);

		/* what is left is in the middle of being sent */
		if (!kmc_reaper_wait(&cache->reaper, ULONG_MAX) && !evictable)
			break;
		if (fatal_signal_pending(current))
			break;
	}
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
		.buckets = index.buckets,
		.index_bytes = index.bytes,
		.expanding = index.expanding,
	};
}

/**
 * kmc_cache_create() - create an empty cache
 * @limit: memory limit, bytes
 * @stats: counters to use; they outlive the cache
 *
 * Context: process.
 *
 * Return: the cache or an ERR_PTR.
 */
struct kmc_cache *kmc_cache_create(unsigned long limit, struct kmc_stats *stats)
{
	struct kmc_cache *cache = kvzalloc(sizeof(*cache), GFP_KERNEL);
	int err;

	if (!cache)
		return ERR_PTR(-ENOMEM);
	cache->budget.limit = limit;
	atomic_long_set(&cache->budget.used, sizeof(*cache));
	cache->stats = stats;
	cache->epoch = ktime_get_boottime_seconds() - CLOCK_START;
	spin_lock_init(&cache->flush_lock);
	kmc_evict_init(&cache->evict);
	kmc_reaper_init(&cache->reaper, &cache->budget);
	INIT_DELAYED_WORK(&cache->upkeep, upkeep_work);
	cache->next_sweep = jiffies + SWEEP_INTERVAL;
	cache->grow_retry = jiffies;
	err = kmc_index_init(&cache->index, &cache->budget);
	if (err)
		goto out_free_cache;
	queue_delayed_work(system_unbound_wq, &cache->upkeep, SWEEP_INTERVAL);
	return cache;

out_free_cache:
	kvfree(cache);
	return ERR_PTR(err);
}

static void unlink_item(struct kmc_item *item, void *arg)
{
	__unlink(arg, item);
}

/**
 * kmc_cache_destroy() - free a cache and all it holds
 * @cache: the cache; nobody uses it or has a reference to one of its items
 *
 * Context: process, sleeps for a grace period.
 */
void kmc_cache_destroy(struct kmc_cache *cache)
{
	cancel_delayed_work_sync(&cache->upkeep);
	kmc_index_visit(&cache->index, unlink_item, cache);
	kmc_reaper_uninit(&cache->reaper);
	kmc_index_uninit(&cache->index);
	WARN_ON(kmc_budget_used(&cache->budget) != sizeof(*cache));
	kvfree(cache);
}
