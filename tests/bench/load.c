// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * load [OPTION...] HOST PORT WORKLOAD: many clients that each send some requests in one
 * piece, wait for all replies, and go on. Options: see options_parse(). Workloads: see
 * recipe_parse().
 *
 * Prints "OPERATIONS NANOSECONDS IDLE", where IDLE is how many milliseconds the CPUs had
 * nothing to do since the start, and with -l the times in nanoseconds that half, all but
 * 1 % and all but 0.1 % of the pieces needed.
 *
 * Before and after what is measured the replies to a piece are compared byte by byte. In
 * between they are counted: another length of one reply makes it wait for ever, or fail.
 */
// sources: tests/bench/latency.c tests/bench/options.c tests/bench/recipe.c
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "latency.h"
#include "options.h"
#include "recipe.h"

#define PATIENCE_MS	(120 * 1000)
#define EVENTS		64
#define BUFFER_SIZE	(256 << 10)

/**
 * struct parcel - requests that are sent in one piece
 * @first: the number of the first of them
 * @request: all of them
 * @reply_size: bytes of all replies
 */
struct parcel {
	unsigned int first;
	struct text request;
	size_t reply_size;
};

/**
 * struct client - a connection
 * @fd: its socket
 * @missing: bytes of replies that have not come yet
 * @sent_at: when the requests were sent, in nanoseconds
 */
struct client {
	int fd;
	size_t missing;
	uint64_t sent_at;
};

/**
 * struct load - a process
 * @options: what it is to do
 * @parcels: what it sends, in turn
 * @parcel_count: how many they are
 * @next: which is next
 * @clients: its connections
 * @epoll: they are in it
 * @result: what was measured; shared with the first process
 * @done: operations
 * @is_ending: send no more
 */
struct load {
	const struct options *options;
	struct parcel *parcels;
	unsigned int parcel_count;
	unsigned int next;
	struct client *clients;
	int epoll;
	struct result {
		uint64_t operations;
		uint64_t nanoseconds;
		uint64_t counted;
		struct latency latency;
	} *result;
	unsigned long done;
	bool is_ending;
};

static char buffer[BUFFER_SIZE];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Milliseconds that CPUs had nothing to do since the system was started. */
static unsigned long idle_ms(void)
{
	FILE *file = fopen("/proc/uptime", "re");
	double idle = 0;

	if (!file || fscanf(file, "%*f %lf", &idle) != 1)
		fail("/proc/uptime");
	fclose(file);
	return idle * 1000;
}

static uint64_t read_counter(const char *path)
{
	unsigned long number;
	FILE *file;

	if (!path)
		return 0;
	file = fopen(path, "re");
	if (!file || fscanf(file, "%lu", &number) != 1)
		fail(path);
	fclose(file);
	return number;
}

static int open_connection(const struct options *options)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	struct addrinfo *where;
	int fd, on = 1;

	if (getaddrinfo(options->host, options->port, &hints, &where)) {
		fprintf(stderr, "load: no address: %s\n", options->host);
		exit(2);
	}
	fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, where->ai_addr, where->ai_addrlen))
		fail("connect");
	freeaddrinfo(where);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

static void send_all(int fd, const struct text *text)
{
	size_t done = 0;
	ssize_t sent;

	while (done < text->size) {
		sent = send(fd, text->bytes + done, text->size - done, MSG_NOSIGNAL);
		if (sent < 0)
			fail("send");
		done += sent;
	}
}

static void receive_all(int fd, char *bytes, size_t size)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t done = 0;
	ssize_t got;

	while (done < size) {
		if (poll(&wait, 1, PATIENCE_MS) != 1) {
			fprintf(stderr, "load: %zu of %zu bytes of a reply came: %.*s\n", done,
				size, (int)(done < 80 ? done : 80), bytes);
			exit(1);
		}
		got = recv(fd, bytes + done, size - done, 0);
		if (got <= 0)
			fail("recv");
		done += got;
	}
}

/* The replies to requests, and not one byte more, must be as they should. */
static void check_parcel(const struct load *load, const struct parcel *parcel, int fd)
{
	struct text got = { .size = parcel->reply_size }, wanted = { 0 };
	unsigned int i;

	for (i = 0; i < load->options->depth; i++)
		recipe_add_reply(&load->options->recipe, parcel->first + i, &wanted);
	got.bytes = malloc(got.size);
	if (!got.bytes)
		fail("load");
	send_all(fd, &parcel->request);
	receive_all(fd, got.bytes, got.size);
	recipe_forget_cas(&load->options->recipe, &got);
	if (memcmp(got.bytes, wanted.bytes, got.size)) {
		fprintf(stderr, "load: a reply is wrong: %.*s\n",
			(int)(got.size < 200 ? got.size : 200), got.bytes);
		exit(1);
	}
	if (recv(fd, buffer, 1, MSG_DONTWAIT) >= 0) {
		fprintf(stderr, "load: a reply is longer than it should be\n");
		exit(1);
	}
	text_free(&got);
	text_free(&wanted);
}

