// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "fetch.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/rcupdate.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../proto/exptime.h"
#include "../stats.h"
#include "binary_reply.h"
#include "command.h"
#include "latency.h"
#include "note.h"

/**
 * kmc_fetch_deadline() - an expiry time on the cache's clock
 * @env: the server
 * @exptime: as the client wrote it
 *
 * Return: the deadline.
 */
u32 kmc_fetch_deadline(const struct kmc_env *env, s64 exptime)
{
	return kmc_exptime_deadline(exptime, kmc_cache_now(env->cache), ktime_get_real_seconds());
}

static bool is_touch(enum kmc_op op)
{
	return op == KMC_OP_GAT || op == KMC_OP_GATS || op == KMC_OP_TOUCH;
}

/**
 * kmc_fetch_begin() - begin a request for values
 * @session: the connection's protocol state
 * @req: the request
 *
 * Return: %KMC_NEXT_KEYS.
 */
enum kmc_next kmc_fetch_begin(struct kmc_session *session, const struct kmc_request *req)
{
	session->op = req->op;
	if (is_touch(req->op))
		session->deadline = kmc_fetch_deadline(session->env, req->exptime);
	return KMC_NEXT_KEYS;
}

/**
 * struct reading - a key that is being answered
 * @session: the connection's protocol state
 * @key: the key
 * @out: gets the value
 * @with_cas: and the cas id
 * @with_value: or all but the value
 * @is_last: and, if that is easy, what ends an answer
 * @is_ended: it was
 * @is_short: there is no memory in @out for it
 * @value_len: its length
 * @gfp: what the caller allows
 */
struct reading {
	const struct kmc_session	*session;
	struct kmc_span			key;
	struct kmc_out			*out;
	bool				with_cas;
	bool				with_value;
	bool				is_last;
	bool				is_ended;
	bool				is_short;
	u32				value_len;
	gfp_t				gfp;
};

static size_t compose_head(const struct reading *reading, const struct kmc_item *item,
			   u32 flags, u32 value_len, char *line)
{
	if (reading->with_cas)
		return kmc_reply_compose_value_cas(line, reading->key, flags, value_len,
						   kmc_item_cas(item));
	return kmc_reply_compose_value(line, reading->key, flags, value_len);
}

static void add_head(const struct reading *reading, const struct kmc_item *item, u32 value_len)
{
	char *line;

	if (reading->session->is_binary) {
		kmc_binary_reply_add_hit(reading->session, item, reading->key, value_len,
					 reading->out);
		return;
	}
	line = kmc_out_line(reading->out);
	kmc_out_commit(reading->out,
		       compose_head(reading, item, kmc_item_flags(item), value_len, line));
}

/**
 * kmc_fetch_prepare_value() - before a line with a value behind it
 * @out: a batch with room
 * @item: the item; RCU or the writer lock of its key keeps it
 * @gfp: what the caller allows
 *
 * Does not wait for memory: the item might be gone when that is there.
 *
 * Return: 0, when kmc_fetch_add_value() must follow; -ENOMEM if kmc_fetch_reserve()
 * is to be called first; -EAGAIN if the item is just being freed.
 */
int kmc_fetch_prepare_value(struct kmc_out *out, struct kmc_item *item, gfp_t gfp)
{
	u32 value_len = kmc_item_value_len(item);

	if (value_len <= KMC_OUT_COPY_MAX)
		return kmc_out_can_copy(out, value_len) ? 0 : -ENOMEM;
	/* to send it takes long */
	if (!gfpflags_allow_blocking(gfp))
		return -ENOMEM;
	return kmc_cache_try_get_item(item) ? 0 : -EAGAIN;
}

/**
 * kmc_fetch_reserve() - after kmc_fetch_prepare_value() has returned -ENOMEM
 * @out: the batch
 * @value_len: length of the value
 * @gfp: how to allocate
 *
 * Return: false if there is no memory, or the caller does not allow what it takes.
 */
bool kmc_fetch_reserve(struct kmc_out *out, u32 value_len, gfp_t gfp)
{
	return value_len <= KMC_OUT_COPY_MAX && kmc_out_reserve(out, value_len, gfp);
}

