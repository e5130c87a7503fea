// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "server.h"

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/rwsem.h>
#include <linux/sizes.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "cache/cache.h"
#include "exec/dump.h"
#include "net/listener.h"

#define MAX_CONNECTIONS_DEFAULT 1024
#define ITEM_SIZE_MAX_DEFAULT SZ_1M

/* How often to look whether a lowered memory limit is kept. */
#define LIMIT_INTERVAL (HZ / 4)

static unsigned int server_net_id;

/* Who is told of events, or NULL. */
static void (*watcher)(struct kmc_server *server, enum kmc_event event,
		       const struct sockaddr_storage *addr);
static DECLARE_RWSEM(watcher_lock);

/**
 * kmc_server_watch() - say who is to be told of what happens to servers
 * @fn: called in process context with the server, locked unless the event is one of
 *	&struct kmc_events; with the event; and with the address of the listener it
 *	is about, or NULL. It may allocate, but not call the server. NULL: nobody.
 *
 * The one before is not running any more when this returns.
 *
 * Context: process.
 */
void kmc_server_watch(void (*fn)(struct kmc_server *server, enum kmc_event event,
				 const struct sockaddr_storage *addr))
{
	down_write(&watcher_lock);
	watcher = fn;
	up_write(&watcher_lock);
}

static void tell(struct kmc_server *server, enum kmc_event event,
		 const struct sockaddr_storage *addr)
{
	down_read(&watcher_lock);
	if (watcher)
		watcher(server, event, addr);
	up_read(&watcher_lock);
}

/* Tell of what happened where nobody could wait. */
static void events_work(struct work_struct *work)
{
	struct kmc_server *server = container_of(work, struct kmc_server, events.work);
	enum kmc_event event;

	for (event = 0; event < __KMC_EVENT_MAX; event++)
		if (kmc_events_take(&server->events, event))
			tell(server, event, NULL);
}

/**
 * kmc_server_of() - the server of a network namespace
 * @net: the namespace; the caller has a reference to it
 *
 * Return: the server; there always is one.
 */
struct kmc_server *kmc_server_of(struct net *net)
{
	return net_generic(net, server_net_id);
}

static int create_cache(struct kmc_server *server, struct netlink_ext_ack *extack)
{
	struct kmc_cache *cache;

	lockdep_assert_held(&server->lock);
	if (server->env.cache)
		return 0;
	cache = kmc_cache_create(server->mem_limit, &server->stats, &server->events);
	if (IS_ERR(cache)) {
		NL_SET_ERR_MSG(extack, "no memory for the cache");
		return PTR_ERR(cache);
	}
	kmc_cache_configure(cache, &server->config);
	server->env.cache = cache;
	return 0;
}

/**
 * kmc_server_add_listener() - listen on an address
 * @server: the server
 * @addr: the address
 * @addr_len: its length
 * @options: what was chosen
 * @extack: gets a sentence if it fails
 *
 * Context: process.
 *
 * Return: 0 or a negative errno.
 */
int kmc_server_add_listener(struct kmc_server *server, const struct sockaddr_storage *addr,
			    int addr_len, const struct kmc_listener_options *options,
			    struct netlink_ext_ack *extack)
{
	struct kmc_listener *listener;
	int err;

	mutex_lock(&server->lock);
	err = create_cache(server, extack);
	if (err)
		goto out_unlock;
	listener = kmc_listener_create(server->net, &server->env, addr, addr_len, options, extack);
	if (IS_ERR(listener)) {
		err = PTR_ERR(listener);
		goto out_unlock;
	}
	list_add_tail(&listener->node, &server->listeners);
	server->generation++;
	tell(server, KMC_EVENT_LISTENER_UP, addr);
out_unlock:
	mutex_unlock(&server->lock);
	return err;
}

static void remove_listener(struct kmc_server *server, struct kmc_listener *listener)
{
	struct sockaddr_storage addr = listener->addr;

	lockdep_assert_held(&server->lock);
	list_del(&listener->node);
	server->generation++;
	kmc_listener_destroy(listener);
	tell(server, KMC_EVENT_LISTENER_DOWN, &addr);
}

static bool is_same_addr(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4 = (const void *)a, *b4 = (const void *)b;
	const struct sockaddr_in6 *a6 = (const void *)a, *b6 = (const void *)b;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return a4->sin_port == b4->sin_port && a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	return a6->sin6_port == b6->sin6_port &&
	       !memcmp(&a6->sin6_addr, &b6->sin6_addr, sizeof(a6->sin6_addr));
}

