// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "class.h"

#include <linux/bug.h>
#include <linux/kernel.h>
#include <linux/minmax.h>

/* What chunk sizes are to divide without much of a rest. */
#define SLAB_BYTES	65536U

#define CHUNK_MIN	32U
#define CHUNK_ALIGN	4U

/* Sizes up to this differ by a sixteenth at the most, the others by an eighth. */
#define FINE_MAX	256U

/* The size that follows, grown to what that many chunks leave over in a slab. */
static u32 next_size(u32 size)
{
	u32 step = max(size / (size < FINE_MAX ? 16 : 8), CHUNK_ALIGN);
	u32 next = round_down(size + step, CHUNK_ALIGN);

	return round_down(SLAB_BYTES / (SLAB_BYTES / next), CHUNK_ALIGN);
}

/**
 * kmc_classes_init() - compute the sizes
 * @classes: result
 */
void kmc_classes_init(struct kmc_classes *classes)
{
	u32 size;

	classes->count = 0;
	for (size = CHUNK_MIN; size < KMC_CHUNK_MAX; size = next_size(size)) {
		if (WARN_ON(classes->count == KMC_CLASSES_MAX - 1))
			break;
		classes->size[classes->count++] = size;
	}
	classes->size[classes->count++] = KMC_CHUNK_MAX;
}

/**
 * kmc_classes_find() - the class whose chunks waste least
 * @classes: the sizes
 * @size: bytes, at most %KMC_CHUNK_MAX
 *
 * Return: its number.
 */
unsigned int kmc_classes_find(const struct kmc_classes *classes, u32 size)
{
	unsigned int low = 0, high = classes->count - 1;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (classes->size[middle] < size)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
