// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "conn.h"

#include <linux/err.h>
#include <linux/net.h>
#include <linux/sched/clock.h>
#include <linux/slab.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "../events.h"
#include "../exec/exec.h"
#include "../exec/latency.h"
#include "../stats.h"
#include "batch.h"
#include "idle.h"
#include "inline.h"
#include "listener.h"
#include "rx.h"
#include "tx.h"

/*
 * How many bytes a connection may move in one turn, before others get theirs: with the default
 * of steps, short enough that a turn of ordinary requests stays well below a millisecond.
 */
#define SERVE_BYTES (256 << 10)

/* When to try again after there was no memory. */
#define RETRY_TIME (HZ / 50)

/* How long, and for how many bytes, a client may go on sending after its end. */
#define DRAIN_TIME (2 * HZ)
#define DRAIN_BYTES (4 << 20)

/**
 * enum verdict - what becomes of a connection after a turn
 * @WAIT: it will be kicked
 * @AGAIN: it has more to do
 * @DEFER: so has it, but not where nothing may wait
 * @URGENT: it has more to do behind an urgent byte
 * @SHUT: everything is sent that ever will be
 * @CLOSE: it is over
 * @ABORT: it is over, and what is not sent does not matter
 */
enum verdict {
	WAIT,
	AGAIN,
	DEFER,
	URGENT,
	SHUT,
	CLOSE,
	ABORT,
};

static struct kmem_cache *conn_cache;

/**
 * kmc_conn_module_init() - allocate what all connections share
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_conn_module_init(void)
{
	int err;

	conn_cache = KMEM_CACHE(kmc_conn, SLAB_HWCACHE_ALIGN);
	if (!conn_cache)
		return -ENOMEM;
	err = kmc_batch_module_init();
	if (err)
		kmem_cache_destroy(conn_cache);
	return err;
}

/**
 * kmc_conn_module_uninit() - undo kmc_conn_module_init(); there is no connection
 */
void kmc_conn_module_uninit(void)
{
	kmc_inline_module_uninit();
	kmc_batch_module_uninit();
	kmem_cache_destroy(conn_cache);
}

/**
 * kmc_conn_kick() - have a connection served
 * @conn: the connection
 *
 * Never lost: what is queued while the work runs makes it run again.
 *
 * Context: any, if it is certain that the connection is still there.
 */
void kmc_conn_kick(struct kmc_conn *conn)
{
	/* where the data arrived, it is in the cache */
	queue_work_on(raw_smp_processor_id(), conn->listener->wq, &conn->work);
}

/**
 * kmc_conn_retry() - kick a connection soon, for which there was no memory
 * @conn: the connection, not draining
 *
 * Context: the connection's work.
 */
void kmc_conn_retry(struct kmc_conn *conn)
{
	mod_timer(&conn->timer, jiffies + RETRY_TIME);
}

static void conn_timer(struct timer_list *timer)
{
	struct kmc_conn *conn = container_of(timer, struct kmc_conn, timer);

	set_bit(KMC_CONN_TIMED_OUT, &conn->flags);
	kmc_conn_kick(conn);
}

static void give_out(struct kmc_conn *conn)
{
	kmc_batch_give(conn->out);
	conn->out = NULL;
}

static void free_out(struct kmc_conn *conn)
{
	if (!conn->out)
		return;
	kmc_out_drop(conn->out, conn->session.env->cache);
	give_out(conn);
}

static void free_frame_buffer(struct kmc_conn *conn)
{
	kfree(conn->frame.buf);
	conn->frame.buf = NULL;
	conn->frame.len = 0;
	conn->frame.ended = false;
}

/* An idle connection keeps no memory but its own. */
static void trim(struct kmc_conn *conn)
{
	if (conn->out && !conn->out->bytes) {
		kmc_out_forget(conn->out);
		give_out(conn);
	}
	if (conn->frame.buf && kmc_frame_is_between(&conn->frame))
		free_frame_buffer(conn);
}

static bool is_connected(const struct sock *sk)
{
	/* SYN_RECV: accepted with TCP Fast Open */
	return sk->sk_state == TCP_ESTABLISHED || sk->sk_state == TCP_CLOSE_WAIT ||
	       sk->sk_state == TCP_SYN_RECV;
}

