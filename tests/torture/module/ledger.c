// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "ledger.h"

#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/vmalloc.h>

#include "kmod/cache/cache.h"

#include "actor.h"

/*
 * A version is begun (its writer's seq), stored, and then complete (@done). Whoever
 * sees @done before he looks the key up must find that version, or a newer one, or
 * one of another writer. A remove, and a miss that was seen, are complete versions
 * that nobody ever finds.
 */
struct mark {
	u64	done;
	u64	floor;
};

/* A row for each key, with a column for each actor. */
static struct mark *marks;

/* The same, of @done: before the flush that is to come, and now. The flusher's. */
static u64 *kept, *saved;

static struct mark *mark_of(u32 key, unsigned int actor)
{
	return &marks[(size_t)key * torture.nr_actors + actor];
}

/**
 * torture_ledger_init() - begin with nothing stored
 *
 * Return: 0 or -ENOMEM.
 */
int torture_ledger_init(void)
{
	size_t count = (size_t)torture.keys * torture.nr_actors;

	marks = vzalloc(array_size(count, sizeof(*marks)));
	saved = vzalloc(array_size(count, sizeof(*saved)));
	kept = vzalloc(array_size(count, sizeof(*kept)));
	if (marks && saved && kept)
		return 0;
	torture_ledger_uninit();
	return -ENOMEM;
}

/**
 * torture_ledger_uninit() - forget all
 */
void torture_ledger_uninit(void)
{
	vfree(marks);
	vfree(saved);
	vfree(kept);
	marks = NULL;
	saved = NULL;
	kept = NULL;
}

/**
 * torture_ledger_owner() - who alone writes a key
 * @key: its number
 *
 * Return: number of the actor, or %TORTURE_SHARED.
 */
unsigned int torture_ledger_owner(u32 key)
{
	unsigned int owner = key % (torture.nr_actors + 1);

	return owner < torture.nr_actors ? owner : TORTURE_SHARED;
}

/**
 * torture_ledger_is_touched() - may a key's deadline differ from what its value says?
 * @key: its number
 *
 * Return: whether it may.
 */
bool torture_ledger_is_touched(u32 key)
{
	return key / (torture.nr_actors + 1) % 4 == 3;
}

static void look_at(const struct mark *mark, struct torture_view *view, unsigned int actor)
{
	/* before the store is asked */
	view->done[actor] = smp_load_acquire(&mark->done);
	/* so is this */
	view->floor[actor] = smp_load_acquire(&mark->floor);
}

/**
 * torture_ledger_look() - note what is known, before a key is looked up
 * @key: its number
 * @view: result
 */
void torture_ledger_look(u32 key, struct torture_view *view)
{
	unsigned int owner = torture_ledger_owner(key), i;

	view->now = kmc_cache_now(torture.cache);
	if (owner != TORTURE_SHARED) {
		look_at(mark_of(key, owner), view, owner);
		return;
	}
	for (i = 0; i < torture.nr_actors; i++)
		look_at(mark_of(key, i), view, i);
}

/**
 * torture_ledger_complete() - what an actor did to a key is complete
 * @key: number of the key
 * @actor: who did it; only he calls
 * @version: the version he has stored, or with which he has seen it missing
 */
void torture_ledger_complete(u32 key, unsigned int actor, u64 version)
{
	/* Whoever knows of it finds it in the store. */
	smp_store_release(&mark_of(key, actor)->done, version);
}

/**
 * torture_ledger_completed() - an actor's last complete version
 * @key: number of the key
 * @actor: the actor
 *
 * Return: the version.
 */
u64 torture_ledger_completed(u32 key, unsigned int actor)
{
	return READ_ONCE(mark_of(key, actor)->done);
}

static void explain(const struct torture_value *value, const struct torture_view *view, u64 bound)
{
	torture_tally_explain("key %u: version %llx, deadline %u, length %u; bound %llx, at %u",
			      value->key, value->version, value->deadline, value->len, bound,
			      view->now);
}

/**
 * torture_ledger_judge() - may this be found?
 * @tally: the caller's
 * @view: what was known before the lookup
 * @value: what was found, and is what it says it is
 *
 * Return: whether it may.
 */
bool torture_ledger_judge(struct torture_tally *tally, const struct torture_view *view,
			  const struct torture_value *value)
{
	unsigned int owner = torture_ledger_owner(value->key);
	unsigned int actor = value->version & 0xff;
	bool ok;

	ok = actor < torture.nr_actors && (owner == actor || owner == TORTURE_SHARED);
	if (!torture_check(tally, CHECK_KEY, ok)) {
		explain(value, view, 0);
		return false;
	}
	if (value->version <= view->floor[actor]) {
		torture_check(tally, CHECK_FLUSHED, false);
		explain(value, view, view->floor[actor]);
		return false;
	}
	if (!torture_check(tally, CHECK_STALE, value->version >= view->done[actor])) {
		explain(value, view, view->done[actor]);
		return false;
	}
	if (value->deadline && view->now >= value->deadline &&
	    !torture_ledger_is_touched(value->key)) {
		torture_check(tally, CHECK_EXPIRED, false);
		explain(value, view, 0);
		return false;
	}
	/* The version was read before; its writer has begun it before he stored it. */
	smp_rmb();
	ok = value->version >> 8 <= READ_ONCE(torture.actors[actor].seq);
	return torture_check(tally, CHECK_FUTURE, ok);
}

/**
 * torture_ledger_save() - note what is complete now
 */
void torture_ledger_save(void)
{
	size_t count = (size_t)torture.keys * torture.nr_actors, i;

	for (i = 0; i < count; i++)
		/* before the flush */
		saved[i] = smp_load_acquire(&marks[i].done);
}

/**
 * torture_ledger_keep() - what was saved was complete before the flush that is to come
 */
void torture_ledger_keep(void)
{
	swap(kept, saved);
}

/**
 * torture_ledger_flushed() - that has come: what was kept is gone
 */
void torture_ledger_flushed(void)
{
	size_t count = (size_t)torture.keys * torture.nr_actors, i;

	for (i = 0; i < count; i++)
		/* after it */
		smp_store_release(&marks[i].floor, kept[i]);
}
