// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * agent TOP TOKENFILE PORT READY: process 1 of the guest. Writes a word to READY, and then runs the
 * commands that exec asks for.
 *
 * Each connection gets a process of its own, a session, which starts the command in a process group
 * of its own and carries bytes between the command's pipes and the connection. Process 1 itself
 * only accepts and reaps, and so stays in the first network namespace whatever the commands do.
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
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frame.h"

#define OPEN_FILES	65536
#define LISTEN_BACKLOG	64
#define CLOSE_SECONDS	10	/* for exec to close after the last frame */

static char token[128];
static const char *top;

/* Bytes on their way, between start and end. */
struct queue {
	size_t start;
	size_t end;
	unsigned char data[FRAME_WINDOW];
};

struct session {
	int sock;
	int in;			/* the command's stdin; -1: closed */
	int out[2];		/* its stdout and stderr; -1: closed */
	int left[2];		/* bytes to take from out after the command's end */
	int pidfd;
	pid_t pid;
	bool ended;
	bool input_ended;
	int status;
	uint32_t taken;		/* input bytes used, and not told yet */
	struct queue input;	/* for the command */
	struct queue output;	/* frames for exec */
	struct queue received;	/* frames from exec, not yet understood */
};

static struct session session = { .in = -1, .out = { -1, -1 }, .pidfd = -1 };

static size_t queue_len(const struct queue *q)
{
	return q->end - q->start;
}

static void queue_consume(struct queue *q, size_t len)
{
	q->start += len;
	if (q->start == q->end) {
		q->start = 0;
		q->end = 0;
	}
}

/* Moves the bytes to the front, so that all the free room is behind them. */
static size_t queue_room(struct queue *q)
{
	if (q->start) {
		memmove(q->data, q->data + q->start, queue_len(q));
		q->end -= q->start;
		q->start = 0;
	}
	return sizeof(q->data) - q->end;
}

static void queue_put_frame(struct queue *q, enum frame_type type, const void *data, uint32_t len)
{
	frame_put_head(q->data + q->end, type, len);
	memcpy(q->data + q->end + FRAME_HEAD, data, len);
	q->end += FRAME_HEAD + len;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void set_environment(void)
{
	char path[PATH_MAX * 2 + 128];

	snprintf(path, sizeof(path), "%s/build/bin:%s/tests/vm:/usr/local/sbin:/usr/local/bin:"
		 "/usr/sbin:/usr/bin:/sbin:/bin", top, top);
	clearenv();
	setenv("PATH", path, 1);
	setenv("HOME", "/root", 1);
	setenv("LC_ALL", "C", 1);
	setenv("TERM", "dumb", 1);
}

static void run_command(const char *directory, char **argv)
{
	struct rlimit files = { .rlim_cur = OPEN_FILES, .rlim_max = OPEN_FILES };
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setrlimit(RLIMIT_NOFILE, &files);
	write_file("/proc/self/oom_score_adj", "0");
	if (chdir(directory) < 0 && chdir("/") < 0)
		_exit(FRAME_STATUS_HARNESS);
	set_environment();
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "vm: %s: %s\n", argv[0], strerror(errno));
	_exit(errno == ENOENT ? 127 : 126);
}

static void set_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static int start_command(struct session *s, const char *directory, char **argv)
{
	int pipes[3][2];
	int i;

	for (i = 0; i < 3; i++) {
		if (pipe2(pipes[i], O_CLOEXEC) < 0)
			return -1;
		fcntl(pipes[i][0], F_SETPIPE_SZ, FRAME_WINDOW);
	}
	s->pid = fork();
	if (s->pid < 0)
		return -1;
	if (!s->pid) {
		dup2(pipes[0][0], STDIN_FILENO);
		dup2(pipes[1][1], STDOUT_FILENO);
		dup2(pipes[2][1], STDERR_FILENO);
		run_command(directory, argv);
	}
	close(pipes[0][0]);
	close(pipes[1][1]);
	close(pipes[2][1]);
	s->in = pipes[0][1];
	s->out[0] = pipes[1][0];
	s->out[1] = pipes[2][0];
	set_nonblocking(s->in);
	set_nonblocking(s->out[0]);
	set_nonblocking(s->out[1]);
	s->pidfd = pidfd_open(s->pid, 0);
	return s->pidfd;
}

/* Whoever asked has gone: nobody wants the command's work any more. */
static void abandon_command(const struct session *s)
{
	if (s->pid > 0 && !s->ended)
		kill(-s->pid, SIGKILL);
	_exit(1);
}

static void close_input(struct session *s)
{
	s->taken += queue_len(&s->input);
	queue_consume(&s->input, queue_len(&s->input));
	if (s->in >= 0)
		close(s->in);
	s->in = -1;
}

