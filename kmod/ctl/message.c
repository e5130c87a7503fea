// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "message.h"

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>

#include "family.h"

/**
 * kmc_message_reply() - answer a request by one message of the same command
 * @info: the request
 * @fill: adds the attributes; may return -EMSGSIZE
 * @arg: passed to @fill
 *
 * Return: 0 or a negative errno.
 */
int kmc_message_reply(struct genl_info *info, int (*fill)(struct sk_buff *msg, void *arg),
		      void *arg)
{
	struct sk_buff *msg = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	int err = -EMSGSIZE;
	void *hdr;

	if (!msg) {
		GENL_SET_ERR_MSG(info, "no memory for the reply");
		return -ENOMEM;
	}
	hdr = genlmsg_put_reply(msg, info, &kmc_genl_family, 0, info->genlhdr->cmd);
	if (!hdr)
		goto out_free_msg;
	err = fill(msg, arg);
	if (err)
		goto out_free_msg;
	genlmsg_end(msg, hdr);
	return genlmsg_reply(msg, info);

out_free_msg:
	nlmsg_free(msg);
	GENL_SET_ERR_MSG(info, "the reply does not fit into a message");
	return err;
}

/**
 * kmc_message_put_addr() - add address and port of a listener
 * @msg: the message
 * @addr: the address
 *
 * Return: 0 or -EMSGSIZE.
 */
int kmc_message_put_addr(struct sk_buff *msg, const struct sockaddr_storage *addr)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;

	if (addr->ss_family == AF_INET)
		return nla_put_in_addr(msg, KMC_A_LISTENER_ADDR, in->sin_addr.s_addr) ?:
		       nla_put_u16(msg, KMC_A_LISTENER_PORT, ntohs(in->sin_port));
	return nla_put_in6_addr(msg, KMC_A_LISTENER_ADDR, &in6->sin6_addr) ?:
	       nla_put_u16(msg, KMC_A_LISTENER_PORT, ntohs(in6->sin6_port));
}
