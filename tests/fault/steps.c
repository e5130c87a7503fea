// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control.h"
#include "inject.h"
#include "model.h"
#include "steps.h"
#include "tests/e2e/client.h"

/*
 * How long things may take; the environment's KMC_PATIENCE is a factor.
 *
 * To have freed what is not used any more.
 */
#define SETTLE_MS 10000

/* To have freed flushed items. */
#define FLUSH_MS 4000

/* To grow, when that succeeds. */
#define GROWTH_MS 500

/* What an empty cache may keep ready. */
#define KEPT_BYTES (1 << 20)

/* Lines of an empty index, items that fit into it, and as many as make it grow. */
#define LINES 2048
#define FITTING 9000
#define EXTRA 7000

/* What an empty cache takes. */
static uint64_t empty_bytes;

enum { SMALL, NUMBER, LARGE, PAGED, KEYS };

static struct fact facts[KEYS];

/**
 * steps_patience() - how many times longer than usual things may take here
 *
 * Return: the environment's KMC_PATIENCE, or 1.
 */
unsigned int steps_patience(void)
{
	const char *patience = getenv("KMC_PATIENCE");
	int factor = patience ? atoi(patience) : 1;

	return factor > 0 ? factor : 1;
}

/* The end of so many milliseconds, with patience. */
static long deadline(long ms)
{
	return client_now_ms() + ms * steps_patience();
}

/* Has everything been given back? The server is empty and nobody is connected. */
static void expect_nothing_left(void)
{
	long end = deadline(SETTLE_MS);
	struct control_stats now;

	do {
		if (control_read_stats(&now))
			wrong("stats is refused without a reason");
		/* empty slabs are kept ready: what they hide, the module's unloading tells */
		if (!now.value[KMC_STAT_CURR_CONNECTIONS] && !now.value[KMC_STAT_CURR_ITEMS] &&
		    now.value[KMC_STAT_MEM_USED] <= empty_bytes + KEPT_BYTES)
			return;
		usleep(10000);
	} while (client_now_ms() < end);
	wrong("left behind: %llu connections, %llu items, %lld bytes",
	      (unsigned long long)now.value[KMC_STAT_CURR_CONNECTIONS],
	      (unsigned long long)now.value[KMC_STAT_CURR_ITEMS],
	      (long long)(now.value[KMC_STAT_MEM_USED] - empty_bytes));
}

static void find_server(void)
{
	char *argv[4] = { "fault", "127.0.0.1", CONTROL_PORT_TEXT, NULL };

	client_init(3, argv);
}

/* It works: everything is as ordered, and nobody complains. */
static void expect_service(void)
{
	struct fact fact;

	model_complaints = 0;
	model_hang_up();
	model_fact_init(&fact, "fault-after");
	model_delete(&fact);
	model_set(&fact, 'a', 1000);
	model_add_to(&fact, "append", "more");
	model_get(&fact, 1);
	model_stats("stats");
	control_show_limit(64 << 20);
	model_delete(&fact);
	model_get(&fact, 1);
	if (model_complaints)
		wrong("%u complaints though nothing fails", model_complaints);
}

/* serve: a server that has been listening before. */

/* A round that went wrong may have left items. Flushed ones are freed in a second or two. */
static void empty_cache(struct control_stats *stats)
{
	long end = deadline(FLUSH_MS);

	control_flush();
	while (control_read_stats(stats) || stats->value[KMC_STAT_CURR_ITEMS]) {
		if (client_now_ms() >= end)
			wrong("the cache does not become empty");
		usleep(100000);
	}
}

/**
 * steps_begin() - have a server that has been listening, and is empty
 * @evict: it evicts when it has no memory; else nothing that was stored may be missing
 *
 * Nobody listens afterwards, but it is known where to connect to.
 */
