// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* mg. */
#include <linux/errno.h>
#include <linux/gfp.h>

#include "../cache/cache.h"
#include "../stats.h"
#include "fetch.h"
#include "meta.h"
#include "note.h"

/**
 * struct getting - a key that is being answered
 * @env: the server
 * @req: the request
 * @out: gets the reply
 * @touch: deadline that T sets
 * @vivify: deadline that N sets
 * @recache: deadline of R: what expires before should be fetched anew
 * @must_lock: the item is to be changed
 * @is_short: there is no memory in @out for the value
 * @value_len: its length
 * @class: of the item: a number for kmc_cache_read_class()
 * @gfp: what the caller allows
 */
struct getting {
	const struct kmc_env		*env;
	const struct kmc_request	*req;
	struct kmc_out			*out;
	u32				touch;
	u32				vivify;
	u32				recache;
	bool				must_lock;
	bool				is_short;
	u32				value_len;
	unsigned int			class;
	gfp_t				gfp;
};

static bool has(const struct getting *getting, char letter)
{
	return kmc_meta_has(&getting->req->meta, letter);
}

/* T, N and R do their work in the order of the line. */
static void decide(const struct getting *getting, const struct kmc_item *item, bool is_new,
		   struct kmc_edit *edit)
{
	const struct kmc_meta_ask *ask = &getting->req->meta.ask;
	bool is_open = !kmc_item_is_won(item), wins = is_new;
	u32 deadline = kmc_item_deadline(item);
	unsigned int i;

	for (i = 0; i < ask->nr; i++) {
		if (ask->order[i] == 'T')
			deadline = getting->touch;
		else if (ask->order[i] == 'N' && is_new)
			deadline = getting->vivify;
		else if (ask->order[i] == 'R' && !is_new && is_open && deadline)
			wins |= deadline < getting->recache;
	}
	edit->has_deadline = is_new || has(getting, 'T');
	edit->deadline = deadline;
	edit->is_won = wins || (is_open && kmc_item_is_stale(item));
	edit->is_read = !has(getting, 'u');
}

/* C asks for the value only if the client has another one. */
static bool wants_value(const struct getting *getting, const struct kmc_item *item)
{
	return has(getting, 'v') &&
	       !(has(getting, 'C') && kmc_item_cas(item) == getting->req->cas);
}

static void add_line(const struct getting *getting, const struct kmc_item *item, bool is_new,
		     bool has_value, bool is_won)
{
	const struct kmc_env *env = getting->env;
	struct kmc_meta_view view = {
		.code = has_value ? "VA" : "HD",
		.answers = "stcflhOk",
		.has_value = has_value,
		.ttl_touch = kmc_meta_ttl(env, getting->touch),
		.ttl_vivify = kmc_meta_ttl(env, getting->vivify),
		.is_new = is_new,
		.is_sent = kmc_item_is_won(item),
		.is_stale = kmc_item_is_stale(item),
		.is_won = is_won,
	};

	kmc_meta_look_at(&view, env, item);
	kmc_meta_answer(getting->out, &getting->req->meta.ask, &view);
}

/* 0, -ENOMEM or -EAGAIN: as kmc_fetch_prepare_value(). */
static int answer(struct getting *getting, struct kmc_item *item, bool is_new,
		  const struct kmc_edit *edit)
{
	bool has_value = wants_value(getting, item);
	int err = has_value ? kmc_fetch_prepare_value(getting->out, item, getting->gfp) : 0;

	getting->value_len = kmc_item_value_len(item);
	getting->is_short = err == -ENOMEM;
	if (err)
		return err;
	add_line(getting, item, is_new, has_value, edit->is_won);
	if (has_value)
		kmc_fetch_add_value(getting->out, item);
	return 0;
}

/* Without the lock. If it turns out that there is something to change, nothing is answered. */
static bool peek(struct kmc_item *item, void *arg)
{
	struct getting *getting = arg;
	struct kmc_edit edit = {};
	int err;

	decide(getting, item, false, &edit);
	getting->must_lock = edit.is_won || edit.has_deadline;
	if (getting->must_lock)
		return true;
	err = answer(getting, item, false, &edit);
	if (err)
		return err == -ENOMEM;
	if (edit.is_read)
		kmc_item_visit(item);
	return true;
}

/* With the lock: among all readers, one wins. Without memory nothing is changed yet. */
static bool edit(struct kmc_item *item, bool is_new, struct kmc_edit *edit, void *arg)
{
	struct getting *getting = arg;

	decide(getting, item, is_new, edit);
	getting->class = kmc_cache_item_class(getting->env->cache, item);
	return !answer(getting, item, is_new, edit);
}

