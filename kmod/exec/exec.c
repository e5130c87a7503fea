// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "exec.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../proto/exptime.h"
#include "../proto/meta.h"
#include "../stats.h"
#include "auth.h"
#include "binary_reply.h"
#include "command.h"
#include "delta.h"
#include "dump.h"
#include "fetch.h"
#include "keys.h"
#include "latency.h"
#include "meta.h"
#include "note.h"
#include "store.h"
#include "tune.h"

/* A value up to this is received where nothing may wait, if all of it is there. */
#define BRIEF_VALUE 4096

/**
 * kmc_exec_init() - initialise the protocol state of a new connection
 * @session: the state
 * @env: the server
 * @access: what the client may do; outlives the connection
 */
void kmc_exec_init(struct kmc_session *session, struct kmc_env *env,
		   const struct kmc_access *access)
{
	*session = (struct kmc_session){ .env = env, .access = access };
}

static void drop_item(struct kmc_session *session)
{
	if (!session->item)
		return;
	kmc_cache_discard_item(session->env->cache, session->item);
	session->item = NULL;
}

/**
 * kmc_exec_uninit() - forget a request that was not completed
 * @session: the state
 *
 * After this nothing of exec/ kicks the connection any more.
 *
 * Context: process, may sleep for a grace period.
 */
void kmc_exec_uninit(struct kmc_session *session)
{
	kmc_watch_end(session);
	drop_item(session);
	kmc_auth_forget(session);
}

static enum kmc_reply remove(struct kmc_session *session, const struct kmc_request *req)
{
	const u64 *cas = req->cas ? &req->cas : NULL;
	struct kmc_env *env = session->env;
	struct kmc_cache_glance seen;
	int class;

	if (kmc_prefixes_is_on(&env->prefixes))
		__kmc_prefixes_count(env, req->key, KMC_PREFIXES_DELETE);
	kmc_note_delete(session, req->key, &seen);
	class = kmc_cache_remove_if(env->cache, req->key.p, req->key.len, cas);
	if (class == -EEXIST)
		return KMC_REPLY_EXISTS;
	if (class < 0) {
		kmc_stats_inc(env->stats, KMC_STAT_DELETE_MISSES);
		return KMC_REPLY_NOT_FOUND;
	}
	kmc_stats_inc(env->stats, KMC_STAT_DELETE_HITS);
	kmc_cache_count_use(env->cache, class - 1, KMC_USE_DELETE);
	kmc_note_deleted(session, req->key, &seen, KMC_LOG_CMD_DELETE);
	return KMC_REPLY_DELETED;
}

/* Counted also where it is refused, as in memcached. */
static enum kmc_reply flush_all(struct kmc_session *session, const struct kmc_request *req)
{
	struct kmc_env *env = session->env;
	u32 when = kmc_exptime_flush(req->exptime, kmc_cache_now(env->cache),
				     ktime_get_real_seconds());

	kmc_stats_inc(env->stats, KMC_STAT_CMD_FLUSH);
	if (!kmc_session_may(session, KMC_CAP_FLUSH))
		return KMC_REPLY_DENIED_FLUSH;
	kmc_cache_flush(env->cache, when);
	return KMC_REPLY_OK;
}

/**
 * kmc_exec_defers() - is this no reply, but to be tried where one may wait?
 * @reply: the reply, before which nothing was changed if it is about memory
 * @gfp: what is allowed here
 *
 * Return: true if the request is to be deferred.
 */
bool kmc_exec_defers(enum kmc_reply reply, gfp_t gfp)
{
	return !gfpflags_allow_blocking(gfp) &&
	       (reply == KMC_REPLY_NO_MEMORY || reply == KMC_REPLY_NO_MEMORY_DELTA);
}

static enum kmc_next delta(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp)
{
	u64 result;
	enum kmc_reply reply = kmc_delta(session, req, &result, gfp);

	if (kmc_exec_defers(reply, gfp))
		return KMC_NEXT_DEFER;
	if (req->noreply)
		return KMC_NEXT_REQUEST;
	if (reply)
		kmc_out_add_reply(out, reply);
	else
		kmc_out_commit(out, kmc_reply_compose_number(kmc_out_line(out), result));
	return KMC_NEXT_REQUEST;
}

static bool is_brief_value(const struct kmc_request *req)
{
	return req->wire_len <= BRIEF_VALUE && req->wire_len <= req->at_hand;
}

/**
 * kmc_exec_is_brief() - may a request be executed where nothing may wait?
 * @req: the request
 *
 * Those that may take their time may not, nor those that cannot be begun again where
 * there was no memory for them.
 *
 * Return: false if it must not even be begun there.
 */
