/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Counts by powers of two: bucket 0 has what is less than 2, bucket 1 what is less than 4,
 * and so on; the last one has also what is more.
 */
#ifndef KMCCTL_HISTOGRAM_H
#define KMCCTL_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* Room for any bound as text. */
#define KMC_HISTOGRAM_TEXT_SIZE 32

uint64_t kmc_histogram_total(const uint64_t *counts, size_t size);
size_t kmc_histogram_find(const uint64_t *counts, size_t size, unsigned int per_mille);
uint64_t kmc_histogram_bound(size_t bucket, size_t size);
void kmc_histogram_compose(size_t bucket, size_t size, char *text);

#endif /* KMCCTL_HISTOGRAM_H */
