// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "command.h"

#include <linux/kernel.h>

/*
 * By what is asked for, whatever the protocol: that has no name of its own for gets, or for
 * gat. What is not understood, or not allowed, is refused.
 */
static const struct command {
	const char		*name;
	enum kmc_latency_class	class;
} commands[] = {
	[KMC_OP_NONE]		= { "refused",		KMC_LATENCY_OTHER },
	[KMC_OP_GET]		= { "get",		KMC_LATENCY_GET },
	[KMC_OP_GETS]		= { "gets",		KMC_LATENCY_GET },
	[KMC_OP_GAT]		= { "gat",		KMC_LATENCY_TOUCH },
	[KMC_OP_GATS]		= { "gats",		KMC_LATENCY_TOUCH },
	[KMC_OP_SET]		= { "set",		KMC_LATENCY_STORE },
	[KMC_OP_ADD]		= { "add",		KMC_LATENCY_STORE },
	[KMC_OP_REPLACE]	= { "replace",		KMC_LATENCY_STORE },
	[KMC_OP_APPEND]		= { "append",		KMC_LATENCY_STORE },
	[KMC_OP_PREPEND]	= { "prepend",		KMC_LATENCY_STORE },
	[KMC_OP_CAS]		= { "cas",		KMC_LATENCY_STORE },
	[KMC_OP_DELETE]		= { "delete",		KMC_LATENCY_DELETE },
	[KMC_OP_INCR]		= { "incr",		KMC_LATENCY_DELTA },
	[KMC_OP_DECR]		= { "decr",		KMC_LATENCY_DELTA },
	[KMC_OP_TOUCH]		= { "touch",		KMC_LATENCY_TOUCH },
	[KMC_OP_FLUSH_ALL]	= { "flush_all",	KMC_LATENCY_OTHER },
	[KMC_OP_VERSION]	= { "version",		KMC_LATENCY_OTHER },
	[KMC_OP_VERBOSITY]	= { "verbosity",	KMC_LATENCY_OTHER },
	[KMC_OP_NOOP]		= { "noop",		KMC_LATENCY_OTHER },
	[KMC_OP_STATS]		= { "stats",		KMC_LATENCY_OTHER },
	[KMC_OP_QUIT]		= { "quit",		KMC_LATENCY_OTHER },
	[KMC_OP_META_GET]	= { "mg",		KMC_LATENCY_META_GET },
	[KMC_OP_META_SET]	= { "ms",		KMC_LATENCY_META },
	[KMC_OP_META_DELETE]	= { "md",		KMC_LATENCY_META },
	[KMC_OP_META_DELTA]	= { "ma",		KMC_LATENCY_META },
	[KMC_OP_META_DEBUG]	= { "me",		KMC_LATENCY_META },
	[KMC_OP_AUTH]		= { "auth",		KMC_LATENCY_OTHER },
	[KMC_OP_AUTH_LIST]	= { "auth_list",	KMC_LATENCY_OTHER },
	[KMC_OP_AUTH_STEP]	= { "auth_step",	KMC_LATENCY_OTHER },
	[KMC_OP_METADUMP]	= { "metadump",		KMC_LATENCY_OTHER },
	[KMC_OP_MGDUMP]		= { "mgdump",		KMC_LATENCY_OTHER },
	[KMC_OP_CACHEDUMP]	= { "cachedump",	KMC_LATENCY_OTHER },
	[KMC_OP_CRAWL]		= { "crawl",		KMC_LATENCY_OTHER },
	[KMC_OP_CRAWLER_ON]	= { "crawler_on",	KMC_LATENCY_OTHER },
	[KMC_OP_TUNE]		= { "tune",		KMC_LATENCY_OTHER },
	[KMC_OP_REASSIGN]	= { "reassign",		KMC_LATENCY_OTHER },
	[KMC_OP_MEM_LIMIT]	= { "cache_memlimit",	KMC_LATENCY_OTHER },
	[KMC_OP_WATCH]		= { "watch",		KMC_LATENCY_OTHER },
};

static const struct command *command_of(enum kmc_op op)
{
	static const struct command unknown = { "unknown", KMC_LATENCY_OTHER };

	return op < ARRAY_SIZE(commands) && commands[op].name ? &commands[op] : &unknown;
}

/**
 * kmc_command_class() - with what a request is counted
 * @op: what it asks for
 *
 * Return: the class.
 */
enum kmc_latency_class kmc_command_class(enum kmc_op op)
{
	return command_of(op)->class;
}

/**
 * __kmc_command_trace() - kmc_command_trace(), when somebody traces
 * @session: the connection's protocol state
 * @op: what is asked for
 * @key: its key, if it has one
 *
 * Context: any but hard interrupts.
 */
void __kmc_command_trace(const struct kmc_session *session, enum kmc_op op, struct kmc_span key)
{
	/* of what was not understood nothing is known */
	if (op == KMC_OP_NONE)
		key.len = 0;
	trace_kmc_request(session->env->netns, session->id, command_of(op)->name, key.p,
			  key.len);
}
