// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "peer.h"

/*
 * How to know that all has been answered, without waiting for time to pass.
 *
 * Well-formed commands are sent in batches. Each ends with a command whose reply nothing else can
 * be (its opaque is a number that is used once), and that is waited for.
 *
 * Behind odd commands it may never come: the server may take it for a value, or close the
 * connection. So the last batch is sent with the end of the connection behind it, and read until
 * the server, having seen that, closes its side. Whether it had closed it before, because of an
 * odd command, shows in whether the last command was answered. A server that instead waits for
 * some more bytes of a value must not look the same: so there is a filler before the last command,
 * long enough to be the rest of all but very long values, whose end nobody waits for.
 *
 * Nothing is lost that was sent. A server that closes with unread bytes makes TCP reset the
 * connection; but what it has sent arrives before, in order, over loopback at once, and Linux hands
 * out what has arrived before it tells of a reset. The replies to the last batch are small: they
 * fit the socket's buffers, so nothing waits in the server when it closes. What memcached itself
 * does not send, because it closes with replies that it has not got to, is rule "unsent".
 */

#define FENCE_KEY "__end"
#define FILLER 700
#define HEADER 24

static int deadline_ms(void)
{
	const char *patience = getenv("KMC_PATIENCE");

	return 20000 * (patience ? atoi(patience) : 1);
}

static int peer_connect(const struct peer *peer)
{
	int fd = socket(peer->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)&peer->address, peer->address_len)) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static bool wait_for(int fd, short events)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&pfd, 1, deadline_ms());
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* What has come: false if that was all. */
static bool receive(struct peer *peer, int fd, struct bytes *reply, bool *some)
{
	char *room = bytes_room(reply, 1 << 16);
	ssize_t got = recv(fd, room, 1 << 16, 0);

	*some = got > 0;
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (peer->lie_at >= peer->received && peer->lie_at < peer->received + got)
		room[peer->lie_at - peer->received] ^= 1;
	peer->received += got;
	reply->len += got;
	return got;
}

static bool ends_with(const struct bytes *b, const struct bytes *end)
{
	return b->len >= end->len && !memcmp(b->data + b->len - end->len, end->data, end->len);
}

/**
 * struct sending - bytes on their way
 * @data: what to send
 * @at: how much has been
 * @random: where it is cut into segments
 * @is_last: the end of the connection is behind it
 */
struct sending {
	struct bytes data;
	size_t at;
	struct random random;
	bool is_last;
};

static void send_some(int fd, struct sending *sending, bool *some)
{
	size_t left = sending->data.len - sending->at, part = left;
	ssize_t sent;

	if (!random_once_in(&sending->random, 4))
		part = 1 + random_below(&sending->random, left);
	if (random_once_in(&sending->random, 8))
		part = 1;
	sent = send(fd, sending->data.data + sending->at, part, MSG_NOSIGNAL);
	*some = sent > 0;
	if (sent > 0)
		sending->at += sent;
	else if (errno != EAGAIN && errno != EINTR)
		/* closed: what the server has said is still to be read */
		sending->at = sending->data.len;
	if (sending->at == sending->data.len && sending->is_last)
		shutdown(fd, SHUT_WR);
}

/* Send and read until this end has come or, without one, until the server closes. */
static enum peer_end exchange(struct peer *peer, int fd, struct sending *sending,
			      struct bytes *reply, const struct bytes *end)
{
	for (;;) {
		bool sent = false, got, left = sending->at < sending->data.len;

		if (left)
			send_some(fd, sending, &sent);
		if (!receive(peer, fd, reply, &got))
			return end ? PEER_CLOSED : PEER_ANSWERED;
		left = sending->at < sending->data.len;
		if (!left && end && ends_with(reply, end))
			return PEER_ANSWERED;
		if (!sent && !got && !wait_for(fd, left ? POLLIN | POLLOUT : POLLIN))
			return PEER_STALLED;
	}
}

static void add_noop(struct bytes *out, unsigned char magic, unsigned int nonce)
{
	unsigned char header[HEADER] = {
		magic, 0x0a, [12] = 0xee, 0xee, nonce >> 8, nonce,
	};

	bytes_add(out, header, sizeof(header));
}

