// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "binary_reply.h"

#include <linux/unaligned.h>

#include "../cache/cache.h"

static void add(const struct kmc_session *session, const struct kmc_binary_reply *reply,
		struct kmc_out *out)
{
	kmc_out_commit(out, kmc_binary_compose(kmc_out_line(out), &session->echo, reply));
}

/* Why a value was not stored is said by other statuses here. */
static enum kmc_reply refine(const struct kmc_session *session, enum kmc_reply reply)
{
	if (reply != KMC_REPLY_NOT_STORED)
		return reply;
	switch (session->op) {
	case KMC_OP_ADD:
		return KMC_REPLY_EXISTS;
	case KMC_OP_REPLACE:
		return KMC_REPLY_NOT_FOUND;
	default:
		return reply;
	}
}

/**
 * kmc_binary_reply_add() - add a fixed reply
 * @session: the connection's protocol state
 * @reply: which; a success is answered with the cas id of what was stored, and not
 *	at all if the request is a quiet one
 * @out: a batch with room
 */
void kmc_binary_reply_add(const struct kmc_session *session, enum kmc_reply reply,
			  struct kmc_out *out)
{
	enum kmc_reply refined = refine(session, reply);
	struct kmc_binary_reply answer = {
		.status = kmc_binary_status(refined),
		.text = kmc_binary_text(refined),
	};

	if (answer.status == KMC_BINARY_OK) {
		if (session->echo.is_quiet)
			return;
		answer.cas = session->cas;
	}
	add(session, &answer, out);
}

/**
 * kmc_binary_reply_add_hit() - add what comes before a value
 * @session: the connection's protocol state
 * @item: the item
 * @key: its key
 * @value_len: length of the value that is answered
 * @out: a batch with room
 */
void kmc_binary_reply_add_hit(const struct kmc_session *session, const struct kmc_item *item,
			      struct kmc_span key, u32 value_len, struct kmc_out *out)
{
	char flags[sizeof(u32)];
	struct kmc_binary_reply answer = {
		.cas = kmc_item_cas(item),
		.extras = { .p = flags, .len = sizeof(flags) },
		.rest = value_len,
	};

	put_unaligned_be32(kmc_item_flags(item), flags);
	if (session->echo.with_key)
		answer.key = key;
	add(session, &answer, out);
}

/**
 * kmc_binary_reply_add_miss() - add that there is no value
 * @session: the connection's protocol state
 * @key: the key; where it is wanted, it comes instead of a text
 * @out: a batch with room
 */
void kmc_binary_reply_add_miss(const struct kmc_session *session, struct kmc_span key,
			       struct kmc_out *out)
{
	struct kmc_binary_reply answer = { .status = KMC_BINARY_NOT_FOUND };

	if (session->echo.is_quiet)
		return;
	if (session->echo.with_key)
		answer.key = key;
	else
		answer.text = kmc_binary_text(KMC_REPLY_NOT_FOUND);
	add(session, &answer, out);
}

/**
 * kmc_binary_reply_add_number() - add the result of incr or decr
 * @session: the connection's protocol state
 * @number: the result
 * @out: a batch with room
 */
void kmc_binary_reply_add_number(const struct kmc_session *session, u64 number,
				 struct kmc_out *out)
{
	char bytes[sizeof(number)];
	struct kmc_binary_reply answer = {
		.cas = session->cas,
		.text = { .p = bytes, .len = sizeof(bytes) },
	};

	if (session->echo.is_quiet)
		return;
	put_unaligned_be64(number, bytes);
	add(session, &answer, out);
}

/**
 * kmc_binary_reply_add_stat() - add a statistic
 * @session: the connection's protocol state
 * @name: its name; empty: there are no more
 * @value: its value
 * @out: a batch with room
 */
void kmc_binary_reply_add_stat(const struct kmc_session *session, struct kmc_span name,
			       struct kmc_span value, struct kmc_out *out)
{
	add(session, &(struct kmc_binary_reply){ .key = name, .text = value }, out);
}
