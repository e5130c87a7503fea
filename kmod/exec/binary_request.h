/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests of the binary protocol. */
#ifndef KMC_EXEC_BINARY_REQUEST_H
#define KMC_EXEC_BINARY_REQUEST_H

#include "session.h"

enum kmc_next kmc_binary_request(struct kmc_session *session, const struct kmc_packet *packet,
				 enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp);

#endif
