/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How long the value of a key is: the same each time one asks. */
#ifndef BENCH_SIZES_H
#define BENCH_SIZES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest value that memcached and kmemcached take. */
#define SIZES_MAX (1 << 20)

/**
 * struct sizes - a distribution of sizes
 * @min: the shortest
 * @max: the longest; between them, equal ratios are equally likely
 */
struct sizes {
	size_t min;
	size_t max;
};

bool sizes_parse(struct sizes *sizes, const char *description);
size_t sizes_of(const struct sizes *sizes, uint64_t key);

#endif
