// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"

#define FENCE "version\r\n"

/* HOST and PORT of the command line, and the optional third argument or NULL. */
const char *client_host;
const char *client_port;
const char *client_argument;

/* What the server calls its version. */
const char *client_version;

static char version_reply[128];
static unsigned int version_number;
static struct addrinfo *address;

static struct client *open_clients;
static pthread_mutex_t open_lock = PTHREAD_MUTEX_INITIALIZER;

static void bail_out(const char *why)
{
	printf("Bail out! %s:%s: %s\n", client_host, client_port, why);
	exit(1);
}

/**
 * client_open_first() - connect to the server, or end the program
 *
 * Return: the connection.
 */
struct client *client_open_first(void)
{
	struct client *c = client_try_open();

	if (!c)
		bail_out(strerror(errno));
	return c;
}

/**
 * client_learn() - ask the server for its version, or end the program
 * @c: a connection by which it answers; is closed
 */
void client_learn(struct client *c)
{
	unsigned int major, minor, patch;
	struct bytes reply = { 0 };

	if (client_exchange(c, FENCE, strlen(FENCE), &reply, 10, "\r\n") != CLIENT_COMPLETE)
		bail_out("no answer to 'version'");
	if (reply.len >= sizeof(version_reply))
		bail_out("the answer to 'version' is too long");
	memcpy(version_reply, reply.data, reply.len);
	if (sscanf(version_reply, "VERSION %u.%u.%u", &major, &minor, &patch) != 3)
		bail_out("the answer to 'version' is no version");
	version_number = CLIENT_VERSION(major, minor, patch);
	client_version = strndup(version_reply + 8, reply.len - 10);
	bytes_free(&reply);
	client_close(c);
}

int client_patience = 1;

/**
 * client_find() - read the command line, and ask nobody
 * @argc: as main() got it
 * @argv: HOST PORT [ARGUMENT]
 */
void client_find(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	const char *patience = getenv("KMC_PATIENCE");
	int err;

	if (patience && atoi(patience) > 0)
		client_patience = atoi(patience);
	if (argc < 3 || argc > 4) {
		fprintf(stderr, "usage: %s HOST PORT [ARGUMENT]\n", argv[0]);
		exit(2);
	}
	client_host = argv[1];
	client_port = argv[2];
	client_argument = argv[3];
	signal(SIGPIPE, SIG_IGN);
	err = getaddrinfo(client_host, client_port, &hints, &address);
	if (err)
		bail_out(gai_strerror(err));
}

/**
 * client_init() - find the server that the command line names
 * @argc: as main() got it
 * @argv: HOST PORT [ARGUMENT]
 *
 * Ends the program when there is no server that tells its version.
 */
void client_init(int argc, char **argv)
{
	client_find(argc, argv);
	client_learn(client_open_first());
}

/* Its port on this side, by which the server knows it. */
int client_local_port(const struct client *c)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);

	assert_int_equal(getsockname(c->fd, (struct sockaddr *)&addr, &len), 0);
	if (addr.ss_family == AF_INET)
		return ntohs(((struct sockaddr_in *)&addr)->sin_port);
	return ntohs(((struct sockaddr_in6 *)&addr)->sin6_port);
}

/**
 * client_is_since() - ask for the server's age
 * @version: of CLIENT_VERSION()
 *
 * Return: whether the server is of that version or a later one.
 */
bool client_is_since(unsigned int version)
{
	return version_number >= version;
}

/**
 * client_is_upstream() - ask whether memcached itself is tested
 *
 * The environment variable E2E_UPSTREAM says so. It excuses a server from the few places where
 * we deliberately differ from the memcached whose version we tell.
 *
 * Return: whether it is.
 */
bool client_is_upstream(void)
{
	const char *value = getenv("E2E_UPSTREAM");

	return value && *value && strcmp(value, "0");
}

/**
 * client_try_open() - connect to the server
 *
 * Safe to call from several threads at once.
 *
 * Return: the connection, or NULL with errno set.
 */
struct client *client_try_open(void)
{
	struct client *c = calloc(1, sizeof(*c));
	int one = 1;

