// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Where an item is made: a chunk of a slab, pages of its own, or memory for a while. */
#include <linux/err.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "store.h"

/* How many slabs a large item may cost when the system has no memory. */
#define STARVED_TRIES 64

/* The class that an item is counted in, wherever it is. */
static unsigned int class_of(const struct kmc_cache *cache, u32 size)
{
	const struct kmc_classes *classes = &cache->pool.classes;

	return size > KMC_CHUNK_MAX ? classes->count : kmc_classes_find(classes, size);
}

static struct kmc_item *try_alloc_single(struct kmc_cache *cache,
					 const struct kmc_item_desc *desc, enum kmc_part part,
					 gfp_t gfp)
{
	bool paged = kmc_item_chunk_size(desc) > READ_ONCE(cache->large);
	unsigned long footprint = kmc_single_footprint(desc, paged);
	struct kmc_single *single;

	if (!kmc_room_charge(cache, footprint, gfpflags_allow_blocking(gfp)))
		return ERR_PTR(-ENOSPC);
	single = kmc_single_alloc(desc, paged, gfp);
	if (!single)
		goto out_uncharge;
	if (kmc_slab_add_single(&cache->pool, &single->slab,
				class_of(cache, kmc_item_chunk_size(desc)), part))
		goto out_free_single;
	return &single->item;

out_free_single:
	kmc_single_free(single);
out_uncharge:
	kmc_budget_uncharge(&cache->budget, footprint);
	return ERR_PTR(-ENOMEM);
}

/**
 * struct place - where an item goes, and why
 * @part: where it goes
 * @from: what it was evicted from
 * @age: how long ago that was
 * @marks: what it begins with
 */
struct place {
	enum kmc_part		part;
	enum kmc_part		from;
	enum kmc_ghost_age	age;
	u8			marks;
};

/* Was it evicted? What the main part has evicted is a newcomer if it is not back at once. */
static struct place look_back(struct kmc_cache *cache, u32 hash)
{
	struct place place = { .part = KMC_PART_MAIN, .from = KMC_PART_SMALL };

	place.age = kmc_ghost_take(&cache->ghost[KMC_PART_SMALL], hash);
	if (place.age != KMC_GHOST_NONE)
		return place;
	place.from = KMC_PART_MAIN;
	place.age = kmc_ghost_take(&cache->ghost[KMC_PART_MAIN], hash);
	if (place.age != KMC_GHOST_RECENT)
		place.part = KMC_PART_SMALL;
	return place;
}

/* That somebody has wanted it back is worth a visit to what has to be read twice to stay. */
static void demote(struct place *place)
{
	place->part = KMC_PART_SMALL;
	place->marks = 1 << KMC_ITEM_FREQ_SHIFT;
}

/* What is stored again soon after it was evicted, or is there already, is no newcomer. */
static struct place choose_place(struct kmc_cache *cache, u32 hash, const char *key,
				 size_t key_len, size_t nominal_size)
{
	struct place place = { .age = KMC_GHOST_NONE };
	struct kmc_item *old;
	u32 id;

	rcu_read_lock();
	old = kmc_index_find(&cache->index, hash, key, key_len, &id);
	if (old)
		place.part = READ_ONCE(kmc_slab_of(&cache->pool, old)->part);
	else
		place = look_back(cache, hash);
	rcu_read_unlock();
	if (!old && place.part == KMC_PART_MAIN && kmc_evict_is_dear(cache, nominal_size))
		demote(&place);
	return place;
}

/* It is not stored yet, and may be tried again: then it is still no newcomer. */
static void remember(struct kmc_cache *cache, u32 hash, const struct place *place)
{
	if (place->age == KMC_GHOST_NONE)
		return;
	rcu_read_lock();
	kmc_ghost_return(&cache->ghost[place->from], hash, place->age);
	rcu_read_unlock();
}

static void note_place(struct kmc_cache *cache, const struct place *place)
{
	if (place->age == KMC_GHOST_RECENT)
		kmc_share_note(&cache->share, place->from, atomic_long_read(&cache->items));
}

/* A chunk in the part where an item of this hash belongs; its marks are up to the caller. */
static struct kmc_item *alloc_place(struct kmc_cache *cache, u32 hash, const struct place *place,
				    u32 size, gfp_t gfp)
{
	struct kmc_item *item = kmc_room_alloc_chunk(cache, size, place->part, gfp);

	if (item)
		note_place(cache, place);
	else
		remember(cache, hash, place);
	return item;
}

static struct kmc_item *alloc_chunk(struct kmc_cache *cache, u32 hash,
				    const struct kmc_item_desc *desc, gfp_t gfp)
{
	struct place place = choose_place(cache, hash, desc->key, desc->key_len,
					  kmc_item_nominal_size(desc));
	struct kmc_item *item = alloc_place(cache, hash, &place, kmc_item_chunk_size(desc), gfp);

	if (!item)
		return NULL;
	kmc_item_init(item, desc);
	kmc_item_mark(item, 0, place.marks);
	return item;
}

static struct kmc_item *alloc_single(struct kmc_cache *cache, u32 hash,
				     const struct kmc_item_desc *desc, gfp_t gfp)
{
	struct place place = choose_place(cache, hash, desc->key, desc->key_len,
					  kmc_item_nominal_size(desc));
	struct kmc_item *item;
	int try;

	for (try = 0; try < STARVED_TRIES; try++) {
		item = try_alloc_single(cache, desc, place.part, gfp);
		if (!IS_ERR(item)) {
			kmc_item_mark(item, 0, place.marks);
			note_place(cache, &place);
			return item;
		}
		if (PTR_ERR(item) == -ENOSPC || !gfpflags_allow_blocking(gfp) ||
		    !kmc_room_starved(cache))
			break;
	}
	remember(cache, hash, &place);
	return NULL;
}

