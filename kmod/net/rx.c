// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "rx.h"

#include <linux/minmax.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <net/tcp.h>

#include "../exec/binary_request.h"
#include "../exec/exec.h"
#include "../exec/fetch.h"
#include "../proto/auth.h"
#include "../proto/text.h"
#include "../stats.h"
#include "conn.h"

/*
 * Requests are parsed where they lie, in the socket's receive queue. What is not
 * parsed stays there: that is the input queue, and TCP's window bounds it.
 */

/* What a part of a long reply costs: each line may be a sum over all CPUs. */
#define DUMP_STEPS 32

/* How much of a value is left to gather in the socket, at most. */
#define LOW_WATER_MAX (64 << 10)

/**
 * struct rx - a round of reading
 * @conn: the connection
 * @budget: what it may do
 * @alone: some keys took what could not be had for several: the rest goes one by one
 * @deferred: what is next has to be left to the work
 * @stopped: there may be more to read
 * @err: why the connection cannot go on
 */
struct rx {
	struct kmc_conn		*conn;
	struct kmc_rx_budget	*budget;
	bool			alone;
	bool			deferred;
	bool			stopped;
	int			err;
};

/* The value of a request follows, wanted or not. */
static void begin_value(struct kmc_conn *conn, const struct kmc_request *req, enum kmc_next next)
{
	if (next == KMC_NEXT_VALUE)
		kmc_frame_begin_data(&conn->frame, req->wire_len);
	else if (next == KMC_NEXT_SWALLOW)
		kmc_frame_begin_swallow(&conn->frame, req->wire_len);
}

static enum kmc_reply parse_line(const struct kmc_conn *conn, struct kmc_span line,
				 struct kmc_request *req)
{
	return kmc_session_is_locked(&conn->session) ? kmc_auth_parse(line, req) :
						       kmc_text_parse(line, req);
}

/* Before a client has said who it is, no line of its may be that long. */
static enum kmc_reply parse_head(const struct kmc_conn *conn, struct kmc_span head,
				 struct kmc_request *req)
{
	return kmc_session_is_locked(&conn->session) ? KMC_REPLY_HANGUP :
						       kmc_text_parse_head(head, req);
}

static enum kmc_next handle_line(struct kmc_conn *conn, struct kmc_span *in, struct kmc_span line,
				 gfp_t gfp)
{
	struct kmc_request req;
	enum kmc_reply parsed = parse_line(conn, line, &req);
	enum kmc_next next;

	req.at_hand = in->len;
	next = kmc_exec_request(&conn->session, &req, parsed, conn->out, gfp);
	if (next == KMC_NEXT_KEYS)
		kmc_frame_begin_keys(&conn->frame, in, req.keys);
	else
		begin_value(conn, &req, next);
	return next;
}

static enum kmc_next handle_head(struct kmc_conn *conn, struct kmc_span *in, struct kmc_span head,
				 gfp_t gfp)
{
	struct kmc_request req;
	enum kmc_reply parsed = parse_head(conn, head, &req);
	enum kmc_next next = kmc_exec_request(&conn->session, &req, parsed, conn->out, gfp);

	if (next == KMC_NEXT_KEYS)
		kmc_frame_begin_keys(&conn->frame, in, req.keys);
	else
		kmc_frame_skip_line(&conn->frame);
	return next;
}

static enum kmc_next handle_keys_end(struct kmc_conn *conn, bool bad_key)
{
	kmc_exec_keys_end(&conn->session, conn->out, bad_key);
	if (bad_key)
		kmc_frame_skip_line(&conn->frame);
	return KMC_NEXT_REQUEST;
}

static enum kmc_next handle_packet(struct kmc_conn *conn, struct kmc_span *in,
				   struct kmc_span head, gfp_t gfp)
{
	struct kmc_packet packet;
	enum kmc_reply parsed = kmc_binary_parse(head, &packet);
	enum kmc_next next;

	packet.req.at_hand = in->len;
	next = kmc_binary_request(&conn->session, &packet, parsed, conn->out, gfp);
	begin_value(conn, &packet.req, next);
	return next;
}

