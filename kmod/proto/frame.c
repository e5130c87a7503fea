// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "frame.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "binary.h"

/* A key, and the CR that may turn out to belong to the line's end. */
#define PARTIAL_KEY_MAX (KMC_KEY_MAX + 1)

static void take(struct kmc_span *in, size_t len)
{
	in->p += len;
	in->len -= len;
}

static void forget_buffer(struct kmc_frame *frame)
{
	frame->len = 0;
	frame->pos = 0;
	frame->ended = false;
}

static void keep(struct kmc_frame *frame, struct kmc_span *in, size_t len)
{
	memcpy(frame->buf + frame->len, in->p, len);
	frame->len += len;
	take(in, len);
}

/* The end of a line that has a beginning in the buffer. */
static enum kmc_frame_event next_kept_line(struct kmc_frame *frame, struct kmc_span *in,
					   struct kmc_span *out)
{
	size_t room = KMC_FRAME_LINE_MAX - frame->len;
	size_t len = kmc_token_find(in->p, in->len, '\n');
	bool has_lf = len < in->len;

	if (len > room) {
		keep(frame, in, room);
		out->p = frame->buf;
		out->len = frame->len;
		return KMC_FRAME_HEAD;
	}
	keep(frame, in, len);
	if (!has_lf)
		return KMC_FRAME_MORE;
	take(in, 1);
	frame->ended = true;
	out->p = frame->buf;
	out->len = frame->len;
	return KMC_FRAME_LINE;
}

static enum kmc_frame_event next_line(struct kmc_frame *frame, struct kmc_span *in,
				      struct kmc_span *out)
{
	size_t len;

	if (frame->ended)
		forget_buffer(frame);
	if (!in->len)
		return KMC_FRAME_MORE;
	if (frame->len)
		return next_kept_line(frame, in, out);

	/* a line that is too long is not looked through for each of its parts */
	len = kmc_token_find(in->p, min_t(size_t, in->len, KMC_FRAME_LINE_MAX + 1), '\n');
	out->p = in->p;
	out->len = len;
	if (len > KMC_FRAME_LINE_MAX) {
		out->len = KMC_FRAME_LINE_MAX;
		take(in, out->len);
		return KMC_FRAME_HEAD;
	}
	if (len < in->len) {
		take(in, len + 1);
		return KMC_FRAME_LINE;
	}
	if (!frame->buf)
		return KMC_FRAME_NEED_BUFFER;
	keep(frame, in, len);
	return KMC_FRAME_MORE;
}

/* Keep @len bytes, as soon as there are that many. */
static bool keep_up_to(struct kmc_frame *frame, struct kmc_span *in, size_t len)
{
	keep(frame, in, min(in->len, len - frame->len));
	return frame->len == len;
}

/* A packet that has a beginning in the buffer. */
static enum kmc_frame_event next_kept_packet(struct kmc_frame *frame, struct kmc_span *in,
					     struct kmc_span *out)
{
	if (frame->len < KMC_BINARY_HEADER_LEN &&
	    !keep_up_to(frame, in, KMC_BINARY_HEADER_LEN))
		return KMC_FRAME_MORE;
	if (!keep_up_to(frame, in, kmc_binary_head_len(frame->buf)))
		return KMC_FRAME_MORE;
	frame->ended = true;
	out->p = frame->buf;
	out->len = frame->len;
	return KMC_FRAME_PACKET;
}

static enum kmc_frame_event next_packet(struct kmc_frame *frame, struct kmc_span *in,
					struct kmc_span *out)
{
	if (frame->ended)
		forget_buffer(frame);
	if (!in->len)
		return KMC_FRAME_MORE;
	if (!frame->len && in->len >= KMC_BINARY_HEADER_LEN) {
		out->p = in->p;
		out->len = kmc_binary_head_len(in->p);
		if (out->len <= in->len) {
			take(in, out->len);
			return KMC_FRAME_PACKET;
		}
	}
	return frame->buf ? next_kept_packet(frame, in, out) : KMC_FRAME_NEED_BUFFER;
}

/* The first byte of a connection says which protocol it will speak. */
static enum kmc_frame_event begin(struct kmc_frame *frame, struct kmc_span *in,
				  struct kmc_span *out)
{
	bool is_binary = in->len && (u8)in->p[0] == KMC_BINARY_MAGIC;

	if (!in->len)
		return KMC_FRAME_MORE;
	frame->between = is_binary ? KMC_FRAME_IN_PACKET : KMC_FRAME_IN_LINE;
	frame->state = frame->between;
	return is_binary ? next_packet(frame, in, out) : next_line(frame, in, out);
}

