// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * A module that misbehaves as it is told, under the name of the module that the harness looks
 * after: the harness has to notice.
 */
#include "wrong.h"

#include <linux/bug.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <net/genetlink.h>

static char *mode = "none";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "what to do: see modes[] in wrong.c");

static void wrong_none(void)
{
}

static void wrong_warn(void)
{
	WARN(1, "as told\n");
}

static void wrong_oops(void)
{
	int *nowhere = NULL;

	OPTIMIZER_HIDE_VAR(nowhere);
	WRITE_ONCE(*nowhere, 1);
}

/* The module cannot be unloaded. */
static void wrong_busy(void)
{
	__module_get(THIS_MODULE);
}

static const struct {
	const char	*name;
	void		(*run)(void);
} modes[] = {
	{ "none", wrong_none },
	{ "warn", wrong_warn },
	{ "oops", wrong_oops },
	{ "busy", wrong_busy },
	{ "use-after-free", wrong_use_after_free },
	{ "page-use-after-free", wrong_page_use_after_free },
	{ "slab-overrun", wrong_slab_overrun },
	{ "stack-overrun", wrong_stack_overrun },
	{ "global-overrun", wrong_global_overrun },
	{ "vmalloc-overrun", wrong_vmalloc_overrun },
	{ "double-free", wrong_double_free },
	{ "leak", wrong_leak },
	{ "timer-freed", wrong_timer_freed },
	{ "work-freed", wrong_work_freed },
	{ "refcount", wrong_refcount },
	{ "list", wrong_list },
	{ "shift", wrong_shift },
	{ "index", wrong_index },
	{ "netns", wrong_netns },
	{ "netdev", wrong_netdev },
	{ "lock-inversion", wrong_lock_inversion },
	{ "softirq-lock", wrong_softirq_lock },
	{ "sleep-in-atomic", wrong_sleep_in_atomic },
	{ "rcu", wrong_rcu },
	{ "race", wrong_race },
	{ "hung-task", wrong_hung_task },
	{ "busy-workqueue", wrong_busy_workqueue },
	{ "soft-lockup", wrong_soft_lockup },
};

static int __init wrong_init(void)
{
	size_t i;

	pr_info("told: %s\n", mode);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		if (strcmp(mode, modes[i].name))
			continue;
		modes[i].run();
		return 0;
	}
	return -EINVAL;
}
module_init(wrong_init);

static void __exit wrong_exit(void)
{
}
module_exit(wrong_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Deliberate misbehaviour, to test the test harness");
MODULE_VERSION(WRONG_VERSION);
MODULE_ALIAS_GENL_FAMILY("kmemcached");
