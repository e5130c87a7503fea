// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A client connects to something that listens, sends bursts of requests, checks
 * every reply, and ends the connection in one of many ways, or leaves it in the
 * middle of something. Connections may be closed at any moment, but not without
 * somebody having said before that they would be.
 */
#define _GNU_SOURCE	/* setns() */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "burst.h"
#include "netns.h"
#include "shared.h"

/* Nothing moves for so long: it has stopped. Longer than two retransmissions of a SYN. */
#define STALL_MS	10000

/* How often it is looked whether it still makes sense to wait. */
#define LOOK_MS		500

/* So long is worth a line. */
#define SLOW_MS		500

/* Connections that each client leaves in the middle of something. */
#define HELD		6

#define HELD_VALUE	200000
#define HELD_GETS	40

const struct control_addr load_addrs[ADDRS] = {
	{ "127.0.0.1:11401", 4, { 127, 0, 0, 1 }, 11401 },
	{ "127.0.0.2:11401", 4, { 127, 0, 0, 2 }, 11401 },
	{ "127.9.9.9:11402", 4, { 127, 9, 9, 9 }, 11402 },
	{ "[::1]:11401", 16, { [15] = 1 }, 11401 },
	{ "0.0.0.0:11403", 4, { 0 }, 11403 },
	{ "[::]:11404", 16, { 0 }, 11404 },
	{ "127.0.0.1:11405", 4, { 127, 0, 0, 1 }, 11405 },
};

/**
 * struct conn - one connection
 * @fd: the socket, or -1
 * @place: which namespace serves it
 * @addr: which address there
 * @outside: we are not in that namespace
 * @number: that of the namespace
 * @generation: that of the place before it was made
 * @disruptions: those of the place before it was made
 * @unsure: what was sent may have made the server close
 */
struct conn {
	int fd;
	struct place *place;
	unsigned int addr;
	bool outside;
	unsigned int number;
	unsigned int generation;
	unsigned int disruptions;
	bool unsure;
};

static struct conn held[HELD];
static struct burst burst;
static struct bytes input;
static struct rng rng;
static unsigned int self;
static unsigned int home;

static unsigned int stall_ms(void)
{
	return STALL_MS * shared->patience;
}

static const char *name_of(const struct conn *conn)
{
	return load_addrs[conn->addr].text;
}

static bool is_over(void)
{
	return atomic_load(&shared->stop) || atomic_load(&shared->quiet);
}

/* The server has closed. Was it to be expected? */
static void closed(struct conn *conn, const char *when, int error)
{
	if (conn->unsure || atomic_load(&conn->place->disruptions) != conn->disruptions) {
		count(COUNT_CUT);
		return;
	}
	flunk(CHECK_CLOSED, "client %u: %s in place %u closed a connection %s (%s)", self,
	      name_of(conn), (unsigned int)(conn->place - shared->places), when,
	      strerror(error));
}

/* A namespace that goes may take its last words along. */
static bool may_be_mute(const struct conn *conn)
{
	return conn->outside && atomic_load(&conn->place->generation) != conn->generation;
}

/* Nothing moves. */
static void stalled(struct conn *conn, const char *when)
{
	if (may_be_mute(conn)) {
		count(COUNT_CUT);
		return;
	}
	flunk(CHECK_HANG, "client %u: nothing moves at %s in place %u %s: %zu of %u replies came, "
	      "%zu bytes more", self, name_of(conn), (unsigned int)(conn->place - shared->places),
	      when, (size_t)burst.next, burst.reply_count, input.len);
}

static void shut(struct conn *conn, bool reset)
{
	struct linger linger = { .l_onoff = 1 };

	if (conn->fd < 0)
		return;
	if (reset)
		setsockopt(conn->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(conn->fd);
	conn->fd = -1;
}

/* False: nothing for too long. */
static bool await(struct conn *conn, short events)
{
	struct pollfd fd = { .fd = conn->fd, .events = events };
	long long deadline = now_ms() + stall_ms();

	do {
		if (poll(&fd, 1, LOOK_MS) == 1)
			return true;
	} while (now_ms() < deadline && !may_be_mute(conn));
	return false;
}

static socklen_t compose_sockaddr(const struct conn *conn, struct sockaddr_storage *storage)
{
	const struct control_addr *addr = &load_addrs[conn->addr];
	struct sockaddr_in *in = (struct sockaddr_in *)storage;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)storage;

	memset(storage, 0, sizeof(*storage));
	if (addr->size == 16 && !conn->outside) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(addr->port);
		memcpy(&in6->sin6_addr, addr->bytes, 16);
		/* of both families: try the other one, too */
		if (!addr->bytes[15])
			in6->sin6_addr = in6addr_loopback;
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(addr->port);
	if (conn->outside)
		in->sin_addr.s_addr = netns_address(conn->number);
	else if (addr->bytes[0])
		memcpy(&in->sin_addr, addr->bytes, 4);
	else
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*in);
}

