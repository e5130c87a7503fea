// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* me. */
#include "../cache/cache.h"
#include "../stats.h"
#include "meta.h"
#include "note.h"

struct showing {
	const struct kmc_env	*env;
	struct kmc_out		*out;
};

static bool show(struct kmc_item *item, void *arg)
{
	struct showing *showing = arg;
	struct kmc_cache *cache = showing->env->cache;
	struct kmc_meta_view view = {
		/* as stats items and stats slabs count */
		.class = kmc_cache_item_class(cache, item) + 1,
		.size = kmc_item_stored_nominal_size(item),
	};

	kmc_meta_look_at(&view, showing->env, item);
	kmc_out_commit(showing->out,
		       kmc_meta_compose_debug(kmc_out_line(showing->out), &view));
	return true;
}

/**
 * kmc_meta_debug() - execute ``me``
 * @session: the connection's protocol state
 * @req: the request
 * @out: a batch with room; gets the reply
 */
void kmc_meta_debug(struct kmc_session *session, const struct kmc_request *req,
		    struct kmc_out *out)
{
	const struct kmc_env *env = session->env;
	struct showing showing = { .env = env, .out = out };

	kmc_note_look(session, req->key);
	if (!kmc_cache_peek(env->cache, req->key.p, req->key.len, show, &showing))
		kmc_out_add_reply(out, KMC_REPLY_MISS);
	kmc_stats_inc(env->stats, KMC_STAT_CMD_META);
}
