// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* ma. */
#include <linux/errno.h>
#include <linux/string.h>

#include "../cache/cache.h"
#include "delta.h"
#include "fetch.h"
#include "meta.h"

/* How often it is begun again because others delete and add the key. */
#define TRIES 64

static bool has(const struct kmc_request *req, char letter)
{
	return kmc_meta_has(&req->meta, letter);
}

/* Of T and N, who comes last says when a new item expires. */
static u32 new_deadline(const struct kmc_env *env, const struct kmc_request *req)
{
	const struct kmc_meta_ask *ask = &req->meta.ask;
	u32 deadline = KMC_CACHE_NEVER;
	unsigned int i;

	for (i = 0; i < ask->nr; i++) {
		if (ask->order[i] == 'T')
			deadline = kmc_fetch_deadline(env, req->exptime);
		else if (ask->order[i] == 'N')
			deadline = kmc_fetch_deadline(env, req->meta.vivify);
	}
	return deadline;
}

/* Make what is missing: 0, -EEXIST if somebody else has made it, or -ENOMEM. */
static int vivify(struct kmc_session *session, const struct kmc_request *req,
		  struct kmc_delta *delta, gfp_t gfp)
{
	const struct kmc_env *env = session->env;
	struct kmc_item_desc desc = {
		.key = req->key.p,
		.key_len = req->key.len,
		.deadline = new_deadline(env, req),
		.is_binary = has(req, 'b'),
		.has_cas = has(req, 'E'),
		.cas = req->meta.new_cas,
	};

	return kmc_delta_create(session, delta, &desc, req->initial, gfp);
}

static void add_line(struct kmc_session *session, const struct kmc_request *req,
		     const struct kmc_delta *delta, bool is_new, struct kmc_out *out)
{
	const struct kmc_env *env = session->env;
	bool has_value = has(req, 'v');
	struct kmc_meta_view view = {
		.code = has_value ? "VA" : "HD",
		.answers = "ctOk",
		.has_value = has_value,
		.value_len = delta->len,
		.key = req->key,
		.is_binary = has(req, 'b'),
		.cas = delta->change.new_cas,
		.ttl = kmc_meta_ttl(env, delta->change.old_deadline),
		.ttl_touch = kmc_meta_ttl(env, kmc_fetch_deadline(env, req->exptime)),
		.ttl_vivify = kmc_meta_ttl(env, kmc_fetch_deadline(env, req->meta.vivify)),
		.is_new = is_new,
	};
	char *line;

	kmc_meta_answer(out, &req->meta.ask, &view);
	if (!has_value)
		return;
	line = kmc_out_line(out);
	memcpy(line, delta->text, delta->len);
	memcpy(line + delta->len, "\r\n", 2);
	kmc_out_commit(out, delta->len + 2);
}

static void add_failure(struct kmc_session *session, const struct kmc_request *req,
			bool is_incr, int err, struct kmc_out *out)
{
	switch (err) {
	case -ENOENT:
		kmc_delta_count_miss(session, is_incr);
		kmc_meta_reflect(out, req, "NF");
		break;
	case -EEXIST:
		kmc_meta_reflect(out, req, "EX");
		break;
	case -EINVAL:
		kmc_out_add_reply(out, KMC_REPLY_NON_NUMERIC);
		break;
	default:
		kmc_out_add_reply(out, KMC_REPLY_NO_MEMORY_DELTA);
		break;
	}
}

/* One try. -EAGAIN: it was missing, but somebody else was quicker to make it. */
static int try_delta(struct kmc_session *session, const struct kmc_request *req,
		     struct kmc_delta *delta, bool *is_new, gfp_t gfp)
{
	int err = kmc_delta_apply(session, req->key, delta, gfp);

	if (err != -ENOENT || !has(req, 'N'))
		return err;
	*is_new = true;
	err = vivify(session, req, delta, gfp);
	return err == -EEXIST ? -EAGAIN : err;
}

/**
 * kmc_meta_delta() - execute ``ma``
 * @session: the connection's protocol state
 * @req: the request
 * @out: a batch with room; gets the reply
 * @gfp: how to allocate
 */
void kmc_meta_delta(struct kmc_session *session, const struct kmc_request *req,
		    struct kmc_out *out, gfp_t gfp)
{
	struct kmc_delta delta = {
		.is_incr = !req->meta.is_decr,
		.amount = req->delta,
		.cas = req->cas,
		.change = {
			.has_deadline = has(req, 'T'),
			.deadline = kmc_fetch_deadline(session->env, req->exptime),
			.has_cas = has(req, 'E'),
			.cas = req->meta.new_cas,
		},
	};
	int err = -EAGAIN, try;
	bool is_new = false;

	for (try = 0; err == -EAGAIN && try < TRIES; try++) {
		is_new = false;
		err = try_delta(session, req, &delta, &is_new, gfp);
	}
	if (!err && !has(req, 'q'))
		add_line(session, req, &delta, is_new, out);
	else if (is_new && err == -ENOMEM)
		kmc_out_add_reply(out, KMC_REPLY_NO_MEMORY_NUMBER);
	else if (err)
		add_failure(session, req, delta.is_incr, err, out);
}
