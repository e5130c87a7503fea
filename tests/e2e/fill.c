// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * fill HOST PORT COUNT SIZE [NEWEST]: stores COUNT values of SIZE bytes, each
 * under a key of its own, then reads the NEWEST of them back (1000) and compares
 * every byte. Fails unless all were stored and all of the newest are there.
 *
 * A batch of requests is sent, then its answers are read: so no more than a
 * batch is ever in the sockets, and the memory they take can be neglected.
 */
#include <errno.h>
#include <netdb.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BATCH		32
#define PATIENCE_S	60

#define MAX_SIZE	(1 << 20)
#define TOGETHER	(64 << 10)

/* A line of what is received, and what follows it. */
struct input {
	int fd;
	size_t start;
	size_t end;
	char bytes[65536];
};

static void die(const char *what)
{
	fprintf(stderr, "fill: %s: %s\n", what, strerror(errno));
	exit(1);
}

static unsigned long parse_number(const char *word)
{
	char *end;
	unsigned long value = strtoul(word, &end, 10);

	if (end == word || *end) {
		fprintf(stderr, "fill: %s is not a number\n", word);
		exit(2);
	}
	return value;
}

static int open_connection(const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	struct addrinfo *where;
	int fd;

	if (getaddrinfo(host, port, &hints, &where)) {
		fprintf(stderr, "fill: %s %s is no address\n", host, port);
		exit(2);
	}
	fd = socket(where->ai_family, SOCK_STREAM, 0);
	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, where->ai_addr, where->ai_addrlen))
		die("connect");
	freeaddrinfo(where);
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

static void receive_more(struct input *input)
{
	ssize_t got;

	memmove(input->bytes, input->bytes + input->start, input->end - input->start);
	input->end -= input->start;
	input->start = 0;
	got = recv(input->fd, input->bytes + input->end, sizeof(input->bytes) - input->end, 0);
	if (got < 0)
		die("recv");
	if (!got) {
		fprintf(stderr, "fill: the server closed\n");
		exit(1);
	}
	input->end += got;
}

/* The next line, without its end; good until the next call. */
static char *receive_line(struct input *input)
{
	char *line, *end;

	for (;;) {
		line = input->bytes + input->start;
		end = memchr(line, '\n', input->end - input->start);
		if (end)
			break;
		if (input->end - input->start == sizeof(input->bytes)) {
			fprintf(stderr, "fill: a line without end\n");
			exit(1);
		}
		receive_more(input);
	}
	input->start = end + 1 - input->bytes;
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

static void receive(struct input *input, char *data, size_t size)
{
	size_t part;

	while (size) {
		if (input->start == input->end)
			receive_more(input);
		part = input->end - input->start < size ? input->end - input->start : size;
		memcpy(data, input->bytes + input->start, part);
		input->start += part;
		data += part;
		size -= part;
	}
}

/* The value of a key: its number, again and again. */
static void compose_value(unsigned long key, char *value, size_t size)
{
	char text[17];
	size_t have = size < 16 ? size : 16;
	size_t part;

	snprintf(text, sizeof(text), "%015lu ", key);
	memcpy(value, text, have);
	for (; have < size; have += part) {
		part = size - have < have ? size - have : have;
		memcpy(value + have, value, part);
	}
}

/* Small ones go out together: a packet each would take longer than the test may. */
static void send_sets(int fd, unsigned long from, unsigned long to, size_t size)
{
	static char requests[TOGETHER + MAX_SIZE + 128];
	size_t end = 0;

	for (; from < to; from++) {
		end += sprintf(requests + end, "set fill-%lu 0 0 %zu\r\n", from, size);
		compose_value(from, requests + end, size);
		end += size;
		memcpy(requests + end, "\r\n", 2);
		end += 2;
		if (end < TOGETHER && from + 1 < to)
			continue;
		send_all(fd, requests, end);
		end = 0;
	}
}

/* Returns how many were stored. */
static unsigned long store(struct input *input, unsigned long count, size_t size)
{
	unsigned long stored = 0, told = 0, from, to;
	const char *line;

	for (from = 0; from < count; from = to) {
		to = count - from < BATCH ? count : from + BATCH;
		send_sets(input->fd, from, to, size);
		for (; from < to; from++) {
			line = receive_line(input);
			if (!strcmp(line, "STORED"))
				stored++;
			else if (!told++)
				fprintf(stderr, "fill: set fill-%lu: %s\n", from, line);
		}
	}
	return stored;
}

/* Asks for one key. True: it is there, and is what was stored. */
static bool fetch(struct input *input, unsigned long key, size_t size)
{
	static char wanted[MAX_SIZE], got[MAX_SIZE + 2];
	char request[64], head[64];

	snprintf(request, sizeof(request), "get fill-%lu\r\n", key);
	send_all(input->fd, request, strlen(request));
	snprintf(head, sizeof(head), "VALUE fill-%lu 0 %zu", key, size);
	if (strcmp(receive_line(input), head))
		return false;
	receive(input, got, size + 2);
	if (strcmp(receive_line(input), "END"))
		return false;
	compose_value(key, wanted, size);
	return !memcmp(got, wanted, size) && !memcmp(got + size, "\r\n", 2);
}

int main(int argc, char **argv)
{
	static struct input input;
	unsigned long count, newest = 1000, stored, found = 0, key;
	size_t size;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: fill HOST PORT COUNT SIZE [NEWEST]\n");
		return 2;
	}
	count = parse_number(argv[3]);
	size = parse_number(argv[4]);
	if (argc == 6)
		newest = parse_number(argv[5]);
	if (newest > count)
		newest = count;
	if (size > MAX_SIZE) {
		fprintf(stderr, "fill: %zu bytes are too many\n", size);
		return 2;
	}
	input.fd = open_connection(argv[1], argv[2]);
	stored = store(&input, count, size);
	for (key = count - newest; key < count; key++)
		found += fetch(&input, key, size);
	close(input.fd);
	printf("stored %lu of %lu, found %lu of the newest %lu\n", stored, count, found, newest);
	return stored == count && found == newest ? 0 : 1;
}
