// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "delta.h"

#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "../stats.h"

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
	struct kmc_delta *delta = arg;
	u64 number;

	if (!kmc_item_value_len(old))
		return -EINVAL;
	if (delta->cas && kmc_item_cas(old) != delta->cas)
		return -EEXIST;
	if (!read_number(old, &number))
		return -EINVAL;
	if (delta->is_incr)
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
	struct kmc_delta *delta = arg;
	u32 end = kmc_item_value_len(new);
	u32 at = delta->len;

	kmc_item_write(new, 0, delta->text, delta->len);
	while (at < end) {
		u32 run = min_t(u32, end - at, sizeof(spaces));

		kmc_item_write(new, at, spaces, run);
		at += run;
	}
}

static const struct kmc_update_ops delta_ops = {
	.plan = plan_delta,
	.fill = fill_delta,
};

/**
 * kmc_delta_apply() - change a number
 * @session: the connection's protocol state
 * @key: its key
 * @delta: how; its results are valid on success
 * @gfp: how to allocate
 *
 * An increment wraps at 2^64, a decrement stops at 0. Like memcached, which writes
 * the result over the old value, the new value is padded with spaces to the old
 * length.
 *
 * Return: 0; -ENOENT if there is none, which is not counted yet; -EINVAL if it is no
 * number; -EEXIST if its cas id differs; or another errno if there is no memory.
 */
int kmc_delta_apply(struct kmc_session *session, struct kmc_span key, struct kmc_delta *delta,
		    gfp_t gfp)
{
	struct kmc_env *env = session->env;
	int err = kmc_cache_change(env->cache, key.p, key.len, &delta_ops, delta, &delta->change,
				   gfp);

	session->cost += delta->cost;
	if (!err)
		kmc_stats_inc(env->stats,
			      delta->is_incr ? KMC_STAT_INCR_HITS : KMC_STAT_DECR_HITS);
	return err;
}

/**
 * kmc_delta_count_miss() - the number was not there
 * @session: the connection's protocol state
 * @is_incr: it was to be incremented
 */
void kmc_delta_count_miss(struct kmc_session *session, bool is_incr)
{
	kmc_stats_inc(session->env->stats, is_incr ? KMC_STAT_INCR_MISSES : KMC_STAT_DECR_MISSES);
}

/**
 * kmc_delta() - execute incr or decr
 * @session: the connection's protocol state
 * @req: the request
 * @result: the new number
 * @gfp: how to allocate
 *
 * Return: %KMC_REPLY_NONE, and @result is to be answered; or what to answer.
 */
enum kmc_reply kmc_delta(struct kmc_session *session, const struct kmc_request *req,
			 u64 *result, gfp_t gfp)
{
	struct kmc_delta delta = { .is_incr = req->op == KMC_OP_INCR, .amount = req->delta };

	switch (kmc_delta_apply(session, req->key, &delta, gfp)) {
	case 0:
		*result = delta.result;
		return KMC_REPLY_NONE;
	case -ENOENT:
		kmc_delta_count_miss(session, delta.is_incr);
		return KMC_REPLY_NOT_FOUND;
	case -EINVAL:
		return KMC_REPLY_NON_NUMERIC;
	default:
		return KMC_REPLY_NO_MEMORY_DELTA;
	}
}