bool kmc_exec_is_brief(const struct kmc_request *req)
{
	switch (req->op) {
	case KMC_OP_GET:
	case KMC_OP_GETS:
	case KMC_OP_GAT:
	case KMC_OP_GATS:
	case KMC_OP_TOUCH:
	case KMC_OP_DELETE:
	case KMC_OP_INCR:
	case KMC_OP_DECR:
	case KMC_OP_NOOP:
	case KMC_OP_VERSION:
	case KMC_OP_VERBOSITY:
	case KMC_OP_QUIT:
		return true;
	case KMC_OP_SET:
	case KMC_OP_ADD:
	case KMC_OP_REPLACE:
	case KMC_OP_CAS:
		return is_brief_value(req);
	case KMC_OP_META_SET:
		return is_brief_value(req) && req->meta.store != KMC_OP_APPEND &&
		       req->meta.store != KMC_OP_PREPEND;
	case KMC_OP_META_GET:
		return !kmc_meta_has(&req->meta, 'N');
	case KMC_OP_META_DELETE:
		return !kmc_meta_has(&req->meta, 'I') && !kmc_meta_has(&req->meta, 'x');
	default:
		return false;
	}
}

/**
 * kmc_exec_is_done() - is that all of a request?
 * @next: what comes next on the connection
 *
 * Return: false if it has keys, or a value, or was not begun.
 */
bool kmc_exec_is_done(enum kmc_next next)
{
	return next != KMC_NEXT_DEFER && next != KMC_NEXT_KEYS && next != KMC_NEXT_VALUE &&
	       next != KMC_NEXT_SWALLOW;
}

/**
 * kmc_exec_short() - execute a request that has a fixed reply and no value
 * @session: the connection's protocol state
 * @req: the request
 *
 * Context: any but hard interrupts.
 *
 * Return: what to answer.
 */
enum kmc_reply kmc_exec_short(struct kmc_session *session, const struct kmc_request *req)
{
	struct kmc_env *env = session->env;

	switch (req->op) {
	case KMC_OP_DELETE:
		return remove(session, req);
	case KMC_OP_TOUCH:
		return kmc_fetch_touch(session, req);
	case KMC_OP_FLUSH_ALL:
		return flush_all(session, req);
	case KMC_OP_VERBOSITY:
		return KMC_REPLY_OK;
	case KMC_OP_NOOP:
		return KMC_REPLY_NOOP;
	case KMC_OP_VERSION:
		return KMC_REPLY_VERSION;
	case KMC_OP_MEM_LIMIT:
		/* a lower limit is as good as a flush */
		if (!kmc_session_may(session, KMC_CAP_FLUSH))
			return KMC_REPLY_LIMIT_HIGH;
		return kmc_tune(env, req);
	default:
		return kmc_tune(env, req);
	}
}

static enum kmc_next answer(struct kmc_out *out, bool noreply, enum kmc_reply reply)
{
	if (!noreply)
		kmc_out_add_reply(out, reply);
	return KMC_NEXT_REQUEST;
}

static enum kmc_next dump(struct kmc_session *session, const struct kmc_request *req,
			  struct kmc_out *out)
{
	enum kmc_reply reply = kmc_dump_begin(session, req->arg, req->keys);

	return reply ? answer(out, false, reply) : KMC_NEXT_DUMP;
}

static enum kmc_next list_keys(struct kmc_session *session, const struct kmc_request *req,
			       struct kmc_out *out)
{
	enum kmc_reply reply = kmc_keys_begin(session, req, out);

	return reply ? answer(out, req->noreply, reply) : KMC_NEXT_DUMP;
}

static enum kmc_next watch(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out)
{
	enum kmc_reply reply = KMC_REPLY_DENIED_WATCH;

	if (kmc_session_may(session, KMC_CAP_WATCH))
		reply = kmc_watch_begin(session, req->keys, out);
	return reply ? answer(out, req->noreply, reply) : KMC_NEXT_WATCH;
}

static enum kmc_next reject(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_reply error, struct kmc_out *out)
{
	if (error == KMC_REPLY_HANGUP)
		return KMC_NEXT_CLOSE;
	if (!req->has_value)
		return answer(out, req->noreply, error);
	session->error = req->noreply ? KMC_REPLY_NONE : error;
	return KMC_NEXT_SWALLOW;
}

static enum kmc_next execute(struct kmc_session *session, const struct kmc_request *req,
			     enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp)
{
	if (kmc_session_is_locked(session))
		return kmc_auth_line(session, req, parsed, out, gfp);
	/* memcached says so before it looks at the rest */
	if (req->op == KMC_OP_CACHEDUMP && !kmc_session_may(session, KMC_CAP_DUMP))
		return answer(out, false, KMC_REPLY_DENIED_CACHEDUMP);
	if (parsed)
		return reject(session, req, parsed, out);
	switch (req->op) {
	case KMC_OP_GET:
	case KMC_OP_GETS:
	case KMC_OP_GAT:
	case KMC_OP_GATS:
		return kmc_fetch_begin(session, req);
	case KMC_OP_SET:
	case KMC_OP_ADD:
	case KMC_OP_REPLACE:
	case KMC_OP_APPEND:
	case KMC_OP_PREPEND:
	case KMC_OP_CAS:
	case KMC_OP_META_SET:
		return kmc_store_begin(session, req, gfp);
	case KMC_OP_INCR:
	case KMC_OP_DECR:
		return delta(session, req, out, gfp);
	case KMC_OP_META_GET:
		return kmc_meta_get(session, req, out, gfp);
	case KMC_OP_META_DELETE:
		kmc_meta_delete(session, req, out, gfp);
		return KMC_NEXT_REQUEST;
	case KMC_OP_META_DELTA:
		kmc_meta_delta(session, req, out, gfp);
		return KMC_NEXT_REQUEST;
	case KMC_OP_META_DEBUG:
		kmc_meta_debug(session, req, out);
		return KMC_NEXT_REQUEST;
	case KMC_OP_STATS:
		return dump(session, req, out);
	case KMC_OP_METADUMP:
	case KMC_OP_MGDUMP:
	case KMC_OP_CACHEDUMP:
		return list_keys(session, req, out);
	case KMC_OP_WATCH:
		return watch(session, req, out);
	case KMC_OP_QUIT:
		session->has_quit = true;
		return KMC_NEXT_CLOSE;
	default:
		return answer(out, req->noreply, kmc_exec_short(session, req));
	}
}

