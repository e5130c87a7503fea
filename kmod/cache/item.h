/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One key with its value. */
#ifndef KMC_CACHE_ITEM_H
#define KMC_CACHE_ITEM_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/refcount.h>

#include "cache.h"

/* Bits of &kmc_item.marks. */
#define KMC_ITEM_VISITED	0	/* read since eviction last looked at it */
#define KMC_ITEM_FETCHED	1	/* read since it was stored */

/**
 * struct kmc_item - one key with its value
 *
 * **Lifetime**: created by kmc_cache_alloc_item() with one reference, which is
 * the caller's. Being in the index holds another one. kmc_cache_put_item() of the
 * last one hands it to the reaper, which frees it after an RCU grace period: a
 * reader that finds it under rcu_read_lock() may look at it and try to get a
 * reference, which fails once the last one is gone.
 *
 * **Locking**: I: set before the item is stored, immutable after that. K: the
 * writer lock of the key (kmc_index_lock()); E: &kmc_evict.lock; R: &kmc_reaper.lock,
 * once the last reference is gone. A: accessed without a lock.
 *
 * @next: K, readers under RCU: the chain of the index
 * @lru: E: the order of eviction
 * @dead: R: list of those waiting for readers
 * @ref: A: references
 * @hash: I: hash of the key
 * @deadline: K to write, A to read: when it expires
 * @generation: I: flushes that had happened when it was stored
 * @flags: I: the client's flags
 * @cas: I: its unique id
 * @marks: A: %KMC_ITEM_VISITED and so on
 * @footprint: I: memory it takes, bytes
 * @value_len: I: length of the value
 * @key_len: I: length of the key
 * @paged: I: the value is in pages of its own
 * @linked: K: it is in the index
 * @data: I: the key; behind it the value, or, aligned, the pointers to its pages
 */
struct kmc_item {
	struct kmc_item __rcu	*next;
	union {
		struct list_head	lru;
		struct kmc_item		*dead;
	};
	refcount_t		ref;
	u32			hash;
	u32			deadline;
	u32			generation;
	u32			flags;
	u32			value_len;
	u64			cas;
	unsigned long		marks;
	u32			footprint;
	u8			key_len;
	bool			paged;
	bool			linked;
	char			data[];
};

unsigned long kmc_item_footprint(const struct kmc_item_desc *desc);
struct kmc_item *kmc_item_alloc(const struct kmc_item_desc *desc, gfp_t gfp);
void kmc_item_free(struct kmc_item *item);
size_t kmc_item_stored_nominal_size(const struct kmc_item *item);

#endif
