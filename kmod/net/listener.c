// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "listener.h"

#include <linux/err.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/sock.h>

#include "conn.h"
#include "idle.h"

/* Connections accepted in one turn of the accept work. */
#define ACCEPT_BUDGET 64

/* When to try again if there was no memory for a connection. */
#define ACCEPT_RETRY (HZ / 10)

/**
 * kmc_listener_kick() - there may be a connection to accept
 * @listener: the listener
 *
 * Context: any.
 */
void kmc_listener_kick(struct kmc_listener *listener)
{
	mod_delayed_work(listener->wq, &listener->accept, 0);
}

/* One connection. -EAGAIN: there is none. -ENOMEM: later. */
static int accept_one(struct kmc_listener *listener)
{
	struct socket *sock;
	int err;

	err = kernel_accept(listener->sock, &sock, O_NONBLOCK);
	if (err)
		return err;
	kmc_sock_adopt(sock, &listener->saved);
	return kmc_conn_create(listener, sock);
}

static void accept_work(struct work_struct *work)
{
	struct kmc_listener *listener = container_of(to_delayed_work(work), struct kmc_listener,
						     accept);
	int i;

	for (i = 0; i < ACCEPT_BUDGET; i++) {
		int err = accept_one(listener);

		if (err == -EAGAIN || err == -EINVAL)
			return;
		/*
		 * Short of memory: the connection is still there, and nobody will
		 * say so again. The rest concerns one connection.
		 */
		if (err && err != -EUSERS && err != -ECONNABORTED) {
			queue_delayed_work(listener->wq, &listener->accept, ACCEPT_RETRY);
			return;
		}
	}
	queue_delayed_work(listener->wq, &listener->accept, 0);
}

static void scan_work(struct work_struct *work)
{
	struct kmc_listener *listener = container_of(to_delayed_work(work), struct kmc_listener,
						     scan);

	if (kmc_idle_scan(listener))
		queue_delayed_work(listener->wq, &listener->scan, KMC_IDLE_INTERVAL);
}

/**
 * kmc_listener_scan() - look for connections on which nothing happens, if that is wanted now
 * @listener: the listener
 *
 * Context: any, if it is certain that the listener is still there.
 */
void kmc_listener_scan(struct kmc_listener *listener)
{
	mod_delayed_work(listener->wq, &listener->scan, 0);
}

static void explain(struct netlink_ext_ack *extack, int err)
{
	switch (err) {
	case -EADDRINUSE:
		NL_SET_ERR_MSG(extack, "something listens there already");
		break;
	case -EADDRNOTAVAIL:
		NL_SET_ERR_MSG(extack, "not an address of this network namespace");
		break;
	case -EAFNOSUPPORT:
		NL_SET_ERR_MSG(extack, "the kernel does not have this address family");
		break;
	case -ENOMEM:
	case -ENOBUFS:
	/* for want of memory; there is no limit of files for the kernel */
	case -ENFILE:
		NL_SET_ERR_MSG(extack, "no memory for another listener");
		break;
	default:
		NL_SET_ERR_MSG(extack, "cannot listen there");
		break;
	}
}

static int open_socket(struct kmc_listener *listener, struct net *net)
{
	struct socket *sock;
	int err;

	err = sock_create_kern(net, listener->addr.ss_family, SOCK_STREAM, IPPROTO_TCP, &sock);
	if (err)
		return err;
	/* connections inherit the next two */
	tcp_sock_set_nodelay(sock->sk);
	sock_set_keepalive(sock->sk);
	sock_set_reuseaddr(sock->sk);
	err = kernel_bind(sock, (struct sockaddr *)&listener->addr, listener->addr_len);
	if (err)
		goto out_release_sock;
	listener->sock = sock;
	kmc_sock_install_listener(sock, listener, &listener->saved);
	err = kernel_listen(sock, listener->backlog);
	if (err)
		goto out_restore_callbacks;
	return 0;

out_restore_callbacks:
	kmc_sock_restore_listener(sock, &listener->saved);
	cancel_delayed_work_sync(&listener->accept);
out_release_sock:
	sock_release(sock);
	return err;
}

static struct workqueue_struct *create_workqueue_for(const struct sockaddr_storage *addr)
{
	char name[KMC_LISTENER_NAME];

	/* IPv6 addresses may be cut off; the name is for people */
	snprintf(name, sizeof(name), "kmc/%pISpc", addr);
	return alloc_workqueue("%s", 0, 0, name);
}

/**
 * kmc_listener_create() - listen on an address
 * @net: network namespace
 * @env: what requests are executed against; outlives the listener
 * @config: what it is to be
 * @extack: gets a sentence if it fails
 *
 * Context: process.
 *
 * Return: the listener, accepting, or an ERR_PTR.
 */
struct kmc_listener *kmc_listener_create(struct net *net, struct kmc_env *env,
					 const struct kmc_listener_config *config,
					 struct netlink_ext_ack *extack)
{
	struct kmc_listener *listener;
	int err = -ENOMEM;

	listener = kzalloc(sizeof(*listener), GFP_KERNEL);
	if (!listener)
		goto out_explain;
	listener->env = env;
	listener->addr = config->addr;
	listener->addr_len = config->addr_len;
	listener->backlog = config->backlog;
	listener->is_inline = config->is_inline;
	listener->access = config->access;
	INIT_DELAYED_WORK(&listener->accept, accept_work);
	INIT_DELAYED_WORK(&listener->scan, scan_work);
	spin_lock_init(&listener->lock);
	INIT_LIST_HEAD(&listener->conns);
	init_completion(&listener->gone);

	listener->wq = create_workqueue_for(&config->addr);
	if (!listener->wq)
		goto out_free_listener;
	err = kmc_roster_reserve(env, &listener->member, true);
	if (err)
		goto out_destroy_wq;
	err = open_socket(listener, net);
	if (err)
		goto out_leave_roster;
	kmc_listener_scan(listener);
	kmc_roster_add(env, &listener->member);
	return listener;

out_leave_roster:
	kmc_roster_remove(env, &listener->member);
out_destroy_wq:
	destroy_workqueue(listener->wq);
out_free_listener:
	kfree(listener);
out_explain:
	explain(extack, err);
	return ERR_PTR(err);
}

/**
 * kmc_listener_destroy() - stop listening and close what was accepted
 * @listener: the listener, not on a list any more
 *
 * Phases: *unpublish*: nobody looks at it any more, nor kicks the accept work, and
 * when that has ended nobody makes connections, so that releasing the socket can
 * leave none behind; nor does the scan kick any. *Wait*: each connection is told to die
 * and destroys itself. *Drain*: a
 * connection's work may still be returning from that, which destroying the
 * workqueue waits for. *Free*.
 *
 * Context: process.
 */
void kmc_listener_destroy(struct kmc_listener *listener)
{
	kmc_roster_remove(listener->env, &listener->member);
	kmc_sock_restore_listener(listener->sock, &listener->saved);
	cancel_delayed_work_sync(&listener->accept);
	cancel_delayed_work_sync(&listener->scan);
	sock_release(listener->sock);

	kmc_conn_kill_all(listener);
	wait_for_completion(&listener->gone);

	destroy_workqueue(listener->wq);
	kfree(listener);
}