/**
 * kmc_exec_request() - execute a request, as far as its line goes
 * @session: the connection's protocol state
 * @req: the request
 * @parsed: what the parser said of it
 * @out: a batch with room, for the reply
 * @gfp: how to allocate, and whether to wait
 *
 * Context: socket lock.
 *
 * Return: what comes next on the connection; %KMC_NEXT_DEFER only without
 * %__GFP_DIRECT_RECLAIM.
 */
enum kmc_next kmc_exec_request(struct kmc_session *session, const struct kmc_request *req,
			       enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp)
{
	enum kmc_op op = parsed ? KMC_OP_NONE : req->op;
	enum kmc_next next;

	if (!parsed && !gfpflags_allow_blocking(gfp) && !kmc_session_is_locked(session) &&
	    !kmc_exec_is_brief(req))
		return KMC_NEXT_DEFER;
	/* of those each key is told of, where it is looked for */
	if (!kmc_op_is_fetch(op))
		kmc_command_trace(session, op, req->key);
	next = execute(session, req, parsed, out, gfp);
	if (kmc_exec_is_done(next))
		kmc_latency_note(session, op);
	return next;
}

/**
 * kmc_exec_keys_end() - after %KMC_NEXT_KEYS: there are no more keys
 * @session: the connection's protocol state
 * @out: a batch with room
 * @bad_key: because the next one is too long
 */
void kmc_exec_keys_end(struct kmc_session *session, struct kmc_out *out, bool bad_key)
{
	kmc_out_add_reply(out, bad_key ? KMC_REPLY_BAD_FORMAT : KMC_REPLY_END);
	kmc_latency_note(session, session->op);
}

/**
 * kmc_exec_value() - after %KMC_NEXT_VALUE: a part of the value
 * @session: the connection's protocol state
 * @part: the bytes
 */
void kmc_exec_value(struct kmc_session *session, struct kmc_span part)
{
	if (session->claim)
		kmc_auth_value(session, part);
	else
		kmc_store_value(session, part);
}

/* Of ms, the session has what it is to do with the value. */
static enum kmc_op op_of_value(const struct kmc_session *session)
{
	return !session->claim && session->meta.is_on ? KMC_OP_META_SET : session->op;
}

/**
 * kmc_exec_value_end() - after %KMC_NEXT_VALUE: all of it is there
 * @session: the connection's protocol state
 * @out: a batch with room
 * @gfp: how to allocate
 */
void kmc_exec_value_end(struct kmc_session *session, struct kmc_out *out, gfp_t gfp)
{
	enum kmc_op op = op_of_value(session);

	if (session->claim)
		kmc_auth_value_end(session, out);
	else if (session->meta.is_on)
		kmc_meta_set_end(session, out, gfp);
	else if (session->is_binary)
		kmc_binary_reply_add(session, kmc_store_end(session, gfp), out);
	else
		answer(out, session->noreply, kmc_store_end(session, gfp));
	kmc_latency_note(session, op);
	/* unless the store has taken it over */
	drop_item(session);
}

/**
 * kmc_exec_swallowed() - after %KMC_NEXT_SWALLOW: the value is over
 * @session: the connection's protocol state
 * @out: a batch with room
 */
void kmc_exec_swallowed(struct kmc_session *session, struct kmc_out *out)
{
	if (session->is_binary)
		kmc_binary_reply_add(session, session->error, out);
	else
		kmc_out_add_reply(out, session->error);
	kmc_latency_note(session, KMC_OP_NONE);
}

/**
 * kmc_exec_dump() - after %KMC_NEXT_DUMP: go on with the reply
 * @session: the connection's protocol state
 * @out: the batch
 *
 * Return: true if the reply is complete.
 */
bool kmc_exec_dump(struct kmc_session *session, struct kmc_out *out)
{
	return kmc_dump_next(session, out);
}

/**
 * kmc_exec_watch() - after %KMC_NEXT_WATCH: go on to tell what happens
 * @session: the connection's protocol state
 * @out: an empty batch
 *
 * Context: process, socket lock.
 *
 * Return: false if there is nothing to be told: what comes next is a request.
 */
bool kmc_exec_watch(struct kmc_session *session, struct kmc_out *out)
{
	return kmc_watch_next(session, out);
}
