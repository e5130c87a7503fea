// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "keys.h"

#include <linux/build_bug.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../proto/listing.h"
#include "meta.h"
#include "tune.h"

/* Lines of the index looked at for one part of the list: many may be empty. */
#define PART_LINES 64

/* What memcached makes of stats cachedump at the most, its end included. */
#define CACHEDUMP_BYTES (2U << 20)

/**
 * struct listing - a part of the list
 * @session: the connection's protocol state
 * @out: gets it
 * @unix_now: the time
 * @is_full: there is no place for more
 * @is_done: more is not wanted
 */
struct listing {
	struct kmc_session	*session;
	struct kmc_out		*out;
	s64			unix_now;
	bool			is_full;
	bool			is_done;
};

static bool is_listed(const struct kmc_keys *keys, unsigned int class)
{
	return keys->classes[class / 64] & BIT_ULL(class % 64);
}

static size_t compose(const struct listing *listing, const struct kmc_meta_view *view, char *buf)
{
	switch (listing->session->dump) {
	case KMC_DUMP_METADUMP:
		return kmc_listing_compose_meta(buf, view, listing->unix_now);
	case KMC_DUMP_MGDUMP:
		return kmc_listing_compose_mg(buf, view);
	default:
		return kmc_listing_compose_cache(buf, view, listing->unix_now);
	}
}

/* May one more line be added? If not, the list ends before it. */
static bool count_line(struct listing *listing, size_t len)
{
	struct kmc_session *session = listing->session;
	struct kmc_keys *keys = &session->keys;

	if (session->dump != KMC_DUMP_CACHEDUMP)
		return true;
	keys->bytes += len;
	if (keys->bytes + kmc_reply_text(KMC_REPLY_END).len + 1 > CACHEDUMP_BYTES)
		return false;
	if (keys->limit && !--keys->limit)
		listing->is_done = true;
	return true;
}

static bool add(struct listing *listing, const struct kmc_meta_view *view)
{
	char *buf = kmc_out_long_line(listing->out, KMC_LISTING_LINE_MAX);
	size_t len;

	listing->is_full = !buf;
	if (listing->is_full)
		return false;
	len = compose(listing, view, buf);
	if (!count_line(listing, len)) {
		listing->is_done = true;
		return false;
	}
	kmc_out_commit(listing->out, len);
	return true;
}

static bool show(struct kmc_item *item, void *arg)
{
	struct listing *listing = arg;
	struct kmc_session *session = listing->session;
	struct kmc_meta_view view = {
		/* as stats items and stats slabs count */
		.class = kmc_cache_item_class(session->env->cache, item) + 1,
		.size = kmc_item_stored_nominal_size(item),
	};

	if (listing->is_done)
		return false;
	if (!is_listed(&session->keys, view.class))
		return true;
	kmc_meta_look_at(&view, session->env, item);
	if (view.is_binary && session->dump == KMC_DUMP_CACHEDUMP)
		return true;
	return add(listing, &view);
}

static bool has_unknown(const struct kmc_env *env, const u64 *classes)
{
	unsigned int class = kmc_cache_classes(env->cache) + 1;

	static_assert(KMC_CACHE_CLASSES_MAX < KMC_ADMIN_CLASSES);
	for (; class < KMC_ADMIN_CLASSES; class++)
		if (classes[class / 64] & BIT_ULL(class % 64))
			return true;
	return false;
}

/* "all" has all bits, those of classes included that are not there. */
static bool is_all(const u64 *classes)
{
	return classes[0] == U64_MAX;
}

static void begin(struct kmc_session *session, enum kmc_dump dump, const struct kmc_admin *admin)
{
	session->dump = dump;
	session->keys = (struct kmc_keys){ .limit = admin->limit };
	memcpy(session->keys.classes, admin->classes, sizeof(session->keys.classes));
}

static enum kmc_reply denial_of(enum kmc_op op)
{
	switch (op) {
	case KMC_OP_METADUMP:
		return KMC_REPLY_DENIED_METADUMP;
	case KMC_OP_MGDUMP:
		return KMC_REPLY_DENIED_MGDUMP;
	default:
		return KMC_REPLY_DENIED_CACHEDUMP;
	}
}

/**
 * kmc_keys_begin() - begin a list of keys, whichever
 * @session: the connection's protocol state
 * @req: the request
 * @out: a batch with room
 *
 * memcached refuses to have other commands before metadump and mgdump whose replies are
 * not sent, for another thread will write to the connection. Here nothing is in the way.
 *
 * Return: %KMC_REPLY_NONE, and kmc_keys_next() makes the list; or why not.
 */
enum kmc_reply kmc_keys_begin(struct kmc_session *session, const struct kmc_request *req,
			      struct kmc_out *out)
{
	const struct kmc_admin *admin = &req->admin;
	bool is_bad = !is_all(admin->classes) && has_unknown(session->env, admin->classes);

	if (!kmc_session_may(session, KMC_CAP_DUMP))
		return denial_of(req->op);
	if (req->op == KMC_OP_CACHEDUMP) {
		if (is_bad)
			return KMC_REPLY_BAD_SLAB;
		begin(session, KMC_DUMP_CACHEDUMP, admin);
		return KMC_REPLY_NONE;
	}
	if (kmc_tune_is_crawler_off(session->env))
		return KMC_REPLY_CRAWLER_OFF;
	if (is_bad)
		return KMC_REPLY_BAD_CLASS;
	begin(session, req->op == KMC_OP_METADUMP ? KMC_DUMP_METADUMP : KMC_DUMP_MGDUMP, admin);
	kmc_out_add_reply(out, KMC_REPLY_OK);
	return KMC_REPLY_NONE;
}

static void end(struct kmc_session *session, struct kmc_out *out)
{
	kmc_out_add_reply(out, session->dump == KMC_DUMP_MGDUMP ? KMC_REPLY_MISS : KMC_REPLY_END);
	session->dump = KMC_DUMP_NONE;
}

/* Without pages a part of the list is one line. */
static void get_pages(struct kmc_out *out)
{
	if (!out->bytes)
		kmc_out_reserve(out, KMC_OUT_COPY_MAX, GFP_NOWAIT);
}

/**
 * kmc_keys_next() - go on with a list of keys
 * @session: the connection's protocol state
 * @out: gets some of it
 *
 * What it holds between two calls is a number. See kmc_cache_walk() for what is listed.
 *
 * Context: any but hard interrupts.
 *
 * Return: true if it is complete.
 */
bool kmc_keys_next(struct kmc_session *session, struct kmc_out *out)
{
	struct listing listing = {
		.session = session,
		.out = out,
		.unix_now = ktime_get_real_seconds(),
	};
	struct kmc_cache *cache = session->env->cache;
	unsigned int lines;

	BUILD_BUG_ON(KMC_LISTING_LINE_MAX + KMC_REPLY_TAIL_MAX > KMC_OUT_TEXT);
	get_pages(out);
	for (lines = 0; lines < PART_LINES && kmc_out_has_room(out) && !listing.is_full; lines++) {
		bool is_over = kmc_cache_walk(cache, &session->keys.place, show, &listing);

		if (is_over || listing.is_done) {
			end(session, out);
			return true;
		}
	}
	return false;
}
