// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "actor.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/vmalloc.h>

#include "size.h"
#include "subject.h"

/* In the order of &torture.mix. */
enum op {
	OP_READ,
	OP_SET,
	OP_ADD,
	OP_REPLACE,
	OP_CAS,
	OP_UPDATE,
	OP_REMOVE,
	OP_TOUCH,
	OP_ABANDON,
};

/* How many steps an item may be held. */
#define HOLD_STEPS 256

/* A list is expensive: all bytes of what is listed are looked at. */
#define LIST_EVERY 16

/* Together at most this share of the lower limit: the rest must be evictable. */
#define HOLD_SHARE 16

static atomic_long_t held = ATOMIC_LONG_INIT(0);

/**
 * torture_actor_init() - a new actor
 * @actor: the actor, zeroed
 * @id: its number
 *
 * Return: 0 or -ENOMEM.
 */
int torture_actor_init(struct torture_actor *actor, unsigned int id)
{
	actor->id = id;
	actor->softirq = id >= torture.threads;
	actor->gfp = actor->softirq ? GFP_ATOMIC : GFP_KERNEL;
	prandom_seed_state(&actor->rnd, torture.seed + id * 0x10001ULL);
	actor->own = vzalloc(array_size(torture.keys / (torture.nr_actors + 1) + 1,
					sizeof(*actor->own)));
	return actor->own ? 0 : -ENOMEM;
}

/**
 * torture_actor_uninit() - undo torture_actor_init()
 * @actor: the actor
 */
void torture_actor_uninit(struct torture_actor *actor)
{
	vfree(actor->own);
}

static u32 rnd_below(struct torture_actor *actor, u32 bound)
{
	return prandom_u32_state(&actor->rnd) % bound;
}

static bool is_own(const struct torture_actor *actor, u32 key)
{
	return torture_ledger_owner(key) == actor->id;
}

static struct torture_own *own_of(struct torture_actor *actor, u32 key)
{
	return &actor->own[key / (torture.nr_actors + 1)];
}

/* A key to read, of anybody; half of the time one of an eighth of them. */
static u32 pick_any(struct torture_actor *actor)
{
	u32 bound = torture.keys;

	if (rnd_below(actor, 2))
		bound = max(bound / 8, torture.nr_actors + 1);
	return rnd_below(actor, bound);
}

/* A key to write: one of its own, or one that all write. */
static u32 pick_writable(struct torture_actor *actor)
{
	u32 row = torture.nr_actors + 1;
	u32 key = pick_any(actor) / row * row;

	key += rnd_below(actor, 2) ? actor->id : torture.nr_actors;
	return key < torture.keys ? key : key - row;
}

static u64 begin_version(struct torture_actor *actor)
{
	WRITE_ONCE(actor->seq, actor->seq + 1);
	return torture_ledger_version(actor->seq, actor->id);
}

/* The key was seen missing, by a remove or otherwise. */
static void note_missing(struct torture_actor *actor, u32 key, enum torture_fate fate)
{
	if (is_own(actor, key)) {
		struct torture_own *own = own_of(actor, key);

		if (own->fate != FATE_STORED && fate == FATE_GONE)
			return;
		own->fate = fate;
	}
	torture_ledger_complete(key, actor->id, begin_version(actor));
}

static void note_stored(struct torture_actor *actor, const struct torture_value *value)
{
	if (is_own(actor, value->key)) {
		own_of(actor, value->key)->fate = FATE_STORED;
		own_of(actor, value->key)->deadline = value->deadline;
	}
	torture_ledger_complete(value->key, actor->id, value->version);
}

/*
 * What the only writer of a key knows before he looks it up: the check to be made if
 * it must be missing, or NR_CHECKS.
 */
static enum torture_check reason_to_miss(struct torture_actor *actor, u32 key)
{
	const struct torture_own *own = own_of(actor, key);
	const struct torture_view *view = &actor->view;

	if (!is_own(actor, key))
		return NR_CHECKS;
	if (own->fate == FATE_REMOVED)
		return CHECK_REMOVED;
	if (own->fate == FATE_GONE)
		return CHECK_GONE;
	if (own->deadline && view->now >= own->deadline)
		return CHECK_EXPIRED;
	if (view->done[actor->id] <= view->floor[actor->id])
		return CHECK_FLUSHED;
	return NR_CHECKS;
}

