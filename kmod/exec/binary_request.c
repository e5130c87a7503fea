// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "binary_request.h"

#include <linux/gfp.h>

#include "auth.h"
#include "binary_reply.h"
#include "command.h"
#include "delta.h"
#include "dump.h"
#include "exec.h"
#include "fetch.h"
#include "latency.h"
#include "store.h"

static enum kmc_next reject(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_reply error, struct kmc_out *out)
{
	if (req->has_value) {
		session->error = error;
		return KMC_NEXT_SWALLOW;
	}
	if (error != KMC_REPLY_HANGUP)
		kmc_binary_reply_add(session, error, out);
	return KMC_NEXT_CLOSE;
}

/* A value that there is no memory for does not keep the next one from being answered. */
static enum kmc_next fetch(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp)
{
	int hits;

	kmc_fetch_begin(session, req);
	hits = kmc_fetch_key(session, req->key, out, gfp);
	if (hits < 0 && !gfpflags_allow_blocking(gfp))
		return KMC_NEXT_DEFER;
	if (!hits)
		kmc_binary_reply_add_miss(session, req->key, out);
	else if (hits < 0)
		kmc_binary_reply_add(session, KMC_REPLY_NO_MEMORY_READ, out);
	return KMC_NEXT_REQUEST;
}

static enum kmc_next delta(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp)
{
	u64 result;
	enum kmc_reply reply = kmc_delta(session, req, &result, gfp);

	if (kmc_exec_defers(reply, gfp))
		return KMC_NEXT_DEFER;
	if (reply)
		kmc_binary_reply_add(session, reply, out);
	else
		kmc_binary_reply_add_number(session, result, out);
	return KMC_NEXT_REQUEST;
}

static enum kmc_next dump(struct kmc_session *session, const struct kmc_request *req,
			  struct kmc_out *out)
{
	struct kmc_span rest = req->key, word;
	enum kmc_reply reply;

	/* but for detail, the key has to be the word, and nothing else */
	if (!kmc_token_next(&rest, &word) || !kmc_token_is(word, "detail"))
		word = req->key;
	reply = kmc_dump_begin(session, word, rest);
	if (!reply)
		return KMC_NEXT_DUMP;
	/* what is no statistic is a key that is not there */
	if (reply == KMC_REPLY_ERROR || reply == KMC_REPLY_DETAIL_USAGE)
		reply = KMC_REPLY_NOT_FOUND;
	kmc_binary_reply_add(session, reply, out);
	return KMC_NEXT_REQUEST;
}

/*
 * A client that has not said yet who it is gets the answer to everything, also to what
 * memcached would not know; but not to what is no request, or lies about its lengths.
 */
static bool is_locked_out(const struct kmc_session *session, const struct kmc_request *req,
			  enum kmc_reply parsed)
{
	if (!kmc_session_is_locked(session) || kmc_auth_is_for(req->op))
		return false;
	return parsed != KMC_REPLY_HANGUP && (parsed != KMC_REPLY_ERROR || req->has_value);
}

static enum kmc_next execute(struct kmc_session *session, const struct kmc_request *req,
			     struct kmc_out *out, gfp_t gfp)
{
	switch (req->op) {
	case KMC_OP_GETS:
	case KMC_OP_GATS:
	case KMC_OP_TOUCH:
		return fetch(session, req, out, gfp);
	case KMC_OP_SET:
	case KMC_OP_ADD:
	case KMC_OP_REPLACE:
	case KMC_OP_APPEND:
	case KMC_OP_PREPEND:
		return kmc_store_begin(session, req, gfp);
	case KMC_OP_INCR:
	case KMC_OP_DECR:
		return delta(session, req, out, gfp);
	case KMC_OP_STATS:
		return dump(session, req, out);
	case KMC_OP_AUTH_LIST:
	case KMC_OP_AUTH:
	case KMC_OP_AUTH_STEP:
		return kmc_auth_packet(session, req, out, gfp);
	case KMC_OP_QUIT:
		session->has_quit = true;
		kmc_binary_reply_add(session, KMC_REPLY_OK, out);
		return KMC_NEXT_CLOSE;
	default:
		kmc_binary_reply_add(session, kmc_exec_short(session, req), out);
		return KMC_NEXT_REQUEST;
	}
}

/**
 * kmc_binary_request() - execute a request, as far as it is there without its value
 * @session: the connection's protocol state
 * @packet: the request
 * @parsed: what the parser said of it
 * @out: a batch with room, for the reply
 * @gfp: how to allocate
 *
 * Context: socket lock.
 *
 * Return: what comes next on the connection; not %KMC_NEXT_KEYS.
 */
enum kmc_next kmc_binary_request(struct kmc_session *session, const struct kmc_packet *packet,
				 enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp)
{
	const struct kmc_request *req = &packet->req;
	bool locked_out = is_locked_out(session, req, parsed);
	enum kmc_op op = locked_out || parsed ? KMC_OP_NONE : req->op;
	enum kmc_next next;

	session->is_binary = true;
	session->echo = packet->echo;
	session->op = req->op;
	session->cas = 0;
	if (op && !gfpflags_allow_blocking(gfp) && !kmc_exec_is_brief(req))
		return KMC_NEXT_DEFER;
	/* those are told of where the key is looked for */
	if (!kmc_op_is_fetch(op) && op != KMC_OP_TOUCH)
		kmc_command_trace(session, op, req->key);
	if (locked_out)
		next = kmc_auth_refuse(session, out);
	else if (parsed)
		next = reject(session, req, parsed, out);
	else
		next = execute(session, req, out, gfp);
	if (kmc_exec_is_done(next))
		kmc_latency_note(session, op);
	return next;
}
