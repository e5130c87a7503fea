// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A short request is answered where TCP reports it: no work item has to be woken
 * up, and what it needs is in the CPU's cache. What is not short, or would have to
 * wait, is left to the connection's work, which does the same under the same lock.
 */
#include "inline.h"

#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/sched/clock.h>
#include <net/sock.h>
#include <net/tcp_states.h>

#include "../stats.h"
#include "conn.h"
#include "listener.h"
#include "rx.h"

/* What may be done at once; then others have their turn, and the work goes on. */
#define INLINE_STEPS 256
#define INLINE_BYTES (64 << 10)

/*
 * How much of a CPU's time may be spent here, ns: the rest is for what it cannot
 * refuse. Work items get what the scheduler gives them.
 */
#define WINDOW	(4 * NSEC_PER_MSEC)
#define SHARE	(2 * NSEC_PER_MSEC)

/**
 * struct inline_cpu - what serving on one CPU needs
 * @frag: where TCP puts the replies. A socket that sends from softirq cannot use the
 *	current task's, and one of its own would be 32 KiB a connection
 * @begin: when the present window began, on the CPU's clock
 * @spent: time spent here since then
 * @busy: it is in use: no device is known to deliver from within a transmission, but
 *	nothing forbids it
 *
 * **Locking**: only with bottom halves off, on that CPU.
 */
struct inline_cpu {
	struct page_frag	frag;
	u64			begin;
	u64			spent;
	bool			busy;
};

static DEFINE_PER_CPU(struct inline_cpu, inline_cpus);

static bool has_time(struct inline_cpu *cpu, u64 now)
{
	if (now - cpu->begin >= WINDOW) {
		cpu->begin = now;
		cpu->spent = 0;
	}
	return cpu->spent < SHARE;
}

/* With its work queued it is the work's turn, which has been waiting for longer. */
static bool is_possible(struct kmc_conn *conn, struct sock *sk)
{
	return READ_ONCE(conn->listener->is_inline) && !sock_owned_by_user_nocheck(sk) &&
	       !work_pending(&conn->work) && sk->sk_state == TCP_ESTABLISHED &&
	       kmc_conn_is_inline(conn);
}

/*
 * The socket's spinlock is held and nobody owns the socket: so this is a softirq, or
 * bottom halves are off, the backlog is empty, and sending does not sleep: that would
 * take an allocation, for which there is sk_allocation, or the fragment of the task
 * that happens to be current, for which there is sk_use_task_frag. The work finds all
 * three as they were.
 */
static bool serve(struct kmc_conn *conn, struct sock *sk, struct inline_cpu *cpu, u64 now)
{
	const struct kmc_env *env = conn->session.env;
	struct kmc_rx_budget budget = {
		.steps = min_t(u32, INLINE_STEPS, READ_ONCE(env->requests_per_turn)),
		.bytes = INLINE_BYTES,
		.gfp = GFP_NOWAIT,
		.since = now,
	};
	gfp_t allocation = sk->sk_allocation;
	bool task_frag = sk->sk_use_task_frag;
	bool done;

	lockdep_assert_held(&sk->sk_lock.slock);
	DEBUG_NET_WARN_ON_ONCE(!in_softirq());
	DEBUG_NET_WARN_ON_ONCE(sock_flag(sk, SOCK_DEAD) || !sk->sk_socket);
	DEBUG_NET_WARN_ON_ONCE(sk->sk_frag.page || sk->sk_backlog.tail);
	sk->sk_allocation = GFP_ATOMIC;
	sk->sk_use_task_frag = false;
	sk->sk_frag = cpu->frag;
	done = kmc_conn_serve_inline(conn, &budget);
	cpu->frag = sk->sk_frag;
	sk->sk_frag.page = NULL;
	sk->sk_use_task_frag = task_frag;
	sk->sk_allocation = allocation;
	return done;
}

/**
 * kmc_inline_serve() - answer what has arrived, if that can be done here
 * @conn: the connection
 *
 * Context: the socket's sk_data_ready(), so with its lock, as a spinlock or owned.
 *
 * Return: false if the connection's work has to be queued.
 */
bool kmc_inline_serve(struct kmc_conn *conn)
{
	struct sock *sk = conn->sock->sk;
	struct inline_cpu *cpu;
	bool done;
	u64 now;

	if (!is_possible(conn, sk))
		return false;
	cpu = this_cpu_ptr(&inline_cpus);
	now = local_clock();
	if (cpu->busy || !has_time(cpu, now))
		return false;
	cpu->busy = true;
	done = serve(conn, sk, cpu, now);
	cpu->busy = false;
	cpu->spent += local_clock() - now;
	return done;
}

/**
 * kmc_inline_module_uninit() - free what serving needs; there is no connection
 */
void kmc_inline_module_uninit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct page_frag *frag = &per_cpu(inline_cpus, cpu).frag;

		if (frag->page)
			put_page(frag->page);
	}
}