static void look(struct torture_actor *actor, u32 key)
{
	torture_ledger_look(key, &actor->view);
}

static void give_back(struct torture_actor *actor, struct torture_hold *hold)
{
	struct torture_value *value = &hold->value;
	unsigned int writer = value->version & 0xff;

	value->sum ^= torture_subject_errs(BREAK_HELD);
	torture_check(&actor->tally, CHECK_HELD,
		      torture_value_is_same(&actor->scratch, hold->item, value) &&
		      kmc_item_flags(hold->item) == value->flags);
	if (torture_ledger_completed(value->key, writer) > value->version)
		actor->tally.count[COUNT_OUTLIVED]++;
	torture_subject_put(hold->item);
	hold->item = NULL;
	atomic_long_sub(value->len, &held);
}

/* Keep an item for a while, or give it back at once. */
static void hold_or_put(struct torture_actor *actor, struct kmc_item *item,
			const struct torture_value *value)
{
	struct torture_hold *hold = &actor->holds[rnd_below(actor, TORTURE_HOLDS)];

	if (hold->item || rnd_below(actor, 4)) {
		torture_subject_put(item);
		return;
	}
	if (atomic_long_add_return(value->len, &held) > torture.limit_low / HOLD_SHARE) {
		atomic_long_sub(value->len, &held);
		torture_subject_put(item);
		return;
	}
	hold->item = item;
	hold->value = *value;
	hold->until = actor->steps + rnd_below(actor, HOLD_STEPS);
}

/* Is it one that was to be found? */
static bool check_version(struct torture_actor *actor, u32 key, const struct torture_value *value)
{
	u64 known = actor->view.done[actor->id];

	if (!torture_ledger_judge(&actor->tally, &actor->view, value))
		return false;
	if (reason_to_miss(actor, key) != NR_CHECKS || !is_own(actor, key) ||
	    torture_check(&actor->tally, CHECK_OWN, value->version == known))
		return true;
	torture_tally_explain("key %u: version %llx, stored was %llx", key, value->version, known);
	return false;
}

/* Whether there is something: is that right? */
static void check_presence(struct torture_actor *actor, u32 key, bool is_there)
{
	enum torture_check reason = reason_to_miss(actor, key);

	if (reason != NR_CHECKS && !torture_check(&actor->tally, reason, !is_there))
		torture_tally_explain("key %u: at %u, deadline %u", key, actor->view.now,
				      own_of(actor, key)->deadline);
	if (is_there) {
		actor->tally.count[COUNT_HITS]++;
		return;
	}
	actor->tally.count[COUNT_MISSES]++;
	if (is_own(actor, key) || torture_ledger_owner(key) == TORTURE_SHARED)
		note_missing(actor, key, FATE_GONE);
}

/* Check what was found, if anything; takes the reference. */
static void check_found(struct torture_actor *actor, u32 key, struct kmc_item *item)
{
	struct torture_value value;

	check_presence(actor, key, item);
	if (!item)
		return;
	if (torture_value_verify(&actor->scratch, &actor->tally, item, key, &value) &&
	    check_version(actor, key, &value))
		hold_or_put(actor, item, &value);
	else
		torture_subject_put(item);
}

/**
 * struct glance - what is seen of an item while it is looked at
 * @actor: who looks
 * @key: number of the key
 * @value: what it says
 * @ok: is all of it right?
 */
struct glance {
	struct torture_actor	*actor;
	u32			key;
	struct torture_value	value;
	bool			ok;
};

static bool see(struct kmc_item *item, void *arg)
{
	struct glance *glance = arg;
	struct torture_actor *actor = glance->actor;

	glance->ok = torture_value_verify(&actor->scratch, &actor->tally, item, glance->key,
					  &glance->value);
	return true;
}

/* As keys are read that are asked for together: what is found is looked at later. */
static void seek(struct torture_actor *actor, u32 key)
{
	struct glance glance = { .actor = actor, .key = key };
	bool is_there;

	look(actor, key);
	is_there = torture_subject_seek(&actor->scratch, key, see, &glance);
	check_presence(actor, key, is_there);
	if (is_there && glance.ok)
		check_version(actor, key, &glance.value);
}

static void read(struct torture_actor *actor, u32 key)
{
	if (!rnd_below(actor, 4)) {
		seek(actor, key);
		return;
	}
	look(actor, key);
	check_found(actor, key, torture_subject_lookup(&actor->scratch, key));
}

