// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * What must not take so long. It lasts for a few seconds; the limits have to be set to a second
 * before.
 */
#include "wrong.h"

#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/preempt.h>
#include <linux/processor.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#define LONG (4 * HZ)

/* Interrupts come, but nobody else runs here. */
static void spin(void)
{
	unsigned long end = jiffies + LONG;

	preempt_disable();
	while (time_before(jiffies, end))
		cpu_relax();
	preempt_enable();
}

void wrong_hung_task(void)
{
	schedule_timeout_uninterruptible(LONG);
}

static void spin_work(struct work_struct *work)
{
	spin();
}

static void ignore_work(struct work_struct *work)
{
}

/* What else its CPU has to do is not begun. */
void wrong_busy_workqueue(void)
{
	static DECLARE_WORK(busy, spin_work);
	static DECLARE_WORK(waiting, ignore_work);
	int cpu = cpumask_first(cpu_online_mask);

	schedule_work_on(cpu, &busy);
	schedule_work_on(cpu, &waiting);
	flush_work(&waiting);
	flush_work(&busy);
}

void wrong_soft_lockup(void)
{
	spin();
}
