// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../server.h"
#include "family.h"
#include "message.h"

static int fill_settings(struct sk_buff *msg, void *arg)
{
	struct kmc_server *server = arg;

	return nla_put_u64_64bit(msg, KMC_A_MEM_LIMIT, kmc_server_mem_limit(server), KMC_A_PAD);
}

/**
 * kmc_settings_get_doit() - %KMC_CMD_SETTINGS_GET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_settings_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	return kmc_message_reply(info, fill_settings, kmc_server_of(genl_info_net(info)));
}

/**
 * kmc_settings_set_doit() - %KMC_CMD_SETTINGS_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *limit = info->attrs[KMC_A_MEM_LIMIT];
	int err;

	if (!limit) {
		GENL_SET_ERR_MSG(info, "there is no setting in the request");
		return -EINVAL;
	}
	err = kmc_server_set_mem_limit(kmc_server_of(genl_info_net(info)), nla_get_u64(limit),
				       info->extack);
	if (err)
		NL_SET_BAD_ATTR(info->extack, limit);
	return err;
}
