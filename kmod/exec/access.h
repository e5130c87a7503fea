/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the clients of a listener may do. */
#ifndef KMC_EXEC_ACCESS_H
#define KMC_EXEC_ACCESS_H

#include <linux/kmemcached.h>
#include <linux/types.h>

/**
 * struct kmc_access - what the clients of a listener may do
 *
 * **Lifetime**: embedded in the listener, which outlives its connections.
 *
 * **Locking**: none; it does not change.
 *
 * @protocol: what they speak
 * @auth: they must say who they are before anything else
 * @denied: what they may not do, bits of &enum kmc_cap
 */
struct kmc_access {
	enum kmc_protocol	protocol;
	bool			auth;
	u32			denied;
};

#endif