static enum verdict drain(struct kmc_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	conn->drained += kmc_rx_discard(conn);
	if (conn->drained <= DRAIN_BYTES && !test_bit(KMC_CONN_TIMED_OUT, &conn->flags)) {
		if (kmc_rx_is_at_urgent(conn))
			return URGENT;
		if (!(sk->sk_shutdown & RCV_SHUTDOWN) && sk->sk_state != TCP_CLOSE)
			return WAIT;
	}
	return CLOSE;
}

static enum verdict nothing_to_read(const struct kmc_conn *conn)
{
	if (kmc_rx_is_at_urgent(conn))
		return URGENT;
	return conn->sock->sk->sk_shutdown & RCV_SHUTDOWN ? CLOSE : WAIT;
}

/* What cannot be sent to a client that does not read need not be kept for it. */
static enum verdict end_idle(struct kmc_conn *conn)
{
	switch (kmc_idle_check(conn)) {
	case KMC_IDLE_UNUSED:
		return CLOSE;
	case KMC_IDLE_STUCK:
		return ABORT;
	default:
		return WAIT;
	}
}

/* Send what there is to send. AGAIN: it is gone. */
static enum verdict send(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	int sent = conn->out->bytes ? kmc_tx_run(conn, budget) : 1;

	if (sent < 0)
		return CLOSE;
	/* a client that does not read is not read from: its window closes */
	if (!sent)
		return WAIT;
	return conn->state == KMC_CONN_CLOSING ? SHUT : AGAIN;
}

/*
 * One round: read, then send what comes of it. What arrives from then on is told: to
 * us, if it is not the lock that keeps it from arriving.
 */
static enum verdict serve_round(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	enum verdict verdict;
	int more;

	if (test_bit(KMC_CONN_DYING, &conn->flags))
		return ABORT;
	more = kmc_rx_run(conn, budget);
	if (more < 0 && more != -EWOULDBLOCK)
		return CLOSE;
	if (conn->next == KMC_NEXT_CLOSE)
		conn->state = KMC_CONN_CLOSING;
	verdict = send(conn, budget);
	if (verdict != AGAIN || more > 0)
		return verdict;
	return more ? DEFER : nothing_to_read(conn);
}

/* Give a connection its turn. */
static enum verdict serve(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	enum verdict verdict;

	lockdep_assert(lockdep_sock_is_held(conn->sock->sk));
	kmc_rx_clear_low_water(conn);
	kmc_latency_begin(&conn->session, budget->since);
	verdict = send(conn, budget);
	while (verdict == AGAIN && budget->steps > 0 && budget->bytes > 0)
		verdict = serve_round(conn, budget);
	if (verdict == AGAIN)
		kmc_stats_inc(conn->session.env->stats, KMC_STAT_CONN_YIELDS);
	/* what is not executed in this turn waits for the next one */
	if (verdict == AGAIN || verdict == DEFER)
		conn->due = verdict == DEFER && budget->since ? budget->since : local_clock();
	kmc_latency_end(&conn->session);
	trim(conn);
	kmc_idle_note(conn);
	if (kmc_frame_is_in_value(&conn->frame))
		kmc_rx_set_low_water(conn);
	return verdict;
}

/*
 * Serve a connection for one turn. It asks to be queued again only if it has made
 * progress: not because there are bytes, which may be half a request.
 */
static enum verdict kmc_conn_serve(struct kmc_conn *conn)
{
	struct kmc_rx_budget budget = {
		.steps = READ_ONCE(conn->session.env->requests_per_turn),
		.bytes = SERVE_BYTES,
		.gfp = GFP_KERNEL,
	};
	struct sock *sk = conn->sock->sk;
	enum verdict verdict;

	sock_owned_by_me(sk);
	if (test_bit(KMC_CONN_DYING, &conn->flags))
		return ABORT;
	if (conn->state == KMC_CONN_DRAINING)
		return drain(conn);
	if (!is_connected(sk))
		return CLOSE;
	if (test_and_clear_bit(KMC_CONN_OVERDUE, &conn->flags)) {
		verdict = end_idle(conn);
		if (verdict != WAIT) {
			set_bit(KMC_CONN_TOO_IDLE, &conn->flags);
			return verdict;
		}
	}
	if (!conn->out)
		conn->out = kmc_batch_take(budget.gfp);
	if (!conn->out) {
		kmc_conn_retry(conn);
		return WAIT;
	}
	conn->is_large = false;
	budget.since = conn->due;
	conn->due = 0;
	kmc_stats_inc(conn->session.env->stats, KMC_STAT_TURNS_WORK);
	return serve(conn, &budget);
}

