// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * exec STATE COMMAND [ARGUMENT...]: run a command in the guest whose state directory is STATE.
 *
 * stdin, stdout, stderr and the exit status are the command's. SIGINT, SIGTERM, SIGHUP and SIGQUIT
 * go to the command; the second one ends exec itself, upon which agent kills the command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"

static int sock;
static unsigned int window = FRAME_WINDOW;
static bool input_ended;
static volatile sig_atomic_t caught;

static void fail(const char *what)
{
	fprintf(stderr, "vm: %s\n", what);
	exit(FRAME_STATUS_HARNESS);
}

static void catch(int sig)
{
	if (caught)
		_exit(128 + sig);
	caught = sig;
}

/* Reads the one line of a file in the state directory. */
static void read_state(const char *state, const char *name, char *line, int len)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", state, name);
	file = fopen(path, "re");
	if (!file || !fgets(line, len, file))
		fail("no such guest, or it does not run");
	line[strcspn(line, "\n")] = 0;
	fclose(file);
}

static void send_all(const void *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = send(sock, data, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			fail("the guest is gone");
		data = (const char *)data + n;
		len -= n;
	}
}

static void send_frame(enum frame_type type, const void *data, uint32_t len)
{
	unsigned char head[FRAME_HEAD];

	frame_put_head(head, type, len);
	send_all(head, sizeof(head));
	send_all(data, len);
}

/* A signal that arrived is passed on once; catch() does not come back from the next one. */
static void send_signal(void)
{
	static bool sent;
	unsigned char sig = caught;

	if (!caught || sent)
		return;
	sent = true;
	send_frame(FRAME_SIGNAL, &sig, 1);
}

static void receive_all(void *to, size_t len)
{
	ssize_t n;

	while (len) {
		n = recv(sock, to, len, 0);
		if (n < 0 && errno == EINTR) {
			send_signal();
			continue;
		}
		if (n <= 0)
			fail("the guest is gone");
		to = (char *)to + n;
		len -= n;
	}
}

static void write_all(int fd, const unsigned char *data, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, data, len);
		if (n < 0 && errno == EINTR) {
			send_signal();
			continue;
		}
		if (n < 0 && errno == EAGAIN) {
			struct pollfd wait = { .fd = fd, .events = POLLOUT };

			poll(&wait, 1, -1);
			continue;
		}
		if (n < 0)
			fail(strerror(errno));
		data += n;
		len -= n;
	}
}

static void forward_input(void)
{
	static unsigned char data[FRAME_DATA_MAX];
	size_t max = window < sizeof(data) ? window : sizeof(data);
	ssize_t n;

	n = read(STDIN_FILENO, data, max);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	/* An unreadable stdin, such as a terminal that belongs to others, is an empty one. */
	if (n <= 0) {
		input_ended = true;
		n = 0;
	}
	send_frame(FRAME_INPUT, data, n);
	window -= n;
}

static void take_frame(void)
{
	static unsigned char data[FRAME_DATA_MAX];
	unsigned char head[FRAME_HEAD];
	uint32_t len, taken;

	receive_all(head, sizeof(head));
	len = frame_len(head);
	if (len > sizeof(data))
		fail("the guest talks nonsense");
	receive_all(data, len);
	switch (head[0]) {
	case FRAME_OUTPUT:
		write_all(STDOUT_FILENO, data, len);
		break;
	case FRAME_ERROR:
		write_all(STDERR_FILENO, data, len);
		break;
	case FRAME_TAKEN:
		memcpy(&taken, data, sizeof(taken));
		window += ntohl(taken);
		break;
	case FRAME_EXIT:
		exit(data[0]);
	default:
		fail("the guest talks nonsense");
	}
}

static void expect_hello(void)
{
	unsigned char head[FRAME_HEAD];

	receive_all(head, sizeof(head));
	if (head[0] != FRAME_HELLO || frame_len(head))
		fail("the guest talks nonsense");
}

/*
 * QEMU listens with a backlog of one. A second connection may then be accepted by SYN cookie and
 * not find room: Linux drops its first segment and resets it at the second. So one after the other,
 * and the next when agent has this one.
 */
static void connect_guest(const char *state)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	char path[PATH_MAX], port[16];
	int lock, one = 1;

	snprintf(path, sizeof(path), "%s/port", state);
	lock = open(path, O_RDONLY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		fail("no such guest, or it does not run");
	read_state(state, "port", port, sizeof(port));
	addr.sin_port = htons(atoi(port));
	sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0 || connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		fail("the guest does not answer");
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	expect_hello();
	close(lock);
}

static void send_command(const char *token, char **argv)
{
	static char text[FRAME_COMMAND_MAX];
	char directory[PATH_MAX];
	size_t len = 0;
	int i;

	if (!getcwd(directory, sizeof(directory)))
		strcpy(directory, "/");
	len = sprintf(text, "%s", token) + 1;
	len += sprintf(text + len, "%s", directory) + 1;
	for (i = 0; argv[i]; i++) {
		size_t size = strlen(argv[i]) + 1;

		if (size > sizeof(text) - len)
			fail("the command is too long");
		memcpy(text + len, argv[i], size);
		len += size;
	}
	send_frame(FRAME_COMMAND, text, len);
}

static void catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = catch };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	signal(SIGTTIN, SIG_IGN);
}

/* Closed standard descriptors would be reused, for the socket above all. */
static void open_missing(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* The signals are blocked but in ppoll(), so that none slips in between looking and waiting. */
static void carry(void)
{
	struct pollfd fds[] = {
		{ .fd = sock, .events = POLLIN },
		{ .fd = input_ended || !window ? -1 : STDIN_FILENO, .events = POLLIN },
	};
	sigset_t block, open;
	int n;

	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGQUIT);
	sigprocmask(SIG_BLOCK, &block, &open);
	send_signal();
	n = ppoll(fds, 2, NULL, &open);
	sigprocmask(SIG_SETMASK, &open, NULL);

	if (n <= 0)
		return;
	if (fds[0].revents)
		take_frame();
	if (fds[1].revents)
		forward_input();
}

int main(int argc, char **argv)
{
	char token[128];

	if (argc < 3) {
		fprintf(stderr, "usage: exec STATE COMMAND [ARGUMENT...]\n");
		return 2;
	}
	open_missing();
	read_state(argv[1], "token", token, sizeof(token));
	connect_guest(argv[1]);
	send_command(token, argv + 2);
	catch_signals();
	for (;;)
		carry();
}
