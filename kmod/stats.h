/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Counters of one server. A leaf: includes nothing of the module. */
#ifndef KMC_STATS_H
#define KMC_STATS_H

#include <linux/kmemcached.h>
#include <linux/percpu.h>
#include <linux/types.h>

/**
 * struct kmc_stats_cpu - the counters of one CPU
 * @v: indexed by &enum kmc_stat; states, as opposed to counters, stay 0
 */
struct kmc_stats_cpu {
	unsigned long v[__KMC_STAT_MAX];
};

/**
 * struct kmc_stats - the counters of one server
 *
 * **Lifetime**: embedded in the server.
 *
 * **Locking**: counters are per CPU and written by this_cpu operations from any
 * context; a sum is exact once the writers are at rest. @base is read and written
 * without a lock: two resets at once have no order anyway.
 *
 * @cpu: the counters
 * @base: their sums when they were reset last
 */
struct kmc_stats {
	struct kmc_stats_cpu __percpu	*cpu;
	u64				base[__KMC_STAT_MAX];
};

int kmc_stats_init(struct kmc_stats *stats);
void kmc_stats_uninit(struct kmc_stats *stats);
u64 kmc_stats_read(const struct kmc_stats *stats, enum kmc_stat stat);
void kmc_stats_reset(struct kmc_stats *stats);

/**
 * kmc_stats_add() - count
 * @stats: the counters
 * @stat: which
 * @n: how many
 *
 * Context: any.
 */
static inline void kmc_stats_add(struct kmc_stats *stats, enum kmc_stat stat, unsigned long n)
{
	this_cpu_add(stats->cpu->v[stat], n);
}

/**
 * kmc_stats_inc() - count one
 * @stats: the counters
 * @stat: which
 *
 * Context: any.
 */
static inline void kmc_stats_inc(struct kmc_stats *stats, enum kmc_stat stat)
{
	kmc_stats_add(stats, stat, 1);
}

#endif
