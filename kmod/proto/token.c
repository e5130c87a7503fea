// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "token.h"

#include <linux/string.h>

/**
 * kmc_token_find() - find a byte
 * @p: where to look
 * @len: how many bytes
 * @c: the byte
 *
 * Eight at a time, which memchr() of the kernel does not do.
 *
 * Return: where it is first; @len if it is not there.
 */
size_t kmc_token_find(const char *p, size_t len, char c)
{
	u64 all = KMC_WORD_LOW * (u8)c;
	size_t at = 0;

	for (; kmc_word_may_load(len - at); at += sizeof(u64)) {
		u64 found = kmc_word_less_than(kmc_word_load(p + at) ^ all, 1);

		if (found)
			return at + kmc_word_first(found);
	}
	while (at < len && p[at] != c)
		at++;
	return at;
}

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
	stop = p + kmc_token_find(p, end - p, ' ');
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
