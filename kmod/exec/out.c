// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "out.h"

#include <linux/bug.h>
#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../cache/cache.h"

/**
 * kmc_out_init() - make an empty batch
 * @out: uninitialised memory
 */
void kmc_out_init(struct kmc_out *out)
{
	BUILD_BUG_ON(sizeof(*out) > PAGE_SIZE);
	BUILD_BUG_ON(KMC_OUT_TEXT < KMC_OUT_STEP_TEXT);
	out->nr_pages = 0;
	kmc_out_forget(out);
}

static bool add_page(struct kmc_out *out, gfp_t gfp)
{
	unsigned long page;

	if (out->nr_pages == KMC_OUT_PAGES)
		return false;
	page = __get_free_page(gfp | __GFP_NOWARN);
	if (!page)
		return false;
	out->page[out->nr_pages++] = (char *)page;
	return true;
}

static bool may_add(const struct kmc_out *out)
{
	return !out->first && out->nr + KMC_OUT_STEP_SEGS <= KMC_OUT_SEGS &&
	       out->bytes < KMC_OUT_BYTES;
}

/**
 * kmc_out_has_room() - may one more step of a request be executed?
 * @out: the batch
 *
 * Return: false if it is to be sent first, or kmc_out_make_room() to be asked.
 */
bool kmc_out_has_room(const struct kmc_out *out)
{
	return may_add(out) &&
	       (out->room >= KMC_OUT_STEP_TEXT || out->used_pages < out->nr_pages);
}

/**
 * __kmc_out_make_room() - kmc_out_make_room() where there is none yet
 * @out: the batch
 * @gfp: how to allocate
 *
 * Return: false if it is to be sent first.
 */
bool __kmc_out_make_room(struct kmc_out *out, gfp_t gfp)
{
	return kmc_out_has_room(out) || (may_add(out) && add_page(out, gfp));
}

/**
 * __kmc_out_turn_page() - go on with the next page
 * @out: the batch, which has one
 *
 * What is left of this one stays empty.
 */
void __kmc_out_turn_page(struct kmc_out *out)
{
	out->at = out->page[out->used_pages++];
	out->room = PAGE_SIZE;
}

/**
 * kmc_out_long_line() - where to write a line that is longer than others
 * @out: a batch with room
 * @bytes: its length at the most; not above %KMC_OUT_TEXT - %KMC_REPLY_TAIL_MAX
 *
 * Not only one in a step: there always is a place for one in an empty batch, for more only
 * if there are pages. Behind each, %KMC_REPLY_TAIL_MAX bytes may follow.
 *
 * Return: the place, for kmc_out_commit(); NULL if there is none.
 */
char *kmc_out_long_line(struct kmc_out *out, size_t bytes)
{
	bytes += KMC_REPLY_TAIL_MAX;
	if (out->room < bytes && out->used_pages < out->nr_pages)
		__kmc_out_turn_page(out);
	return out->room < bytes ? NULL : out->at;
}

/**
 * kmc_out_add_reply() - add a fixed reply
 * @out: a batch with room
 * @reply: which
 */
void kmc_out_add_reply(struct kmc_out *out, enum kmc_reply reply)
{
	struct kmc_span text = kmc_reply_text(reply);

	memcpy(kmc_out_line(out), text.p, text.len);
	kmc_out_commit(out, text.len);
}

/**
 * kmc_out_can_copy() - is there memory for a value, a line before it and its end?
 * @out: a batch with room
 * @bytes: length of the value
 *
 * Return: true if kmc_out_copy_value() may be called.
 */
bool kmc_out_can_copy(const struct kmc_out *out, size_t bytes)
{
	size_t all = (out->nr_pages - out->used_pages) * PAGE_SIZE + out->room;

	if (out->room >= bytes + KMC_OUT_STEP_TEXT)
		return true;
	/* a line may leave the end of a page empty, before the value and behind it */
	return all >= bytes + KMC_OUT_STEP_TEXT + 2 * KMC_REPLY_LINE_MAX;
}

/**
 * kmc_out_reserve() - get memory for a value, a line before it and its end
 * @out: a batch with room
 * @bytes: length of the value, at most %KMC_OUT_COPY_MAX
 * @gfp: how to allocate
 *
 * Return: false if there is none.
 */
bool kmc_out_reserve(struct kmc_out *out, size_t bytes, gfp_t gfp)
{
	while (!kmc_out_can_copy(out, bytes)) {
		if (WARN_ON_ONCE(out->nr_pages == KMC_OUT_PAGES) || !add_page(out, gfp))
			return false;
	}
	return true;
}