void steps_begin(bool evict)
{
	struct control_stats stats;

	control_connect(true);
	control_set_evict(evict);
	model_evicts = evict;
	control_unlisten_all();
	control_listen_v4();
	find_server();
	if (control_read_stats(&stats))
		wrong("stats is refused without a reason");
	if (stats.value[KMC_STAT_CURR_ITEMS])
		empty_cache(&stats);
	empty_bytes = stats.value[KMC_STAT_MEM_USED];
	control_unlisten_all();
}

/* Without eviction nothing that was stored may be missing. */
static void serve_before(void)
{
	steps_begin(false);
}

/* evict: the same, but whoever has no memory takes that of others. */
static void evict_before(void)
{
	steps_begin(true);
}

/**
 * steps_end() - it works, is empty when what was stored is deleted, and nothing is left
 * @listeners: how many it has; one of them is on 127.0.0.1
 *
 * Nobody listens afterwards.
 */
void steps_end(unsigned int listeners)
{
	expect_service();
	model_hang_up();
	expect_nothing_left();
	control_show_listeners(listeners);
	control_unlisten_all();
}

static void init_facts(void)
{
	static const char *const key[KEYS] = { "fault-small", "fault-number", "fault-large",
					       "fault-paged" };
	int i;

	for (i = 0; i < KEYS; i++)
		model_fact_init(&facts[i], key[i]);
}

static void control(void)
{
	struct control_stats stats;

	control_set_limit(100 << 20);
	control_set_limit(64 << 20);
	control_listen_v4();
	control_listen_v6();
	control_show_listeners(2);
	control_read_stats(&stats);
}

static void store_all(void)
{
	model_set(&facts[SMALL], 's', 30);
	model_get(&facts[SMALL], 1);
	model_add_to(&facts[SMALL], "append", "ed");
	model_add_to(&facts[SMALL], "prepend", "up");
	model_cas(&facts[SMALL], "cas value");
	model_get(&facts[SMALL], 1);
	model_set_number(&facts[NUMBER], 98);
	model_incr(&facts[NUMBER], 1);
	model_incr(&facts[NUMBER], 1);
	model_get(&facts[NUMBER], 1);
	model_hang_up();
	model_set(&facts[LARGE], 'l', 7000);
	model_set(&facts[PAGED], 'p', 100000);
	model_add_to(&facts[PAGED], "append", "ix");
}

static void fetch_all(void)
{
	model_get(&facts[LARGE], 3);
	model_get(&facts[PAGED], 5);
	model_get(&facts[SMALL], 200);
	model_get_in_pieces(&facts[SMALL]);
	model_touch(&facts[PAGED]);
	model_get_and_quit(&facts[SMALL]);
	model_get_and_shut(&facts[SMALL]);
	model_stats("stats");
	model_stats("stats settings");
	model_stats("stats conns");
}

static void remove_all(void)
{
	model_delete(&facts[SMALL]);
	model_get(&facts[SMALL], 1);
	control_flush();
	model_flush(facts, KEYS);
	model_get(&facts[PAGED], 1);
	model_quit();
}

static void serve_run(void)
{
	init_facts();
	control();
	store_all();
	fetch_all();
	remove_all();
	control_show_limit(64 << 20);
}

/* What was flushed is removed at once by whoever asks for it. */
static void serve_after(void)
{
	int i;

	control_set_limit(64 << 20);
	control_set_evict(true);
	for (i = 0; i < KEYS; i++)
		model_delete(&facts[i]);
	steps_end(2);
}

/* netns: a namespace is made, with its first listener, and goes. */

static void raise_loopback(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		wrong("lo: %s", strerror(errno));
	close(fd);
}

static void netns_before(void)
{
	control_connect(true);
}

static void enter_namespace(void)
{
	int tries = 0;

	while (unshare(CLONE_NEWNET)) {
		if (errno != ENOMEM)
			wrong("unshare: %s", strerror(errno));
		model_complaints++;
		if (++tries == CONTROL_TRIES)
			wrong("there is no namespace again and again");
	}
	raise_loopback();
	control_connect(false);
}

static void netns_run(void)
{
	enter_namespace();
	model_fact_init(&facts[SMALL], "fault-netns");
	control_set_limit(100 << 20);
	control_set_limit(64 << 20);
	control_listen_v4();
}

