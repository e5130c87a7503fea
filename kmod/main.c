// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * kmemcached: a memcached server in the kernel.
 *
 * Loading it starts nothing: see include/uapi/linux/kmemcached.h for how it is
 * told to listen.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "ctl/family.h"
#include "net/conn.h"
#include "server.h"

/* What makes the module reachable comes last. */
static int __init kmc_init(void)
{
	int err;

	err = kmc_conn_module_init();
	if (err)
		return err;
	err = kmc_server_module_init();
	if (err)
		goto out_uninit_conn;
	err = kmc_family_module_init();
	if (err)
		goto out_uninit_server;
	return 0;

out_uninit_server:
	kmc_server_module_uninit();
out_uninit_conn:
	kmc_conn_module_uninit();
	return err;
}

/* The exact reverse. */
static void __exit kmc_exit(void)
{
	kmc_family_module_uninit();
	kmc_server_module_uninit();
	/*
	 * A callback that was our own until its socket was given back may still
	 * be on its way out of this module's text, in softirq.
	 */
	synchronize_rcu();
	kmc_conn_module_uninit();
}

module_init(kmc_init);
module_exit(kmc_exit);

MODULE_DESCRIPTION("memcached server in the kernel");
MODULE_AUTHOR("The kmemcached authors");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_ALIAS_GENL_FAMILY(KMC_GENL_NAME);
