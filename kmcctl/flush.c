// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/**
 * kmc_flush_run() - the verb flush
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_flush_run(struct kmc_ctl *ctl)
{
	const char *word = ctl->words[1];
	struct kmc_nl_request *request;
	enum kmc_status status;
	uint32_t seconds = 0;
	const char *why;

	why = word ? kmc_args_parse_seconds(word, &seconds) : NULL;
	if (why)
		return kmc_ctl_bad_word(ctl, word, why);
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_FLUSH);
	if (word)
		kmc_nl_put(request, KMC_A_FLUSH_DELAY, &seconds, sizeof(seconds));
	return kmc_ctl_judge(ctl, kmc_nl_do(request, NULL, NULL));
}
