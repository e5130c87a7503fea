// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/binary.c
/* Binary requests: what comes of one lies within it, and its lengths add up. */
#include "fuzz.h"
#include "proto/binary.h"

static u32 body_len(const char *header)
{
	const u8 *at = (const u8 *)header + 8;

	return (u32)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

/* What is refused ends the connection, unless its body is passed over. */
static void check_refused(const struct kmc_packet *packet, enum kmc_reply reply, const char *head)
{
	fuzz_check(reply == KMC_REPLY_HANGUP || reply == KMC_REPLY_ERROR ||
		   reply == KMC_REPLY_BAD_FORMAT);
	if (!packet->req.has_value)
		return;
	fuzz_check(reply == KMC_REPLY_ERROR);
	fuzz_check(packet->req.wire_len == body_len(head));
	fuzz_check(packet->req.wire_len <= KMC_BINARY_BODY_MAX);
}

/* Those of both protocols, and how a client says who it is. */
static bool is_binary_op(enum kmc_op op)
{
	return (op > KMC_OP_NONE && op <= KMC_OP_QUIT) ||
	       (op >= KMC_OP_AUTH && op <= KMC_OP_AUTH_STEP);
}

static void check_taken(const struct kmc_packet *packet, const char *head, size_t len)
{
	const struct kmc_request *req = &packet->req;

	fuzz_check(is_binary_op(req->op) && !req->noreply);
	fuzz_check(req->key.len <= KMC_KEY_MAX && fuzz_is_within(req->key, head, len));
	fuzz_check(req->has_value || !req->wire_len);
	fuzz_check(len + req->wire_len == KMC_BINARY_HEADER_LEN + (u64)body_len(head));
	fuzz_check(req->wire_len == req->value_len);
}

/* The longest reply that repeats this key. */
static void check_reply(const struct kmc_packet *packet)
{
	char *buf = malloc(KMC_REPLY_LINE_MAX);
	struct kmc_binary_reply reply = {
		.status = KMC_BINARY_NOT_FOUND, .cas = 0x0102030405060708, .rest = 100,
		.extras = { "abcd", 4 }, .key = packet->req.key,
		.text = kmc_binary_text(KMC_REPLY_NON_NUMERIC),
	};
	size_t len;

	fuzz_check(buf);
	len = kmc_binary_compose(buf, &packet->echo, &reply);
	fuzz_check(len == KMC_BINARY_HEADER_LEN + 4 + reply.key.len + reply.text.len);
	fuzz_check(body_len(buf) == len - KMC_BINARY_HEADER_LEN + 100);
	fuzz_check((u8)buf[0] == 0x81 && (u8)buf[1] == packet->echo.opcode && buf[23] == 8);
	free(buf);
}

static void check_head(const char *head, size_t len)
{
	struct kmc_span span = { .p = head, .len = len };
	struct kmc_packet packet;
	enum kmc_reply reply = kmc_binary_parse(span, &packet);

	if (reply) {
		check_refused(&packet, reply, head);
		return;
	}
	check_taken(&packet, head, len);
	check_reply(&packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t len;
	char *head;

	if (size < KMC_BINARY_HEADER_LEN)
		return 0;
	head = fuzz_copy(data, KMC_BINARY_HEADER_LEN);
	len = kmc_binary_head_len(head);
	free(head);
	fuzz_check(len >= KMC_BINARY_HEADER_LEN && len <= KMC_BINARY_HEAD_MAX);
	if (len > size)
		return 0;
	head = fuzz_copy(data, len);
	check_head(head, len);
	free(head);
	return 0;
}
