/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Prefixes of keys, and what is told of them. Pure. */
#ifndef KMC_PROTO_PREFIX_H
#define KMC_PROTO_PREFIX_H

#include "token.h"

/**
 * struct kmc_prefix_counts - what was done to the keys of a prefix
 * @get: keys asked for
 * @hit: keys found
 * @set: values offered for storing
 * @del: keys that were to be deleted
 */
struct kmc_prefix_counts {
	u64	get;
	u64	hit;
	u64	set;
	u64	del;
};

bool kmc_prefix_of(struct kmc_span key, char delimiter, struct kmc_span *prefix);
size_t kmc_prefix_compose(char *buf, struct kmc_span prefix,
			  const struct kmc_prefix_counts *counts);

#endif
