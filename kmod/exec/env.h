/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a request is executed against. */
#ifndef KMC_EXEC_ENV_H
#define KMC_EXEC_ENV_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "prefixes.h"
#include "watch.h"

struct kmc_cache;
struct kmc_conn_view;
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
 * @watch: those who watch it
 * @prefixes: what is done to the keys of each prefix
 * @prefix_delimiter: what ends a prefix
 * @roster: its connections and listeners by number, which are net's; locked with bottom
 *	halves off
 * @next_id: where to look for a number; @roster's lock
 * @find_conn: looks at the first of them that has this number or a higher one
 */
struct kmc_env {
	struct kmc_cache	*cache;
	struct kmc_stats	*stats;
	struct kmc_events	*events;
	unsigned int		max_connections;
	atomic_t		connections;
	size_t			item_size_max;
	struct kmc_watch	watch;
	struct kmc_prefixes	prefixes;
	char			prefix_delimiter;
	struct xarray		roster;
	u32			next_id;
	bool			(*find_conn)(struct kmc_env *env, u32 from,
					     struct kmc_conn_view *view);
};

#endif
