/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What messages have in common. */
#ifndef KMC_CTL_MESSAGE_H
#define KMC_CTL_MESSAGE_H

#include <net/genetlink.h>

int kmc_message_reply(struct genl_info *info, int (*fill)(struct sk_buff *msg, void *arg),
		      void *arg);
int kmc_message_put_addr(struct sk_buff *msg, const struct sockaddr_storage *addr);

#endif