	if (!c)
		abort();
	c->fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		goto out_free;
	if (connect(c->fd, address->ai_addr, address->ai_addrlen))
		goto out_close;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	pthread_mutex_lock(&open_lock);
	c->next = open_clients;
	open_clients = c;
	pthread_mutex_unlock(&open_lock);
	return c;

out_close:
	close(c->fd);
out_free:
	free(c);
	return NULL;
}

/**
 * client_open() - connect to the server, or fail the running test
 *
 * Return: the connection.
 */
struct client *client_open(void)
{
	struct client *c = client_try_open();

	if (!c)
		client_fail("cannot connect: %s", strerror(errno));
	return c;
}

/**
 * client_close() - close a connection
 * @c: the connection, which is gone afterwards
 */
void client_close(struct client *c)
{
	struct client **link;

	pthread_mutex_lock(&open_lock);
	for (link = &open_clients; *link != c;)
		link = &(*link)->next;
	*link = c->next;
	pthread_mutex_unlock(&open_lock);
	close(c->fd);
	free(c);
}

/**
 * client_close_all() - close what a test left open; a teardown function
 * @state: not used
 *
 * Return: 0.
 */
int client_close_all(void **state)
{
	(void)state;
	while (open_clients)
		client_close(open_clients);
	return 0;
}

/**
 * client_reset() - end a connection by a reset instead of an orderly close
 * @c: the connection, which is gone afterwards
 */
void client_reset(struct client *c)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	client_close(c);
}

/**
 * client_now_ms() - read the monotonic clock
 *
 * Return: milliseconds.
 */
long client_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/**
 * client_wait() - wait until a connection is ready
 * @c: the connection
 * @events: what for, as for poll
 * @timeout_ms: how long at most
 *
 * Return: whether it is ready.
 */
bool client_wait(struct client *c, short events, int timeout_ms)
{
	struct pollfd pfd = { .fd = c->fd, .events = events };
	long end = client_now_ms() + timeout_ms;
	int ready;

	do {
		long left = end - client_now_ms();

		ready = poll(&pfd, 1, left > 0 ? left : 0);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

/* Of what is sent byte by byte, how much at both ends is so on a slow server, too. */
#define BYTEWISE_ENDS 40

/* How much of a request goes into the next segment, when so much was sent and so much is left. */
static size_t segment_length(const struct client *c, size_t done, size_t left)
{
	size_t most = client_patience;

	if (!c->bytewise)
		return left;
	return done < BYTEWISE_ENDS || left < BYTEWISE_ENDS + most ? 1 : most;
}

/* Return how many bytes left; 0 when the socket is full, -1 when the connection is gone. */
static ssize_t send_some(struct client *c, const char *data, size_t done, size_t left)
{
	ssize_t sent = send(c->fd, data + done, segment_length(c, done, left), MSG_NOSIGNAL);

	if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return sent;
}

/* Return how many bytes came; 0 when there are none yet, -1 when the connection is gone. */
static ssize_t recv_some(struct client *c, char *data, size_t len)
{
	ssize_t got = recv(c->fd, data, len, 0);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return got ? got : -1;
}

/**
 * client_has_time() - is this one of those that are sent byte by byte, too?
 *
 * How a stream is cut concerns little code. Fast servers are asked with every row.
 *
 * Return: true; on a slow server only each fourth time.
 */
bool client_has_time(void)
{
	static unsigned int count;

	return client_patience == 1 || count++ % 4 == 0;
}

/**
 * client_rounds() - how often something is done that is done again and again
 * @count: how often a fast server is asked, at least 4
 *
 * Less often by less than it is slower: it is there to see what is rare.
 *
 * Return: @count, on a slow server a quarter of it.
 */
int client_rounds(int count)
{
	return client_patience == 1 ? count : count / 4;
}

/**
 * client_pieces() - the length of a value that is to be sent in pieces
 * @size: of a piece, in bytes
 *
 * Return: a length in bytes; for a slow server one that needs at most 400 pieces.
 */
size_t client_pieces(size_t size)
{
	return client_patience > 1 && size < 125 ? 400 * size : 50000;
}

/**
 * client_send() - send bytes, or fail the running test
 * @c: the connection
 * @data: what to send
 * @len: how many bytes
 *
 * Reads nothing meanwhile: not for requests whose replies do not fit into the sockets' buffers.
 */
void client_send(struct client *c, const void *data, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t sent = send_some(c, data, done, len - done);

		if (sent < 0)
			client_fail("the server closed the connection while it was sent a request");
		done += sent;
		if (!sent && !client_wait(c, POLLOUT, CLIENT_DEADLINE_MS))
			client_fail("the server does not read: %zu bytes are left to send",
				    len - done);
	}
}

/**
 * client_recv() - read an exact number of bytes
 * @c: the connection
 * @data: where to
 * @len: how many
 *
 * Return: how many arrived before the connection was closed or the deadline passed.
 */
size_t client_recv(struct client *c, void *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = recv_some(c, (char *)data + have, len - have);

		if (got < 0)
			break;
		have += got;
		if (!got && !client_wait(c, POLLIN, CLIENT_DEADLINE_MS))
			break;
	}
	return have;
}

