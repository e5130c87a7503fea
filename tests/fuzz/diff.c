// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/fuzz/diff/stream.c tests/fuzz/diff/text.c tests/fuzz/diff/meta.c
// sources: tests/fuzz/diff/binary.c tests/fuzz/diff/break.c tests/fuzz/diff/canon.c
// sources: tests/fuzz/diff/peer.c tests/fuzz/diff/judge.c tests/fuzz/diff/rules.c
// sources: tests/fuzz/diff/shrink.c tests/e2e/bytes.c
/*
 * diff HOST PORT HOST PORT [SEED [COMMANDS]] [--protocol text|meta|binary|all] [--only STREAM]
 *	[--lie BYTE] [--odd 0]
 *
 * Sends the same to two memcached servers, and compares what they answer. All streams follow from
 * SEED; each begins with a flush_all, so that --only shows again what one of them has shown. With
 * --lie that byte of what the second server sends is altered, which must be noticed. With --odd 0
 * all commands are well-formed.
 *
 * The rules that allow differences (diff/rules.c) are for memcached 1.6.18 as the first server and
 * the module as the second; there are none between others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff/judge.h"
#include "diff/shrink.h"

/* After so many differences the rest would only be more of the same. */
#define DIFFERENCES_MAX 20

/**
 * struct options - what is wanted
 * @seed: what the streams follow from
 * @commands: how many to send
 * @protocol: the only one; -1 is all
 * @only: the only stream; -1 is all
 * @has_odd: there are commands that are not well-formed
 */
struct options {
	unsigned long seed;
	unsigned long commands;
	int protocol;
	long only;
	bool has_odd;
};

static int usage(void)
{
	fprintf(stderr, "usage: diff HOST PORT HOST PORT [SEED [COMMANDS]]\n"
			"	[--protocol text|meta|binary|all] [--only STREAM] [--lie BYTE] [--odd 0]\n");
	return 2;
}

static int protocol_of(const char *name)
{
	static const char *const names[] = { "text", "meta", "binary" };
	int i;

	for (i = 0; i < 3; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static void make(struct stream *stream, const struct options *options, unsigned long nr)
{
	struct random random = { options->seed * 0x100000001b3 + nr };
	unsigned int protocol = random_below(&random, 3);

	if (options->protocol >= 0)
		protocol = options->protocol;
	stream_make(stream, protocol, random_next(&random), options->has_odd);
}

static void report(struct peer *peers, const struct stream *stream, const struct options *options,
		   unsigned long nr)
{
	struct stream shortest;

	printf("# difference: seed %lu, --only %lu; its shortest:\n", options->seed, nr);
	shrink(peers, stream, &shortest);
	stream_print(&shortest);
	if (judge(peers, &shortest, true) != VERDICT_DIFFERENT)
		printf("# this time they agree\n");
	printf("#\n");
	fflush(stdout);
	stream_free(&shortest);
}

/* Returns how many streams showed a difference. */
static unsigned int compare(struct peer *peers, const struct options *options)
{
	unsigned long sent = 0, nr = options->only >= 0 ? options->only : 0;
	unsigned int differences = 0;

	for (; sent < options->commands && differences < DIFFERENCES_MAX; nr++) {
		static struct stream stream;

		make(&stream, options, nr);
		sent += stream.count;
		if (judge(peers, &stream, true) == VERDICT_DIFFERENT) {
			differences++;
			report(peers, &stream, options, nr);
		}
		stream_free(&stream);
		if (options->only >= 0)
			break;
	}
	printf("# %lu commands in %lu streams, seed %lu\n", sent, nr, options->seed);
	return differences;
}

static bool parse_option(const char *name, const char *value, struct options *options,
			 struct peer *second)
{
	if (!value)
		return false;
	if (!strcmp(name, "--protocol")) {
		options->protocol = protocol_of(value);
		return options->protocol >= 0 || !strcmp(value, "all");
	}
	if (!strcmp(name, "--only"))
		options->only = atol(value);
	else if (!strcmp(name, "--odd"))
		options->has_odd = atoi(value);
	else if (!strcmp(name, "--lie"))
		second->lie_at = atol(value);
	else
		return false;
	return true;
}

static bool parse(int argc, char **argv, struct options *options, struct peer *second)
{
	int i, plain = 0;

	for (i = 5; i < argc; i++) {
		if (argv[i][0] == '-') {
			if (!parse_option(argv[i], argv[i + 1], options, second))
				return false;
			i++;
		} else if (plain++) {
			options->commands = strtoul(argv[i], NULL, 10);
		} else {
			options->seed = strtoul(argv[i], NULL, 10);
		}
	}
	return plain <= 2;
}

int main(int argc, char **argv)
{
	struct options options = { .seed = 1, .commands = 20000, .protocol = -1, .only = -1,
				   .has_odd = true };
	struct peer peers[2];
	unsigned int differences;

	if (argc < 5)
		return usage();
	if (!peer_init(&peers[0], argv[1], argv[2]) || !peer_init(&peers[1], argv[3], argv[4])) {
		printf("Bail out! one of the servers does not answer\n");
		return 1;
	}
	if (!parse(argc, argv, &options, &peers[1]))
		return usage();
	printf("1..1\n# %s is %s, %s is %s\n", peers[0].name, peers[0].version, peers[1].name,
	       peers[1].version);
	differences = compare(peers, &options);
	judge_print_uses();
	printf("%s 1 - the servers answer the same\n", differences ? "not ok" : "ok");
	return differences != 0;
}
