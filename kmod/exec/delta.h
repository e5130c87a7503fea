/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* incr and decr. */
#ifndef KMC_EXEC_DELTA_H
#define KMC_EXEC_DELTA_H

#include "session.h"

enum kmc_reply kmc_delta(struct kmc_session *session, const struct kmc_request *req,
			 u64 *result, gfp_t gfp);

#endif
