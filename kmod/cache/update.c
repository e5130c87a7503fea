// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* Items that are kept for longer than RCU does, and read-modify-write, which needs that. */
#include <linux/err.h>
#include <linux/slab.h>

#include "../stats.h"
#include "store.h"

/* How often a read-modify-write is begun again because the item has changed. */
#define UPDATE_TRIES 256

/**
 * struct keeping - somebody wants to keep an item
 * @changes: to make another one of it, which is no reading
 * @deadline: when the copy expires, if that is changed; or NULL
 * @item: what he gets: the item if it is counted, or else a copy; NULL if there is none
 * @spare: memory for a copy
 * @spare_size: how much
 * @wanted: how much is needed, if that was too little
 */
struct keeping {
	bool		changes;
	const u32	*deadline;
	struct kmc_item	*item;
	struct kmc_item	*spare;
	size_t		spare_size;
	size_t		wanted;
};

static struct kmc_item *memory_for_copy(struct keeping *keeping, size_t size)
{
	struct kmc_item *spare = keeping->spare;

	if (size > keeping->spare_size)
		return kmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
	keeping->spare = NULL;
	return spare;
}

static bool keep(struct kmc_item *item, void *arg)
{
	struct keeping *keeping = arg;
	size_t size;

	if (keeping->changes)
		kmc_item_use(item);
	/* what is found now may be another one than the last time */
	keeping->wanted = 0;
	if (kmc_item_is(item, KMC_ITEM_SINGLE)) {
		keeping->item = item;
		return kmc_cache_try_get_item(item);
	}
	size = kmc_item_size(item);
	keeping->item = memory_for_copy(keeping, size);
	keeping->wanted = keeping->item ? 0 : size;
	if (!keeping->item)
		return true;
	kmc_item_copy_all(keeping->item, item);
	if (keeping->deadline)
		keeping->item->deadline = *keeping->deadline;
	return true;
}

/* After a copy that had no memory: get it, if waiting for it is allowed. */
static bool get_spare(struct keeping *keeping, gfp_t gfp)
{
	kfree(keeping->spare);
	keeping->spare_size = 0;
	keeping->spare = gfpflags_allow_blocking(gfp) ?
		kmalloc(keeping->wanted, gfp | __GFP_NOWARN | __GFP_NORETRY) : NULL;
	if (keeping->spare)
		keeping->spare_size = keeping->wanted;
	return keeping->spare;
}

static bool find(struct kmc_cache *cache, const char *key, size_t key_len,
		 struct keeping *keeping)
{
	if (keeping->deadline)
		return kmc_cache_read_touch(cache, key, key_len, *keeping->deadline, keep,
					    keeping);
	if (keeping->changes)
		return kmc_cache_peek(cache, key, key_len, keep, keeping);
	return kmc_cache_read(cache, key, key_len, keep, keeping);
}

static struct kmc_item *lookup(struct kmc_cache *cache, const char *key, size_t key_len,
			       const u32 *deadline, bool changes, gfp_t gfp)
{
	struct keeping keeping = { .changes = changes, .deadline = deadline };
	bool found;

	do {
		found = find(cache, key, key_len, &keeping);
	} while (found && keeping.wanted && get_spare(&keeping, gfp));
	kfree(keeping.spare);
	if (!found)
		return NULL;
	return keeping.wanted ? ERR_PTR(-ENOMEM) : keeping.item;
}

/**
 * kmc_cache_lookup() - find an item, and keep it
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @gfp: how to allocate
 *
 * Context: any but hard interrupts.
 *
 * Return: the item, for kmc_cache_put_item(): a large one itself, a copy of a small
 * one; NULL if there is none; ERR_PTR(-ENOMEM) if there is no memory for a copy.
 */
struct kmc_item *kmc_cache_lookup(struct kmc_cache *cache, const char *key, size_t key_len,
				  gfp_t gfp)
{
	return lookup(cache, key, key_len, NULL, false, gfp);
}

/**
 * kmc_cache_lookup_touch() - find an item, change when it expires, and keep it
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @deadline: on the cache's clock, or %KMC_CACHE_NEVER
 * @gfp: how to allocate
 *
 * Context: any but hard interrupts.
 *
 * Return: as kmc_cache_lookup().
 */
struct kmc_item *kmc_cache_lookup_touch(struct kmc_cache *cache, const char *key, size_t key_len,
					u32 deadline, gfp_t gfp)
{
	return lookup(cache, key, key_len, &deadline, false, gfp);
}

