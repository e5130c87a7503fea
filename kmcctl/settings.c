// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/**
 * kmc_settings_set_limit() - the verb set-limit
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_settings_set_limit(struct kmc_ctl *ctl)
{
	struct kmc_nl_request *request;
	enum kmc_status status;
	const char *why;
	uint64_t bytes;

	why = kmc_args_parse_size(ctl->words[1], &bytes);
	if (why)
		return kmc_ctl_bad_word(ctl, ctl->words[1], why);
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_SETTINGS_SET);
	kmc_nl_put(request, KMC_A_MEM_LIMIT, &bytes, sizeof(bytes));
	return kmc_ctl_judge(ctl, kmc_nl_do(request, NULL, NULL));
}
