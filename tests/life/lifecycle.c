// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The lane that has the module, its listeners, the namespaces and the clients.
 * Nobody else changes these, so it knows what each action must end with.
 */
#define _GNU_SOURCE	/* setns() */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control.h"
#include "lanes.h"
#include "load.h"
#include "memory.h"
#include "netns.h"
#include "quiet.h"
#include "shared.h"

/* How soon the module must be gone, in seconds. */
#define UNLOAD_S	5

/* How soon a namespace must be gone that nobody keeps. */
#define GONE_MS		20000

#define QUIET_EVERY	20
#define DEAD_MAX	64

enum kind { LISTEN, UNLISTEN, UNLISTEN_ALL, LOAD, UNLOAD, NETNS, KILL, NAP };

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

static unsigned int lives[CLIENTS];
static unsigned int last_number;
static unsigned int dead[DEAD_MAX];
static unsigned int dead_count;
static char result[96];

/* As many numbers are drawn for each, so that what follows does not depend on it. */
static struct action draw(struct rng *rng, unsigned long number)
{
	/* a short run on a slow machine shall have done everything, too */
	static const enum kind introduction[] = {
		LISTEN, NETNS, NAP, LISTEN, UNLISTEN, KILL, LISTEN, NAP, UNLISTEN_ALL, LISTEN,
		UNLOAD, LOAD, LISTEN, NETNS, LISTEN, NAP,
	};
	static const struct {
		enum kind kind;
		unsigned int weight;
	} kinds[] = {
		{ LISTEN, 36 }, { UNLISTEN, 18 }, { UNLISTEN_ALL, 4 }, { LOAD, 3 },
		{ UNLOAD, 4 }, { NETNS, 11 }, { KILL, 12 }, { NAP, 12 },
	};
	unsigned int die = rng_below(rng, 100), i;
	struct action action;

	for (i = 0; die >= kinds[i].weight; i++)
		die -= kinds[i].weight;
	action.kind = kinds[i].kind;
	if (number <= sizeof(introduction) / sizeof(introduction[0]))
		action.kind = introduction[number - 1];
	action.place = rng_below(rng, 2) ? rng_below(rng, PLACES) : 0;
	action.value = rng_next(rng);
	action.nap = rng_below(rng, 2) ? rng_below(rng, 200) : 0;
	return action;
}

static void start_client(unsigned int client, unsigned int place)
{
	int inherited[PLACES];
	unsigned int i;
	pid_t pid;

	begin(20, "life: start client %u", client);
	/*
	 * As they are now: by the time the child runs one of them may be forgotten already, and
	 * a namespace lives as long as the child has it open.
	 */
	for (i = 1; i < PLACES; i++)
		inherited[i] = atomic_load(&shared->places[i].fd);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me = &shared->clients[client];
		if (place && netns_enter(inherited[place]))
			exit(3);
		for (i = 1; i < PLACES; i++) {
			if (inherited[i])
				close(inherited[i]);
		}
		load_run(client, place, lives[client]);
	}
	lives[client]++;
	if (pid < 0)
		flunk(CHECK_TEST, "fork: %s", strerror(errno));
	else
		atomic_store(&shared->clients[client].pid, pid);
	end();
}

/* Forgets a client that has ended; @killed: as it was told to. */
static void bury_client(unsigned int client, int status, bool killed)
{
	struct task *task = &shared->clients[client];

	atomic_store(&task->until, 0);
	atomic_store(&task->parked, false);
	atomic_store(&task->pid, 0);
	if (!killed && status && !atomic_load(&shared->stop))
		flunk(CHECK_TEST, "client %u ended with status %d", client, status);
}

static void kill_client(unsigned int client)
{
	pid_t pid = atomic_load(&shared->clients[client].pid);
	int status;

	if (!pid)
		return;
	begin(20, "life: kill client %u, process %d", client, pid);
	atomic_store(&shared->clients[client].until, 0);
	kill(pid, SIGKILL);
	if (waitpid(pid, &status, 0) != pid)
		flunk(CHECK_TEST, "waitpid: %s", strerror(errno));
	bury_client(client, status, true);
	end();
}

