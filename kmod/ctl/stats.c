// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../server.h"
#include "family.h"
#include "message.h"

static int fill_stats(struct sk_buff *msg, void *arg)
{
	const u64 *value = arg;
	struct nlattr *nest;
	enum kmc_stat stat;

	nest = nla_nest_start(msg, KMC_A_STATS);
	if (!nest)
		return -EMSGSIZE;
	for (stat = KMC_STAT_UNSPEC + 1; stat < __KMC_STAT_MAX; stat++)
		/* a nest's attributes are numbered on their own: 0 is the padding */
		if (nla_put_u64_64bit(msg, stat, value[stat], KMC_STAT_UNSPEC))
			return -EMSGSIZE;
	nla_nest_end(msg, nest);
	return 0;
}

/**
 * kmc_stats_get_doit() - %KMC_CMD_STATS_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_stats_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	u64 *value;
	int err;

	value = kcalloc(__KMC_STAT_MAX, sizeof(*value), GFP_KERNEL);
	if (!value) {
		GENL_SET_ERR_MSG(info, "no memory for the reply");
		return -ENOMEM;
	}
	kmc_server_read_stats(kmc_server_of(genl_info_net(info)), value);
	err = kmc_message_reply(info, fill_stats, value);
	kfree(value);
	return err;
}
