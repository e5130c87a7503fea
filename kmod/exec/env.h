/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a request is executed against. */
#ifndef KMC_EXEC_ENV_H
#define KMC_EXEC_ENV_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "prefixes.h"
#include "watch.h"

#include "../proto/request.h"

struct kmc_auth_table;
struct kmc_cache;
struct kmc_conn_view;
struct kmc_events;
struct kmc_latency;
struct kmc_stats;

/**
 * struct kmc_env - a server as its requests see it
 *
 * **Lifetime**: embedded in the server, which outlives its connections. @cache is
 * there before the first of them.
 *
 * **Locking**: numbers and the delimiter may change at any time: to be read with READ_ONCE().
 * @auth is for RCU, and is replaced under the server's lock.
 *
 * @netns: the number of its network namespace, as in /proc/PID/ns/net
 * @cache: the store
 * @stats: the counters
 * @latency: for how long requests wait; there before the first of them
 * @events: what is to be told of this server
 * @max_connections: how many connections there may be
 * @connections: how many there are
 * @item_size_max: largest item, bytes, as kmc_item_nominal_size() counts
 * @mem_limit_max: how much clients may set the memory limit to, bytes
 * @idle_timeout: seconds after which a connection without a request is closed; 0: never
 * @stuck_timeout: seconds after which a transfer that does not move is ended; 0: never
 * @requests_per_turn: steps of requests in a turn of a connection
 * @prefix_delimiter: what ends the part of a key that statistics are kept by, as a string
 * @auth: who may come where that is asked; NULL: nobody
 * @request_limit: has the memory limit changed to so many bytes, some time after it has
 *	returned; from any context but hard interrupts
 * @tuning: what clients have set, accessed without a lock
 * @watch: those who watch it
 * @prefixes: what is done to the keys of each prefix
 * @roster: its connections and listeners by number, which are net's; locked with bottom
 *	halves off
 * @next_id: where to look for a number; @roster's lock
 * @find_conn: looks at the first of them that has this number or a higher one
 */
struct kmc_env {
	u32			netns;
	struct kmc_cache	*cache;
	struct kmc_stats	*stats;
	struct kmc_latency	*latency;
	struct kmc_events	*events;
	unsigned int		max_connections;
	atomic_t		connections;
	size_t			item_size_max;
	unsigned long		mem_limit_max;
	u32			idle_timeout;
	u32			stuck_timeout;
	u32			requests_per_turn;
	char			prefix_delimiter[2];
	struct kmc_auth_table __rcu *auth;
	void			(*request_limit)(struct kmc_env *env, unsigned long limit);
	u32			tuning[KMC_TUNINGS];
	struct kmc_watch	watch;
	struct kmc_prefixes	prefixes;
	struct xarray		roster;
	u32			next_id;
	bool			(*find_conn)(struct kmc_env *env, u32 from,
					     struct kmc_conn_view *view);
};

#endif
