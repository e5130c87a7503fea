/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A thread or softirq that does random things to the store, and checks what it sees. */
#ifndef KMC_TORTURE_ACTOR_H
#define KMC_TORTURE_ACTOR_H

#include <linux/prandom.h>
#include <linux/types.h>

#include "ledger.h"
#include "tally.h"
#include "torture.h"
#include "value.h"

struct kmc_item;

#define TORTURE_HOLDS	4

/**
 * struct torture_hold - an item that is kept for a while
 * @item: the item, referenced, or NULL
 * @value: what it was when it was found
 * @until: the actor's step at which it is given back
 */
struct torture_hold {
	struct kmc_item		*item;
	struct torture_value	value;
	unsigned long		until;
};

/**
 * struct torture_own - what the only writer of a key knows of it
 * @fate: what he did to it last
 * @deadline: when it expires, if he stored it
 */
struct torture_own {
	enum torture_fate {
		FATE_GONE,
		FATE_REMOVED,
		FATE_STORED,
	} fate;
	u32	deadline;
};

/**
 * struct torture_actor - a thread, or a CPU's softirq
 *
 * **Locking**: all is its own, but that others read @seq.
 *
 * @id: its number
 * @softirq: it must not sleep
 * @gfp: how it allocates
 * @seq: versions it has begun
 * @steps: steps it has taken
 * @place: where its list of all items goes on
 * @own: its own keys
 * @holds: items it keeps
 * @rnd: random numbers
 * @view: of the key at hand
 * @scratch: room to work in
 * @tally: what it has seen
 */
struct torture_actor {
	unsigned int		id;
	bool			softirq;
	gfp_t			gfp;
	u64			seq;
	unsigned long		steps;
	u64			place;
	struct torture_own	*own;
	struct torture_hold	holds[TORTURE_HOLDS];
	struct rnd_state	rnd;
	struct torture_view	view;
	struct torture_scratch	scratch;
	struct torture_tally	tally;
};

int torture_actor_init(struct torture_actor *actor, unsigned int id);
void torture_actor_uninit(struct torture_actor *actor);
void torture_actor_step(struct torture_actor *actor);
void torture_actor_release(struct torture_actor *actor);
void torture_actor_remove_all(struct torture_actor *actor);

#endif
