// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/frame.c kmod/proto/text.c kmod/proto/token.c kmod/proto/num.c
// sources: kmod/proto/admin.c kmod/proto/meta.c kmod/proto/base64.c
// sources: kmod/proto/reply.c kmod/proto/binary.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/binary.h"
#include "proto/frame.h"
#include "proto/text.h"

#define LOG_MAX (1 << 20)

/*
 * A connection without a socket: what happens is written down as text. If it is @quick, what
 * can be recognised at a glance is, and the same has to come of it.
 */
struct peer {
	struct kmc_frame frame;
	bool quick;
	bool closed;
	char *log;
	size_t log_len;
};

static void note(struct peer *peer, const char *what, struct kmc_span bytes)
{
	int len = snprintf(peer->log + peer->log_len, LOG_MAX - peer->log_len, "%s[%.*s]", what,
			   (int)bytes.len, bytes.p);

	peer->log_len += len;
	assert_true(peer->log_len < LOG_MAX);
}

static void handle_request(struct peer *peer, struct kmc_span *in, struct kmc_span line,
			   bool whole)
{
	struct kmc_span nothing = { .p = "", .len = 0 };
	struct kmc_request req;
	enum kmc_reply reply = whole ? kmc_text_parse(line, &req) : kmc_text_parse_head(line, &req);

	if (reply == KMC_REPLY_HANGUP) {
		note(peer, "hangup", nothing);
		peer->closed = true;
	} else if (reply && req.has_value) {
		note(peer, "swallow", nothing);
		kmc_frame_begin_swallow(&peer->frame, req.value_len + 2ULL);
	} else if (reply) {
		note(peer, "error", nothing);
		if (!whole)
			kmc_frame_skip_line(&peer->frame);
	} else if (kmc_op_is_fetch(req.op)) {
		note(peer, "keys", nothing);
		kmc_frame_begin_keys(&peer->frame, in, req.keys);
	} else if (req.has_value) {
		note(peer, "store", req.key);
		kmc_frame_begin_data(&peer->frame, req.value_len + 2ULL);
	} else {
		note(peer, "line", line);
	}
}

static void handle_packet(struct peer *peer, struct kmc_span head)
{
	struct kmc_span nothing = { .p = "", .len = 0 };
	struct kmc_packet packet;
	enum kmc_reply reply = kmc_binary_parse(head, &packet);

	if (!reply && packet.req.has_value) {
		note(peer, "store", packet.req.key);
		kmc_frame_begin_data(&peer->frame, packet.req.wire_len);
	} else if (!reply) {
		note(peer, "packet", packet.req.key);
	} else if (packet.req.has_value) {
		note(peer, "swallow", nothing);
		kmc_frame_begin_swallow(&peer->frame, packet.req.wire_len);
	} else {
		note(peer, reply == KMC_REPLY_HANGUP ? "hangup" : "refuse", nothing);
		peer->closed = true;
	}
}

static void handle(struct peer *peer, enum kmc_frame_event event, struct kmc_span *in,
		   struct kmc_span piece)
{
	struct kmc_span nothing = { .p = "", .len = 0 };

	switch (event) {
	case KMC_FRAME_NEED_BUFFER:
		peer->frame.buf = malloc(KMC_FRAME_LINE_MAX);
		break;
	case KMC_FRAME_LINE:
		handle_request(peer, in, piece, true);
		break;
	case KMC_FRAME_HEAD:
		handle_request(peer, in, piece, false);
		break;
	case KMC_FRAME_KEY:
		note(peer, "key", piece);
		break;
	case KMC_FRAME_BAD_KEY:
		note(peer, "badkey", nothing);
		kmc_frame_skip_line(&peer->frame);
		break;
	case KMC_FRAME_KEYS_END:
		note(peer, "end", nothing);
		break;
	case KMC_FRAME_PACKET:
		handle_packet(peer, piece);
		break;
	case KMC_FRAME_DATA:
		/* byte by byte, so that cuts do not show */
		for (; piece.len; piece.p++, piece.len--)
			note(peer, "", (struct kmc_span){ .p = piece.p, .len = 1 });
		if (!peer->frame.left)
			note(peer, "stored", nothing);
		break;
	case KMC_FRAME_SWALLOWED:
		note(peer, "swallowed", nothing);
		break;
	case KMC_FRAME_MORE:
		break;
	}
}