/* The command at the end of a batch, and its reply. */
static void add_fence(enum protocol protocol, unsigned int nonce, struct bytes *request,
		      struct bytes *reply)
{
	if (protocol == PROTOCOL_BINARY) {
		add_noop(request, 0x80, nonce);
		add_noop(reply, 0x81, nonce);
		return;
	}
	bytes_printf(request, "md " FENCE_KEY " O%08x\r\n", nonce);
	bytes_printf(reply, "NF O%08x\r\n", nonce);
}

static void add_filler(enum protocol protocol, struct bytes *request)
{
	size_t end = request->len + FILLER;

	while (request->len < end) {
		if (protocol == PROTOCOL_BINARY)
			add_noop(request, 0x80, 0);
		else
			bytes_printf(request, "mn\r\n");
	}
}

/* A command, with the cas id that the server has given. */
static void add_command(struct bytes *out, const struct command *command,
			const struct canon *canon)
{
	uint64_t cas = canon_recent_cas(canon, command->cas_back);
	size_t begin = out->len;
	unsigned int i;

	switch (command->cas) {
	case CAS_NONE:
		bytes_add(out, command->data.data, command->data.len);
		break;
	case CAS_TEXT:
		bytes_add(out, command->data.data, command->cas_at);
		bytes_printf(out, "%llu", (unsigned long long)cas);
		bytes_add(out, command->data.data + command->cas_at,
			  command->data.len - command->cas_at);
		break;
	case CAS_BINARY:
		bytes_add(out, command->data.data, command->data.len);
		for (i = 0; i < 8; i++, cas >>= 8)
			out->data[begin + command->cas_at + 7 - i] = cas;
		break;
	}
}

/* One batch of well-formed commands, and its reply without the fence's. */
static enum peer_end run_batch(struct peer *peer, int fd, enum protocol protocol,
			       struct sending *sending, struct bytes *reply, unsigned int nonce)
{
	struct bytes end = { 0 };
	enum peer_end how;

	add_fence(protocol, nonce, &sending->data, &end);
	sending->at = 0;
	how = exchange(peer, fd, sending, reply, &end);
	if (how == PEER_ANSWERED)
		reply->len -= end.len;
	bytes_free(&end);
	sending->data.len = 0;
	return how;
}

/* The well-formed commands, up to @count. */
static enum peer_end run_sure(struct peer *peer, int fd, const struct stream *stream,
			      unsigned int count, struct sending *sending, struct outcome *outcome)
{
	enum peer_end end = PEER_ANSWERED;
	unsigned int i = 0, nonce = 1;

	while (i < count && end == PEER_ANSWERED) {
		struct bytes reply = { 0 };

		do {
			add_command(&sending->data, &stream->commands[i++], &outcome->canon);
		} while (i < count && !stream->commands[i].is_fence);
		end = run_batch(peer, fd, stream->protocol, sending, &reply, nonce++);
		canon_add(&outcome->canon, stream->protocol, &reply, &outcome->sure);
		bytes_free(&reply);
	}
	return end;
}

/* What is left of the stream, with the end of the connection behind it. */
static enum peer_end run_odd(struct peer *peer, int fd, const struct stream *stream,
			     unsigned int begin, struct sending *sending, struct outcome *outcome)
{
	struct bytes unused = { 0 };
	enum peer_end end;

	for (; begin < stream->count; begin++)
		add_command(&sending->data, &stream->commands[begin], &outcome->canon);
	if (!stream->is_bare) {
		add_filler(stream->protocol, &sending->data);
		add_fence(stream->protocol, 0xffff, &sending->data, &unused);
	}
	bytes_free(&unused);
	sending->at = 0;
	sending->is_last = true;
	if (!sending->data.len)
		shutdown(fd, SHUT_WR);
	end = exchange(peer, fd, sending, &outcome->odd, NULL);
	canon_add(&outcome->canon, stream->protocol, &outcome->odd, &outcome->odd_canon);
	return end;
}

static unsigned int count_sure(const struct stream *stream)
{
	unsigned int count = 0;

	while (count < stream->count && !stream->commands[count].is_odd)
		count++;
	return count;
}

