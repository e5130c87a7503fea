/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* One client. */
#ifndef KMC_NET_CONN_H
#define KMC_NET_CONN_H

#include <linux/list.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "../exec/session.h"
#include "../proto/frame.h"
#include "roster.h"
#include "sock.h"

struct kmc_listener;
struct kmc_rx_budget;

/**
 * enum kmc_conn_state - what a connection is doing
 * @KMC_CONN_OPEN: reading requests and answering them
 * @KMC_CONN_CLOSING: not reading any more, but answers are still to be sent
 * @KMC_CONN_DRAINING: everything is sent and the sending side shut; waiting for the
 *	client to close. Closing while it still sends would make TCP answer with a
 *	reset, which could overtake the last replies.
 */
enum kmc_conn_state {
	KMC_CONN_OPEN,
	KMC_CONN_CLOSING,
	KMC_CONN_DRAINING,
};

/* Bits of &kmc_conn.flags. */
#define KMC_CONN_DYING		0	/* its listener goes: close at once */
#define KMC_CONN_TIMED_OUT	1	/* the timer has fired */
#define KMC_CONN_SKIPPING	3	/* its work is getting past an urgent byte */
#define KMC_CONN_TOO_IDLE	4	/* it was overdue, and ends for that */
#define KMC_CONN_OVERDUE	2	/* nothing seems to happen on it: see idle.c */

/**
 * struct kmc_conn - one client
 *
 * **Lifetime**: created by the listener's accept work. Destroyed by its own work,
 * and only there: that restores the socket's callbacks, which ends the queueing by
 * them; stops the timer; leaves the roster and stops to watch, which ends the queueing
 * by kmc_roster_kill() and by what is watched; leaves the listener's list, which ends
 * that by kmc_conn_kill_all(), and from when on the workqueue may be drained; takes
 * back what was queued until then; and frees. There is
 * no reference count, for nobody else keeps a pointer: the callbacks look at it
 * under sk_callback_lock, the listener under its lock.
 *
 * **Locking**: I: set before the callbacks are installed. S: the socket's lock. L:
 * &kmc_listener.lock. A: accessed without a lock. Whoever finds it on the roster
 * (@member) may look at it under the roster's lock, and tell it to die.
 *
 * @sock: I: its socket
 * @listener: I: where it was accepted
 * @saved: I: the socket's own callbacks
 * @member: I: its number, by which others find it
 * @node: L: in &kmc_listener.conns
 * @work: serves it
 * @timer: queues @work after a time
 * @flags: A: %KMC_CONN_DYING and so on
 * @state: S: what it is doing
 * @frame: S: the place in the stream of requests
 * @session: S: the request that is being executed
 * @next: S: what that needs next
 * @out: S: replies not sent yet; NULL when there are none
 * @sending: S: tcp_sendmsg_locked() is running
 * @is_large: S: the last value that was sent was too large to be sent where nothing may wait, and
 *	the next one may be
 * @ahead: a byte that was read and not yet looked at: S, or its work's own while it is
 *	%KMC_CONN_SKIPPING
 * @ahead_len: the same: is there one? 0 or 1
 * @drained: S: bytes discarded while draining
 * @busy: S to write, A to read: a value or a reply is on its way
 * @used_at: S to write, A to read: when a piece of a request was there last, jiffies
 * @moved_at: L to write, A to read: when bytes were seen to move while it was busy
 * @busy_at: L to write, A to read: when it was seen to be busy
 * @acked: L: what the client had acknowledged then, by TCP's count
 * @taken: L to write, A to read: what had come and was read then: see count_taken()
 * @heard: S to write, A to read: when something that came was read, jiffies
 * @due: S: since when its work is to give it a turn, by local_clock(); 0: not known
 */
struct kmc_conn {
	struct socket		*sock;
	struct kmc_listener	*listener;
	struct kmc_sock_saved	saved;
	struct kmc_member	member;
	struct list_head	node;
	struct work_struct	work;
	struct timer_list	timer;
	unsigned long		flags;
	enum kmc_conn_state	state;
	struct kmc_frame	frame;
	struct kmc_session	session;
	enum kmc_next		next;
	struct kmc_out		*out;
	bool			sending;
	bool			is_large;
	char			ahead;
	u8			ahead_len;
	size_t			drained;
	bool			busy;
	unsigned long		used_at;
	unsigned long		moved_at;
	unsigned long		busy_at;
	u32			acked;
	u32			taken;
	unsigned long		heard;
	u64			due;
};

int kmc_conn_module_init(void);
void kmc_conn_module_uninit(void);
int kmc_conn_create(struct kmc_listener *listener, struct socket *sock);
void kmc_conn_kick(struct kmc_conn *conn);
bool kmc_conn_serve_inline(struct kmc_conn *conn, struct kmc_rx_budget *budget);
void kmc_conn_retry(struct kmc_conn *conn);
void kmc_conn_kill_all(struct kmc_listener *listener);

/**
 * kmc_conn_is_inline() - may a connection be served where nothing may wait?
 * @conn: the connection
 *
 * Only between two requests or two keys, when nothing is left of what came before; and not
 * behind a large value, before its work has had a turn: the next one may be as large, and to
 * find out here that it cannot be sent here is not free.
 *
 * Context: socket lock.
 *
 * Return: false if it is to be left to its work.
 */
static inline bool kmc_conn_is_inline(const struct kmc_conn *conn)
{
	/* that it has waited for memory before does not matter */
	unsigned long flags = smp_load_acquire(&conn->flags) & ~BIT(KMC_CONN_TIMED_OUT);

	return conn->state == KMC_CONN_OPEN && !flags && !conn->out && !conn->ahead_len &&
	       !conn->is_large &&
	       (conn->next == KMC_NEXT_REQUEST || conn->next == KMC_NEXT_KEYS) &&
	       (!conn->frame.len || conn->frame.ended);
}

#endif
