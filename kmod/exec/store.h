/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* set, add, replace, append, prepend, cas; and ms, which is one of them. */
#ifndef KMC_EXEC_STORE_H
#define KMC_EXEC_STORE_H

#include "session.h"

enum kmc_next kmc_store_begin(struct kmc_session *session, const struct kmc_request *req,
			      gfp_t gfp);
void kmc_store_value(struct kmc_session *session, struct kmc_span part);
enum kmc_reply kmc_store_end(struct kmc_session *session, gfp_t gfp);

#endif
