/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The memcached server of one network namespace. */
#ifndef KMC_SERVER_H
#define KMC_SERVER_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/socket.h>

#include "exec/env.h"
#include "stats.h"

struct kmc_listener;
struct net;
struct netlink_ext_ack;

/**
 * struct kmc_server - the memcached server of one network namespace
 *
 * **Lifetime**: allocated with the namespace, or for each that is there when the
 * module is loaded. It gets its cache with its first listener and keeps it until
 * the end. At the namespace's or the module's end the listeners go first, with
 * their connections (pre_exit), then the cache (exit).
 *
 * **Locking**: V: @lock, the outermost of the module's locks, held while a
 * listener goes, which may take as long as its connections need. I: set when the
 * namespace begins. A: accessed without a lock.
 *
 * @net: I: the namespace
 * @lock: serialises changes
 * @listeners: V: where it listens
 * @generation: V: changes with @listeners, so that a dump notices
 * @mem_limit: V: memory limit of the cache, bytes, or of the one to come
 * @env: what requests see; its cache: V to write, and set before anybody reads it
 *	without the lock
 * @stats: A: the counters
 */
struct kmc_server {
	struct net		*net;
	struct mutex		lock;
	struct list_head	listeners;
	unsigned int		generation;
	unsigned long		mem_limit;
	struct kmc_env		env;
	struct kmc_stats	stats;
};

int kmc_server_module_init(void);
void kmc_server_module_uninit(void);
struct kmc_server *kmc_server_of(struct net *net);
int kmc_server_add_listener(struct kmc_server *server, const struct sockaddr_storage *addr,
			    int addr_len, u32 backlog, struct netlink_ext_ack *extack);
int kmc_server_remove_listener(struct kmc_server *server, const struct sockaddr_storage *addr);
void kmc_server_remove_all_listeners(struct kmc_server *server);
int kmc_server_visit_listeners(struct kmc_server *server, unsigned int skip,
			       int (*visit)(const struct kmc_listener *listener, void *arg),
			       void *arg);
int kmc_server_set_mem_limit(struct kmc_server *server, u64 limit,
			     struct netlink_ext_ack *extack);
unsigned long kmc_server_mem_limit(struct kmc_server *server);
void kmc_server_flush(struct kmc_server *server, u32 delay);
void kmc_server_read_stats(struct kmc_server *server, u64 *value);

#endif
