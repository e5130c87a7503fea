// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "conn.h"

#include <linux/module.h>
#include <linux/net.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "form.h"

/* Replies that are given to TCP in one call. */
#define BATCH 64

/* When to try again after there was no memory. */
#define RETRY_TIME (HZ / 50)

static bool trim;
module_param(trim, bool, 0644);
MODULE_PARM_DESC(trim, "An idle connection keeps no page to copy replies to");

static bool timed;
module_param(timed, bool, 0644);
MODULE_PARM_DESC(timed, "Add up the time that is spent in data_ready; for one CPU");

static unsigned long busy;
module_param(busy, ulong, 0644);
MODULE_PARM_DESC(busy, "That time, in nanoseconds");

/**
 * struct batch - replies to be sent
 * @count: pieces of memory
 * @bytes: how long they are together
 * @vec: the pieces
 */
struct batch {
	unsigned int	count;
	size_t		bytes;
	struct kvec	vec[BATCH];
};

/**
 * struct null_conn - one client
 *
 * Created by accepting; destroyed by its own work. Everything is under the socket's
 * lock, but for @is_dying.
 *
 * @node: in the list of all, under conns_lock
 * @sock: its socket
 * @work: does what cannot be done in softirq: the rest of a reply, and the end
 * @data_ready: the socket's own callbacks
 * @write_space: likewise
 * @state_change: likewise
 * @form: the request that is being read
 * @left: what of it was not read
 * @rest: replies that TCP did not take; seldom anything but NULL
 * @is_sending: tcp_sendmsg_locked() is running
 * @is_broken: to be closed
 * @is_dying: to be closed: the module goes
 */
struct null_conn {
	struct list_head		node;
	struct socket			*sock;
	struct delayed_work		work;
	void				(*data_ready)(struct sock *sk);
	void				(*write_space)(struct sock *sk);
	void				(*state_change)(struct sock *sk);
	const struct null_form		*form;
	u32				left;
	struct batch			*rest;
	bool				is_sending;
	bool				is_broken;
	bool				is_dying;
};

static struct workqueue_struct *wq;
static LIST_HEAD(conns);
static DEFINE_SPINLOCK(conns_lock);
static DECLARE_WAIT_QUEUE_HEAD(conns_gone);

static void kick(struct null_conn *conn)
{
	mod_delayed_work(wq, &conn->work, 0);
}

/* Take from the front of a batch what was sent. */
static void drop(struct batch *batch, size_t bytes)
{
	unsigned int i = 0;

	batch->bytes -= bytes;
	while (i < batch->count && bytes >= batch->vec[i].iov_len)
		bytes -= batch->vec[i++].iov_len;
	batch->count -= i;
	memmove(batch->vec, batch->vec + i, batch->count * sizeof(batch->vec[0]));
	if (bytes) {
		batch->vec[0].iov_base += bytes;
		batch->vec[0].iov_len -= bytes;
	}
}

/* Whether all of it was taken. */
static bool send(struct null_conn *conn, struct batch *batch)
{
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
	struct sock *sk = conn->sock->sk;
	int sent;

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, batch->vec, batch->count, batch->bytes);
	conn->is_sending = true;
	sent = tcp_sendmsg_locked(sk, &msg, batch->bytes);
	conn->is_sending = false;
	if (sent == batch->bytes)
		return true;
	if (sent < 0 && sent != -EAGAIN)
		conn->is_broken = true;
	else if (sent > 0)
		drop(batch, sent);
	/* nothing is under way whose end would be told */
	else if (tcp_rtx_and_write_queues_empty(sk))
		mod_delayed_work(wq, &conn->work, RETRY_TIME);
	return false;
}

/* One more request is read. */
static void add_reply(struct batch *batch, const struct null_form *form)
{
	struct kvec *vec = &batch->vec[batch->count++];

	vec->iov_base = (void *)form->reply;
	vec->iov_len = form->reply_size;
	batch->bytes += form->reply_size;
}