static u32 pick_deadline(struct torture_actor *actor)
{
	switch (rnd_below(actor, 16)) {
	case 0:
		return 1;
	case 1:
	case 2:
		return kmc_cache_now(torture.cache) + 1 + rnd_below(actor, 2);
	case 3:
		return kmc_cache_now(torture.cache) + 3600;
	default:
		return KMC_CACHE_NEVER;
	}
}

static void touch(struct torture_actor *actor, u32 key)
{
	u32 deadline = pick_deadline(actor);
	struct kmc_item *item;

	if (!torture_ledger_is_touched(key)) {
		read(actor, key);
		return;
	}
	look(actor, key);
	item = torture_subject_touch(&actor->scratch, key, deadline);
	check_found(actor, key, item);
	if (!item)
		return;
	actor->tally.count[COUNT_TOUCHES]++;
	if (is_own(actor, key))
		own_of(actor, key)->deadline = deadline;
}

static void begin_value(struct torture_actor *actor, u32 key, struct torture_value *value)
{
	*value = (struct torture_value) {
		.version = begin_version(actor),
		.key = key,
		.deadline = pick_deadline(actor),
		.flags = prandom_u32_state(&actor->rnd),
		.len = torture_size_pick(&actor->rnd, actor->softirq),
	};
	if (rnd_below(actor, 4) == 0)
		value->flags = 0;
}

static struct kmc_item *make_item(struct torture_actor *actor, u32 key,
				  struct torture_value *value)
{
	struct kmc_item *item;

	begin_value(actor, key, value);
	item = torture_subject_alloc(&actor->scratch, value, actor->gfp);
	if (!item)
		actor->tally.count[actor->softirq ? COUNT_NO_MEMORY_ATOMIC : COUNT_NO_MEMORY]++;
	else if (actor->softirq)
		actor->tally.count[COUNT_ATOMIC]++;
	return item;
}

/* May a store end like this? @reason is not NR_CHECKS if the key must be missing. */
static bool is_possible(struct torture_actor *actor, u32 key, enum kmc_store_mode mode,
			enum torture_check reason, int err)
{
	bool missing = reason != NR_CHECKS;

	switch (mode) {
	case KMC_STORE_ADD:
		return !err || (err == -EEXIST && !missing);
	case KMC_STORE_REPLACE:
		return err == -ENOENT || (!err && !missing);
	case KMC_STORE_CAS:
		/* nobody else has changed it */
		if (err == -EEXIST)
			return !is_own(actor, key);
		return err == -ENOENT || (!err && !missing);
	default:
		return !err;
	}
}

static void store(struct torture_actor *actor, u32 key, enum kmc_store_mode mode, u64 cas)
{
	struct torture_value value;
	struct kmc_item *item = make_item(actor, key, &value);
	enum torture_check reason;
	int err;

	if (!item)
		return;
	look(actor, key);
	reason = reason_to_miss(actor, key);
	err = torture_subject_store(item, mode, cas);
	if (err == -ENOMEM) {
		actor->tally.count[COUNT_NO_MEMORY]++;
		return;
	}
	if (!torture_check(&actor->tally, CHECK_RESULT,
			   is_possible(actor, key, mode, reason, err)))
		torture_tally_explain("key %u: store in mode %d gave %d", key, mode, err);
	if (err) {
		actor->tally.count[COUNT_REFUSALS]++;
		if (err == -ENOENT)
			note_missing(actor, key, FATE_GONE);
	} else {
		actor->tally.count[COUNT_STORES] += 1 + torture_subject_errs(BREAK_COUNT);
		note_stored(actor, &value);
	}
}

static void compare_and_store(struct torture_actor *actor, u32 key)
{
	struct kmc_item *item;
	u64 cas = 0;

	look(actor, key);
	item = torture_subject_lookup(&actor->scratch, key);
	if (item)
		cas = kmc_item_cas(item);
	check_found(actor, key, item);
	store(actor, key, KMC_STORE_CAS, cas);
}

