// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A server that does as little as one can: it answers so and so many bytes with a fixed
 * reply, in the softirq that brings them. What it costs is what TCP costs, and so the
 * limit for a server that does something. It is told what to answer by writing to
 * /dev/kmc_null, once for each first byte of a request. It listens on 127.0.0.1 only,
 * in the first network namespace.
 */
#include <linux/in.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/tcp.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "conn.h"
#include "form.h"

#define BACKLOG 1024

/* So large that every reply fits: what is limited by it would wait for a work item. */
#define SNDBUF (4 << 20)

static ushort port = 11311;
module_param(port, ushort, 0444);
MODULE_PARM_DESC(port, "Port of 127.0.0.1");

static struct socket *listener;
static void (*own_data_ready)(struct sock *sk);

static void accept_all(struct work_struct *work)
{
	struct socket *sock;

	while (!kernel_accept(listener, &sock, O_NONBLOCK)) {
		null_conn_create(sock, own_data_ready);
		cond_resched();
	}
}

static DECLARE_WORK(accept_work, accept_all);

static void listener_data_ready(struct sock *sk)
{
	/* a connection inherits this until it is accepted */
	if (sk->sk_state == TCP_LISTEN)
		schedule_work(&accept_work);
}

static void take_callback(struct sock *sk)
{
	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	own_data_ready = sk->sk_data_ready;
	sk->sk_data_ready = listener_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	WRITE_ONCE(sk->sk_sndbuf, SNDBUF);
	release_sock(sk);
}

static void give_back_callback(struct sock *sk)
{
	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	sk->sk_data_ready = own_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
}

static void stop_listening(void)
{
	give_back_callback(listener->sk);
	cancel_work_sync(&accept_work);
	sock_release(listener);
}

static int start_listening(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int err;

	err = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, &listener);
	if (err)
		return err;
	/* connections inherit this, and the size of the buffer */
	tcp_sock_set_nodelay(listener->sk);
	sock_set_reuseaddr(listener->sk);
	take_callback(listener->sk);
	err = kernel_bind(listener, (struct sockaddr *)&addr, sizeof(addr));
	if (!err)
		err = kernel_listen(listener, BACKLOG);
	if (err)
		stop_listening();
	return err;
}

static int __init null_init(void)
{
	int err;

	err = null_conn_module_init();
	if (err)
		return err;
	err = null_form_module_init();
	if (err)
		goto out_uninit_conn;
	err = start_listening();
	if (err)
		goto out_uninit_form;
	return 0;

out_uninit_form:
	null_form_module_uninit();
out_uninit_conn:
	null_conn_module_uninit();
	return err;
}

static void __exit null_exit(void)
{
	stop_listening();
	null_conn_module_uninit();
	/* who has called one of our callbacks may not have left it */
	synchronize_rcu();
	null_form_module_uninit();
}

module_init(null_init);
module_exit(null_exit);
MODULE_DESCRIPTION("Answers without doing anything, to measure what that costs");
MODULE_AUTHOR("The kmemcached authors");
MODULE_LICENSE("Dual BSD/GPL");