/* Clients end only when they are told to. */
static void look_for_dead_clients(void)
{
	unsigned int client;
	int status;

	for (client = 0; client < CLIENTS; client++) {
		pid_t pid = atomic_load(&shared->clients[client].pid);

		if (pid && waitpid(pid, &status, WNOHANG) == pid)
			bury_client(client, status, false);
	}
}

/* The first client of a place, if it is not the first one. */
static unsigned int first_client(unsigned int place)
{
	return CLIENTS_HERE + (place - 1) * CLIENTS_THERE;
}

static unsigned int place_of(unsigned int client)
{
	return client < CLIENTS_HERE ? 0 : 1 + (client - CLIENTS_HERE) / CLIENTS_THERE;
}

static bool is_there(unsigned int place)
{
	return !place || atomic_load(&shared->places[place].fd);
}

/* Goes to a namespace, if it is there. netns_leave() undoes it in any case. */
static bool enter(unsigned int place)
{
	int err;

	if (!place)
		return true;
	if (!is_there(place))
		return false;
	err = netns_enter(atomic_load(&shared->places[place].fd));
	if (err)
		flunk(CHECK_TEST, "life: enter place %u: %s", place, strerror(-err));
	return !err;
}

/* What an action has ended with, and must end with. */
static void judge(const char *what, int err, int wanted)
{
	int len = strlen(result);

	snprintf(result + len, sizeof(result) - len, " %s: %d", what, err);
	if (err != wanted)
		flunk(CHECK_ACTION, "life: %s: %s (%d), wanted %d", what, strerror(-err), err,
		      wanted);
}

static void listen_at(struct place *place, unsigned int addr, unsigned int value)
{
	bool listens = atomic_load(&place->listening) & 1U << addr;
	uint32_t backlog = value & 1 ? 1 + (value >> 1) % 64 : 0;
	int err = control_listen(&load_addrs[addr], backlog);

	judge(load_addrs[addr].text, err, listens ? -EADDRINUSE : 0);
	if (!err)
		atomic_fetch_or(&place->listening, 1U << addr);
}

static void unlisten_at(struct place *place, unsigned int addr)
{
	bool listens = atomic_load(&place->listening) & 1U << addr;
	int err;

	if (!listens) {
		judge(load_addrs[addr].text, control_unlisten(&load_addrs[addr]), -ENOENT);
		return;
	}
	atomic_fetch_add(&place->disruptions, 1);
	atomic_fetch_and(&place->listening, ~(1U << addr));
	err = control_unlisten(&load_addrs[addr]);
	atomic_fetch_add(&place->disruptions, 1);
	judge(load_addrs[addr].text, err, 0);
}

static void unlisten_all(struct place *place)
{
	int err;

	atomic_fetch_add(&place->disruptions, 1);
	atomic_store(&place->listening, 0);
	err = control_unlisten(NULL);
	atomic_fetch_add(&place->disruptions, 1);
	judge("all", err, 0);
}

/* The drawn address, or mostly the next one that is listened on. */
static unsigned int choose_listener(const struct place *place, unsigned int value)
{
	unsigned int listening = atomic_load(&place->listening), addr = (value >> 8) % ADDRS, i;

	for (i = 0; value & 3 && i < ADDRS; i++) {
		if (listening & 1U << (addr + i) % ADDRS)
			return (addr + i) % ADDRS;
	}
	return addr;
}

static void act_on_listeners(const struct action *action)
{
	unsigned int where = is_there(action->place) ? action->place : 0;
	struct place *place = &shared->places[where];

	if (!enter(where))
		return;
	if (where)
		snprintf(result, sizeof(result), " in place %u", where);
	if (action->kind == LISTEN)
		listen_at(place, (action->value >> 8) % ADDRS, action->value >> 16);
	else if (action->kind == UNLISTEN)
		unlisten_at(place, choose_listener(place, action->value));
	else
		unlisten_all(place);
	netns_leave();
}

static void load(void)
{
	int err = module_load();

	judge("module", err, err == -EEXIST ? -EEXIST : 0);
}

