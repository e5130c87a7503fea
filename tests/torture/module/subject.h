/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The way to the store: all calls go through here, where what is wrong on purpose is. */
#ifndef KMC_TORTURE_SUBJECT_H
#define KMC_TORTURE_SUBJECT_H

#include <linux/types.h>

#include "kmod/cache/cache.h"

#include "torture.h"
#include "value.h"

int torture_subject_open(unsigned long limit);
void torture_subject_close(void);
bool torture_subject_errs(enum torture_break what);
struct kmc_item *torture_subject_alloc(struct torture_scratch *scratch,
				       struct torture_value *value, gfp_t gfp);
int torture_subject_store(struct kmc_item *item, enum kmc_store_mode mode, u64 cas);
int torture_subject_update(struct torture_scratch *scratch, struct torture_value *value, gfp_t gfp,
			   bool *resized);
struct kmc_item *torture_subject_lookup(struct torture_scratch *scratch, u32 key);
bool torture_subject_seek(struct torture_scratch *scratch, u32 key,
			  bool (*see)(struct kmc_item *item, void *arg), void *arg);
struct kmc_item *torture_subject_touch(struct torture_scratch *scratch, u32 key, u32 deadline);
int torture_subject_remove(struct torture_scratch *scratch, u32 key);
bool torture_subject_walk(u64 *place, bool (*show)(struct kmc_item *item, void *arg), void *arg);
void torture_subject_flush(u32 when);
void torture_subject_set_limit(unsigned long limit);

static inline void torture_subject_put(struct kmc_item *item)
{
	kmc_cache_put_item(torture.cache, item);
}

/* Of an item that was not stored. */
static inline void torture_subject_discard(struct kmc_item *item)
{
	kmc_cache_discard_item(torture.cache, item);
}

#endif
