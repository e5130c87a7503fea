// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * hold HOST PORT CONNECTIONS MODE SECONDS: opens connections, brings each into
 * the middle of something and leaves it there.
 *
 *	set	a set of 1 MiB was announced, half of it sent
 *	get	answers of 64 MiB were asked for, none of them read
 *	line	a request without its end was sent
 *	idle	one request was answered
 *	pipeline	requests are sent and answers read all the time
 *	mix	these in turn
 *
 * Prints "ready" when all of them are there. Ends when the time is up, when the
 * server has closed all of them, or when told to by SIGTERM, and prints how many
 * the server has closed. Where an answer was not read, it reads now what there
 * is: the end cannot be seen before.
 */
#define _GNU_SOURCE	/* POLLRDHUP */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/sockios.h>

#define SET_SIZE	(1 << 20)
#define VALUE_SIZE	(512 << 10)
#define GETS		128
#define PIPELINED	50

/* How long one connection may take to be set up. */
#define PATIENCE_MS	30000

/* How long the last look for closed connections may take, and one pause in it. */
#define LAST_LOOK_MS	10000
#define LAST_PAUSE_MS	1000

enum mode { SET, GET, LINE, IDLE, PIPELINE, MIX };

static const char * const modes[] = { "set", "get", "line", "idle", "pipeline", "mix" };

static char zeroes[SET_SIZE];

static volatile sig_atomic_t told_to_stop;

static void stop(int sig)
{
	(void)sig;
	told_to_stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long parse_number(const char *word)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (end == word || *end) {
		fprintf(stderr, "hold: %s is not a number\n", word);
		exit(2);
	}
	return value;
}

static enum mode parse_mode(const char *word)
{
	enum mode mode;

