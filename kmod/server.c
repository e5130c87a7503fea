// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "server.h"

#include <linux/err.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "cache/cache.h"
#include "exec/auth.h"
#include "exec/dump.h"
#include "net/listener.h"
#include "net/roster.h"

/* How often to look whether a lowered memory limit is kept. */
#define LIMIT_INTERVAL (HZ / 4)

/* How often clients may change the memory limit. */
#define REQUEST_INTERVAL (HZ / 10)

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
	if (!server->env.latency)
		server->env.latency = kmc_latency_create();
	if (!server->env.latency) {
		NL_SET_ERR_MSG(extack, "no memory for the statistics");
		return -ENOMEM;
	}
	cache = kmc_cache_create(server->config.mem_limit, &server->stats, &server->events,
				 &kmc_watch_cache_ops, &server->env);
	if (IS_ERR(cache)) {
		NL_SET_ERR_MSG(extack, "no memory for the cache");
		return PTR_ERR(cache);
	}
	kmc_cache_configure(cache, &server->config.cache);
	server->env.cache = cache;
	return 0;
}

/**
 * kmc_server_add_listener() - listen on an address
 * @server: the server
 * @config: where, and what clients may do there
 * @extack: gets a sentence if it fails
 *
 * Context: process.
 *
 * Return: 0 or a negative errno.
 */
int kmc_server_add_listener(struct kmc_server *server, const struct kmc_listener_config *config,
			    struct netlink_ext_ack *extack)
{
	struct kmc_listener *listener;
	int err;

