/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Keys by number, and values that say what they should be. */
#ifndef KMC_TORTURE_VALUE_H
#define KMC_TORTURE_VALUE_H

#include <linux/types.h>

#include "tally.h"

struct kmc_item;

#define TORTURE_KEY_MAX		250
#define TORTURE_CHUNK		512

/**
 * struct torture_value - what is known of a value; its first bytes
 *
 * All that follows is made from it, so that a value which is put together from
 * two is noticed wherever the seam is.
 *
 * @version: unique
 * @key: number of the key
 * @deadline: when it expires, unless it is touched
 * @flags: the item's flags
 * @len: the value's length
 * @sum: of the above
 */
struct torture_value {
	u64	version;
	u32	key;
	u32	deadline;
	u32	flags;
	u32	len;
	u64	sum;
};

/**
 * struct torture_scratch - room to work in, one for each thread or softirq
 * @key: a key
 * @key_len: its length
 * @chunk: a part of a value
 */
struct torture_scratch {
	char	key[TORTURE_KEY_MAX];
	size_t	key_len;
	char	chunk[TORTURE_CHUNK];
};

void torture_value_name(struct torture_scratch *scratch, u32 key);
void torture_value_seal(struct torture_value *value);
void torture_value_write(struct torture_scratch *scratch, struct kmc_item *item,
			 const struct torture_value *value);
bool torture_value_read(const struct kmc_item *item, struct torture_value *value);
bool torture_value_verify(struct torture_scratch *scratch, struct torture_tally *tally,
			  const struct kmc_item *item, u32 key, struct torture_value *value);
bool torture_value_is_same(struct torture_scratch *scratch, const struct kmc_item *item,
			   const struct torture_value *value);

#endif
