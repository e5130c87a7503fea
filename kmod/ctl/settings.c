// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/mm.h>

#include "../server.h"
#include "family.h"
#include "message.h"

static u64 machine_memory(void)
{
	return (u64)totalram_pages() << PAGE_SHIFT;
}

static int check_mem_limit(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KMC_A_MEM_LIMIT];
	u64 limit;

	if (!attr)
		return 0;
	limit = nla_get_u64(attr);
	if (limit < KMC_MEM_LIMIT_MIN) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr, "the memory limit cannot be below 8 MiB");
		return -ERANGE;
	}
	if (limit > machine_memory()) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "the memory limit cannot be above the machine's memory");
		return -ERANGE;
	}
	return 0;
}

static int check_switch(struct genl_info *info, enum kmc_attr which)
{
	struct nlattr *attr = info->attrs[which];

	if (!attr || nla_get_u8(attr) <= 1)
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "evict and shrink are 0 or 1");
	return -ERANGE;
}

static int check_shrink_floor(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KMC_A_SHRINK_FLOOR];

	if (!attr || nla_get_u64(attr) <= machine_memory())
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr,
			    "the shrink floor cannot be above the machine's memory");
	return -ERANGE;
}

static int check_large(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KMC_A_LARGE];

	if (!attr || (nla_get_u32(attr) >= KMC_LARGE_MIN && nla_get_u32(attr) <= KMC_LARGE_MAX))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "large must be from 1 KiB to 16 KiB");
	return -ERANGE;
}

static bool has_settings(struct genl_info *info)
{
	return info->attrs[KMC_A_MEM_LIMIT] || info->attrs[KMC_A_EVICT] ||
	       info->attrs[KMC_A_SHRINK] || info->attrs[KMC_A_SHRINK_FLOOR] ||
	       info->attrs[KMC_A_LARGE];
}

static int check_settings(struct genl_info *info)
{
	if (!has_settings(info)) {
		GENL_SET_ERR_MSG(info, "there is no setting in the request");
		return -EINVAL;
	}
	return check_mem_limit(info) ?:
	       check_switch(info, KMC_A_EVICT) ?:
	       check_switch(info, KMC_A_SHRINK) ?:
	       check_shrink_floor(info) ?:
	       check_large(info);
}

/* What the request does not say stays as it is. */
static void change_config(struct kmc_cache_config *config, void *arg)
{
	struct genl_info *info = arg;

	if (info->attrs[KMC_A_EVICT])
		config->evict = nla_get_u8(info->attrs[KMC_A_EVICT]);
	if (info->attrs[KMC_A_SHRINK])
		config->shrink = nla_get_u8(info->attrs[KMC_A_SHRINK]);
	if (info->attrs[KMC_A_SHRINK_FLOOR])
		config->shrink_floor = nla_get_u64(info->attrs[KMC_A_SHRINK_FLOOR]);
	if (info->attrs[KMC_A_LARGE])
		config->large = nla_get_u32(info->attrs[KMC_A_LARGE]);
}

static int fill_settings(struct sk_buff *msg, void *arg)
{
	struct kmc_server *server = arg;
	struct kmc_cache_config config;
	unsigned long limit;

	kmc_server_read_settings(server, &limit, &config);
	return nla_put_u64_64bit(msg, KMC_A_MEM_LIMIT, limit, KMC_A_PAD) ?:
	       nla_put_u8(msg, KMC_A_EVICT, config.evict) ?:
	       nla_put_u8(msg, KMC_A_SHRINK, config.shrink) ?:
	       nla_put_u64_64bit(msg, KMC_A_SHRINK_FLOOR, config.shrink_floor, KMC_A_PAD) ?:
	       nla_put_u32(msg, KMC_A_LARGE, config.large);
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
 * All is looked at before anything is set, and setting cannot fail.
 *
 * Return: 0 or a negative errno.
 */
int kmc_settings_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kmc_server *server = kmc_server_of(genl_info_net(info));
	struct nlattr *limit = info->attrs[KMC_A_MEM_LIMIT];
	int err = check_settings(info);

	if (err)
		return err;
	/* first: whether a lower limit evicts is one of these */
	kmc_server_configure(server, change_config, info);
	if (limit)
		kmc_server_set_mem_limit(server, nla_get_u64(limit));
	return 0;
}