/**
 * kmc_conn_serve_inline() - serve a connection for one turn where nothing may wait
 * @conn: the connection, kmc_conn_is_inline()
 * @budget: what it may do
 *
 * Context: socket lock, as a spinlock, with bottom halves off.
 *
 * Return: false if it has more to do, which is left to its work.
 */
bool kmc_conn_serve_inline(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	conn->out = kmc_batch_take(budget->gfp);
	if (!conn->out)
		return false;
	kmc_stats_inc(conn->session.env->stats, KMC_STAT_TURNS_INLINE);
	if (serve(conn, budget) != WAIT)
		return false;
	/* what was not sent although there is room was not for want of memory here */
	return !conn->out || !sk_stream_is_writeable(conn->sock->sk);
}

/* Leave the listener. The last one to leave a listener that stops lets it go. */
static void leave(struct kmc_conn *conn)
{
	struct kmc_listener *listener = conn->listener;

	spin_lock_bh(&listener->lock);
	list_del(&conn->node);
	WRITE_ONCE(listener->nr_conns, listener->nr_conns - 1);
	if (listener->stopping && !listener->nr_conns)
		complete(&listener->gone);
	spin_unlock_bh(&listener->lock);
}

/*
 * Context: the connection's own work, or its creator before anybody else knows it.
 * The order is argued at struct kmc_conn.
 */
static void destroy(struct kmc_conn *conn, bool abort)
{
	struct kmc_env *env = conn->session.env;
	struct sock *sk = conn->sock->sk;

	lock_sock(sk);
	__kmc_sock_restore_conn(conn->sock, &conn->saved);
	release_sock(sk);
	timer_shutdown_sync(&conn->timer);
	/* before it leaves: its workqueue may be drained then, and must not be queued on */
	kmc_roster_remove(env, &conn->member);
	kmc_exec_uninit(&conn->session);
	leave(conn);
	cancel_work(&conn->work);

	kmc_roster_tell_close(conn);
	free_out(conn);
	free_frame_buffer(conn);
	kmc_sock_release(conn->sock, abort);
	atomic_dec(&env->connections);
	kmem_cache_free(conn_cache, conn);
}

/* All is sent: say so to the client, and wait until it has noticed. */
static void shut(struct kmc_conn *conn)
{
	if (!kmc_sock_shut(conn->sock)) {
		kmc_conn_retry(conn);
		return;
	}
	conn->state = KMC_CONN_DRAINING;
	/* it may be on its way because TCP had no memory */
	timer_delete_sync(&conn->timer);
	clear_bit(KMC_CONN_TIMED_OUT, &conn->flags);
	mod_timer(&conn->timer, jiffies + DRAIN_TIME);
	kmc_conn_kick(conn);
}

static void conn_work(struct work_struct *work)
{
	struct kmc_conn *conn = container_of(work, struct kmc_conn, work);
	struct sock *sk = conn->sock->sk;
	enum verdict verdict;

	lock_sock(sk);
	verdict = kmc_conn_serve(conn);
	/* that takes a byte, before which softirq must not read others */
	if (verdict == URGENT)
		set_bit(KMC_CONN_SKIPPING, &conn->flags);
	release_sock(sk);
	if (verdict == URGENT) {
		verdict = kmc_rx_skip_urgent(conn) ? CLOSE : AGAIN;
		clear_bit_unlock(KMC_CONN_SKIPPING, &conn->flags);
	}

	switch (verdict) {
	case WAIT:
	case URGENT:
		break;
	case AGAIN:
	case DEFER:
		kmc_conn_kick(conn);
		break;
	case SHUT:
		shut(conn);
		break;
	case CLOSE:
	case ABORT:
		destroy(conn, verdict == ABORT);
		break;
	}
}

