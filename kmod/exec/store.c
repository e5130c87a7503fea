// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "store.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../cache/cache.h"
#include "../stats.h"
#include "fetch.h"
#include "note.h"

/* What follows every value on the wire. It is not stored. */
#define CRLF "\r\n"

/* How often append with N is begun again because others delete and add the key. */
#define VIVIFY_TRIES 64

/*
 * The value cannot be stored. memcached removes the old value of a refused set,
 * so that nobody goes on reading what the client believes it has replaced; the
 * conditional commands leave it alone, but ms does not, in any mode.
 */
static enum kmc_next refuse(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_stat stat, enum kmc_reply error)
{
	struct kmc_env *env = session->env;

	kmc_stats_inc(env->stats, stat);
	kmc_note_refused(session, req, error);
	if (req->op == KMC_OP_SET || req->op == KMC_OP_META_SET) {
		kmc_note_look(session, req->key);
		kmc_cache_remove(env->cache, req->key.p, req->key.len);
	}
	session->error = req->noreply ? KMC_REPLY_NONE : error;
	return KMC_NEXT_SWALLOW;
}

static bool is_meta(const struct kmc_request *req)
{
	return req->op == KMC_OP_META_SET;
}

static bool has_flag(const struct kmc_request *req, char letter)
{
	return is_meta(req) && kmc_meta_has(&req->meta, letter);
}

/* The line is gone when the value is there. */
static void keep_meta(struct kmc_meta_set *keep, const struct kmc_request *req)
{
	const struct kmc_meta *meta = &req->meta;

	keep->is_on = is_meta(req);
	if (!keep->is_on)
		return;
	keep->is_quiet = kmc_meta_has(meta, 'q');
	keep->vivify = kmc_meta_has(meta, 'N');
	keep->or_stale = kmc_meta_has(meta, 'I');
	/* as memcached, which takes 0 for none here */
	keep->has_new_cas = kmc_meta_has(meta, 'E') && meta->new_cas;
	keep->new_cas = meta->new_cas;
	keep->ask = meta->ask;
	keep->ask.opaque.p = keep->opaque;
	memcpy(keep->opaque, meta->ask.opaque.p, meta->ask.opaque.len);
	keep->size = req->value_len;
}

/**
 * kmc_store_begin() - begin to store a value
 * @session: the connection's protocol state
 * @req: the request
 * @gfp: how to allocate
 *
 * The value is received into the item that is to be stored.
 *
 * Return: %KMC_NEXT_VALUE, %KMC_NEXT_SWALLOW or %KMC_NEXT_DEFER.
 */
enum kmc_next kmc_store_begin(struct kmc_session *session, const struct kmc_request *req,
			      gfp_t gfp)
{
	struct kmc_env *env = session->env;
	struct kmc_item_desc desc = {
		.key = req->key.p,
		.key_len = req->key.len,
		.value_len = req->value_len,
		.flags = req->flags,
		.deadline = kmc_fetch_deadline(env, req->exptime),
		.is_binary = has_flag(req, 'b'),
		.has_cas = has_flag(req, 'E') && req->meta.new_cas,
		/* a client may keep back its end alone */
		.is_late = req->wire_len > req->at_hand,
	};
	bool is_large;

	if (desc.has_cas)
		desc.cas = req->meta.new_cas;
	is_large = kmc_item_nominal_size(&desc) > READ_ONCE(env->item_size_max);
	if (!is_large)
		session->item = kmc_cache_alloc_item(env->cache, &desc, gfp);
	if (!is_large && !session->item && !gfpflags_allow_blocking(gfp))
		return KMC_NEXT_DEFER;
	if (kmc_prefixes_is_on(&env->prefixes))
		__kmc_prefixes_count(env, req->key, KMC_PREFIXES_SET);
	if (is_large)
		return refuse(session, req, KMC_STAT_STORE_TOO_LARGE, KMC_REPLY_TOO_LARGE);
	if (!session->item)
		return refuse(session, req, KMC_STAT_STORE_NO_MEMORY, KMC_REPLY_NO_MEMORY);

	kmc_stats_inc(env->stats, KMC_STAT_CMD_SET);
	kmc_cache_count_use(env->cache, kmc_cache_item_class(env->cache, session->item),
			    KMC_USE_SET);
	session->op = is_meta(req) ? req->meta.store : req->op;
	session->noreply = req->noreply;
	session->cas = req->cas;
	keep_meta(&session->meta, req);
	session->filled = 0;
	session->error = KMC_REPLY_NONE;
	return KMC_NEXT_VALUE;
}

