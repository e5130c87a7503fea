/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Replies that are to be sent: one batch. */
#ifndef KMC_EXEC_OUT_H
#define KMC_EXEC_OUT_H

#include <linux/bug.h>
#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <asm/page.h>

#include "../proto/reply.h"

struct bio_vec;
struct kmc_cache;
struct kmc_item;

/*
 * The head of a batch is one page, so that making one is cheap; values that are
 * copied have pages of their own.
 */
#define KMC_OUT_SEGS	96
#define KMC_OUT_TEXT	1536
#define KMC_OUT_PAGES	28

/* So many of them are worth keeping until the next batch is made. */
#define KMC_OUT_PAGES_KEPT 8

/* A batch with this many bytes is sent before anything is added. */
#define KMC_OUT_BYTES	(64 << 10)

/* Values up to this are copied; larger ones are counted, and sent from where they are. */
#define KMC_OUT_COPY_MAX	(16 << 10)

/*
 * What one step of a request adds at the most: a line, a value that is copied to as
 * many pages as it takes, and what ends that.
 */
#define KMC_OUT_STEP_SEGS (3 + KMC_OUT_COPY_MAX / PAGE_SIZE + 2)
#define KMC_OUT_STEP_TEXT (KMC_REPLY_LINE_MAX + KMC_REPLY_TAIL_MAX)

/**
 * struct kmc_out_seg - contiguous in the reply, though perhaps not in memory
 * @item: bytes of this item's value, which the segment has a reference to; or NULL
 * @text: otherwise the bytes
 * @off: where in the value, or from @text
 * @len: how many
 */
struct kmc_out_seg {
	struct kmc_item	*item;
	char		*text;
	u32		off;
	u32		len;
};

/**
 * struct kmc_out - a batch of replies
 *
 * First it is filled, then it is drained; nothing is added to one that is partly
 * drained. It is not a queue: what the peer does not take stays unread as requests.
 *
 * **Lifetime**: belongs to a connection while there is something in it.
 *
 * **Locking**: the connection's socket lock.
 *
 * @bytes: what is left to send
 * @at: where the next text goes
 * @room: bytes there
 * @nr: segments used
 * @first: segments sent
 * @nr_pages: pages there are
 * @used_pages: pages that are in use
 * @page: pages
 * @seg: the reply in order
 * @text: the first text
 */
struct kmc_out {
	size_t			bytes;
	char			*at;
	u32			room;
	u16			nr;
	u16			first;
	u16			nr_pages;
	u16			used_pages;
	char			*page[KMC_OUT_PAGES];
	struct kmc_out_seg	seg[KMC_OUT_SEGS];
	char			text[KMC_OUT_TEXT];
};

void kmc_out_init(struct kmc_out *out);
bool kmc_out_has_room(const struct kmc_out *out);
bool __kmc_out_make_room(struct kmc_out *out, gfp_t gfp);
void __kmc_out_turn_page(struct kmc_out *out);
char *kmc_out_long_line(struct kmc_out *out, size_t bytes);
void kmc_out_add_reply(struct kmc_out *out, enum kmc_reply reply);
bool kmc_out_can_copy(const struct kmc_out *out, size_t bytes);
bool kmc_out_reserve(struct kmc_out *out, size_t bytes, gfp_t gfp);
void kmc_out_copy_value(struct kmc_out *out, const struct kmc_item *item);
void kmc_out_add_value(struct kmc_out *out, struct kmc_item *item);
size_t kmc_out_peek_pages(const struct kmc_out *out, struct bio_vec *vec, size_t max,
			  size_t *bytes);
size_t kmc_out_peek(const struct kmc_out *out, struct kvec *vec, size_t max, size_t *bytes);
void __kmc_out_advance(struct kmc_out *out, struct kmc_cache *cache, size_t bytes);
void kmc_out_drop(struct kmc_out *out, struct kmc_cache *cache);
void __kmc_out_trim(struct kmc_out *out, u16 pages);

/**
 * kmc_out_forget() - make a batch empty
 * @out: the batch; it has no reference to an item
 */
