// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../net/listener.h"

#include <linux/in.h>
#include <linux/in6.h>

#include "../server.h"
#include "family.h"
#include "message.h"

#define BACKLOG_DEFAULT 1024

/* Read address and port. The address's length, or a negative errno. */
static int parse_addr(struct genl_info *info, struct sockaddr_storage *addr)
{
	struct nlattr *ip = info->attrs[KMC_A_LISTENER_ADDR];
	struct nlattr *port = info->attrs[KMC_A_LISTENER_PORT];
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;
	struct sockaddr_in *in = (struct sockaddr_in *)addr;

	if (!ip || !port) {
		GENL_SET_ERR_MSG(info, "an address and a port are needed");
		return -EINVAL;
	}
	memset(addr, 0, sizeof(*addr));
	switch (nla_len(ip)) {
	case sizeof(in->sin_addr):
		in->sin_family = AF_INET;
		in->sin_port = htons(nla_get_u16(port));
		in->sin_addr.s_addr = nla_get_in_addr(ip);
		return sizeof(*in);
	case sizeof(in6->sin6_addr):
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(nla_get_u16(port));
		in6->sin6_addr = nla_get_in6_addr(ip);
		return sizeof(*in6);
	default:
		NL_SET_ERR_MSG_ATTR(info->extack, ip, "an address has 4 or 16 bytes");
		return -EINVAL;
	}
}

/* What there is not is 0, which is how it was before there was such a thing. */
static void parse_access(struct genl_info *info, struct kmc_access *access)
{
	if (info->attrs[KMC_A_LISTENER_PROTOCOL])
		access->protocol = nla_get_u32(info->attrs[KMC_A_LISTENER_PROTOCOL]);
	if (info->attrs[KMC_A_LISTENER_AUTH])
		access->auth = nla_get_u8(info->attrs[KMC_A_LISTENER_AUTH]);
	if (info->attrs[KMC_A_LISTENER_DENY])
		access->denied = nla_get_u32(info->attrs[KMC_A_LISTENER_DENY]);
}

static void explain_missing(struct genl_info *info)
{
	GENL_SET_ERR_MSG(info, "there is no listener on this address");
}

/**
 * kmc_listener_add_doit() - %KMC_CMD_LISTENER_ADD
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_listener_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kmc_listener_config config = { .backlog = BACKLOG_DEFAULT, .is_inline = true };

	config.addr_len = parse_addr(info, &config.addr);
	if (config.addr_len < 0)
		return config.addr_len;
	if (info->attrs[KMC_A_LISTENER_BACKLOG])
		config.backlog = nla_get_u32(info->attrs[KMC_A_LISTENER_BACKLOG]);
	if (info->attrs[KMC_A_LISTENER_INLINE])
		config.is_inline = nla_get_u8(info->attrs[KMC_A_LISTENER_INLINE]);
	parse_access(info, &config.access);
	return kmc_server_add_listener(kmc_server_of(genl_info_net(info)), &config, info->extack);
}

/**
 * kmc_listener_set_doit() - %KMC_CMD_LISTENER_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_listener_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *is_inline = info->attrs[KMC_A_LISTENER_INLINE];
	struct sockaddr_storage addr;
	int err;

	err = parse_addr(info, &addr);
	if (err < 0)
		return err;
	if (!is_inline) {
		GENL_SET_ERR_MSG(info, "nothing to change is given");
		return -EINVAL;
	}
	err = kmc_server_set_inline(kmc_server_of(genl_info_net(info)), &addr,
				    nla_get_u8(is_inline));
	if (err)
		explain_missing(info);
	return err;
}

/**
 * kmc_listener_remove_doit() - %KMC_CMD_LISTENER_REMOVE
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_listener_remove_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kmc_server *server = kmc_server_of(genl_info_net(info));
	struct sockaddr_storage addr;
	int err;

	if (!info->attrs[KMC_A_LISTENER_ADDR] && !info->attrs[KMC_A_LISTENER_PORT]) {
		kmc_server_remove_all_listeners(server);
		return 0;
	}
	err = parse_addr(info, &addr);
	if (err < 0)
		return err;
	err = kmc_server_remove_listener(server, &addr);
	if (err)
		explain_missing(info);
	return err;
}

struct dump {
	struct sk_buff		*skb;
	struct netlink_callback	*cb;
};

static int put_access(struct sk_buff *skb, const struct kmc_access *access)
{
	return nla_put_u32(skb, KMC_A_LISTENER_PROTOCOL, access->protocol) ?:
	       nla_put_u8(skb, KMC_A_LISTENER_AUTH, access->auth) ?:
	       nla_put_u32(skb, KMC_A_LISTENER_DENY, access->denied);
}

static int put_listener(const struct kmc_listener *listener, void *arg)
{
	struct dump *dump = arg;
	struct sk_buff *skb = dump->skb;
	void *hdr;

	hdr = genlmsg_put(skb, NETLINK_CB(dump->cb->skb).portid, dump->cb->nlh->nlmsg_seq,
			  &kmc_genl_family, NLM_F_MULTI, KMC_CMD_LISTENER_GET);
	if (!hdr)
		return -EMSGSIZE;
	genl_dump_check_consistent(dump->cb, hdr);
	if (kmc_message_put_addr(skb, &listener->addr) ||
	    nla_put_u32(skb, KMC_A_LISTENER_BACKLOG, listener->backlog) ||
	    nla_put_u8(skb, KMC_A_LISTENER_INLINE, listener->is_inline) ||
	    nla_put_u32(skb, KMC_A_LISTENER_CONNS, READ_ONCE(listener->nr_conns)) ||
	    put_access(skb, &listener->access)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	dump->cb->args[0]++;
	return 0;
}

/**
 * kmc_listener_get_dumpit() - %KMC_CMD_LISTENER_GET
 * @skb: gets as many listeners as fit
 * @cb: the dump; args[0] is how many are done
 *
 * Return: length of @skb, or a negative errno.
 */
int kmc_listener_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct kmc_server *server = kmc_server_of(sock_net(cb->skb->sk));
	struct dump dump = { .skb = skb, .cb = cb };
	int err;

	mutex_lock(&server->lock);
	cb->seq = server->generation;
	err = kmc_server_visit_listeners(server, cb->args[0], put_listener, &dump);
	mutex_unlock(&server->lock);
	/* full: there will be another call for the rest */
	return err && !skb->len ? err : skb->len;
}
