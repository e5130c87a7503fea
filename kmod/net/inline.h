/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Serving in the softirq that has brought the request. */
#ifndef KMC_NET_INLINE_H
#define KMC_NET_INLINE_H

#include <linux/types.h>

struct kmc_conn;

void kmc_inline_module_uninit(void);
bool kmc_inline_serve(struct kmc_conn *conn);

#endif
