// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "reaper.h"

#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "budget.h"
#include "item.h"

/* How long freed memory may lie about when nobody asks for it. */
#define IDLE_DELAY (HZ / 20)

/* How much is freed between two chances for others to run. */
#define SLICE_BYTES ((unsigned long)SZ_1M)

/* Move on what time has moved on. */
static void turn(struct kmc_reaper *reaper)
	__must_hold(&reaper->lock)
{
	lockdep_assert_held(&reaper->lock);
	if (reaper->closed && !reaper->ripe && poll_state_synchronize_rcu(reaper->cookie)) {
		reaper->ripe = reaper->closed;
		reaper->closed = NULL;
	}
	if (!reaper->closed && reaper->open) {
		reaper->closed = reaper->open;
		reaper->open = NULL;
		reaper->cookie = start_poll_synchronize_rcu();
	}
}

static struct kmc_item *take_ripe(struct kmc_reaper *reaper)
{
	struct kmc_item *item;

	spin_lock_bh(&reaper->lock);
	turn(reaper);
	item = reaper->ripe;
	if (item)
		reaper->ripe = item->dead;
	spin_unlock_bh(&reaper->lock);
	return item;
}

static void free_item(struct kmc_reaper *reaper, struct kmc_item *item)
{
	unsigned long footprint = item->footprint;

	kmc_item_free(item);
	atomic_long_sub(footprint, &reaper->pending);
	kmc_budget_uncharge(reaper->budget, footprint);
}

static void free_batch(struct kmc_reaper *reaper, struct kmc_item *item)
{
	while (item) {
		struct kmc_item *next = item->dead;

		free_item(reaper, item);
		item = next;
	}
}

/**
 * kmc_reaper_poll() - free some of what readers are done with
 * @reaper: the reaper
 * @bytes: how much is wanted
 *
 * Context: any but hard interrupts.
 *
 * Return: how many bytes were freed; less than @bytes if there is no more.
 */
unsigned long kmc_reaper_poll(struct kmc_reaper *reaper, unsigned long bytes)
{
	unsigned long freed = 0;
	struct kmc_item *item;

	while (freed < bytes && (item = take_ripe(reaper))) {
		freed += item->footprint;
		free_item(reaper, item);
	}
	return freed;
}

/* The same for process context, however much it is. */
static unsigned long poll_in_slices(struct kmc_reaper *reaper, unsigned long bytes)
{
	unsigned long freed = 0, slice;

	do {
		slice = kmc_reaper_poll(reaper, min(bytes - freed, SLICE_BYTES));
		freed += slice;
		cond_resched();
	} while (slice && freed < bytes);
	return freed;
}

/**
 * kmc_reaper_wait() - wait until some memory could be freed, and free it
 * @reaper: the reaper
 * @bytes: how much is wanted
 *
 * Context: process, sleeps for a grace period.
 *
 * Return: false if nothing was waiting.
 */
bool kmc_reaper_wait(struct kmc_reaper *reaper, unsigned long bytes)
{
	unsigned long cookie;
	bool waiting;

	if (poll_in_slices(reaper, bytes))
		return true;
	spin_lock_bh(&reaper->lock);
	waiting = reaper->closed;
	cookie = reaper->cookie;
	spin_unlock_bh(&reaper->lock);
	if (waiting) {
		cond_synchronize_rcu(cookie);
		poll_in_slices(reaper, bytes);
	} else if (kmc_reaper_pending(reaper)) {
		/* somebody else is freeing it right now: a tick is long for that */
		schedule_timeout_uninterruptible(1);
		waiting = true;
	}
	return waiting;
}

static void reaper_work(struct work_struct *work)
{
	struct kmc_reaper *reaper = container_of(to_delayed_work(work), struct kmc_reaper, work);

	poll_in_slices(reaper, ULONG_MAX);
	if (kmc_reaper_pending(reaper))
		queue_delayed_work(system_unbound_wq, &reaper->work, IDLE_DELAY);
}

/**
 * kmc_reaper_add() - have an item freed after a grace period
 * @reaper: the reaper
 * @item: an item without references, not in the index
 *
 * Context: any but hard interrupts.
 */
void kmc_reaper_add(struct kmc_reaper *reaper, struct kmc_item *item)
{
	atomic_long_add(item->footprint, &reaper->pending);
	spin_lock_bh(&reaper->lock);
	item->dead = reaper->open;
	reaper->open = item;
	turn(reaper);
	spin_unlock_bh(&reaper->lock);
	queue_delayed_work(system_unbound_wq, &reaper->work, IDLE_DELAY);
}

/**
 * kmc_reaper_init() - initialise an embedded reaper
 * @reaper: the reaper
 * @budget: what freed memory is returned to
 */
void kmc_reaper_init(struct kmc_reaper *reaper, struct kmc_budget *budget)
{
	reaper->budget = budget;
	spin_lock_init(&reaper->lock);
	INIT_DELAYED_WORK(&reaper->work, reaper_work);
}

/**
 * kmc_reaper_uninit() - free everything; nothing is added any more
 * @reaper: the reaper
 *
 * Context: process, sleeps for a grace period.
 */
void kmc_reaper_uninit(struct kmc_reaper *reaper)
{
	cancel_delayed_work_sync(&reaper->work);
	/* Whoever still looked at an item in a batch is done after this. */
	synchronize_rcu();
	free_batch(reaper, reaper->ripe);
	free_batch(reaper, reaper->closed);
	free_batch(reaper, reaper->open);
	reaper->ripe = NULL;
	reaper->closed = NULL;
	reaper->open = NULL;
}
