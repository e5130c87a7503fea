/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How the memory is divided between the small and the main part. */
#ifndef KMC_CACHE_SHARE_H
#define KMC_CACHE_SHARE_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "slab.h"

/**
 * struct kmc_share - the share of the small part, and when the other makes way for it
 *
 * What is stored again just after it was evicted says that the part which it was evicted
 * from is too small.
 *
 * **Locking**: A: none: two that change it at once may count the same twice.
 *
 * @back: A: how many have come back just after they were evicted from this part
 * @small: A: the share of the small part, percent
 * @eras: A: for how many eras a main slab has to be unused to be emptied before small ones
 */
struct kmc_share {
	atomic_long_t	back[KMC_PARTS];
	unsigned int	small;
	unsigned int	eras;
};

void kmc_share_init(struct kmc_share *share);
void kmc_share_note(struct kmc_share *share, enum kmc_part part, unsigned long items);
bool kmc_share_is_exceeded(const struct kmc_share *share, unsigned long small, unsigned long all);
bool kmc_share_is_most(unsigned long small, unsigned long all);

#endif