static struct kmc_listener *find_listener(struct kmc_server *server,
					  const struct sockaddr_storage *addr)
{
	struct kmc_listener *listener;

	lockdep_assert_held(&server->lock);
	list_for_each_entry(listener, &server->listeners, node) {
		if (is_same_addr(&listener->addr, addr))
			return listener;
	}
	return NULL;
}

/**
 * kmc_server_change_listener() - change what was chosen for a listener
 * @server: the server
 * @addr: where it listens
 * @change: changes it; may not fail, nor wait
 * @arg: passed to @change
 *
 * Context: process.
 *
 * Return: 0 or -ENOENT.
 */
int kmc_server_change_listener(struct kmc_server *server, const struct sockaddr_storage *addr,
			       void (*change)(struct kmc_listener_options *options, void *arg),
			       void *arg)
{
	struct kmc_listener *listener;

	mutex_lock(&server->lock);
	listener = find_listener(server, addr);
	if (listener)
		change(&listener->options, arg);
	mutex_unlock(&server->lock);
	return listener ? 0 : -ENOENT;
}

/**
 * kmc_server_remove_listener() - stop listening on an address
 * @server: the server
 * @addr: the address
 *
 * Context: process; returns when the connections accepted there are gone.
 *
 * Return: 0 or -ENOENT.
 */
int kmc_server_remove_listener(struct kmc_server *server, const struct sockaddr_storage *addr)
{
	struct kmc_listener *listener;

	mutex_lock(&server->lock);
	listener = find_listener(server, addr);
	if (listener)
		remove_listener(server, listener);
	mutex_unlock(&server->lock);
	return listener ? 0 : -ENOENT;
}

/**
 * kmc_server_remove_all_listeners() - stop listening
 * @server: the server
 *
 * Context: process; returns when there are no connections any more.
 */
void kmc_server_remove_all_listeners(struct kmc_server *server)
{
	struct kmc_listener *listener, *next;

	mutex_lock(&server->lock);
	list_for_each_entry_safe(listener, next, &server->listeners, node)
		remove_listener(server, listener);
	mutex_unlock(&server->lock);
}

/**
 * kmc_server_visit_listeners() - look at the listeners
 * @server: the server, locked
 * @skip: how many of them to pass over
 * @visit: called with each until it does not return 0
 * @arg: passed to @visit
 *
 * Context: &kmc_server.lock is held.
 *
 * Return: what @visit returned last, or 0.
 */
int kmc_server_visit_listeners(struct kmc_server *server, unsigned int skip,
			       int (*visit)(const struct kmc_listener *listener, void *arg),
			       void *arg)
{
	struct kmc_listener *listener;
	int err = 0;

	lockdep_assert_held(&server->lock);
	list_for_each_entry(listener, &server->listeners, node) {
		if (skip) {
			skip--;
			continue;
		}
		err = visit(listener, arg);
		if (err)
			break;
	}
	return err;
}

/**
 * kmc_server_configure() - change settings of the cache
 * @server: the server
 * @change: changes them; may not fail, nor wait
 * @arg: passed to @change
 *
 * Context: process.
 */
void kmc_server_configure(struct kmc_server *server,
			  void (*change)(struct kmc_cache_config *config, void *arg), void *arg)
{
	mutex_lock(&server->lock);
	change(&server->config, arg);
	if (server->env.cache)
		kmc_cache_configure(server->env.cache, &server->config);
	mutex_unlock(&server->lock);
}

static bool is_limit_kept(struct kmc_cache *cache)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(cache, &usage);
	return usage.mem_used <= usage.limit;
}

/*
 * Give back what is above the limit, which may take a while: without the lock. What
 * cannot be given back now is looked at again.
 */
static void keep_limit(struct kmc_server *server)
{
	struct kmc_cache *cache;

	mutex_lock(&server->lock);
	cache = server->env.cache;
	mutex_unlock(&server->lock);
	/* it lives as long as the namespace, and so as our caller */
	if (cache)
		kmc_cache_trim(cache);

	mutex_lock(&server->lock);
	if (server->limit_pending) {
		server->limit_pending = cache && !is_limit_kept(cache);
		if (server->limit_pending)
			queue_delayed_work(system_unbound_wq, &server->limit_work, LIMIT_INTERVAL);
		else
			tell(server, KMC_EVENT_LIMIT_DONE, NULL);
	}
	mutex_unlock(&server->lock);
}

static void limit_work(struct work_struct *work)
{
	keep_limit(container_of(to_delayed_work(work), struct kmc_server, limit_work));
}