/* One batch on a connection of its own. */
static enum peer_end ask(struct peer *peer, struct bytes *request, struct bytes *reply)
{
	struct sending sending = { .data = *request, .random = { 1 } };
	int fd = peer_connect(peer);
	enum peer_end end;

	if (fd < 0)
		return PEER_CLOSED;
	end = run_batch(peer, fd, PROTOCOL_TEXT, &sending, reply, 0xfffe);
	*request = sending.data;
	close(fd);
	return end;
}

/* The keys that the text protocol can ask for, with all that is known of them. */
static enum peer_end audit(struct peer *peer, struct outcome *outcome)
{
	struct bytes request = { 0 }, reply = { 0 };
	enum peer_end end;
	unsigned int i;

	for (i = 0; i < STREAM_TEXT_KEYS; i++) {
		struct key key = stream_key(i);

		bytes_printf(&request, "mg ");
		bytes_add(&request, key.p, key.len);
		bytes_printf(&request, " s v f t c h\r\n");
	}
	end = ask(peer, &request, &reply);
	canon_add(&outcome->canon, PROTOCOL_TEXT, &reply, &outcome->audit);
	bytes_free(&request);
	bytes_free(&reply);
	return end;
}

static enum peer_end forget(struct peer *peer)
{
	struct bytes request = { 0 }, reply = { 0 };
	enum peer_end end;

	bytes_printf(&request, "flush_all\r\n");
	end = ask(peer, &request, &reply);
	bytes_free(&request);
	bytes_free(&reply);
	return end;
}

static enum peer_end run(struct peer *peer, const struct stream *stream, struct outcome *outcome)
{
	struct sending sending = { .random = { stream->cuts } };
	unsigned int sure = count_sure(stream);
	enum peer_end end;
	int fd = peer_connect(peer);

	if (fd < 0)
		return PEER_CLOSED;
	end = run_sure(peer, fd, stream, sure, &sending, outcome);
	if (end == PEER_ANSWERED)
		end = run_odd(peer, fd, stream, sure, &sending, outcome);
	bytes_free(&sending.data);
	close(fd);
	return end;
}

/**
 * peer_run() - send a stream to a server that has forgotten everything
 * @peer: the server
 * @stream: the stream
 * @outcome: what becomes of it
 */
void peer_run(struct peer *peer, const struct stream *stream, struct outcome *outcome)
{
	memset(outcome, 0, offsetof(struct outcome, canon));
	canon_begin(&outcome->canon, peer->version);
	outcome->end = forget(peer);
	if (outcome->end == PEER_ANSWERED)
		outcome->end = run(peer, stream, outcome);
	if (outcome->end == PEER_ANSWERED)
		outcome->end = audit(peer, outcome);
}

/**
 * outcome_free() - free what peer_run() has made
 * @outcome: what it has
 */
void outcome_free(struct outcome *outcome)
{
	bytes_free(&outcome->sure);
	bytes_free(&outcome->odd);
	bytes_free(&outcome->odd_canon);
	bytes_free(&outcome->audit);
}

/**
 * peer_init() - look for a server, and ask for its version
 * @peer: the server
 * @host: where it is
 * @port: where it listens
 *
 * Return: false if it is not there.
 */
bool peer_init(struct peer *peer, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *info;
	struct bytes request = { 0 }, reply = { 0 };
	bool found;

	memset(peer, 0, sizeof(*peer));
	peer->name = port;
	peer->lie_at = -1;
	if (getaddrinfo(host, port, &hints, &info))
		return false;
	memcpy(&peer->address, info->ai_addr, info->ai_addrlen);
	peer->address_len = info->ai_addrlen;
	freeaddrinfo(info);
	bytes_printf(&request, "version\r\n");
	found = ask(peer, &request, &reply) == PEER_ANSWERED;
	bytes_add(&reply, "", 1);
	found = found && sscanf(reply.data, "VERSION %63s", peer->version) == 1 &&
		strchr(peer->version, '.');
	bytes_free(&request);
	bytes_free(&reply);
	peer->received = 0;
	return found;
}
