/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Sizes that slabs are carved into. */
#ifndef KMC_CACHE_CLASS_H
#define KMC_CACHE_CLASS_H

#include <linux/types.h>

/* Largest chunk, bytes; what is larger has pages of its own. */
#define KMC_CHUNK_MAX	16384U

/* No more classes than this. */
#define KMC_CLASSES_MAX	96

/**
 * struct kmc_classes - the sizes of chunks
 * @count: how many there are
 * @size: bytes, ascending, the last one %KMC_CHUNK_MAX
 */
struct kmc_classes {
	unsigned int	count;
	u32		size[KMC_CLASSES_MAX];
};

void kmc_classes_init(struct kmc_classes *classes);
unsigned int kmc_classes_find(const struct kmc_classes *classes, u32 size);

#endif
