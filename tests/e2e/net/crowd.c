// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "crowd.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * A connection on which nothing moves for this long has failed: a segment that is lost eight times
 * in a row comes 51 s after the first attempt.
 */
#define PATIENCE_MS 60000

#define PIECE (64 << 10)

/**
 * crowd_now_ms() - read the monotonic clock
 *
 * Return: milliseconds.
 */
long crowd_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/**
 * crowd_random() - the next pseudo-random number
 * @state: any number at first
 *
 * Return: 64 bits.
 */
uint64_t crowd_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

/**
 * crowd_below() - a pseudo-random number in a range
 * @state: as for crowd_random()
 * @bound: not 0
 *
 * Return: 0 to @bound - 1.
 */
uint64_t crowd_below(uint64_t *state, uint64_t bound)
{
	return crowd_random(state) % bound;
}

/**
 * crowd_add_value() - append bytes that nothing else has
 * @b: where to
 * @seed: what they are made from
 * @len: how many
 */
void crowd_add_value(struct bytes *b, uint64_t seed, size_t len)
{
	char *room = bytes_room(b, len + sizeof(uint64_t));

	for (size_t at = 0; at < len; at += sizeof(uint64_t)) {
		uint64_t word = crowd_random(&seed);

		memcpy(room + at, &word, sizeof(word));
	}
	b->len += len;
}

/**
 * crowd_number() - read a number of the command line, or end the program
 * @word: its text
 *
 * Return: the number.
 */
unsigned long crowd_number(const char *word)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (end != word && !*end)
		return number;
	fprintf(stderr, "%s is not a number\n", word);
	exit(2);
}

/**
 * crowd_init() - make a crowd of members that are not connected
 * @crowd: result
 * @host: of the server
 * @port: of the server
 * @size: how many members
 */
void crowd_init(struct crowd *crowd, const char *host, const char *port, unsigned int size)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	struct rlimit files = { .rlim_cur = size + 64, .rlim_max = size + 64 };
	struct addrinfo *found;

	memset(crowd, 0, sizeof(*crowd));
	if (getaddrinfo(host, port, &hints, &found)) {
		fprintf(stderr, "%s %s is no address\n", host, port);
		exit(2);
	}
	memcpy(&crowd->address, found->ai_addr, found->ai_addrlen);
	crowd->address_len = found->ai_addrlen;
	freeaddrinfo(found);
	crowd->size = size;
	crowd->members = calloc(size, sizeof(*crowd->members));
	if (!crowd->members)
		abort();
	for (unsigned int i = 0; i < size; i++) {
		crowd->members[i].number = i;
		crowd->members[i].fd = -1;
	}
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
}

static void leave(struct member *m, bool by_reset)
{
	struct linger linger = { .l_onoff = 1 };

	if (by_reset)
		setsockopt(m->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(m->fd);
	m->fd = -1;
	m->connected = false;
	m->ended = false;
	m->shut = false;
}

/* Where it stands is part of what went wrong. */
static bool fail_member(struct crowd *crowd, struct member *m, const char *what)
{
	printf("# member %u, after %lu parts: %s (sent %zu of %zu bytes, received %zu of %zu)\n",
	       m->number, crowd->parts, what, m->sent, m->part.request.len, m->have,
	       m->part.wanted.len);
	crowd->failed++;
	leave(m, true);
	return false;
}

/* The first to go round the addresses are those of the first parts. */
static void choose_address(const struct crowd *crowd, struct sockaddr_storage *address)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)address;

	*address = crowd->address;
	if (crowd->spread && address->ss_family == AF_INET)
		v4->sin_addr.s_addr = htonl(ntohl(v4->sin_addr.s_addr) +
					    crowd->parts % crowd->spread);
}