static enum kmc_next handle_data(struct kmc_conn *conn, struct kmc_span part, gfp_t gfp)
{
	kmc_exec_value(&conn->session, part);
	if (conn->frame.left)
		return KMC_NEXT_VALUE;
	kmc_exec_value_end(&conn->session, conn->out, gfp);
	return KMC_NEXT_REQUEST;
}

static enum kmc_next handle_swallowed(struct kmc_conn *conn)
{
	kmc_exec_swallowed(&conn->session, conn->out);
	return KMC_NEXT_REQUEST;
}

/*
 * Without memory for half a request nothing can be said about where it ends. A binary
 * reply would have to repeat what is not known yet.
 */
static enum kmc_next give_buffer(struct kmc_conn *conn, gfp_t gfp)
{
	/* what has arrived of it waits in the socket */
	if (!gfpflags_allow_blocking(gfp))
		return KMC_NEXT_DEFER;
	conn->frame.buf = kmalloc(KMC_FRAME_LINE_MAX, gfp | __GFP_NOWARN);
	if (conn->frame.buf)
		return conn->next;
	if (!kmc_frame_is_binary(&conn->frame))
		kmc_out_add_reply(conn->out, KMC_REPLY_NO_MEMORY_READ);
	return KMC_NEXT_CLOSE;
}

static enum kmc_next handle(struct kmc_conn *conn, enum kmc_frame_event event,
			    struct kmc_span *in, struct kmc_span piece, gfp_t gfp)
{
	switch (event) {
	case KMC_FRAME_NEED_BUFFER:
		return give_buffer(conn, gfp);
	case KMC_FRAME_LINE:
		return handle_line(conn, in, piece, gfp);
	case KMC_FRAME_HEAD:
		return handle_head(conn, in, piece, gfp);
	case KMC_FRAME_KEY:
		return kmc_fetch_next_key(&conn->session, piece, conn->out, gfp);
	case KMC_FRAME_BAD_KEY:
		return handle_keys_end(conn, true);
	case KMC_FRAME_KEYS_END:
		return handle_keys_end(conn, false);
	case KMC_FRAME_PACKET:
		return handle_packet(conn, in, piece, gfp);
	case KMC_FRAME_DATA:
		return handle_data(conn, piece, gfp);
	case KMC_FRAME_SWALLOWED:
		return handle_swallowed(conn);
	default:
		return conn->next;
	}
}

/* What follows: KMC_NEXT_DEFER says that nothing has happened. */
static __always_inline bool finish_step(struct rx *rx, enum kmc_next next)
{
	struct kmc_conn *conn = rx->conn;

	if (unlikely(next == KMC_NEXT_DEFER)) {
		conn->session.is_behind = conn->out->bytes;
		rx->deferred = true;
		return false;
	}
	conn->session.is_behind = false;
	conn->next = next;
	WRITE_ONCE(conn->used_at, jiffies);
	rx->budget->steps--;
	rx->budget->bytes -= conn->session.cost;
	conn->session.cost = 0;
	return true;
}

/* One piece of @in that frame and parser tell apart. */
static bool step_any(struct rx *rx, struct kmc_span *in)
{
	struct kmc_conn *conn = rx->conn;
	struct kmc_frame frame = conn->frame;
	struct kmc_span before = *in, piece;
	enum kmc_frame_event event = kmc_frame_next(&conn->frame, in, &piece);

	if (event == KMC_FRAME_MORE && !in->len)
		return false;
	if (finish_step(rx, handle(conn, event, in, piece, rx->budget->gfp)))
		return true;
	conn->frame = frame;
	/* when it is read again, a first packet may have become a line */
	conn->session.is_binary = kmc_frame_is_binary(&frame);
	*in = before;
	return false;
}

/* The input goes on behind this. */
static void go_behind(struct kmc_span *in, struct kmc_span key)
{
	const char *end = in->p + in->len;

	in->p = key.p + key.len;
	in->len = end - in->p;
}

