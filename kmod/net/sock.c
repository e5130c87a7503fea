// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "sock.h"

#include <linux/net.h>
#include <linux/sched/clock.h>
#include <linux/tcp.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "conn.h"
#include "inline.h"
#include "listener.h"

/*
 * Every callback may run in softirq with the socket's spinlock held, or in the
 * process that owns the socket, which may be our own work. It holds
 * sk_callback_lock for reading while it looks at sk_user_data, so that nobody who
 * has taken that away under the lock for writing need fear that it is still used.
 * RCU is for those who check how sk_user_data is read.
 */

/*
 * For the socket's lock alone: TCP never calls this without it, and __kmc_sock_restore_conn()
 * needs it, too. A request may be served in here, and the callback for space in that.
 */
static void conn_data_ready(struct sock *sk)
{
	struct kmc_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (conn && !kmc_inline_serve(conn)) {
		if (!conn->due)
			conn->due = local_clock();
		kmc_conn_kick(conn);
	}
	rcu_read_unlock();
}

/*
 * TCP calls this from within our own tcp_sendmsg_locked() too, when it is short of
 * memory. To kick then would be to try again at once, for ever.
 */
static void conn_write_space(struct sock *sk)
{
	struct kmc_conn *conn;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	conn = rcu_dereference_sk_user_data(sk);
	if (conn) {
		conn->saved.write_space(sk);
		if (!conn->sending && sk_stream_is_writeable(sk))
			kmc_conn_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

static void conn_state_change(struct sock *sk)
{
	struct kmc_conn *conn;

	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	conn = rcu_dereference_sk_user_data(sk);
	if (conn) {
		conn->saved.state_change(sk);
		kmc_conn_kick(conn);
	}
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

static void listener_data_ready(struct sock *sk)
{
	struct kmc_listener *listener;

	/* A connection inherits this until it is accepted. */
	if (inet_sk_state_load(sk) != TCP_LISTEN)
		return;
	rcu_read_lock();
	read_lock_bh(&sk->sk_callback_lock);
	listener = rcu_dereference_sk_user_data(sk);
	if (listener)
		kmc_listener_kick(listener);
	read_unlock_bh(&sk->sk_callback_lock);
	rcu_read_unlock();
}

/**
 * kmc_sock_install_listener() - have a listening socket call its listener
 * @sock: the socket, before kernel_listen()
 * @listener: what to call
 * @saved: gets the socket's own callbacks
 *
 * Context: process.
 */
void kmc_sock_install_listener(struct socket *sock, struct kmc_listener *listener,
			       struct kmc_sock_saved *saved)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	saved->data_ready = sk->sk_data_ready;
	/* not to be inherited: connections begin with NULL */
	__rcu_assign_sk_user_data_with_flags(sk, listener, SK_USER_DATA_NOCOPY);
	sk->sk_data_ready = listener_data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
}

/**
 * kmc_sock_restore_listener() - undo kmc_sock_install_listener()
 * @sock: the socket
 * @saved: its own callbacks
 *
 * Context: process. When it returns, the listener will not be called any more.
 */
void kmc_sock_restore_listener(struct socket *sock, const struct kmc_sock_saved *saved)
{
	struct sock *sk = sock->sk;

	lock_sock(sk);
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	sk->sk_data_ready = saved->data_ready;
	write_unlock_bh(&sk->sk_callback_lock);
	release_sock(sk);
}

/**
 * kmc_sock_adopt() - rid an accepted socket of what it inherited
 * @sock: the socket
 * @listener_saved: the callbacks the listening socket had before it was installed
 *
 * Without this the socket would call into the module even after it was released:
 * TCP keeps sockets that nobody has any more.
 *
 * Context: process.
 */
void kmc_sock_adopt(struct socket *sock, const struct kmc_sock_saved *listener_saved)
{
	kmc_sock_restore_listener(sock, listener_saved);
}

/**
 * __kmc_sock_install_conn() - have a socket call its connection
 * @sock: the socket, adopted, locked by lock_sock()
 * @conn: what to call
 * @saved: gets the socket's own callbacks
 *
 * What arrived before is not reported: kick the connection once, with the socket
 * still locked, for as soon as it is not, the connection may end.
 *
 * Context: process.
 */
void __kmc_sock_install_conn(struct socket *sock, struct kmc_conn *conn,
			     struct kmc_sock_saved *saved)
{
	struct sock *sk = sock->sk;

	sock_owned_by_me(sk);
	write_lock_bh(&sk->sk_callback_lock);
	saved->data_ready = sk->sk_data_ready;
	saved->write_space = sk->sk_write_space;
	saved->state_change = sk->sk_state_change;
	rcu_assign_sk_user_data(sk, conn);
	sk->sk_data_ready = conn_data_ready;
	sk->sk_write_space = conn_write_space;
	sk->sk_state_change = conn_state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

/**
 * __kmc_sock_restore_conn() - undo __kmc_sock_install_conn()
 * @sock: the socket, locked by lock_sock()
 * @saved: its own callbacks
 *
 * TCP loads and calls the callbacks under the socket's spinlock or while owning
 * the socket, so none is running, and none will be ours any more.
 *
 * Context: process.
 */
void __kmc_sock_restore_conn(struct socket *sock, const struct kmc_sock_saved *saved)
{
	struct sock *sk = sock->sk;

	sock_owned_by_me(sk);
	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	sk->sk_data_ready = saved->data_ready;
	sk->sk_write_space = saved->write_space;
	sk->sk_state_change = saved->state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

/**
 * kmc_sock_shut() - send what is left, and then a FIN
 * @sock: the socket
 *
 * Without memory for a FIN, TCP goes on as if one had been sent, and the other side
 * waits for ever. A FIN takes a sequence number, wherever it is put: without one the
 * state is taken back to what it was, from which it can be tried again, or reset.
 *
 * Context: process.
 *
 * Return: false if there was no memory.
 */
bool kmc_sock_shut(struct socket *sock)
{
	struct sock *sk = sock->sk;
	bool lost;
	int state;
	u32 seq;

	lock_sock(sk);
	state = sk->sk_state;
	seq = tcp_sk(sk)->write_seq;
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | SEND_SHUTDOWN);
	sk->sk_prot->shutdown(sk, SEND_SHUTDOWN);
	lost = sk->sk_state != state && tcp_sk(sk)->write_seq == seq;
	if (lost) {
		/* by way of ESTABLISHED: it puts the gauge CURRESTAB right */
		tcp_set_state(sk, TCP_ESTABLISHED);
		tcp_set_state(sk, state);
	}
	release_sock(sk);
	return !lost;
}

/**
 * kmc_sock_release() - close a socket with its own callbacks in place
 * @sock: the socket
 * @abort: by a reset, dropping what is not sent
 *
 * TCP stops the retransmit timer of a closed kernel socket that has no reference
 * to its namespace (inet_csk_clear_xmit_timers_sync() in tcp_close()): a lost last
 * reply would never be sent again. So take the reference now, and have TCP drop it
 * when it is done with the socket. A namespace that is going already gives none;
 * nothing can be sent there for long, so abort; and also where the client would not
 * notice otherwise.
 *
 * Context: process.
 */
void kmc_sock_release(struct socket *sock, bool abort)
{
	struct net *net = sock_net(sock->sk);

	if (!abort && kmc_sock_shut(sock) && maybe_get_net(net)) {
		sk_net_refcnt_upgrade(sock->sk);
		put_net(net);
	} else {
		sock_no_linger(sock->sk);
	}
	sock_release(sock);
}
