// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "fetch.h"

#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../proto/exptime.h"
#include "../stats.h"

/**
 * kmc_fetch_deadline() - an expiry time on the cache's clock
 * @env: the server
 * @exptime: as the client wrote it
 *
 * Return: the deadline.
 */
u32 kmc_fetch_deadline(const struct kmc_env *env, s32 exptime)
{
	return kmc_exptime_deadline(exptime, kmc_cache_now(env->cache), ktime_get_real_seconds());
}

static bool is_touch(enum kmc_op op)
{
	return op == KMC_OP_GAT || op == KMC_OP_GATS;
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

static struct kmc_item *lookup(struct kmc_session *session, struct kmc_span key)
{
	struct kmc_env *env = session->env;
	struct kmc_item *item;

	if (is_touch(session->op)) {
		item = kmc_cache_lookup_touch(env->cache, key.p, key.len, session->deadline);
		kmc_stats_inc(env->stats, KMC_STAT_CMD_TOUCH);
		kmc_stats_inc(env->stats, item ? KMC_STAT_TOUCH_HITS : KMC_STAT_TOUCH_MISSES);
		return item;
	}
	item = kmc_cache_lookup(env->cache, key.p, key.len);
	kmc_stats_inc(env->stats, KMC_STAT_CMD_GET);
	kmc_stats_inc(env->stats, item ? KMC_STAT_GET_HITS : KMC_STAT_GET_MISSES);
	return item;
}

/**
 * kmc_fetch_key() - answer one key
 * @session: the connection's protocol state
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @out: a batch with room; gets the value, or nothing on a miss
 *
 * Context: socket lock; any but hard interrupts.
 */
void kmc_fetch_key(struct kmc_session *session, struct kmc_span key, struct kmc_out *out)
{
	struct kmc_item *item = lookup(session, key);
	char *line = kmc_out_line(out);
	u32 value_len;
	size_t len;

	if (!item)
		return;
	/* the CRLF behind the value is stored with it */
	value_len = kmc_item_value_len(item) - 2;
	if (session->op == KMC_OP_GETS || session->op == KMC_OP_GATS)
		len = kmc_reply_compose_value_cas(line, key, kmc_item_flags(item), value_len,
						  kmc_item_cas(item));
	else
		len = kmc_reply_compose_value(line, key, kmc_item_flags(item), value_len);
	kmc_out_commit(out, len);
	kmc_out_add_value(out, item);
}

/**
 * kmc_fetch_touch() - execute touch
 * @env: the server
 * @req: the request
 *
 * Return: what to answer.
 */
enum kmc_reply kmc_fetch_touch(struct kmc_env *env, const struct kmc_request *req)
{
	u32 deadline = kmc_fetch_deadline(env, req->exptime);
	struct kmc_item *item;

	item = kmc_cache_lookup_touch(env->cache, req->key.p, req->key.len, deadline);
	kmc_stats_inc(env->stats, KMC_STAT_CMD_TOUCH);
	kmc_stats_inc(env->stats, item ? KMC_STAT_TOUCH_HITS : KMC_STAT_TOUCH_MISSES);
	if (!item)
		return KMC_REPLY_NOT_FOUND;
	kmc_cache_put_item(env->cache, item);
	return KMC_REPLY_TOUCHED;
}