/* How many keys are worth being looked for at a time: not what is then answered one by one. */
static unsigned int most_keys(const struct rx *rx)
{
	const struct kmc_conn *conn = rx->conn;

	if (rx->alone || conn->is_large || !kmc_fetch_may_seek(&conn->session, conn->out))
		return 1;
	return min_t(unsigned int, rx->budget->steps, KMC_FETCH_KEYS);
}

/* Some keys of @in, or one. */
static bool step_keys(struct rx *rx, struct kmc_span *in)
{
	struct kmc_span keys[KMC_FETCH_KEYS], rest = *in;
	unsigned int max = most_keys(rx), count = 0, done = 0;
	enum kmc_next next = KMC_NEXT_KEYS;
	struct kmc_conn *conn = rx->conn;

	while (count < max && kmc_frame_take_key(&conn->frame, &rest, &keys[count]))
		count++;
	if (!count)
		return step_any(rx, in);
	if (count > 1) {
		done = kmc_fetch_keys(&conn->session, keys, count, conn->out);
		rx->alone = done < count;
	}
	if (!done) {
		next = kmc_fetch_next_key(&conn->session, keys[0], conn->out, rx->budget->gfp);
		done = 1;
	}
	if (!finish_step(rx, next))
		return false;
	rx->budget->steps -= done - 1;
	go_behind(in, keys[done - 1]);
	return true;
}

/*
 * One piece of @in, or some keys. False if there is none, or it has to be left to the work: then
 * nothing has happened. What comes most is recognised at a glance.
 */
static bool step(struct rx *rx, struct kmc_span *in)
{
	struct kmc_conn *conn = rx->conn;
	struct kmc_span before = *in, key;
	enum kmc_next next;

	if (conn->frame.state == KMC_FRAME_IN_KEYS)
		return step_keys(rx, in);
	if (!kmc_frame_is_at_line(&conn->frame) || kmc_session_is_locked(&conn->session) ||
	    !kmc_text_take_get(in, &key))
		return step_any(rx, in);
	next = kmc_fetch_only_key(&conn->session, key, conn->out, rx->budget->gfp);
	if (finish_step(rx, next))
		return true;
	*in = before;
	return false;
}

/* May another step be made? */
static bool may_step(const struct rx *rx)
{
	const struct kmc_conn *conn = rx->conn;

	/* from a dump on, what comes next is not in the input */
	return !rx->err && !rx->deferred && conn->next < KMC_NEXT_DUMP &&
	       rx->budget->steps > 0 && rx->budget->bytes > 0 &&
	       kmc_out_make_room(conn->out, rx->budget->gfp);
}

/*
 * Consume as much of @len contiguous bytes, and of what the frame has kept, as may be; how
 * much of the former that was.
 */
static size_t feed(struct rx *rx, const char *p, size_t len)
{
	struct kmc_span in = { .p = p, .len = len };

	while (in.len || kmc_frame_is_due(&rx->conn->frame)) {
		rx->stopped = !may_step(rx);
		if (rx->stopped || !step(rx, &in))
			break;
	}
	rx->budget->bytes -= len - in.len;
	return len - in.len;
}

/*
 * The bytes of an skb at @offset that are contiguous. Not skb_seq_read(), which
 * keeps a page mapped, and so must not be slept in; there is no high memory on the
 * kernels this is for. NULL if the memory is not the kernel's to read.
 */
static const char *find_run(const struct sk_buff *skb, size_t offset, size_t *len)
{
	size_t start = skb_headlen(skb);
	struct sk_buff *part;
	int i;

	if (offset < start) {
		*len = start - offset;
		return skb->data + offset;
	}
	for (i = 0; i < skb_shinfo(skb)->nr_frags; i++) {
		const skb_frag_t *frag = &skb_shinfo(skb)->frags[i];
		size_t size = skb_frag_size(frag);

		if (offset - start < size) {
			const char *p = skb_frag_address(frag);

			*len = size - (offset - start);
			return p ? p + (offset - start) : NULL;
		}
		start += size;
	}
	skb_walk_frags(skb, part) {
		if (offset - start < part->len)
			return find_run(part, offset - start, len);
		start += part->len;
	}
	return NULL;
}