static void update(struct torture_actor *actor, u32 key)
{
	struct torture_value value;
	enum torture_check reason;
	bool resized, ok;
	u32 deadline;
	int err;

	begin_value(actor, key, &value);
	look(actor, key);
	reason = reason_to_miss(actor, key);
	err = torture_subject_update(&actor->scratch, &value, actor->gfp, &resized);
	ok = err == -ENOENT || (reason == NR_CHECKS && (!err || err == -ENOMEM || err == -EAGAIN));
	if (!torture_check(&actor->tally, CHECK_RESULT, ok))
		torture_tally_explain("key %u: update gave %d", key, err);
	if (err == -ENOENT)
		note_missing(actor, key, FATE_GONE);
	if (err)
		return;
	actor->tally.count[COUNT_UPDATES]++;
	actor->tally.count[COUNT_RESIZED] += resized;
	/* it lives as long as the one before */
	deadline = own_of(actor, key)->deadline;
	note_stored(actor, &value);
	if (is_own(actor, key))
		own_of(actor, key)->deadline = deadline;
}

static void remove(struct torture_actor *actor, u32 key)
{
	enum torture_check reason;
	int err;

	look(actor, key);
	reason = reason_to_miss(actor, key);
	err = torture_subject_remove(&actor->scratch, key);
	if (!torture_check(&actor->tally, CHECK_RESULT,
			   err == -ENOENT || (!err && reason == NR_CHECKS)))
		torture_tally_explain("key %u: remove gave %d", key, err);
	if (!err)
		actor->tally.count[COUNT_REMOVES]++;
	note_missing(actor, key, FATE_REMOVED);
}

/* A client that announces a value and goes away. */
static void abandon(struct torture_actor *actor, u32 key)
{
	struct torture_value value;
	struct kmc_item *item = make_item(actor, key, &value);

	if (!item)
		return;
	torture_subject_discard(item);
	actor->tally.count[COUNT_ABANDONED]++;
}

static bool show(struct kmc_item *item, void *arg)
{
	struct torture_actor *actor = arg;
	struct torture_value value;

	if (!torture_check(&actor->tally, CHECK_BYTES, torture_value_read(item, &value)))
		return true;
	torture_value_verify(&actor->scratch, &actor->tally, item, value.key, &value);
	actor->tally.count[COUNT_LISTED]++;
	return true;
}

/* A step of a list of all items; which keys are in it nobody knows. */
static void list(struct torture_actor *actor)
{
	torture_subject_walk(&actor->place, show, actor);
}

static void give_back_due(struct torture_actor *actor)
{
	int i;

	for (i = 0; i < TORTURE_HOLDS; i++)
		if (actor->holds[i].item && actor->steps >= actor->holds[i].until)
			give_back(actor, &actor->holds[i]);
}

/**
 * torture_actor_step() - do one thing
 * @actor: the actor
 *
 * Context: that of the actor.
 */
void torture_actor_step(struct torture_actor *actor)
{
	enum op op = torture_size_weighted(&actor->rnd, torture.mix, TORTURE_OPS);
	u32 key = op == OP_READ ? pick_any(actor) : pick_writable(actor);

	actor->steps++;
	if (actor->softirq)
		actor->tally.count[COUNT_SOFTIRQ]++;
	give_back_due(actor);
	if (actor->steps % LIST_EVERY == 0)
		list(actor);
	switch (op) {
	case OP_READ:
		read(actor, key);
		break;
	case OP_SET:
		store(actor, key, KMC_STORE_SET, 0);
		break;
	case OP_ADD:
		store(actor, key, KMC_STORE_ADD, 0);
		break;
	case OP_REPLACE:
		store(actor, key, KMC_STORE_REPLACE, 0);
		break;
	case OP_CAS:
		compare_and_store(actor, key);
		break;
	case OP_UPDATE:
		update(actor, key);
		break;
	case OP_REMOVE:
		remove(actor, key);
		break;
	case OP_TOUCH:
		touch(actor, key);
		break;
	case OP_ABANDON:
		abandon(actor, key);
		break;
	}
}

/**
 * torture_actor_release() - give back all that an actor holds
 * @actor: the actor, at rest
 */
void torture_actor_release(struct torture_actor *actor)
{
	int i;

	for (i = 0; i < TORTURE_HOLDS; i++)
		if (actor->holds[i].item)
			give_back(actor, &actor->holds[i]);
}

/**
 * torture_actor_remove_all() - look at each key for the last time, and remove it
 * @actor: any actor; all are at rest
 */
void torture_actor_remove_all(struct torture_actor *actor)
{
	u32 key;

	for (key = 0; key < torture.keys; key++) {
		read(actor, key);
		torture_subject_remove(&actor->scratch, key);
	}
	torture_actor_release(actor);
}
