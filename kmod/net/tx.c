// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "tx.h"

#include <linux/net.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../stats.h"
#include "conn.h"
#include "rx.h"

/* Pieces of memory handed to TCP in one call; as large as the stack allows. */
#define TX_VECS 16

/*
 * TCP took nothing. If something is on its way, an acknowledgment will make room
 * and write_space() will be called. If nothing is, memory was short, and nobody
 * will say when that is over.
 */
static int wait_for_space(struct kmc_conn *conn, struct sock *sk)
{
	if (tcp_rtx_and_write_queues_empty(sk))
		kmc_conn_retry(conn);
	return 0;
}

/**
 * kmc_tx_run() - send what there is to send
 * @conn: the connection
 * @budget: what it may do in this turn; reduced
 *
 * Context: socket lock.
 *
 * Return: 1 if everything was taken by TCP; 0 if not, and the connection will be
 * kicked when it is worth trying again; a negative errno if the connection is
 * broken.
 */
int kmc_tx_run(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	struct kmc_env *env = conn->session.env;
	struct sock *sk = conn->sock->sk;
	struct kvec vec[TX_VECS];
	size_t bytes, n;

	while ((n = kmc_out_peek(conn->out, vec, ARRAY_SIZE(vec), &bytes))) {
		/* NOSIGNAL: a SIGPIPE would go to whatever process is current */
		struct msghdr msg = { .msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL };
		int sent;

		iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, vec, n, bytes);
		conn->sending = true;
		sent = tcp_sendmsg_locked(sk, &msg, bytes);
		conn->sending = false;
		if (sent == -EAGAIN || !sent)
			return wait_for_space(conn, sk);
		if (sent < 0)
			return sent;
		budget->bytes -= sent;
		kmc_stats_add(env->stats, KMC_STAT_BYTES_WRITTEN, sent);
		kmc_out_advance(conn->out, env->cache, sent);
	}
	return 1;
}
