// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * S3-FIFO by slabs (Yang et al., "FIFO queues are all you need for cache
 * eviction", SOSP 2023). New items go to small slabs, a tenth of the memory or more. What
 * was read by the time the oldest small slab is emptied moves to a main slab; the
 * rest is evicted, and remembered for a while: what is stored again in that time
 * goes to a main slab at once. So does what a main slab has just evicted; which of the
 * two is wanted back says how large the small part should be: share.c. Of the oldest
 * main slab, what was read since it came there moves to the end of the queue, with one
 * visit less.
 *
 * What takes more than twice the mean has to be read twice in its small slab, for what
 * could be there instead of it is read more often; when it is stored again just after it was
 * evicted, that counts as once, and it begins in a small slab nevertheless. What takes less than
 * the mean is spared by chance: of items of one half of the mean that have no visit left, one in
 * four is evicted, of smaller ones at least one in sixteen; or they lose a visit as often, if they
 * had one.
 * But where nothing of a slab was read nothing of it is spared, or it would never make way for
 * larger items that nobody reads either.
 *
 * Visits say what was read some time, not lately. So when others ask for other things, the main
 * part would be in their way until all its visits are used up. But when nothing in one of its
 * first two slabs was used for some eras, that goes, whatever its items' visits are, and before
 * what is in the small part. What an era is: era.c; how many: share.c.
 *
 * Whole slabs are emptied, so that memory goes where it is needed, whatever sizes
 * were stored before. A hit only marks its item.
 */
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

#include "../stats.h"
#include "store.h"

/**
 * enum mode - what a walk through a slab does with what is alive
 * @SWEEP: leave it
 * @SPARE: evict it, or move it if it was read, is young, or is spared
 * @DRAIN: evict it, or move it if it was read, or is young
 * @DRAIN_UNREAD: evict it, or move it if it is young
 * @DRAIN_ALL: evict it
 */
enum mode { SWEEP, SPARE, DRAIN, DRAIN_UNREAD, DRAIN_ALL };

/*
 * The least that an item counts of the mean, which is 256, when it is decided by chance whether it
 * is spared: one in sixteen goes in any case, or slabs of very small ones would be copied again and
 * again for next to nothing.
 */
#define OF_MEAN_MIN 64U

static void count_eviction(struct kmc_cache *cache, const struct kmc_slab *slab,
			   const struct kmc_item *item)
{
	struct kmc_class *class = &cache->pool.class[slab->class];

	kmc_stats_inc(cache->stats, KMC_STAT_EVICTIONS);
	atomic_long_inc(&class->count[KMC_CLASS_EVICTED]);
	WRITE_ONCE(class->evicted_age, kmc_cache_now(cache) - READ_ONCE(slab->queued_second));
	if (kmc_item_is(item, KMC_ITEM_FETCHED))
		return;
	kmc_stats_inc(cache->stats, KMC_STAT_EVICTED_UNFETCHED);
	atomic_long_inc(&class->count[KMC_CLASS_EVICTED_UNFETCHED]);
}

static void count_reclaimed(struct kmc_cache *cache, const struct kmc_slab *slab)
{
	kmc_stats_inc(cache->stats, KMC_STAT_RECLAIMED);
	atomic_long_inc(&cache->pool.class[slab->class].count[KMC_CLASS_RECLAIMED]);
}

/* A chunk for what moves; without waiting for it. */
static struct kmc_item *alloc_chunk(struct kmc_cache *cache, unsigned int class,
				    enum kmc_part part)
{
	struct kmc_item *item = kmc_slab_alloc_chunk(&cache->pool, class, part);

	if (item)
		return item;
	if (kmc_slab_add(&cache->pool, class, part, READ_ONCE(cache->budget.limit), GFP_NOWAIT))
		return NULL;
	return kmc_slab_alloc_chunk(&cache->pool, class, part);
}

/* Is it newer than the place of its slab in the queue says? */
static bool is_young(const struct kmc_slab *slab, const struct kmc_item *item)
{
	return !slab->is_single && kmc_item_serial(item) > slab->queued_at;
}