/* How far it is to the end of the word, and whether the end is there. */
static bool find_word_end(struct kmc_span in, size_t *len)
{
	for (*len = 0; *len < in.len; ++*len) {
		*len += kmc_token_find_end(in.p + *len, in.len - *len);
		if (*len < in.len && (in.p[*len] == ' ' || in.p[*len] == '\n'))
			return true;
	}
	*len = in.len;
	return false;
}

static enum kmc_frame_event end_keys(struct kmc_frame *frame)
{
	forget_buffer(frame);
	frame->state = KMC_FRAME_IN_LINE;
	return KMC_FRAME_KEYS_END;
}

/* A word has ended: before a LF, its last CR belongs to the line's end. */
static enum kmc_frame_event end_key(struct kmc_frame *frame, struct kmc_span *in,
				    struct kmc_span *out)
{
	bool at_lf = in->p[0] == '\n';

	if (at_lf && out->len && out->p[out->len - 1] == '\r')
		out->len--;
	if (at_lf && !out->len) {
		take(in, 1);
		return end_keys(frame);
	}
	return out->len > KMC_KEY_MAX ? KMC_FRAME_BAD_KEY : KMC_FRAME_KEY;
}

/* A key of which nothing is in the buffer. */
static enum kmc_frame_event next_new_key(struct kmc_frame *frame, struct kmc_span *in,
					 struct kmc_span *out)
{
	size_t len;

	while (in->len && in->p[0] == ' ')
		take(in, 1);
	if (!in->len)
		return KMC_FRAME_MORE;
	if (find_word_end(*in, &len)) {
		out->p = in->p;
		out->len = len;
		take(in, len);
		return end_key(frame, in, out);
	}
	if (len > PARTIAL_KEY_MAX)
		return KMC_FRAME_BAD_KEY;
	if (!frame->buf)
		return KMC_FRAME_NEED_BUFFER;
	keep(frame, in, len);
	return KMC_FRAME_MORE;
}

/* A key that begins in the buffer and may go on in the input. */
static enum kmc_frame_event next_kept_key(struct kmc_frame *frame, struct kmc_span *in,
					  struct kmc_span *out)
{
	struct kmc_span kept = { .p = frame->buf + frame->pos, .len = frame->len - frame->pos };
	bool found;
	size_t len;

	if (kmc_token_next(&kept, out) && (kept.len || frame->ended)) {
		frame->pos = kept.p - frame->buf;
		return out->len > KMC_KEY_MAX ? KMC_FRAME_BAD_KEY : KMC_FRAME_KEY;
	}
	if (frame->ended)
		return end_keys(frame);
	if (!out->len) {
		forget_buffer(frame);
		return next_new_key(frame, in, out);
	}

	memmove(frame->buf, out->p, out->len);
	frame->len = out->len;
	frame->pos = 0;
	found = find_word_end(*in, &len);
	if (frame->len + len > PARTIAL_KEY_MAX)
		return KMC_FRAME_BAD_KEY;
	keep(frame, in, len);
	if (!found)
		return KMC_FRAME_MORE;
	frame->pos = frame->len;
	out->p = frame->buf;
	out->len = frame->len;
	return end_key(frame, in, out);
}

static enum kmc_frame_event next_key(struct kmc_frame *frame, struct kmc_span *in,
				     struct kmc_span *out)
{
	if (frame->pos < frame->len || frame->ended)
		return next_kept_key(frame, in, out);
	forget_buffer(frame);
	return next_new_key(frame, in, out);
}

static enum kmc_frame_event next_data(struct kmc_frame *frame, struct kmc_span *in,
				      struct kmc_span *out)
{
	bool swallow = frame->state == KMC_FRAME_IN_SWALLOW;

	if (!in->len && frame->left)
		return KMC_FRAME_MORE;
	out->p = in->p;
	out->len = in->len < frame->left ? in->len : frame->left;
	take(in, out->len);
	frame->left -= out->len;
	if (!frame->left)
		frame->state = frame->between;
	if (!swallow)
		return KMC_FRAME_DATA;
	return frame->left ? KMC_FRAME_MORE : KMC_FRAME_SWALLOWED;
}

static enum kmc_frame_event next_skip(struct kmc_frame *frame, struct kmc_span *in)
{
	size_t len = kmc_token_find(in->p, in->len, '\n');

