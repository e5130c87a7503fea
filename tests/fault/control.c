// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "control.h"
#include "kmcctl/nl.h"
#include "model.h"

static struct kmc_nl *nl;

/* Some parts of the kernel have names of their own for it. */
static bool is_no_memory(int err)
{
	return err == -ENOMEM || err == -ENOBUFS || err == -ENFILE || err == -EADDRINUSE;
}

static int judge(const char *what, int err)
{
	if (err && !is_no_memory(err))
		wrong("%s: %s", what, strerror(-err));
	if (err && !kmc_nl_sentence(nl))
		wrong("%s: %s without a sentence", what, strerror(-err));
	model_complaints += !!err;
	return err;
}

/* A request that is sent until it is not refused any more. */
static void insist(const char *what, int (*request)(const void *arg), const void *arg)
{
	int tries = 0;

	while (judge(what, request(arg)))
		if (++tries == CONTROL_TRIES)
			wrong("%s is refused again and again", what);
}

/**
 * control_connect() - open the netlink socket, anew if it was open
 * @load: have the module loaded
 */
void control_connect(bool load)
{
	unsigned int version;
	int err;

	kmc_nl_close(nl);
	err = kmc_nl_open(&nl);
	if (!err)
		err = kmc_nl_find_module(nl, load, &version);
	if (err)
		wrong("no module: %s", strerror(-err));
}

static struct kmc_nl_request *request_for(unsigned int command, const void *addr, size_t size)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, command);
	uint16_t port = CONTROL_PORT;

	kmc_nl_put(request, KMC_A_LISTENER_ADDR, addr, size);
	kmc_nl_put(request, KMC_A_LISTENER_PORT, &port, sizeof(port));
	return request;
}

static int add_v4(const void *arg)
{
	(void)arg;
	return kmc_nl_do(request_for(KMC_CMD_LISTENER_ADD, "\x7f\0\0\1", 4), NULL, NULL);
}

static int add_v6(const void *arg)
{
	(void)arg;
	return kmc_nl_do(request_for(KMC_CMD_LISTENER_ADD,
				     "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16), NULL, NULL);
}

static int add_locked(const void *arg)
{
	struct kmc_nl_request *request = request_for(KMC_CMD_LISTENER_ADD, "\x7f\0\0\1", 4);
	uint8_t auth = 1;

	(void)arg;
	kmc_nl_put(request, KMC_A_LISTENER_AUTH, &auth, sizeof(auth));
	return kmc_nl_do(request, NULL, NULL);
}

/**
 * control_listen_v4() - listen on 127.0.0.1
 */
void control_listen_v4(void)
{
	insist("listen", add_v4, NULL);
}

/**
 * control_listen_v6() - listen on ::1
 */
void control_listen_v6(void)
{
	insist("listen", add_v6, NULL);
}

/**
 * control_listen_locked() - listen on 127.0.0.1 for those who say who they are
 */
void control_listen_locked(void)
{
	insist("listen", add_locked, NULL);
}

/**
 * control_set_inline() - say whether requests on 127.0.0.1 are served in softirq
 * @on: they are
 */
void control_set_inline(bool on)
{
	struct kmc_nl_request *request = request_for(KMC_CMD_LISTENER_SET, "\x7f\0\0\1", 4);
	uint8_t value = on;

	kmc_nl_put(request, KMC_A_LISTENER_INLINE, &value, sizeof(value));
	judge("set-listener", kmc_nl_do(request, NULL, NULL));
}

/**
 * control_unlisten_all() - remove all listeners, which needs no memory
 */
void control_unlisten_all(void)
{
	int err = kmc_nl_do(kmc_nl_request_create(nl, KMC_CMD_LISTENER_REMOVE), NULL, NULL);

	if (err)
		wrong("unlisten all: %s", strerror(-err));
}

static void count_listener(const struct kmc_nl_reply *reply, void *context)
{
	uint16_t port = 0;

	if (kmc_nl_get_u16(reply, KMC_A_LISTENER_PORT, &port) && port == CONTROL_PORT)
		++*(unsigned int *)context;
}

/**
 * control_show_listeners() - have the listeners listed
 * @wanted: how many there must be
 */
void control_show_listeners(unsigned int wanted)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_LISTENER_GET);
	unsigned int count = 0;

	if (!judge("listeners", kmc_nl_dump(request, count_listener, &count)) && count != wanted)
		wrong("%u listeners, wanted %u", count, wanted);
}

/**
 * control_set_limit() - set the memory limit
 * @limit: bytes
 */
void control_set_limit(uint64_t limit)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_SETTINGS_SET);

	kmc_nl_put(request, KMC_A_MEM_LIMIT, &limit, sizeof(limit));
	judge("set-limit", kmc_nl_do(request, NULL, NULL));
}

/**
 * control_set_evict() - say whether items are evicted
 * @evict: 0 or 1
 */
void control_set_evict(uint8_t evict)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_SETTINGS_SET);

	kmc_nl_put(request, KMC_A_EVICT, &evict, sizeof(evict));
	judge("set evict", kmc_nl_do(request, NULL, NULL));
}

static void keep_limit(const struct kmc_nl_reply *reply, void *context)
{
	kmc_nl_get(reply, KMC_A_MEM_LIMIT, context, sizeof(uint64_t));
}

/**
 * control_show_limit() - have the settings listed
 * @wanted: the memory limit, which must be among them
 */
