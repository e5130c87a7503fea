// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "item.h"

#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

/*
 * What memcached counts for an item besides key and value: its header, the cas
 * id, the NUL after the key, the CRLF after the value, and the client flags unless
 * they are 0.
 */
#define NOMINAL_OVERHEAD (48 + 8 + 1 + 2)
#define NOMINAL_FLAGS 4

/* How many pages are allocated before others may: the largest values have 256 Ki. */
#define PAGES_BATCH 1024

#define FREQ_ONE BIT(KMC_ITEM_FREQ_SHIFT)

static size_t flags_size(u32 flags)
{
	return flags ? sizeof(flags) : 0;
}

/* What is seldom there: a byte, and perhaps a cas id. */
static size_t more_size(bool has_more, bool has_cas)
{
	return has_more ? sizeof(u8) + (has_cas ? sizeof(u64) : 0) : 0;
}

static bool wants_more(const struct kmc_item_desc *desc)
{
	return desc->is_binary || desc->has_cas;
}

/* All but the value. */
static size_t head_size(const struct kmc_item_desc *desc)
{
	return offsetof(struct kmc_item, data) + desc->key_len + flags_size(desc->flags) +
	       more_size(wants_more(desc), desc->has_cas);
}

static size_t nominal_size(size_t key_len, u32 value_len, u32 flags)
{
	return NOMINAL_OVERHEAD + key_len + value_len + (flags ? NOMINAL_FLAGS : 0);
}

/**
 * kmc_item_nominal_size() - the size of an item as memcached counts it
 * @desc: the item
 *
 * This is what the item size limit is compared with, so that what fits into
 * memcached fits here, and what does not does not.
 *
 * Return: bytes.
 */
size_t kmc_item_nominal_size(const struct kmc_item_desc *desc)
{
	return nominal_size(desc->key_len, desc->value_len, desc->flags);
}

/**
 * kmc_item_stored_nominal_size() - kmc_item_nominal_size() of an item
 * @item: the item
 *
 * Return: bytes.
 */
size_t kmc_item_stored_nominal_size(const struct kmc_item *item)
{
	return nominal_size(item->key_len, kmc_item_value_len(item), kmc_item_flags(item));
}

/**
 * kmc_item_chunk_size() - the chunk that an item needs
 * @desc: the item
 *
 * Return: bytes; above %KMC_CHUNK_MAX it has to be a single one.
 */
u32 kmc_item_chunk_size(const struct kmc_item_desc *desc)
{
	return min_t(size_t, head_size(desc) + desc->value_len, U32_MAX);
}

/**
 * kmc_item_init() - write what is known of an item before its value arrives
 * @item: a chunk of kmc_item_chunk_size(), with no marks
 * @desc: the item
 */
void kmc_item_init(struct kmc_item *item, const struct kmc_item_desc *desc)
{
	char *at = item->data + desc->key_len;

	/* this is what every item costs; and a value in a chunk must fit its bits */
	BUILD_BUG_ON(offsetof(struct kmc_item, data) != 14);
	BUILD_BUG_ON(KMC_CHUNK_MAX - offsetof(struct kmc_item, data) >= BIT(KMC_ITEM_LEN_BITS));
	item->deadline = desc->deadline;
	item->serial_low = 0;
	item->serial_high = 0;
	item->value_len = desc->value_len;
	item->is_stale = false;
	item->has_more = wants_more(desc);
	item->key_len = desc->key_len;
	memcpy(item->data, desc->key, desc->key_len);
	if (desc->flags) {
		item->marks |= KMC_ITEM_HAS_FLAGS;
		memcpy(at, &desc->flags, sizeof(desc->flags));
		at += sizeof(desc->flags);
	}
	if (!item->has_more)
		return;
	*at++ = (desc->is_binary ? KMC_MORE_BINARY : 0) | (desc->has_cas ? KMC_MORE_CAS : 0);
	if (desc->has_cas)
		memcpy(at, &desc->cas, sizeof(desc->cas));
}

static size_t count_pages(u32 value_len)
{
	return DIV_ROUND_UP((size_t)value_len, PAGE_SIZE);
}

static size_t single_size(const struct kmc_item_desc *desc, bool paged)
{
	size_t size = offsetof(struct kmc_single, item) + head_size(desc);

	return paged ? size : size + desc->value_len;
}

/**
 * kmc_single_footprint() - the memory that a single item takes
 * @desc: the item
 * @paged: its value is in pages of its own
 *
 * Return: bytes, with what the allocator rounds up.
 */
