// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#define _GNU_SOURCE	/* syscall() */
#include "control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "kmcctl/nl.h"

/*
 * All of these concern the namespace that the caller is in, and load the module.
 * They return 0 or a negative errno.
 */

static int open_nl(struct kmc_nl **nl)
{
	unsigned int version;
	int err = kmc_nl_open(nl);

	return err ? err : kmc_nl_find_module(*nl, true, &version);
}

static int request_listener(unsigned int command, const struct control_addr *addr,
			    uint32_t backlog)
{
	struct kmc_nl_request *request;
	struct kmc_nl *nl;
	int err = open_nl(&nl);

	if (err)
		goto out_close;
	request = kmc_nl_request_create(nl, command);
	if (addr) {
		kmc_nl_put(request, KMC_A_LISTENER_ADDR, addr->bytes, addr->size);
		kmc_nl_put(request, KMC_A_LISTENER_PORT, &addr->port, sizeof(addr->port));
	}
	if (backlog)
		kmc_nl_put(request, KMC_A_LISTENER_BACKLOG, &backlog, sizeof(backlog));
	err = kmc_nl_do(request, NULL, NULL);
out_close:
	kmc_nl_close(nl);
	return err;
}

/**
 * control_listen() - listen on an address
 * @addr: the address
 * @backlog: connections that may wait to be accepted; 0 is as many as usual
 *
 * Return: 0 or a negative errno.
 */
int control_listen(const struct control_addr *addr, uint32_t backlog)
{
	return request_listener(KMC_CMD_LISTENER_ADD, addr, backlog);
}

/**
 * control_unlisten() - stop listening
 * @addr: where; NULL is everywhere
 *
 * Return: 0 or a negative errno.
 */
int control_unlisten(const struct control_addr *addr)
{
	return request_listener(KMC_CMD_LISTENER_REMOVE, addr, 0);
}

/* A request with one attribute, or none if its size is 0. */
static int request_one(unsigned int command, unsigned int attr, const void *data, size_t size,
		       kmc_nl_reply_fn *reply, void *context)
{
	struct kmc_nl_request *request;
	struct kmc_nl *nl;
	int err = open_nl(&nl);

	if (err)
		goto out_close;
	request = kmc_nl_request_create(nl, command);
	if (size)
		kmc_nl_put(request, attr, data, size);
	if (command == KMC_CMD_LISTENER_GET)
		err = kmc_nl_dump(request, reply, context);
	else
		err = kmc_nl_do(request, reply, context);
out_close:
	kmc_nl_close(nl);
	return err;
}

/**
 * control_set_limit() - set the memory limit
 * @bytes: the limit
 *
 * Return: 0 or a negative errno.
 */
int control_set_limit(uint64_t bytes)
{
	return request_one(KMC_CMD_SETTINGS_SET, KMC_A_MEM_LIMIT, &bytes, sizeof(bytes), NULL,
			   NULL);
}

/**
 * control_flush() - invalidate all items
 * @seconds: when
 *
 * Return: 0 or a negative errno.
 */
int control_flush(uint32_t seconds)
{
	return request_one(KMC_CMD_FLUSH, KMC_A_FLUSH_DELAY, &seconds, sizeof(seconds), NULL,
			   NULL);
}

static void take_stat(unsigned int stat, uint64_t value, void *context)
{
	uint64_t *values = context;

	if (stat <= KMC_STAT_MAX)
		values[stat] = value;
}

static void take_stats(const struct kmc_nl_reply *reply, void *context)
{
	kmc_nl_get_nest(reply, KMC_A_STATS, take_stat, context);
}

/**
 * control_stats() - read the statistics
 * @value: KMC_STAT_MAX + 1 of them, indexed by enum kmc_stat
 *
 * Return: 0 or a negative errno.
 */
int control_stats(uint64_t *value)
{
	memset(value, 0, (KMC_STAT_MAX + 1) * sizeof(*value));
	return request_one(KMC_CMD_STATS_GET, 0, NULL, 0, take_stats, value);
}

static void take_listener(const struct kmc_nl_reply *reply, void *context)
{
	struct control_listeners *listeners = context;
	uint32_t connections = 0;
	uint16_t port = 0;

	kmc_nl_get_u16(reply, KMC_A_LISTENER_PORT, &port);
	kmc_nl_get_u32(reply, KMC_A_LISTENER_CONNS, &connections);
	if (listeners->count < CONTROL_LISTENERS)
		listeners->port[listeners->count] = port;
	listeners->count++;
	listeners->connections += connections;
}

/**
 * control_listeners() - read where it listens
 * @listeners: result
 *
 * Return: 0 or a negative errno.
 */
int control_listeners(struct control_listeners *listeners)
{
	memset(listeners, 0, sizeof(*listeners));
	return request_one(KMC_CMD_LISTENER_GET, 0, NULL, 0, take_listener, listeners);
}

/**
 * control_nonsense() - send a request that must be refused
 * @which: below CONTROL_NONSENSE
 *
 * Return: the refusal, a negative errno; 0 would be wrong.
 */
int control_nonsense(unsigned int which)
{
	static const unsigned char zeroes[20];
	static const uint64_t low = KMC_MEM_LIMIT_MIN - 1, high = UINT64_MAX;

	switch (which) {
	case 0:
		return request_one(KMC_CMD_SETTINGS_SET, 0, NULL, 0, NULL, NULL);
	case 1:
		return request_one(KMC_CMD_SETTINGS_SET, KMC_A_MEM_LIMIT, &low, sizeof(low), NULL,
				   NULL);
	case 2:
		return request_one(KMC_CMD_SETTINGS_SET, KMC_A_MEM_LIMIT, &high, sizeof(high),
				   NULL, NULL);
	case 3:
		return request_one(KMC_CMD_LISTENER_ADD, KMC_A_LISTENER_ADDR, zeroes, 4, NULL,
				   NULL);
	case 4:
		return request_one(KMC_CMD_LISTENER_ADD, KMC_A_LISTENER_ADDR, zeroes, 20, NULL,
				   NULL);
	case 5:
		return request_one(KMC_CMD_FLUSH, KMC_A_FLUSH_DELAY, zeroes, 2, NULL, NULL);
	default:
		return request_one(KMC_CMD_MAX + 1, 0, NULL, 0, NULL, NULL);
	}
}

/**
 * module_load() - load the module
 *
 * Return: 0 or a negative errno; -EEXIST: it is there.
 */
int module_load(void)
{
	struct utsname kernel;
	char path[256];
	int fd, err = 0;

	uname(&kernel);
	snprintf(path, sizeof(path), "/lib/modules/%s/extra/kmemcached.ko", kernel.release);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0))
		err = -errno;
	close(fd);
	return err;
}

/**
 * module_unload() - unload the module
 *
 * Return: 0 or a negative errno; -EAGAIN: it is in use.
 */
int module_unload(void)
{
	return syscall(SYS_delete_module, "kmemcached", O_NONBLOCK) ? -errno : 0;
}
