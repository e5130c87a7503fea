// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../server.h"
#include "family.h"

static int put_buckets(struct sk_buff *skb, struct kmc_server *server,
		       enum kmc_latency_class class)
{
	struct nlattr *nest = nla_nest_start(skb, KMC_A_LATENCY_BUCKETS);
	u64 counts[KMC_LATENCY_BUCKETS];
	int i;

	if (!nest)
		return -EMSGSIZE;
	kmc_server_read_latency(server, class, counts);
	for (i = 0; i < KMC_LATENCY_BUCKETS; i++)
		/* a nest's attributes are numbered on their own: 0 is the padding */
		if (nla_put_u64_64bit(skb, i + 1, counts[i], 0))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_class(struct sk_buff *skb, struct netlink_callback *cb, struct kmc_server *server,
		     enum kmc_latency_class class)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&kmc_genl_family, NLM_F_MULTI, KMC_CMD_LATENCY_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KMC_A_LATENCY_CLASS, class) ||
	    nla_put_u32(skb, KMC_A_LATENCY_TURNS, KMC_LATENCY_TURNS) ||
	    put_buckets(skb, server, class)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * kmc_latency_get_dumpit() - %KMC_CMD_LATENCY_GET
 * @skb: gets as many classes as fit
 * @cb: the dump; args[0] is how many are done
 *
 * Return: length of @skb, or a negative errno.
 */
int kmc_latency_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kmc_server *server = kmc_server_of(sock_net(cb->skb->sk));

	for (; cb->args[0] < KMC_LATENCY_MAX; cb->args[0]++)
		/* full: there will be another call for the rest */
		if (put_class(skb, cb, server, KMC_LATENCY_UNSPEC + 1 + cb->args[0]))
			return skb->len ?: -EMSGSIZE;
	return skb->len;
}