unsigned long kmc_single_footprint(const struct kmc_item_desc *desc, bool paged)
{
	unsigned long size = kmalloc_size_roundup(single_size(desc, paged));
	size_t pages = count_pages(desc->value_len);

	if (paged)
		size += pages * PAGE_SIZE + kmalloc_size_roundup(pages * sizeof(struct page *));
	return size;
}

static void free_pages_of(struct kmc_single *single, size_t count)
{
	while (count) {
		__free_page(single->pages[--count]);
		/* only what was made in process context has so many */
		if (!(count % PAGES_BATCH) && count)
			cond_resched();
	}
	kvfree(single->pages);
}

static bool alloc_pages_of(struct kmc_single *single, gfp_t gfp)
{
	size_t count = count_pages(single->value_len);
	size_t i;

	single->pages = kvmalloc_array(count, sizeof(struct page *), gfp);
	if (!single->pages)
		return false;
	for (i = 0; i < count; i++) {
		if (i % PAGES_BATCH == PAGES_BATCH - 1 && gfpflags_allow_blocking(gfp))
			cond_resched();
		single->pages[i] = alloc_page(gfp);
		if (!single->pages[i]) {
			free_pages_of(single, i);
			return false;
		}
	}
	return true;
}

/**
 * kmc_single_alloc() - allocate a single item, without its value
 * @desc: the item
 * @paged: its value is to be in pages of its own
 * @gfp: how; a failure is expected and not worth a warning or an OOM kill
 *
 * Return: the item with one reference, not in the pool yet; or NULL.
 */
struct kmc_single *kmc_single_alloc(const struct kmc_item_desc *desc, bool paged, gfp_t gfp)
{
	struct kmc_single *single;

	gfp |= __GFP_NOWARN | __GFP_NORETRY;
	single = kmalloc(single_size(desc, paged), gfp);
	if (!single)
		return NULL;
	memset(single, 0, offsetof(struct kmc_single, item));
	refcount_set(&single->ref, 1);
	single->value_len = desc->value_len;
	single->slab.base = &single->item;
	single->slab.bytes = kmc_single_footprint(desc, paged);
	single->item.marks = KMC_ITEM_SINGLE;
	kmc_item_init(&single->item, desc);
	if (paged && !alloc_pages_of(single, gfp)) {
		kfree(single);
		return NULL;
	}
	return single;
}

/**
 * kmc_single_free() - free a single item that nobody can see any more
 * @single: the item
 *
 * Context: process.
 */
void kmc_single_free(struct kmc_single *single)
{
	if (single->pages)
		free_pages_of(single, count_pages(single->value_len));
	kfree(single);
}

/**
 * kmc_item_key() - an item's key
 * @item: the item
 * @len: its length
 *
 * Return: first byte.
 */
const char *kmc_item_key(const struct kmc_item *item, size_t *len)
{
	*len = item->key_len;
	return item->data;
}

/**
 * kmc_item_flags() - an item's client flags
 * @item: the item
 *
 * Return: the flags.
 */
u32 kmc_item_flags(const struct kmc_item *item)
{
	u32 flags = 0;

	if (kmc_item_is(item, KMC_ITEM_HAS_FLAGS))
		memcpy(&flags, item->data + item->key_len, sizeof(flags));
	return flags;
}

/**
 * kmc_item_value_len() - the length of an item's value
 * @item: the item
 *
 * Return: bytes.
 */
u32 kmc_item_value_len(const struct kmc_item *item)
{
	return kmc_item_is(item, KMC_ITEM_SINGLE) ? kmc_item_single(item)->value_len :
						     item->value_len;
}

/* Where the byte is that an item may have behind its key and flags. */
static const char *find_more(const struct kmc_item *item)
{
	return item->data + item->key_len +
	       (kmc_item_is(item, KMC_ITEM_HAS_FLAGS) ? sizeof(u32) : 0);
}

static bool has_more(const struct kmc_item *item, u8 bit)
{
	return item->has_more && *find_more(item) & bit;
}

/**
 * kmc_item_cas() - an item's cas id, as clients know it
 * @item: the item, stored
 *
 * Return: the id.
 */
u64 kmc_item_cas(const struct kmc_item *item)
{
	u64 cas;

	if (!has_more(item, KMC_MORE_CAS))
		return kmc_item_serial(item);
	memcpy(&cas, find_more(item) + sizeof(u8), sizeof(cas));
	return cas;
}

/**
 * kmc_item_is_binary() - is an item's key to be written as base64?
 * @item: the item
 *
 * Return: true if a client wrote it so when it was stored.
 */
