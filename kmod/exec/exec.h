/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One request against one cache: where the protocol meets the store. */
#ifndef KMC_EXEC_EXEC_H
#define KMC_EXEC_EXEC_H

#include "session.h"

void kmc_exec_init(struct kmc_session *session, struct kmc_env *env,
		   const struct kmc_access *access);
void kmc_exec_uninit(struct kmc_session *session);
enum kmc_reply kmc_exec_short(struct kmc_session *session, const struct kmc_request *req);
bool kmc_exec_is_brief(const struct kmc_request *req);
bool kmc_exec_is_done(enum kmc_next next);
bool kmc_exec_defers(enum kmc_reply reply, gfp_t gfp);
enum kmc_next kmc_exec_request(struct kmc_session *session, const struct kmc_request *req,
			       enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp);
void kmc_exec_keys_end(struct kmc_session *session, struct kmc_out *out, bool bad_key);
void kmc_exec_value(struct kmc_session *session, struct kmc_span part);
void kmc_exec_value_end(struct kmc_session *session, struct kmc_out *out, gfp_t gfp);
void kmc_exec_swallowed(struct kmc_session *session, struct kmc_out *out);
bool kmc_exec_dump(struct kmc_session *session, struct kmc_out *out);
bool kmc_exec_watch(struct kmc_session *session, struct kmc_out *out);

#endif
