/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* incr and decr; and what ma has in common with them. */
#ifndef KMC_EXEC_DELTA_H
#define KMC_EXEC_DELTA_H

#include "../cache/cache.h"
#include "../proto/num.h"
#include "session.h"

/**
 * struct kmc_delta - a number that is changed
 * @is_incr: add, or else subtract
 * @amount: how much
 * @cas: only if the item has this cas id; 0: whichever
 * @is_brief: there is no memory for a long value: it may not take long
 * @change: what else changes
 * @result: the new number
 * @text: its digits
 * @len: how many they are
 * @cost: bytes that were written
 */
struct kmc_delta {
	bool			is_incr;
	u64			amount;
	u64			cas;
	bool			is_brief;
	struct kmc_change	change;
	u64			result;
	char			text[KMC_NUM_DIGITS_MAX];
	size_t			len;
	size_t			cost;
};

int kmc_delta_apply(struct kmc_session *session, struct kmc_span key, struct kmc_delta *delta,
		    gfp_t gfp);
int kmc_delta_create(struct kmc_session *session, struct kmc_delta *delta,
		     struct kmc_item_desc *desc, u64 initial, gfp_t gfp);
void kmc_delta_count_miss(struct kmc_session *session, bool is_incr);

enum kmc_reply kmc_delta(struct kmc_session *session, const struct kmc_request *req,
			 u64 *result, gfp_t gfp);

#endif
