// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "item.h"

#include <linux/gfp.h>
#include <linux/math.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

/* An item of up to this many bytes, all told, is one allocation. */
#define SMALL_MAX (2 * PAGE_SIZE)

/*
 * What memcached counts for an item besides key and value: its header, the cas
 * id, the NUL after the key, and the client flags unless they are 0.
 */
#define NOMINAL_OVERHEAD (48 + 8 + 1)
#define NOMINAL_FLAGS 4

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
	return nominal_size(item->key_len, item->value_len, item->flags);
}

static bool is_paged(const struct kmc_item_desc *desc)
{
	return sizeof(struct kmc_item) + desc->key_len + desc->value_len > SMALL_MAX;
}

static size_t pages_offset(size_t key_len)
{
	return round_up(offsetof(struct kmc_item, data) + key_len, sizeof(struct page *));
}

static struct page **item_pages(const struct kmc_item *item)
{
	return (struct page **)((char *)item + pages_offset(item->key_len));
}

static size_t count_pages(u32 value_len)
{
	return DIV_ROUND_UP((size_t)value_len, PAGE_SIZE);
}

/* Size of the allocation with the header. */
static size_t head_size(const struct kmc_item_desc *desc)
{
	if (is_paged(desc))
		return pages_offset(desc->key_len) +
		       count_pages(desc->value_len) * sizeof(struct page *);
	return sizeof(struct kmc_item) + desc->key_len + desc->value_len;
}

/**
 * kmc_item_footprint() - the memory an item takes
 * @desc: the item
 *
 * Return: bytes, with what the allocator rounds up.
 */
unsigned long kmc_item_footprint(const struct kmc_item_desc *desc)
{
	unsigned long size = kmalloc_size_roundup(head_size(desc));

	if (is_paged(desc))
		size += count_pages(desc->value_len) * PAGE_SIZE;
	return size;
}

static void free_pages_of(struct kmc_item *item, size_t count)
{
	while (count)
		__free_page(item_pages(item)[--count]);
}

static bool alloc_pages_of(struct kmc_item *item, gfp_t gfp)
{
	size_t count = count_pages(item->value_len);
	size_t i;

	for (i = 0; i < count; i++) {
		item_pages(item)[i] = alloc_page(gfp);
		if (!item_pages(item)[i]) {
			free_pages_of(item, i);
			return false;
		}
	}
	return true;
}

/**
 * kmc_item_alloc() - allocate an item, with its key and without a value
 * @desc: the item
 * @gfp: how; a failure is expected and not worth a warning or an OOM kill
 *
 * Return: the item with one reference, or NULL.
 */
struct kmc_item *kmc_item_alloc(const struct kmc_item_desc *desc, gfp_t gfp)
{
	struct kmc_item *item;

	gfp |= __GFP_NOWARN | __GFP_NORETRY;
	item = kmalloc(head_size(desc), gfp);
	if (!item)
		return NULL;
	memset(item, 0, sizeof(*item));
	refcount_set(&item->ref, 1);
	item->deadline = desc->deadline;
	item->flags = desc->flags;
	item->value_len = desc->value_len;
	item->key_len = desc->key_len;
	item->paged = is_paged(desc);
	item->footprint = kmc_item_footprint(desc);
	memcpy(item->data, desc->key, desc->key_len);
	if (item->paged && !alloc_pages_of(item, gfp)) {
		kfree(item);
		return NULL;
	}
	return item;
}

/**
 * kmc_item_free() - free an item that nobody can see any more
 * @item: the item
 *
 * Context: any.
 */
void kmc_item_free(struct kmc_item *item)
{
	if (item->paged)
		free_pages_of(item, count_pages(item->value_len));
	kfree(item);
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
	return item->flags;
}

/**
 * kmc_item_value_len() - the length of an item's value
 * @item: the item
 *
 * Return: bytes.
 */
u32 kmc_item_value_len(const struct kmc_item *item)
{
	return item->value_len;
}

/**
 * kmc_item_cas() - an item's cas id
 * @item: the item, stored
 *
 * Return: the id.
 */
u64 kmc_item_cas(const struct kmc_item *item)
{
	return item->cas;
}

/* The bytes of a value at @offset that are contiguous, @len at most. */
static char *value_run(const struct kmc_item *item, u32 offset, u32 *len)
{
	u32 in_page = offset % PAGE_SIZE;

	if (!item->paged)
		return (char *)item->data + item->key_len + offset;
	*len = min_t(u32, *len, PAGE_SIZE - in_page);
	return (char *)page_address(item_pages(item)[offset / PAGE_SIZE]) + in_page;
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
	if (WARN_ON_ONCE(offset > item->value_len || len > item->value_len - offset))
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
 */
void kmc_item_copy(struct kmc_item *dst, u32 dst_offset, const struct kmc_item *src,
		   u32 src_offset, u32 len)
{
	while (len) {
		u32 run = len;
		char *from = value_run(src, src_offset, &run);

		kmc_item_write(dst, dst_offset, from, run);
		dst_offset += run;
		src_offset += run;
		len -= run;
	}
}

/**
 * kmc_item_segments() - where a part of a value is
 * @item: the item; the caller's reference keeps the bytes where they are
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