static void add_value(struct kmc_out *out, struct kmc_item *item)
{
	if (kmc_item_value_len(item) <= KMC_OUT_COPY_MAX)
		kmc_out_copy_value(out, item);
	else
		kmc_out_add_value(out, item);
}

/**
 * kmc_fetch_add_value() - add a value and its end
 * @out: the batch, to which the line before it was added
 * @item: the item, for which kmc_fetch_prepare_value() has returned 0
 */
void kmc_fetch_add_value(struct kmc_out *out, struct kmc_item *item)
{
	add_value(out, item);
	memcpy(kmc_out_line(out), "\r\n", 2);
	kmc_out_commit(out, 2);
}

/* What most answers are: all of it in one place. False if there is none for it. */
static bool answer_at_once(struct reading *reading, const struct kmc_item *item)
{
	struct kmc_item_flat flat;
	size_t len;
	char *place;

	if (!kmc_item_flat(item, &flat))
		return false;
	place = kmc_out_place(reading->out, flat.len);
	if (!place)
		return false;
	len = compose_head(reading, item, flat.flags, flat.len, place);
	memcpy(place + len, flat.value, flat.len);
	len += flat.len;
	memcpy(place + len, "\r\nEND\r\n", 7);
	kmc_out_commit(reading->out, len + (reading->is_last ? 7 : 2));
	reading->is_ended = reading->is_last;
	return true;
}

/* A touch is a visit in any case: kmc_cache_read_touch(). */
static void visit(const struct reading *reading, struct kmc_item *item)
{
	if (!is_touch(reading->session->op))
		kmc_item_visit(item);
}

/* Only the binary protocol has values without an end, and answers without a value. */
static bool answer(struct kmc_item *item, void *arg)
{
	struct reading *reading = arg;
	int err = 0;

	if (!reading->session->is_binary && answer_at_once(reading, item)) {
		visit(reading, item);
		return true;
	}
	if (reading->with_value)
		err = kmc_fetch_prepare_value(reading->out, item, reading->gfp);
	reading->value_len = reading->with_value ? kmc_item_value_len(item) : 0;
	reading->is_short = err == -ENOMEM;
	/* a touch that must be tried again is not to be done yet: it may be the item's end */
	if (err)
		return reading->is_short && !is_touch(reading->session->op);
	visit(reading, item);
	add_head(reading, item, reading->value_len);
	if (!reading->session->is_binary)
		kmc_fetch_add_value(reading->out, item);
	else if (reading->with_value)
		add_value(reading->out, item);
	return true;
}

/* The class of what was there, from 1, or 0. */
static unsigned int read(struct kmc_session *session, struct reading *reading)
{
	struct kmc_cache *cache = session->env->cache;

	if (is_touch(session->op))
		return kmc_cache_read_touch(cache, reading->key.p, reading->key.len,
					    session->deadline, answer, reading);
	/* what is deferred was not read yet */
	return kmc_cache_peek(cache, reading->key.p, reading->key.len, answer, reading);
}

static void count_touch(struct kmc_env *env, unsigned int class)
{
	kmc_stats_inc(env->stats, KMC_STAT_CMD_TOUCH);
	kmc_stats_inc(env->stats, class ? KMC_STAT_TOUCH_HITS : KMC_STAT_TOUCH_MISSES);
	if (class)
		kmc_cache_count_use(env->cache, class - 1, KMC_USE_TOUCH);
}

static __always_inline void count(struct kmc_session *session, unsigned int class)
{
	struct kmc_env *env = session->env;

	if (is_touch(session->op)) {
		count_touch(env, class);
		return;
	}
	kmc_stats_inc(env->stats, KMC_STAT_CMD_GET);
	kmc_stats_inc(env->stats, class ? KMC_STAT_GET_HITS : KMC_STAT_GET_MISSES);
	if (class)
		kmc_cache_count_use(env->cache, class - 1, KMC_USE_GET);
}

