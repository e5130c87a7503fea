/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* An address that connections are accepted on. */
#ifndef KMC_NET_LISTENER_H
#define KMC_NET_LISTENER_H

#include <linux/completion.h>
#include <linux/in6.h>
#include <linux/list.h>
#include <linux/socket.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "../exec/access.h"
#include "roster.h"
#include "sock.h"

struct kmc_env;
struct net;
struct netlink_ext_ack;

/* As long as a workqueue's name may be on the oldest kernel, its NUL included. */
#define KMC_LISTENER_NAME 24

/**
 * struct kmc_listener_config - what a listener is to be
 * @addr: the address
 * @addr_len: its length
 * @backlog: connections that may wait to be accepted
 * @is_inline: short requests are answered in softirq
 * @access: what clients may do that come by it
 */
struct kmc_listener_config {
	struct sockaddr_storage	addr;
	int			addr_len;
	u32			backlog;
	bool			is_inline;
	struct kmc_access	access;
};

/**
 * struct kmc_listener - an address that connections are accepted on
 *
 * **Lifetime**: created and destroyed by the server, under its lock. Its
 * connections point to it; kmc_listener_destroy() waits until the last of them is
 * gone.
 *
 * **Locking**: I: set by kmc_listener_create(). L: @lock, a leaf. V: the server's
 * lock. A: accessed without a lock.
 *
 * @node: V: in &kmc_server.listeners
 * @member: I: its number
 * @env: I: what requests are executed against
 * @sock: I: the listening socket
 * @saved: I: its own callbacks
 * @wq: I: where the work of its connections runs, and its own
 * @accept: accepts connections
 * @addr: I: the address
 * @addr_len: I: its length
 * @backlog: I: connections that may wait to be accepted
 * @is_inline: V to change, A to read: short requests are answered in softirq
 * @access: I: what clients may do that come by it
 * @scan: looks for connections on which nothing happens
 * @scanning: it has done so the last time; its own
 * @lock: protects the list of connections; taken with bottom halves off
 * @conns: L: connections accepted here
 * @nr_conns: L to write, A to read: how many they are
 * @stopping: L: @gone is to be completed when the last one goes
 * @gone: there are no connections any more, nor will be
 */
struct kmc_listener {
	struct list_head		node;
	struct kmc_member		member;
	struct kmc_env			*env;
	struct socket			*sock;
	struct kmc_sock_saved		saved;
	struct workqueue_struct		*wq;
	struct delayed_work		accept;
	struct sockaddr_storage		addr;
	int				addr_len;
	u32				backlog;
	bool				is_inline;
	struct kmc_access		access;
	struct delayed_work		scan;
	bool				scanning;
	spinlock_t			lock;
	struct list_head		conns;
	u32				nr_conns;
	bool				stopping;
	struct completion		gone;
};

struct kmc_listener *kmc_listener_create(struct net *net, struct kmc_env *env,
					 const struct kmc_listener_config *config,
					 struct netlink_ext_ack *extack);
void kmc_listener_destroy(struct kmc_listener *listener);
void kmc_listener_kick(struct kmc_listener *listener);
void kmc_listener_scan(struct kmc_listener *listener);

#endif