static void netns_after(void)
{
	control_set_limit(64 << 20);
	find_server();
	expect_service();
	control_show_listeners(1);
}

/* growth: a new namespace, and so many items that the index grows. */

static void set_many(unsigned int from, unsigned int to)
{
	struct client *c = client_open();
	struct bytes request = { 0 };
	struct bytes reply = { 0 };

	for (; from < to; from++)
		bytes_printf(&request, "set fault-%u 0 0 1 noreply\r\nx\r\n", from);
	if (client_fence(c, request.data, request.len, &reply, 0) != CLIENT_COMPLETE)
		model_complaints++;
	client_close(c);
	bytes_free(&reply);
	bytes_free(&request);
}

static void growth_before(void)
{
	control_connect(true);
	enter_namespace();
	control_listen_v4();
	find_server();
	set_many(0, FITTING);
	if (model_complaints)
		wrong("the cache cannot be filled");
}

static bool has_grown(void)
{
	struct control_stats stats;

	return !control_read_stats(&stats) && !stats.value[KMC_STAT_HASH_IS_EXPANDING] &&
	       stats.value[KMC_STAT_HASH_BUCKETS] > LINES;
}

/* It is tried again after 10 seconds: that it was tried is enough here, if something failed. */
static void growth_run(void)
{
	struct inject_status status;
	bool grown;
	long end;

	set_many(FITTING, FITTING + EXTRA);
	end = deadline(GROWTH_MS);
	while (!(grown = has_grown()) && client_now_ms() < end)
		usleep(20000);
	inject_read_status(&status);
	if (!grown && !status.failed)
		wrong("the index does not grow");
}

/* An index that is as small as before serves all the same. */
static void growth_after(void)
{
	struct control_stats stats;

	expect_service();
	if (control_read_stats(&stats) || stats.value[KMC_STAT_CURR_ITEMS] < FITTING)
		wrong("items were lost");
}

/* load: the module is loaded. */

static void load_before(void)
{
	if (syscall(SYS_delete_module, "kmemcached", 0) && errno != ENOENT)
		wrong("rmmod: %s", strerror(errno));
}

static int load_module(void)
{
	const char *path = getenv("KMC_FAULT_MODULE");
	int fd = open(path ? path : "", O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		wrong("KMC_FAULT_MODULE=%s: %s", path ? path : "", strerror(errno));
	err = syscall(SYS_finit_module, fd, "", 0) ? errno : 0;
	close(fd);
	return err;
}

static void load_run(void)
{
	int tries = 0, err;

	while ((err = load_module())) {
		if (err != ENOMEM)
			wrong("insmod: %s", strerror(err));
		model_complaints++;
		if (++tries == CONTROL_TRIES)
			wrong("insmod is refused again and again");
	}
}

static void load_after(void)
{
	control_connect(false);
	control_show_listeners(0);
}

static const struct scenario serve_scenario = {
	"serve", "listen, store, fetch, remove, ask, unlisten", NULL,
	serve_before, serve_run, serve_after
};

static const struct scenario evict_scenario = {
	"evict", "the same, evicting when memory is refused", "kmc_cache_alloc_item",
	evict_before, serve_run, serve_after
};

static const struct scenario netns_scenario = {
	"netns", "a namespace with its first listener", NULL,
	netns_before, netns_run, netns_after
};

static const struct scenario growth_scenario = {
	"growth", "the index grows", NULL, growth_before, growth_run, growth_after
};

static const struct scenario load_scenario = {
	"load", "the module is loaded", NULL, load_before, load_run, load_after
};

/* Paths that have failed in one do not fail again in the next. */
const struct scenario *const scenarios[] = {
	&serve_scenario, &evict_scenario, &access_scenario, &watch_scenario, &detail_scenario,
	&lists_scenario, &manage_scenario, &netns_scenario, &growth_scenario, &load_scenario,
};

const size_t scenario_count = sizeof(scenarios) / sizeof(scenarios[0]);
