// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/frame.c kmod/proto/text.c kmod/proto/token.c kmod/proto/num.c
// sources: kmod/proto/meta.c kmod/proto/base64.c kmod/proto/reply.c kmod/proto/binary.c
// sources: kmod/proto/admin.c
/*
 * A stream: its pieces are the same however it arrives. An input is a number of cuts, where
 * they are, two bytes each, and the stream.
 */
#include "fuzz.h"
#include "proto/binary.h"
#include "proto/frame.h"
#include "proto/text.h"

#define STREAM_MAX 16384
#define CUTS_MAX 8
#define LOG_MAX (16 * STREAM_MAX)

/* A connection without a socket: what happens is written down. */
struct peer {
	struct kmc_frame frame;
	bool closed;
	size_t len;
	char log[LOG_MAX];
};

static void note(struct peer *peer, char what, struct kmc_span bytes)
{
	size_t room = LOG_MAX - peer->len;

	fuzz_check(room > bytes.len + 2);
	peer->log[peer->len++] = what;
	if (bytes.len)
		memcpy(peer->log + peer->len, bytes.p, bytes.len);
	peer->len += bytes.len;
	peer->log[peer->len++] = '\n';
}

static void note_event(struct peer *peer, char what)
{
	note(peer, what, (struct kmc_span){ .p = "", .len = 0 });
}

static void begin_value(struct peer *peer, const struct kmc_request *req, bool wanted)
{
	if (!req->has_value)
		return;
	note_event(peer, wanted ? 'd' : 's');
	if (wanted)
		kmc_frame_begin_data(&peer->frame, req->wire_len);
	else
		kmc_frame_begin_swallow(&peer->frame, req->wire_len);
}

static void handle_text(struct peer *peer, struct kmc_span *in, struct kmc_span line, bool whole)
{
	struct kmc_request req;
	enum kmc_reply reply = whole ? kmc_text_parse(line, &req) : kmc_text_parse_head(line, &req);

	note(peer, whole ? 'l' : 'h', line);
	if (reply == KMC_REPLY_HANGUP)
		peer->closed = true;
	else if (!reply && kmc_op_is_fetch(req.op))
		kmc_frame_begin_keys(&peer->frame, in, req.keys);
	else if (!whole)
		kmc_frame_skip_line(&peer->frame);
	else
		begin_value(peer, &req, !reply);
}

static void handle_packet(struct peer *peer, struct kmc_span head)
{
	struct kmc_packet packet;
	enum kmc_reply reply = kmc_binary_parse(head, &packet);

	note(peer, 'p', head);
	peer->closed = reply && !packet.req.has_value;
	begin_value(peer, &packet.req, !reply);
}

/* A value arrives in as many parts as there are; that is not to be seen in the log. */
static void handle_data(struct peer *peer, struct kmc_span part)
{
	fuzz_check(peer->len + part.len + 2 < LOG_MAX);
	if (part.len)
		memcpy(peer->log + peer->len, part.p, part.len);
	peer->len += part.len;
	if (!peer->frame.left)
		note_event(peer, 'D');
}

static void handle(struct peer *peer, enum kmc_frame_event event, struct kmc_span *in,
		   struct kmc_span piece)
{
	switch (event) {
	case KMC_FRAME_NEED_BUFFER:
		fuzz_check(!peer->frame.buf);
		peer->frame.buf = malloc(KMC_FRAME_LINE_MAX);
		break;
	case KMC_FRAME_LINE:
	case KMC_FRAME_HEAD:
		fuzz_check(piece.len <= KMC_FRAME_LINE_MAX);
		handle_text(peer, in, piece, event == KMC_FRAME_LINE);
		break;
	case KMC_FRAME_KEY:
		fuzz_check(piece.len && piece.len <= KMC_KEY_MAX);
		note(peer, 'k', piece);
		break;
	case KMC_FRAME_BAD_KEY:
		note_event(peer, 'b');
		kmc_frame_skip_line(&peer->frame);
		break;
	case KMC_FRAME_KEYS_END:
		note_event(peer, 'e');
		break;
	case KMC_FRAME_PACKET:
		fuzz_check(piece.len <= KMC_BINARY_HEAD_MAX);
		handle_packet(peer, piece);
		break;
	case KMC_FRAME_DATA:
		handle_data(peer, piece);
		break;
	case KMC_FRAME_SWALLOWED:
		note_event(peer, 'S');
		break;
	case KMC_FRAME_MORE:
		break;
	}
}

/* Bytes arrive, in memory of their own that is gone afterwards. */
static void arrive(struct peer *peer, const uint8_t *p, size_t len)
{
	char *copy = fuzz_copy(p, len);
	struct kmc_span in = { .p = copy, .len = len }, piece;
	size_t steps = 4 * (len + KMC_FRAME_LINE_MAX + 2);
	enum kmc_frame_event event;

	do {
		fuzz_check(steps--);
		event = kmc_frame_next(&peer->frame, &in, &piece);
		handle(peer, event, &in, piece);
		fuzz_check(in.p >= copy && in.p + in.len == copy + len);
		fuzz_check(peer->frame.len <= KMC_FRAME_LINE_MAX);
	} while (!peer->closed && (event != KMC_FRAME_MORE || in.len));
	free(copy);
}

static void begin(struct peer *peer)
{
	memset(peer, 0, offsetof(struct peer, log));
}

static void end(struct peer *peer)
{
	free(peer->frame.buf);
}

static void check_same(const struct peer *a, const struct peer *b)
{
	fuzz_check(a->closed == b->closed);
	fuzz_check(a->len == b->len && !memcmp(a->log, b->log, a->len));
	if (a->closed)
		return;
	fuzz_check(kmc_frame_is_binary(&a->frame) == kmc_frame_is_binary(&b->frame));
	fuzz_check(kmc_frame_is_between(&a->frame) == kmc_frame_is_between(&b->frame));
	fuzz_check(a->frame.left == b->frame.left);
}

/* In pieces: how long each is, is said by two bytes of @cuts; the last is the rest. */
static void arrive_cut(struct peer *peer, const uint8_t *p, size_t len, const uint8_t *cuts,
		       size_t nr)
{
	for (; nr && !peer->closed; nr--, cuts += 2) {
		size_t part = (cuts[0] << 8 | cuts[1]) % (len + 1);

		arrive(peer, p, part);
		p += part;
		len -= part;
	}
	if (!peer->closed)
		arrive(peer, p, len);
}

static void arrive_bytewise(struct peer *peer, const uint8_t *p, size_t len)
{
	for (; len && !peer->closed; p++, len--)
		arrive(peer, p, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t nr = size ? data[0] % (CUTS_MAX + 1) : 0, skip = 1 + 2 * nr;
	/* too large for the stack, and too slow to be made each time */
	static struct peer whole, cut, bytewise;

	if (size < skip || size > STREAM_MAX)
		return 0;
	begin(&whole);
	begin(&cut);
	begin(&bytewise);
	arrive(&whole, data + skip, size - skip);
	arrive_cut(&cut, data + skip, size - skip, data + 1, nr);
	arrive_bytewise(&bytewise, data + skip, size - skip);
	check_same(&whole, &cut);
	check_same(&whole, &bytewise);
	end(&bytewise);
	end(&cut);
	end(&whole);
	return 0;
}
