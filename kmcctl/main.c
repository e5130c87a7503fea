// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* kmcctl: the command that runs the in-kernel memcached server. */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "verb.h"

enum {
	OPTION_VERBS = 256,
};

static const struct option options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "netns", required_argument, NULL, 'n' },
	{ "batch", required_argument, NULL, 'b' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "verbs", no_argument, NULL, OPTION_VERBS },
	{ }
};

/**
 * struct command_line - the command line, taken apart
 * @words: the verb and its arguments, ending in NULL
 * @count: how many words there are
 * @netns: see &struct kmc_ctl
 * @batch: file with lines of words, instead of @words
 * @json: print JSON
 * @help: show help, about the verb if there is one
 * @version: show the version
 * @verbs: print the names of the verbs, for the completion
 */
struct command_line {
	char **words;
	unsigned int count;
	const char *netns;
	const char *batch;
	bool json;
	bool help;
	bool version;
	bool verbs;
};

/*
 * A standard stream that was closed by the caller must not become the socket.
 * What is written to this instead fails, as it should.
 */
static void occupy_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/full", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static enum kmc_status bad_option(char **argv)
{
	const char *word = argv[optind - 1];

	if (!strncmp(word, "--", 2) || !optopt)
		fprintf(stderr, "kmcctl: bad option '%s'; see 'kmcctl help'\n", word);
	else
		fprintf(stderr, "kmcctl: bad option '-%c'; see 'kmcctl help'\n", optopt);
	return KMC_USAGE;
}

static enum kmc_status parse_options(struct command_line *line, int argc, char **argv)
{
	int option;

	opterr = 0;
	/* The dash hands the words on in their order, as option 1. */
	while ((option = getopt_long(argc, argv, "-:jn:b:hV", options, NULL)) != -1) {
		switch (option) {
		case 1:
			line->words[line->count++] = optarg;
			break;
		case 'j':
			line->json = true;
			break;
		case 'n':
			line->netns = optarg;
			break;
		case 'b':
			line->batch = optarg;
			break;
		case 'h':
			line->help = true;
			break;
		case 'V':
			line->version = true;
			break;
		case OPTION_VERBS:
			line->verbs = true;
			break;
		case ':':
			fprintf(stderr, "kmcctl: option '%s' needs a value\n", argv[optind - 1]);
			return KMC_USAGE;
		default:
			return bad_option(argv);
		}
	}
	while (optind < argc)
		line->words[line->count++] = argv[optind++];
	return KMC_DONE;
}

/* The options that stand for a verb become that verb. */
static void replace_words(struct command_line *line)
{
	if (line->help) {
		line->words[1] = line->count ? line->words[0] : NULL;
		line->words[0] = "help";
		line->batch = NULL;
		line->count = line->words[1] ? 2 : 1;
	} else if (line->version) {
		line->words[0] = "version";
		line->batch = NULL;
		line->count = 1;
	}
	line->words[line->count] = NULL;
}

static enum kmc_status print_verb_names(FILE *file)
{
	const struct kmc_verb *verb;

	for (verb = kmc_verbs; verb->name; verb++)
		fprintf(file, "%s\n", verb->name);
	return KMC_DONE;
}

static enum kmc_status run_batch(struct kmc_ctl *ctl, const struct command_line *line)
{
	if (!line->count)
		return kmc_batch_run(ctl, line->batch);
	fprintf(stderr, "kmcctl: '%s': no verb goes with --batch\n", line->words[0]);
	return KMC_USAGE;
}

static enum kmc_status run(struct command_line *line)
{
	struct kmc_ctl ctl = { .words = line->words, .netns = line->netns };
	enum kmc_status status;
	int err;

	kmc_out_start(&ctl.out, stdout, line->json);
	if (line->verbs)
		status = print_verb_names(stdout);
	else if (line->batch)
		status = run_batch(&ctl, line);
	else
		status = kmc_verb_run(&ctl, line->count);
	kmc_nl_close(ctl.nl);
	err = kmc_out_finish(&ctl.out);
	if (!err || status)
		return status;
	fprintf(stderr, "kmcctl: cannot write the output: %s\n", strerror(-err));
	return KMC_REFUSED;
}

/**
 * main() - take the command line apart and do what it says
 * @argc: how many words there are
 * @argv: the words
 *
 * Return: &enum kmc_status.
 */
int main(int argc, char **argv)
{
	/* Room for two words that options may stand for, and for the end. */
	struct command_line line = {
		.words = calloc(argc + 3, sizeof(*line.words)),
	};
	enum kmc_status status = KMC_REFUSED;

	if (!line.words) {
		fputs("kmcctl: out of memory\n", stderr);
		return status;
	}
	occupy_standard_streams();
	status = parse_options(&line, argc, argv);
	if (!status) {
		replace_words(&line);
		status = run(&line);
	}
	free(line.words);
	return status;
}
