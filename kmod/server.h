/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The memcached server of one network namespace. */
#ifndef KMC_SERVER_H
#define KMC_SERVER_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/socket.h>
#include <linux/workqueue.h>

#include "cache/cache.h"
#include "events.h"
#include "exec/auth.h"
#include "exec/env.h"
#include "exec/latency.h"
#include "stats.h"

struct kmc_listener;
struct kmc_listener_config;
struct net;
struct netlink_ext_ack;

/**
 * struct kmc_server_config - all settings
 * @cache: those of the cache, or of the one to come
 * @mem_limit: memory limit of the cache, bytes
 * @mem_limit_max: what was set by netlink: a client cannot set more
 * @item_size_max: largest item, bytes
 * @max_connections: how many connections there may be
 * @idle_timeout: seconds after which a connection without a request is closed; 0: never
 * @stuck_timeout: seconds after which a transfer that does not move is ended; 0: never
 * @requests_per_turn: steps of requests in a turn of a connection
 * @prefix_delimiter: what ends the part of a key that statistics are kept by
 */
struct kmc_server_config {
	struct kmc_cache_config	cache;
	unsigned long		mem_limit;
	unsigned long		mem_limit_max;
	u32			item_size_max;
	u32			max_connections;
	u32			idle_timeout;
	u32			stuck_timeout;
	u32			requests_per_turn;
	char			prefix_delimiter;
};

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
 * @config: V: the settings
 * @limit_pending: V: the memory limit was set, and nobody was told that it is kept
 * @limit_work: looks whether it is
 * @requested_limit: A: memory limit that a client has asked for, bytes
 * @request_work: sets it
 * @env: what requests see; its cache: V to write, and set before anybody reads it
 *	without the lock
 * @stats: A: the counters
 * @events: A: what is to be told
 */
struct kmc_server {
	struct net		*net;
	struct mutex		lock;
	struct list_head	listeners;
	unsigned int		generation;
	struct kmc_server_config config;
	bool			limit_pending;
	struct delayed_work	limit_work;
	unsigned long		requested_limit;
	struct delayed_work	request_work;
	struct kmc_env		env;
	struct kmc_stats	stats;
	struct kmc_events	events;
};

int kmc_server_module_init(void);
void kmc_server_module_uninit(void);
void kmc_server_watch(void (*fn)(struct kmc_server *server, enum kmc_event event,
				 const struct sockaddr_storage *addr));
struct kmc_server *kmc_server_of(struct net *net);
int kmc_server_add_listener(struct kmc_server *server, const struct kmc_listener_config *config,
			    struct netlink_ext_ack *extack);
int kmc_server_set_inline(struct kmc_server *server, const struct sockaddr_storage *addr,
			  bool is_inline);
int kmc_server_remove_listener(struct kmc_server *server, const struct sockaddr_storage *addr);
void kmc_server_remove_all_listeners(struct kmc_server *server);
int kmc_server_visit_listeners(struct kmc_server *server, unsigned int skip,
			       int (*visit)(const struct kmc_listener *listener, void *arg),
			       void *arg);
int kmc_server_configure(struct kmc_server *server,
			 void (*change)(struct kmc_server_config *config, void *arg), void *arg,
			 bool set_limit, struct netlink_ext_ack *extack);
void kmc_server_read_config(struct kmc_server *server, struct kmc_server_config *config);
int kmc_server_set_auth(struct kmc_server *server, const struct kmc_auth_pair *pairs,
			size_t count);
void kmc_server_flush(struct kmc_server *server, u32 delay);
void kmc_server_read_stats(struct kmc_server *server, u64 *value);
void kmc_server_read_latency(struct kmc_server *server, enum kmc_latency_class class, u64 *counts);

#endif
