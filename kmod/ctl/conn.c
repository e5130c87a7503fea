// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/in.h>
#include <linux/in6.h>

#include "../net/roster.h"
#include "../server.h"
#include "family.h"
#include "message.h"

static int put_peer(struct sk_buff *skb, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	if (addr->ss_family == AF_INET)
		return nla_put_in_addr(skb, KMC_A_CONN_ADDR, in->sin_addr.s_addr) ?:
		       nla_put_u16(skb, KMC_A_CONN_PORT, ntohs(in->sin_port));
	return nla_put_in6_addr(skb, KMC_A_CONN_ADDR, &in6->sin6_addr) ?:
	       nla_put_u16(skb, KMC_A_CONN_PORT, ntohs(in6->sin6_port));
}

static int put_conn(struct sk_buff *skb, struct netlink_callback *cb,
		    const struct kmc_conn_view *view)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
				&kmc_genl_family, NLM_F_MULTI, KMC_CMD_CONN_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u32(skb, KMC_A_CONN_ID, view->id) ||
	    put_peer(skb, &view->peer) ||
	    kmc_message_put_addr(skb, &view->listener) ||
	    nla_put_u32(skb, KMC_A_CONN_ACTIVITY, view->activity) ||
	    nla_put_u32(skb, KMC_A_CONN_AGE, view->age) ||
	    nla_put_u32(skb, KMC_A_CONN_IDLE, view->idle)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * kmc_conn_get_dumpit() - %KMC_CMD_CONN_GET
 * @skb: gets as many connections as fit
 * @cb: the dump; args[0] is the number to go on with
 *
 * Return: length of @skb, or a negative errno.
 */
int kmc_conn_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kmc_server *server = kmc_server_of(sock_net(cb->skb->sk));
	struct kmc_conn_view view;

	while (kmc_roster_find(&server->env, cb->args[0], &view)) {
		/* full: there will be another call for the rest */
		if (view.activity != KMC_ACTIVITY_LISTENING && put_conn(skb, cb, &view))
			return skb->len ?: -EMSGSIZE;
		cb->args[0] = view.id + 1;
	}
	return skb->len;
}

/**
 * kmc_conn_remove_doit() - %KMC_CMD_CONN_REMOVE
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_conn_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kmc_server *server = kmc_server_of(genl_info_net(info));
	struct nlattr *id = info->attrs[KMC_A_CONN_ID];
	int err;

	if (!id) {
		kmc_roster_kill_all(&server->env);
		return 0;
	}
	err = kmc_roster_kill(&server->env, nla_get_u32(id));
	if (err)
		NL_SET_ERR_MSG_ATTR(info->extack, id, "there is no such connection");
	return err;
}