static u32 room_of(const struct kmc_slab *slab)
{
	return slab->is_single ? slab->bytes : slab->chunk_size;
}

/* What all items would take if each was of this size, as sizes are counted. */
static u64 bytes_of_as_many(const struct kmc_cache *cache, size_t nominal_size)
{
	return (u64)nominal_size * atomic_long_read(&cache->items);
}

/**
 * kmc_evict_is_dear() - does an item take so much that it has to be read twice to stay?
 * @cache: the cache
 * @nominal_size: the item's, bytes: kmc_item_nominal_size()
 *
 * Context: any.
 *
 * Return: true if that is more than two items take in the mean.
 */
bool kmc_evict_is_dear(const struct kmc_cache *cache, size_t nominal_size)
{
	return bytes_of_as_many(cache, nominal_size) > 2 * (u64)atomic_long_read(&cache->bytes);
}

/*
 * Is it spared this time, because it is small? Its chance to go is the square of its size beside
 * the mean.
 */
static bool is_spared(const struct kmc_cache *cache, const struct kmc_item *item)
{
	u64 own = bytes_of_as_many(cache, kmc_item_stored_nominal_size(item));
	u64 all = atomic_long_read(&cache->bytes);
	u32 of_mean;

	if (own >= all)
		return false;
	of_mean = max_t(u32, div64_u64(own << 8, all), OF_MEAN_MIN);
	return get_random_u16() >= of_mean * of_mean;
}

/* Was an item of the index read often enough to move? */
static bool is_read(const struct kmc_cache *cache, const struct kmc_slab *slab,
		    const struct kmc_item *item)
{
	u8 freq = kmc_item_freq(item);

	if (slab->part == KMC_PART_SMALL && freq == 1)
		return !kmc_evict_is_dear(cache, kmc_item_stored_nominal_size(item));
	return freq;
}

/* Where it goes it has to be read again to stay; what is young has not been judged. */
static u8 next_freq(const struct kmc_cache *cache, const struct kmc_slab *slab,
		    const struct kmc_item *item)
{
	u8 freq = kmc_item_freq(item);

	if (is_young(slab, item))
		return freq;
	if (slab->part == KMC_PART_SMALL)
		return 0;
	return freq && !is_spared(cache, item) ? freq - 1 : freq;
}

/* Move an item out of a slab that is being emptied. False: there is no place. */
static bool __move(struct kmc_cache *cache, struct kmc_slab *slab, u32 hash,
		   struct kmc_item *item)
{
	enum kmc_part part = is_young(slab, item) ? slab->part : KMC_PART_MAIN;
	u8 freq = next_freq(cache, slab, item) << KMC_ITEM_FREQ_SHIFT;
	struct kmc_item *new;

	if (slab->is_single) {
		kmc_item_mark(item, KMC_ITEM_FREQ, freq);
		return true;
	}
	new = alloc_chunk(cache, slab->class, part);
	if (!new)
		return false;
	kmc_item_copy_all(new, item);
	kmc_item_mark(new, KMC_ITEM_FREQ, freq | KMC_ITEM_LINKED);
	__kmc_index_replace(&cache->index, hash, kmc_slab_id(slab, item),
			    kmc_slab_id(kmc_slab_of(&cache->pool, new), new));
	kmc_slab_note_deadline(&cache->pool, new, new->deadline);
	kmc_item_mark(item, KMC_ITEM_LINKED, 0);
	kmc_slab_free_chunk(&cache->pool, item);
	return true;
}

/* Is it worth a place elsewhere? */
static bool may_move(const struct kmc_cache *cache, const struct kmc_slab *slab,
		     const struct kmc_item *item, enum mode mode)
{
	if ((mode == SPARE || mode == DRAIN) && is_read(cache, slab, item))
		return true;
	if (mode == SPARE && is_spared(cache, item))
		return true;
	return mode != DRAIN_ALL && is_young(slab, item);
}