	if (len == in->len) {
		take(in, in->len);
		return KMC_FRAME_MORE;
	}
	take(in, len + 1);
	frame->state = KMC_FRAME_IN_LINE;
	return KMC_FRAME_MORE;
}

/**
 * kmc_frame_next() - take the next piece off the input
 * @frame: the place in the stream
 * @in: what has arrived, shortened by what is taken
 * @out: the piece: bytes in @in or in the frame's buffer, valid until the next
 *	call
 *
 * To be called until it returns %KMC_FRAME_MORE with @in empty; also with nothing
 * in @in, for there may be keys in the buffer. Cuts anywhere between calls make
 * no difference. On %KMC_FRAME_NEED_BUFFER the caller sets @frame->buf and calls
 * again.
 *
 * Return: what @out is.
 */
enum kmc_frame_event kmc_frame_next(struct kmc_frame *frame, struct kmc_span *in,
				    struct kmc_span *out)
{
	switch (frame->state) {
	case KMC_FRAME_AT_START:
		return begin(frame, in, out);
	case KMC_FRAME_IN_KEYS:
		return next_key(frame, in, out);
	case KMC_FRAME_IN_PACKET:
		return next_packet(frame, in, out);
	case KMC_FRAME_IN_DATA:
	case KMC_FRAME_IN_SWALLOW:
		return next_data(frame, in, out);
	case KMC_FRAME_IN_SKIP:
		return next_skip(frame, in);
	default:
		return next_line(frame, in, out);
	}
}

/**
 * kmc_frame_begin_keys() - after a line or its head: go back and hand out its keys
 * @frame: the place in the stream
 * @in: the input, as kmc_frame_next() left it; lengthened again if the line is there
 * @keys: the rest of the line, within what kmc_frame_next() returned
 */
void kmc_frame_begin_keys(struct kmc_frame *frame, struct kmc_span *in, struct kmc_span keys)
{
	frame->state = KMC_FRAME_IN_KEYS;
	if (frame->len) {
		frame->pos = keys.p - frame->buf;
		frame->len = frame->pos + keys.len;
		return;
	}
	in->len += in->p - keys.p;
	in->p = keys.p;
}

/**
 * kmc_frame_begin_data() - after a line or packet: a value follows
 * @frame: the place in the stream
 * @len: its length, with CRLF if it has one
 */
void kmc_frame_begin_data(struct kmc_frame *frame, u64 len)
{
	frame->state = KMC_FRAME_IN_DATA;
	frame->left = len;
}

/**
 * kmc_frame_begin_swallow() - after a line or packet: a value follows that nobody wants
 * @frame: the place in the stream
 * @len: its length, with CRLF if it has one
 */
void kmc_frame_begin_swallow(struct kmc_frame *frame, u64 len)
{
	frame->state = KMC_FRAME_IN_SWALLOW;
	frame->left = len;
}

/**
 * kmc_frame_skip_line() - after a head or a key: ignore the rest of the line
 * @frame: the place in the stream
 */
void kmc_frame_skip_line(struct kmc_frame *frame)
{
	frame->state = frame->ended ? KMC_FRAME_IN_LINE : KMC_FRAME_IN_SKIP;
	forget_buffer(frame);
}

/**
 * kmc_frame_begin_text() - at the beginning of a connection: it is the text protocol
 * @frame: the place in the stream
 *
 * Whatever its first byte is.
 */
void kmc_frame_begin_text(struct kmc_frame *frame)
{
	frame->between = KMC_FRAME_IN_LINE;
	frame->state = frame->between;
}

/**
 * kmc_frame_begin_binary() - at the beginning of a connection: it is the binary protocol
 * @frame: the place in the stream
 *
 * Whatever its first byte is.
 */
void kmc_frame_begin_binary(struct kmc_frame *frame)
{
	frame->between = KMC_FRAME_IN_PACKET;
	frame->state = frame->between;
}

/**
 * kmc_frame_is_between() - is the stream between two requests?
 * @frame: the place in the stream
 *
 * Return: true if nothing of a request is pending and the buffer is not in use.
 */
bool kmc_frame_is_between(const struct kmc_frame *frame)
{
	return frame->state == frame->between && (!frame->len || frame->ended);
}

/**
 * kmc_frame_is_binary() - is it the binary protocol?
 * @frame: the place in the stream
 *
 * Return: false also if nothing has arrived yet.
 */
bool kmc_frame_is_binary(const struct kmc_frame *frame)
{
	return frame->between == KMC_FRAME_IN_PACKET;
}