	mutex_lock(&server->lock);
	err = create_cache(server, extack);
	if (err)
		goto out_unlock;
	listener = kmc_listener_create(server->net, &server->env, config, extack);
	if (IS_ERR(listener)) {
		err = PTR_ERR(listener);
		goto out_unlock;
	}
	list_add_tail(&listener->node, &server->listeners);
	server->generation++;
	tell(server, KMC_EVENT_LISTENER_UP, &config->addr);
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
 * kmc_server_set_inline() - change whether a listener's clients are served in softirq
 * @server: the server
 * @addr: where it listens
 * @is_inline: whether they are; those that are connected, too
 *
 * Context: process.
 *
 * Return: 0 or -ENOENT.
 */
int kmc_server_set_inline(struct kmc_server *server, const struct sockaddr_storage *addr,
			  bool is_inline)
{
	struct kmc_listener *listener;

	mutex_lock(&server->lock);
	listener = find_listener(server, addr);
	if (listener)
		WRITE_ONCE(listener->is_inline, is_inline);
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

/* What must be so whatever is changed. */
static int check_config(const struct kmc_server_config *config, struct netlink_ext_ack *extack)
{
	/* a large item takes the place of others; this much of it may be on its way */
	if (config->item_size_max <= config->mem_limit / 2)
		return 0;
	NL_SET_ERR_MSG(extack, "the largest item may take half of the memory limit, but not more");
	return -ERANGE;
}

/* Requests look at these without a lock, and each at its own time. */
static void apply_config(struct kmc_server *server)
{
	const struct kmc_server_config *config = &server->config;
	struct kmc_env *env = &server->env;
	struct kmc_listener *listener;

	lockdep_assert_held(&server->lock);
	WRITE_ONCE(env->item_size_max, config->item_size_max);
	WRITE_ONCE(env->mem_limit_max, config->mem_limit_max);
	WRITE_ONCE(env->max_connections, config->max_connections);
	WRITE_ONCE(env->idle_timeout, config->idle_timeout);
	WRITE_ONCE(env->stuck_timeout, config->stuck_timeout);
	WRITE_ONCE(env->requests_per_turn, config->requests_per_turn);
	WRITE_ONCE(env->prefix_delimiter[0], config->prefix_delimiter);
	if (env->cache)
		kmc_cache_configure(env->cache, &config->cache);
	list_for_each_entry(listener, &server->listeners, node)
		kmc_listener_scan(listener);
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
	if (cache) {
		kmc_prefixes_trim(&server->env);
		kmc_cache_trim(cache);
	}

	mutex_lock(&server->lock);
	if (server->limit_pending) {
		server->limit_pending = cache && !kmc_cache_end_trim(cache);
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
 * kmc_server_configure() - change settings, all or none
 * @server: the server
 * @change: changes them; may not fail, nor wait
 * @arg: passed to @change
 * @set_limit: the memory limit is among them
 * @extack: gets a sentence if it fails
 *
 * %KMC_EVENT_LIMIT_DONE tells when the cache keeps to the limit. Usually that is before
 * this returns; but not if there is more in the middle of being received or sent,
 * if the cache may not evict, or if the caller is killed.
 *
 * Context: process.
 *
 * Return: 0 or -ERANGE.
 */
int kmc_server_configure(struct kmc_server *server,
			 void (*change)(struct kmc_server_config *config, void *arg), void *arg,
			 bool set_limit, struct netlink_ext_ack *extack)
{
	struct kmc_server_config config;
	int err;

	mutex_lock(&server->lock);
	config = server->config;
	change(&config, arg);
	err = check_config(&config, extack);
	if (err)
		goto out_unlock;
	server->config = config;
	/* before the limit: whether a lower one evicts is one of these */
	apply_config(server);
	if (set_limit && server->env.cache)
		kmc_cache_set_limit(server->env.cache, config.mem_limit);
	if (set_limit)
		server->limit_pending = true;
out_unlock:
	mutex_unlock(&server->lock);
	if (!err && set_limit)
		keep_limit(server);
	return err;
}

static void change_limit(struct kmc_server_config *config, void *limit)
{
	/* it may have been lowered since the request */
	config->mem_limit = min(*(unsigned long *)limit, config->mem_limit_max);
}

static void request_work(struct work_struct *work)
{
	struct kmc_server *server = container_of(to_delayed_work(work), struct kmc_server,
						 request_work);
	unsigned long limit = READ_ONCE(server->requested_limit);
	bool is_set;

	mutex_lock(&server->lock);
	is_set = server->config.mem_limit == limit;
	mutex_unlock(&server->lock);
	if (!is_set)
		kmc_server_configure(server, change_limit, &limit, true, NULL);
}

/*
 * A request cannot wait for the lock. Of several that come within a time the last one
 * counts: each may be a lot of work.
 */
static void request_limit(struct kmc_env *env, unsigned long limit)
{
	struct kmc_server *server = container_of(env, struct kmc_server, env);

	WRITE_ONCE(server->requested_limit, limit);
	queue_delayed_work(system_unbound_wq, &server->request_work, REQUEST_INTERVAL);
}

/**
 * kmc_server_read_config() - all settings
 * @server: the server
 * @config: result
 *
 * Context: process.
 */
void kmc_server_read_config(struct kmc_server *server, struct kmc_server_config *config)
{
	mutex_lock(&server->lock);
	*config = server->config;
	mutex_unlock(&server->lock);
}

/**
 * kmc_server_set_auth() - replace the tokens by which clients say who they are
 * @server: the server
 * @pairs: the tokens
 * @count: how many, at most %KMC_TOKENS_MAX; 0: nobody can
 *
 * Context: process; waits for a grace period.
 *
 * Return: 0; -EINVAL if one of them cannot be; -ENOMEM.
 */
int kmc_server_set_auth(struct kmc_server *server, const struct kmc_auth_pair *pairs,
			size_t count)
{
	struct kmc_auth_table *new = kmc_auth_table_create(pairs, count), *old;

	if (IS_ERR(new))
		return PTR_ERR(new);
	mutex_lock(&server->lock);
	old = rcu_replace_pointer(server->env.auth, new, lockdep_is_held(&server->lock));
	mutex_unlock(&server->lock);
	synchronize_rcu();
	kmc_auth_table_destroy(old);
	return 0;
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
	value[KMC_STAT_LIMIT_MAXBYTES] = server->config.mem_limit;
	value[KMC_STAT_MAX_CONNECTIONS] = server->env.max_connections;
	mutex_unlock(&server->lock);
}

/**
 * kmc_server_read_latency() - for how long requests have waited
 * @server: the server
 * @class: which requests
 * @counts: result, %KMC_LATENCY_BUCKETS of them
 *
 * Context: process.
 */
void kmc_server_read_latency(struct kmc_server *server, enum kmc_latency_class class, u64 *counts)
{
	mutex_lock(&server->lock);
	if (server->env.latency)
		kmc_latency_read(server->env.latency, class, counts);
	else
		memset(counts, 0, KMC_LATENCY_BUCKETS * sizeof(*counts));
	mutex_unlock(&server->lock);
}

static int __net_init server_net_init(struct net *net)
{
	struct kmc_server *server = kmc_server_of(net);
	int err;

	server->net = net;
	mutex_init(&server->lock);
	INIT_LIST_HEAD(&server->listeners);
	server->config = (struct kmc_server_config){
		.cache = KMC_CACHE_CONFIG_DEFAULT,
		.mem_limit = KMC_MEM_LIMIT_DEFAULT,
		.mem_limit_max = KMC_MEM_LIMIT_DEFAULT,
		.item_size_max = KMC_ITEM_SIZE_DEFAULT,
		.max_connections = KMC_CONNECTIONS_DEFAULT,
		.requests_per_turn = KMC_REQUESTS_PER_TURN_DEFAULT,
		.prefix_delimiter = ':',
	};
	INIT_DELAYED_WORK(&server->limit_work, limit_work);
	INIT_DELAYED_WORK(&server->request_work, request_work);
	kmc_events_init(&server->events, events_work);
	server->env.netns = net->ns.inum;
	server->env.stats = &server->stats;
	server->env.events = &server->events;
	mutex_lock(&server->lock);
	apply_config(server);
	mutex_unlock(&server->lock);
	server->env.request_limit = request_limit;
	kmc_watch_init(&server->env.watch);
	kmc_roster_init(&server->env);
	err = kmc_prefixes_init(&server->env.prefixes);
	if (err)
		return err;
	err = kmc_stats_init(&server->stats);
	if (err)
		kmc_prefixes_uninit(&server->env.prefixes);
	return err;
}

/* While the namespace can still send: connections end with a reset. */
static void __net_exit server_net_pre_exit(struct net *net)
{
	kmc_server_remove_all_listeners(kmc_server_of(net));
}

static void __net_exit server_net_exit(struct net *net)
{
	struct kmc_server *server = kmc_server_of(net);

	/* both use the cache, and the first one queues the other */
	cancel_delayed_work_sync(&server->request_work);
	cancel_delayed_work_sync(&server->limit_work);
	kmc_prefixes_free_all(&server->env);
	if (server->env.cache)
		kmc_cache_destroy(server->env.cache);
	kmc_latency_destroy(server->env.latency);
	kmc_auth_table_destroy(rcu_dereference_protected(server->env.auth, true));
	kmc_prefixes_uninit(&server->env.prefixes);
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
