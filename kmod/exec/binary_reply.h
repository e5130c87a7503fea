/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Replies of the binary protocol. */
#ifndef KMC_EXEC_BINARY_REPLY_H
#define KMC_EXEC_BINARY_REPLY_H

#include "session.h"

struct kmc_item;

void kmc_binary_reply_add(const struct kmc_session *session, enum kmc_reply reply,
			  struct kmc_out *out);
void kmc_binary_reply_add_hit(const struct kmc_session *session, const struct kmc_item *item,
			      struct kmc_span key, u32 value_len, struct kmc_out *out);
void kmc_binary_reply_add_miss(const struct kmc_session *session, struct kmc_span key,
			       struct kmc_out *out);
void kmc_binary_reply_add_number(const struct kmc_session *session, u64 number,
				 struct kmc_out *out);
void kmc_binary_reply_add_stat(const struct kmc_session *session, struct kmc_span name,
			       struct kmc_span value, struct kmc_out *out);

#endif