/* Not wrong, but worth knowing. */
static void tell_if_slow(const struct conn *conn, const char *what, long long start)
{
	long long spent = now_ms() - start;

	if (spent > SLOW_MS * shared->patience)
		say("client %u: %lld ms for %s at %s in place %u, %zu bytes of requests", self,
		    spent, what, name_of(conn), (unsigned int)(conn->place - shared->places),
		    burst.requests.len);
}

/* False: there is nobody, or not any more. */
static bool make_connection(struct conn *conn)
{
	long long start = now_ms();
	struct sockaddr_storage addr;
	socklen_t len = compose_sockaddr(conn, &addr);
	socklen_t size = sizeof(int);
	int error = 0, on = 1;

	conn->fd = socket(addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* when a wire has gone, its addresses must not be looked for in the world outside */
	if (conn->fd < 0 || setsockopt(conn->fd, SOL_SOCKET, SO_DONTROUTE, &on, sizeof(on))) {
		flunk(CHECK_TEST, "client %u: socket: %s", self, strerror(errno));
		shut(conn, false);
		return false;
	}
	if (connect(conn->fd, (struct sockaddr *)&addr, len) && errno != EINPROGRESS)
		goto out_shut;
	if (!await(conn, POLLOUT)) {
		stalled(conn, "while connecting");
		goto out_shut;
	}
	if (getsockopt(conn->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error)
		goto out_shut;
	count(COUNT_CONNECTIONS);
	tell_if_slow(conn, "a connection", start);
	return true;

out_shut:
	shut(conn, false);
	return false;
}

/* Where to connect to: mostly where somebody listens. */
static bool choose(struct conn *conn)
{
	unsigned int where = home ? home : rng_below(&rng, PLACES);
	unsigned int first = rng_below(&rng, ADDRS), any = !rng_below(&rng, 16), listening, i;

	*conn = (struct conn){ .fd = -1, .place = &shared->places[where] };
	conn->outside = where != home;
	conn->generation = atomic_load(&conn->place->generation);
	conn->disruptions = atomic_load(&conn->place->disruptions);
	/* odd: something is ending connections now, and ends this one, too, or not */
	conn->unsure = conn->disruptions & 1;
	conn->number = atomic_load(&conn->place->number);
	if (atomic_load(&conn->place->generation) != conn->generation ||
	    (where && !atomic_load(&conn->place->fd)))
		return false;
	listening = atomic_load(&conn->place->listening) | (any ? ~0U : 0);
	if (conn->outside)
		listening &= ADDRS_WIRE;
	for (i = 0; i < ADDRS; i++) {
		conn->addr = (first + i) % ADDRS;
		if (listening & 1U << conn->addr)
			return true;
	}
	return false;
}

/* Sends what can be sent now; nobody waits for the rest. */
static void send_some(struct conn *conn, const void *data, size_t len)
{
	if (send(conn->fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 || errno == EAGAIN)
		return;
	closed(conn, "before it ended", errno);
	conn->unsure = true;
}

enum progress { MOVED, STUCK, CLOSED };

static enum progress send_more(struct conn *conn, const struct bytes *requests, size_t *sent)
{
	ssize_t got;

	if (*sent == requests->len)
		return STUCK;
	got = send(conn->fd, requests->data + *sent, requests->len - *sent,
		   MSG_NOSIGNAL | MSG_DONTWAIT);
	if (got < 0)
		return errno == EAGAIN ? STUCK : CLOSED;
	*sent += got;
	return MOVED;
}

static enum progress receive_more(struct conn *conn)
{
	ssize_t got = recv(conn->fd, bytes_room(&input, 65536), 65536, MSG_DONTWAIT);

	if (got < 0)
		return errno == EAGAIN ? STUCK : CLOSED;
	if (!got) {
		errno = 0;
		return CLOSED;
	}
	input.len += got;
	return MOVED;
}

/* False: something wrong has come. */
static bool check_input(struct conn *conn)
{
	size_t at = 0, piece;
	bool wrong = false;

	while (burst.next < burst.reply_count) {
		piece = burst_check(&burst, input.data + at, input.len - at, &wrong);
		if (!piece || wrong)
			break;
		at += piece;
	}
	if (!wrong && burst.next == burst.reply_count && at < input.len)
		wrong = true;
	if (wrong) {
		flunk(CHECK_REPLY, "client %u: wrong reply %u of %u from %s, place %u, "
		      "namespace %u: %.100s", self, burst.next, burst.reply_count, name_of(conn),
		      (unsigned int)(conn->place - shared->places), conn->number,
		      input.data + at);
	}
	memmove(input.data, input.data + at, input.len - at);
	input.len -= at;
	return !wrong;
}

/* Sends the burst and checks what comes. False: the connection is of no use any more. */
static bool exchange(struct conn *conn)
{
	long long start = now_ms();
	size_t sent = 0;

	begin(120, "client %u: %u requests to %s, namespace %u", self, burst.reply_count,
	      name_of(conn), conn->number);
	input.len = 0;
	while (sent < burst.requests.len || burst.next < burst.reply_count) {
		enum progress out = send_more(conn, &burst.requests, &sent);
		enum progress in = receive_more(conn);

		if (in == MOVED && !check_input(conn))
			return false;
		if (in == CLOSED || (out == CLOSED && in == STUCK)) {
			closed(conn, "in the middle of requests", errno);
			return false;
		}
		if (in == MOVED || out == MOVED)
			continue;
		if (!await(conn, POLLIN | (sent < burst.requests.len ? POLLOUT : 0))) {
			stalled(conn, "in the middle of requests");
			return false;
		}
	}
	end();
	tell_if_slow(conn, "a burst", start);
	return true;
}

/* Everything was said: the server is to close now, whatever it still sends. */
static void await_end(struct conn *conn, const char *when)
{
	long long start = now_ms();

	begin(60, "client %u: the end from %s, namespace %u", self, name_of(conn), conn->number);
	for (;;) {
		enum progress in = receive_more(conn);

		input.len = 0;
		if (in == CLOSED)
			break;
		if (in == STUCK && !await(conn, POLLIN)) {
			stalled(conn, when);
			break;
		}
	}
	end();
	tell_if_slow(conn, "an end", start);
}

/* Was it closed while nobody looked? Replies that nobody reads hide it. */
static void look_at(struct conn *conn)
{
	char byte;
	ssize_t got = recv(conn->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (!got || (got < 0 && errno != EAGAIN))
		closed(conn, "that was held", got ? errno : 0);
}

/* Brings a connection into the middle of something, and keeps it. */
static void hold(struct conn *conn)
{
	struct conn *old = &held[rng_below(&rng, HELD)];
	struct burst_key key = { .kind = 'v', .number = rng_below(&rng, 32) };
	unsigned int i;

	burst_begin(&burst, conn->number);
	switch (rng_below(&rng, 4)) {
	case 0:
		send_some(conn, "get v", 5);
		break;
	case 1:
		burst_add_set(&burst, key, HELD_VALUE);
		send_some(conn, burst.requests.data, rng_below(&rng, burst.requests.len));
		break;
	case 2:
		burst_add_set(&burst, key, HELD_VALUE);
		if (!exchange(conn)) {
			shut(conn, false);
			return;
		}
		burst_begin(&burst, conn->number);
		for (i = 0; i < HELD_GETS; i++)
			bytes_printf(&burst.requests, "get v%u\r\n", key.number);
		send_some(conn, burst.requests.data, burst.requests.len);
		break;
	default:
		break;
	}
	if (old->fd >= 0)
		look_at(old);
	shut(old, rng_below(&rng, 2));
	*old = *conn;
}

static void send_noise(struct conn *conn)
{
	static const char likely[] = "\r\n gets0";
	unsigned int len = 1 + rng_below(&rng, 5000), i;
	char *noise = bytes_room(&input, len);

	for (i = 0; i < len; i++) {
		noise[i] = rng_next(&rng);
		if (noise[i] & 1)
			noise[i] = likely[rng_below(&rng, sizeof(likely) - 1)];
	}
	conn->unsure = true;
	send_some(conn, noise, len);
}

static void finish(struct conn *conn)
{
	switch (rng_below(&rng, 8)) {
	case 0:
		send_some(conn, "quit\r\n", 6);
		await_end(conn, "after quit");
		break;
	case 1:
		shutdown(conn->fd, SHUT_WR);
		await_end(conn, "after the client has shut its side");
		break;
	case 2:
		send_noise(conn);
		break;
	case 3:
		send_some(conn, "stats\r\nget v1 v2 v3\r\n", 21);
		break;
	case 4:
	case 5:
		hold(conn);
		return;
	default:
		break;
	}
	shut(conn, rng_below(&rng, 2));
}

static void talk(void)
{
	unsigned int rounds = 1 + rng_below(&rng, 6), i;
	struct conn conn;

	if (!choose(&conn)) {
		nap_ms(2 + rng_below(&rng, 10));
		return;
	}
	begin(60, "client %u: connect to %s, namespace %u", self, name_of(&conn), conn.number);
	if (!make_connection(&conn)) {
		end();
		nap_ms(2 + rng_below(&rng, 10));
		return;
	}
	for (i = 0; i < rounds && !is_over(); i++) {
		unsigned int requests = 1 + rng_below(&rng, BURST_MAX);

		burst_begin(&burst, conn.number);
		while (requests--)
			burst_add(&burst, &rng);
		if (!exchange(&conn)) {
			end();
			shut(&conn, true);
			return;
		}
	}
	finish(&conn);
	end();
}

static void let_all_go(void)
{
	unsigned int i;

	for (i = 0; i < HELD; i++)
		shut(&held[i], rng_below(&rng, 2));
}

/**
 * load_run() - be a client until everything is over
 * @client: which
 * @place: where it lives; in the first namespace it also talks to the others
 * @life: how many there have been before it
 */
void load_run(unsigned int client, unsigned int place, uint64_t life)
{
	unsigned int i;

	self = client;
	home = place;
	rng = rng_of(shared->seed, LANES + client + CLIENTS * life);
	for (i = 0; i < HELD; i++)
		held[i].fd = -1;
	while (!atomic_load(&shared->stop)) {
		if (atomic_load(&shared->quiet)) {
			let_all_go();
			rest();
			continue;
		}
		talk();
	}
	let_all_go();
	exit(0);
}
