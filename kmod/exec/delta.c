// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "delta.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../stats.h"
#include "fetch.h"
#include "note.h"

/* Behind its number a value may have any length. */
#define BRIEF_VALUE 256

/*
 * memcached keeps what is larger than this in chunks, and takes no number from there: its setting
 * slab_chunk_max, bytes.
 */
#define NUMBER_ITEM_MAX SZ_512K

/* May there be a number in it? Without looking. */
static bool may_be_number(const struct kmc_item *item)
{
	return kmc_item_value_len(item) && kmc_item_stored_nominal_size(item) <= NUMBER_ITEM_MAX;
}

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

	if (!may_be_number(old))
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
	if (delta->is_brief && *value_len > BRIEF_VALUE)
		return -ENOMEM;
	delta->cost += *value_len;
	return 0;
}

static void fill_delta(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	static const char spaces[] = { [0 ... 63] = ' ' };
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
	struct kmc_cache_glance seen;
	bool is_watched = kmc_note_glance(session, key, &seen);
	int err = kmc_cache_change(env->cache, key.p, key.len, &delta_ops, delta, &delta->change,
				   gfp);

	if (is_watched && (err != -ENOMEM || gfpflags_allow_blocking(gfp)))
		kmc_note_seen(session, key, &seen);
	session->cost += delta->cost;
	if (err)
		return err;
	kmc_stats_inc(env->stats, delta->is_incr ? KMC_STAT_INCR_HITS : KMC_STAT_DECR_HITS);
	kmc_cache_count_use(env->cache, delta->change.old_class,
			    delta->is_incr ? KMC_USE_INCR : KMC_USE_DECR);
	return 0;
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

static void note_created(struct kmc_session *session, struct kmc_span key, int err,
			 struct kmc_log *log)
{
	log->cmd = KMC_LOG_CMD_ADD;
	if (!err)
		kmc_note_stored(session, key, KMC_REPLY_STORED, log);
	else if (err == -EEXIST)
		kmc_note_stored(session, key, KMC_REPLY_NOT_STORED, log);
	else
		kmc_note_stored(session, key, KMC_REPLY_NO_MEMORY, log);
}

/**
 * kmc_delta_create() - store the number that a missing one begins with
 * @session: the connection's protocol state
 * @delta: gets its digits and cas id
 * @desc: what the item is to be; but for the length of its value
 * @initial: the number
 * @gfp: how to allocate
 *
 * Unlike a set, this counts as nothing but an item.
 *
 * Return: 0; -EEXIST if somebody else has just made it; -ENOMEM.
 */
int kmc_delta_create(struct kmc_session *session, struct kmc_delta *delta,
		     struct kmc_item_desc *desc, u64 initial, gfp_t gfp)
{
	struct kmc_cache *cache = session->env->cache;
	struct kmc_span key = { .p = desc->key, .len = desc->key_len };
	struct kmc_item *item;
	struct kmc_log log;
	u64 cas = 0;
	int err;

	delta->len = kmc_num_compose(delta->text, initial);
	desc->value_len = delta->len;
	item = kmc_cache_alloc_item(cache, desc, gfp);
	if (!item)
		return -ENOMEM;
	kmc_item_write(item, 0, delta->text, delta->len);
	kmc_note_look(session, key);
	kmc_note_offer(session, item, &log);
	err = kmc_cache_try_store(cache, &item, KMC_STORE_ADD, &cas, gfp);
	if (!err || err == -EEXIST || gfpflags_allow_blocking(gfp))
		note_created(session, key, err, &log);
	if (item)
		kmc_cache_discard_item(cache, item);
	if (err)
		return err == -EEXIST ? err : -ENOMEM;
	delta->result = initial;
	delta->change.new_cas = cas;
	delta->change.old_deadline = KMC_CACHE_NEVER;
	return 0;
}

static enum kmc_reply create(struct kmc_session *session, const struct kmc_request *req,
			     struct kmc_delta *delta, gfp_t gfp)
{
	struct kmc_item_desc desc = {
		.key = req->key.p,
		.key_len = req->key.len,
		.deadline = kmc_fetch_deadline(session->env, req->exptime),
	};

	switch (kmc_delta_create(session, delta, &desc, req->initial, gfp)) {
	case 0:
		return KMC_REPLY_NONE;
	case -EEXIST:
		return KMC_REPLY_NOT_STORED;
	default:
		return KMC_REPLY_NO_MEMORY;
	}
}

static enum kmc_reply execute(struct kmc_session *session, const struct kmc_request *req,
			      struct kmc_delta *delta, gfp_t gfp)
{
	switch (kmc_delta_apply(session, req->key, delta, gfp)) {
	case 0:
		return KMC_REPLY_NONE;
	case -ENOENT:
		if (req->create)
			return create(session, req, delta, gfp);
		kmc_delta_count_miss(session, delta->is_incr);
		return KMC_REPLY_NOT_FOUND;
	case -EEXIST:
		return KMC_REPLY_EXISTS;
	case -EINVAL:
		return KMC_REPLY_NON_NUMERIC;
	default:
		return KMC_REPLY_NO_MEMORY_DELTA;
	}
}

/**
 * kmc_delta() - execute incr or decr
 * @session: the connection's protocol state
 * @req: the request
 * @result: the new number
 * @gfp: how to allocate
 *
 * The new item's cas id is then that of @session.
 *
 * Return: %KMC_REPLY_NONE, and @result is to be answered; or what to answer.
 */
enum kmc_reply kmc_delta(struct kmc_session *session, const struct kmc_request *req,
			 u64 *result, gfp_t gfp)
{
	struct kmc_delta delta = {
		.is_incr = req->op == KMC_OP_INCR,
		.amount = req->delta,
		.cas = req->cas,
		.is_brief = !gfpflags_allow_blocking(gfp),
	};
	enum kmc_reply reply = execute(session, req, &delta, gfp);

	if (reply)
		return reply;
	*result = delta.result;
	session->cas = delta.change.new_cas;
	return KMC_REPLY_NONE;
}
