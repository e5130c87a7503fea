// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What is known of an item besides its value, and what of it may change. */
#include <linux/minmax.h>

#include "store.h"

/**
 * kmc_cache_item_age() - about how old an item is
 * @cache: the cache
 * @item: the item; RCU or the writer lock of the key keeps it
 *
 * When an item was stored or read is not known. Its slab knows when it was given its
 * place in the order of eviction: that is when it was filled, or for a large item
 * when it was stored, and again whenever it was kept.
 *
 * Return: for how long its slab has had its place, seconds.
 */
u32 kmc_cache_item_age(const struct kmc_cache *cache, const struct kmc_item *item)
{
	return kmc_cache_now(cache) -
	       READ_ONCE(kmc_slab_of(&cache->pool, item)->queued_second);
}

/**
 * kmc_cache_item_class() - of which size an item is
 * @cache: the cache
 * @item: the item; RCU or the writer lock of the key keeps it, or it is not stored yet
 *
 * Return: a number for kmc_cache_read_class().
 */
unsigned int kmc_cache_item_class(const struct kmc_cache *cache, const struct kmc_item *item)
{
	if (kmc_item_is(item, KMC_ITEM_LOOSE))
		return kmc_classes_find(&cache->pool.classes, kmc_item_size(item));
	return kmc_slab_of(&cache->pool, item)->class;
}

static void __visit(struct kmc_cache *cache, struct kmc_item *item, bool is_new)
{
	u8 before = kmc_item_freq(item);

	kmc_item_visit(item);
	/* that something was missing, and is there now, says nothing of what is wanted */
	if (!is_new)
		kmc_store_note_use(cache, item, before);
}

static void __apply(struct kmc_cache *cache, struct kmc_item *item, bool is_new,
		    const struct kmc_edit *edit)
{
	if (edit->has_deadline)
		__kmc_store_set_deadline(cache, item, edit->deadline);
	if (edit->is_won)
		kmc_item_mark(item, 0, KMC_ITEM_WON);
	if (edit->is_read)
		__visit(cache, item, is_new);
}

/**
 * kmc_cache_edit() - look at an item and change what may be changed of it
 * @cache: the cache
 * @key: the key
 * @key_len: its length
 * @spare: points to an item of that key, which is stored if there is none, and then to
 *	NULL; or to NULL from the beginning
 * @edit: called with the item, and whether it was @spare; may not sleep. It says in
 *	&struct kmc_edit what is to become of the item, unless it returns false. It
 *	may have kmc_cache_try_get_item() keep the item for it, which does not fail here
 *	for items that are counted
 * @arg: passed to @edit
 *
 * Of all who call this at the same time, one comes first.
 *
 * Context: any but hard interrupts.
 *
 * Return: 0, -ENOENT, or -ENOSPC if there is no place for @spare.
 */
int kmc_cache_edit(struct kmc_cache *cache, const char *key, size_t key_len,
		   struct kmc_item **spare,
		   bool (*edit)(struct kmc_item *item, bool is_new, struct kmc_edit *edit,
				void *arg), void *arg)
{
	struct kmc_edit result = {};
	struct kmc_item *item;
	bool is_new = false;
	int err = 0;
	u32 hash;

	/* what it may be stored by is its own key: @key may be changing */
	if (*spare) {
		key = (*spare)->data;
		key_len = (*spare)->key_len;
	}
	hash = kmc_index_hash(&cache->index, key, key_len);
	kmc_index_lock(&cache->index, hash);
	item = __kmc_store_find_alive(cache, hash, key, key_len);
	if (!item) {
		err = *spare ? __kmc_store_put(cache, hash, NULL, *spare) : -ENOENT;
		is_new = !err;
		if (is_new)
			swap(item, *spare);
	}
	if (item && edit(item, is_new, &result, arg))
		__apply(cache, item, is_new, &result);
	kmc_index_unlock(&cache->index, hash);
	if (is_new)
		kmc_store_resize(cache);
	return err;
}
