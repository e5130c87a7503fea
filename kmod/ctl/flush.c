// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../server.h"
#include "family.h"

/**
 * kmc_flush_doit() - %KMC_CMD_FLUSH
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0.
 */
int kmc_flush_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *delay = info->attrs[KMC_A_FLUSH_DELAY];

	kmc_server_flush(kmc_server_of(genl_info_net(info)), delay ? nla_get_u32(delay) : 0);
	return 0;
}