/* Called by tcp_read_sock() with each skb, and with what we left of one. */
static int feed_skb(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset, size_t len)
{
	struct rx *rx = desc->arg.data;
	size_t done = 0;

	while (done < len) {
		size_t run, used;
		const char *p = find_run(skb, offset + done, &run);

		if (!p) {
			rx->err = -EFAULT;
			break;
		}
		run = min(run, len - done);
		used = feed(rx, p, run);
		done += used;
		if (used < run)
			break;
	}
	return done;
}

/* What a watcher says is thrown away. */
static int run_watch(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	size_t read;

	budget->steps -= DUMP_STEPS;
	if (!kmc_exec_watch(&conn->session, conn->out)) {
		conn->next = KMC_NEXT_REQUEST;
		return 1;
	}
	read = kmc_rx_discard(conn);
	conn->ahead_len = 0;
	budget->bytes -= read;
	kmc_stats_add(conn->session.env->stats, KMC_STAT_BYTES_READ, read);
	return read || conn->out->bytes;
}

/**
 * kmc_rx_run() - read and execute requests
 * @conn: the connection, with an empty batch
 * @budget: what it may do; reduced. Where it may not wait, it may do less.
 *
 * Context: socket lock; by lock_sock() if @budget allows to wait.
 *
 * Return: 0 if all that is there was read; 1 if there may be more; -EWOULDBLOCK if
 * what is next would have to wait for memory, or takes long; another negative errno
 * if the connection cannot go on.
 */
int kmc_rx_run(struct kmc_conn *conn, struct kmc_rx_budget *budget)
{
	struct rx rx = { .conn = conn, .budget = budget };
	read_descriptor_t desc = { .arg.data = &rx, .count = 1 };
	int read = 0;

	if (conn->next == KMC_NEXT_WATCH)
		return run_watch(conn, budget);
	if (conn->next == KMC_NEXT_DUMP) {
		budget->steps -= DUMP_STEPS;
		if (kmc_exec_dump(&conn->session, conn->out))
			conn->next = KMC_NEXT_REQUEST;
	}
	rx.stopped = conn->next == KMC_NEXT_DUMP;
	/* keys may be left in the frame's buffer */
	if (!rx.stopped && kmc_frame_is_due(&conn->frame))
		feed(&rx, "", 0);
	if (!rx.stopped && conn->ahead_len)
		conn->ahead_len -= feed(&rx, &conn->ahead, 1);
	if (!rx.stopped && !rx.deferred && !conn->ahead_len)
		read = tcp_read_sock(conn->sock->sk, &desc, feed_skb);
	if (rx.err)
		return rx.err;
	if (read < 0)
		return read;
	if (read)
		WRITE_ONCE(conn->heard, jiffies);
	kmc_stats_add(conn->session.env->stats, KMC_STAT_BYTES_READ, read);
	if (rx.deferred)
		return -EWOULDBLOCK;
	return rx.stopped || conn->next == KMC_NEXT_DUMP || conn->next == KMC_NEXT_WATCH;
}

/**
 * kmc_rx_is_at_urgent() - is an urgent byte next?
 * @conn: the connection
 *
 * tcp_read_sock() does not get past it: kmc_rx_skip_urgent() does.
 *
 * Context: socket lock.
 *
 * Return: true if there is nothing more to read before it.
 */
bool kmc_rx_is_at_urgent(const struct kmc_conn *conn)
{
	const struct tcp_sock *tp = tcp_sk(conn->sock->sk);

	return tp->urg_data && tp->urg_seq == tp->copied_seq && tp->copied_seq != tp->rcv_nxt;
}

/**
 * kmc_rx_skip_urgent() - get past an urgent byte
 * @conn: the connection, for which kmc_rx_is_at_urgent()
 *
 * An application that does not ask for urgent data never sees it: recvmsg() leaves
 * it out. That can only be had by reading a byte behind it, which is kept for
 * kmc_rx_run(), if it is there already.
 *
 * Context: process, the connection's work, without the socket's lock.
 *
 * Return: 0, or a negative errno if there is no getting past it.
 */