/* A question that is being answered keeps the module: then once more. */
static int unload_soon(void)
{
	long long start = now_ms(), spent;
	int err;

	begin(UNLOAD_S, "life: unload");
	while ((err = module_unload()) == -EAGAIN)
		nap_ms(2);
	end();
	spent = now_ms() - start;
	if (spent > (long long)atomic_load(&shared->counts[COUNT_UNLOAD_MS]))
		atomic_store(&shared->counts[COUNT_UNLOAD_MS], spent);
	if (!err)
		count(COUNT_UNLOADS);
	if (err && err != -ENOENT)
		flunk(CHECK_UNLOAD, "life: unload: %s", strerror(-err));
	return err;
}

static void unload(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < PLACES; i++)
		atomic_fetch_add(&shared->places[i].disruptions, 1);
	err = unload_soon();
	for (i = 0; i < PLACES; i++) {
		atomic_store(&shared->places[i].listening, 0);
		atomic_fetch_add(&shared->places[i].disruptions, 1);
	}
	judge("module", err, err == -ENOENT ? -ENOENT : 0);
}

static void create_netns(unsigned int slot)
{
	struct place *place = &shared->places[slot];
	char what[64];
	unsigned int i;
	int fd;

	begin(30, "life: create namespace %u", ++last_number);
	fd = netns_create(last_number);
	snprintf(what, sizeof(what), "create %u in place %u", last_number, slot);
	judge(what, fd < 0 ? fd : 0, 0);
	if (fd < 0)
		goto out_end;
	atomic_store(&place->listening, 0);
	atomic_store(&place->peak, KMC_MEM_LIMIT_DEFAULT);
	atomic_store(&place->number, last_number);
	atomic_fetch_add(&place->generation, 1);
	atomic_store(&place->fd, fd);
	enter(slot);
	listen_at(place, 4, 0);
	netns_leave();
	end();
	for (i = 0; i < CLIENTS_THERE; i++)
		start_client(first_client(slot) + i, slot);
	return;

out_end:
	end();
}

/* The clients inside keep it as well: they end before, or after. */
static void delete_netns(unsigned int slot, bool kill_first)
{
	struct place *place = &shared->places[slot];
	int fd = atomic_load(&place->fd);
	unsigned int i;
	char what[64];

	/* in the reverse order of choose() in load.c */
	atomic_store(&place->fd, 0);
	atomic_store(&place->listening, 0);
	atomic_fetch_add(&place->disruptions, 2);
	atomic_fetch_add(&place->generation, 1);
	if (!kill_first)
		close(fd);
	for (i = 0; i < CLIENTS_THERE; i++)
		kill_client(first_client(slot) + i);
	if (kill_first)
		close(fd);
	if (dead_count < DEAD_MAX)
		dead[dead_count++] = atomic_load(&place->number);
	snprintf(what, sizeof(what), "%s %u", kill_first ? "delete" : "delete below clients",
		 atomic_load(&place->number));
	judge(what, 0, 0);
}

/* When it goes after all is worth knowing: timers of TCP are known by their times. */
static void await_one(unsigned int number, long long deadline)
{
	long long start = now_ms();

	begin(4 * GONE_MS / 1000, "life: wait until namespace %u is gone", number);
	while (!netns_is_gone(number) && now_ms() < deadline)
		nap_ms(20);
	if (!netns_is_gone(number)) {
		flunk(CHECK_GONE, "life: namespace %u does not go", number);
		while (!netns_is_gone(number))
			nap_ms(20);
		say("life: namespace %u took %lld ms", number, now_ms() - start);
	}
	count(COUNT_NETNS);
	end();
}

static void await_dead_netns(void)
{
	long long deadline = now_ms() + GONE_MS * shared->patience;

	while (dead_count)
		await_one(dead[--dead_count], deadline);
}

static void toggle_netns(const struct action *action)
{
	unsigned int slot = 1 + (action->value >> 8) % (PLACES - 1);

	if (is_there(slot))
		delete_netns(slot, action->value & 1);
	else
		create_netns(slot);
}

static void replace_client(const struct action *action)
{
	unsigned int client = (action->value >> 8) % CLIENTS;
	unsigned int place = place_of(client);

	if (!is_there(place)) {
		client %= CLIENTS_HERE;
		place = 0;
	}
	snprintf(result, sizeof(result), " client %u", client);
	kill_client(client);
	start_client(client, place);
	count(COUNT_KILLS);
}

