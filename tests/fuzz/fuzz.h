/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the fuzz targets share. Each is a function that takes any bytes and ends, or aborts. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/token.h"

/* An assertion about what came of an input. */
#define fuzz_check(condition) \
	do { \
		if (!(condition)) { \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort(); \
		} \
	} while (0)

/* The target of a program; the name is libFuzzer's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Bytes in memory of just their size, for the sanitizer to see who reads beyond; to be freed. */
static inline char *fuzz_copy(const void *data, size_t len)
{
	char *copy = calloc(1, len ? len : 1);

	fuzz_check(copy);
	if (len)
		memcpy(copy, data, len);
	return copy;
}

/* Does a span lie within these bytes? One that was never set does. */
static inline bool fuzz_is_within(struct kmc_span span, const char *p, size_t len)
{
	return !span.p || (span.p >= p && span.p + span.len <= p + len);
}

/* The same bytes? */
static inline bool fuzz_is_same(struct kmc_span a, struct kmc_span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

#endif