static int look(struct getting *getting, struct kmc_item **spare)
{
	struct kmc_cache *cache = getting->env->cache;
	const struct kmc_span *key = &getting->req->key;
	unsigned int class;

	if (!getting->must_lock && !*spare) {
		class = kmc_cache_peek(cache, key->p, key->len, peek, getting);
		if (!class)
			return -ENOENT;
		getting->class = class - 1;
		if (!getting->must_lock)
			return 0;
	}
	return kmc_cache_edit(cache, key->p, key->len, spare, edit, getting);
}

/* What N makes of a key that is missing: an item without a value. */
static struct kmc_item *make_spare(const struct getting *getting, gfp_t gfp)
{
	struct kmc_item_desc desc = {
		.key = getting->req->key.p,
		.key_len = getting->req->key.len,
		.deadline = KMC_CACHE_NEVER,
		/* memcached forgets this, and k then puts any bytes into its reply */
		.is_binary = has(getting, 'b'),
		.has_cas = has(getting, 'E'),
	};

	/* of a request without E it is not set */
	if (desc.has_cas)
		desc.cas = getting->req->meta.new_cas;
	return kmc_cache_alloc_item(getting->env->cache, &desc, gfp);
}

/* 0, -ENOENT, or -ENOMEM if there is a value and no memory to answer it. */
static int get(struct getting *getting, gfp_t gfp)
{
	struct kmc_item *spare = NULL;
	int err;

	for (;;) {
		getting->is_short = false;
		err = look(getting, &spare);
		if (!err && getting->is_short) {
			/* again if others store longer ones: each round has more memory */
			if (kmc_fetch_reserve(getting->out, getting->value_len, gfp))
				continue;
			err = -ENOMEM;
		} else if (err == -ENOENT && has(getting, 'N') && !spare) {
			/* its reply needs no more memory than any line, once it is there */
			spare = make_spare(getting, gfp);
			if (spare && (kmc_out_can_copy(getting->out, 0) ||
				      kmc_out_reserve(getting->out, 0, gfp)))
				continue;
		}
		break;
	}
	if (spare)
		kmc_cache_discard_item(getting->env->cache, spare);
	return err == -ENOSPC ? -ENOENT : err;
}

/* As memcached counts: T makes a touch of a hit, but not of a miss. */
static void count(const struct getting *getting, bool hit)
{
	struct kmc_stats *stats = getting->env->stats;
	bool is_touch = hit && has(getting, 'T');

	if (hit)
		kmc_cache_count_use(getting->env->cache, getting->class,
				    is_touch ? KMC_USE_TOUCH : KMC_USE_GET);
	if (is_touch) {
		kmc_stats_inc(stats, KMC_STAT_CMD_TOUCH);
		kmc_stats_inc(stats, KMC_STAT_TOUCH_HITS);
	} else {
		kmc_stats_inc(stats, KMC_STAT_CMD_GET);
		kmc_stats_inc(stats, hit ? KMC_STAT_GET_HITS : KMC_STAT_GET_MISSES);
	}
}

/**
 * kmc_meta_get() - execute ``mg``
 * @session: the connection's protocol state
 * @req: the request
 * @out: a batch with room; gets the reply
 * @gfp: how to allocate
 *
 * A reader that changes nothing takes no lock.
 *
 * Context: socket lock; any but hard interrupts.
 *
 * Return: %KMC_NEXT_REQUEST or %KMC_NEXT_DEFER.
 */
enum kmc_next kmc_meta_get(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp)
{
	struct kmc_env *env = session->env;
	struct getting getting = {
		.env = env,
		.req = req,
		.out = out,
		.touch = kmc_fetch_deadline(env, req->exptime),
		.vivify = kmc_fetch_deadline(env, req->meta.vivify),
		.recache = kmc_fetch_deadline(env, req->meta.recache),
		.must_lock = kmc_meta_has(&req->meta, 'T'),
		.gfp = gfp,
	};
	struct kmc_cache_glance seen;
	bool is_watched = kmc_note_glance(session, req->key, &seen);
	int err = get(&getting, gfp);

	if (err == -ENOMEM && !gfpflags_allow_blocking(gfp))
		return KMC_NEXT_DEFER;
	if (is_watched)
		kmc_note_seen(session, req->key, &seen);
	if (err == -ENOMEM) {
		kmc_out_add_reply(out, KMC_REPLY_NO_MEMORY_GET);
		return KMC_NEXT_REQUEST;
	}
	count(&getting, !err);
	if (kmc_prefixes_is_on(&env->prefixes))
		__kmc_prefixes_count(env, req->key, err ? KMC_PREFIXES_MISS : KMC_PREFIXES_HIT);
	if (err && !has(&getting, 'q'))
		kmc_meta_reflect(out, req, "EN");
	return KMC_NEXT_REQUEST;
}