/**
 * kmc_out_copy_value() - add a copy of an item's value
 * @out: a batch that kmc_out_can_copy()
 * @item: the item, kept by RCU or a lock
 */
void kmc_out_copy_value(struct kmc_out *out, const struct kmc_item *item)
{
	u32 len = kmc_item_value_len(item), done = 0, covered;
	struct kvec vec;

	while (done < len) {
		if (!out->room)
			__kmc_out_turn_page(out);
		kmc_item_segments(item, done, min(len - done, out->room), &vec, 1, &covered);
		memcpy(out->at, vec.iov_base, covered);
		kmc_out_commit(out, covered);
		done += covered;
	}
}

/**
 * kmc_out_add_value() - add an item's value
 * @out: a batch with room
 * @item: the item; the caller's reference is taken over
 */
void kmc_out_add_value(struct kmc_out *out, struct kmc_item *item)
{
	u32 len = kmc_item_value_len(item);

	out->seg[out->nr++] = (struct kmc_out_seg){ .item = item, .len = len };
	out->bytes += len;
}

static size_t peek_seg(const struct kmc_out_seg *seg, struct kvec *vec, size_t max, u32 *covered)
{
	if (seg->item)
		return kmc_item_segments(seg->item, seg->off, seg->len, vec, max, covered);
	vec->iov_base = seg->text + seg->off;
	vec->iov_len = seg->len;
	*covered = seg->len;
	return 1;
}

/* To be sent from where it is, rather than copied. */
static bool is_in_pages(const struct kmc_out_seg *seg)
{
	struct bio_vec page;
	size_t covered;

	return seg->item && kmc_item_pages(seg->item, seg->off, seg->len, &page, 1, &covered);
}

/**
 * kmc_out_peek_pages() - the pages that are to be sent next
 * @out: the batch, not empty
 * @vec: result
 * @max: how many there may be of them
 * @bytes: result: how many bytes they are
 *
 * Return: how many of @vec were written; 0: next is something else.
 */
size_t kmc_out_peek_pages(const struct kmc_out *out, struct bio_vec *vec, size_t max,
			  size_t *bytes)
{
	const struct kmc_out_seg *seg = &out->seg[out->first];

	return seg->item ? kmc_item_pages(seg->item, seg->off, seg->len, vec, max, bytes) : 0;
}

/**
 * kmc_out_peek() - what is to be sent next, up to what is in pages
 * @out: the batch
 * @vec: result
 * @max: how many there may be of them
 * @bytes: result: how many bytes they are
 *
 * Return: how many of @vec were written; 0 if nothing is left to send.
 */
size_t kmc_out_peek(const struct kmc_out *out, struct kvec *vec, size_t max, size_t *bytes)
{
	size_t n = 0;
	u16 i;

	*bytes = 0;
	for (i = out->first; i < out->nr && n < max; i++) {
		u32 covered;

		if (is_in_pages(&out->seg[i]))
			break;

		n += peek_seg(&out->seg[i], vec + n, max - n, &covered);
		*bytes += covered;
		if (covered < out->seg[i].len)
			break;
	}
	return n;
}

/**
 * __kmc_out_advance() - kmc_out_advance() in pieces
 * @out: the batch
 * @cache: the cache the items are of
 * @bytes: how much
 */
void __kmc_out_advance(struct kmc_out *out, struct kmc_cache *cache, size_t bytes)
{
	out->bytes -= bytes;
	while (out->first < out->nr) {
		struct kmc_out_seg *seg = &out->seg[out->first];

		if (bytes < seg->len) {
			seg->off += bytes;
			seg->len -= bytes;
			return;
		}
		bytes -= seg->len;
		if (seg->item)
			kmc_cache_put_item(cache, seg->item);
		out->first++;
	}
	kmc_out_forget(out);
}

/**
 * kmc_out_drop() - drop what is not sent
 * @out: the batch
 * @cache: the cache the items are of
 */
void kmc_out_drop(struct kmc_out *out, struct kmc_cache *cache)
{
	kmc_out_advance(out, cache, out->bytes);
}

/**
 * __kmc_out_trim() - kmc_out_trim() of one that has too many
 * @out: the batch, empty
 * @pages: how many it may keep
 */
void __kmc_out_trim(struct kmc_out *out, u16 pages)
{
	while (out->nr_pages > pages)
		free_page((unsigned long)out->page[--out->nr_pages]);
}
