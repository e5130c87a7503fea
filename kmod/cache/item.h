/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One key with its value. */
#ifndef KMC_CACHE_ITEM_H
#define KMC_CACHE_ITEM_H

#include <linux/mm_types.h>
#include <linux/refcount.h>

#include "cache.h"
#include "slab.h"

/* Bits of &kmc_item.marks. */
#define KMC_ITEM_HAS_FLAGS	BIT(0)	/* the client's flags are behind the key */
#define KMC_ITEM_SINGLE		BIT(1)	/* in a &struct kmc_single */
#define KMC_ITEM_LINKED		BIT(2)	/* in the index; K to write */
#define KMC_ITEM_FETCHED	BIT(3)	/* read since it was stored */
#define KMC_ITEM_FREQ_SHIFT	4	/* two bits: how often it was read lately */
#define KMC_ITEM_FREQ		(3 << KMC_ITEM_FREQ_SHIFT)
#define KMC_ITEM_COPY		BIT(6)	/* a copy, for somebody who keeps it */
#define KMC_ITEM_LOOSE		BIT(7)	/* in no slab, its value is still arriving */

/**
 * struct kmc_item - one key with its value
 *
 * Its 14 bytes are what every item costs besides key and value. There is no
 * reference count: who looks at an item is within rcu_read_lock(), and its memory
 * is used for another one only after a grace period. Large items, which a reply
 * cannot copy, are counted: see &struct kmc_single.
 *
 * **Locking**: I: set before the item is stored, immutable after that. K: the
 * writer lock of the key (kmc_index_lock()). A: accessed without a lock.
 *
 * @deadline: K to write, A to read: when it expires
 * @cas_low: I: its unique id, which also says whether it was stored before a flush
 * @cas_high: I: the upper bits of that
 * @value_len: I: length of the value; of a single item it is in &kmc_single
 * @key_len: I: length of the key
 * @marks: A: %KMC_ITEM_LINKED and so on; changed by cmpxchg once it is stored
 * @data: I: the key; the client's flags if they are not 0; the value
 */
struct kmc_item {
	u32	deadline;
	u32	cas_low;
	u16	cas_high;
	u16	value_len;
	u8	key_len;
	u8	marks;
	char	data[];
};

/**
 * struct kmc_single - an item that is an allocation of its own
 *
 * **Lifetime**: created with one reference, which becomes that of the index; a
 * reply that needs the value for longer takes another one. The last one to go
 * retires the slab, which frees it after a grace period.
 *
 * @slab: by which it has an id and a place in the order of eviction
 * @ref: references
 * @value_len: length of the value
 * @pages: the pages of a value that is not in @item, or NULL
 * @item: the item
 */
struct kmc_single {
	struct kmc_slab	slab;
	refcount_t	ref;
	u32		value_len;
	struct page	**pages;
	struct kmc_item	item;
};

static inline struct kmc_single *kmc_item_single(const struct kmc_item *item)
{
	return container_of(item, struct kmc_single, item);
}

static inline bool kmc_item_is(const struct kmc_item *item, u8 mark)
{
	return READ_ONCE(item->marks) & mark;
}

/*
 * Is it in the index? Who does not hold its lock may read its key after this: a chunk that is
 * used again is linked only when the new key is there.
 */
static inline bool kmc_item_is_linked(const struct kmc_item *item)
{
	/* pairs with the cmpxchg in kmc_item_mark() */
	return smp_load_acquire(&item->marks) & KMC_ITEM_LINKED;
}

u32 kmc_item_chunk_size(const struct kmc_item_desc *desc);
void kmc_item_init(struct kmc_item *item, const struct kmc_item_desc *desc);
struct kmc_single *kmc_single_alloc(const struct kmc_item_desc *desc, bool paged, gfp_t gfp);
void kmc_single_free(struct kmc_single *single);
unsigned long kmc_single_footprint(const struct kmc_item_desc *desc, bool paged);
size_t kmc_item_size(const struct kmc_item *item);
void kmc_item_copy_all(struct kmc_item *dst, const struct kmc_item *src);
void kmc_item_mark(struct kmc_item *item, u8 clear, u8 set);
void kmc_item_visit(struct kmc_item *item);
void kmc_item_set_cas(struct kmc_item *item, u64 cas);
size_t kmc_item_stored_nominal_size(const struct kmc_item *item);

static inline u8 kmc_item_freq(const struct kmc_item *item)
{
	return (READ_ONCE(item->marks) & KMC_ITEM_FREQ) >> KMC_ITEM_FREQ_SHIFT;
}

#endif
