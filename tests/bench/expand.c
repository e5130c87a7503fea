// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * expand FORMAT FILE: reads a trace on standard input, and writes its keys to FILE,
 * 8 bytes each as this machine has them. Prints how many there are, and how many
 * different ones.
 *
 *	arc	lines "START COUNT 0 N": COUNT keys from START on
 *	be32	4 bytes a key, the first one is the highest
 *	lines	a number a line; others are comments
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct trace {
	uint64_t *keys;
	size_t count;
	size_t room;
};

static void add(struct trace *trace, uint64_t key)
{
	if (trace->count == trace->room) {
		trace->room = trace->room ? 2 * trace->room : 65536;
		trace->keys = realloc(trace->keys, trace->room * sizeof(*trace->keys));
		if (!trace->keys) {
			perror("expand");
			exit(1);
		}
	}
	trace->keys[trace->count++] = key;
}

static void read_arc(struct trace *trace)
{
	uint64_t start, count;
	char line[256];

	while (fgets(line, sizeof(line), stdin))
		if (sscanf(line, "%" SCNu64 " %" SCNu64, &start, &count) == 2)
			for (; count; count--)
				add(trace, start++);
}

static void read_be32(struct trace *trace)
{
	uint32_t key;

	while (fread(&key, sizeof(key), 1, stdin) == 1)
		add(trace, ntohl(key));
}

static void read_lines(struct trace *trace)
{
	char line[256];
	uint64_t key;

	while (fgets(line, sizeof(line), stdin))
		if (sscanf(line, "%" SCNu64, &key) == 1)
			add(trace, key);
}

static int compare(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

/* Puts them into another order. */
static size_t count_different(struct trace *trace)
{
	size_t different = 1, i;

	qsort(trace->keys, trace->count, sizeof(*trace->keys), compare);
	for (i = 1; i < trace->count; i++)
		different += trace->keys[i] != trace->keys[i - 1];
	return different;
}

int main(int argc, char **argv)
{
	struct trace trace = { 0 };
	FILE *file;

	if (argc == 3 && !strcmp(argv[1], "arc"))
		read_arc(&trace);
	else if (argc == 3 && !strcmp(argv[1], "be32"))
		read_be32(&trace);
	else if (argc == 3 && !strcmp(argv[1], "lines"))
		read_lines(&trace);
	if (!trace.count) {
		fprintf(stderr, "usage: expand arc|be32|lines FILE < TRACE, which has a key\n");
		return 2;
	}
	file = fopen(argv[2], "wb");
	if (!file || fwrite(trace.keys, sizeof(*trace.keys), trace.count, file) != trace.count ||
	    fclose(file)) {
		perror(argv[2]);
		return 1;
	}
	printf("%zu %zu\n", trace.count, count_different(&trace));
	return 0;
}
