// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "quiet.h"

#include <string.h>

#include "control.h"
#include "load.h"
#include "shared.h"

/* How soon the server sees that its clients have closed, and frees what is dead. */
#define SETTLE_MS	10000

/* What an empty cache takes besides its index: what it keeps ready, and its ghost. */
#define EMPTY_BYTES	(2 << 20)
#define EMPTY_SHARE	64

static bool all_parked(void)
{
	unsigned int i;

	for (i = 0; i < LANES; i++) {
		if (&shared->lanes[i] != me && !atomic_load(&shared->lanes[i].parked))
			return false;
	}
	for (i = 0; i < CLIENTS; i++) {
		if (atomic_load(&shared->clients[i].pid) &&
		    !atomic_load(&shared->clients[i].parked))
			return false;
	}
	return true;
}

/**
 * quiet_begin() - have all clients close their connections, and everybody wait
 *
 * Return: false when everything is over.
 */
bool quiet_begin(void)
{
	begin(90, "life: wait until everybody is quiet");
	atomic_store(&shared->quiet, true);
	while (!all_parked() && !atomic_load(&shared->stop))
		nap_ms(5);
	end();
	return !atomic_load(&shared->stop);
}

/**
 * quiet_end() - let everybody go on
 */
void quiet_end(void)
{
	count(COUNT_QUIET);
	atomic_store(&shared->quiet, false);
}

/* Reads statistics until one of them is 0, or whatever @reached says. */
static bool settle(uint64_t *value, bool (*reached)(const uint64_t *value))
{
	long long deadline = now_ms() + SETTLE_MS * shared->patience;
	int err;

	for (;;) {
		err = control_stats(value);
		if (err) {
			flunk(CHECK_ACTION, "life: stats: %s", strerror(-err));
			return false;
		}
		if (reached(value))
			return true;
		if (now_ms() > deadline)
			return false;
		nap_ms(20);
	}
}

static bool no_connections(const uint64_t *value)
{
	return !value[KMC_STAT_CURR_CONNECTIONS];
}

static bool is_empty(const uint64_t *value)
{
	return !value[KMC_STAT_CURR_ITEMS] && !value[KMC_STAT_BYTES] &&
	       value[KMC_STAT_MEM_USED] <= value[KMC_STAT_HASH_BYTES] + EMPTY_BYTES +
	       value[KMC_STAT_LIMIT_MAXBYTES] / EMPTY_SHARE;
}

/* The listeners are those that were asked for. */
static void check_listeners(unsigned int place)
{
	unsigned int wanted = atomic_load(&shared->places[place].listening), i, j;
	struct control_listeners listeners;
	int err = control_listeners(&listeners);

	if (err) {
		flunk(CHECK_ACTION, "life: listeners: %s", strerror(-err));
		return;
	}
	if (listeners.connections)
		flunk(CHECK_QUIET, "%u connections are counted in place %u, none are open",
		      listeners.connections, place);
	for (i = 0; i < ADDRS; i++) {
		if (!(wanted & 1U << i))
			continue;
		for (j = 0; j < listeners.count; j++) {
			if (listeners.port[j] == load_addrs[i].port)
				break;
		}
		if (j == listeners.count)
			flunk(CHECK_QUIET, "there is no listener on %s in place %u",
			      load_addrs[i].text, place);
	}
	if (listeners.count != (unsigned int)__builtin_popcount(wanted))
		flunk(CHECK_QUIET, "%u listeners in place %u, wanted %d", listeners.count, place,
		      __builtin_popcount(wanted));
}

/**
 * quiet_check() - look at the server of a namespace without clients
 * @place: which; the caller has entered it
 * @flush: also look whether it can be emptied
 */
void quiet_check(unsigned int place, bool flush)
{
	uint64_t value[KMC_STAT_MAX + 1];

	begin(40, "life: look at place %u", place);
	if (!settle(value, no_connections)) {
		flunk(CHECK_QUIET, "%llu connections are left in place %u",
		      (unsigned long long)value[KMC_STAT_CURR_CONNECTIONS], place);
		goto out_end;
	}
	if (value[KMC_STAT_MEM_USED] > value[KMC_STAT_LIMIT_MAXBYTES])
		flunk(CHECK_LIMIT, "%llu bytes are in use in place %u, the limit is %llu",
		      (unsigned long long)value[KMC_STAT_MEM_USED], place,
		      (unsigned long long)value[KMC_STAT_LIMIT_MAXBYTES]);
	atomic_store(&shared->places[place].peak, value[KMC_STAT_LIMIT_MAXBYTES]);
	check_listeners(place);
	if (flush && (control_flush(0) || !settle(value, is_empty)))
		flunk(CHECK_QUIET, "after a flush: %llu items, %llu bytes, %llu in use in place %u",
		      (unsigned long long)value[KMC_STAT_CURR_ITEMS],
		      (unsigned long long)value[KMC_STAT_BYTES],
		      (unsigned long long)value[KMC_STAT_MEM_USED], place);
out_end:
	end();
}
