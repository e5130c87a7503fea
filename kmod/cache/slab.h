/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Memory for items: slabs of chunks, and ids to find them by. */
#ifndef KMC_CACHE_SLAB_H
#define KMC_CACHE_SLAB_H

#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "class.h"

struct kmc_budget;
struct kmc_cache_class;
struct kmc_item;

/* An id is the number of a slab, and a chunk within it. 0 is nothing. */
#define KMC_ID_CHUNK_BITS	12

/* More chunks than this are not in a slab. */
#define KMC_SLAB_CHUNKS_MAX	2048

/* What a slab takes at the most, with its header. */
#define KMC_SLAB_BYTES_MAX	((PAGE_SIZE << 4) + PAGE_SIZE)

/* Slab numbers are found in a tree of two levels. */
#define KMC_LEAF_SLABS		512
#define KMC_LEAVES		2048

/**
 * enum kmc_part - where an item is in the order of eviction
 * @KMC_PART_SMALL: new: it has to be read to stay, or to be small
 * @KMC_PART_MAIN: it was read, or is small, or had been evicted not long before it was stored
 * @KMC_PARTS: how many there are
 */
enum kmc_part {
	KMC_PART_SMALL,
	KMC_PART_MAIN,
	KMC_PARTS,
};

/**
 * enum kmc_slab_state - what a slab is doing
 * @KMC_SLAB_ACTIVE: in the order of eviction
 * @KMC_SLAB_DRAINING: being emptied: nothing is allocated from it
 * @KMC_SLAB_RETIRED: empty; readers may still look at it
 */
enum kmc_slab_state {
	KMC_SLAB_ACTIVE,
	KMC_SLAB_DRAINING,
	KMC_SLAB_RETIRED,
};

/**
 * struct kmc_slab - memory carved into chunks of one size, or a single item
 *
 * **Lifetime**: created when a chunk is needed and none is free. When its last
 * chunk is freed, and nobody walks it, it is retired: no id leads to it any more.
 * After a grace period its memory is free.
 *
 * **Locking**: P: &kmc_pool.lock. I: set before anybody can see it.
 *
 * @base: I: the first chunk, or the single item
 * @chunk_size: I: bytes; 0 for a single item
 * @nr: I: number of chunks
 * @class: I: which; the one after the last is that of what is larger than all chunks
 * @order: I: of its pages
 * @is_single: I: it is in a &struct kmc_single
 * @part: P: where it is in the order of eviction
 * @state: P: what it is doing
 * @walkers: P: who goes through its chunks and does not want it to be retired
 * @number: I: the upper bits of its ids
 * @bytes: I: memory it takes
 * @live: P: chunks allocated
 * @nr_free: P: chunks that can be allocated
 * @nr_open: P: chunks freed since the others wait for @cookie
 * @nr_closed: P: chunks that wait for @cookie
 * @cookie: P: a grace period
 * @newer: P: chunks allocated since it was queued
 * @era: A: &kmc_pool.era when it was queued, or something in it was used last
 * @queued_at: P: the clock of stores when it was queued: what was stored later is
 *	newer than its place in the queue says
 * @queued_second: P: the cache's clock then
 * @fifo: P: in &kmc_pool.fifo; of a retired slab, in &kmc_pool.retired
 * @partial: P: in &kmc_class.partial, if it has a chunk free or freed
 * @due: P: in &kmc_pool.wheel, when some of its items are worth looking at
 * @scan_at: P: when that is, on the cache's clock; 0: never
 * @early: P: items that expire before, stored since it was computed
 * @early_max: P: when the last of them does
 * @bits: P: three maps of chunks: free, open, closed
 */
struct kmc_slab {
	void			*base;
	u32			chunk_size;
	u16			nr;
	u8			class;
	u8			order : 6;
	u8			is_single : 1;
	u8			part;
	u8			state;
	u16			walkers;
	u32			number;
	u32			bytes;
	u16			live;
	u16			nr_free;
	u16			nr_open;
	u16			nr_closed;
	u16			newer;
	u8			era;
	unsigned long		cookie;
	u64			queued_at;
	u32			queued_second;
	struct list_head	fifo;
	struct list_head	partial;
	struct list_head	due;
	u32			scan_at;
	u32			early;
	u32			early_max;
	unsigned long		bits[];
};