/* What the module does before it asks kmc_frame_next(). */
static bool glance(struct peer *peer, struct kmc_span *in)
{
	struct kmc_span nothing = { .p = "", .len = 0 }, key;

	if (!peer->quick)
		return false;
	if (kmc_frame_is_at_line(&peer->frame) && kmc_text_take_get(in, &key)) {
		note(peer, "keys", nothing);
		note(peer, "key", key);
		note(peer, "end", nothing);
		return true;
	}
	if (!kmc_frame_take_key(&peer->frame, in, &key))
		return false;
	note(peer, "key", key);
	return true;
}

/* Bytes arrive, in memory of their own that is gone afterwards. */
static void arrive(struct peer *peer, const char *p, size_t len)
{
	char *copy = malloc(len ? len : 1);
	struct kmc_span in = { .p = copy, .len = len }, piece;
	enum kmc_frame_event event;

	memcpy(copy, p, len);
	do {
		event = KMC_FRAME_LINE;
		if (glance(peer, &in))
			continue;
		event = kmc_frame_next(&peer->frame, &in, &piece);
		handle(peer, event, &in, piece);
		assert_true(peer->frame.len <= KMC_FRAME_LINE_MAX);
	} while (!peer->closed && (event != KMC_FRAME_MORE || in.len));
	free(copy);
}

static void begin(struct peer *peer, bool quick)
{
	memset(peer, 0, sizeof(*peer));
	peer->quick = quick;
	peer->log = calloc(1, LOG_MAX);
}

static void end(struct peer *peer)
{
	free(peer->frame.buf);
	free(peer->log);
}

static void expect_if(bool quick, const char *stream, size_t len, const char *log)
{
	struct peer peer;
	size_t cut;

	for (cut = 0; cut <= len; cut++) {
		begin(&peer, quick);
		arrive(&peer, stream, cut);
		if (!peer.closed)
			arrive(&peer, stream + cut, len - cut);
		if (strcmp(peer.log, log))
			fail_msg("cut at %zu: %s instead of %s", cut, peer.log, log);
		end(&peer);
	}
	begin(&peer, quick);
	for (cut = 0; cut < len && !peer.closed; cut++)
		arrive(&peer, stream + cut, 1);
	if (strcmp(peer.log, log))
		fail_msg("byte by byte: %s instead of %s", peer.log, log);
	end(&peer);
}

static void expect(const char *stream, size_t len, const char *log)
{
	expect_if(false, stream, len, log);
	expect_if(true, stream, len, log);
}

#define EXPECT(stream, log) expect(stream, sizeof(stream) - 1, log)

static void test_lines(void **state)
{
	(void)state;
	EXPECT("version\r\nversion\nquit\r\n", "line[version\r]line[version]line[quit\r]");
	EXPECT("\r\nxyz\r\n", "error[]error[]");
	EXPECT("GET / HTTP/1.1\r\nversion\r\n", "hangup[]");
}

static void test_keys(void **state)
{
	(void)state;
	EXPECT("get a\r\nget bb  c \nversion\n",
	       "keys[]key[a]end[]keys[]key[bb]key[c]end[]line[version]");
	EXPECT("gat 5 a\rb \r\nget \r\n", "keys[]key[a\rb]end[]error[]");
	EXPECT("get a\r \r\n", "keys[]key[a\r]end[]");
	EXPECT("get abcdefghijklmnop\r\nget  b\r\nget c\td\r\nget e\r\rf\r\n",
	       "keys[]key[abcdefghijklmnop]end[]keys[]key[b]end[]keys[]key[c\td]end[]"
	       "keys[]key[e\r\rf]end[]");
	EXPECT("gets a\1b  c\x80\xff|d \r\nget \x7f\x1f\r\n",
	       "keys[]key[a\1b]key[c\x80\xff|d]end[]keys[]key[\x7f\x1f]end[]");
}