bool kmc_item_is_binary(const struct kmc_item *item)
{
	return has_more(item, KMC_MORE_BINARY);
}

/**
 * kmc_item_is_stale() - was an item's value declared stale?
 * @item: the item
 *
 * Return: true if so.
 */
bool kmc_item_is_stale(const struct kmc_item *item)
{
	return item->is_stale;
}

/**
 * kmc_item_is_won() - was somebody told to fetch an item's value anew?
 * @item: the item
 *
 * Return: true if so; for good, if the writer lock of the key is held.
 */
bool kmc_item_is_won(const struct kmc_item *item)
{
	return kmc_item_is(item, KMC_ITEM_WON);
}

/**
 * kmc_item_was_read() - was an item read since it was stored?
 * @item: the item
 *
 * Return: true if so.
 */
bool kmc_item_was_read(const struct kmc_item *item)
{
	return kmc_item_is(item, KMC_ITEM_FETCHED);
}

/**
 * kmc_item_deadline() - when does an item expire?
 * @item: the item
 *
 * Return: when, on the cache's clock, or %KMC_CACHE_NEVER.
 */
u32 kmc_item_deadline(const struct kmc_item *item)
{
	return READ_ONCE(item->deadline);
}

/**
 * kmc_item_set_serial() - give an item its number
 * @item: the item, not stored yet
 * @serial: the number, below 2^48
 */
void kmc_item_set_serial(struct kmc_item *item, u64 serial)
{
	item->serial_low = (u32)serial;
	item->serial_high = serial >> 32;
}

/**
 * kmc_item_mark() - change some of an item's marks
 * @item: the item
 * @clear: marks to take away
 * @set: marks to give
 *
 * Context: any, no lock; RCU or a lock keeps the item.
 */
void kmc_item_mark(struct kmc_item *item, u8 clear, u8 set)
{
	u8 old = READ_ONCE(item->marks);

	while (!try_cmpxchg(&item->marks, &old, (old & ~clear) | set))
		;
}

static void use(struct kmc_item *item, u8 set)
{
	u8 old = READ_ONCE(item->marks);
	u8 new = old | set;

	if ((old & KMC_ITEM_FREQ) != KMC_ITEM_FREQ)
		new += FREQ_ONE;
	if (new != old)
		cmpxchg(&item->marks, old, new);
}

/**
 * kmc_item_visit() - an item was read
 * @item: the item
 *
 * Writes to it only if that changes something, so that a hot item's cache line
 * stays shared; and does not insist: if somebody else writes, he has said enough.
 *
 * Context: any, no lock; RCU or a lock keeps the item.
 */
void kmc_item_visit(struct kmc_item *item)
{
	use(item, KMC_ITEM_FETCHED);
}

/**
 * kmc_item_use() - an item was used, but not read by a client
 * @item: the item
 *
 * Context: as kmc_item_visit().
 */
void kmc_item_use(struct kmc_item *item)
{
	use(item, 0);
}

static size_t value_offset(const struct kmc_item *item)
{
	return find_more(item) - item->data +
	       more_size(item->has_more, has_more(item, KMC_MORE_CAS));
}

/**
 * kmc_item_size() - the size of an item in a chunk
 * @item: the item, not a single one
 *
 * Return: bytes.
 */
size_t kmc_item_size(const struct kmc_item *item)
{
	return offsetof(struct kmc_item, data) + value_offset(item) + item->value_len;
}

/* The bytes of a value at @offset that are contiguous, @len at most. */
static char *value_run(const struct kmc_item *item, u32 offset, u32 *len)
{
	u32 in_page = offset % PAGE_SIZE;
	struct page **pages = kmc_item_is(item, KMC_ITEM_SINGLE) ? kmc_item_single(item)->pages :
								    NULL;

	if (!pages)
		return (char *)item->data + value_offset(item) + offset;
	*len = min_t(u32, *len, PAGE_SIZE - in_page);
	return (char *)page_address(pages[offset / PAGE_SIZE]) + in_page;
}

/**
 * kmc_item_write() - write a part of a value that is not stored yet
 * @item: the item
 * @offset: where in the value
 * @src: the bytes
 * @len: how many; @offset + @len is at most the value's length
 */
void kmc_item_write(struct kmc_item *item, u32 offset, const void *src, u32 len)
{
	u32 value_len = kmc_item_value_len(item);

	if (WARN_ON_ONCE(offset > value_len || len > value_len - offset))
		return;
	while (len) {
		u32 run = len;
		char *dst = value_run(item, offset, &run);

		memcpy(dst, src, run);
		offset += run;
		src += run;
		len -= run;
	}
}