/* This and its callers in one piece, once for each way into it: each hit would pay for calls. */
static __always_inline int read_and_count(struct kmc_session *session, struct reading *reading)
{
	unsigned int class;

	/* again if others store longer ones meanwhile: each round has more memory */
	for (;;) {
		reading->is_short = false;
		class = read(session, reading);
		if (!reading->is_short)
			break;
		if (!kmc_fetch_reserve(reading->out, reading->value_len, reading->gfp))
			return -ENOMEM;
	}
	count(session, class);
	if (kmc_prefixes_is_on(&session->env->prefixes))
		__kmc_prefixes_count(session->env, reading->key,
				     class ? KMC_PREFIXES_HIT : KMC_PREFIXES_MISS);
	return class != 0;
}

/* Apart from fetch(), which would pay for what is on the stack here. */
static noinline int fetch_watched(struct kmc_session *session, struct reading *reading)
{
	struct kmc_cache_glance seen;
	bool is_watched = kmc_note_glance(session, reading->key, &seen);
	int hits = read_and_count(session, reading);

	if (is_watched && hits >= 0)
		kmc_note_seen(session, reading->key, &seen);
	return hits;
}

static __always_inline int fetch(struct kmc_session *session, struct reading *reading)
{
	kmc_command_trace(session, session->op, reading->key);
	if (unlikely(kmc_watch_wants(&session->env->watch, KMC_LOG_FETCHERS)))
		return fetch_watched(session, reading);
	return read_and_count(session, reading);
}

static __always_inline int fetch_key(struct kmc_session *session, struct kmc_span key,
				     struct kmc_out *out, gfp_t gfp)
{
	struct reading reading = {
		.session = session,
		.key = key,
		.out = out,
		.with_cas = session->op == KMC_OP_GETS || session->op == KMC_OP_GATS,
		.with_value = session->op != KMC_OP_TOUCH,
		.gfp = gfp,
	};

	return fetch(session, &reading);
}

/**
 * kmc_fetch_key() - answer one key
 * @session: the connection's protocol state
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @out: a batch with room; gets the value, or nothing on a miss
 * @gfp: how to allocate
 *
 * Context: socket lock; any but hard interrupts.
 *
 * Return: how many values there were, 0 or 1; -ENOMEM if there is no memory for it.
 */
int kmc_fetch_key(struct kmc_session *session, struct kmc_span key, struct kmc_out *out,
		  gfp_t gfp)
{
	return fetch_key(session, key, out, gfp);
}

/* Without memory for a value that is there, the answer ends, and so must the rest. */
static enum kmc_next no_memory(gfp_t gfp)
{
	return gfpflags_allow_blocking(gfp) ? KMC_NEXT_CLOSE : KMC_NEXT_DEFER;
}

/**
 * kmc_fetch_next_key() - after %KMC_NEXT_KEYS: answer one key
 * @session: the connection's protocol state
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @out: a batch with room; gets the value, or nothing on a miss
 * @gfp: how to allocate
 *
 * Context: socket lock; any but hard interrupts.
 *
 * Return: what comes next on the connection.
 */
enum kmc_next kmc_fetch_next_key(struct kmc_session *session, struct kmc_span key,
				 struct kmc_out *out, gfp_t gfp)
{
	return fetch_key(session, key, out, gfp) < 0 ? no_memory(gfp) : KMC_NEXT_KEYS;
}

/**
 * kmc_fetch_may_seek() - after %KMC_NEXT_KEYS: may there be several keys at a time?
 * @session: the connection's protocol state
 * @out: a batch with room
 *
 * What is seldom wanted is done with one at a time.
 *
 * Return: true if kmc_fetch_keys() may be called.
 */
bool kmc_fetch_may_seek(const struct kmc_session *session, struct kmc_out *out)
{
	const struct kmc_env *env = session->env;

	return kmc_out_make_roomy(out) && !session->is_binary && !is_touch(session->op) &&
	       !trace_kmc_request_enabled() && !kmc_watch_wants(&env->watch, KMC_LOG_FETCHERS) &&
	       !kmc_prefixes_is_on(&env->prefixes);
}

