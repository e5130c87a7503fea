// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What the meta commands have in common. */
#include "meta.h"

#include <linux/string.h>

#include "../cache/cache.h"

/**
 * kmc_meta_ttl() - how long an item has to live
 * @env: the server
 * @deadline: when it expires, on the cache's clock
 *
 * Return: seconds; 0 if that is past; negative if it never expires.
 */
s64 kmc_meta_ttl(const struct kmc_env *env, u32 deadline)
{
	u32 now = kmc_cache_now(env->cache);

	if (deadline == KMC_CACHE_NEVER)
		return -1;
	return deadline > now ? deadline - now : 0;
}

/*
 * The binary protocol stores keys that no line can have. What is behind an end of line in
 * one would be taken for a reply of ours.
 */
static bool fits_no_line(struct kmc_span key)
{
	return memchr(key.p, '\n', key.len) || memchr(key.p, ' ', key.len);
}

/**
 * kmc_meta_look_at() - tell of an item what does not depend on the command
 * @view: gets it
 * @env: the server
 * @item: the item; RCU or the writer lock of its key keeps it, and must go on to do so
 *	while @view is used
 */
void kmc_meta_look_at(struct kmc_meta_view *view, const struct kmc_env *env,
		      const struct kmc_item *item)
{
	view->value_len = kmc_item_value_len(item);
	view->key.p = kmc_item_key(item, &view->key.len);
	view->is_binary = kmc_item_is_binary(item) || fits_no_line(view->key);
	view->flags = kmc_item_flags(item);
	view->cas = kmc_item_cas(item);
	view->ttl = kmc_meta_ttl(env, kmc_item_deadline(item));
	view->age = kmc_cache_item_age(env->cache, item);
	view->was_read = kmc_item_was_read(item);
}

/**
 * kmc_meta_answer() - add a reply
 * @out: a batch with room
 * @ask: what was asked for
 * @view: what there is to tell
 */
void kmc_meta_answer(struct kmc_out *out, const struct kmc_meta_ask *ask,
		     const struct kmc_meta_view *view)
{
	kmc_out_commit(out, kmc_meta_compose(kmc_out_line(out), ask, view));
}

/**
 * kmc_meta_reflect() - add a reply that tells nothing but what the request said
 * @out: a batch with room
 * @req: the request
 * @code: what has become of it
 */
void kmc_meta_reflect(struct kmc_out *out, const struct kmc_request *req, const char *code)
{
	struct kmc_meta_view view = {
		.code = code,
		.answers = KMC_META_REFLECTED,
		.key = req->key,
		.is_binary = kmc_meta_has(&req->meta, 'b'),
	};

	kmc_meta_answer(out, &req->meta.ask, &view);
}
