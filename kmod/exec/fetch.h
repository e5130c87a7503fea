/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* get, gets, gat, gats and touch. */
#ifndef KMC_EXEC_FETCH_H
#define KMC_EXEC_FETCH_H

#include "session.h"

/* How many keys kmc_fetch_keys() answers at a time: what they need is on the stack. */
#define KMC_FETCH_KEYS 8

u32 kmc_fetch_deadline(const struct kmc_env *env, s64 exptime);
enum kmc_next kmc_fetch_begin(struct kmc_session *session, const struct kmc_request *req);
int kmc_fetch_key(struct kmc_session *session, struct kmc_span key, struct kmc_out *out,
		  gfp_t gfp);
enum kmc_next kmc_fetch_next_key(struct kmc_session *session, struct kmc_span key,
				 struct kmc_out *out, gfp_t gfp);
bool kmc_fetch_may_seek(const struct kmc_session *session, struct kmc_out *out);
unsigned int kmc_fetch_keys(struct kmc_session *session, const struct kmc_span *keys,
			    unsigned int count, struct kmc_out *out);
enum kmc_next kmc_fetch_only_key(struct kmc_session *session, struct kmc_span key,
				 struct kmc_out *out, gfp_t gfp);
int kmc_fetch_prepare_value(struct kmc_out *out, struct kmc_item *item, gfp_t gfp);
bool kmc_fetch_reserve(struct kmc_out *out, u32 value_len, gfp_t gfp);
void kmc_fetch_add_value(struct kmc_out *out, struct kmc_item *item);
enum kmc_reply kmc_fetch_touch(struct kmc_session *session, const struct kmc_request *req);

#endif