static void store_all(const struct options *options)
{
	int fd = open_connection(options);
	char reply[8];
	unsigned int key;

	for (key = 0; key < options->recipe.keys; key++) {
		struct text request = { 0 };

		recipe_add_store(&options->recipe, key, &request);
		send_all(fd, &request);
		receive_all(fd, reply, sizeof(reply));
		if (memcmp(reply, "STORED\r\n", sizeof(reply))) {
			fprintf(stderr, "load: a value was not stored: %.8s\n", reply);
			exit(1);
		}
		text_free(&request);
	}
	close(fd);
}

/* One form of request to the null responder, in the form of struct kmc_null_lesson. */
static void teach_one(const struct options *options, int fd, unsigned int number)
{
	struct text request = { 0 }, lesson = { 0 };
	uint32_t head[2];

	recipe_add_request(&options->recipe, number, &request);
	head[0] = request.size;
	head[1] = (unsigned char)request.bytes[0];
	lesson.bytes = malloc(sizeof(head));
	if (!lesson.bytes)
		fail("load");
	memcpy(lesson.bytes, head, sizeof(head));
	lesson.size = sizeof(head);
	lesson.room = sizeof(head);
	recipe_add_reply(&options->recipe, number, &lesson);
	if (write(fd, lesson.bytes, lesson.size) != (ssize_t)lesson.size)
		fail(options->teach);
	text_free(&request);
	text_free(&lesson);
}

static void teach(const struct options *options)
{
	int fd = open(options->teach, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		fail(options->teach);
	teach_one(options, fd, 0);
	if (options->recipe.kind == RECIPE_MIX)
		teach_one(options, fd, 1);
	close(fd);
}

/* As many as name each key once, and at least ten, for a mix has ten kinds of them. */
static void make_parcels(struct load *load)
{
	const struct options *options = load->options;
	unsigned int per_parcel = options->depth * options->recipe.per_request;
	struct text reply;
	unsigned int i, j;

	load->parcel_count = options->recipe.keys / per_parcel;
	if (load->parcel_count < 10)
		load->parcel_count = 10;
	load->parcels = calloc(load->parcel_count, sizeof(*load->parcels));
	if (!load->parcels)
		fail("load");
	for (i = 0; i < load->parcel_count; i++) {
		struct parcel *parcel = &load->parcels[i];

		parcel->first = i * options->depth;
		reply = (struct text){ 0 };
		for (j = 0; j < options->depth; j++) {
			recipe_add_request(&options->recipe, parcel->first + j, &parcel->request);
			recipe_add_reply(&options->recipe, parcel->first + j, &reply);
		}
		parcel->reply_size = reply.size;
		text_free(&reply);
	}
}

static void open_clients(struct load *load)
{
	unsigned int i;

	load->clients = calloc(load->options->connections, sizeof(*load->clients));
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (!load->clients || load->epoll < 0)
		fail("load");
	for (i = 0; i < load->options->connections; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

		load->clients[i].fd = open_connection(load->options);
		if (epoll_ctl(load->epoll, EPOLL_CTL_ADD, load->clients[i].fd, &event))
			fail("epoll_ctl");
	}
}

static void send_next(struct load *load, struct client *client)
{
	const struct parcel *parcel = &load->parcels[load->next];

	if (++load->next == load->parcel_count)
		load->next = 0;
	client->missing = parcel->reply_size;
	if (load->options->with_latency)
		client->sent_at = now();
	send_all(client->fd, &parcel->request);
}

/* Reads what has come for a client; if that was all it waits for, it goes on. */
static void receive(struct load *load, struct client *client)
{
	const struct options *options = load->options;
	ssize_t got = recv(client->fd, buffer, sizeof(buffer), 0);

	if (got <= 0)
		fail("recv");
	if ((size_t)got > client->missing) {
		fprintf(stderr, "load: more was answered than was asked for\n");
		exit(1);
	}
	client->missing -= got;
	if (client->missing)
		return;
	load->done += options->depth * options->recipe.per_request;
	if (options->with_latency)
		latency_add(&load->result->latency, now() - client->sent_at);
	if (!load->is_ending)
		send_next(load, client);
}

static int receive_some(struct load *load, int patience_ms)
{
	struct epoll_event events[EVENTS];
	int count = epoll_wait(load->epoll, events, EVENTS, patience_ms);
	int i;

	if (count < 0 && errno != EINTR)
		fail("epoll_wait");
	for (i = 0; i < count; i++)
		receive(load, &load->clients[events[i].data.u32]);
	return count;
}

static void receive_more(struct load *load)
{
	if (!receive_some(load, PATIENCE_MS)) {
		fprintf(stderr, "load: no reply comes\n");
		exit(1);
	}
}

static bool is_waiting(const struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->options->connections; i++)
		if (load->clients[i].missing)
			return true;
	return false;
}

