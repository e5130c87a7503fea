/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One run: what is tortured, and how. */
#ifndef KMC_TORTURE_H
#define KMC_TORTURE_H

#include <linux/types.h>

#include "kmod/stats.h"

struct kmc_cache;
struct torture_actor;

#define TORTURE_ACTORS_MAX	64

/* Sizes and operations have weights; see size.c and actor.c for what is what. */
#define TORTURE_SIZES		7
#define TORTURE_OPS		9

/**
 * enum torture_break - what is wrong on purpose, to see that it is noticed
 * @BREAK_NOTHING: nothing
 * @BREAK_BYTE: a byte is not what was stored
 * @BREAK_FLAGS: flags are not what was stored
 * @BREAK_FOREIGN: a lookup gives another key's item
 * @BREAK_STORE: a store is lost
 * @BREAK_REMOVE: a remove is lost
 * @BREAK_FLUSH: flushes are lost
 * @BREAK_EXPIRY: items do not expire
 * @BREAK_HELD: bytes change under a reference
 * @BREAK_INCREMENT: an update is lost
 * @BREAK_CAS: a cas does not look at the cas id
 * @BREAK_ADD: an add does not look whether the key is there
 * @BREAK_LIMIT: the limit is not lowered
 * @BREAK_COUNT: a store is counted twice
 * @BREAK_LEAK: memory is not given back
 * @BREAK_IDLE: nothing is done
 * @BREAK_WALK: a step of a walk is left out
 * @NR_BREAKS: how many there are
 */
enum torture_break {
	BREAK_NOTHING,
	BREAK_BYTE,
	BREAK_FLAGS,
	BREAK_FOREIGN,
	BREAK_STORE,
	BREAK_REMOVE,
	BREAK_FLUSH,
	BREAK_EXPIRY,
	BREAK_HELD,
	BREAK_INCREMENT,
	BREAK_CAS,
	BREAK_ADD,
	BREAK_LIMIT,
	BREAK_COUNT,
	BREAK_LEAK,
	BREAK_IDLE,
	BREAK_WALK,
	NR_BREAKS,
};

/**
 * struct torture - the run
 *
 * **Lifetime**: static. Set before a crew or a ticker starts, and not changed while
 * it runs.
 *
 * @cache: what is tortured
 * @stats: its counters
 * @actors: who tortures it
 * @nr_actors: how many: threads, then one a CPU for its softirq
 * @threads: how many of them are threads
 * @softirq: whether softirqs take part
 * @keys: how many keys there are
 * @sizes: weights of the sizes of values
 * @mix: weights of the operations
 * @limit: the higher memory limit, bytes
 * @limit_low: the lower one
 * @limit_ms: how long a limit stays
 * @flush_ms: time between two flushes; 0: none
 * @rounds: how often each race is run
 * @seed: of all that is random
 * @broken: what is wrong on purpose
 */
struct torture {
	struct kmc_cache	*cache;
	struct kmc_stats	stats;
	struct torture_actor	*actors;
	unsigned int		nr_actors;
	unsigned int		threads;
	bool			softirq;
	unsigned int		keys;
	unsigned int		sizes[TORTURE_SIZES];
	unsigned int		mix[TORTURE_OPS];
	unsigned long		limit;
	unsigned long		limit_low;
	unsigned int		limit_ms;
	unsigned int		flush_ms;
	unsigned int		rounds;
	u64			seed;
	unsigned int		broken;
};

extern struct torture torture;

#endif
