/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the processes of the test know of each other. */
#ifndef LIFE_SHARED_H
#define LIFE_SHARED_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/kmemcached.h>

#include "rng.h"

/* Places to serve at: the first network namespace, and some that come and go. */
#define PLACES		4

/* Clients that live in the first namespace, and in each of the others. */
#define CLIENTS_HERE	6
#define CLIENTS_THERE	2
#define CLIENTS		(CLIENTS_HERE + (PLACES - 1) * CLIENTS_THERE)

/* How many addresses there are in each place. */
#define ADDRS		7

/* What a task is doing, in words. */
#define WHAT_SIZE	160

/**
 * enum check - what can turn out wrong
 * @CHECK_ACTION: an action was not refused or not done as it should have been
 * @CHECK_REPLY: a client got a wrong reply or a wrong value
 * @CHECK_CLOSED: a connection was closed though its listener stayed
 * @CHECK_HANG: something took too long
 * @CHECK_LIMIT: more memory was in use than any limit allowed
 * @CHECK_QUIET: something was left when all clients had closed
 * @CHECK_GONE: a namespace stayed
 * @CHECK_UNLOAD: the module could not be unloaded soon
 * @CHECK_MEMORY: memory did not come back
 * @CHECK_TEST: the test itself did not work
 * @CHECKS: how many there are
 */
enum check {
	CHECK_ACTION,
	CHECK_REPLY,
	CHECK_CLOSED,
	CHECK_HANG,
	CHECK_LIMIT,
	CHECK_QUIET,
	CHECK_GONE,
	CHECK_UNLOAD,
	CHECK_MEMORY,
	CHECK_TEST,
	CHECKS,
};

/**
 * enum count - what is counted to know that the test has tested something
 * @COUNT_ACTIONS: actions of all lanes
 * @COUNT_CONNECTIONS: connections made by clients
 * @COUNT_REPLIES: replies that were looked at
 * @COUNT_VALUES: values that were compared
 * @COUNT_NO_MEMORY: requests refused for want of memory
 * @COUNT_CUT: exchanges that ended because a listener went
 * @COUNT_UNLOADS: times that the module was unloaded
 * @COUNT_UNLOAD_MS: the longest of them
 * @COUNT_NETNS: namespaces that have gone
 * @COUNT_HOTPLUG: CPUs that went or came
 * @COUNT_LIMITS: times that the memory limit was changed
 * @COUNT_FLUSHES: flushes
 * @COUNT_KILLS: clients that were killed
 * @COUNT_QUIET: times that everything was looked at with all clients closed
 * @COUNTS: how many there are
 */
enum count {
	COUNT_ACTIONS,
	COUNT_CONNECTIONS,
	COUNT_REPLIES,
	COUNT_VALUES,
	COUNT_NO_MEMORY,
	COUNT_CUT,
	COUNT_UNLOADS,
	COUNT_UNLOAD_MS,
	COUNT_NETNS,
	COUNT_HOTPLUG,
	COUNT_LIMITS,
	COUNT_FLUSHES,
	COUNT_KILLS,
	COUNT_QUIET,
	COUNTS,
};

/**
 * enum lane - who acts
 * @LANE_LIFE: module, listeners, namespaces, clients
 * @LANE_RULE: limits, flushes, and questions
 * @LANE_CPU: CPUs
 * @LANES: how many there are
 */
enum lane {
	LANE_LIFE,
	LANE_RULE,
	LANE_CPU,
	LANES,
};

/**
 * struct task - one process
 * @pid: it, or 0
 * @until: when what it does must be done, monotonic milliseconds; 0 is never
 * @parked: it rests until &struct shared.quiet is over
 * @what: what it does
 */
struct task {
	_Atomic pid_t pid;
	_Atomic long long until;
	atomic_bool parked;
	char what[WHAT_SIZE];
};

/**
 * struct place - a network namespace, as its clients see it
 * @fd: it, a file descriptor of the lane LANE_LIFE; 0 is none
 * @number: which one it is of all that were ever made; 0 is the first namespace
 * @generation: grows when it comes and when it goes
 * @disruptions: grows before something ends connections, and after; odd in between
 * @listening: bits of the addresses that are listened on
 * @peak: the highest memory limit since all clients had closed last
 */
struct place {
	atomic_int fd;
	atomic_uint number;
	atomic_uint generation;
	atomic_uint disruptions;
	atomic_uint listening;
	_Atomic uint64_t peak;
};

/**
 * struct shared - what all processes see
 * @seed: what everything follows from
 * @patience: how many times slower than usual the machine may be
 * @first: number of the first action of LANE_LIFE that is done, not only drawn
 * @last: number of the last one
 * @deadline: when actions end, monotonic milliseconds
 * @stop: it is over
 * @quiet: clients shall close and wait, the other lanes shall wait
 * @failures: how often each check failed
 * @counts: what was done
 * @places: the namespaces
 * @lanes: those who act
 * @clients: those who make load
 */
struct shared {
	uint64_t seed;
	unsigned int patience;
	unsigned long first;
	unsigned long last;
	long long deadline;
	atomic_bool stop;
	atomic_bool quiet;
	atomic_uint failures[CHECKS];
	atomic_ulong counts[COUNTS];
	struct place places[PLACES];
	struct task lanes[LANES];
	struct task clients[CLIENTS];
};

extern struct shared *shared;
extern struct task *me;

long long now_ms(void);
void nap_ms(unsigned int ms);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void flunk(enum check check, const char *format, ...) __attribute__((format(printf, 2, 3)));
void begin(unsigned int seconds, const char *format, ...) __attribute__((format(printf, 2, 3)));
void end(void);
bool rest(void);

static inline void count(enum count what)
{
	atomic_fetch_add(&shared->counts[what], 1);
}

#endif
