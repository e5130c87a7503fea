// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * How often requests have used items of each class. A request knows what it does, and
 * the cache the class: so the first tells the second when it is known what has become
 * of it. A hit costs an addition to a line of this CPU's own, and one more if it counts as a visit
 * to its item: of these the cache itself knows, for eviction.
 */
#include <linux/cache.h>
#include <linux/cpumask.h>
#include <linux/percpu.h>

#include "store.h"

/**
 * struct kmc_uses - how often requests have used items, on one CPU
 * @count: by class; a cache line each
 * @visits: those that were counted in items, of all classes
 */
struct kmc_uses {
	unsigned long count[KMC_CACHE_CLASSES_MAX][KMC_USES];
	unsigned long visits;
} ____cacheline_aligned;

/**
 * kmc_use_bytes() - the memory of these counters
 *
 * Return: bytes.
 */
unsigned long kmc_use_bytes(void)
{
	return num_possible_cpus() * sizeof(struct kmc_uses);
}

/**
 * kmc_use_init() - allocate the counters of a cache, all zero
 * @cache: the cache
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_use_init(struct kmc_cache *cache)
{
	cache->uses = alloc_percpu(struct kmc_uses);
	return cache->uses ? 0 : -ENOMEM;
}

/**
 * kmc_use_uninit() - free them; nobody counts any more
 * @cache: the cache
 */
void kmc_use_uninit(struct kmc_cache *cache)
{
	free_percpu(cache->uses);
}

/**
 * kmc_cache_count_use() - count what a request has done
 * @cache: the cache
 * @class: of the item: a number for kmc_cache_read_class()
 * @use: what it has done
 *
 * Context: any.
 */
void kmc_cache_count_use(struct kmc_cache *cache, unsigned int class, enum kmc_use use)
{
	this_cpu_inc(cache->uses->count[class][use]);
}

/**
 * kmc_use_count_visit() - count a visit
 * @cache: the cache
 *
 * Context: any.
 */
void kmc_use_count_visit(struct kmc_cache *cache)
{
	this_cpu_inc(cache->uses->visits);
}

/**
 * kmc_use_visits() - how many there have been
 * @cache: the cache
 *
 * kmc_use_reset() leaves them alone.
 *
 * Context: any.
 *
 * Return: how many; it wraps around.
 */
unsigned long kmc_use_visits(const struct kmc_cache *cache)
{
	unsigned long total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(per_cpu_ptr(cache->uses, cpu)->visits);
	return total;
}

static u64 sum(const struct kmc_cache *cache, unsigned int class, enum kmc_use use)
{
	u64 total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(per_cpu_ptr(cache->uses, cpu)->count[class][use]);
	return total;
}

/**
 * kmc_cache_read_use() - how often requests have done something, since that was reset
 * @cache: the cache
 * @class: to items of this class: a number for kmc_cache_read_class()
 * @use: what
 *
 * Context: any.
 *
 * Return: how often, exactly once those who count are at rest.
 */
u64 kmc_cache_read_use(const struct kmc_cache *cache, unsigned int class, enum kmc_use use)
{
	u64 base = READ_ONCE(cache->use_base[class][use]);

	/* before the sum: a reset in between must not make the difference negative */
	smp_rmb();
	return sum(cache, class, use) - base;
}

/**
 * kmc_cache_is_class_used() - have requests done anything to items of a class?
 * @cache: the cache
 * @class: a number for kmc_cache_read_class()
 *
 * Context: any.
 *
 * Return: true if they have, since that was reset.
 */
bool kmc_cache_is_class_used(const struct kmc_cache *cache, unsigned int class)
{
	enum kmc_use use;

	for (use = 0; use < KMC_USES; use++)
		if (kmc_cache_read_use(cache, class, use))
			return true;
	return false;
}

/**
 * kmc_use_reset() - start the counters of requests from 0 again
 * @cache: the cache
 *
 * Not that of visits, which eviction goes by. As with &struct kmc_stats, those of the CPUs are left
 * alone.
 *
 * Context: any.
 */
void kmc_use_reset(struct kmc_cache *cache)
{
	unsigned int class;
	enum kmc_use use;

	for (class = 0; class < KMC_CACHE_CLASSES_MAX; class++)
		for (use = 0; use < KMC_USES; use++)
			WRITE_ONCE(cache->use_base[class][use], sum(cache, class, use));
}
