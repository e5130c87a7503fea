// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "binary_request.h"

#include <linux/gfp.h>

#include "binary_reply.h"
#include "delta.h"
#include "dump.h"
#include "exec.h"
#include "fetch.h"
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
	switch (kmc_dump_begin(session, req->key)) {
	case KMC_REPLY_NONE:
		return KMC_NEXT_DUMP;
	case KMC_REPLY_RESET:
		kmc_binary_reply_add(session, KMC_REPLY_RESET, out);
		return KMC_NEXT_REQUEST;
	default:
		kmc_binary_reply_add(session, KMC_REPLY_NOT_FOUND, out);
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

	session->is_binary = true;
	session->echo = packet->echo;
	session->op = req->op;
	session->cas = 0;
	if (parsed)
		return reject(session, req, parsed, out);
	if (!gfpflags_allow_blocking(gfp) && !kmc_exec_is_brief(req))
		return KMC_NEXT_DEFER;
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
	case KMC_OP_QUIT:
		kmc_binary_reply_add(session, KMC_REPLY_OK, out);
		return KMC_NEXT_CLOSE;
	default:
		kmc_binary_reply_add(session, kmc_exec_short(session->env, req), out);
		return KMC_NEXT_REQUEST;
	}
}
