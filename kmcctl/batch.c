// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "verb.h"

/* More words than any verb takes: those behind them need not be told apart. */
#define MAX_WORDS	(KMC_SETTINGS_WORDS_MAX + 2)

/* Cuts a line into words, in place. Returns how many there are. */
static unsigned int split(char *line, char *words[MAX_WORDS + 1])
{
	unsigned int count = 0;
	char *rest = line;
	char *word;

	while (count < MAX_WORDS && (word = strtok_r(rest, " \t\r\n", &rest)) && *word != '#')
		words[count++] = word;
	words[count] = NULL;
	return count;
}

static enum kmc_status run_lines(struct kmc_ctl *ctl, const char *path, FILE *file)
{
	enum kmc_status status = KMC_DONE;
	char *words[MAX_WORDS + 1];
	unsigned long number = 0;
	unsigned int count;
	char *line = NULL;
	size_t size = 0;

	ctl->words = words;
	while (!status && getline(&line, &size, file) >= 0) {
		number++;
		count = split(line, words);
		if (count)
			status = kmc_verb_run(ctl, count);
	}
	free(line);
	if (status)
		fprintf(stderr, "kmcctl: %s: line %lu failed\n", path, number);
	return status;
}

/**
 * kmc_batch_run() - do what the lines of a file say
 * @ctl: this run
 * @path: the file; "-" is standard input
 *
 * Return: the exit status of the first line that failed, or of all.
 */
enum kmc_status kmc_batch_run(struct kmc_ctl *ctl, const char *path)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	enum kmc_status status;

	if (!file) {
		fprintf(stderr, "kmcctl: %s: %s\n", path, strerror(errno));
		return KMC_REFUSED;
	}
	status = run_lines(ctl, path, file);
	if (!status && ferror(file)) {
		fprintf(stderr, "kmcctl: %s: it cannot be read\n", path);
		status = KMC_REFUSED;
	}
	if (file != stdin)
		fclose(file);
	return status;
}
