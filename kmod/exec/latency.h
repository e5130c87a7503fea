/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * For how long requests wait in this server until they are executed. Not all are looked at, but
 * those of one turn in so many.
 */
#ifndef KMC_EXEC_LATENCY_H
#define KMC_EXEC_LATENCY_H

#include <linux/compiler.h>
#include <linux/kmemcached.h>
#include <linux/percpu.h>
#include <linux/types.h>

#include "session.h"

/*
 * On each CPU one turn in so many is looked at. It is a prime, so that of what clients do again
 * and again, as set, get, set, get, each part comes up.
 */
#define KMC_LATENCY_TURNS 61

/**
 * struct kmc_latency_counts - how many requests took how long
 * @v: by class; then those below 2 ns, below 4, and so on; the last are all the others
 */
struct kmc_latency_counts {
	unsigned long v[__KMC_LATENCY_MAX][KMC_LATENCY_BUCKETS];
};

/**
 * struct kmc_latency - what was seen of one server
 *
 * **Lifetime**: created before the first listener, destroyed with the server, when there are
 * no connections any more.
 *
 * **Locking**: as &struct kmc_stats: counts are per CPU, and @base is read and written
 * without a lock.
 *
 * @cpu: the counts of each CPU
 * @base: their sums when they were reset last
 */
struct kmc_latency {
	struct kmc_latency_counts __percpu	*cpu;
	struct kmc_latency_counts		base;
};

DECLARE_PER_CPU(int, kmc_latency_left);

struct kmc_latency *kmc_latency_create(void);
void kmc_latency_destroy(struct kmc_latency *latency);
void kmc_latency_read(const struct kmc_latency *latency, enum kmc_latency_class class,
		      u64 *counts);
void kmc_latency_reset(struct kmc_latency *latency);
void __kmc_latency_begin(struct kmc_session *session, u64 since);
void __kmc_latency_note(const struct kmc_session *session, enum kmc_op op);

/**
 * kmc_latency_begin() - a turn of a connection begins
 * @session: the connection's protocol state
 * @since: since when it was to have one, by local_clock(); 0: since now
 *
 * Context: socket lock.
 */
static inline void kmc_latency_begin(struct kmc_session *session, u64 since)
{
	if (unlikely(this_cpu_dec_return(kmc_latency_left) < 0))
		__kmc_latency_begin(session, since);
}

/**
 * kmc_latency_end() - the turn is over
 * @session: the connection's protocol state
 *
 * Context: socket lock.
 */
static inline void kmc_latency_end(struct kmc_session *session)
{
	session->since = 0;
}

/**
 * kmc_latency_note() - a request was executed
 * @session: the connection's protocol state
 * @op: what it asked for
 *
 * Context: socket lock.
 */
static inline void kmc_latency_note(const struct kmc_session *session, enum kmc_op op)
{
	if (unlikely(session->since))
		__kmc_latency_note(session, op);
}

#endif
