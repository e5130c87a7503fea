/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The meta commands: mg, ms, md, ma, me, mn. */
#ifndef KMC_EXEC_META_H
#define KMC_EXEC_META_H

#include "../proto/meta.h"
#include "session.h"

struct kmc_item;

/* The flags that the answer to a missing key, or to one that has not changed, may have. */
#define KMC_META_REFLECTED "Ok"

s64 kmc_meta_ttl(const struct kmc_env *env, u32 deadline);
void kmc_meta_look_at(struct kmc_meta_view *view, const struct kmc_env *env,
		      const struct kmc_item *item);
void kmc_meta_answer(struct kmc_out *out, const struct kmc_meta_ask *ask,
		     const struct kmc_meta_view *view);
void kmc_meta_reflect(struct kmc_out *out, const struct kmc_request *req, const char *code);

enum kmc_next kmc_meta_get(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp);
void kmc_meta_set_end(struct kmc_session *session, struct kmc_out *out, gfp_t gfp);
void kmc_meta_delete(struct kmc_session *session, const struct kmc_request *req,
		     struct kmc_out *out, gfp_t gfp);
void kmc_meta_delta(struct kmc_session *session, const struct kmc_request *req,
		    struct kmc_out *out, gfp_t gfp);
void kmc_meta_debug(struct kmc_session *session, const struct kmc_request *req,
		    struct kmc_out *out);

#endif
