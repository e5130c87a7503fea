// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "tx.h"

#include <linux/minmax.h>
#include <linux/net.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "../stats.h"
#include "../trace.h"
#include "conn.h"
#include "rx.h"

/* Pieces of memory, or pages, handed to TCP in one call: the stack is small. */
#define TX_VECS 16

/*
 * TCP took nothing. If something is on its way, an acknowledgment will make room
 * and write_space() will be called. If nothing is, memory was short, and nobody
 * will say when that is over.
 */
static int wait_for_space(struct kmc_conn *conn, struct sock *sk)
{
	if (!tcp_sk(sk)->packets_out &&
	    (tcp_rtx_and_write_queues_empty(sk) || sk_stream_is_writeable(sk)))
		kmc_conn_retry(conn);
	return 0;
}

/* NOSIGNAL: a SIGPIPE would go to whatever process is current. */
static int flags_of(const struct kmc_out *out, size_t bytes)
{
	return MSG_DONTWAIT | MSG_NOSIGNAL | (bytes < out->bytes ? MSG_MORE : 0);
}

static int send_memory(struct sock *sk, const struct kmc_out *out, struct kvec *vec, size_t n,
		       size_t bytes)
{
	struct msghdr msg = { .msg_flags = flags_of(out, bytes) };

	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, vec, n, bytes);
	return tcp_sendmsg_locked(sk, &msg, bytes);
}

static int send_gathered(struct sock *sk, const struct kmc_out *out)
{
	struct kvec vec[TX_VECS];
	size_t bytes, n = kmc_out_peek(out, vec, ARRAY_SIZE(vec), &bytes);

	return send_memory(sk, out, vec, n, bytes);
}

static int send_pages(struct sock *sk, const struct kmc_out *out)
{
	struct bio_vec vec[TX_VECS];
	size_t bytes, n = kmc_out_peek_pages(out, vec, ARRAY_SIZE(vec), &bytes);

	if (!n)
		return send_gathered(sk, out);
	return kmc_send_pages(sk, vec, n, bytes, flags_of(out, bytes));
}

/* A part of what there is to send. */
static int send_some(struct kmc_conn *conn, struct sock *sk, const struct kmc_out *out)
{
	const struct kmc_out_seg *seg = &out->seg[out->first];
	struct kvec vec;

	if (seg->item) {
		conn->is_large = true;
		return send_pages(sk, out);
	}
	if (seg->len < out->bytes)
		return send_gathered(sk, out);
	vec.iov_base = seg->text + seg->off;
	vec.iov_len = seg->len;
	return send_memory(sk, out, &vec, 1, seg->len);
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
	struct kmc_out *out = conn->out;
	struct sock *sk = conn->sock->sk;
	int sent;

	while (out->bytes) {
		conn->sending = true;
		sent = send_some(conn, sk, out);
		conn->sending = false;
		if (trace_kmc_reply_enabled())
			trace_kmc_reply(env->netns, conn->session.id, sent,
					out->bytes - max(sent, 0));
		if (sent == -EAGAIN || !sent)
			return wait_for_space(conn, sk);
		if (sent < 0)
			return sent;
		budget->bytes -= sent;
		kmc_stats_add(env->stats, KMC_STAT_BYTES_WRITTEN, sent);
		kmc_out_advance(out, env->cache, sent);
	}
	return 1;
}
