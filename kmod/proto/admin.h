/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Commands about the server itself: slabs, lru, lru_crawler, cache_memlimit. Pure. */
#ifndef KMC_PROTO_ADMIN_H
#define KMC_PROTO_ADMIN_H

#include "reply.h"
#include "request.h"

enum kmc_reply kmc_admin_parse_slabs(struct kmc_span args, struct kmc_request *req);
enum kmc_reply kmc_admin_parse_lru(struct kmc_span args, struct kmc_request *req);
enum kmc_reply kmc_admin_parse_crawler(struct kmc_span args, struct kmc_request *req);
enum kmc_reply kmc_admin_parse_mem_limit(struct kmc_span args, struct kmc_request *req);
enum kmc_reply kmc_admin_parse_shutdown(struct kmc_span args, struct kmc_request *req);
enum kmc_reply kmc_admin_parse_cachedump(struct kmc_span args, struct kmc_request *req);

#endif
