/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What was evicted not long ago. */
#ifndef KMC_CACHE_GHOST_H
#define KMC_CACHE_GHOST_H

#include <linux/atomic.h>
#include <linux/types.h>

struct kmc_budget;

/**
 * enum kmc_ghost_age - when a key was evicted
 * @KMC_GHOST_NONE: not known
 * @KMC_GHOST_OLD: earlier, but it is not forgotten yet
 * @KMC_GHOST_RECENT: at most an eighth as many evictions of the same part ago as there are
 *	items
 */
enum kmc_ghost_age { KMC_GHOST_NONE, KMC_GHOST_OLD, KMC_GHOST_RECENT };

/**
 * struct kmc_ghost_shape - what a ghost is good for
 * @share: bytes of the memory limit for each byte of it
 * @epoch_bits: how many bits of a fingerprint say how old it is, the rest is of the hash
 * @good: for how many epochs it is good after that in which it was entered; at most half
 *	of those that can be told apart, so that it is seen to be old before it seems new
 */
struct kmc_ghost_shape {
	unsigned int	share;
	unsigned int	epoch_bits;
	unsigned int	good;
};

/**
 * struct kmc_ghost - fingerprints of evicted keys
 *
 * One cache line for each group of hashes: 31 fingerprints, the oldest of which is
 * overwritten next. A fingerprint has 16 bits, of the hash and of the time, which is
 * counted in evictions: an epoch is an eighth of as many as there are items. What is old
 * is forgotten when something else is entered in its line.
 *
 * **Locking**: A: none: writers may overwrite each other's entries, which then are
 * lost. I: set by kmc_ghost_init().
 *
 * @budget: I: what pays for it
 * @shape: I: its shape
 * @table: RCU; written by kmc_ghost_resize(); the lines, or NULL
 * @evicted: A: evictions since the epoch began
 * @epoch: A: counts eighths of as many evictions as there are items
 */
struct kmc_ghost {
	struct kmc_budget	*budget;
	const struct kmc_ghost_shape	*shape;
	struct kmc_ghost_table __rcu	*table;
	atomic_long_t		evicted;
	u32			epoch;
};

int kmc_ghost_init(struct kmc_ghost *ghost, struct kmc_budget *budget,
		   const struct kmc_ghost_shape *shape);
void kmc_ghost_resize(struct kmc_ghost *ghost, unsigned long limit);
void kmc_ghost_uninit(struct kmc_ghost *ghost);
void kmc_ghost_add(struct kmc_ghost *ghost, u32 hash, unsigned long items);
void kmc_ghost_return(struct kmc_ghost *ghost, u32 hash, enum kmc_ghost_age age);
enum kmc_ghost_age kmc_ghost_take(struct kmc_ghost *ghost, u32 hash);

#endif
