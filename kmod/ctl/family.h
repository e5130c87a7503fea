/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The generic netlink family. */
#ifndef KMC_CTL_FAMILY_H
#define KMC_CTL_FAMILY_H

#include <linux/kmemcached.h>
#include <net/genetlink.h>

struct kmc_server;
struct sockaddr_storage;

/* Multicast groups, by their place in the family's table. */
enum {
	KMC_GROUP_EVENTS,
};

extern struct genl_family kmc_genl_family;

int kmc_family_module_init(void);
void kmc_family_module_uninit(void);

/* auth.c */
int kmc_auth_set_doit(struct sk_buff *skb, struct genl_info *info);

/* event.c */
void kmc_event_send(struct kmc_server *server, enum kmc_event event,
		    const struct sockaddr_storage *addr);

/* listener.c */
int kmc_listener_add_doit(struct sk_buff *skb, struct genl_info *info);
int kmc_listener_set_doit(struct sk_buff *skb, struct genl_info *info);
int kmc_listener_remove_doit(struct sk_buff *skb, struct genl_info *info);
int kmc_listener_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* settings.c */
int kmc_settings_get_doit(struct sk_buff *skb, struct genl_info *info);
int kmc_settings_set_doit(struct sk_buff *skb, struct genl_info *info);

/* flush.c */
int kmc_flush_doit(struct sk_buff *skb, struct genl_info *info);

/* conn.c */
int kmc_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int kmc_conn_remove_doit(struct sk_buff *skb, struct genl_info *info);

/* latency.c */
int kmc_latency_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

/* stats.c */
int kmc_stats_get_doit(struct sk_buff *skb, struct genl_info *info);

#endif
