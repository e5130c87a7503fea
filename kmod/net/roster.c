// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "roster.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/xarray.h>
#include <net/inet_sock.h>
#include <net/sock.h>

#include "../exec/watch.h"
#include "../trace.h"
#include "conn.h"
#include "listener.h"

/*
 * Numbers are given out one after the other, so that one that somebody has read a moment
 * ago is not another connection's by now. memcached writes them as int.
 */
static const struct xa_limit limit = XA_LIMIT(1, S32_MAX);

/* Room for any address, and a NUL. */
#define ADDR_TEXT 48

/**
 * kmc_roster_init() - nobody is there
 * @env: the server
 */
void kmc_roster_init(struct kmc_env *env)
{
	xa_init_flags(&env->roster, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH);
	env->next_id = 1;
	env->find_conn = kmc_roster_find;
}

/**
 * kmc_roster_reserve() - give somebody a number, who is not to be seen yet
 * @env: the server
 * @member: he; kmc_roster_remove() gives it back
 * @is_listener: what he is
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_roster_reserve(struct kmc_env *env, struct kmc_member *member, bool is_listener)
{
	int err = xa_alloc_cyclic_bh(&env->roster, &member->id, NULL, limit, &env->next_id,
				     GFP_KERNEL);

	member->is_listener = is_listener;
	member->since = jiffies;
	/* 1: the numbers have begun again */
	return err < 0 ? -ENOMEM : 0;
}

/**
 * kmc_roster_add() - let somebody be seen, and be killed
 * @env: the server
 * @member: he, with a number
 *
 * Context: any but hard interrupts. Does not allocate: the number is reserved.
 */
void kmc_roster_add(struct kmc_env *env, struct kmc_member *member)
{
	xa_store_bh(&env->roster, member->id, member, GFP_ATOMIC);
}

/**
 * kmc_roster_remove() - take somebody's number away
 * @env: the server
 * @member: he
 *
 * When it returns nobody looks at him any more, nor kicks him on behalf of this.
 *
 * Context: any but hard interrupts.
 */
void kmc_roster_remove(struct kmc_env *env, struct kmc_member *member)
{
	xa_erase_bh(&env->roster, member->id);
}

static struct kmc_conn *conn_of(struct kmc_member *member)
{
	return container_of(member, struct kmc_conn, member);
}

static struct kmc_listener *listener_of(struct kmc_member *member)
{
	return container_of(member, struct kmc_listener, member);
}

static void set_v4(struct sockaddr_storage *addr, __be32 ip, __be16 port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	in->sin_family = AF_INET;
	in->sin_addr.s_addr = ip;
	in->sin_port = port;
}

static void set_v6(struct sockaddr_storage *addr, const struct in6_addr *ip, __be16 port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;

	in6->sin6_family = AF_INET6;
	in6->sin6_addr = *ip;
	in6->sin6_port = port;
}

/* As kernel_getpeername() and kernel_getsockname(), which may sleep, and fail at the end. */
static void read_addrs(const struct sock *sk, struct sockaddr_storage *peer,
		       struct sockaddr_storage *local)
{
	__be16 local_port = inet_sk(sk)->inet_sport;

	memset(peer, 0, sizeof(*peer));
	memset(local, 0, sizeof(*local));
	if (sk->sk_family == AF_INET6) {
		set_v6(peer, &sk->sk_v6_daddr, sk->sk_dport);
		set_v6(local, &sk->sk_v6_rcv_saddr, local_port);
	} else {
		set_v4(peer, sk->sk_daddr, sk->sk_dport);
		set_v4(local, sk->sk_rcv_saddr, local_port);
	}
}

static u32 seconds_since(unsigned long when)
{
	return (jiffies - when) / HZ;
}

/* A look from outside, without the socket's lock: it may be doing something else by now. */
static enum kmc_activity activity_of(const struct kmc_conn *conn)
{
	if (data_race(conn->state) != KMC_CONN_OPEN) /* may be old */
		return KMC_ACTIVITY_CLOSING;
	switch (data_race(conn->next)) { /* so may this */
	case KMC_NEXT_CLOSE:
		return KMC_ACTIVITY_CLOSING;
	case KMC_NEXT_WATCH:
		return KMC_ACTIVITY_WATCHING;
	case KMC_NEXT_VALUE:
		return KMC_ACTIVITY_RECEIVING;
	case KMC_NEXT_SWALLOW:
		return KMC_ACTIVITY_SKIPPING;
	case KMC_NEXT_DUMP:
	case KMC_NEXT_KEYS:
		return KMC_ACTIVITY_EXECUTING;
	default:
		/* only whether there is any: it may be gone by now */
		return data_race(conn->out) ? KMC_ACTIVITY_SENDING : KMC_ACTIVITY_READING;
	}
}

static void look_at_conn(const struct kmc_conn *conn, struct kmc_conn_view *view)
{
	view->activity = activity_of(conn);
	read_addrs(conn->sock->sk, &view->peer, &view->local);
	view->listener = conn->listener->addr;
	view->idle = seconds_since(READ_ONCE(conn->heard));
}

static void look_at_listener(const struct kmc_listener *listener, struct kmc_conn_view *view)
{
	view->activity = KMC_ACTIVITY_LISTENING;
	view->peer = listener->addr;
	view->local = listener->addr;
	view->listener = listener->addr;
	view->idle = seconds_since(listener->member.since);
}

