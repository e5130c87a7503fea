// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "latency.h"

#include <linux/bitops.h>
#include <linux/cpumask.h>
#include <linux/minmax.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>

#include "command.h"

/* How many turns on this CPU are passed over before one is looked at. */
DEFINE_PER_CPU(int, kmc_latency_left);

/**
 * kmc_latency_create() - begin to count, all zero
 *
 * Return: the counts, or NULL if there is no memory.
 */
struct kmc_latency *kmc_latency_create(void)
{
	struct kmc_latency *latency = kzalloc(sizeof(*latency), GFP_KERNEL);

	if (!latency)
		return NULL;
	latency->cpu = alloc_percpu(struct kmc_latency_counts);
	if (latency->cpu)
		return latency;
	kfree(latency);
	return NULL;
}

/**
 * kmc_latency_destroy() - undo kmc_latency_create(); nobody counts any more
 * @latency: the counts, or NULL
 */
void kmc_latency_destroy(struct kmc_latency *latency)
{
	if (!latency)
		return;
	free_percpu(latency->cpu);
	kfree(latency);
}

static unsigned long sum(const struct kmc_latency *latency, int class, int bucket)
{
	unsigned long total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(per_cpu_ptr(latency->cpu, cpu)->v[class][bucket]);
	return total;
}

/**
 * kmc_latency_read() - how many requests took how long, since that was reset
 * @latency: the counts
 * @class: which requests
 * @counts: result, %KMC_LATENCY_BUCKETS of them
 *
 * Context: any.
 */
void kmc_latency_read(const struct kmc_latency *latency, enum kmc_latency_class class, u64 *counts)
{
	int bucket;

	for (bucket = 0; bucket < KMC_LATENCY_BUCKETS; bucket++) {
		unsigned long base = READ_ONCE(latency->base.v[class][bucket]);

		/* before the sum: a reset in between must not make the difference negative */
		smp_rmb();
		counts[bucket] = sum(latency, class, bucket) - base;
	}
}

/**
 * kmc_latency_reset() - start to count from 0 again
 * @latency: the counts
 *
 * Context: any.
 */
void kmc_latency_reset(struct kmc_latency *latency)
{
	int class, bucket;

	for (class = 0; class < __KMC_LATENCY_MAX; class++)
		for (bucket = 0; bucket < KMC_LATENCY_BUCKETS; bucket++)
			WRITE_ONCE(latency->base.v[class][bucket], sum(latency, class, bucket));
}

/**
 * __kmc_latency_begin() - kmc_latency_begin(), of a turn that is looked at
 * @session: the connection's protocol state
 * @since: since when it was to have one; 0: since now
 *
 * Context: socket lock.
 */
void __kmc_latency_begin(struct kmc_session *session, u64 since)
{
	this_cpu_write(kmc_latency_left, KMC_LATENCY_TURNS - 1);
	session->since = since ?: local_clock();
}

/* Work may run on another CPU than it was queued on, whose clock may be a little behind. */
static unsigned int bucket_of(s64 ns)
{
	return clamp_t(int, fls64(max_t(s64, ns, 0)), 1, KMC_LATENCY_BUCKETS) - 1;
}

/**
 * __kmc_latency_note() - kmc_latency_note(), in a turn that is looked at
 * @session: the connection's protocol state
 * @op: what was asked for
 *
 * Context: socket lock.
 */
void __kmc_latency_note(const struct kmc_session *session, enum kmc_op op)
{
	struct kmc_latency *latency = session->env->latency;
	unsigned int bucket = bucket_of(local_clock() - session->since);

	this_cpu_inc(latency->cpu->v[kmc_command_class(op)][bucket]);
}
