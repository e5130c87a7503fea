/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Words of a text protocol line. Pure. */
#ifndef KMC_PROTO_TOKEN_H
#define KMC_PROTO_TOKEN_H

#include <linux/types.h>

#include "word.h"

/**
 * struct kmc_span - bytes that belong to somebody else
 * @p: first byte
 * @len: number of bytes
 */
struct kmc_span {
	const char	*p;
	size_t		len;
};

size_t kmc_token_find(const char *p, size_t len, char c);
bool kmc_token_next(struct kmc_span *line, struct kmc_span *token);
bool kmc_token_last(struct kmc_span line, struct kmc_span *token);
bool kmc_token_is(struct kmc_span token, const char *word);

/**
 * kmc_token_find_end() - find the first byte that is a space or less
 * @p: where to look
 * @len: how many bytes
 *
 * Return: where it is; @len if there is none.
 */
static inline size_t kmc_token_find_end(const char *p, size_t len)
{
	size_t at = 0;

	if (kmc_word_may_load(len)) {
		size_t last = len - sizeof(u64);

		for (; at <= last; at += sizeof(u64)) {
			u64 found = kmc_word_less_than(kmc_word_load(p + at), ' ' + 1);

			if (found)
				return at + kmc_word_first(found);
		}
	}
	while (at < len && (u8)p[at] > ' ')
		at++;
	return at;
}

#endif
