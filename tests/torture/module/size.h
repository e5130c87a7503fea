/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How long values are. */
#ifndef KMC_TORTURE_SIZE_H
#define KMC_TORTURE_SIZE_H

#include <linux/prandom.h>
#include <linux/types.h>

u32 torture_size_pick(struct rnd_state *rnd, bool atomic);
unsigned int torture_size_weighted(struct rnd_state *rnd, const unsigned int *weights,
				   unsigned int count);

#endif
