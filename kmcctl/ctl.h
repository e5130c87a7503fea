/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_CTL_H
#define KMCCTL_CTL_H

#include <stdbool.h>
#include <stddef.h>

#include "nl.h"
#include "out.h"

#define KMCCTL_VERSION	"0.1.0"

/**
 * enum kmc_status - exit statuses
 * @KMC_DONE: it was done
 * @KMC_REFUSED: the kernel refused, or the output could not be written
 * @KMC_USAGE: the command line is wrong
 * @KMC_NO_MODULE: there is no module, or one of another version
 */
enum kmc_status {
	KMC_DONE,
	KMC_REFUSED,
	KMC_USAGE,
	KMC_NO_MODULE,
};

/**
 * struct kmc_ctl - one run of kmcctl
 * @words: the verb and its arguments, ending in NULL
 * @netns: name or path of the network namespace to work in; NULL: the caller's
 * @out: where the verb prints
 * @nl: the socket, or NULL
 * @connected: the socket is there and so is the module
 */
struct kmc_ctl {
	char **words;
	const char *netns;
	struct kmc_out out;
	struct kmc_nl *nl;
	bool connected;
};

enum kmc_status kmc_ctl_connect(struct kmc_ctl *ctl);
void kmc_ctl_disconnect(struct kmc_ctl *ctl);
enum kmc_status kmc_ctl_bad_word(const struct kmc_ctl *ctl, const char *word, const char *why);
enum kmc_status kmc_ctl_show_list(struct kmc_ctl *ctl, unsigned int command,
				  kmc_nl_reply_fn *print);
enum kmc_status kmc_ctl_judge(const struct kmc_ctl *ctl, int err);

#endif /* KMCCTL_CTL_H */