/*
 * What is in transit (being received, being sent) cannot be evicted. Large items
 * may take half of the limit so, and all together three quarters: clients that
 * stall must not be able to push out everything that is stored, nor to keep others
 * from storing what is small; and nothing is evicted where that would not help.
 */
static bool begin_transit(struct kmc_cache *cache, unsigned long bytes)
{
	unsigned long limit = READ_ONCE(cache->budget.limit);
	unsigned long max = bytes > READ_ONCE(cache->large) ? limit / 2 : limit / 4 * 3;

	if (atomic_long_add_return(bytes, &cache->transit) <= max)
		return true;
	atomic_long_sub(bytes, &cache->transit);
	return false;
}

static bool is_single(const struct kmc_cache *cache, u32 size)
{
	return size > READ_ONCE(cache->large) || cache->pool.single;
}

/*
 * An item for a value that may take its time has memory of its own until then: in a
 * chunk, it would keep a whole slab from being emptied.
 */
static struct kmc_item *alloc_loose(struct kmc_cache *cache, const struct kmc_item_desc *desc,
				    gfp_t gfp)
{
	u32 size = kmc_item_chunk_size(desc);
	unsigned long footprint = kmalloc_size_roundup(size);
	struct kmc_item *item;

	if (!kmc_room_charge(cache, footprint, gfpflags_allow_blocking(gfp)))
		return NULL;
	item = kmalloc(size, gfp | __GFP_NOWARN | __GFP_NORETRY);
	if (!item) {
		kmc_budget_uncharge(&cache->budget, footprint);
		return NULL;
	}
	item->marks = KMC_ITEM_LOOSE;
	kmc_item_init(item, desc);
	return item;
}

static struct kmc_item *alloc_item(struct kmc_cache *cache, u32 hash,
				   const struct kmc_item_desc *desc, gfp_t gfp)
{
	u32 size = kmc_item_chunk_size(desc);
	struct kmc_item *item;

	if (is_single(cache, size))
		return alloc_single(cache, hash, desc, gfp);
	if (desc->is_late) {
		item = alloc_loose(cache, desc, gfp);
		if (item)
			return item;
	}
	return alloc_chunk(cache, hash, desc, gfp);
}

/* What replaces an item needs no place of its own. */
static bool is_stored(struct kmc_cache *cache, u32 hash, const struct kmc_item_desc *desc)
{
	bool stored;
	u32 id;

	rcu_read_lock();
	stored = kmc_index_find(&cache->index, hash, desc->key, desc->key_len, &id);
	rcu_read_unlock();
	return stored;
}

static void count_no_memory(struct kmc_cache *cache, u32 size)
{
	struct kmc_class *class = &cache->pool.class[class_of(cache, size)];

	atomic_long_inc(&class->count[KMC_CLASS_NO_MEMORY]);
}

/**
 * kmc_cache_alloc_item() - allocate an item within the memory limit
 * @cache: the cache
 * @desc: what it is to be
 * @gfp: how to allocate; without %__GFP_DIRECT_RECLAIM the call does not sleep,
 *	and fails where it would have had to
 *
 * The item is not stored yet: the caller writes its value with kmc_item_write()
 * and calls kmc_cache_store() or kmc_cache_discard_item().
 *
 * Return: the item or NULL.
 */
struct kmc_item *kmc_cache_alloc_item(struct kmc_cache *cache, const struct kmc_item_desc *desc,
				      gfp_t gfp)
{
	u32 hash = kmc_index_hash(&cache->index, desc->key, desc->key_len);
	long size = kmc_item_chunk_size(desc), taken;
	struct kmc_item *item;

	if (!begin_transit(cache, size))
		return NULL;
	item = NULL;
	if (kmc_resize_make_place(cache, hash, gfp) || is_stored(cache, hash, desc))
		item = alloc_item(cache, hash, desc, gfp);
	/* who may not wait tries again where he may */
	if (!item && gfpflags_allow_blocking(gfp))
		count_no_memory(cache, size);
	taken = item ? kmc_store_footprint(cache, item) : 0;
	atomic_long_add(taken - size, &cache->transit);
	return item;
}

/**
 * kmc_alloc_settle() - move an item whose value has arrived into a chunk
 * @cache: the cache
 * @hash: hash of its key
 * @loose: the item, from memory of its own
 * @gfp: how to allocate
 *
 * Return: the item that it is now; or NULL, and @loose is as it was.
 */
struct kmc_item *kmc_alloc_settle(struct kmc_cache *cache, u32 hash, struct kmc_item *loose,
				  gfp_t gfp)
{
	struct place place = choose_place(cache, hash, loose->data, loose->key_len,
					  kmc_item_stored_nominal_size(loose));
	struct kmc_item *item = alloc_place(cache, hash, &place, kmc_item_size(loose), gfp);

	if (!item)
		return NULL;
	kmc_item_copy_all(item, loose);
	kmc_item_mark(item, KMC_ITEM_LOOSE, place.marks);
	atomic_long_add(kmc_store_footprint(cache, item), &cache->transit);
	kmc_cache_discard_item(cache, loose);
	return item;
}