static bool begin_request(struct null_conn *conn, struct sk_buff *skb, unsigned int offset)
{
	u8 first;

	conn->is_broken = skb_copy_bits(skb, offset, &first, 1) < 0;
	if (conn->is_broken)
		return false;
	conn->form = null_form_find(first);
	conn->is_broken = !conn->form;
	if (conn->is_broken)
		return false;
	conn->left = conn->form->request_size;
	return true;
}

struct reader {
	struct null_conn	*conn;
	struct batch		*batch;
};

/* Called by tcp_read_sock(). Only the first byte of a request is looked at. */
static int read_skb(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct reader *reader = desc->arg.data;
	struct null_conn *conn = reader->conn;
	size_t done = 0, part;

	while (done < len) {
		if (!conn->left && (reader->batch->count == BATCH ||
				    !begin_request(conn, skb, offset + done)))
			break;
		part = min_t(size_t, len - done, conn->left);
		conn->left -= part;
		done += part;
		if (!conn->left)
			add_reply(reader->batch, conn->form);
	}
	return done;
}

static void keep(struct null_conn *conn, const struct batch *batch)
{
	if (conn->is_broken)
		return;
	conn->rest = kmemdup(batch, sizeof(*batch), GFP_ATOMIC);
	if (!conn->rest)
		conn->is_broken = true;
}

/* The page that replies are copied to is 32 KiB. */
static void put_frag(struct sock *sk)
{
	if (!sk->sk_frag.page)
		return;
	put_page(sk->sk_frag.page);
	sk->sk_frag.page = NULL;
}

static bool is_connected(const struct sock *sk)
{
	return sk->sk_state == TCP_ESTABLISHED || sk->sk_state == TCP_CLOSE_WAIT;
}

static bool send_rest(struct null_conn *conn)
{
	if (!conn->rest)
		return true;
	if (!send(conn, conn->rest))
		return false;
	kfree(conn->rest);
	conn->rest = NULL;
	return true;
}

/* Answer all that is there. In softirq or in process context, with the socket's lock. */
static void serve(struct null_conn *conn)
{
	struct sock *sk = conn->sock->sk;
	struct batch batch;
	struct reader reader = { .conn = conn, .batch = &batch };

	if (!is_connected(sk) || !send_rest(conn))
		return;
	do {
		read_descriptor_t desc = { .arg.data = &reader, .count = 1 };

		batch.count = 0;
		batch.bytes = 0;
		if (tcp_read_sock(sk, &desc, read_skb) < 0)
			conn->is_broken = true;
		if (batch.count && !send(conn, &batch)) {
			keep(conn, &batch);
			return;
		}
	} while (batch.count == BATCH && !conn->is_broken);
	if (trim)
		put_frag(sk);
}

/*
 * The callbacks are called with the socket's spinlock held, or by who owns the socket:
 * while one runs, destroy() does not get the lock it needs to take the connection away.
 */

static void data_ready(struct sock *sk)
{
	struct null_conn *conn;
	u64 begin = 0;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (!conn)
		goto out_unlock;
	if (sock_owned_by_user_nocheck(sk) || sock_flag(sk, SOCK_DEAD) || conn->rest) {
		kick(conn);
		goto out_unlock;
	}
	if (timed)
		begin = ktime_get_ns();
	serve(conn);
	if (begin)
		busy += ktime_get_ns() - begin;
	if (conn->is_broken || sk->sk_shutdown & RCV_SHUTDOWN)
		kick(conn);
out_unlock:
	rcu_read_unlock();
}

static void write_space(struct sock *sk)
{
	struct null_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (conn) {
		conn->write_space(sk);
		if (conn->rest && !conn->is_sending && sk_stream_is_writeable(sk))
			kick(conn);
	}
	rcu_read_unlock();
}

static void state_change(struct sock *sk)
{
	struct null_conn *conn;

	rcu_read_lock();
	conn = rcu_dereference_sk_user_data(sk);
	if (conn) {
		conn->state_change(sk);
		kick(conn);
	}
	rcu_read_unlock();
}