/* What becomes of an item; its size if it goes. */
static u32 __decide(struct kmc_cache *cache, struct kmc_slab *slab, u32 hash,
		    struct kmc_item *item, enum mode mode)
{
	enum kmc_stat cause = kmc_store_cause_of_death(cache, item);

	if (cause != KMC_STAT_UNSPEC) {
		if (mode != SWEEP)
			count_reclaimed(cache, slab);
		__kmc_store_bury(cache, hash, item, cause);
		return room_of(slab);
	}
	if (mode == SWEEP)
		return 0;
	if (may_move(cache, slab, item, mode) && __move(cache, slab, hash, item))
		return 0;
	cache->era.evicted += kmc_item_stored_nominal_size(item);
	count_eviction(cache, slab, item);
	__kmc_store_tell_eviction(cache, item);
	kmc_ghost_add(&cache->ghost[slab->part], hash, atomic_long_read(&cache->items));
	__kmc_store_unlink(cache, hash, item);
	return room_of(slab);
}

static u32 visit(struct kmc_cache *cache, struct kmc_slab *slab, unsigned int index,
		 enum mode mode)
{
	struct kmc_item *item = slab->base + (size_t)index * slab->chunk_size;
	u32 hash, size = 0;

	/*
	 * An item that is seen to be linked keeps its key until the end of this, for
	 * its chunk is not used again before a grace period is over.
	 */
	rcu_read_lock();
	if (kmc_item_is_linked(item)) {
		hash = kmc_index_hash(&cache->index, item->data, item->key_len);
		kmc_index_lock(&cache->index, hash);
		if (kmc_item_is(item, KMC_ITEM_LINKED))
			size = __decide(cache, slab, hash, item, mode);
		kmc_index_unlock(&cache->index, hash);
	}
	rcu_read_unlock();
	return size;
}

/* Go through a slab. How much went. */
static unsigned long walk(struct kmc_cache *cache, struct kmc_slab *slab, enum mode mode)
{
	DECLARE_BITMAP(live, KMC_SLAB_CHUNKS_MAX);
	unsigned long gone = 0;
	unsigned int i;

	kmc_slab_copy_live(&cache->pool, slab, live);
	for_each_set_bit(i, live, slab->nr) {
		gone += visit(cache, slab, i, mode);
		if (i % 64 == 63)
			cond_resched();
	}
	return gone;
}

static bool is_hot_item(const struct kmc_cache *cache, const struct kmc_slab *slab,
			const struct kmc_item *item)
{
	bool is_hot;

	/* only what is linked has a size, which it keeps until the end of this: see visit() */
	rcu_read_lock();
	is_hot = kmc_item_is_linked(item) && is_read(cache, slab, item);
	rcu_read_unlock();
	return is_hot;
}

/* Was anything in a slab read often enough to move? */
static bool is_hot(struct kmc_cache *cache, struct kmc_slab *slab)
{
	DECLARE_BITMAP(live, KMC_SLAB_CHUNKS_MAX);
	unsigned int i;

	kmc_slab_copy_live(&cache->pool, slab, live);
	for_each_set_bit(i, live, slab->nr) {
		const struct kmc_item *item = slab->base + (size_t)i * slab->chunk_size;

		if (is_hot_item(cache, slab, item))
			return true;
	}
	return false;
}

/*
 * What is to move out of a slab needs a place, or it is evicted, however often it was read.
 * Where most of what is stored was read, or is spared, many slabs are emptied for a little room,
 * and what they have left is soon all that there is: then wait for it. Above a limit that was
 * lowered there would be no place either.
 */
static void make_move_room(struct kmc_cache *cache, long bytes)
{
	struct kmc_pool *pool = &cache->pool;
	long spare;

	for (;;) {
		spare = READ_ONCE(cache->budget.limit) - kmc_budget_used(&cache->budget);
		if (spare >= bytes || spare + (long)READ_ONCE(pool->retired_bytes) < bytes)
			return;
		if (!kmc_pool_reap(pool, 0) && !kmc_pool_wait(pool))
			return;
	}
}