static bool ends_with(const struct bytes *b, const char *end)
{
	size_t len = strlen(end);

	return b->len >= len && !memcmp(b->data + b->len - len, end, len);
}

/**
 * client_exchange() - send a request while reading what comes back
 * @c: the connection
 * @request: what to send
 * @request_len: how many bytes
 * @reply: what arrives is appended to this
 * @min: how long @reply must be, in bytes, before its end is looked at
 * @end: what @reply must end with, or NULL to read until the server closes the connection
 *
 * Never blocks on one direction while the other could move.
 *
 * Return: how it ended.
 */
enum client_end client_exchange(struct client *c, const void *request, size_t request_len,
				struct bytes *reply, size_t min, const char *end)
{
	size_t left = request_len;

	for (;;) {
		ssize_t sent = 0, got;

		if (left)
			sent = send_some(c, request, request_len - left, left);
		if (sent < 0) {
			/* What the server said before it closed is still to be read. */
			left = 0;
			sent = 0;
		}
		left -= sent;

		got = recv_some(c, bytes_room(reply, 1 << 16), 1 << 16);
		if (got < 0)
			return CLIENT_CLOSED;
		reply->len += got;
		if (!left && end && reply->len >= min && ends_with(reply, end))
			return CLIENT_COMPLETE;
		if (sent || got)
			continue;
		if (!client_wait(c, left ? POLLIN | POLLOUT : POLLIN, CLIENT_DEADLINE_MS))
			return CLIENT_STALLED;
	}
}

/**
 * client_exchange_pieces() - send a request in pieces, not waiting for what is answered
 * @c: the connection
 * @request: what to send
 * @size: of a piece, in bytes
 * @reply: what arrives meanwhile is appended to this
 */
void client_exchange_pieces(struct client *c, const struct bytes *request, size_t size,
			    struct bytes *reply)
{
	for (size_t sent = 0; sent < request->len; sent += size) {
		size_t left = request->len - sent;

		client_exchange(c, request->data + sent, left < size ? left : size, reply, 0, "");
	}
}

/**
 * client_fence() - send a request and read all of its reply
 * @c: the connection
 * @request: what to send
 * @len: how many bytes
 * @reply: what arrives is appended to this
 * @min: a lower bound of the reply's length in bytes
 *
 * Appends a version command to the request: its reply marks the end of what belongs to the
 * request, however much or little that is.
 *
 * Return: how it ended; if completely, the reply to the version command is taken off again.
 */
enum client_end client_fence(struct client *c, const void *request, size_t len,
			     struct bytes *reply, size_t min)
{
	struct bytes fenced = { 0 };
	enum client_end end;

	bytes_add(&fenced, request, len);
	bytes_add(&fenced, FENCE, strlen(FENCE));
	end = client_exchange(c, fenced.data, fenced.len, reply,
			      reply->len + min + strlen(version_reply), version_reply);
	if (end == CLIENT_COMPLETE)
		reply->len -= strlen(version_reply);
	bytes_free(&fenced);
	return end;
}

/**
 * client_alive() - ask whether a connection is in step
 * @c: the connection
 *
 * Return: whether a version command is answered by the version and nothing else.
 */
bool client_alive(struct client *c)
{
	struct bytes reply = { 0 };
	bool alive = client_fence(c, "", 0, &reply, 0) == CLIENT_COMPLETE && !reply.len;

	bytes_free(&reply);
	return alive;
}
