/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* lru_crawler metadump and mgdump, stats cachedump: lists of keys. */
#ifndef KMC_EXEC_KEYS_H
#define KMC_EXEC_KEYS_H

#include "session.h"

enum kmc_reply kmc_keys_begin(struct kmc_session *session, const struct kmc_request *req,
			      struct kmc_out *out);
bool kmc_keys_next(struct kmc_session *session, struct kmc_out *out);

#endif