static enum kmc_part choose_part(const struct kmc_cache *cache)
{
	unsigned long small = READ_ONCE(cache->pool.bytes[KMC_PART_SMALL]);
	unsigned long main = READ_ONCE(cache->pool.bytes[KMC_PART_MAIN]);

	return kmc_share_is_exceeded(&cache->share, small, small + main) ? KMC_PART_SMALL :
									   KMC_PART_MAIN;
}

/*
 * What is in the main part and not used any more makes way for newcomers: before anything of the
 * small part goes, unless that has all it may ever have.
 */
static struct kmc_slab *begin_drain(struct kmc_cache *cache, unsigned int eras)
{
	unsigned long small = READ_ONCE(cache->pool.bytes[KMC_PART_SMALL]);
	unsigned long main = READ_ONCE(cache->pool.bytes[KMC_PART_MAIN]);
	enum kmc_part part = choose_part(cache);
	struct kmc_slab *slab = NULL;

	if (part == KMC_PART_SMALL && !kmc_share_is_most(small, small + main))
		slab = kmc_slab_begin_drain_unread(&cache->pool, KMC_PART_MAIN, eras);
	if (!slab)
		slab = kmc_slab_begin_drain(&cache->pool, part);
	return slab ?: kmc_slab_begin_drain(&cache->pool, !part);
}

/* Who must not wait wants memory, not hits: it is no time to spare anything. */
static enum mode choose_mode(struct kmc_cache *cache, struct kmc_slab *slab, unsigned int eras,
			     bool harsh, bool may_wait)
{
	if (harsh)
		return DRAIN_ALL;
	if (slab->part == KMC_PART_MAIN && kmc_slab_is_unread(&cache->pool, slab, eras))
		return DRAIN_UNREAD;
	return may_wait && is_hot(cache, slab) ? SPARE : DRAIN;
}

/**
 * kmc_evict_slab() - empty the slab whose turn it is
 * @cache: the cache, its &kmc_cache.evict_mutex held
 * @harsh: do not move anything
 * @may_wait: for a grace period, so that what was read or is spared has a place to move to
 *
 * Context: process.
 *
 * Return: bytes of what went, the rest was moved; negative if there is no slab.
 */
long kmc_evict_slab(struct kmc_cache *cache, bool harsh, bool may_wait)
{
	/* others may change it meanwhile */
	unsigned int eras = READ_ONCE(cache->share.eras);
	struct kmc_slab *slab;
	enum mode mode;
	long gone;

	lockdep_assert_held(&cache->evict_mutex);
	kmc_era_try_end(cache);
	slab = begin_drain(cache, eras);
	if (!slab)
		return -1;
	mode = choose_mode(cache, slab, eras, harsh, may_wait);
	/* a large item stays where it is */
	if (mode == SPARE && !slab->is_single)
		make_move_room(cache, slab->bytes);
	gone = walk(cache, slab, mode);
	/* what is left: a large item that stays, or one whose value is still arriving */
	kmc_slab_end_drain(&cache->pool, slab, KMC_PART_MAIN);
	return gone;
}

/**
 * kmc_evict_sweep() - free what is dead in all slabs
 * @cache: the cache
 *
 * Each slab goes once from the beginning of its queue to the end, which leaves
 * their order as it was.
 *
 * Context: process.
 */
void kmc_evict_sweep(struct kmc_cache *cache)
{
	struct kmc_slab *slab;
	enum kmc_part part;
	unsigned long left;

	for (part = 0; part < KMC_PARTS; part++) {
		for (left = READ_ONCE(cache->pool.slabs[part]); left; left--) {
			/* between two slabs, others may evict */
			mutex_lock(&cache->evict_mutex);
			slab = kmc_slab_begin_sweep(&cache->pool, part);
			if (slab) {
				walk(cache, slab, SWEEP);
				kmc_slab_end_sweep(&cache->pool, slab);
			}
			mutex_unlock(&cache->evict_mutex);
			cond_resched();
		}
	}
}
