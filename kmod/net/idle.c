// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * There is no timer per connection: all that a request costs is that the time is written down.
 * Once a second somebody looks at all connections of a listener, and at what TCP knows of
 * them. He does not have their locks: who seems to be overdue is told to look itself.
 */
#include "idle.h"

#include <linux/tcp.h>
#include <net/tcp.h>

#include "../stats.h"
#include "conn.h"
#include "listener.h"

/* How many are looked at before the lock is given back. */
#define SCAN_BATCH 256

/**
 * kmc_idle_init() - a connection begins
 * @conn: the connection, not on its listener's list yet
 */
void kmc_idle_init(struct kmc_conn *conn)
{
	conn->used_at = jiffies;
	conn->moved_at = jiffies;
	conn->busy_at = jiffies;
}

static bool is_sending(const struct kmc_conn *conn)
{
	return (conn->out && conn->out->bytes) || conn->next == KMC_NEXT_DUMP;
}

/**
 * kmc_idle_note() - a turn is over
 * @conn: the connection
 *
 * Context: socket lock.
 */
void kmc_idle_note(struct kmc_conn *conn)
{
	WRITE_ONCE(conn->busy, is_sending(conn) || kmc_frame_is_in_value(&conn->frame));
}

static bool is_past(unsigned long since, u32 seconds)
{
	return seconds && time_after(jiffies, since + (unsigned long)seconds * HZ);
}

static bool is_unused(const struct kmc_conn *conn)
{
	unsigned long used_at = READ_ONCE(conn->used_at), busy_at = READ_ONCE(conn->busy_at);

	return is_past(time_after(busy_at, used_at) ? busy_at : used_at,
		       READ_ONCE(conn->session.env->idle_timeout));
}

/*
 * What had come and was read. What waits for more of its value has come, too; but what is sent to
 * a client that does not read does not move because the client goes on sending. TCP's numbers
 * may change meanwhile: each is one word, and one that is a moment old will be right in a second.
 */
static u32 count_taken(const struct kmc_conn *conn)
{
	const struct sock *sk = conn->sock->sk;
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 taken = READ_ONCE(tp->copied_seq);

	if (READ_ONCE(sk->sk_rcvlowat) > 1 && READ_ONCE(tp->snd_una) == READ_ONCE(tp->write_seq))
		taken += READ_ONCE(tp->rcv_nxt);
	return taken;
}

static bool is_stuck(const struct kmc_conn *conn)
{
	return is_past(READ_ONCE(conn->moved_at), READ_ONCE(conn->session.env->stuck_timeout));
}

/**
 * kmc_idle_check() - is a connection to be ended because nothing happens on it?
 * @conn: the connection, which seemed to be overdue; counted if it is
 *
 * Context: socket lock.
 *
 * Return: why, or %KMC_IDLE_NOT.
 */
enum kmc_idle kmc_idle_check(struct kmc_conn *conn)
{
	const struct sock *sk = conn->sock->sk;
	const struct tcp_sock *tp = tcp_sk(sk);
	bool sending = is_sending(conn) || tp->snd_una != tp->write_seq;
	/* a part of a value that is not worth being told is not there yet */
	bool unread = (int)(tp->rcv_nxt - tp->copied_seq) >= sk->sk_rcvlowat;
	struct kmc_stats *stats = conn->session.env->stats;

	/* a watcher need not say anything */
	if (conn->state == KMC_CONN_DRAINING || (conn->next == KMC_NEXT_WATCH && !sending))
		return KMC_IDLE_NOT;
	/* what has arrived is our own to move; and it may have, since somebody looked */
	if (!sending && (unread || count_taken(conn) != READ_ONCE(conn->taken)))
		return KMC_IDLE_NOT;
	if (sending || kmc_frame_is_in_value(&conn->frame)) {
		if (!is_stuck(conn))
			return KMC_IDLE_NOT;
		kmc_stats_inc(stats, KMC_STAT_STUCK_KICKS);
		return KMC_IDLE_STUCK;
	}
	if (!is_unused(conn))
		return KMC_IDLE_NOT;
	kmc_stats_inc(stats, KMC_STAT_IDLE_KICKS);
	return KMC_IDLE_UNUSED;
}

/* Is it overdue? */
static bool look_at(struct kmc_conn *conn, bool is_first)
{
	const struct tcp_sock *tp = tcp_sk(conn->sock->sk);
	u32 acked = READ_ONCE(tp->snd_una), taken = count_taken(conn);
	bool busy = READ_ONCE(conn->busy) || acked != READ_ONCE(tp->write_seq);

	if (is_first || !busy || acked != conn->acked || taken != conn->taken)
		WRITE_ONCE(conn->moved_at, jiffies);
	if (busy)
		WRITE_ONCE(conn->busy_at, jiffies);
	conn->acked = acked;
	WRITE_ONCE(conn->taken, taken);
	return busy ? is_stuck(conn) : is_unused(conn);
}

/* Who was looked at goes to the end, so that the lock need not be kept. */
static void look_at_some(struct kmc_listener *listener, u32 count, bool is_first)
{
	struct kmc_conn *conn;

	spin_lock_bh(&listener->lock);
	for (; count && !list_empty(&listener->conns); count--) {
		conn = list_first_entry(&listener->conns, struct kmc_conn, node);
		list_move_tail(&conn->node, &listener->conns);
		if (!look_at(conn, is_first))
			continue;
		set_bit(KMC_CONN_OVERDUE, &conn->flags);
		kmc_conn_kick(conn);
	}
	spin_unlock_bh(&listener->lock);
}

/**
 * kmc_idle_scan() - look at all connections of a listener
 * @listener: the listener
 *
 * Context: process, one at a time.
 *
 * Return: false if it is not wanted, and need not be done again until it is.
 */
bool kmc_idle_scan(struct kmc_listener *listener)
{
	const struct kmc_env *env = listener->env;
	bool wanted = READ_ONCE(env->idle_timeout) || READ_ONCE(env->stuck_timeout);
	/* what was seen before nobody looked for a while says nothing */
	bool is_first = !listener->scanning;
	u32 left, count;

	listener->scanning = wanted;
	if (!wanted)
		return false;
	for (left = READ_ONCE(listener->nr_conns); left; left -= count) {
		count = min_t(u32, left, SCAN_BATCH);
		look_at_some(listener, count, is_first);
		cond_resched();
	}
	return true;
}