int kmc_rx_skip_urgent(struct kmc_conn *conn)
{
	struct kvec vec = { .iov_base = &conn->ahead, .iov_len = 1 };
	struct msghdr msg = {};
	int read = kernel_recvmsg(conn->sock, &msg, &vec, 1, 1, MSG_DONTWAIT);

	/* there is nothing behind it yet */
	if (read == -EAGAIN)
		return 0;
	if (read < 0)
		return read;
	conn->ahead_len = read;
	kmc_stats_add(conn->session.env->stats, KMC_STAT_BYTES_READ, read);
	return 0;
}

static int discard_skb(read_descriptor_t *desc, struct sk_buff *skb, unsigned int offset,
		       size_t len)
{
	return len;
}

/**
 * kmc_rx_discard() - read what there is, for nothing
 * @conn: the connection
 *
 * Context: socket lock, by lock_sock().
 *
 * Return: how many bytes there were.
 */
size_t kmc_rx_discard(struct kmc_conn *conn)
{
	read_descriptor_t desc = { .count = 1 };
	int read = tcp_read_sock(conn->sock->sk, &desc, discard_skb);

	return read > 0 ? read : 0;
}

/* Is there nothing to do before more of a value comes, and has the client all replies? */
static bool is_gathering(const struct kmc_conn *conn)
{
	const struct tcp_sock *tp = tcp_sk(conn->sock->sk);

	return conn->state == KMC_CONN_OPEN && kmc_frame_is_in_value(&conn->frame) &&
	       !(conn->out && conn->out->bytes) && tp->snd_una == tp->write_seq;
}

/*
 * The window is not taken back unless a sysctl says so, and no segment is longer than was
 * advertised: while less than this is unread, the client can always send one more. Half a window:
 * it need not wait for us. And not the last segment: it may be in two, the second of which waits
 * for the first to be acknowledged (Nagle), and TCP acknowledges at once what was read.
 */
static u32 find_low_water(const struct kmc_conn *conn)
{
	const struct sock *sk = conn->sock->sk;
	u32 window = tcp_receive_window(tcp_sk(sk));
	u32 spare = window - min_t(u32, window, tcp_sk(sk)->advmss);
	u64 last = inet_csk(sk)->icsk_ack.rcv_mss;

	if (!is_gathering(conn) || conn->frame.left <= last ||
	    READ_ONCE(sock_net(sk)->ipv4.sysctl_tcp_shrink_window))
		return 1;
	spare = min3(spare, window / 2, (u32)LOW_WATER_MAX);
	return max_t(u64, 1, min_t(u64, conn->frame.left - last, spare));
}

/**
 * kmc_rx_clear_low_water() - whatever arrives is to be told
 * @conn: the connection, whose turn begins
 *
 * Sending lets TCP take what has come meanwhile (sk_flush_backlog()), after all was read: if that
 * is less than was worth a turn before, nobody would hear of it.
 *
 * Context: socket lock.
 */
void kmc_rx_clear_low_water(struct kmc_conn *conn)
{
	struct sock *sk = conn->sock->sk;

	if (sk->sk_rcvlowat > 1)
		WRITE_ONCE(sk->sk_rcvlowat, 1);
}

/**
 * kmc_rx_set_low_water() - say how much has to arrive before there is something to do
 * @conn: the connection, whose turn is over
 *
 * Of a value, a good part: each segment would queue the work otherwise. TCP tells of less, too,
 * when it is short of memory or the window is nearly closed (tcp_epollin_ready()), and of the
 * end in any case. Not tcp_set_rcvlowat(), which makes the receive buffer larger, and is not
 * exported by every kernel.
 *
 * Context: socket lock.
 */
void kmc_rx_set_low_water(struct kmc_conn *conn)
{
	WRITE_ONCE(conn->sock->sk->sk_rcvlowat, find_low_water(conn));
}