void control_show_limit(uint64_t wanted)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_SETTINGS_GET);
	uint64_t limit = 0;

	if (!judge("settings", kmc_nl_do(request, keep_limit, &limit)) && limit != wanted)
		wrong("the limit is %llu", (unsigned long long)limit);
}

/* Settings that are numbers, as they are, and others. */
static const struct {
	unsigned int attr;
	uint32_t usual;
	uint32_t other;
} numbers[] = {
	{ KMC_A_LARGE, KMC_LARGE_MAX, 4096 },
	{ KMC_A_ITEM_SIZE_MAX, KMC_ITEM_SIZE_DEFAULT, 2 << 20 },
	{ KMC_A_MAX_CONNECTIONS, KMC_CONNECTIONS_DEFAULT, 500 },
	{ KMC_A_IDLE_TIMEOUT, 0, 1000 },
	{ KMC_A_STUCK_TIMEOUT, 0, 2000 },
	{ KMC_A_REQUESTS_PER_TURN, KMC_REQUESTS_PER_TURN_DEFAULT, 10 },
};

#define NUMBERS (sizeof(numbers) / sizeof(numbers[0]))

static int set_numbers(const void *arg)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_SETTINGS_SET);
	const bool *others = arg;
	size_t i;

	for (i = 0; i < NUMBERS; i++)
		kmc_nl_put(request, numbers[i].attr,
			   *others ? &numbers[i].other : &numbers[i].usual, sizeof(uint32_t));
	return kmc_nl_do(request, NULL, NULL);
}

/**
 * control_set_numbers() - change all settings that are numbers at once
 * @others: to other values than the usual ones
 */
void control_set_numbers(bool others)
{
	insist("set", set_numbers, &others);
}

static void compare_numbers(const struct kmc_nl_reply *reply, void *context)
{
	const bool *others = context;
	uint32_t value = 0, wanted;
	size_t i;

	for (i = 0; i < NUMBERS; i++) {
		wanted = *others ? numbers[i].other : numbers[i].usual;
		if (!kmc_nl_get_u32(reply, numbers[i].attr, &value) || value != wanted)
			wrong("setting %u is %u, wanted %u", numbers[i].attr, value, wanted);
	}
}

/**
 * control_show_numbers() - have the settings listed, and see that they are as they were set
 * @others: what control_set_numbers() was told
 */
void control_show_numbers(bool others)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_SETTINGS_GET);

	judge("settings", kmc_nl_do(request, compare_numbers, &others));
}

static int set_token(const void *arg)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_AUTH_SET);
	const char *const *token = arg;

	if (token[0]) {
		kmc_nl_open_nest(request, KMC_A_AUTH_TOKEN);
		kmc_nl_put(request, KMC_TOKEN_A_USER, token[0], strlen(token[0]));
		kmc_nl_put(request, KMC_TOKEN_A_PASSWORD, token[1], strlen(token[1]));
		kmc_nl_close_nest(request);
	}
	return kmc_nl_do(request, NULL, NULL);
}

/**
 * control_set_token() - replace all tokens by one
 * @user: its name; NULL: by none
 * @password: its password
 */
void control_set_token(const char *user, const char *password)
{
	const char *token[2] = { user, password };

	insist("auth", set_token, token);
}

struct search {
	int port;
	unsigned int id;
};

static void find_port(const struct kmc_nl_reply *reply, void *context)
{
	struct search *search = context;
	uint16_t port = 0;

	if (kmc_nl_get_u16(reply, KMC_A_CONN_PORT, &port) && port == search->port &&
	    !kmc_nl_get_u32(reply, KMC_A_CONN_ID, &search->id))
		wrong("a connection without a number");
}

/**
 * control_find_conn() - have the connections listed
 * @port: that of one of them, on the client's side
 *
 * Return: its number; 0 if that was refused.
 */
unsigned int control_find_conn(int port)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_CONN_GET);
	struct search search = { .port = port };

	if (judge("conns", kmc_nl_dump(request, find_port, &search)))
		return 0;
	if (!search.id)
		wrong("a connection from port %d is not listed", port);
	return search.id;
}

/**
 * control_disconnect() - close a connection
 * @id: its number; 0: all of them
 *
 * Return: 0 or a negative errno.
 */
int control_disconnect(unsigned int id)
{
	struct kmc_nl_request *request = kmc_nl_request_create(nl, KMC_CMD_CONN_REMOVE);
	uint32_t value = id;

	if (id)
		kmc_nl_put(request, KMC_A_CONN_ID, &value, sizeof(value));
	return judge("disconnect", kmc_nl_do(request, NULL, NULL));
}

/**
 * control_flush() - flush all
 */
void control_flush(void)
{
	judge("flush", kmc_nl_do(kmc_nl_request_create(nl, KMC_CMD_FLUSH), NULL, NULL));
}

static void keep_stat(unsigned int stat, uint64_t value, void *context)
{
	struct control_stats *stats = context;

	if (stat <= KMC_STAT_MAX)
		stats->value[stat] = value;
}

static void keep_stats(const struct kmc_nl_reply *reply, void *context)
{
	kmc_nl_get_nest(reply, KMC_A_STATS, keep_stat, context);
}

/**
 * control_read_stats() - read the statistics
 * @stats: result
 *
 * Return: 0 or a negative errno.
 */
int control_read_stats(struct control_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	return judge("stats", kmc_nl_do(kmc_nl_request_create(nl, KMC_CMD_STATS_GET), keep_stats,
					stats));
}
