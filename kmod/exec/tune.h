/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* slabs, lru, lru_crawler, cache_memlimit: what clients can change of a server. */
#ifndef KMC_EXEC_TUNE_H
#define KMC_EXEC_TUNE_H

#include "../proto/reply.h"
#include "env.h"

bool kmc_tune_is_crawler_off(const struct kmc_env *env);
enum kmc_reply kmc_tune(struct kmc_env *env, const struct kmc_request *req);

#endif