/**
 * kmc_item_copy() - write a part of a value with a part of another one
 * @dst: item that is not stored yet
 * @dst_offset: where in its value
 * @src: the other item
 * @src_offset: where in its value
 * @len: how many bytes
 *
 * Context: process, if they are more than some.
 */
void kmc_item_copy(struct kmc_item *dst, u32 dst_offset, const struct kmc_item *src,
		   u32 src_offset, u32 len)
{
	u32 pages = 0;

	while (len) {
		u32 run = len;
		char *from = value_run(src, src_offset, &run);

		kmc_item_write(dst, dst_offset, from, run);
		dst_offset += run;
		src_offset += run;
		len -= run;
		if (++pages % PAGES_BATCH == 0)
			cond_resched();
	}
}

/**
 * kmc_item_copy_all() - make an item that is the same as another one
 * @dst: memory of kmc_item_size()
 * @src: an item in a chunk
 *
 * It is not stored.
 *
 * Context: RCU or the writer lock of the key keeps @src.
 */
void kmc_item_copy_all(struct kmc_item *dst, const struct kmc_item *src)
{
	dst->deadline = READ_ONCE(src->deadline);
	dst->serial_low = src->serial_low;
	dst->serial_high = src->serial_high;
	dst->value_len = src->value_len;
	dst->is_stale = src->is_stale;
	dst->has_more = src->has_more;
	dst->key_len = src->key_len;
	memcpy(dst->data, src->data, value_offset(src) + src->value_len);
	dst->marks = READ_ONCE(src->marks) & ~KMC_ITEM_LINKED;
}

/**
 * kmc_item_flat() - what an answer needs of a small item, at once
 * @item: the item; RCU or a lock keeps it
 * @flat: result
 *
 * Return: false if its value may be in several places, for kmc_item_segments().
 */
bool kmc_item_flat(const struct kmc_item *item, struct kmc_item_flat *flat)
{
	bool is_plain = !kmc_item_is(item, KMC_ITEM_HAS_FLAGS) && !item->has_more;

	if (kmc_item_is(item, KMC_ITEM_SINGLE))
		return false;
	*flat = (struct kmc_item_flat) {
		.value = item->data + (is_plain ? item->key_len : value_offset(item)),
		.len = item->value_len,
		.flags = is_plain ? 0 : kmc_item_flags(item),
	};
	return true;
}

/**
 * kmc_item_pages() - the pages that a part of a value is in
 * @item: the item; a reference keeps it
 * @offset: where in the value
 * @len: how many bytes; @offset + @len is at most the value's length
 * @vec: result
 * @max: how many there may be of them
 * @covered: result: how many of the @len bytes they are
 *
 * They are not changed any more. Who keeps one for longer than the item takes a
 * reference to it; what memory it is then is not accounted to the cache.
 *
 * Return: how many of @vec were written; 0 if the value is not in pages of its own.
 */
size_t kmc_item_pages(const struct kmc_item *item, u32 offset, u32 len, struct bio_vec *vec,
		      size_t max, size_t *covered)
{
	struct page **pages = kmc_item_is(item, KMC_ITEM_SINGLE) ? kmc_item_single(item)->pages :
								    NULL;
	size_t n;

	*covered = 0;
	for (n = 0; pages && n < max && *covered < len; n++) {
		u32 at = offset + *covered;
		u32 run = min_t(u32, len - *covered, PAGE_SIZE - at % PAGE_SIZE);

		bvec_set_page(&vec[n], pages[at / PAGE_SIZE], run, at % PAGE_SIZE);
		*covered += run;
	}
	return n;
}

/**
 * kmc_item_segments() - where a part of a value is
 * @item: the item; RCU or a reference keeps the bytes where they are
 * @offset: where in the value
 * @len: how many bytes; @offset + @len is at most the value's length
 * @vec: result
 * @max: how many there may be of them
 * @covered: result: how many of the @len bytes they are
 *
 * Return: how many of @vec were written.
 */
size_t kmc_item_segments(const struct kmc_item *item, u32 offset, u32 len, struct kvec *vec,
			 size_t max, u32 *covered)
{
	size_t n;

	*covered = 0;
	for (n = 0; n < max && *covered < len; n++) {
		u32 run = len - *covered;

		vec[n].iov_base = value_run(item, offset + *covered, &run);
		vec[n].iov_len = run;
		*covered += run;
	}
	return n;
}
