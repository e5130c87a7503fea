// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "evict.h"

#include <linux/bitops.h>

#include "item.h"

/* How many items may get a second chance before one is taken all the same. */
#define SCAN_MAX 64

/**
 * kmc_evict_init() - initialise an embedded eviction list
 * @evict: the list
 */
void kmc_evict_init(struct kmc_evict *evict)
{
	spin_lock_init(&evict->lock);
	INIT_LIST_HEAD(&evict->list);
}

/**
 * kmc_evict_add() - an item was stored
 * @evict: the list
 * @item: the item
 *
 * Context: the writer lock of the key is held.
 */
void kmc_evict_add(struct kmc_evict *evict, struct kmc_item *item)
{
	spin_lock_bh(&evict->lock);
	list_add(&item->lru, &evict->list);
	spin_unlock_bh(&evict->lock);
}

/**
 * kmc_evict_remove() - an item leaves the index
 * @evict: the list
 * @item: the item
 *
 * Context: the writer lock of the key is held.
 */
void kmc_evict_remove(struct kmc_evict *evict, struct kmc_item *item)
{
	spin_lock_bh(&evict->lock);
	list_del(&item->lru);
	spin_unlock_bh(&evict->lock);
}

/**
 * kmc_evict_mark() - an item was read
 * @item: the item
 *
 * Writes to the item only if it is not marked yet, so that a hot item's cache
 * line stays shared.
 *
 * Context: any, no lock; RCU or a reference keeps the item.
 */
void kmc_evict_mark(struct kmc_item *item)
{
	unsigned long marks = BIT(KMC_ITEM_VISITED) | BIT(KMC_ITEM_FETCHED);

	if ((READ_ONCE(item->marks) & marks) == marks)
		return;
	set_bit(KMC_ITEM_VISITED, &item->marks);
	set_bit(KMC_ITEM_FETCHED, &item->marks);
}

/**
 * kmc_evict_lookup_victim() - choose an item to evict
 * @evict: the list
 *
 * The item stays on the list, at the other end of it, until its owner has it out
 * of the index: two callers are given different items as long as there are some.
 *
 * Context: any but hard interrupts.
 *
 * Return: an item with a reference for the caller, or NULL if there is none.
 */
struct kmc_item *kmc_evict_lookup_victim(struct kmc_evict *evict)
{
	struct kmc_item *item = NULL;
	int scanned = 0;

	spin_lock_bh(&evict->lock);
	while (!list_empty(&evict->list)) {
		item = list_last_entry(&evict->list, struct kmc_item, lru);
		list_move(&item->lru, &evict->list);
		if (!test_and_clear_bit(KMC_ITEM_VISITED, &item->marks))
			break;
		if (++scanned >= SCAN_MAX)
			break;
	}
	/* On the list means in the index, and that holds a reference. */
	if (item)
		refcount_inc(&item->ref);
	spin_unlock_bh(&evict->lock);
	return item;
}
