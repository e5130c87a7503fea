/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One key with its value. */
#ifndef KMC_CACHE_ITEM_H
#define KMC_CACHE_ITEM_H

#include <linux/mm_types.h>
#include <linux/refcount.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "cache.h"
#include "slab.h"

/* Bits of &kmc_item.marks. */
#define KMC_ITEM_HAS_FLAGS	BIT(0)	/* the client's flags are behind the key */
#define KMC_ITEM_SINGLE		BIT(1)	/* in a &struct kmc_single */
#define KMC_ITEM_LINKED		BIT(2)	/* in the index; K to write */
#define KMC_ITEM_FETCHED	BIT(3)	/* read since it was stored */
#define KMC_ITEM_FREQ_SHIFT	4	/* two bits: how often it was wanted lately */
#define KMC_ITEM_FREQ		(3 << KMC_ITEM_FREQ_SHIFT)
#define KMC_ITEM_WON		BIT(6)	/* somebody was told to fetch the value anew; K to write */
#define KMC_ITEM_LOOSE		BIT(7)	/* in no slab, its value is still arriving */

/* Bits of the byte behind key and flags of an item that &kmc_item.has_more. */
#define KMC_MORE_BINARY		BIT(0)	/* the client wrote the key as base64 */
#define KMC_MORE_CAS		BIT(1)	/* the client gave it a cas id, which follows */

/* What the length of a value in a chunk needs. */
#define KMC_ITEM_LEN_BITS	14

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
 * @serial_low: I: its unique number, which says whether it was stored before a flush;
 *	it is also its cas id, unless a client gave it another one
 * @serial_high: I: the upper bits of that
 * @value_len: I: length of the value; of a single item it is in &kmc_single. What
 *	is in a chunk is shorter than the chunk, and so has two bits to spare:
 * @is_stale: I: clients are to be told that the value is not up to date
 * @has_more: I: there is a byte of %KMC_MORE_BINARY and so on
 * @key_len: I: length of the key
 * @marks: A: %KMC_ITEM_LINKED and so on; changed by cmpxchg once it is stored
 * @data: I: the key; the client's flags if they are not 0; what @has_more says; the
 *	value
 */
struct kmc_item {
	u32	deadline;
	u32	serial_low;
	u16	serial_high;
	u16	value_len : KMC_ITEM_LEN_BITS;
	u16	is_stale : 1;
	u16	has_more : 1;
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
void kmc_item_use(struct kmc_item *item);
void kmc_item_set_serial(struct kmc_item *item, u64 serial);

/**
 * kmc_item_serial() - an item's number, which none before it had
 * @item: the item, stored
 *
 * Return: the number.
 */
static inline u64 kmc_item_serial(const struct kmc_item *item)
{
	return (u64)item->serial_high << 32 | item->serial_low;
}

static inline u8 kmc_item_freq(const struct kmc_item *item)
{
	return (READ_ONCE(item->marks) & KMC_ITEM_FREQ) >> KMC_ITEM_FREQ_SHIFT;
}

static inline bool kmc_item_is_same_word(const char *a, const char *b)
{
	return get_unaligned((const u64 *)a) == get_unaligned((const u64 *)b);
}

/**
 * kmc_item_has_key() - is it the item of a key?
 * @item: the item
 * @key: the key
 * @key_len: its length
 *
 * By words, of which the last two may overlap: there is no need to know which is less.
 *
 * Return: true if so.
 */
static __always_inline bool kmc_item_has_key(const struct kmc_item *item, const char *key,
					     size_t key_len)
{
	const char *own = item->data;
	size_t at;

	if (item->key_len != key_len)
		return false;
	if (key_len < sizeof(u64))
		return !memcmp(own, key, key_len);
	for (at = 0; at < key_len - sizeof(u64); at += sizeof(u64)) {
		if (!kmc_item_is_same_word(own + at, key + at))
			return false;
	}
	at = key_len - sizeof(u64);
	return kmc_item_is_same_word(own + at, key + at);
}

#endif