/**
 * kmc_store_value() - receive a part of the value
 * @session: the connection's protocol state
 * @part: the bytes that follow those received before
 */
void kmc_store_value(struct kmc_session *session, struct kmc_span part)
{
	u32 end = kmc_item_value_len(session->item);
	u32 len = min_t(size_t, part.len, end - min(session->filled, end));

	if (len)
		kmc_item_write(session->item, session->filled, part.p, len);
	session->filled += part.len;
	/* what is left of the part are the last bytes of value and CRLF */
	if (len < part.len &&
	    memcmp(part.p + len, CRLF + session->filled - end - (part.len - len), part.len - len))
		session->error = KMC_REPLY_BAD_CHUNK;
}

/* The value to be added, and the limit that the result must keep to. */
struct concat {
	struct kmc_item	*part;
	bool		prepend;
	u64		cas;
	size_t		item_size_max;
	u32		len;
	size_t		cost;
};

static int plan_concat(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct concat *concat = arg;
	struct kmc_item_desc desc = {
		.value_len = kmc_item_value_len(old) + kmc_item_value_len(concat->part),
		.flags = kmc_item_flags(old),
	};

	/* only of ms and the binary protocol, where 0 is any */
	if (concat->cas && kmc_item_cas(old) != concat->cas)
		return -EEXIST;
	kmc_item_key(old, &desc.key_len);
	*value_len = desc.value_len;
	concat->len = desc.value_len;
	concat->cost += desc.value_len;
	return kmc_item_nominal_size(&desc) > concat->item_size_max ? -E2BIG : 0;
}

static void fill_concat(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	struct concat *concat = arg;
	const struct kmc_item *first = concat->prepend ? concat->part : old;
	const struct kmc_item *second = concat->prepend ? old : concat->part;
	u32 first_len = kmc_item_value_len(first);

	kmc_item_copy(new, 0, first, 0, first_len);
	kmc_item_copy(new, first_len, second, 0, kmc_item_value_len(second));
}

static const struct kmc_update_ops concat_ops = {
	.plan = plan_concat,
	.fill = fill_concat,
};

/* The result is a new item: memcached forgets with the old one that it was stale. */
static int try_concat(struct kmc_session *session, gfp_t gfp)
{
	struct kmc_meta_set *meta = &session->meta;
	struct kmc_env *env = session->env;
	struct concat concat = {
		.part = session->item,
		.prepend = session->op == KMC_OP_PREPEND,
		.cas = session->cas,
		.item_size_max = READ_ONCE(env->item_size_max),
	};
	struct kmc_change change = { .is_new = true };
	const char *key;
	size_t key_len;
	int err;

	if (meta->is_on) {
		change.has_cas = meta->has_new_cas;
		change.cas = meta->new_cas;
	}
	key = kmc_item_key(session->item, &key_len);
	err = kmc_cache_change(env->cache, key, key_len, &concat_ops, &concat, &change, gfp);
	session->cost += concat.cost;
	if (err)
		return err;
	meta->size = concat.len;
	session->cas = change.new_cas;
	return 0;
}

/* Without memory the item is still ours, and its key is known by it. */
static enum kmc_reply refuse_end(struct kmc_session *session)
{
	struct kmc_env *env = session->env;
	const char *key;
	size_t key_len;

	kmc_stats_inc(env->stats, KMC_STAT_STORE_NO_MEMORY);
	key = kmc_item_key(session->item, &key_len);
	if (session->op == KMC_OP_SET || session->meta.is_on)
		kmc_cache_remove(env->cache, key, key_len);
	return KMC_REPLY_NO_MEMORY;
}

