// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* md. */
#include <linux/errno.h>

#include "../cache/cache.h"
#include "../stats.h"
#include "fetch.h"
#include "meta.h"
#include "note.h"

/**
 * struct marking - an item that stays, but not as it is
 * @req: the request
 * @cost: bytes that were written
 */
struct marking {
	const struct kmc_request	*req;
	size_t				cost;
};

static bool has(const struct kmc_request *req, char letter)
{
	return kmc_meta_has(&req->meta, letter);
}

static int plan(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct marking *marking = arg;
	const struct kmc_request *req = marking->req;

	if (has(req, 'C') && kmc_item_cas(old) != req->cas)
		return -EEXIST;
	*value_len = has(req, 'x') ? 0 : kmc_item_value_len(old);
	marking->cost += *value_len;
	return 0;
}

static void fill(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	kmc_item_copy(new, 0, old, 0, kmc_item_value_len(new));
}

static const struct kmc_update_ops ops = {
	.plan = plan,
	.fill = fill,
};

/*
 * I: clients are to be told that the value is stale. x: the value goes. Either way it
 * is another item afterwards, for its cas id is another one, and items do not change
 * while somebody may be reading them. x alone keeps the cas id.
 *
 * The class of what was there, from 1; or a negative errno.
 */
static int mark(struct kmc_session *session, const struct kmc_request *req, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	struct marking marking = { .req = req };
	struct kmc_change change = {
		.is_new = has(req, 'x'),
		.is_stale = has(req, 'I'),
		.has_deadline = has(req, 'x') || has(req, 'T'),
		.deadline = kmc_fetch_deadline(env, req->exptime),
		.has_flags = has(req, 'x'),
		.flags = req->flags,
		.has_cas = has(req, 'E'),
		.cas = req->meta.new_cas,
		.keeps_cas = has(req, 'x') && !has(req, 'I'),
	};
	int err;

	kmc_note_look(session, req->key);
	err = kmc_cache_change(env->cache, req->key.p, req->key.len, &ops, &marking, &change, gfp);
	session->cost += marking.cost;
	return err ?: (int)change.old_class + 1;
}

/* The same. */
static int remove(struct kmc_session *session, const struct kmc_request *req)
{
	struct kmc_cache_glance seen;
	int class;

	kmc_note_delete(session, req->key, &seen);
	class = kmc_cache_remove_if(session->env->cache, req->key.p, req->key.len,
				    has(req, 'C') ? &req->cas : NULL);
	if (class > 0)
		kmc_note_deleted(session, req->key, &seen, KMC_LOG_CMD_MD);
	return class;
}

/* What is only marked as stale is not deleted. */
static void finish(struct kmc_env *env, const struct kmc_request *req, unsigned int class,
		   struct kmc_out *out)
{
	if (!has(req, 'I')) {
		kmc_stats_inc(env->stats, KMC_STAT_DELETE_HITS);
		kmc_cache_count_use(env->cache, class, KMC_USE_DELETE);
	}
	if (!has(req, 'q'))
		kmc_meta_reflect(out, req, "HD");
}

/**
 * kmc_meta_delete() - execute ``md``
 * @session: the connection's protocol state
 * @req: the request
 * @out: a batch with room; gets the reply
 * @gfp: how to allocate
 */
void kmc_meta_delete(struct kmc_session *session, const struct kmc_request *req,
		     struct kmc_out *out, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	int result;

	if (kmc_prefixes_is_on(&env->prefixes))
		__kmc_prefixes_count(env, req->key, KMC_PREFIXES_DELETE);
	result = has(req, 'I') || has(req, 'x') ? mark(session, req, gfp) : remove(session, req);
	if (result > 0) {
		finish(env, req, result - 1, out);
	} else if (result == -ENOENT || result == -EEXIST) {
		kmc_stats_inc(env->stats, KMC_STAT_DELETE_MISSES);
		kmc_meta_reflect(out, req, result == -ENOENT ? "NF" : "EX");
	} else {
		kmc_out_add_reply(out, KMC_REPLY_NO_MEMORY_DELTA);
	}
}
