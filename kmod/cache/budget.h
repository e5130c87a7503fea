/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How much memory a cache may take from the system, and how much it has taken. */
#ifndef KMC_CACHE_BUDGET_H
#define KMC_CACHE_BUDGET_H

#include <linux/atomic.h>
#include <linux/types.h>

/**
 * struct kmc_budget - memory account of one cache
 * @limit: bytes it may take; read and written without a lock
 * @used: bytes it has taken, what waits for readers included
 */
struct kmc_budget {
	unsigned long	limit;
	atomic_long_t	used;
};

static inline unsigned long kmc_budget_used(const struct kmc_budget *budget)
{
	return atomic_long_read(&budget->used);
}

/**
 * kmc_budget_try_charge() - account for memory before it is taken
 * @budget: the account
 * @bytes: how much
 * @limit: at most this much may be in use afterwards
 *
 * Context: any.
 *
 * Return: false, with nothing charged, if that would be above @limit.
 */
static inline bool kmc_budget_try_charge(struct kmc_budget *budget, unsigned long bytes,
					 unsigned long limit)
{
	long old = atomic_long_read(&budget->used);

	do {
		if (old + bytes > limit)
			return false;
	} while (!atomic_long_try_cmpxchg(&budget->used, &old, old + bytes));
	return true;
}

static inline void kmc_budget_uncharge(struct kmc_budget *budget, unsigned long bytes)
{
	atomic_long_sub(bytes, &budget->used);
}

#endif
