// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* ms. Its value is received as that of the storage command that it is: see store.c. */
#include <linux/string.h>

#include "../cache/cache.h"
#include "meta.h"
#include "store.h"

/* The code for what a storage command answers; NULL: that is no outcome, but an error. */
static const char *code_of(enum kmc_reply reply)
{
	switch (reply) {
	case KMC_REPLY_STORED:
		return "HD";
	case KMC_REPLY_NOT_STORED:
		return "NS";
	case KMC_REPLY_EXISTS:
		return "EX";
	case KMC_REPLY_NOT_FOUND:
		return "NF";
	default:
		return NULL;
	}
}

/**
 * kmc_meta_set_end() - the value of ``ms`` is complete: store it, and answer
 * @session: the connection's protocol state
 * @out: a batch with room; gets the reply
 * @gfp: how to allocate
 */
void kmc_meta_set_end(struct kmc_session *session, struct kmc_out *out, gfp_t gfp)
{
	const struct kmc_meta_set *meta = &session->meta;
	struct kmc_meta_view view = {
		.answers = "Okcs",
		.is_binary = kmc_item_is_binary(session->item),
	};
	char key[KMC_KEY_MAX];
	enum kmc_reply reply;
	const char *p;

	/* the item may be somebody else's, and gone, when it is stored */
	p = kmc_item_key(session->item, &view.key.len);
	memcpy(key, p, view.key.len);
	view.key.p = key;
	reply = kmc_store_end(session, gfp);
	view.code = code_of(reply);
	if (reply == KMC_REPLY_STORED)
		view.cas = session->cas;
	view.value_len = meta->size;
	if (!view.code)
		kmc_out_add_reply(out, reply);
	else if (reply != KMC_REPLY_STORED || !meta->is_quiet)
		kmc_meta_answer(out, &meta->ask, &view);
}