/* To clients it is the item that they know. */
static void keep_state(struct kmc_item *item, const struct kmc_item *now)
{
	item->is_stale = now->is_stale;
	kmc_item_mark(item, 0, READ_ONCE(now->marks) & (KMC_ITEM_WON | KMC_ITEM_FETCHED));
}

static void __finish(struct kmc_cache *cache, struct kmc_item *item, const struct kmc_item *now,
		     struct kmc_change *change)
{
	change->old_deadline = now->deadline;
	change->old_class = kmc_cache_item_class(cache, now);
	/* a touch since the copy was made must not be lost */
	item->deadline = change->has_deadline ? change->deadline : now->deadline;
	/* memcached writes a value of the same length in place */
	if (change->is_new || kmc_item_value_len(item) != kmc_item_value_len(now))
		kmc_stats_inc(cache->stats, KMC_STAT_TOTAL_ITEMS);
	else
		keep_state(item, now);
	if (!change->is_stale)
		return;
	item->is_stale = true;
	kmc_item_mark(item, KMC_ITEM_WON, 0);
}

/* Put @item in the place of @old, if that, or what it is a copy of, is still stored. */
static bool replace_if_same(struct kmc_cache *cache, const struct kmc_item *old,
			    struct kmc_item *item, struct kmc_change *change)
{
	u32 hash = kmc_index_hash(&cache->index, item->data, item->key_len);
	struct kmc_item *now;
	bool same;

	kmc_index_lock(&cache->index, hash);
	now = __kmc_store_find_alive(cache, hash, item->data, item->key_len);
	same = now && kmc_item_serial(now) == kmc_item_serial(old);
	if (same) {
		__finish(cache, item, now, change);
		__kmc_store_link(cache, hash, now, item);
		change->new_cas = kmc_item_cas(item);
	}
	kmc_index_unlock(&cache->index, hash);
	return same;
}

static struct kmc_item *make_update(struct kmc_cache *cache, struct kmc_item *old,
				    const struct kmc_update_ops *ops, void *arg,
				    const struct kmc_change *change, gfp_t gfp)
{
	struct kmc_item_desc desc = {
		.key = old->data,
		.key_len = old->key_len,
		.flags = change->has_flags ? change->flags : kmc_item_flags(old),
		.deadline = READ_ONCE(old->deadline),
		.is_binary = kmc_item_is_binary(old),
		.has_cas = change->has_cas || change->keeps_cas,
		.cas = change->has_cas ? change->cas : kmc_item_cas(old),
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

/* One try. -EAGAIN: the item has changed meanwhile. */
static int try_update(struct kmc_cache *cache, const char *key, size_t key_len,
		      const struct kmc_update_ops *ops, void *arg, struct kmc_change *change,
		      gfp_t gfp)
{
	struct kmc_item *old = lookup(cache, key, key_len, NULL, true, gfp);
	struct kmc_item *item;
	int err = 0;

	if (IS_ERR_OR_NULL(old))
		return old ? PTR_ERR(old) : -ENOENT;
	item = make_update(cache, old, ops, arg, change, gfp);
	if (IS_ERR(item)) {
		err = PTR_ERR(item);
	} else if (!replace_if_same(cache, old, item, change)) {
		kmc_cache_discard_item(cache, item);
		err = -EAGAIN;
	}
	kmc_cache_put_item(cache, old);
	return err;
}

/**
 * kmc_cache_change() - replace an item by one made from it
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @ops: how the new one is made
 * @arg: passed to @ops
 * @change: what else changes; its results are valid on success
 * @gfp: how to allocate
 *
 * Nothing is stored in between: if the item has changed meanwhile, the new one is
 * made again. What @change does not say stays.
 *
 * Return: 0, -ENOENT, -ENOMEM, -EAGAIN if others keep changing it, or what @ops->plan() returned.
 */
int kmc_cache_change(struct kmc_cache *cache, const char *key, size_t key_len,
		     const struct kmc_update_ops *ops, void *arg, struct kmc_change *change,
		     gfp_t gfp)
{
	int err = -EAGAIN;
	int try;

	for (try = 0; err == -EAGAIN && try < UPDATE_TRIES; try++)
		err = try_update(cache, key, key_len, ops, arg, change, gfp);
	return err;
}

/**
 * kmc_cache_update() - kmc_cache_change() of nothing but the value
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @ops: how the new one is made
 * @arg: passed to @ops
 * @gfp: how to allocate
 *
 * Return: as kmc_cache_change().
 */
int kmc_cache_update(struct kmc_cache *cache, const char *key, size_t key_len,
		     const struct kmc_update_ops *ops, void *arg, gfp_t gfp)
{
	struct kmc_change change = {};

	return kmc_cache_change(cache, key, key_len, ops, arg, &change, gfp);
}
