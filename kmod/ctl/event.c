// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "../server.h"
#include "family.h"
#include "message.h"

static int fill_event(struct sk_buff *msg, const struct kmc_server *server, enum kmc_event event,
		      const struct sockaddr_storage *addr)
{
	int err = nla_put_u32(msg, KMC_A_EVENT, event);

	if (!err && addr)
		err = kmc_message_put_addr(msg, addr);
	if (!err && event == KMC_EVENT_LIMIT_DONE)
		err = nla_put_u64_64bit(msg, KMC_A_MEM_LIMIT, server->config.mem_limit, KMC_A_PAD);
	return err;
}

/**
 * kmc_event_send() - tell those who listen in the server's namespace
 * @server: what it happened to; for %KMC_EVENT_LIMIT_DONE, locked
 * @event: what has happened
 * @addr: of the listener it is about, or NULL
 *
 * What cannot be sent is lost: an event is a hint to have a look. In a namespace
 * that is on its way out nobody is left to listen, nor does a socket elsewhere
 * that listens to other namespaces know it any more.
 *
 * Context: process, while the family is registered.
 */
void kmc_event_send(struct kmc_server *server, enum kmc_event event,
		    const struct sockaddr_storage *addr)
{
	struct sk_buff *msg;
	void *hdr;

	if (!genl_has_listeners(&kmc_genl_family, server->net, KMC_GROUP_EVENTS))
		return;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg)
		return;
	hdr = genlmsg_put(msg, 0, 0, &kmc_genl_family, 0, KMC_CMD_EVENT);
	if (!hdr || fill_event(msg, server, event, addr)) {
		nlmsg_free(msg);
		return;
	}
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&kmc_genl_family, server->net, msg, 0, KMC_GROUP_EVENTS,
				GFP_KERNEL);
}
