// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "note.h"

#include <linux/errno.h>

/* As stats items and stats slabs count; what is not there has none. */
static u32 class_of(const struct kmc_cache_glance *seen)
{
	return seen->fate == KMC_CACHE_ALIVE ? seen->class + 1 : 0;
}

static s64 ttl_of(const struct kmc_session *session, u32 deadline)
{
	return deadline ? (s64)deadline - kmc_cache_now(session->env->cache) : 0;
}

/**
 * kmc_note_seen() - tell what a request has seen of a key
 * @session: the connection's protocol state
 * @key: the key
 * @seen: what that was
 *
 * Context: any but hard interrupts.
 */
void kmc_note_seen(struct kmc_session *session, struct kmc_span key,
		   const struct kmc_cache_glance *seen)
{
	static const u8 status[] = {
		[KMC_CACHE_MISSING]	= KMC_LOG_NOT_FOUND,
		[KMC_CACHE_ALIVE]	= KMC_LOG_FOUND,
		[KMC_CACHE_FLUSHED]	= KMC_LOG_FLUSHED,
		[KMC_CACHE_EXPIRED]	= KMC_LOG_EXPIRED,
	};
	struct kmc_log log = {
		.type = KMC_LOG_ITEM_GET,
		.id = session->id,
		.status = status[seen->fate],
		.size = seen->value_len,
		.class = class_of(seen),
	};

	kmc_watch_tell(session->env, KMC_LOG_FETCHERS, &log, key);
}

/**
 * __kmc_note_deleted() - tell that a request has deleted a key
 * @session: the connection's protocol state
 * @key: the key
 * @seen: what was there
 * @cmd: the request
 *
 * Context: any but hard interrupts.
 */
void __kmc_note_deleted(struct kmc_session *session, struct kmc_span key,
			const struct kmc_cache_glance *seen, enum kmc_log_cmd cmd)
{
	struct kmc_log log = {
		.type = KMC_LOG_DELETED,
		.cmd = cmd,
		.size = seen->value_len,
		.class = class_of(seen),
		.id = session->id,
	};

	kmc_watch_tell(session->env, KMC_LOG_DELETIONS, &log, key);
}

static enum kmc_log_cmd cmd_of(enum kmc_op op)
{
	switch (op) {
	case KMC_OP_ADD:
		return KMC_LOG_CMD_ADD;
	case KMC_OP_REPLACE:
		return KMC_LOG_CMD_REPLACE;
	case KMC_OP_APPEND:
		return KMC_LOG_CMD_APPEND;
	case KMC_OP_PREPEND:
		return KMC_LOG_CMD_PREPEND;
	case KMC_OP_CAS:
		return KMC_LOG_CMD_CAS;
	default:
		return KMC_LOG_CMD_SET;
	}
}

/* In the binary protocol, each command may have a cas id, and is a cas then. */
static enum kmc_log_cmd cmd_with_cas(enum kmc_op op, bool is_binary, u64 cas)
{
	return is_binary && cas ? KMC_LOG_CMD_CAS : cmd_of(op);
}

/**
 * kmc_note_offer() - note of a value what cannot be seen any more when it is stored
 * @session: the connection's protocol state
 * @item: the item that is to be stored
 * @log: for kmc_note_stored()
 *
 * Context: any but hard interrupts.
 */
void kmc_note_offer(const struct kmc_session *session, const struct kmc_item *item,
		    struct kmc_log *log)
{
	*log = (struct kmc_log) {
		.type = KMC_LOG_ITEM_STORE,
		.cmd = cmd_with_cas(session->op, session->is_binary, session->cas),
		.size = kmc_item_value_len(item),
		.class = kmc_cache_item_class(session->env->cache, item) + 1,
		.ttl = ttl_of(session, kmc_item_deadline(item)),
		.id = session->id,
	};
}

static enum kmc_log_status status_of(enum kmc_reply reply)
{
	switch (reply) {
	case KMC_REPLY_STORED:
		return KMC_LOG_STORED;
	case KMC_REPLY_EXISTS:
		return KMC_LOG_EXISTS;
	case KMC_REPLY_NOT_FOUND:
		return KMC_LOG_NOT_FOUND;
	case KMC_REPLY_TOO_LARGE:
		return KMC_LOG_TOO_LARGE;
	case KMC_REPLY_NO_MEMORY:
		return KMC_LOG_NO_MEMORY;
	default:
		return KMC_LOG_NOT_STORED;
	}
}

/* What was added to another value is told with that. */
static void look_at_result(struct kmc_session *session, struct kmc_span key, struct kmc_log *log)
{
	struct kmc_cache_glance seen;

	kmc_cache_glance(session->env->cache, key.p, key.len, &seen);
	if (seen.fate != KMC_CACHE_ALIVE)
		return;
	log->size = seen.value_len;
	log->class = class_of(&seen);
	log->ttl = ttl_of(session, seen.deadline);
}

/**
 * kmc_note_stored() - tell what has become of a value
 * @session: the connection's protocol state
 * @key: its key
 * @reply: what is answered
 * @log: from kmc_note_offer()
 *
 * Context: any but hard interrupts.
 */
void kmc_note_stored(struct kmc_session *session, struct kmc_span key, enum kmc_reply reply,
		     struct kmc_log *log)
{
	struct kmc_env *env = session->env;

	if (!kmc_watch_wants(&env->watch, KMC_LOG_MUTATIONS))
		return;
	log->status = status_of(reply);
	if (reply == KMC_REPLY_STORED &&
	    (log->cmd == KMC_LOG_CMD_APPEND || log->cmd == KMC_LOG_CMD_PREPEND))
		look_at_result(session, key, log);
	kmc_watch_tell(env, KMC_LOG_MUTATIONS, log, key);
}

/**
 * kmc_note_refused() - tell that a value is refused before it is there
 * @session: the connection's protocol state
 * @req: the request
 * @reply: what will be answered
 *
 * Context: any but hard interrupts.
 */
void kmc_note_refused(struct kmc_session *session, const struct kmc_request *req,
		      enum kmc_reply reply)
{
	struct kmc_env *env = session->env;
	enum kmc_op op = req->op == KMC_OP_META_SET ? req->meta.store : req->op;
	struct kmc_log log = {
		.type = KMC_LOG_ITEM_STORE,
		.status = status_of(reply),
		.cmd = cmd_with_cas(op, session->is_binary, req->cas),
		.id = session->id,
	};

	if (kmc_watch_wants(&env->watch, KMC_LOG_MUTATIONS))
		kmc_watch_tell(env, KMC_LOG_MUTATIONS, &log, req->key);
}
