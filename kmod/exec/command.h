/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What requests are called where they are told of or counted. */
#ifndef KMC_EXEC_COMMAND_H
#define KMC_EXEC_COMMAND_H

#include "../trace.h"
#include "session.h"

enum kmc_latency_class kmc_command_class(enum kmc_op op);
void __kmc_command_trace(const struct kmc_session *session, enum kmc_op op, struct kmc_span key);

/**
 * kmc_command_trace() - a request, or one of its keys, is about to be executed
 * @session: the connection's protocol state
 * @op: what it asks for
 * @key: its key, if it has one
 *
 * Context: any but hard interrupts.
 */
static inline void kmc_command_trace(const struct kmc_session *session, enum kmc_op op,
				     struct kmc_span key)
{
	if (trace_kmc_request_enabled())
		__kmc_command_trace(session, op, key);
}

#endif
