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

static int check_delimiter(struct genl_info *info)
{
	struct nlattr *attr = info->attrs[KMC_A_PREFIX_DELIMITER];

	if (!attr || (nla_get_u8(attr) > ' ' && nla_get_u8(attr) < 0x7f))
		return 0;
	NL_SET_ERR_MSG_ATTR(info->extack, attr, "the prefix delimiter is a character of ASCII");
	return -ERANGE;
}

/* The settings that are just numbers. */
static const struct {
	enum kmc_attr	attr;
	u32		min;
	u32		max;
	const char	*sentence;
} numbers[] = {
	{ KMC_A_LARGE, KMC_LARGE_MIN, KMC_LARGE_MAX, "large must be from 1 KiB to 16 KiB" },
	{ KMC_A_ITEM_SIZE_MAX, KMC_ITEM_SIZE_MIN, KMC_ITEM_SIZE_MAX,
	  "the largest item must be from 1 KiB to 1 GiB" },
	{ KMC_A_MAX_CONNECTIONS, 1, KMC_CONNECTIONS_MAX,
	  "there may be 1 to 1000000 connections" },
	{ KMC_A_IDLE_TIMEOUT, 0, KMC_TIMEOUT_MAX, "a timeout is at most a day, 86400 seconds" },
	{ KMC_A_STUCK_TIMEOUT, 0, KMC_TIMEOUT_MAX, "a timeout is at most a day, 86400 seconds" },
	{ KMC_A_REQUESTS_PER_TURN, 1, KMC_REQUESTS_PER_TURN_MAX,
	  "a turn has 1 to 65536 requests" },
};

static int check_numbers(struct genl_info *info)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct nlattr *attr = info->attrs[numbers[i].attr];

		if (!attr || (nla_get_u32(attr) >= numbers[i].min &&
			      nla_get_u32(attr) <= numbers[i].max))
			continue;
		NL_SET_BAD_ATTR(info->extack, attr);
		/* as NL_SET_ERR_MSG(), which takes no table */
		if (info->extack)
			info->extack->_msg = numbers[i].sentence;
		return -ERANGE;
	}
	return 0;
}

static bool has_settings(struct genl_info *info)
{
	enum kmc_attr attr;

	/* the policy lets nothing else through */
	for (attr = 0; attr <= KMC_A_REQUESTS_PER_TURN; attr++)
		if (info->attrs[attr])
			return true;
	return false;
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
	       check_delimiter(info) ?:
	       check_numbers(info);
}

static void take_u32(struct genl_info *info, enum kmc_attr attr, u32 *value)
{
	if (info->attrs[attr])
		*value = nla_get_u32(info->attrs[attr]);
}

static void change_cache(struct kmc_cache_config *config, struct genl_info *info)
{
	if (info->attrs[KMC_A_EVICT])
		config->evict = nla_get_u8(info->attrs[KMC_A_EVICT]);
	if (info->attrs[KMC_A_SHRINK])
		config->shrink = nla_get_u8(info->attrs[KMC_A_SHRINK]);
	if (info->attrs[KMC_A_SHRINK_FLOOR])
		config->shrink_floor = nla_get_u64(info->attrs[KMC_A_SHRINK_FLOOR]);
	take_u32(info, KMC_A_LARGE, &config->large);
}

/* What the request does not say stays as it is. */
static void change_config(struct kmc_server_config *config, void *arg)
{
	struct genl_info *info = arg;

	change_cache(&config->cache, info);
	if (info->attrs[KMC_A_MEM_LIMIT]) {
		config->mem_limit = nla_get_u64(info->attrs[KMC_A_MEM_LIMIT]);
		config->mem_limit_max = config->mem_limit;
	}
	if (info->attrs[KMC_A_PREFIX_DELIMITER])
		config->prefix_delimiter = nla_get_u8(info->attrs[KMC_A_PREFIX_DELIMITER]);
	take_u32(info, KMC_A_ITEM_SIZE_MAX, &config->item_size_max);
	take_u32(info, KMC_A_MAX_CONNECTIONS, &config->max_connections);
	take_u32(info, KMC_A_IDLE_TIMEOUT, &config->idle_timeout);
	take_u32(info, KMC_A_STUCK_TIMEOUT, &config->stuck_timeout);
	take_u32(info, KMC_A_REQUESTS_PER_TURN, &config->requests_per_turn);
}

static int put_cache_settings(struct sk_buff *msg, const struct kmc_cache_config *config)
{
	return nla_put_u8(msg, KMC_A_EVICT, config->evict) ?:
	       nla_put_u8(msg, KMC_A_SHRINK, config->shrink) ?:
	       nla_put_u64_64bit(msg, KMC_A_SHRINK_FLOOR, config->shrink_floor, KMC_A_PAD) ?:
	       nla_put_u32(msg, KMC_A_LARGE, config->large);
}

static int fill_settings(struct sk_buff *msg, void *arg)
{
	struct kmc_server *server = arg;
	struct kmc_server_config config;

	kmc_server_read_config(server, &config);
	return nla_put_u64_64bit(msg, KMC_A_MEM_LIMIT, config.mem_limit, KMC_A_PAD) ?:
	       put_cache_settings(msg, &config.cache) ?:
	       nla_put_u32(msg, KMC_A_ITEM_SIZE_MAX, config.item_size_max) ?:
	       nla_put_u32(msg, KMC_A_MAX_CONNECTIONS, config.max_connections) ?:
	       nla_put_u32(msg, KMC_A_IDLE_TIMEOUT, config.idle_timeout) ?:
	       nla_put_u32(msg, KMC_A_STUCK_TIMEOUT, config.stuck_timeout) ?:
	       nla_put_u8(msg, KMC_A_PREFIX_DELIMITER, config.prefix_delimiter) ?:
	       nla_put_u32(msg, KMC_A_REQUESTS_PER_TURN, config.requests_per_turn);
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
	int err = check_settings(info);

	if (err)
		return err;
	return kmc_server_configure(server, change_config, info, info->attrs[KMC_A_MEM_LIMIT],
				    info->extack);
}
