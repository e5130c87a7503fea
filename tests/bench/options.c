// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

static void usage(void)
{
	fputs("usage: load [OPTION...] HOST PORT WORKLOAD (see options.c)\n", stderr);
	exit(2);
}

static unsigned long number_of(const char *word)
{
	char *end;
	unsigned long number = strtoul(word, &end, 10);

	if (*end || end == word || number > 1000000000)
		usage();
	return number;
}

static void parse_option(struct options *options, int letter)
{
	switch (letter) {
	case 'c':
		options->connections = number_of(optarg);
		break;
	case 'd':
		options->depth = number_of(optarg);
		break;
	case 'm':
		options->recipe.per_request = number_of(optarg);
		break;
	case 'v':
		options->recipe.value = number_of(optarg);
		break;
	case 'k':
		options->recipe.keys = number_of(optarg);
		break;
	case 'w':
		options->warm = number_of(optarg);
		break;
	case 'n':
		options->operations = number_of(optarg);
		break;
	case 't':
		options->seconds = atof(optarg);
		break;
	case 'j':
		options->workers = number_of(optarg);
		break;
	case 'l':
		options->with_latency = true;
		break;
	case 's':
		options->only_store = true;
		break;
	case 'r':
		options->teach = optarg;
		options->recipe.is_fixed = true;
		break;
	case 'b':
		options->counter = optarg;
		break;
	case 'i':
		options->only_idle = true;
		break;
	default:
		usage();
	}
}

/**
 * options_parse() - read the command line of load
 * @options: filled in
 * @argc: of main()
 * @argv: of main()
 *
 *	-c N	connections, 1
 *	-d N	requests in one piece, 1
 *	-m N	keys of a get, 1
 *	-v N	bytes of a value, 100
 *	-k N	keys there are, 1000
 *	-w N	operations before it is measured, 0
 *	-n N	operations that are measured, 10000; a key of a get is one
 *	-t S	measure for S seconds, however many operations that are
 *	-j N	processes that share the connections, 1
 *	-l	measure how long each piece of requests waits for its replies, too
 *	-s	store all keys of the workload, and do nothing else
 *	-r FILE	tell a null responder what to answer, and expect no more of it
 *	-b FILE	print also by how much the number in FILE has grown while it was measured
 *	-i	after the first reply of each connection print "ready", and keep the
 *		connections, idle, until standard input ends
 *
 * Ends the program if it makes no sense.
 */
void options_parse(struct options *options, int argc, char **argv)
{
	int letter;

	*options = (struct options){
		.connections = 1, .depth = 1, .operations = 10000, .workers = 1,
		.recipe = { .keys = 1000, .value = 100, .per_request = 1 },
	};
	while ((letter = getopt(argc, argv, "c:d:m:v:k:w:n:t:j:lsr:b:i")) != -1)
		parse_option(options, letter);
	if (argc - optind != 3 || !recipe_parse(&options->recipe, argv[optind + 2]))
		usage();
	options->host = argv[optind];
	options->port = argv[optind + 1];
	if (!options->depth || !options->recipe.per_request || !options->recipe.keys ||
	    !options->workers || options->connections < options->workers)
		usage();
	if (options->recipe.per_request > 1 && options->recipe.kind != RECIPE_GET)
		usage();
}
