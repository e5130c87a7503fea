// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Who may come. What is in the file is shown to nobody, also not when it is wrong, and
 * does not stay in memory, but for what stdio keeps of standard input until the end.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/* A line with its CR, LF and NUL, and a byte more, so that what is too long shows. */
#define LINE_SIZE	(KMC_TOKEN_SIZE_MAX + 1 + 4)

/**
 * struct tokens - a file that is being read
 * @request: what its tokens go into
 * @line: the line, perhaps only its beginning
 * @number: its number
 * @count: tokens so far
 * @buffer: of the file
 */
struct tokens {
	struct kmc_nl_request *request;
	char line[LINE_SIZE];
	unsigned long number;
	unsigned int count;
	char buffer[4096];
};

static const char *take_line(struct tokens *tokens)
{
	struct kmc_token token;
	const char *why;

	why = kmc_args_parse_token(tokens->line, &token);
	if (why)
		return why;
	if (tokens->count++ == KMC_TOKENS_MAX)
		return "there may be 64 of them";
	kmc_nl_open_nest(tokens->request, KMC_A_AUTH_TOKEN);
	kmc_nl_put(tokens->request, KMC_TOKEN_A_USER, token.user, token.user_size);
	kmc_nl_put(tokens->request, KMC_TOKEN_A_PASSWORD, token.password, token.password_size);
	kmc_nl_close_nest(tokens->request);
	return NULL;
}

/* A NUL would hide what is behind it. Returns what is wrong, or NULL. */
static const char *read_lines(struct tokens *tokens, FILE *file)
{
	const char *why = NULL;
	int c = 0;

	while (!why && c != EOF) {
		size_t size = 0;

		while ((c = getc(file)) != EOF && c != '\n' && size < LINE_SIZE - 1)
			tokens->line[size++] = c;
		tokens->line[size] = '\0';
		tokens->number++;
		if (strlen(tokens->line) != size)
			why = "there is a NUL in it";
		else if (c != EOF || size)
			why = take_line(tokens);
	}
	return why;
}

static enum kmc_status read_file(const char *path, struct tokens *tokens)
{
	FILE *file = strcmp(path, "-") ? fopen(path, "r") : stdin;
	const char *why;
	bool failed;

	if (!file) {
		fprintf(stderr, "kmcctl: auth: %s: %s\n", path, strerror(errno));
		return KMC_REFUSED;
	}
	/* not that of standard input, which may have been read from before */
	if (file != stdin)
		setvbuf(file, tokens->buffer, _IOFBF, sizeof(tokens->buffer));
	why = read_lines(tokens, file);
	failed = ferror(file);
	if (file != stdin)
		fclose(file);
	if (failed)
		fprintf(stderr, "kmcctl: auth: %s: it cannot be read\n", path);
	else if (why)
		fprintf(stderr, "kmcctl: auth: %s: line %lu: %s\n", path, tokens->number, why);
	return failed || why ? KMC_REFUSED : KMC_DONE;
}

/**
 * kmc_auth_set() - the verb auth
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_auth_set(struct kmc_ctl *ctl)
{
	const char *path = ctl->words[1];
	struct tokens tokens = { 0 };
	enum kmc_status status;

	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	tokens.request = kmc_nl_request_create(ctl->nl, KMC_CMD_AUTH_SET);
	if (strcmp(path, "none"))
		status = read_file(path, &tokens);
	if (status)
		kmc_nl_drop(tokens.request);
	else
		status = kmc_ctl_judge(ctl, kmc_nl_do(tokens.request, NULL, NULL));
	explicit_bzero(&tokens, sizeof(tokens));
	return status;
}
