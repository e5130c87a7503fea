// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "family.h"

#include <linux/module.h>

#include "../server.h"

/* NLA_POLICY_RANGE() keeps its bounds in 16 signed bits. Not const: 6.1 has no const there. */
static struct netlink_range_validation backlog_range = { .min = 1, .max = 65535 };

static const struct nla_policy listener_add_policy[] = {
	[KMC_A_LISTENER_ADDR]		= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[KMC_A_LISTENER_PORT]		= NLA_POLICY_MIN(NLA_U16, 1),
	[KMC_A_LISTENER_BACKLOG]	= NLA_POLICY_FULL_RANGE(NLA_U32, &backlog_range),
	[KMC_A_LISTENER_PROTOCOL]	= NLA_POLICY_MAX(NLA_U32, KMC_PROTOCOL_MAX),
	[KMC_A_LISTENER_AUTH]		= NLA_POLICY_MAX(NLA_U8, 1),
	[KMC_A_LISTENER_DENY]		= NLA_POLICY_MASK(NLA_U32, KMC_CAP_ALL),
	[KMC_A_LISTENER_INLINE]		= NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy listener_set_policy[] = {
	[KMC_A_LISTENER_ADDR]		= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[KMC_A_LISTENER_PORT]		= NLA_POLICY_MIN(NLA_U16, 1),
	[KMC_A_LISTENER_INLINE]		= NLA_POLICY_MAX(NLA_U8, 1),
};

static const struct nla_policy listener_remove_policy[] = {
	[KMC_A_LISTENER_ADDR]		= NLA_POLICY_RANGE(NLA_BINARY, 4, 16),
	[KMC_A_LISTENER_PORT]		= NLA_POLICY_MIN(NLA_U16, 1),
};

static const struct nla_policy settings_set_policy[] = {
	[KMC_A_MEM_LIMIT]		= { .type = NLA_U64 },
	[KMC_A_EVICT]			= { .type = NLA_U8 },
	[KMC_A_SHRINK]			= { .type = NLA_U8 },
	[KMC_A_SHRINK_FLOOR]		= { .type = NLA_U64 },
	[KMC_A_LARGE]			= { .type = NLA_U32 },
	[KMC_A_ITEM_SIZE_MAX]		= { .type = NLA_U32 },
	[KMC_A_MAX_CONNECTIONS]		= { .type = NLA_U32 },
	[KMC_A_IDLE_TIMEOUT]		= { .type = NLA_U32 },
	[KMC_A_STUCK_TIMEOUT]		= { .type = NLA_U32 },
	[KMC_A_PREFIX_DELIMITER]	= { .type = NLA_U8 },
	[KMC_A_REQUESTS_PER_TURN]	= { .type = NLA_U32 },
};

static const struct nla_policy flush_policy[] = {
	[KMC_A_FLUSH_DELAY]		= { .type = NLA_U32 },
};

static const struct nla_policy token_policy[] = {
	/* their lengths are checked where they are wiped, too */
	[KMC_TOKEN_A_USER]		= { .type = NLA_BINARY },
	[KMC_TOKEN_A_PASSWORD]		= { .type = NLA_BINARY },
};

static const struct nla_policy auth_set_policy[] = {
	[KMC_A_AUTH_TOKEN]		= NLA_POLICY_NESTED(token_policy),
};

static const struct nla_policy conn_remove_policy[] = {
	[KMC_A_CONN_ID]			= { .type = NLA_U32 },
};

static const struct genl_ops ops[] = {
	{
		.cmd		= KMC_CMD_LISTENER_ADD,
		.flags		= GENL_ADMIN_PERM,
		.policy		= listener_add_policy,
		.maxattr	= ARRAY_SIZE(listener_add_policy) - 1,
		.doit		= kmc_listener_add_doit,
	},
	{
		.cmd		= KMC_CMD_LISTENER_REMOVE,
		.flags		= GENL_ADMIN_PERM,
		.policy		= listener_remove_policy,
		.maxattr	= ARRAY_SIZE(listener_remove_policy) - 1,
		.doit		= kmc_listener_remove_doit,
	},
	{
		.cmd		= KMC_CMD_LISTENER_GET,
		.flags		= GENL_ADMIN_PERM,
		.dumpit		= kmc_listener_get_dumpit,
	},
	{
		.cmd		= KMC_CMD_LISTENER_SET,
		.flags		= GENL_ADMIN_PERM,
		.policy		= listener_set_policy,
		.maxattr	= ARRAY_SIZE(listener_set_policy) - 1,
		.doit		= kmc_listener_set_doit,
	},
	{
		.cmd		= KMC_CMD_SETTINGS_GET,
		.flags		= GENL_ADMIN_PERM,
		.doit		= kmc_settings_get_doit,
	},
	{
		.cmd		= KMC_CMD_SETTINGS_SET,
		.flags		= GENL_ADMIN_PERM,
		.policy		= settings_set_policy,
		.maxattr	= ARRAY_SIZE(settings_set_policy) - 1,
		.doit		= kmc_settings_set_doit,
	},
	{
		.cmd		= KMC_CMD_FLUSH,
		.flags		= GENL_ADMIN_PERM,
		.policy		= flush_policy,
		.maxattr	= ARRAY_SIZE(flush_policy) - 1,
		.doit		= kmc_flush_doit,
	},
	{
		.cmd		= KMC_CMD_STATS_GET,
		.flags		= GENL_ADMIN_PERM,
		.doit		= kmc_stats_get_doit,
	},
	{
		.cmd		= KMC_CMD_AUTH_SET,
		.flags		= GENL_ADMIN_PERM,
		.policy		= auth_set_policy,
		.maxattr	= ARRAY_SIZE(auth_set_policy) - 1,
		.doit		= kmc_auth_set_doit,
	},
	{
		.cmd		= KMC_CMD_CONN_GET,
		.flags		= GENL_ADMIN_PERM,
		.dumpit		= kmc_conn_get_dumpit,
	},
	{
		.cmd		= KMC_CMD_LATENCY_GET,
		.flags		= GENL_ADMIN_PERM,
		.dumpit		= kmc_latency_get_dumpit,
	},
	{
		.cmd		= KMC_CMD_CONN_REMOVE,
		.flags		= GENL_ADMIN_PERM,
		.policy		= conn_remove_policy,
		.maxattr	= ARRAY_SIZE(conn_remove_policy) - 1,
		.doit		= kmc_conn_remove_doit,
	},
};

/*
 * Whoever may administer a namespace hears of what happens there. For less than
 * that there is no flag, and requests need more (GENL_ADMIN_PERM): see README.md.
 */
static const struct genl_multicast_group groups[] = {
	[KMC_GROUP_EVENTS] = {
		.name	= KMC_GENL_GROUP_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

/*
 * Requests of different namespaces do not wait for each other: the server's own
 * lock serialises those of one.
 */
struct genl_family kmc_genl_family __ro_after_init = {
	.name		= KMC_GENL_NAME,
	.version	= KMC_GENL_VERSION,
	.module		= THIS_MODULE,
	.netnsok	= true,
	.parallel_ops	= true,
	.ops		= ops,
	.n_ops		= ARRAY_SIZE(ops),
	.mcgrps		= groups,
	.n_mcgrps	= ARRAY_SIZE(groups),
};

/**
 * kmc_family_module_init() - make the module reachable
 *
 * Return: 0 or a negative errno.
 */
int __init kmc_family_module_init(void)
{
	int err = genl_register_family(&kmc_genl_family);

	if (!err)
		kmc_server_watch(kmc_event_send);
	return err;
}

/**
 * kmc_family_module_uninit() - make it unreachable; no request is running after that
 *
 * Events are not sent any more before the family goes: its group may be somebody
 * else's then.
 */
void kmc_family_module_uninit(void)
{
	kmc_server_watch(NULL);
	genl_unregister_family(&kmc_genl_family);
}