/**
 * enum kmc_class_count - what is counted for each class
 * @KMC_CLASS_ITEMS: items that are stored, now
 * @KMC_CLASS_REQUESTED: their nominal size, now
 * @KMC_CLASS_EVICTED: items evicted
 * @KMC_CLASS_EVICTED_UNFETCHED: those that had never been read
 * @KMC_CLASS_EXPIRED_UNFETCHED: items that expired and had never been read
 * @KMC_CLASS_RECLAIMED: dead items removed to make room
 * @KMC_CLASS_NO_MEMORY: items that there was no memory for
 * @KMC_CLASS_COUNTS: how many counters
 */
enum kmc_class_count {
	KMC_CLASS_ITEMS,
	KMC_CLASS_REQUESTED,
	KMC_CLASS_EVICTED,
	KMC_CLASS_EVICTED_UNFETCHED,
	KMC_CLASS_EXPIRED_UNFETCHED,
	KMC_CLASS_RECLAIMED,
	KMC_CLASS_NO_MEMORY,
	KMC_CLASS_COUNTS,
};

/**
 * struct kmc_class - slabs of one chunk size, and single items of that size
 * @partial: P: slabs that have a chunk free or freed, of each part
 * @slabs: P: how many slabs
 * @chunks: P: how many chunks they have
 * @live: P: how many of those are allocated
 * @evicted_age: A: for how long what was evicted last had been queued, seconds
 * @count: A: counters
 */
struct kmc_class {
	struct list_head	partial[KMC_PARTS];
	unsigned long		slabs;
	unsigned long		chunks;
	unsigned long		live;
	u32			evicted_age;
	atomic_long_t		count[KMC_CLASS_COUNTS];
};

/* Seconds that the wheel of expiry has room for; what is further off comes by again. */
#define KMC_WHEEL	256

/**
 * struct kmc_pool - all slabs of a cache
 *
 * **Locking**: P: @lock, a leaf, taken inside the writer lock of a key. I: set by
 * kmc_pool_init(). A: accessed without a lock.
 *
 * @budget: I: what pays for them
 * @clock: I: counts stores: an item's serial says when it was stored
 * @single: I: every item is an allocation of its own
 * @era: A: counts eras: see era.c; it comes round again
 * @classes: I: sizes of chunks
 * @lock: protects all of it; taken with bottom halves off
 * @class: P: slabs by class, the last of which is that of what is larger than all chunks
 * @fifo: P: slabs of each part, oldest first
 * @slabs: P to write, A to read: how many slabs each part has
 * @bytes: P to write, A to read: what they take
 * @retired: P: empty slabs that wait for readers, oldest first
 * @retired_bytes: P to write, A to read: what they take
 * @empty: P: slabs of @order that are ready to be carved
 * @nr_empty: P to write, A to read: how many they are
 * @order: A: of new slabs
 * @wheel: P: slabs by when they are worth looking at
 * @turn: P: those of the second whose turn it is
 * @wheel_at: P: that second
 * @free_number: P: a chain of numbers not in use
 * @last_number: P: the highest number that was ever in use
 * @leaf: P to write, A to read: slabs by number
 */
struct kmc_pool {
	struct kmc_budget	*budget;
	const atomic64_t	*clock;
	bool			single;
	u8			era;
	struct kmc_classes	classes;
	spinlock_t		lock ____cacheline_aligned_in_smp;
	struct kmc_class	class[KMC_CLASSES_MAX + 1];
	struct list_head	fifo[KMC_PARTS];
	unsigned long		slabs[KMC_PARTS];
	unsigned long		bytes[KMC_PARTS];
	struct list_head	retired;
	unsigned long		retired_bytes;
	struct list_head	empty;
	unsigned int		nr_empty;
	unsigned int		order;
	struct list_head	wheel[KMC_WHEEL];
	struct list_head	turn;
	u32			wheel_at;
	u32			free_number;
	u32			last_number;
	struct kmc_slab		**leaf[KMC_LEAVES];
};

void kmc_pool_init(struct kmc_pool *pool, struct kmc_budget *budget, const atomic64_t *clock,
		   bool single, u32 now);
void kmc_pool_uninit(struct kmc_pool *pool);
void kmc_pool_set_limit(struct kmc_pool *pool, unsigned long limit);
unsigned long kmc_pool_slab_bytes(const struct kmc_pool *pool);

void kmc_pool_read_class(struct kmc_pool *pool, unsigned int number,
			 struct kmc_cache_class *result);

