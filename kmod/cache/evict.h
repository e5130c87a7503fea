/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Which item goes when memory is needed. */
#ifndef KMC_CACHE_EVICT_H
#define KMC_CACHE_EVICT_H

#include <linux/list.h>
#include <linux/spinlock.h>

struct kmc_item;

/**
 * struct kmc_evict - CLOCK: first in, first out, with a second chance for items
 *	that were read
 *
 * **Locking**: @lock protects @list and &kmc_item.lru of what is on it. It is
 * taken inside the writer lock of a key.
 *
 * @lock: taken with bottom halves off
 * @list: stored items, next to be looked at last
 */
struct kmc_evict {
	spinlock_t		lock;
	struct list_head	list;
};

void kmc_evict_init(struct kmc_evict *evict);
void kmc_evict_add(struct kmc_evict *evict, struct kmc_item *item);
void kmc_evict_remove(struct kmc_evict *evict, struct kmc_item *item);
void kmc_evict_mark(struct kmc_item *item);
struct kmc_item *kmc_evict_lookup_victim(struct kmc_evict *evict);

#endif
