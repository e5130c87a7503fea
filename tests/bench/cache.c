// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "cache.h"

#define PATIENCE_S	60

/* What a request has beside its value: verb, key, numbers and line ends. */
#define REQUEST_ROOM	(CACHE_KEY_MAX + 64)

/* When so much was sent, its answers are read first: sockets hold no more than this and a value. */
#define TOGETHER	(64 << 10)

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", what, why);
	exit(1);
}

/**
 * cache_open() - connect
 * @cache: filled in; its key_length and sizes are the caller's
 * @host: the server's name or address
 * @port: its port
 *
 * Ends the program if that fails, as all functions here do if a reply makes no sense.
 */
void cache_open(struct cache *cache, const char *host, const char *port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct timeval patience = { .tv_sec = PATIENCE_S };
	struct addrinfo *where;

	if (getaddrinfo(host, port, &hints, &where))
		fail(host, "no such address");
	cache->fd = socket(where->ai_family, SOCK_STREAM, 0);
	if (cache->fd < 0)
		fail("socket", strerror(errno));
	setsockopt(cache->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(cache->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(cache->fd, where->ai_addr, where->ai_addrlen))
		fail("connect", strerror(errno));
	freeaddrinfo(where);
}

static void send_written(struct cache *cache)
{
	size_t done = 0;
	ssize_t sent;

	while (done < cache->written) {
		sent = send(cache->fd, cache->output + done, cache->written - done, MSG_NOSIGNAL);
		if (sent < 0)
			fail("send", strerror(errno));
		done += sent;
	}
	cache->written = 0;
}

static void receive_more(struct cache *cache)
{
	ssize_t got;

	memmove(cache->input, cache->input + cache->start, cache->end - cache->start);
	cache->end -= cache->start;
	cache->start = 0;
	got = recv(cache->fd, cache->input + cache->end, sizeof(cache->input) - cache->end, 0);
	if (got < 0)
		fail("recv", strerror(errno));
	if (!got)
		fail("recv", "the server closed, or a line has no end");
	cache->end += got;
}

/* The next line, without its end; good until the next call. */
static char *receive_line(struct cache *cache)
{
	char *line, *end;

	for (;;) {
		line = cache->input + cache->start;
		end = memchr(line, '\n', cache->end - cache->start);
		if (end)
			break;
		receive_more(cache);
	}
	cache->start = end + 1 - cache->input;
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

static void skip(struct cache *cache, size_t size)
{
	size_t part;

	for (; size; size -= part) {
		if (cache->start == cache->end)
			receive_more(cache);
		part = cache->end - cache->start < size ? cache->end - cache->start : size;
		cache->start += part;
	}
}

static void write_bytes(struct cache *cache, const char *bytes, size_t size)
{
	memcpy(cache->output + cache->written, bytes, size);
	cache->written += size;
}

static void compose_key(const struct cache *cache, uint64_t key, char *text)
{
	unsigned int place;

	for (place = cache->key_length; place; place--, key /= 10)
		text[place - 1] = '0' + key % 10;
}

static void write_key(struct cache *cache, uint64_t key)
{
	compose_key(cache, key, cache->output + cache->written);
	cache->written += cache->key_length;
}

static void read_answers(struct cache *cache)
{
	const char *line;

	for (; cache->awaited; cache->awaited--) {
		line = receive_line(cache);
		if (!strcmp(line, "STORED"))
			cache->stored++;
		else if (!cache->refused++)
			fprintf(stderr, "bench: a set was refused: %s\n", line);
	}
}

/**
 * cache_set() - store a value
 * @cache: the connection
 * @key: its key
 *
 * What the server says to it is read some time later.
 */
void cache_set(struct cache *cache, uint64_t key)
{
	size_t size = sizes_of(&cache->sizes, key);

	if (cache->awaited == CACHE_BATCH || cache->written >= TOGETHER)
		cache_settle(cache);
	write_bytes(cache, "set ", 4);
	write_key(cache, key);
	cache->written += sprintf(cache->output + cache->written, " 0 0 %zu\r\n", size);
	memset(cache->output + cache->written, 'v', size);
	cache->written += size;
	write_bytes(cache, "\r\n", 2);
	cache->awaited++;
}

/**
 * cache_settle() - send everything, and read all answers to sets
 * @cache: the connection
 */
void cache_settle(struct cache *cache)
{
	send_written(cache);
	read_answers(cache);
}

/* The line before a value: it must be one we have asked for, in this order, and of its size. */
static unsigned int read_head(struct cache *cache, const char *line, const uint64_t *keys,
			      unsigned int count, unsigned int next)
{
	char wanted[REQUEST_ROOM];
	char *key = wanted + 6;

	memcpy(wanted, "VALUE ", 6);
	for (; next < count; next++) {
		compose_key(cache, keys[next], key);
		if (strncmp(line, wanted, 6 + cache->key_length))
			continue;
		sprintf(key + cache->key_length, " 0 %zu", sizes_of(&cache->sizes, keys[next]));
		if (!strcmp(line, wanted))
			return next;
	}
	fail("get", line);
	return count;
}

/**
 * cache_get() - ask for values
 * @cache: the connection
 * @keys: the keys, at most CACHE_BATCH, none of them twice
 * @count: how many they are
 * @found: for each one, whether it was there
 *
 * Sets that were not sent go out before, and in one piece with this.
 *
 * Return: how many were there.
 */
unsigned int cache_get(struct cache *cache, const uint64_t *keys, unsigned int count, bool *found)
{
	unsigned int hits = 0, next = 0, i;
	const char *line;

	write_bytes(cache, "get", 3);
	for (i = 0; i < count; i++) {
		write_bytes(cache, " ", 1);
		write_key(cache, keys[i]);
	}
	write_bytes(cache, "\r\n", 2);
	cache_settle(cache);
	memset(found, 0, count * sizeof(*found));
	while (strcmp(line = receive_line(cache), "END")) {
		next = read_head(cache, line, keys, count, next);
		found[next] = true;
		skip(cache, sizes_of(&cache->sizes, keys[next]) + 2);
		next++;
		hits++;
	}
	return hits;
}

/**
 * cache_stat() - one of the server's statistics
 * @cache: the connection
 * @name: what memcached calls it
 *
 * Return: its value; 0 if the server has none of this name.
 */
unsigned long cache_stat(struct cache *cache, const char *name)
{
	unsigned long value = 0, number;
	char found[64];
	const char *line;

	write_bytes(cache, "stats\r\n", 7);
	cache_settle(cache);
	while (strcmp(line = receive_line(cache), "END"))
		if (sscanf(line, "STAT %63s %lu", found, &number) == 2 && !strcmp(found, name))
			value = number;
	return value;
}