/**
 * kmc_server_set_mem_limit() - change the memory limit
 * @server: the server
 * @limit: bytes, in the range of %KMC_A_MEM_LIMIT
 *
 * %KMC_EVENT_LIMIT_DONE tells when the cache keeps to it. Usually that is before
 * this returns; but not if there is more in the middle of being received or sent,
 * if the cache may not evict, or if the caller is killed.
 *
 * Context: process.
 */
void kmc_server_set_mem_limit(struct kmc_server *server, unsigned long limit)
{
	mutex_lock(&server->lock);
	if (server->env.cache)
		kmc_cache_set_limit(server->env.cache, limit);
	server->mem_limit = limit;
	server->limit_pending = true;
	mutex_unlock(&server->lock);
	keep_limit(server);
}

/**
 * kmc_server_read_settings() - all settings
 * @server: the server
 * @mem_limit: result: the memory limit, bytes
 * @config: result: settings of the cache
 *
 * Context: process.
 */
void kmc_server_read_settings(struct kmc_server *server, unsigned long *mem_limit,
			      struct kmc_cache_config *config)
{
	mutex_lock(&server->lock);
	*mem_limit = server->mem_limit;
	*config = server->config;
	mutex_unlock(&server->lock);
}

/**
 * kmc_server_flush() - invalidate all items
 * @server: the server
 * @delay: seconds from now
 *
 * Context: process.
 */
void kmc_server_flush(struct kmc_server *server, u32 delay)
{
	struct kmc_cache *cache;
	u32 now;

	mutex_lock(&server->lock);
	cache = server->env.cache;
	kmc_stats_inc(&server->stats, KMC_STAT_CMD_FLUSH);
	if (cache) {
		now = kmc_cache_now(cache);
		kmc_cache_flush(cache, delay > U32_MAX - now ? U32_MAX : now + delay);
	}
	mutex_unlock(&server->lock);
}

/**
 * kmc_server_read_stats() - read all statistics
 * @server: the server
 * @value: %__KMC_STAT_MAX of them, indexed by &enum kmc_stat
 *
 * Context: process.
 */
void kmc_server_read_stats(struct kmc_server *server, u64 *value)
{
	enum kmc_stat stat;

	mutex_lock(&server->lock);
	for (stat = 0; stat < __KMC_STAT_MAX; stat++)
		value[stat] = server->env.cache ? kmc_dump_read_stat(&server->env, stat) : 0;
	value[KMC_STAT_LIMIT_MAXBYTES] = server->mem_limit;
	value[KMC_STAT_MAX_CONNECTIONS] = server->env.max_connections;
	mutex_unlock(&server->lock);
}

static int __net_init server_net_init(struct net *net)
{
	struct kmc_server *server = kmc_server_of(net);

	server->net = net;
	mutex_init(&server->lock);
	INIT_LIST_HEAD(&server->listeners);
	server->mem_limit = KMC_MEM_LIMIT_DEFAULT;
	server->config = KMC_CACHE_CONFIG_DEFAULT;
	INIT_DELAYED_WORK(&server->limit_work, limit_work);
	kmc_events_init(&server->events, events_work);
	server->env.stats = &server->stats;
	server->env.events = &server->events;
	server->env.max_connections = MAX_CONNECTIONS_DEFAULT;
	server->env.item_size_max = ITEM_SIZE_MAX_DEFAULT;
	return kmc_stats_init(&server->stats);
}

/* While the namespace can still send: connections end with a reset. */
static void __net_exit server_net_pre_exit(struct net *net)
{
	kmc_server_remove_all_listeners(kmc_server_of(net));
}

static void __net_exit server_net_exit(struct net *net)
{
	struct kmc_server *server = kmc_server_of(net);

	/* uses the cache */
	cancel_delayed_work_sync(&server->limit_work);
	if (server->env.cache)
		kmc_cache_destroy(server->env.cache);
	/* who raised events is gone */
	cancel_work_sync(&server->events.work);
	kmc_stats_uninit(&server->stats);
}

static struct pernet_operations server_net_ops = {
	.init = server_net_init,
	.pre_exit = server_net_pre_exit,
	.exit = server_net_exit,
	.id = &server_net_id,
	.size = sizeof(struct kmc_server),
};

/**
 * kmc_server_module_init() - give every network namespace a server
 *
 * Return: 0 or a negative errno.
 */
int kmc_server_module_init(void)
{
	return register_pernet_subsys(&server_net_ops);
}

/**
 * kmc_server_module_uninit() - end all servers
 */
void kmc_server_module_uninit(void)
{
	unregister_pernet_subsys(&server_net_ops);
}