static int store_item(struct kmc_session *session, enum kmc_store_mode mode, gfp_t gfp)
{
	return kmc_cache_try_store(session->env->cache, &session->item, mode, &session->cas, gfp);
}

/* Whatever is in the way, memcached answers NOT_STORED. */
static enum kmc_reply concat(struct kmc_session *session, gfp_t gfp)
{
	bool vivify = session->meta.is_on && session->meta.vivify;
	int err = -EAGAIN, try;

	for (try = 0; err == -EAGAIN && try < VIVIFY_TRIES; try++) {
		err = try_concat(session, gfp);
		if (err == -EEXIST)
			return KMC_REPLY_EXISTS;
		if (err != -ENOENT || !vivify)
			break;
		err = store_item(session, KMC_STORE_ADD, gfp);
		if (err == -EEXIST)
			err = -EAGAIN;
		else if (err)
			return refuse_end(session);
	}
	return err ? KMC_REPLY_NOT_STORED : KMC_REPLY_STORED;
}

static enum kmc_reply store_cas(struct kmc_session *session, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	bool or_stale = session->meta.is_on && session->meta.or_stale;

	switch (store_item(session, or_stale ? KMC_STORE_CAS_OR_STALE : KMC_STORE_CAS, gfp)) {
	case 0:
		kmc_stats_inc(env->stats, KMC_STAT_CAS_HITS);
		return KMC_REPLY_STORED;
	case -ENOENT:
		kmc_stats_inc(env->stats, KMC_STAT_CAS_MISSES);
		return KMC_REPLY_NOT_FOUND;
	case -ENOMEM:
	case -ENOSPC:
		return refuse_end(session);
	default:
		kmc_stats_inc(env->stats, KMC_STAT_CAS_BADVAL);
		return KMC_REPLY_EXISTS;
	}
}

static enum kmc_reply store(struct kmc_session *session, enum kmc_store_mode mode, gfp_t gfp)
{
	/* in the binary protocol, each of them may have a cas id, and is a cas then */
	if (session->is_binary && session->cas)
		return store_cas(session, gfp);
	switch (store_item(session, mode, gfp)) {
	case 0:
		return KMC_REPLY_STORED;
	case -ENOMEM:
	case -ENOSPC:
		return refuse_end(session);
	default:
		return KMC_REPLY_NOT_STORED;
	}
}

static enum kmc_reply end(struct kmc_session *session, gfp_t gfp)
{
	switch (session->op) {
	case KMC_OP_ADD:
		return store(session, KMC_STORE_ADD, gfp);
	case KMC_OP_REPLACE:
		return store(session, KMC_STORE_REPLACE, gfp);
	case KMC_OP_CAS:
		return store_cas(session, gfp);
	case KMC_OP_APPEND:
	case KMC_OP_PREPEND:
		return concat(session, gfp);
	default:
		return store(session, KMC_STORE_SET, gfp);
	}
}

/* The item may be gone, or somebody else's, when it is known what has become of it. */
static noinline enum kmc_reply end_watched(struct kmc_session *session, gfp_t gfp)
{
	struct kmc_span key = {};
	char bytes[KMC_KEY_MAX];
	enum kmc_reply reply;
	struct kmc_log log;

	key.p = kmc_item_key(session->item, &key.len);
	memcpy(bytes, key.p, key.len);
	key.p = bytes;
	kmc_note_look(session, key);
	kmc_note_offer(session, session->item, &log);
	reply = end(session, gfp);
	kmc_note_stored(session, key, reply, &log);
	return reply;
}

/**
 * kmc_store_end() - the value is complete: store it
 * @session: the connection's protocol state
 * @gfp: how to allocate
 *
 * Return: what to answer.
 */
enum kmc_reply kmc_store_end(struct kmc_session *session, gfp_t gfp)
{
	if (session->error)
		return session->error;
	if (kmc_watch_wants(&session->env->watch, KMC_LOG_FETCHERS | KMC_LOG_MUTATIONS))
		return end_watched(session, gfp);
	return end(session, gfp);
}