/* How many of them were answered. */
static unsigned int answer_sought(struct kmc_env *env, struct reading *reading,
				  const struct kmc_span *keys, const struct kmc_cache_seek *seek,
				  unsigned int count)
{
	unsigned int i, hits = 0;

	for (i = 0; i < count && kmc_out_make_roomy(reading->out); i++) {
		unsigned int class;

		reading->key = keys[i];
		class = kmc_cache_peek_sought(env->cache, &seek[i], answer, reading);
		if (reading->is_short)
			break;
		if (!class)
			continue;
		kmc_cache_count_use(env->cache, class - 1, KMC_USE_GET);
		hits++;
	}
	kmc_stats_add(env->stats, KMC_STAT_CMD_GET, i);
	kmc_stats_add(env->stats, KMC_STAT_GET_HITS, hits);
	kmc_stats_add(env->stats, KMC_STAT_GET_MISSES, i - hits);
	return i;
}

/**
 * kmc_fetch_keys() - after %KMC_NEXT_KEYS: answer some keys
 * @session: the connection's protocol state
 * @keys: the keys, each at most %KMC_KEY_MAX bytes
 * @count: how many, at most %KMC_FETCH_KEYS
 * @out: a batch; gets the values
 *
 * If kmc_fetch_may_seek(). As kmc_fetch_next_key() for each, up to one that takes memory, or time.
 *
 * Context: socket lock; any but hard interrupts.
 *
 * Return: how many were answered, perhaps none; what comes next are keys.
 */
unsigned int kmc_fetch_keys(struct kmc_session *session, const struct kmc_span *keys,
			    unsigned int count, struct kmc_out *out)
{
	struct reading reading = {
		.session = session,
		.out = out,
		.with_cas = session->op == KMC_OP_GETS,
		.with_value = true,
		.gfp = GFP_NOWAIT,
	};
	struct kmc_cache_seek seek[KMC_FETCH_KEYS];
	unsigned int i;

	for (i = 0; i < count; i++) {
		seek[i].key = keys[i].p;
		seek[i].key_len = keys[i].len;
	}
	rcu_read_lock();
	kmc_cache_seek(session->env->cache, seek, count);
	count = answer_sought(session->env, &reading, keys, seek, count);
	rcu_read_unlock();
	return count;
}

/**
 * kmc_fetch_only_key() - execute ``get`` of one key
 * @session: the connection's protocol state
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @out: a batch with room; gets the answer, with what ends it
 * @gfp: how to allocate
 *
 * The same as kmc_exec_request() and what follows from it, in one step.
 *
 * Context: socket lock; any but hard interrupts.
 *
 * Return: what comes next on the connection.
 */
enum kmc_next kmc_fetch_only_key(struct kmc_session *session, struct kmc_span key,
				 struct kmc_out *out, gfp_t gfp)
{
	struct reading reading = {
		.session = session,
		.key = key,
		.out = out,
		.with_value = true,
		.is_last = true,
		.gfp = gfp,
	};

	session->op = KMC_OP_GET;
	if (fetch(session, &reading) < 0)
		return no_memory(gfp);
	/* with a hit that was answered at once, it is there */
	if (!reading.is_ended)
		kmc_out_add_reply(out, KMC_REPLY_END);
	kmc_latency_note(session, KMC_OP_GET);
	return KMC_NEXT_REQUEST;
}

/**
 * kmc_fetch_touch() - execute touch
 * @session: the connection's protocol state
 * @req: the request
 *
 * Return: what to answer.
 */
enum kmc_reply kmc_fetch_touch(struct kmc_session *session, const struct kmc_request *req)
{
	struct kmc_env *env = session->env;
	u32 deadline = kmc_fetch_deadline(env, req->exptime);
	unsigned int class;

	kmc_note_look(session, req->key);
	class = kmc_cache_read_touch(env->cache, req->key.p, req->key.len, deadline, NULL, NULL);
	count_touch(env, class);
	return class ? KMC_REPLY_TOUCHED : KMC_REPLY_NOT_FOUND;
}
