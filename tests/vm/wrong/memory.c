// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * What must not be done to memory and to objects in it. OPTIMIZER_HIDE_VAR() keeps the compiler
 * from seeing through it: it would warn, or leave it out.
 */
#include "wrong.h"

#include <linux/compiler.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#define SIZE 100

static char global[SIZE];

static void look_at(const char *p)
{
	OPTIMIZER_HIDE_VAR(p);
	READ_ONCE(*p);
}

void wrong_use_after_free(void)
{
	char *p = kmalloc(SIZE, GFP_KERNEL), *stale = p;

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(stale);
	kfree(p);
	look_at(stale);
}

void wrong_page_use_after_free(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return;
	__free_page(page);
	look_at(page_address(page));
}

void wrong_slab_overrun(void)
{
	char *p = kmalloc(SIZE, GFP_KERNEL);

	if (!p)
		return;
	look_at(p + SIZE);
	kfree(p);
}

void wrong_stack_overrun(void)
{
	char local[SIZE];

	local[0] = 0;
	OPTIMIZER_HIDE_VAR(local[0]);
	look_at(local + SIZE);
}

void wrong_global_overrun(void)
{
	look_at(global + SIZE);
}

void wrong_vmalloc_overrun(void)
{
	char *p = vmalloc(SIZE);

	if (!p)
		return;
	look_at(p + SIZE);
	vfree(p);
}

void wrong_double_free(void)
{
	char *p = kmalloc(SIZE, GFP_KERNEL), *stale = p;

	OPTIMIZER_HIDE_VAR(stale);
	kfree(p);
	kfree(stale);
}

/* Several: somewhere there might be a number that looks like a pointer to one. */
void wrong_leak(void)
{
	int i;

	for (i = 0; i < 8; i++) {
		char *p = kmalloc(SIZE, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(p);
	}
}

static void ignore_timer(struct timer_list *timer)
{
}

void wrong_timer_freed(void)
{
	struct timer_list *timer = kmalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, ignore_timer, 0);
	mod_timer(timer, jiffies + 1000 * HZ);
	kfree(timer);
}

static void ignore_work(struct work_struct *work)
{
}

void wrong_work_freed(void)
{
	struct delayed_work *work = kmalloc(sizeof(*work), GFP_KERNEL);

	if (!work)
		return;
	INIT_DELAYED_WORK(work, ignore_work);
	schedule_delayed_work(work, 1000 * HZ);
	kfree(work);
}

void wrong_refcount(void)
{
	refcount_t ref = REFCOUNT_INIT(0);

	refcount_inc(&ref);
}

/* To be removed while a neighbour does not know it. */
void wrong_list(void)
{
	struct list_head node, other;
	LIST_HEAD(list);

	list_add(&node, &list);
	INIT_LIST_HEAD(&other);
	WRITE_ONCE(list.next, &other);
	list_del(&node);
}

void wrong_shift(void)
{
	unsigned int by = 32, one = 1;

	OPTIMIZER_HIDE_VAR(by);
	one <<= by;
	OPTIMIZER_HIDE_VAR(one);
}

/* Of the neighbour, so that there is nothing for KASAN to see. */
void wrong_index(void)
{
	static struct {
		int table[4];
		int neighbour[4];
	} both;
	unsigned int at = ARRAY_SIZE(both.table);

	OPTIMIZER_HIDE_VAR(at);
	at = both.table[at];
	OPTIMIZER_HIDE_VAR(at);
}

/* Gives back another reference than it has taken. */
void wrong_netns(void)
{
	struct net *net = current->nsproxy->net_ns;
	netns_tracker *tracker = kmalloc(sizeof(*tracker), GFP_KERNEL);

	if (!tracker)
		return;
	get_net_track(net, tracker, GFP_KERNEL);
	put_net(net);
}

void wrong_netdev(void)
{
	dev_hold(current->nsproxy->net_ns->loopback_dev);
}