static bool begin_connection(struct crowd *crowd, struct member *m)
{
	struct sockaddr_storage address;
	int one = 1;

	choose_address(crowd, &address);
	m->fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (m->fd < 0)
		return fail_member(crowd, m, strerror(errno));
	setsockopt(m->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (crowd->mss && setsockopt(m->fd, IPPROTO_TCP, TCP_MAXSEG, &crowd->mss, sizeof(int)))
		return fail_member(crowd, m, "this segment size cannot be had");
	if (connect(m->fd, (struct sockaddr *)&address, crowd->address_len) &&
	    errno != EINPROGRESS)
		return fail_member(crowd, m, strerror(errno));
	return true;
}

/* Give the member its next part. False if there is none, or it cannot begin. */
static bool begin_part(struct crowd *crowd, struct member *m)
{
	bytes_free(&m->part.request);
	bytes_free(&m->part.wanted);
	memset(&m->part, 0, sizeof(m->part));
	m->sent = 0;
	m->have = 0;
	if (!crowd->next(m)) {
		if (m->fd >= 0)
			leave(m, false);
		return false;
	}
	m->moved = crowd_now_ms();
	return m->fd >= 0 || begin_connection(crowd, m);
}

static bool is_complete(const struct member *m)
{
	return m->connected && m->sent == m->part.request.len &&
	       m->have == m->part.wanted.len && (m->part.end != CROWD_EOF || m->ended);
}

static void note_move(struct crowd *crowd, struct member *m)
{
	long now = crowd_now_ms();

	if (now - m->moved > crowd->longest)
		crowd->longest = now - m->moved;
	m->moved = now;
}

static bool finish_connecting(struct crowd *crowd, struct member *m)
{
	socklen_t len = sizeof(int);
	int err;

	getsockopt(m->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err)
		return fail_member(crowd, m, strerror(err));
	m->connected = true;
	note_move(crowd, m);
	return true;
}

static bool send_some(struct crowd *crowd, struct member *m)
{
	const struct bytes *request = &m->part.request;

	while (m->sent < request->len) {
		ssize_t sent = send(m->fd, request->data + m->sent, request->len - m->sent,
				    MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (sent < 0)
			return fail_member(crowd, m, strerror(errno));
		m->sent += sent;
		note_move(crowd, m);
	}
	if (m->part.half_close && !m->shut) {
		shutdown(m->fd, SHUT_WR);
		m->shut = true;
	}
	return true;
}

static bool compare(struct crowd *crowd, struct member *m, const char *piece, size_t len)
{
	size_t left = m->part.wanted.len - m->have, same = 0;
	const char *wanted = m->part.wanted.data + m->have;

	if (len <= left && !memcmp(piece, wanted, len)) {
		m->have += len;
		return true;
	}
	while (same < len && same < left && piece[same] == wanted[same])
		same++;
	bytes_explain("wanted", wanted, left, same);
	bytes_explain("got", piece, len, same);
	return fail_member(crowd, m, "this is not the reply");
}

static bool receive_some(struct crowd *crowd, struct member *m)
{
	static char piece[PIECE];
	ssize_t got;

	for (;;) {
		got = recv(m->fd, piece, sizeof(piece), 0);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			return true;
		if (got < 0)
			return fail_member(crowd, m, strerror(errno));
		note_move(crowd, m);
		if (!got)
			break;
		if (!compare(crowd, m, piece, got))
			return false;
	}
	m->ended = true;
	if (m->part.end != CROWD_EOF || m->have < m->part.wanted.len)
		return fail_member(crowd, m, "the server closed");
	return true;
}

/* What does not read is not told what comes: a reset or an end of what it did not ask for. */
static bool wants_to_read(const struct member *m)
{
	return !m->ended && (m->have < m->part.wanted.len || m->part.end == CROWD_EOF);
}

static bool move(struct crowd *crowd, struct member *m)
{
	if (!m->connected && !finish_connecting(crowd, m))
		return false;
	if (!send_some(crowd, m))
		return false;
	return !wants_to_read(m) || receive_some(crowd, m);
}

static bool end_part(struct crowd *crowd, struct member *m)
{
	crowd->parts++;
	if (m->part.end != CROWD_STAY)
		leave(m, m->part.end == CROWD_RESET);
	return begin_part(crowd, m);
}

/* One member, after poll. False: it is out. */
static bool step(struct crowd *crowd, struct member *m, short events)
{
	if (events && !move(crowd, m))
		return false;
	if (is_complete(m))
		return end_part(crowd, m);
	if (crowd_now_ms() - m->moved > PATIENCE_MS)
		return fail_member(crowd, m, "nothing moves");
	return true;
}

static short events_of(const struct member *m)
{
	short events = 0;

	if (!m->connected || m->sent < m->part.request.len)
		events |= POLLOUT;
	if (m->connected && wants_to_read(m))
		events |= POLLIN;
	return events;
}

/**
 * crowd_run() - have all members play their parts
 * @crowd: the crowd
 *
 * Return: true if none has failed.
 */
bool crowd_run(struct crowd *crowd)
{
	struct pollfd *fds = calloc(crowd->size, sizeof(*fds));
	unsigned int playing = 0;

	if (!fds)
		abort();
	for (unsigned int i = 0; i < crowd->size; i++)
		playing += begin_part(crowd, &crowd->members[i]);
	while (playing) {
		for (unsigned int i = 0; i < crowd->size; i++) {
			fds[i].fd = crowd->members[i].fd;
			fds[i].events = fds[i].fd < 0 ? 0 : events_of(&crowd->members[i]);
			fds[i].revents = 0;
		}
		poll(fds, crowd->size, 1000);
		for (unsigned int i = 0; i < crowd->size; i++) {
			if (fds[i].fd >= 0 && !step(crowd, &crowd->members[i], fds[i].revents))
				playing--;
		}
	}
	free(fds);
	return !crowd->failed;
}
