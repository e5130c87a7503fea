// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "message.h"

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
