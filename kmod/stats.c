// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "stats.h"

#include <linux/cpumask.h>

/**
 * kmc_stats_init() - initialise embedded counters, all zero
 * @stats: the counters
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_stats_init(struct kmc_stats *stats)
{
	stats->cpu = alloc_percpu(struct kmc_stats_cpu);
	return stats->cpu ? 0 : -ENOMEM;
}

/**
 * kmc_stats_uninit() - free them; nobody counts any more
 * @stats: the counters
 */
void kmc_stats_uninit(struct kmc_stats *stats)
{
	free_percpu(stats->cpu);
}

static u64 sum(const struct kmc_stats *stats, enum kmc_stat stat)
{
	u64 total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(per_cpu_ptr(stats->cpu, cpu)->v[stat]);
	return total;
}

/**
 * kmc_stats_read() - a counter, over all CPUs, since it was reset
 * @stats: the counters
 * @stat: which
 *
 * Return: the sum.
 */
u64 kmc_stats_read(const struct kmc_stats *stats, enum kmc_stat stat)
{
	u64 base = READ_ONCE(stats->base[stat]);

	/* before the sum: a reset in between must not make the difference negative */
	smp_rmb();
	return sum(stats, stat) - base;
}

/**
 * kmc_stats_reset() - start all counters from 0 again
 * @stats: the counters
 *
 * The per-CPU counters themselves are left alone: they belong to their CPUs.
 */
void kmc_stats_reset(struct kmc_stats *stats)
{
	enum kmc_stat stat;

	for (stat = 0; stat < __KMC_STAT_MAX; stat++)
		WRITE_ONCE(stats->base[stat], sum(stats, stat));
}