struct kmc_slab *kmc_slab_of(const struct kmc_pool *pool, const struct kmc_item *item);
u32 kmc_slab_id(const struct kmc_slab *slab, const struct kmc_item *item);
struct kmc_item *kmc_slab_alloc_chunk(struct kmc_pool *pool, unsigned int class,
				      enum kmc_part part);
int kmc_slab_add(struct kmc_pool *pool, unsigned int class, enum kmc_part part,
		 unsigned long limit, gfp_t gfp);
int kmc_slab_add_single(struct kmc_pool *pool, struct kmc_slab *slab, unsigned int class,
			enum kmc_part part);
bool kmc_slab_is_waiting(struct kmc_pool *pool, unsigned int class);
void kmc_slab_free_chunk(struct kmc_pool *pool, struct kmc_item *item);
void __kmc_slab_retire_if_unused(struct kmc_pool *pool, struct kmc_slab *slab);

bool kmc_slab_is_unread(const struct kmc_pool *pool, const struct kmc_slab *slab,
			unsigned int enough);
struct kmc_slab *kmc_slab_begin_drain_unread(struct kmc_pool *pool, enum kmc_part part,
					     unsigned int enough);
struct kmc_slab *kmc_slab_begin_drain(struct kmc_pool *pool, enum kmc_part part);
void kmc_slab_end_drain(struct kmc_pool *pool, struct kmc_slab *slab, enum kmc_part part);
struct kmc_slab *kmc_slab_begin_sweep(struct kmc_pool *pool, enum kmc_part part);
void kmc_slab_end_sweep(struct kmc_pool *pool, struct kmc_slab *slab);
void kmc_slab_copy_live(struct kmc_pool *pool, struct kmc_slab *slab, unsigned long *map);

unsigned long kmc_pool_reap(struct kmc_pool *pool, unsigned int keep);
bool kmc_pool_wait(struct kmc_pool *pool);

/*
 * A leaf's entry is a slab, or the next number that is not in use, made odd. Readers come
 * with the number of a slab that is there.
 */
static inline struct kmc_slab **kmc_slab_entry(const struct kmc_pool *pool, u32 number)
{
	return &READ_ONCE(pool->leaf[number / KMC_LEAF_SLABS])[number % KMC_LEAF_SLABS];
}

/**
 * kmc_slab_item() - find an item by its id
 * @pool: the pool
 * @id: an id that was read from the index since rcu_read_lock()
 *
 * Context: RCU, which keeps the item where it is.
 *
 * Return: the item.
 */
static inline struct kmc_item *kmc_slab_item(const struct kmc_pool *pool, u32 id)
{
	/* the address depends on what was read: no barrier is needed */
	const struct kmc_slab *slab = READ_ONCE(*kmc_slab_entry(pool, id >> KMC_ID_CHUNK_BITS));
	u32 index = id & ((1 << KMC_ID_CHUNK_BITS) - 1);

	return slab->base + (size_t)index * slab->chunk_size;
}

/**
 * kmc_slab_note_use() - an item of a slab was used
 * @pool: the pool
 * @slab: the slab
 *
 * Writes to the first line of the slab once in an era.
 *
 * Context: any in which the slab is kept.
 */
static inline void kmc_slab_note_use(const struct kmc_pool *pool, struct kmc_slab *slab)
{
	u8 era = READ_ONCE(pool->era);

	if (READ_ONCE(slab->era) != era)
		WRITE_ONCE(slab->era, era);
}

/**
 * kmc_slab_note_read() - an item was found by its id
 * @pool: the pool
 * @id: as for kmc_slab_item(), which has read the same line of the slab
 *
 * Context: RCU.
 *
 * Return: the number of its class.
 */
static inline unsigned int kmc_slab_note_read(const struct kmc_pool *pool, u32 id)
{
	struct kmc_slab *slab = READ_ONCE(*kmc_slab_entry(pool, id >> KMC_ID_CHUNK_BITS));

	kmc_slab_note_use(pool, slab);
	return slab->class;
}

/* wheel.c */
void kmc_slab_note_deadline(struct kmc_pool *pool, struct kmc_item *item, u32 deadline);
struct kmc_slab *kmc_slab_begin_scan(struct kmc_pool *pool, u32 now);
void kmc_slab_end_scan(struct kmc_pool *pool, struct kmc_slab *slab, u32 scan_at);

#endif