static void take_input(struct session *s, const unsigned char *data, uint32_t len)
{
	if (!len) {
		s->input_ended = true;
		return;
	}
	if (s->in < 0) {
		s->taken += len;
		return;
	}
	if (len > queue_room(&s->input))
		abandon_command(s);
	memcpy(s->input.data + s->input.end, data, len);
	s->input.end += len;
}

static void take_frame(struct session *s, const unsigned char *frame, uint32_t len)
{
	const unsigned char *data = frame + FRAME_HEAD;

	if (frame[0] == FRAME_INPUT)
		take_input(s, data, len);
	else if (frame[0] == FRAME_SIGNAL && len == 1 && !s->ended)
		kill(-s->pid, data[0]);
}

static void receive(struct session *s)
{
	struct queue *q = &s->received;
	size_t room = queue_room(q);
	uint32_t len;
	ssize_t n;

	n = recv(s->sock, q->data + q->end, room, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		abandon_command(s);
	q->end += n;
	while (queue_len(q) >= FRAME_HEAD) {
		len = frame_len(q->data + q->start);
		if (len > FRAME_DATA_MAX)
			abandon_command(s);
		if (queue_len(q) < FRAME_HEAD + len)
			return;
		take_frame(s, q->data + q->start, len);
		queue_consume(q, FRAME_HEAD + len);
	}
}

static void feed_command(struct session *s)
{
	struct queue *q = &s->input;
	ssize_t n;

	n = write(s->in, q->data + q->start, queue_len(q));
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0) {
		close_input(s);
		return;
	}
	queue_consume(q, n);
	s->taken += n;
}

/* Takes what the command wrote to its stdout (0) or stderr (1). */
static void take_output(struct session *s, int which)
{
	struct queue *q = &s->output;
	size_t max = FRAME_DATA_MAX;
	ssize_t n;

	if (s->ended && (size_t)s->left[which] < max)
		max = s->left[which];
	n = max ? read(s->out[which], q->data + q->end + FRAME_HEAD, max) : 0;
	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		close(s->out[which]);
		s->out[which] = -1;
		return;
	}
	frame_put_head(q->data + q->end, which ? FRAME_ERROR : FRAME_OUTPUT, n);
	q->end += FRAME_HEAD + n;
	s->left[which] -= n;
}

/*
 * The command ended. What it wrote is still in the pipes, and all of that is wanted; but something
 * it left running may hold them open for ever: take what is in them now, and no more.
 */
static void end_command(struct session *s)
{
	int i, status;

	if (waitpid(s->pid, &status, 0) != s->pid)
		abandon_command(s);
	s->ended = true;
	s->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	for (i = 0; i < 2; i++) {
		if (s->out[i] >= 0 && ioctl(s->out[i], FIONREAD, &s->left[i]) < 0)
			s->left[i] = 0;
	}
}

static void send_output(struct session *s)
{
	struct queue *q = &s->output;
	ssize_t n;

	if (!queue_len(q))
		return;
	n = send(s->sock, q->data + q->start, queue_len(q), MSG_DONTWAIT);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		abandon_command(s);
	if (n > 0)
		queue_consume(q, n);
}

static void tell_taken(struct session *s)
{
	uint32_t taken = htonl(s->taken);

	queue_put_frame(&s->output, FRAME_TAKEN, &taken, sizeof(taken));
	s->taken = 0;
}