static void test_values(void **state)
{
	(void)state;
	EXPECT("set k 0 0 3\r\na\nb\r\nget k\r\n",
	       "store[k][a][\n][b][\r][\n]stored[]keys[]key[k]end[]");
	EXPECT("set k 0 0 0\n\r\nversion\n", "store[k][\r][\n]stored[]line[version]");
	EXPECT("set k x 0 3\r\nabc\r\nversion\n", "swallow[]swallowed[]line[version]");
	EXPECT("set k 0 0 -0\r\n\r\nversion\n", "store[k][\r][\n]stored[]line[version]");
	EXPECT("set k 0 0 -3\r\nabc\r\nversion\n", "error[]error[]line[version]");
}

/* A retrieval longer than the buffer, a key longer than a key, a line too long. */
static void test_long(void **state)
{
	static char stream[8192], log[65536];
	size_t len = 0, log_len, i;

	(void)state;
	len += sprintf(stream, "gets");
	log_len = sprintf(log, "keys[]");
	for (i = 0; i < 700; i++) {
		len += sprintf(stream + len, "%*s%zu", (int)(1 + i % 3), " ", i);
		log_len += sprintf(log + log_len, "key[%zu]", i);
	}
	sprintf(stream + len, " \r\nversion\n");
	sprintf(log + log_len, "end[]line[version]");
	expect(stream, strlen(stream), log);

	/* the same with a word of 300 bytes at its end */
	memset(stream + len, 'k', 300);
	stream[len] = ' ';
	sprintf(stream + len + 300, " a b\r\nversion\n");
	sprintf(log + log_len, "badkey[]line[version]");
	expect(stream, strlen(stream), log);
}

static void test_key_lengths(void **state)
{
	static char stream[4096], log[8192];
	size_t fill, key;

	(void)state;
	/* keys of 250 bytes in a line that is cut up, and one byte more */
	for (key = 249; key <= 252; key++) {
		strcpy(stream, "get");
		strcpy(log, "keys[]");
		for (fill = 0; fill < 12; fill++) {
			strcat(stream, " ");
			strcat(log, "key[");
			memset(stream + strlen(stream), 'f', 200);
			memset(log + strlen(log), 'f', 200);
			strcat(log, "]");
		}
		strcat(stream, " ");
		memset(stream + strlen(stream), 'k', key);
		strcat(stream, "\r\nversion\n");
		if (key > 250) {
			strcat(log, "badkey[]");
		} else {
			strcat(log, "key[");
			memset(log + strlen(log), 'k', key);
			strcat(log, "]end[]");
		}
		strcat(log, "line[version]");
		expect(stream, strlen(stream), log);
		memset(stream, 0, sizeof(stream));
		memset(log, 0, sizeof(log));
	}
}

static void test_too_long(void **state)
{
	static char stream[4096];

	(void)state;
	memset(stream, 'x', KMC_FRAME_LINE_MAX + 1);
	stream[KMC_FRAME_LINE_MAX + 1] = '\n';
	expect(stream, KMC_FRAME_LINE_MAX + 2, "hangup[]");
	stream[KMC_FRAME_LINE_MAX] = '\n';
	expect(stream, KMC_FRAME_LINE_MAX + 1, "error[]");
}

/* Headers: magic, opcode, length of the key, of the extras, and of the body. */
#define PACKET(code, key_len, extras_len, body_len) \
	"\x80" code "\0" key_len extras_len "\0\0\0\0\0\0" body_len "\0\0\0\0\0\0\0\0\0\0\0\0"
#define NOOP PACKET("\x0a", "\x00", "\x00", "\x00")

static void test_packets(void **state)
{
	(void)state;
	EXPECT(NOOP NOOP, "packet[]packet[]");
	EXPECT(PACKET("\x00", "\x03", "\x00", "\x03") "a\nb" NOOP, "packet[a\nb]packet[]");
	EXPECT(PACKET("\x01", "\x01", "\x08", "\x0c") "flagtimekval" NOOP,
	       "store[k][v][a][l]stored[]packet[]");
	EXPECT(PACKET("\x01", "\x01", "\x08", "\x09") "flagtimek" NOOP, "store[k]stored[]packet[]");
	/* not known: the whole body goes, however it is divided */
	EXPECT(PACKET("\x55", "\x01", "\x02", "\x07") "exkvalu" NOOP,
	       "swallow[]swallowed[]packet[]");
	EXPECT(PACKET("\x55", "\x00", "\x00", "\x00") NOOP, "swallow[]swallowed[]packet[]");
	EXPECT(PACKET("\x21", "\x05", "\x00", "\x08") "PLAINabc" NOOP,
	       "store[PLAIN][a][b][c]stored[]packet[]");
	/* over at the header */
	EXPECT(PACKET("\x00", "\x03", "\x01", "\x04") "eabc" NOOP, "refuse[]");
	EXPECT(NOOP "version\r\nversion\r\nversion\r\n", "packet[]hangup[]");
	/* a connection that is text stays so */
	EXPECT("version\n" PACKET("\x0b", "\x00", "\x00", "\x00") "\n", "line[version]error[]");
}

