/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Where the next piece of a request ends. Pure. */
#ifndef KMC_PROTO_FRAME_H
#define KMC_PROTO_FRAME_H

#include <linux/string.h>
#include <linux/types.h>

#include "request.h"
#include "token.h"

/*
 * Longest line, in bytes without its LF, and what a buffer for a part of it must
 * hold. memcached closes a connection that sends more than this without a LF,
 * unless it is a retrieval.
 */
#define KMC_FRAME_LINE_MAX 2048

/**
 * enum kmc_frame_state - what the next byte belongs to
 * @KMC_FRAME_AT_START: the first request, which decides on the protocol
 * @KMC_FRAME_IN_LINE: a line
 * @KMC_FRAME_IN_KEYS: the keys of a retrieval line
 * @KMC_FRAME_IN_DATA: a value
 * @KMC_FRAME_IN_SWALLOW: a value that nobody wants
 * @KMC_FRAME_IN_SKIP: a line that nobody wants
 * @KMC_FRAME_IN_PACKET: a binary request up to its key
 */
enum kmc_frame_state {
	KMC_FRAME_AT_START,
	KMC_FRAME_IN_LINE,
	KMC_FRAME_IN_KEYS,
	KMC_FRAME_IN_DATA,
	KMC_FRAME_IN_SWALLOW,
	KMC_FRAME_IN_SKIP,
	KMC_FRAME_IN_PACKET,
};

/**
 * enum kmc_frame_event - what kmc_frame_next() found
 * @KMC_FRAME_MORE: nothing: all input has been taken
 * @KMC_FRAME_NEED_BUFFER: a buffer is needed to keep the beginning of something
 * @KMC_FRAME_LINE: a line, without its LF
 * @KMC_FRAME_HEAD: the beginning of a line longer than %KMC_FRAME_LINE_MAX
 * @KMC_FRAME_KEY: a key
 * @KMC_FRAME_BAD_KEY: a word that is too long for a key
 * @KMC_FRAME_KEYS_END: there are no more keys
 * @KMC_FRAME_PACKET: a binary request up to its key: kmc_binary_head_len() bytes
 * @KMC_FRAME_DATA: a part of a value; the last one if &kmc_frame.left is 0
 * @KMC_FRAME_SWALLOWED: the value that nobody wants is over
 */
enum kmc_frame_event {
	KMC_FRAME_MORE,
	KMC_FRAME_NEED_BUFFER,
	KMC_FRAME_LINE,
	KMC_FRAME_HEAD,
	KMC_FRAME_KEY,
	KMC_FRAME_BAD_KEY,
	KMC_FRAME_KEYS_END,
	KMC_FRAME_PACKET,
	KMC_FRAME_DATA,
	KMC_FRAME_SWALLOWED,
};

/**
 * struct kmc_frame - the place in a stream of requests
 * @buf: %KMC_FRAME_LINE_MAX bytes for what has arrived of a line, key or packet whose end
 *	has not; NULL until needed
 * @left: bytes of a value still to come
 * @len: bytes in @buf
 * @pos: how many of them have been handed out as keys
 * @state: what the next byte belongs to
 * @between: the same between two requests: the protocol, once it is known
 * @ended: @buf holds a line or packet to its end
 *
 * All zeroes is the beginning of a connection.
 */
struct kmc_frame {
	char			*buf;
	u64			left;
	u16			len;
	u16			pos;
	enum kmc_frame_state	state : 8;
	enum kmc_frame_state	between : 8;
	bool			ended;
};

enum kmc_frame_event kmc_frame_next(struct kmc_frame *frame, struct kmc_span *in,
				    struct kmc_span *out);
void kmc_frame_begin_keys(struct kmc_frame *frame, struct kmc_span *in, struct kmc_span keys);
void kmc_frame_begin_data(struct kmc_frame *frame, u64 len);
void kmc_frame_begin_swallow(struct kmc_frame *frame, u64 len);
void kmc_frame_skip_line(struct kmc_frame *frame);
void kmc_frame_begin_text(struct kmc_frame *frame);
void kmc_frame_begin_binary(struct kmc_frame *frame);
bool kmc_frame_is_between(const struct kmc_frame *frame);
bool kmc_frame_is_binary(const struct kmc_frame *frame);

/**
 * kmc_frame_is_at_line() - does a line begin with the next byte?
 * @frame: the place in the stream
 *
 * Return: true if the input may be read without kmc_frame_next(), up to the end of the
 * line.
 */
static inline bool kmc_frame_is_at_line(const struct kmc_frame *frame)
{
	return frame->state == KMC_FRAME_IN_LINE && !frame->len;
}

/**
 * kmc_frame_is_in_value() - is the stream in the middle of a value?
 * @frame: the place in the stream
 *
 * Return: true if a part of one is still to come, wanted or not.
 */
static inline bool kmc_frame_is_in_value(const struct kmc_frame *frame)
{
	return frame->state == KMC_FRAME_IN_DATA || frame->state == KMC_FRAME_IN_SWALLOW;
}

/**
 * kmc_frame_is_due() - may a piece come out without any more input?
 * @frame: the place in the stream
 *
 * What is in the buffer, or the end of a value of no bytes.
 *
 * Return: true if kmc_frame_next() is to be called.
 */
static inline bool kmc_frame_is_due(const struct kmc_frame *frame)
{
	return frame->len || (!frame->left && kmc_frame_is_in_value(frame));
}

/**
 * kmc_frame_take_key() - take a key off the input, if it is there with what ends it
 * @frame: the place in the stream
 * @in: the input; shortened by the key
 * @key: the key
 *
 * Whatever is unusual is left to kmc_frame_next(), which says the same of what is not.
 *
 * Return: false if it is anything else.
 */
static inline bool kmc_frame_take_key(const struct kmc_frame *frame, struct kmc_span *in,
				      struct kmc_span *key)
{
	const char *end = in->p + in->len, *p = in->p;
	size_t len;

	if (frame->state != KMC_FRAME_IN_KEYS || frame->len || p == end)
		return false;
	p += *p == ' ';
	len = kmc_token_find_end(p, end - p);
	if (!len || len > KMC_KEY_MAX || end - p - len < 2)
		return false;
	if (p[len] != ' ' && memcmp(p + len, "\r\n", 2))
		return false;
	key->p = p;
	key->len = len;
	in->p = p + len;
	in->len = end - in->p;
	return true;
}

#endif
