// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/kmemcached.h>

#include "verb.h"

/* The version of the loaded module's interface; 0 when none is loaded. */
static unsigned int module_version(void)
{
	unsigned int version = 0;
	struct kmc_nl *nl;

	/* Only looks: showing versions should load nothing. */
	if (kmc_nl_open(&nl) || kmc_nl_find_module(nl, false, &version))
		version = 0;
	kmc_nl_close(nl);
	return version;
}

/**
 * kmc_version_show() - the verb version
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_version_show(struct kmc_ctl *ctl)
{
	unsigned int version = module_version();
	struct kmc_out *out = &ctl->out;

	kmc_out_open_object(out);
	kmc_out_str(out, "kmcctl", "kmcctl", KMCCTL_VERSION);
	kmc_out_u64(out, "interface", "interface", KMC_GENL_VERSION);
	if (version)
		kmc_out_u64(out, "module_interface", "module interface", version);
	else
		kmc_out_str(out, NULL, "module interface", "not loaded");
	kmc_out_close_object(out);
	return KMC_DONE;
}
