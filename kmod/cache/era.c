// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * When others ask for other things, items are evicted for newcomers, and these get their first
 * visits: so much of both is an era. In a scan nothing is visited, and of a hot key no more visits
 * are counted than it can have, until it loses some by moving: neither says anything of what is not
 * asked for meanwhile.
 */
#include "era.h"

#include <linux/cpumask.h>

/* In an era, one item of so many is evicted. */
#define EVICTED_OF	24

/* And there is one visit for so many items. */
#define VISITED_OF	48

/**
 * kmc_era_bytes() - the memory of these counters
 *
 * Return: bytes.
 */
unsigned long kmc_era_bytes(void)
{
	return num_possible_cpus() * sizeof(unsigned long);
}

/**
 * kmc_era_init() - begin the first
 * @era: the era, all zero
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_era_init(struct kmc_era *era)
{
	era->news = alloc_percpu(unsigned long);
	return era->news ? 0 : -ENOMEM;
}

/**
 * kmc_era_uninit() - free it; nobody counts any more
 * @era: the era
 */
void kmc_era_uninit(struct kmc_era *era)
{
	free_percpu(era->news);
}

static unsigned long sum(const struct kmc_era *era)
{
	unsigned long total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += READ_ONCE(*per_cpu_ptr(era->news, cpu));
	return total;
}

/**
 * kmc_era_try_end() - begin a new era if it is time
 * @era: the era
 * @items: how many items there are
 *
 * Context: process, &kmc_cache.evict_mutex held.
 *
 * Return: true if a new one has begun.
 */
bool kmc_era_try_end(struct kmc_era *era, unsigned long items)
{
	unsigned long news;

	if (era->evicted <= items / EVICTED_OF)
		return false;
	news = sum(era);
	if (news - era->news_before <= items / VISITED_OF)
		return false;
	era->news_before = news;
	era->evicted = 0;
	return true;
}