/* Only what has no end yet is kept: not what is refused, and of an unknown one its header. */
static void test_packet_buffer(void **state)
{
	struct peer peer;

	(void)state;
	begin(&peer, false);
	arrive(&peer, NOOP, sizeof(NOOP) - 1);
	assert_null(peer.frame.buf);
	assert_true(kmc_frame_is_binary(&peer.frame));
	assert_true(kmc_frame_is_between(&peer.frame));
	arrive(&peer, PACKET("\x00", "\x03", "\x00", "\x03") "ab", 26);
	assert_non_null(peer.frame.buf);
	assert_false(kmc_frame_is_between(&peer.frame));
	arrive(&peer, "c", 1);
	assert_true(kmc_frame_is_between(&peer.frame));
	arrive(&peer, PACKET("\x01", "\x01", "\x08", "\x0a") "flagtimek", 33);
	assert_false(kmc_frame_is_between(&peer.frame));
	end(&peer);
}

/* What is idle needs no buffer. */
static void test_between(void **state)
{
	struct peer peer;

	(void)state;
	begin(&peer, false);
	assert_true(kmc_frame_is_between(&peer.frame));
	assert_false(kmc_frame_is_binary(&peer.frame));
	arrive(&peer, "ver", 3);
	assert_false(kmc_frame_is_binary(&peer.frame));
	assert_false(kmc_frame_is_between(&peer.frame));
	arrive(&peer, "sion\n", 5);
	assert_true(kmc_frame_is_between(&peer.frame));
	arrive(&peer, "set a 0 0 1\n", 12);
	assert_false(kmc_frame_is_between(&peer.frame));
	end(&peer);
}

/* Where the first byte decides nothing. */
static void test_protocol_is_given(void **state)
{
	struct peer peer;

	(void)state;
	begin(&peer, false);
	kmc_frame_begin_text(&peer.frame);
	assert_true(kmc_frame_is_between(&peer.frame));
	arrive(&peer, "\x80\x0a\0\0\nversion\n", 13);
	assert_string_equal(peer.log, "error[]error[]line[version]");
	assert_false(kmc_frame_is_binary(&peer.frame));
	end(&peer);

	begin(&peer, false);
	kmc_frame_begin_binary(&peer.frame);
	assert_true(kmc_frame_is_between(&peer.frame));
	assert_true(kmc_frame_is_binary(&peer.frame));
	arrive(&peer, "version\nversion\nversion", 23);
	assert_string_equal(peer.log, "");
	arrive(&peer, "\n", 1);
	assert_string_equal(peer.log, "hangup[]");
	end(&peer);
}

static void test_in_value(void **state)
{
	struct peer peer;

	(void)state;
	begin(&peer, false);
	assert_false(kmc_frame_is_in_value(&peer.frame));
	arrive(&peer, "set a 0 0 1", 11);
	assert_false(kmc_frame_is_in_value(&peer.frame));
	arrive(&peer, "\n", 1);
	assert_true(kmc_frame_is_in_value(&peer.frame));
	arrive(&peer, "x\r", 2);
	assert_true(kmc_frame_is_in_value(&peer.frame));
	arrive(&peer, "\n", 1);
	assert_false(kmc_frame_is_in_value(&peer.frame));
	end(&peer);

	begin(&peer, false);
	arrive(&peer, PACKET("\x55", "\x01", "\x02", "\x07") "exkval", 30);
	assert_true(kmc_frame_is_in_value(&peer.frame));
	arrive(&peer, "u", 1);
	assert_false(kmc_frame_is_in_value(&peer.frame));
	end(&peer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_key_lengths),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_packet_buffer),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_protocol_is_given),
		cmocka_unit_test(test_in_value),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
