// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "token.h"

#include <linux/string.h>

/* In each byte of a word: its lowest bit, its highest. */
#define LOW_BITS	(~0ULL / 255)
#define HIGH_BITS	(LOW_BITS << 7)

static u64 load(const char *p)
{
	u64 word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/*
 * The highest bit of each byte that is less than @n, which is at most 128: see "Bit
 * Twiddling Hacks" (S. E. Anderson), "hasless". The first one it says is right; one above
 * that may be wrong, for a borrow of the first.
 */
static u64 less_than(u64 word, u64 n)
{
	return (word - LOW_BITS * n) & ~word & HIGH_BITS;
}

/* Which byte, in memory, is the first one of these. */
static size_t first_byte(u64 bits)
{
	return __builtin_ctzll(bits) / 8;
}

/* Only where the first byte in memory is the lowest. */
static bool may_load(size_t left)
{
	const u16 one = 1;

	return *(const u8 *)&one && left >= sizeof(u64);
}

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
	u64 all = LOW_BITS * (u8)c;
	size_t at = 0;

	for (; may_load(len - at); at += sizeof(u64)) {
		u64 found = less_than(load(p + at) ^ all, 1);

		if (found)
			return at + first_byte(found);
	}
	while (at < len && p[at] != c)
		at++;
	return at;
}

/**
 * kmc_token_find_end() - find the first byte that is a space or less
 * @p: where to look
 * @len: how many bytes
 *
 * Return: where it is; @len if there is none.
 */
size_t kmc_token_find_end(const char *p, size_t len)
{
	size_t at = 0;

	for (; may_load(len - at); at += sizeof(u64)) {
		u64 found = less_than(load(p + at), ' ' + 1);

		if (found)
			return at + first_byte(found);
	}
	while (at < len && (u8)p[at] > ' ')
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