/**
 * kmc_roster_find() - look at who is next
 * @env: the server
 * @from: the first number to look at
 * @view: result; a copy
 *
 * Context: any but hard interrupts.
 *
 * Return: false if there is nobody of that number or a higher one.
 */
bool kmc_roster_find(struct kmc_env *env, u32 from, struct kmc_conn_view *view)
{
	unsigned long id = from;
	struct kmc_member *member;

	xa_lock_bh(&env->roster);
	member = xa_find(&env->roster, &id, ULONG_MAX, XA_PRESENT);
	if (member) {
		view->id = member->id;
		view->age = seconds_since(member->since);
		if (member->is_listener)
			look_at_listener(listener_of(member), view);
		else
			look_at_conn(conn_of(member), view);
	}
	xa_unlock_bh(&env->roster);
	return member;
}

/* With the lock held its work cannot have got further than kmc_roster_remove(). */
static void __kill(struct kmc_member *member)
{
	struct kmc_conn *conn = conn_of(member);

	set_bit(KMC_CONN_DYING, &conn->flags);
	kmc_conn_kick(conn);
}

/**
 * kmc_roster_kill() - have a connection destroy itself
 * @env: the server
 * @id: its number
 *
 * Context: any but hard interrupts.
 *
 * Return: 0, or -ENOENT if there is no such connection.
 */
int kmc_roster_kill(struct kmc_env *env, u32 id)
{
	struct kmc_member *member;
	int err = -ENOENT;

	xa_lock_bh(&env->roster);
	member = xa_load(&env->roster, id);
	if (member && !member->is_listener) {
		__kill(member);
		err = 0;
	}
	xa_unlock_bh(&env->roster);
	return err;
}

/**
 * kmc_roster_kill_all() - have all connections destroy themselves
 * @env: the server
 *
 * Context: process. Those that come meanwhile may stay.
 */
void kmc_roster_kill_all(struct kmc_env *env)
{
	struct kmc_conn_view view;
	u32 from = 0;

	while (kmc_roster_find(env, from, &view) && !fatal_signal_pending(current)) {
		if (view.activity != KMC_ACTIVITY_LISTENING)
			kmc_roster_kill(env, view.id);
		from = view.id + 1;
		cond_resched();
	}
}

static enum kmc_log_reason reason_of(const struct kmc_conn *conn)
{
	if (test_bit(KMC_CONN_DYING, &conn->flags))
		return KMC_LOG_REASON_SHUTDOWN;
	if (test_bit(KMC_CONN_TOO_IDLE, &conn->flags))
		return KMC_LOG_REASON_IDLE;
	if (READ_ONCE(conn->sock->sk->sk_err))
		return KMC_LOG_REASON_ERROR;
	/* it was this side's wish, but not the client's */
	if (conn->next == KMC_NEXT_CLOSE && !conn->session.has_quit)
		return KMC_LOG_REASON_ERROR;
	return KMC_LOG_REASON_NORMAL;
}

static void tell(const struct kmc_conn *conn, struct kmc_log *log)
{
	struct sockaddr_storage peer, local;
	char text[ADDR_TEXT];
	struct kmc_span ip = { .p = text };

	read_addrs(conn->sock->sk, &peer, &local);
	log->id = conn->member.id;
	log->port = ntohs(conn->sock->sk->sk_dport);
	ip.len = scnprintf(text, sizeof(text), "%pISc", &peer);
	kmc_watch_tell(conn->session.env, KMC_LOG_CONNEVENTS, log, ip);
}

static void trace_new(const struct kmc_conn *conn)
{
	struct sockaddr_storage peer, local;

	read_addrs(conn->sock->sk, &peer, &local);
	trace_kmc_accept(conn->session.env->netns, conn->member.id, &peer,
			 ntohs(inet_sk(conn->sock->sk)->inet_sport));
}

static void trace_close(const struct kmc_conn *conn)
{
	static const char * const reasons[] = {
		[KMC_LOG_REASON_ERROR]		= "error",
		[KMC_LOG_REASON_NORMAL]		= "normal",
		[KMC_LOG_REASON_IDLE]		= "idle",
		[KMC_LOG_REASON_SHUTDOWN]	= "shutdown",
	};

	trace_kmc_close(conn->session.env->netns, conn->member.id, reasons[reason_of(conn)]);
}

/**
 * kmc_roster_tell_new() - tell those who watch or trace that a client has come
 * @conn: its connection, with a number
 *
 * Context: any but hard interrupts.
 */
void kmc_roster_tell_new(const struct kmc_conn *conn)
{
	struct kmc_log log = { .type = KMC_LOG_CONN_NEW };

	if (trace_kmc_accept_enabled())
		trace_new(conn);
	if (kmc_watch_wants(&conn->session.env->watch, KMC_LOG_CONNEVENTS))
		tell(conn, &log);
}

/**
 * kmc_roster_tell_close() - tell those who watch or trace that a connection has ended
 * @conn: the connection, the only one to use it any more
 *
 * Context: any but hard interrupts.
 */
void kmc_roster_tell_close(const struct kmc_conn *conn)
{
	struct kmc_log log = { .type = KMC_LOG_CONN_CLOSE };

	if (trace_kmc_close_enabled())
		trace_close(conn);
	if (!kmc_watch_wants(&conn->session.env->watch, KMC_LOG_CONNEVENTS))
		return;
	log.reason = reason_of(conn);
	tell(conn, &log);
}