static void measure(struct load *load)
{
	const struct options *options = load->options;
	uint64_t begin, end = UINT64_MAX;
	unsigned long before;
	unsigned int i;

	for (i = 0; i < options->connections; i++)
		send_next(load, &load->clients[i]);
	while (load->done < options->warm)
		receive_more(load);

	load->result->latency = (struct latency){ 0 };
	before = load->done;
	load->result->counted = read_counter(options->counter);
	begin = now();
	if (options->seconds)
		end = begin + options->seconds * 1e9;
	if (options->seconds)
		while (now() < end)
			receive_more(load);
	else
		while (load->done < before + options->operations)
			receive_more(load);
	load->result->nanoseconds = now() - begin;
	load->result->operations = load->done - before;
	load->result->counted = read_counter(options->counter) - load->result->counted;

	load->is_ending = true;
	while (is_waiting(load))
		receive_more(load);
}

static void stay_idle(struct load *load)
{
	unsigned int i;

	for (i = 0; i < load->options->connections; i++)
		check_parcel(load, &load->parcels[i % load->parcel_count], load->clients[i].fd);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, buffer, sizeof(buffer)) > 0)
		;
}

static void work(const struct options *options, struct result *result)
{
	struct load load = { .options = options, .result = result };

	make_parcels(&load);
	open_clients(&load);
	if (options->only_idle) {
		stay_idle(&load);
		return;
	}
	check_parcel(&load, &load.parcels[0], load.clients[0].fd);
	measure(&load);
	check_parcel(&load, &load.parcels[load.parcel_count - 1], load.clients[0].fd);
}

/* Each process has its part of the connections, and of what is to be done. */
static void work_in_parts(struct options *options, struct result *results)
{
	unsigned int i, workers = options->workers;
	bool failed = false;
	int status;

	options->connections /= workers;
	options->operations /= workers;
	options->warm /= workers;
	for (i = 0; i < workers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid) {
			work(options, &results[i]);
			_exit(0);
		}
	}
	while (wait(&status) > 0)
		failed |= status != 0;
	if (failed)
		exit(1);
}

static void print(const struct options *options, struct result *results, unsigned long idle)
{
	struct result sum = results[0];
	unsigned int i;

	for (i = 1; i < options->workers; i++) {
		sum.operations += results[i].operations;
		if (results[i].nanoseconds > sum.nanoseconds)
			sum.nanoseconds = results[i].nanoseconds;
		latency_merge(&sum.latency, &results[i].latency);
	}
	printf("%lu %lu %lu", sum.operations, sum.nanoseconds, idle);
	if (options->counter)
		printf(" %lu", sum.counted);
	if (options->with_latency)
		printf(" %lu %lu %lu", latency_at(&sum.latency, .5),
		       latency_at(&sum.latency, .99), latency_at(&sum.latency, .999));
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct options options;
	struct rlimit files;
	struct result *results;
	unsigned long idle;

	options_parse(&options, argc, argv);
	if (options.teach)
		teach(&options);
	if (options.only_store) {
		store_all(&options);
		return 0;
	}
	files.rlim_max = options.connections + 64;
	files.rlim_cur = files.rlim_max;
	if (options.connections > 900 && setrlimit(RLIMIT_NOFILE, &files))
		fail("setrlimit");
	results = mmap(NULL, options.workers * sizeof(*results), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED)
		fail("mmap");
	idle = idle_ms();
	if (options.workers == 1)
		work(&options, results);
	else
		work_in_parts(&options, results);
	if (!options.only_idle)
		print(&options, results, idle_ms() - idle);
	return 0;
}