static inline void kmc_out_forget(struct kmc_out *out)
{
	out->bytes = 0;
	out->at = out->text;
	out->room = KMC_OUT_TEXT;
	out->nr = 0;
	out->first = 0;
	out->used_pages = 0;
}

/**
 * kmc_out_is_roomy() - may one more step of a request be executed, as most may?
 * @out: the batch
 *
 * Return: false if kmc_out_make_room() is to be asked.
 */
static inline bool kmc_out_is_roomy(const struct kmc_out *out)
{
	/* far from full, and what was added is not being sent */
	return out->nr <= KMC_OUT_SEGS - KMC_OUT_STEP_SEGS && !out->first &&
	       out->room >= KMC_OUT_STEP_TEXT && out->bytes < KMC_OUT_BYTES;
}

/**
 * kmc_out_make_roomy() - go on with the next page, if that is what it takes
 * @out: the batch
 *
 * Return: kmc_out_is_roomy() now.
 */
static inline bool kmc_out_make_roomy(struct kmc_out *out)
{
	if (unlikely(out->room < KMC_OUT_STEP_TEXT && out->used_pages < out->nr_pages))
		__kmc_out_turn_page(out);
	return kmc_out_is_roomy(out);
}

/**
 * kmc_out_make_room() - get memory for one more step of a request
 * @out: the batch
 * @gfp: how to allocate
 *
 * An empty batch has room.
 *
 * Return: false if it is to be sent first.
 */
static inline bool kmc_out_make_room(struct kmc_out *out, gfp_t gfp)
{
	if (likely(kmc_out_is_roomy(out)))
		return true;
	return __kmc_out_make_room(out, gfp);
}

/**
 * kmc_out_line() - where to write a line of at most %KMC_REPLY_LINE_MAX bytes
 * @out: a batch with room
 *
 * In the same step, one more of at most %KMC_REPLY_TAIL_MAX bytes may follow it.
 *
 * Return: the place; kmc_out_commit() makes what was written there a part of the
 * reply.
 */
static inline char *kmc_out_line(struct kmc_out *out)
{
	if (out->room < KMC_REPLY_LINE_MAX && out->used_pages < out->nr_pages)
		__kmc_out_turn_page(out);
	return out->at;
}

/**
 * kmc_out_place() - where to write a line of at most %KMC_REPLY_LINE_MAX bytes, and more
 * @out: a batch with room
 * @bytes: how much more, in the same step
 *
 * Return: the place, as kmc_out_line(); or NULL: to be written in pieces.
 */
static inline char *kmc_out_place(struct kmc_out *out, size_t bytes)
{
	char *place = kmc_out_line(out);

	return out->room >= KMC_OUT_STEP_TEXT + bytes ? place : NULL;
}

/**
 * kmc_out_commit() - add what was written to kmc_out_line()
 * @out: the batch
 * @len: how many bytes were written
 */
static inline void kmc_out_commit(struct kmc_out *out, size_t len)
{
	struct kmc_out_seg *last = out->nr ? &out->seg[out->nr - 1] : NULL;

	if (WARN_ON_ONCE(len > out->room))
		return;
	if (last && !last->item && last->text + last->len == out->at)
		last->len += len;
	else if (len)
		out->seg[out->nr++] = (struct kmc_out_seg){ .text = out->at, .len = len };
	out->at += len;
	out->room -= len;
	out->bytes += len;
}

/**
 * kmc_out_advance() - some of it was sent
 * @out: the batch
 * @cache: the cache the items are of
 * @bytes: how much
 */
static inline void kmc_out_advance(struct kmc_out *out, struct kmc_cache *cache, size_t bytes)
{
	/* what most are: all of it, from one place */
	if (likely(bytes == out->bytes && out->nr == 1 && !out->seg[0].item))
		kmc_out_forget(out);
	else
		__kmc_out_advance(out, cache, bytes);
}

/**
 * kmc_out_trim() - free pages
 * @out: the batch, empty
 * @pages: how many it may keep
 */
static inline void kmc_out_trim(struct kmc_out *out, u16 pages)
{
	if (out->nr_pages > pages)
		__kmc_out_trim(out, pages);
}

#endif
