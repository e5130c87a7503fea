/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a request is executed against. */
#ifndef KMC_EXEC_ENV_H
#define KMC_EXEC_ENV_H

#include <linux/atomic.h>
#include <linux/types.h>

#include "../proto/request.h"

struct kmc_cache;
struct kmc_events;
struct kmc_stats;

/**
 * struct kmc_env - a server as its requests see it
 *
 * **Lifetime**: embedded in the server, which outlives its connections. @cache is
 * there before the first of them.
 *
 * @cache: the store
 * @stats: the counters
 * @events: what is to be told of this server
 * @max_connections: how many connections there may be
 * @connections: how many there are
 * @item_size_max: largest item, bytes, as kmc_item_nominal_size() counts
 * @request_limit: has the memory limit changed to so many bytes, some time after it has
 *	returned; from any context but hard interrupts
 * @tuning: what clients have set, accessed without a lock
 */
struct kmc_env {
	struct kmc_cache	*cache;
	struct kmc_stats	*stats;
	struct kmc_events	*events;
	unsigned int		max_connections;
	atomic_t		connections;
	size_t			item_size_max;
	void			(*request_limit)(struct kmc_env *env, unsigned long limit);
	u32			tuning[KMC_TUNINGS];
};

#endif
