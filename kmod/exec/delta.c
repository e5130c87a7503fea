// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "delta.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../cache/cache.h"
#include "../proto/num.h"
#include "../stats.h"
#include "fetch.h"

struct delta {
	bool	incr;
	u64	amount;
	u64	cas;
	u64	result;
	char	text[KMC_NUM_DIGITS_MAX];
	size_t	len;
	size_t	cost;
};

/* Read the number that a value begins with. */
static bool read_number(const struct kmc_item *item, u64 *number)
{
	u32 len = kmc_item_value_len(item);
	struct kvec vec;
	u32 covered;

	if (!kmc_item_segments(item, 0, len, &vec, 1, &covered))
		return false;
	return kmc_num_parse_loose_u64(vec.iov_base, vec.iov_len, number);
}

/* The result is as long as the old value, or longer if it must be. */
static int plan_delta(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct delta *delta = arg;
	u64 number;

	if (delta->cas && kmc_item_cas(old) != delta->cas)
		return -EEXIST;
	if (!read_number(old, &number))
		return -EINVAL;
	if (delta->incr)
		delta->result = number + delta->amount;
	else
		delta->result = number > delta->amount ? number - delta->amount : 0;
	delta->len = kmc_num_compose(delta->text, delta->result);
	*value_len = max_t(u32, delta->len, kmc_item_value_len(old));
	delta->cost += *value_len;
	return 0;
}

static void fill_delta(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	static const char spaces[64] = "                                "
				       "                                ";
	struct delta *delta = arg;
	u32 end = kmc_item_value_len(new);
	u32 at = delta->len;

	kmc_item_write(new, 0, delta->text, delta->len);
	while (at < end) {
		u32 run = min_t(u32, end - at, sizeof(spaces));

		kmc_item_write(new, at, spaces, run);
		at += run;
	}
}

static void delta_stored(const struct kmc_item *new, void *arg)
{
	struct delta *delta = arg;

	delta->cas = kmc_item_cas(new);
}

static const struct kmc_update_ops delta_ops = {
	.plan = plan_delta,
	.fill = fill_delta,
	.stored = delta_stored,
};

/* Unlike a set, this counts as nothing but an item. */
static enum kmc_reply create(struct kmc_session *session, const struct kmc_request *req,
			     u64 *result, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	char text[KMC_NUM_DIGITS_MAX];
	struct kmc_item_desc desc = {
		.key = req->key.p,
		.key_len = req->key.len,
		.value_len = kmc_num_compose(text, req->initial),
		.deadline = kmc_fetch_deadline(env, req->exptime),
	};
	struct kmc_item *item = kmc_cache_alloc_item(env->cache, &desc, gfp);

	if (!item)
		return KMC_REPLY_NO_MEMORY;
	kmc_item_write(item, 0, text, desc.value_len);
	switch (kmc_cache_store_cas(env->cache, item, KMC_STORE_ADD, &session->cas, gfp)) {
	case 0:
		*result = req->initial;
		return KMC_REPLY_NONE;
	case -ENOMEM:
		kmc_cache_discard_item(env->cache, item);
		return KMC_REPLY_NO_MEMORY;
	case -ENOSPC:
		return KMC_REPLY_NO_MEMORY;
	default:
		/* somebody else has just done the same */
		return KMC_REPLY_NOT_STORED;
	}
}

/**
 * kmc_delta() - execute incr or decr
 * @session: the connection's protocol state
 * @req: the request
 * @result: the new number
 * @gfp: how to allocate
 *
 * incr wraps at 2^64, decr stops at 0. Like memcached, which writes the result
 * over the old value, the new value is padded with spaces to the old length. The
 * new item's cas id is then that of @session.
 *
 * Return: %KMC_REPLY_NONE, and @result is to be answered; or what to answer.
 */
enum kmc_reply kmc_delta(struct kmc_session *session, const struct kmc_request *req,
			 u64 *result, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	struct delta delta = {
		.incr = req->op == KMC_OP_INCR,
		.amount = req->delta,
		.cas = req->cas,
	};
	int err;

	err = kmc_cache_update(env->cache, req->key.p, req->key.len, &delta_ops, &delta, gfp);
	session->cost += delta.cost;
	switch (err) {
	case 0:
		kmc_stats_inc(env->stats, delta.incr ? KMC_STAT_INCR_HITS : KMC_STAT_DECR_HITS);
		*result = delta.result;
		session->cas = delta.cas;
		return KMC_REPLY_NONE;
	case -ENOENT:
		if (req->create)
			return create(session, req, result, gfp);
		kmc_stats_inc(env->stats,
			      delta.incr ? KMC_STAT_INCR_MISSES : KMC_STAT_DECR_MISSES);
		return KMC_REPLY_NOT_FOUND;
	case -EEXIST:
		return KMC_REPLY_EXISTS;
	case -EINVAL:
		return KMC_REPLY_NON_NUMERIC;
	default:
		return KMC_REPLY_NO_MEMORY_DELTA;
	}
}