/* Closing while input is still coming would reset the connection, and so lose the last frame. */
static void close_session(struct session *s)
{
	struct timeval limit = { .tv_sec = CLOSE_SECONDS };
	unsigned char status = s->status;

	queue_put_frame(&s->output, FRAME_EXIT, &status, 1);
	setsockopt(s->sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(s->sock, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	while (queue_len(&s->output)) {
		ssize_t n = send(s->sock, s->output.data + s->output.start, queue_len(&s->output),
				 0);

		if (n <= 0)
			_exit(1);
		queue_consume(&s->output, n);
	}
	shutdown(s->sock, SHUT_WR);
	while (recv(s->sock, s->received.data, sizeof(s->received.data), 0) > 0)
		;
	_exit(0);
}

/* One turn: wait until something can move, and move it. */
static void carry(struct session *s)
{
	bool idle = !queue_len(&s->output);
	bool hungry = s->in >= 0 && queue_len(&s->input);

	/* poll() reports errors even unasked: a descriptor that has to wait is left out. */
	struct pollfd fds[] = {
		{ .fd = s->sock, .events = POLLIN | (idle ? 0 : POLLOUT) },
		{ .fd = hungry ? s->in : -1, .events = POLLOUT },
		{ .fd = idle ? s->out[0] : -1, .events = POLLIN },
		{ .fd = idle ? s->out[1] : -1, .events = POLLIN },
		{ .fd = s->ended ? -1 : s->pidfd, .events = POLLIN },
	};

	if (poll(fds, 5, -1) < 0)
		return;
	if (fds[0].revents & ~POLLOUT)
		receive(s);
	if (fds[1].revents && s->in >= 0)
		feed_command(s);
	if (fds[2].revents)
		take_output(s, 0);
	if (fds[3].revents)
		take_output(s, 1);
	if (fds[4].revents)
		end_command(s);
	if (s->input_ended && !queue_len(&s->input))
		close_input(s);
	send_output(s);
	/* Also when there is nothing else to send: exec may be waiting for just this. */
	if (s->taken && !queue_len(&s->output)) {
		tell_taken(s);
		send_output(s);
	}
}

/* After the command's end: all that was in its pipes then. */
static void drain(struct session *s)
{
	int i;

	close_input(s);
	for (i = 0; i < 2; i++) {
		while (s->out[i] >= 0) {
			take_output(s, i);
			while (queue_len(&s->output)) {
				struct pollfd fd = { .fd = s->sock, .events = POLLIN | POLLOUT };

				poll(&fd, 1, -1);
				if (fd.revents & ~POLLOUT)
					receive(s);
				send_output(s);
			}
		}
	}
}

static void receive_all(int sock, void *to, size_t len)
{
	if (recv(sock, to, len, MSG_WAITALL) != (ssize_t)len)
		_exit(1);
}

/*
 * Reads the command; the vector's strings live in what this leaves allocated. It has any time
 * to come: with --icount the guest's clock runs ahead while the guest waits for the host.
 */
static char **receive_command(int sock, char **directory)
{
	unsigned char head[FRAME_HEAD];
	char *text, *at, **argv;
	size_t len, argc = 0;

	receive_all(sock, head, sizeof(head));
	len = frame_len(head);
	if (head[0] != FRAME_COMMAND || !len || len > FRAME_COMMAND_MAX)
		_exit(1);
	text = malloc(len);
	argv = calloc(len + 1, sizeof(*argv));
	if (!text || !argv)
		_exit(1);
	receive_all(sock, text, len);
	if (text[len - 1])
		_exit(1);

	if (strcmp(text, token))
		_exit(1);
	at = text + strlen(text) + 1;
	*directory = at;
	if (at == text + len)
		_exit(1);
	for (at += strlen(at) + 1; at < text + len; at += strlen(at) + 1)
		argv[argc++] = at;
	if (!argc)
		_exit(1);
	return argv;
}

static void serve(int sock)
{
	struct session *s = &session;
	unsigned char hello[FRAME_HEAD];
	char *directory, **argv;
	int one = 1;

	s->sock = sock;
	setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	frame_put_head(hello, FRAME_HELLO, 0);
	if (send(sock, hello, sizeof(hello), 0) != sizeof(hello))
		_exit(1);
	argv = receive_command(sock, &directory);
	if (start_command(s, directory, argv) < 0)
		_exit(1);
	while (!s->ended)
		carry(s);
	drain(s);
	close_session(s);
}

static void read_token(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, token, sizeof(token) - 1);

	if (n <= 0) {
		perror(path);
		exit(1);
	}
	token[strcspn(token, "\n")] = 0;
	close(fd);
}

static int listen_on(int port)
{
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(port) };
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    listen(sock, LISTEN_BACKLOG) < 0) {
		perror("listen");
		exit(1);
	}
	return sock;
}

static void accept_session(int listener, int reaper)
{
	int sock = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (sock < 0)
		return;
	if (!fork()) {
		close(listener);
		close(reaper);
		serve(sock);
	}
	close(sock);
}

static void reap(int reaper)
{
	struct signalfd_siginfo info;

	if (read(reaper, &info, sizeof(info)) < 0)
		return;
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

int main(int argc, char **argv)
{
	struct pollfd fds[2];
	sigset_t child;

	if (argc != 5)
		return 2;
	top = argv[1];
	read_token(argv[2]);
	umask(022);
	signal(SIGPIPE, SIG_IGN);
	write_file("/proc/self/oom_score_adj", "-1000");
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);

	fds[0].fd = listen_on(atoi(argv[3]));
	fds[1].fd = signalfd(-1, &child, SFD_CLOEXEC);
	fds[0].events = POLLIN;
	fds[1].events = POLLIN;
	write_file(argv[4], "ready\n");

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if (fds[0].revents)
			accept_session(fds[0].fd, fds[1].fd);
		if (fds[1].revents)
			reap(fds[1].fd);
	}
}
