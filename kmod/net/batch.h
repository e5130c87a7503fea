/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Batches of replies that nobody uses, one a CPU. */
#ifndef KMC_NET_BATCH_H
#define KMC_NET_BATCH_H

#include <linux/gfp_types.h>

struct kmc_cache;
struct kmc_out;

int kmc_batch_module_init(void);
void kmc_batch_module_uninit(void);
struct kmc_out *kmc_batch_take(gfp_t gfp);
void kmc_batch_give(struct kmc_out *out);

#endif