/* Tell a client that there are too many, as memcached does. */
static void turn_away(struct kmc_env *env, struct socket *sock)
{
	struct kmc_span text = kmc_reply_text(KMC_REPLY_TOO_MANY_CONNS);
	struct kvec vec = { .iov_base = (void *)text.p, .iov_len = text.len };
	struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };

	kmc_stats_inc(env->stats, KMC_STAT_REJECTED_CONNECTIONS);
	kmc_events_raise(env->events, KMC_EVENT_CONN_LIMIT);
	kernel_sendmsg(sock, &msg, &vec, 1, text.len);
	kmc_sock_release(sock, false);
}

static void kick_session(struct kmc_session *session)
{
	kmc_conn_kick(container_of(session, struct kmc_conn, session));
}

static struct kmc_conn *alloc_conn(struct kmc_listener *listener, struct socket *sock)
{
	struct kmc_conn *conn = kmem_cache_zalloc(conn_cache, GFP_KERNEL);

	if (!conn)
		return NULL;
	conn->sock = sock;
	conn->listener = listener;
	INIT_WORK(&conn->work, conn_work);
	timer_setup(&conn->timer, conn_timer, 0);
	kmc_exec_init(&conn->session, listener->env, &listener->access);
	if (listener->access.protocol == KMC_PROTOCOL_TEXT)
		kmc_frame_begin_text(&conn->frame);
	else if (listener->access.protocol == KMC_PROTOCOL_BINARY)
		kmc_frame_begin_binary(&conn->frame);
	kmc_idle_init(conn);
	if (kmc_roster_reserve(listener->env, &conn->member, false)) {
		kmem_cache_free(conn_cache, conn);
		return NULL;
	}
	conn->session.id = conn->member.id;
	conn->session.kick = kick_session;
	conn->heard = jiffies;
	return conn;
}

/**
 * kmc_conn_create() - begin to serve an accepted socket
 * @listener: where it was accepted
 * @sock: the socket, adopted; it is taken over, also on failure
 *
 * Context: process, the listener's accept work.
 *
 * Return: 0; -EUSERS if there are too many; -ENOMEM, of which the client learns by
 * a reset.
 */
int kmc_conn_create(struct kmc_listener *listener, struct socket *sock)
{
	struct kmc_env *env = listener->env;
	struct kmc_conn *conn;

	if (atomic_inc_return(&env->connections) > READ_ONCE(env->max_connections)) {
		atomic_dec(&env->connections);
		turn_away(env, sock);
		return -EUSERS;
	}
	conn = alloc_conn(listener, sock);
	if (!conn) {
		atomic_dec(&env->connections);
		kmc_sock_release(sock, true);
		return -ENOMEM;
	}
	kmc_stats_inc(env->stats, KMC_STAT_TOTAL_CONNECTIONS);
	kmc_roster_tell_new(conn);

	/*
	 * Once this has installed the callbacks the work may run, and end the
	 * connection: kick it before, and not after. Nor may it be found, and killed,
	 * before the socket is locked. A run that is too early finds the socket as it
	 * is; what arrives later calls.
	 */
	lock_sock(sock->sk);
	spin_lock_bh(&listener->lock);
	list_add_tail(&conn->node, &listener->conns);
	WRITE_ONCE(listener->nr_conns, listener->nr_conns + 1);
	spin_unlock_bh(&listener->lock);
	kmc_roster_add(env, &conn->member);
	kmc_conn_kick(conn);
	__kmc_sock_install_conn(sock, conn, &conn->saved);
	release_sock(sock->sk);
	return 0;
}

/**
 * kmc_conn_kill_all() - have all connections of a listener destroy themselves
 * @listener: the listener, which accepts no more
 *
 * &kmc_listener.gone is completed when they have.
 *
 * Context: process.
 */
void kmc_conn_kill_all(struct kmc_listener *listener)
{
	struct kmc_conn *conn;

	spin_lock_bh(&listener->lock);
	listener->stopping = true;
	if (!listener->nr_conns)
		complete(&listener->gone);
	list_for_each_entry(conn, &listener->conns, node) {
		set_bit(KMC_CONN_DYING, &conn->flags);
		kmc_conn_kick(conn);
	}
	spin_unlock_bh(&listener->lock);
}
