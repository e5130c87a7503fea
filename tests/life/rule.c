// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The lane that rules what is there, and asks, while listeners, namespaces and the
 * module come and go below it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "lanes.h"
#include "netns.h"
#include "shared.h"

#define MEGABYTE	((uint64_t)1 << 20)
#define LIMIT_MAX	256

/* As low as it may be: half of the limits are hardly above it, and are reached. */
#define LIMIT_LOW	(KMC_MEM_LIMIT_MIN / MEGABYTE)

enum kind { SET_LIMIT, FLUSH, STATS, LISTENERS, NONSENSE };

/**
 * struct action - something to do
 * @kind: what
 * @place: where
 * @value: with this
 * @nap: and then nothing, milliseconds
 */
struct action {
	enum kind kind;
	unsigned int place;
	unsigned int value;
	unsigned int nap;
};

static struct action draw(struct rng *rng, unsigned long number)
{
	static const char kinds[] = {
		SET_LIMIT, SET_LIMIT, FLUSH, STATS, STATS, STATS, STATS, LISTENERS, LISTENERS,
		NONSENSE
	};
	static const unsigned int values[] = {
		[SET_LIMIT] = LIMIT_MAX, [FLUSH] = 3, [STATS] = 1, [LISTENERS] = 1,
		[NONSENSE] = CONTROL_NONSENSE
	};
	struct action action;

	action.kind = kinds[rng_below(rng, sizeof(kinds))];
	/* also in a short run on a slow machine */
	if (number == 1)
		action.kind = FLUSH;
	action.place = rng_below(rng, 2) ? rng_below(rng, PLACES) : 0;
	action.value = rng_next(rng) % values[action.kind];
	if (action.kind == SET_LIMIT)
		action.value = rng_below(rng, 2) ? 1 + action.value : LIMIT_LOW + action.value % 8;
	action.nap = rng_below(rng, 300);
	return action;
}

/* Enters a namespace, if it is there: its owner has it open. */
static bool enter(unsigned int place)
{
	int theirs = atomic_load(&shared->places[place].fd), fd;
	char path[64];
	bool there;

	if (!place)
		return true;
	if (!theirs)
		return false;
	snprintf(path, sizeof(path), "/proc/%d/fd/%d",
		 (int)atomic_load(&shared->lanes[LANE_LIFE].pid), theirs);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	there = !netns_enter(fd);
	close(fd);
	return there;
}

static void raise_peak(struct place *place, uint64_t limit)
{
	uint64_t peak = atomic_load(&place->peak);

	while (peak < limit && !atomic_compare_exchange_weak(&place->peak, &peak, limit))
		;
}

static int set_limit(struct place *place, unsigned int megabytes)
{
	uint64_t limit = megabytes * MEGABYTE;
	int err;

	raise_peak(place, limit);
	err = control_set_limit(limit);
	if (!err)
		count(COUNT_LIMITS);
	/* the index may have grown too large */
	if (err == -EBUSY)
		return 0;
	if (limit < KMC_MEM_LIMIT_MIN)
		return err == -ERANGE ? 0 : err ?: -EPROTO;
	return err;
}

static int flush(unsigned int delay)
{
	count(COUNT_FLUSHES);
	return control_flush(delay);
}

/* No limit that was in force since the last pause allows for more. */
static int read_stats(struct place *place)
{
	unsigned int generation = atomic_load(&place->generation);
	uint64_t value[KMC_STAT_MAX + 1], peak;
	int err = control_stats(value);

	if (err)
		return err;
	raise_peak(place, value[KMC_STAT_LIMIT_MAXBYTES]);
	peak = atomic_load(&place->peak);
	if (value[KMC_STAT_MEM_USED] > peak && atomic_load(&place->generation) == generation) {
		flunk(CHECK_LIMIT, "%llu bytes are in use, the limit was %llu",
		      (unsigned long long)value[KMC_STAT_MEM_USED], (unsigned long long)peak);
	}
	return 0;
}

static int do_action(const struct action *action)
{
	struct place *place = &shared->places[action->place];
	struct control_listeners listeners;

	switch (action->kind) {
	case SET_LIMIT:
		return set_limit(place, action->value);
	case FLUSH:
		return flush(action->value);
	case STATS:
		return read_stats(place);
	case LISTENERS:
		return control_listeners(&listeners);
	default:
		/* what is refused as the module goes is refused, too */
		return control_nonsense(action->value) ? 0 : -EPROTO;
	}
}

static void act(unsigned long number, const struct action *action)
{
	static const char * const names[] = {
		"set-limit", "flush", "stats", "listeners", "nonsense"
	};
	const char *name = names[action->kind];
	long long start = now_ms();
	int err;

	begin(30, "rule %lu: %s %u in place %u", number, name, action->value, action->place);
	if (!enter(action->place)) {
		end();
		netns_leave();
		return;
	}
	err = do_action(action);
	netns_leave();
	end();
	say("rule %lu: %s %u in place %u: %d (%lld ms)", number, name, action->value,
	    action->place, err, now_ms() - start);
	count(COUNT_ACTIONS);
	/* ENOENT: the module went between two steps */
	if (err && err != -ENOENT)
		flunk(CHECK_ACTION, "rule %lu: %s %u in place %u: %s", number, name, action->value,
		      action->place, strerror(-err));
}

/**
 * rule_run() - change limits, flush, and ask, until everything is over
 */
void rule_run(void)
{
	struct rng rng = rng_of(shared->seed, LANE_RULE);
	unsigned long number;

	for (number = 1; rest(); number++) {
		struct action action = draw(&rng, number);

		act(number, &action);
		nap_ms(action.nap);
	}
	exit(0);
}