static void install(struct null_conn *conn, void (*own_data_ready)(struct sock *sk))
{
	struct sock *sk = conn->sock->sk;

	/* what is sent in softirq must not sleep, nor use the memory of whoever is current */
	sk->sk_allocation = GFP_ATOMIC;
	sk->sk_use_task_frag = false;
	write_lock_bh(&sk->sk_callback_lock);
	/* until now it was the listener's */
	conn->data_ready = own_data_ready;
	conn->write_space = sk->sk_write_space;
	conn->state_change = sk->sk_state_change;
	rcu_assign_sk_user_data(sk, conn);
	sk->sk_data_ready = data_ready;
	sk->sk_write_space = write_space;
	sk->sk_state_change = state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

static void restore(struct null_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	write_lock_bh(&sk->sk_callback_lock);
	rcu_assign_sk_user_data(sk, NULL);
	sk->sk_data_ready = conn->data_ready;
	sk->sk_write_space = conn->write_space;
	sk->sk_state_change = conn->state_change;
	write_unlock_bh(&sk->sk_callback_lock);
}

/* In its own work: when nobody queues it any more, it is queued no more. */
static void destroy(struct null_conn *conn)
{
	lock_sock(conn->sock->sk);
	restore(conn);
	release_sock(conn->sock->sk);
	spin_lock_bh(&conns_lock);
	list_del(&conn->node);
	spin_unlock_bh(&conns_lock);
	cancel_delayed_work(&conn->work);
	/* the client has closed, or the module goes */
	sock_no_linger(conn->sock->sk);
	sock_release(conn->sock);
	kfree(conn->rest);
	kfree(conn);
	wake_up(&conns_gone);
}

static void conn_work(struct work_struct *work)
{
	struct null_conn *conn = container_of(to_delayed_work(work), struct null_conn, work);
	struct sock *sk = conn->sock->sk;
	bool is_over;

	lock_sock(sk);
	serve(conn);
	is_over = conn->is_broken || READ_ONCE(conn->is_dying) || !is_connected(sk) ||
		  (sk->sk_shutdown & RCV_SHUTDOWN && !conn->rest);
	release_sock(sk);
	if (is_over)
		destroy(conn);
}

/**
 * null_conn_create() - begin to serve an accepted socket
 * @sock: the socket; it is taken over
 * @own_data_ready: the callback it would have if the listener had none of ours
 *
 * Context: process.
 */
void null_conn_create(struct socket *sock, void (*own_data_ready)(struct sock *sk))
{
	struct null_conn *conn = kzalloc(sizeof(*conn), GFP_KERNEL);

	lock_sock(sock->sk);
	if (!conn) {
		sock->sk->sk_data_ready = own_data_ready;
		release_sock(sock->sk);
		sock_no_linger(sock->sk);
		sock_release(sock);
		return;
	}
	conn->sock = sock;
	INIT_DELAYED_WORK(&conn->work, conn_work);
	spin_lock_bh(&conns_lock);
	list_add(&conn->node, &conns);
	spin_unlock_bh(&conns_lock);
	install(conn, own_data_ready);
	/* for what has come before; with the lock held, or the connection may be gone */
	kick(conn);
	release_sock(sock->sk);
}

/**
 * null_conn_module_init() - be ready to serve
 *
 * Return: 0 or -ENOMEM.
 */
int null_conn_module_init(void)
{
	wq = alloc_workqueue("kmc_null", 0, 0);
	return wq ? 0 : -ENOMEM;
}

/**
 * null_conn_module_uninit() - end all connections; nobody makes new ones
 */
void null_conn_module_uninit(void)
{
	struct null_conn *conn;

	spin_lock_bh(&conns_lock);
	list_for_each_entry(conn, &conns, node) {
		WRITE_ONCE(conn->is_dying, true);
		kick(conn);
	}
	spin_unlock_bh(&conns_lock);
	wait_event(conns_gone, list_empty_careful(&conns));
	destroy_workqueue(wq);
}