static void act(unsigned long number, const struct action *action)
{
	static const char * const names[] = {
		"listen", "unlisten", "unlisten all", "load", "unload", "netns", "kill", "nap"
	};
	const char *name = names[action->kind];
	long long start = now_ms();

	begin(30, "life %lu: %s, place %u", number, name, action->place);
	result[0] = '\0';
	switch (action->kind) {
	case LISTEN:
	case UNLISTEN:
	case UNLISTEN_ALL:
		act_on_listeners(action);
		break;
	case LOAD:
		load();
		break;
	case UNLOAD:
		unload();
		break;
	case NETNS:
		toggle_netns(action);
		break;
	case KILL:
		replace_client(action);
		break;
	case NAP:
		snprintf(result, sizeof(result), " %u", action->value % 1000);
		nap_ms(action->value % 1000);
		break;
	}
	end();
	count(COUNT_ACTIONS);
	say("life %lu: %s%s (%lld ms)", number, name, result, now_ms() - start);
}

/* Everybody closes and waits; what is left then must not be there. */
static void be_quiet(unsigned long number, unsigned int die)
{
	long long start = now_ms(), parked, gone;
	unsigned int i;

	if (!quiet_begin())
		return;
	parked = now_ms();
	await_dead_netns();
	gone = now_ms();
	for (i = 0; i < PLACES; i++) {
		if (!enter(i))
			continue;
		quiet_check(i, die % 4 == 0);
		netns_leave();
	}
	result[0] = '\0';
	if (die % 8 == 1) {
		begin(30, "life: unload while nothing goes on");
		unload();
		end();
	}
	say("life %lu: quiet%s (%lld ms; before: %lld for clients, %lld for namespaces)", number,
	    result, now_ms() - gone, parked - start, gone - parked);
	quiet_end();
}

static void run_actions(void)
{
	struct rng rng = rng_of(shared->seed, LANE_LIFE);
	unsigned long number;

	for (number = 1; number <= shared->last; number++) {
		struct action action = draw(&rng, number);
		unsigned int die = rng_next(&rng);

		if (number < shared->first)
			continue;
		if (atomic_load(&shared->stop) || now_ms() > shared->deadline)
			break;
		look_for_dead_clients();
		act(number, &action);
		nap_ms(action.nap);
		if (number % QUIET_EVERY == 0)
			be_quiet(number, die);
	}
	if (!atomic_load(&shared->stop))
		be_quiet(number, 0);
}

static void await_others(void)
{
	unsigned int i;

	begin(120, "life: wait until everybody has ended");
	for (i = 0; i < CLIENTS; i++) {
		pid_t pid = atomic_load(&shared->clients[i].pid);
		int status = 0;

		if (pid && waitpid(pid, &status, 0) == pid)
			bury_client(i, status, false);
	}
	while (atomic_load(&shared->lanes[LANE_RULE].pid) ||
	       atomic_load(&shared->lanes[LANE_CPU].pid))
		nap_ms(5);
	end();
}

static void delete_all_netns(void)
{
	unsigned int i;

	for (i = 1; i < PLACES; i++) {
		if (is_there(i))
			delete_netns(i, true);
	}
	await_dead_netns();
}

/* What stays after the first time stays once. */
static long warm_up(void)
{
	int err;

	begin(60, "life: the first time");
	memory_settle();
	err = control_listen(&load_addrs[0], 0) ?: unload_soon();
	if (err) {
		flunk(CHECK_TEST, "life: the first time: %s", strerror(-err));
	} else {
		create_netns(1);
		delete_netns(1, true);
		await_dead_netns();
		unload_soon();
	}
	end();
	atomic_store(&shared->counts[COUNT_NETNS], 0);
	atomic_store(&shared->counts[COUNT_UNLOADS], 0);
	return memory_free();
}

/**
 * life_run() - do everything that this lane does, and clean up
 */
void life_run(void)
{
	unsigned int i;
	long before;

	unload_soon();
	before = warm_up();
	for (i = 0; i < CLIENTS_HERE; i++)
		start_client(i, 0);
	run_actions();

	atomic_store(&shared->stop, true);
	await_others();
	delete_all_netns();
	begin(30, "life: the last unload");
	unload_soon();
	end();
	if (!access("/sys/module/kmemcached", F_OK))
		flunk(CHECK_UNLOAD, "the module is still there");
	memory_check(before);
	exit(0);
}
