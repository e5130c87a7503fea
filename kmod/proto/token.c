// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "token.h"

#include <linux/string.h>

/**
 * kmc_token_next() - take the next word off a line
 * @line: what is left of the line; shortened
 * @token: the word
 *
 * Words are separated by spaces, and by nothing else: a TAB or a NUL is part of
 * a word.
 *
 * Return: false if there is no further word.
 */
bool kmc_token_next(struct kmc_span *line, struct kmc_span *token)
{
	const char *p = line->p, *end = line->p + line->len;
	const char *stop;

	while (p < end && *p == ' ')
		p++;
	stop = p < end ? memchr(p, ' ', end - p) : NULL;
	if (!stop)
		stop = end;
	token->p = p;
	token->len = stop - p;
	line->p = stop;
	line->len = end - stop;
	return token->len;
}

/**
 * kmc_token_last() - find the last word of a line
 * @line: the line
 * @token: the word
 *
 * Return: false if there is none.
 */
bool kmc_token_last(struct kmc_span line, struct kmc_span *token)
{
	size_t start;

	while (line.len && line.p[line.len - 1] == ' ')
		line.len--;
	start = line.len;
	while (start && line.p[start - 1] != ' ')
		start--;
	token->p = line.p + start;
	token->len = line.len - start;
	return token->len;
}

/**
 * kmc_token_is() - compare a word with a string
 * @token: the word
 * @word: the string
 *
 * Return: true if they are equal; upper and lower case differ.
 */
bool kmc_token_is(struct kmc_span token, const char *word)
{
	return token.len == strlen(word) && !memcmp(token.p, word, token.len);
}
