/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The text protocol: a line -> a request. Pure. */
#ifndef KMC_PROTO_TEXT_H
#define KMC_PROTO_TEXT_H

#include "reply.h"
#include "request.h"

bool kmc_text_take_get(struct kmc_span *in, struct kmc_span *key);
enum kmc_reply kmc_text_parse(struct kmc_span line, struct kmc_request *req);
enum kmc_reply kmc_text_parse_head(struct kmc_span head, struct kmc_request *req);

#endif
