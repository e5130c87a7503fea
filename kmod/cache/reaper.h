/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Frees items once no reader can be looking at them. */
#ifndef KMC_CACHE_REAPER_H
#define KMC_CACHE_REAPER_H

#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct kmc_budget;
struct kmc_item;

/**
 * struct kmc_reaper - items that wait for an RCU grace period
 *
 * Items are added to the open batch while the closed one waits, and when its grace
 * period is over it is ripe. One grace period serves a whole batch, and its end is
 * polled for, so that whoever needs the memory can take it without waiting for a
 * callback. Freeing is done in slices and outside all locks: a flush can make a
 * batch of everything.
 *
 * **Lifetime**: embedded in the cache.
 *
 * **Locking**: R: @lock, which is a leaf. I: set by kmc_reaper_init().
 *
 * @budget: I: what freed memory is returned to
 * @lock: leaf lock, taken with bottom halves off
 * @open: R: items added since the closed batch was closed
 * @closed: R: items waiting for @cookie
 * @cookie: R: grace period of the closed batch
 * @ripe: R: items to be freed
 * @pending: bytes of all three
 * @work: frees what nobody asks for
 */
struct kmc_reaper {
	struct kmc_budget	*budget;
	spinlock_t		lock;
	struct kmc_item		*open;
	struct kmc_item		*closed;
	unsigned long		cookie;
	struct kmc_item		*ripe;
	atomic_long_t		pending;
	struct delayed_work	work;
};

void kmc_reaper_init(struct kmc_reaper *reaper, struct kmc_budget *budget);
void kmc_reaper_uninit(struct kmc_reaper *reaper);
void kmc_reaper_add(struct kmc_reaper *reaper, struct kmc_item *item);
unsigned long kmc_reaper_poll(struct kmc_reaper *reaper, unsigned long bytes);
bool kmc_reaper_wait(struct kmc_reaper *reaper, unsigned long bytes);

static inline unsigned long kmc_reaper_pending(const struct kmc_reaper *reaper)
{
	return atomic_long_read(&reaper->pending);
}

#endif
