/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Expiry times as clients write them. Pure. */
#ifndef KMC_PROTO_EXPTIME_H
#define KMC_PROTO_EXPTIME_H

#include <linux/types.h>

/* A deadline that never comes, and one that is always past. */
#define KMC_DEADLINE_NEVER	0U
#define KMC_DEADLINE_PAST	1U

u32 kmc_exptime_deadline(s64 exptime, u32 now, s64 unix_now);
u32 kmc_exptime_flush(s64 delay, u32 now, s64 unix_now);

#endif
