// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What must not be done with locks, and without them. */
#include "wrong.h"

#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);
static DEFINE_SPINLOCK(spinlock);
static DECLARE_COMPLETION(timer_ran);

/* Nobody has to wait for it to be seen: the order alone is wrong. */
void wrong_lock_inversion(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);

	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static void lock_in_softirq(struct timer_list *timer)
{
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	complete(&timer_ran);
}

/* A timer could interrupt who holds the lock, and wait for it for ever. */
void wrong_softirq_lock(void)
{
	struct timer_list timer;

	spin_lock(&spinlock);
	spin_unlock(&spinlock);

	timer_setup_on_stack(&timer, lock_in_softirq, 0);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&timer_ran);
	del_timer_sync(&timer);
	destroy_timer_on_stack(&timer);
}

void wrong_sleep_in_atomic(void)
{
	void *p;

	spin_lock(&spinlock);
	p = kmalloc(1, GFP_KERNEL);
	spin_unlock(&spinlock);
	kfree(p);
}

void wrong_rcu(void)
{
	static int __rcu *shared;

	rcu_dereference(shared);
}

static unsigned long counter;

static void count(struct work_struct *work)
{
	unsigned long end = jiffies + 2 * HZ;

	while (time_before(jiffies, end)) {
		counter++;
		cond_resched();
	}
}

/* Two count, and neither knows of the other. */
void wrong_race(void)
{
	static DECLARE_WORK(work, count);

	queue_work(system_unbound_wq, &work);
	count(NULL);
	flush_work(&work);
}
