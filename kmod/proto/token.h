/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Words of a text protocol line. Pure. */
#ifndef KMC_PROTO_TOKEN_H
#define KMC_PROTO_TOKEN_H

#include <linux/types.h>

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
size_t kmc_token_find_end(const char *p, size_t len);
bool kmc_token_next(struct kmc_span *line, struct kmc_span *token);
bool kmc_token_last(struct kmc_span line, struct kmc_span *token);
bool kmc_token_is(struct kmc_span token, const char *word);

#endif