	for (mode = SET; mode <= MIX; mode++) {
		if (!strcmp(word, modes[mode]))
			return mode;
	}
	fprintf(stderr, "hold: there is no mode %s\n", word);
	exit(2);
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static int open_connection(const struct addrinfo *where)
{
	int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int small = 4096;

	if (fd < 0)
		die("socket");
	/* So that an answer that is not read stays with the server. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (connect(fd, where->ai_addr, where->ai_addrlen))
		die("connect");
	return fd;
}

static void send_all(int fd, const char *data, size_t size)
{
	ssize_t sent;

	for (; size; data += sent, size -= sent) {
		sent = send(fd, data, size, MSG_NOSIGNAL);
		if (sent < 0)
			die("send");
	}
}

static void send_text(int fd, const char *text)
{
	send_all(fd, text, strlen(text));
}

static void wait_readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	if (poll(&poll_fd, 1, PATIENCE_MS) != 1) {
		fprintf(stderr, "hold: no answer\n");
		exit(1);
	}
}

static void expect(int fd, const char *answer)
{
	size_t size = strlen(answer), have = 0;
	char text[64];
	ssize_t got;

	while (have < size) {
		wait_readable(fd);
		got = recv(fd, text + have, size - have, 0);
		if (got <= 0)
			die("the server closed");
		have += got;
	}
	if (!memcmp(text, answer, size))
		return;
	fprintf(stderr, "hold: got '%.*s', not '%s'\n", (int)have, text, answer);
	exit(1);
}

/* Until the server's TCP has all that was sent. */
static void wait_sent(int fd)
{
	long long deadline = now_ms() + PATIENCE_MS;
	int unsent = 1;

	while (!ioctl(fd, SIOCOUTQ, &unsent) && unsent) {
		if (now_ms() > deadline) {
			fprintf(stderr, "hold: the server took %d bytes too few\n", unsent);
			exit(1);
		}
		poll(NULL, 0, 1);
	}
}

/* What the gets ask for. */
static void store_value(const struct addrinfo *where)
{
	int fd = open_connection(where);
	char line[64];

	snprintf(line, sizeof(line), "set hold 0 0 %d\r\n", VALUE_SIZE);
	send_text(fd, line);
	send_all(fd, zeroes, VALUE_SIZE);
	send_text(fd, "\r\n");
	expect(fd, "STORED\r\n");
	close(fd);
}

static void set_up(int fd, enum mode mode)
{
	char line[64];
	int at;

	/* Every one of them was accepted. */
	send_text(fd, "delete hold-none\r\n");
	expect(fd, "NOT_FOUND\r\n");

	switch (mode) {
	case SET:
		snprintf(line, sizeof(line), "set hold-%d 0 0 %d\r\n", fd, SET_SIZE - 1024);
		send_text(fd, line);
		send_all(fd, zeroes, SET_SIZE / 2);
		wait_sent(fd);
		break;
	case GET:
		for (at = 0; at < GETS; at++)
			send_text(fd, "get hold\r\n");
		wait_readable(fd);
		break;
	case LINE:
		send_text(fd, "get hol");
		wait_sent(fd);
		break;
	default:
		break;
	}
}

static void send_pipeline(int fd)
{
	static const char request[] = "delete hold-none\r\n";
	char requests[PIPELINED * (sizeof(request) - 1)];
	int at;

	for (at = 0; at < PIPELINED; at++)
		memcpy(requests + at * (sizeof(request) - 1), request, sizeof(request) - 1);
	/* What does not fit is cut: then the server sees other requests. */
	send(fd, requests, sizeof(requests), MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Reads what there is. False: the server has closed. */
static bool drain(int fd)
{
	char answers[8192];
	ssize_t got;

	do {
		got = recv(fd, answers, sizeof(answers), MSG_DONTWAIT);
	} while (got > 0);
	return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

/* The modes that do not read learn of the end by POLLHUP or POLLRDHUP alone. */
static int event_wanted(enum mode mode)
{
	return mode == PIPELINE ? POLLIN : 0;
}

static bool still_open(struct pollfd *poll_fd)
{
	if (poll_fd->revents & (POLLERR | POLLHUP | POLLRDHUP))
		return false;
	if (!(poll_fd->revents & POLLIN))
		return true;
	if (!drain(poll_fd->fd))
		return false;
	send_pipeline(poll_fd->fd);
	return true;
}

static void forget(struct pollfd *poll_fd)
{
	close(poll_fd->fd);
	poll_fd->fd = -1;
}

/* Returns how many connections the server has closed when this is over. */
static unsigned long hold(struct pollfd *fds, unsigned long count, long long deadline)
{
	unsigned long closed = 0, at;

	for (at = 0; at < count; at++) {
		if (fds[at].events & POLLIN)
			send_pipeline(fds[at].fd);
	}
	while (closed < count && !told_to_stop && now_ms() < deadline) {
		if (poll(fds, count, 200) < 0 && errno != EINTR)
			die("poll");
		for (at = 0; at < count && !told_to_stop; at++) {
			if (fds[at].fd < 0 || still_open(&fds[at]))
				continue;
			forget(&fds[at]);
			closed++;
		}
	}
	return closed;
}

/* Reads on all connections, as long as something comes; returns how many end. */
static unsigned long look_once_more(struct pollfd *fds, unsigned long count)
{
	long long deadline = now_ms() + LAST_LOOK_MS;
	unsigned long closed = 0, at;

	for (at = 0; at < count; at++)
		fds[at].events = POLLIN;
	while (poll(fds, count, LAST_PAUSE_MS) > 0 && now_ms() < deadline) {
		for (at = 0; at < count; at++) {
			if (fds[at].fd < 0 || !fds[at].revents || drain(fds[at].fd))
				continue;
			forget(&fds[at]);
			closed++;
		}
	}
	return closed;
}

int main(int argc, char **argv)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct sigaction action = { .sa_handler = stop };
	unsigned long count, closed, at;
	struct addrinfo *where;
	struct rlimit limit;
	struct pollfd *fds;
	long long deadline;
	enum mode mode, own;

	if (argc != 6) {
		fprintf(stderr, "usage: hold HOST PORT CONNECTIONS MODE SECONDS\n");
		return 2;
	}
	count = parse_number(argv[3]);
	mode = parse_mode(argv[4]);
	deadline = now_ms() + 1000LL * parse_number(argv[5]);

	limit.rlim_cur = count + 64;
	limit.rlim_max = count + 64;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		die("setrlimit");
	if (getaddrinfo(argv[1], argv[2], &hints, &where)) {
		fprintf(stderr, "hold: %s %s is no address\n", argv[1], argv[2]);
		return 2;
	}
	fds = calloc(count, sizeof(*fds));
	if (!fds)
		die("calloc");
	if (mode == GET || mode == MIX)
		store_value(where);
	for (at = 0; at < count; at++) {
		own = mode == MIX ? at % MIX : mode;
		fds[at].fd = open_connection(where);
		set_up(fds[at].fd, own);
		fds[at].events = POLLRDHUP | event_wanted(own);
	}
	freeaddrinfo(where);
	if (sigaction(SIGTERM, &action, NULL))
		die("sigaction");
	printf("ready\n");
	fflush(stdout);
	closed = hold(fds, count, deadline);
	closed += look_once_more(fds, count);
	printf("closed %lu of %lu\n", closed, count);
	free(fds);
	return 0;
}
