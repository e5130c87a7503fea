// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "store.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../cache/cache.h"
#include "../stats.h"
#include "fetch.h"

/* What follows every value on the wire. It is not stored. */
#define CRLF "\r\n"

/*
 * The value cannot be stored. memcached removes the old value of a refused set,
 * so that nobody goes on reading what the client believes it has replaced; the
 * conditional commands leave it alone.
 */
static enum kmc_next refuse(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_stat stat, enum kmc_reply error)
{
	struct kmc_env *env = session->env;

	kmc_stats_inc(env->stats, stat);
	if (req->op == KMC_OP_SET)
		kmc_cache_remove(env->cache, req->key.p, req->key.len);
	session->error = req->noreply ? KMC_REPLY_NONE : error;
	return KMC_NEXT_SWALLOW;
}

/**
 * kmc_store_begin() - begin to store a value
 * @session: the connection's protocol state
 * @req: the request
 * @gfp: how to allocate
 *
 * The value is received into the item that is to be stored.
 *
 * Return: %KMC_NEXT_VALUE or %KMC_NEXT_SWALLOW.
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
		/* a client may keep back its end alone */
		.is_late = req->wire_len > req->at_hand,
	};

	if (kmc_item_nominal_size(&desc) > env->item_size_max)
		return refuse(session, req, KMC_STAT_STORE_TOO_LARGE, KMC_REPLY_TOO_LARGE);
	session->item = kmc_cache_alloc_item(env->cache, &desc, gfp);
	if (!session->item)
		return refuse(session, req, KMC_STAT_STORE_NO_MEMORY, KMC_REPLY_NO_MEMORY);

	kmc_stats_inc(env->stats, KMC_STAT_CMD_SET);
	session->op = req->op;
	session->noreply = req->noreply;
	session->cas = req->cas;
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
	size_t		cost;
};

static int plan_concat(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct concat *concat = arg;
	struct kmc_item_desc desc = {
		.value_len = kmc_item_value_len(old) + kmc_item_value_len(concat->part),
		.flags = kmc_item_flags(old),
	};

	if (concat->cas && kmc_item_cas(old) != concat->cas)
		return -EEXIST;
	kmc_item_key(old, &desc.key_len);
	*value_len = desc.value_len;
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

static void concat_stored(const struct kmc_item *new, void *arg)
{
	struct concat *concat = arg;

	concat->cas = kmc_item_cas(new);
}

static const struct kmc_update_ops concat_ops = {
	.plan = plan_concat,
	.fill = fill_concat,
	.stored = concat_stored,
};

/* Whatever else is in the way, memcached answers NOT_STORED. */
static enum kmc_reply concat(struct kmc_session *session, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	struct concat concat = {
		.part = session->item,
		.prepend = session->op == KMC_OP_PREPEND,
		.cas = session->cas,
		.item_size_max = env->item_size_max,
	};
	const char *key;
	size_t key_len;
	int err;

	key = kmc_item_key(session->item, &key_len);
	err = kmc_cache_update(env->cache, key, key_len, &concat_ops, &concat, gfp);
	session->cost += concat.cost;
	session->cas = concat.cas;
	if (err == -EEXIST)
		return KMC_REPLY_EXISTS;
	return err ? KMC_REPLY_NOT_STORED : KMC_REPLY_STORED;
}

/* Without memory the item is still ours, and its key is known by it. */
static enum kmc_reply refuse_end(struct kmc_session *session)
{
	struct kmc_env *env = session->env;
	const char *key;
	size_t key_len;

	kmc_stats_inc(env->stats, KMC_STAT_STORE_NO_MEMORY);
	/* it was taken over all the same: then there is no old value */
	if (!session->item)
		return KMC_REPLY_NO_MEMORY;
	key = kmc_item_key(session->item, &key_len);
	if (session->op == KMC_OP_SET)
		kmc_cache_remove(env->cache, key, key_len);
	return KMC_REPLY_NO_MEMORY;
}

static int store_item(struct kmc_session *session, enum kmc_store_mode mode, gfp_t gfp)
{
	int err = kmc_cache_store_cas(session->env->cache, session->item, mode, &session->cas,
				      gfp);

	/* it belongs to the cache, whether it is stored or not */
	if (err != -ENOMEM)
		session->item = NULL;
	return err;
}

static enum kmc_reply store_cas(struct kmc_session *session, gfp_t gfp)
{
	struct kmc_env *env = session->env;

	switch (store_item(session, KMC_STORE_CAS, gfp)) {
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
	if (session->cas)
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
