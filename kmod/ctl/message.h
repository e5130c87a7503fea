/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A reply of one message. */
#ifndef KMC_CTL_MESSAGE_H
#define KMC_CTL_MESSAGE_H

#include <net/genetlink.h>

int kmc_message_reply(struct genl_info *info, int (*fill)(struct sk_buff *msg, void *arg),
		      void *arg);

#endif
