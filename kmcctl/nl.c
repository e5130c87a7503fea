// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * All of libnl. A request is sent, its whole answer is received, and only then
 * it is handed on: so an answer that ends in an error, or a dump that must be
 * repeated because what it lists changed meanwhile, prints nothing.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/genetlink.h>
#include <linux/kmemcached.h>
#include <linux/netlink.h>

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include "nl.h"

/* A dump that was interrupted this often will not get better. */
#define DUMP_TRIES	32

/* Room for any request: the largest has 64 tokens. */
#define REQUEST_SIZE	(32 << 10)

#define BAD_ANSWER	"the kernel's answer makes no sense"

/**
 * struct kmc_nl - a generic netlink socket and the exchange that goes on there
 * @sock: the socket
 * @family: id of the module's family; 0 until it was found
 * @group: id of its multicast group; 0: it has none
 * @sentence: why the last request was refused, or empty
 * @error: 0, or the negative errno the answer ended with
 * @done: the answer is complete
 * @interrupted: the kernel says that the dump is not consistent
 * @messages: the answer
 * @count: how many messages it has
 * @room: how many there is memory for
 */
struct kmc_nl {
	struct nl_sock *sock;
	int family;
	uint32_t group;
	char sentence[512];
	int error;
	bool done;
	bool interrupted;
	struct nl_msg **messages;
	size_t count;
	size_t room;
};

/**
 * struct kmc_nl_request - a request that is being put together
 * @nl: where it will be sent
 * @msg: the message
 * @nest: the attribute that others go into now, or NULL
 * @full: it did not take one of the attributes
 */
struct kmc_nl_request {
	struct kmc_nl *nl;
	struct nl_msg *msg;
	struct nlattr *nest;
	bool full;
};

/**
 * struct kmc_nl_reply - one message of an answer
 * @attrs: its attributes, NULL where there is none
 */
struct kmc_nl_reply {
	struct nlattr *attrs[KMC_A_MAX + 1];
};

static struct nla_policy reply_policy[KMC_A_MAX + 1] = {
	[KMC_A_LISTENER_ADDR] = { .type = NLA_UNSPEC, .minlen = 4, .maxlen = 16 },
	[KMC_A_LISTENER_PORT] = { .type = NLA_U16 },
	[KMC_A_LISTENER_BACKLOG] = { .type = NLA_U32 },
	[KMC_A_LISTENER_CONNS] = { .type = NLA_U32 },
	[KMC_A_MEM_LIMIT] = { .type = NLA_U64 },
	[KMC_A_FLUSH_DELAY] = { .type = NLA_U32 },
	[KMC_A_STATS] = { .type = NLA_NESTED },
	[KMC_A_EVICT] = { .type = NLA_U8 },
	[KMC_A_SHRINK] = { .type = NLA_U8 },
	[KMC_A_SHRINK_FLOOR] = { .type = NLA_U64 },
	[KMC_A_LARGE] = { .type = NLA_U32 },
	[KMC_A_EVENT] = { .type = NLA_U32 },
	[KMC_A_LISTENER_PROTOCOL] = { .type = NLA_U32 },
	[KMC_A_LISTENER_AUTH] = { .type = NLA_U8 },
	[KMC_A_LISTENER_INLINE] = { .type = NLA_U8 },
	[KMC_A_LISTENER_DENY] = { .type = NLA_U32 },
	[KMC_A_ITEM_SIZE_MAX] = { .type = NLA_U32 },
	[KMC_A_MAX_CONNECTIONS] = { .type = NLA_U32 },
	[KMC_A_IDLE_TIMEOUT] = { .type = NLA_U32 },
	[KMC_A_STUCK_TIMEOUT] = { .type = NLA_U32 },
	[KMC_A_PREFIX_DELIMITER] = { .type = NLA_U8 },
	[KMC_A_REQUESTS_PER_TURN] = { .type = NLA_U32 },
	[KMC_A_CONN_ID] = { .type = NLA_U32 },
	[KMC_A_CONN_ADDR] = { .type = NLA_UNSPEC, .minlen = 4, .maxlen = 16 },
	[KMC_A_CONN_PORT] = { .type = NLA_U16 },
	[KMC_A_CONN_ACTIVITY] = { .type = NLA_U32 },
	[KMC_A_CONN_AGE] = { .type = NLA_U32 },
	[KMC_A_CONN_IDLE] = { .type = NLA_U32 },
	[KMC_A_LATENCY_CLASS] = { .type = NLA_U32 },
	[KMC_A_LATENCY_TURNS] = { .type = NLA_U32 },
	[KMC_A_LATENCY_BUCKETS] = { .type = NLA_NESTED },
};

static struct nla_policy ctrl_policy[CTRL_ATTR_MAX + 1] = {
	[CTRL_ATTR_FAMILY_ID] = { .type = NLA_U16 },
	[CTRL_ATTR_FAMILY_NAME] = { .type = NLA_STRING, .maxlen = GENL_NAMSIZ },
	[CTRL_ATTR_VERSION] = { .type = NLA_U32 },
	[CTRL_ATTR_MCAST_GROUPS] = { .type = NLA_NESTED },
};

static struct nla_policy group_policy[CTRL_ATTR_MCAST_GRP_MAX + 1] = {
	[CTRL_ATTR_MCAST_GRP_NAME] = { .type = NLA_STRING, .maxlen = GENL_NAMSIZ },
	[CTRL_ATTR_MCAST_GRP_ID] = { .type = NLA_U32 },
};

static int fail(struct kmc_nl *nl, int error, const char *sentence)
{
	snprintf(nl->sentence, sizeof(nl->sentence), "%s", sentence);
	return error;
}

/* Takes the sentence out of the attributes that follow an error. */
static void keep_sentence(struct kmc_nl *nl, void *attrs, int size)
{
	struct nlattr *at;
	int left;

	nla_for_each_attr(at, attrs, size, left) {
		if (nla_type(at) == NLMSGERR_ATTR_MSG)
			snprintf(nl->sentence, sizeof(nl->sentence), "%.*s", nla_len(at),
				 (char *)nla_data(at));
	}
}

static int error_received(struct sockaddr_nl *from, struct nlmsgerr *err, void *context)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN);
	struct kmc_nl *nl = context;
	size_t size = sizeof(*err);

	(void)from;
	nl->error = err->error;
	nl->done = true;
	/* Unless it was capped, our request stands before the attributes. */
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		size += NLMSG_ALIGN(err->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS && hdr->nlmsg_len > NLMSG_HDRLEN + size)
		keep_sentence(nl, (char *)err + size, hdr->nlmsg_len - NLMSG_HDRLEN - size);
	return NL_STOP;
}

static int ack_received(struct nl_msg *msg, void *context)
{
	struct kmc_nl *nl = context;

	(void)msg;
	nl->done = true;
	return NL_STOP;
}

/* The last message of a dump may carry an error, too. */
static int dump_finished(struct nl_msg *msg, void *context)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	int size = nlmsg_datalen(hdr);
	char *data = nlmsg_data(hdr);
	struct kmc_nl *nl = context;
	int error;

	nl->done = true;
	if (size < (int)sizeof(error))
		return NL_STOP;
	memcpy(&error, data, sizeof(error));
	if (error < 0)
		nl->error = error;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		keep_sentence(nl, data + sizeof(error), size - (int)sizeof(error));
	return NL_STOP;
}

static int dump_interrupted(struct nl_msg *msg, void *context)
{
	struct kmc_nl *nl = context;

	(void)msg;
	nl->interrupted = true;
	return NL_OK;
}

static int message_received(struct nl_msg *msg, void *context)
{
	struct kmc_nl *nl = context;
	struct nl_msg **messages;
	size_t room;

	if (nl->count == nl->room) {
		room = nl->room ? 2 * nl->room : 64;
		messages = reallocarray(nl->messages, room, sizeof(*messages));
		if (!messages)
			return -NLE_NOMEM;
		nl->messages = messages;
		nl->room = room;
	}
	nlmsg_get(msg);
	nl->messages[nl->count++] = msg;
	return NL_OK;
}

static void forget_answer(struct kmc_nl *nl)
{
	while (nl->count)
		nlmsg_free(nl->messages[--nl->count]);
	nl->sentence[0] = '\0';
	nl->error = 0;
	nl->done = false;
	nl->interrupted = false;
}

static int exchange_once(struct kmc_nl *nl, struct nl_msg *msg)
{
	int err;

	forget_answer(nl);
	nlmsg_hdr(msg)->nlmsg_seq = NL_AUTO_SEQ;
	err = nl_send_auto(nl->sock, msg);
	while (err >= 0 && !nl->done)
		err = nl_recvmsgs_default(nl->sock);
	if (nl->done)
		return nl->error;
	return fail(nl, -EIO, nl_geterror(err));
}

/* Sends a request and waits for its answer. Returns the error it ended with. */
static int exchange(struct kmc_nl *nl, struct nl_msg *msg)
{
	int tries, err;

	for (tries = 0; tries < DUMP_TRIES; tries++) {
		err = exchange_once(nl, msg);
		if (err || !nl->interrupted)
			return err;
	}
	return fail(nl, -EINTR, "what was asked for changes too often");
}

static int socket_prepare(struct kmc_nl *nl)
{
	struct nl_sock *sock = nl->sock;
	int on = 1;
	int err;

	err = genl_connect(sock);
	if (err)
		return fail(nl, -EIO, nl_geterror(err));
	/* A kernel without these refuses without a sentence, that is all. */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	nl_socket_enable_msg_peek(sock);
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, message_received, nl);
	nl_socket_modify_cb(sock, NL_CB_ACK, NL_CB_CUSTOM, ack_received, nl);
	nl_socket_modify_cb(sock, NL_CB_FINISH, NL_CB_CUSTOM, dump_finished, nl);
	nl_socket_modify_cb(sock, NL_CB_DUMP_INTR, NL_CB_CUSTOM, dump_interrupted, nl);
	nl_socket_modify_err_cb(sock, NL_CB_CUSTOM, error_received, nl);
	return 0;
}

/**
 * kmc_nl_open() - open a socket in the current network namespace
 * @nlp: where it goes; close it even after an error, unless it is NULL
 *
 * Return: 0 or a negative errno.
 */
int kmc_nl_open(struct kmc_nl **nlp)
{
	struct kmc_nl *nl = calloc(1, sizeof(*nl));

	*nlp = nl;
	if (!nl)
		return -ENOMEM;
	nl->sock = nl_socket_alloc();
	if (!nl->sock)
		return -ENOMEM;
	return socket_prepare(nl);
}

/**
 * kmc_nl_close() - close a socket
 * @nl: the socket, or NULL
 */
void kmc_nl_close(struct kmc_nl *nl)
{
	if (!nl)
		return;
	forget_answer(nl);
	nl_socket_free(nl->sock);
	free(nl->messages);
	free(nl);
}

/**
 * kmc_nl_sentence() - why the last request was refused
 * @nl: the socket
 *
 * Return: what the kernel said, or NULL when it said nothing.
 */
const char *kmc_nl_sentence(const struct kmc_nl *nl)
{
	return nl && nl->sentence[0] ? nl->sentence : NULL;
}

/* The id of the group that events come by; 0 if it is not among these. */
static uint32_t find_group(struct nlattr *groups)
{
	struct nlattr *attrs[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct nlattr *at;
	int left;

	nla_for_each_nested(at, groups, left) {
		if (nla_parse_nested(attrs, CTRL_ATTR_MCAST_GRP_MAX, at, group_policy))
			continue;
		if (!attrs[CTRL_ATTR_MCAST_GRP_NAME] || !attrs[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (!strcmp(nla_get_string(attrs[CTRL_ATTR_MCAST_GRP_NAME]),
			    KMC_GENL_GROUP_EVENTS))
			return nla_get_u32(attrs[CTRL_ATTR_MCAST_GRP_ID]);
	}
	return 0;
}

/* Is this message about our family? Then takes its ids and version. */
static bool take_family(struct kmc_nl *nl, struct nl_msg *msg, unsigned int *version)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];

	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, CTRL_ATTR_MAX, ctrl_policy))
		return false;
	if (!attrs[CTRL_ATTR_FAMILY_NAME] || !attrs[CTRL_ATTR_FAMILY_ID])
		return false;
	if (strcmp(nla_get_string(attrs[CTRL_ATTR_FAMILY_NAME]), KMC_GENL_NAME))
		return false;
	nl->family = nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]);
	nl->group = attrs[CTRL_ATTR_MCAST_GROUPS] ? find_group(attrs[CTRL_ATTR_MCAST_GROUPS]) : 0;
	*version = attrs[CTRL_ATTR_VERSION] ? nla_get_u32(attrs[CTRL_ATTR_VERSION]) : 0;
	return true;
}

/**
 * kmc_nl_find_module() - look for the module's family
 * @nl: the socket
 * @load: let the kernel load the module if it is not there
 * @version: where the version of the family goes
 *
 * Return: 0; -ENOENT: there is none; or another negative errno.
 */
int kmc_nl_find_module(struct kmc_nl *nl, bool load, unsigned int *version)
{
	/* The kernel loads a module for a family that is asked for by name. */
	int flags = load ? 0 : NLM_F_DUMP;
	struct nl_msg *msg = nlmsg_alloc();
	size_t at;
	int err;

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, GENL_ID_CTRL, 0, flags,
				 CTRL_CMD_GETFAMILY, 1)) {
		err = -ENOMEM;
		goto out_free_msg;
	}
	if (load && nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, KMC_GENL_NAME)) {
		err = -ENOMEM;
		goto out_free_msg;
	}
	err = exchange(nl, msg);
	if (err)
		goto out_free_msg;
	err = -ENOENT;
	for (at = 0; err && at < nl->count; at++) {
		if (take_family(nl, nl->messages[at], version))
			err = 0;
	}
out_free_msg:
	nlmsg_free(msg);
	return err;
}

/**
 * kmc_nl_request_create() - begin a request to the module
 * @nl: a socket for which the module was found
 * @command: &enum kmc_cmd
 *
 * Return: the request, which kmc_nl_do() or kmc_nl_dump() free; never NULL.
 */
struct kmc_nl_request *kmc_nl_request_create(struct kmc_nl *nl, unsigned int command)
{
	struct kmc_nl_request *request = calloc(1, sizeof(*request));

	if (!request) {
		fprintf(stderr, "kmcctl: out of memory\n");
		exit(1);
	}
	request->nl = nl;
	request->msg = nlmsg_alloc_size(REQUEST_SIZE);
	request->full = !request->msg ||
			!genlmsg_put(request->msg, NL_AUTO_PORT, NL_AUTO_SEQ, nl->family, 0, 0,
				     command, KMC_GENL_VERSION);
	return request;
}

/**
 * kmc_nl_put() - add an attribute to a request
 * @request: the request
 * @attr: &enum kmc_attr
 * @data: the value, in the form it has in a message
 * @size: bytes of it
 */
void kmc_nl_put(struct kmc_nl_request *request, unsigned int attr, const void *data, size_t size)
{
	if (!request->full && nla_put(request->msg, attr, size, data))
		request->full = true;
}

/**
 * kmc_nl_open_nest() - begin an attribute that others go into
 * @request: the request, without an open one
 * @attr: &enum kmc_attr
 */
void kmc_nl_open_nest(struct kmc_nl_request *request, unsigned int attr)
{
	if (request->full)
		return;
	/* older versions of libnl do not say so by themselves */
	request->nest = nla_nest_start(request->msg, NLA_F_NESTED | attr);
	request->full = !request->nest;
}

/**
 * kmc_nl_close_nest() - end it
 * @request: the request
 */
void kmc_nl_close_nest(struct kmc_nl_request *request)
{
	if (!request->full)
		nla_nest_end(request->msg, request->nest);
}

/**
 * kmc_nl_drop() - free a request, sent or not, and leave nothing of it in memory
 * @request: the request
 */
void kmc_nl_drop(struct kmc_nl_request *request)
{
	if (request->msg)
		explicit_bzero(nlmsg_data(nlmsg_hdr(request->msg)),
			       nlmsg_datalen(nlmsg_hdr(request->msg)));
	nlmsg_free(request->msg);
	free(request);
}

static int hand_on(struct kmc_nl *nl, kmc_nl_reply_fn *fn, void *context)
{
	struct kmc_nl_reply reply;
	size_t at;

	/* First all of them are looked at: half an answer is not printed. */
	for (at = 0; at < nl->count; at++) {
		if (genlmsg_parse(nlmsg_hdr(nl->messages[at]), 0, reply.attrs, KMC_A_MAX,
				  reply_policy))
			return fail(nl, -EBADMSG, BAD_ANSWER);
	}
	for (at = 0; fn && at < nl->count; at++) {
		genlmsg_parse(nlmsg_hdr(nl->messages[at]), 0, reply.attrs, KMC_A_MAX,
			      reply_policy);
		fn(&reply, context);
	}
	return 0;
}

static int request_send(struct kmc_nl_request *request, int flags, kmc_nl_reply_fn *fn,
			void *context)
{
	struct kmc_nl *nl = request->nl;
	int err = -ENOMEM;

	if (!request->full) {
		nlmsg_hdr(request->msg)->nlmsg_flags |= flags;
		err = exchange(nl, request->msg);
	}
	kmc_nl_drop(request);
	return err ? err : hand_on(nl, fn, context);
}

/**
 * kmc_nl_do() - send a request and wait until it is done
 * @request: the request; is freed
 * @reply: called with the answer, if there is one; may be NULL
 * @context: for @reply
 *
 * Return: 0 or the negative errno of the refusal.
 */
int kmc_nl_do(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context)
{
	return request_send(request, 0, reply, context);
}

/**
 * kmc_nl_dump() - ask for all of something
 * @request: the request; is freed
 * @reply: called with each message of the answer
 * @context: for @reply
 *
 * Return: 0 or the negative errno of the refusal.
 */
int kmc_nl_dump(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context)
{
	return request_send(request, NLM_F_DUMP, reply, context);
}

static int join(struct kmc_nl *nl, uint32_t group)
{
	if (!setsockopt(nl_socket_get_fd(nl->sock), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			sizeof(group)))
		return 0;
	return errno == EPERM ? fail(nl, -EPERM, "not permitted; CAP_NET_ADMIN is needed") : -errno;
}

/**
 * kmc_nl_join() - join the module's multicast group
 * @nl: a socket for which the module was found; from now on it is for kmc_nl_next()
 *
 * Return: 0 or a negative errno; -ENOENT if the module has gone.
 */
int kmc_nl_join(struct kmc_nl *nl)
{
	int err;

	forget_answer(nl);
	if (!nl->group)
		return fail(nl, -EOPNOTSUPP, "the kmemcached module does not tell events");
	/* What nobody has asked for has no number. */
	nl_socket_disable_seq_check(nl->sock);
	/*
	 * The controller's group, whose id is fixed, says when the family goes: if
	 * that is before the next line, the next line fails.
	 */
	err = join(nl, GENL_ID_CTRL);
	return err ? err : join(nl, nl->group);
}

/* Does the controller say that the module's family is gone? */
static bool is_end(const struct kmc_nl *nl, struct nl_msg *msg)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	if (hdr->nlmsg_type != GENL_ID_CTRL || !genlmsg_valid_hdr(hdr, 0) ||
	    genlmsg_hdr(hdr)->cmd != CTRL_CMD_DELFAMILY)
		return false;
	if (genlmsg_parse(hdr, 0, attrs, CTRL_ATTR_MAX, ctrl_policy))
		return false;
	return attrs[CTRL_ATTR_FAMILY_ID] && nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]) == nl->family;
}

static bool is_event(const struct kmc_nl *nl, struct nl_msg *msg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);

	return hdr->nlmsg_type == nl->family && genlmsg_valid_hdr(hdr, 0) &&
	       genlmsg_hdr(hdr)->cmd == KMC_CMD_EVENT;
}

static int hand_on_events(struct kmc_nl *nl, kmc_nl_reply_fn *event, void *context)
{
	struct kmc_nl_reply reply;
	size_t at;

	for (at = 0; at < nl->count; at++) {
		if (is_end(nl, nl->messages[at]))
			return -ENOENT;
		if (is_event(nl, nl->messages[at]) &&
		    !genlmsg_parse(nlmsg_hdr(nl->messages[at]), 0, reply.attrs, KMC_A_MAX,
				   reply_policy))
			event(&reply, context);
	}
	return 0;
}

/**
 * kmc_nl_next() - wait for events
 * @nl: a socket that has joined
 * @stop: a file descriptor that can be read when it is time to stop
 * @event: called with each event
 * @context: for @event
 *
 * Return: 0, maybe without any event; 1: it is time to stop; -ENOENT: the module
 * was unloaded; -ENOBUFS: some events were lost; or another negative errno.
 */
int kmc_nl_next(struct kmc_nl *nl, int stop, kmc_nl_reply_fn *event, void *context)
{
	struct pollfd fds[] = {
		{ .fd = stop, .events = POLLIN },
		{ .fd = nl_socket_get_fd(nl->sock), .events = POLLIN },
	};
	int err;

	forget_answer(nl);
	if (poll(fds, 2, -1) < 0)
		return errno == EINTR ? 0 : -errno;
	if (fds[0].revents)
		return 1;
	err = nl_recvmsgs_default(nl->sock);
	if (err == -NLE_NOMEM)
		return -ENOBUFS;
	if (err < 0)
		return fail(nl, -EIO, nl_geterror(err));
	return hand_on_events(nl, event, context);
}

/**
 * kmc_nl_get() - read an attribute of any size
 * @reply: the message
 * @attr: &enum kmc_attr
 * @data: where it goes
 * @size: bytes that fit there
 *
 * Return: the size of the attribute; 0 when it is missing or does not fit.
 */
size_t kmc_nl_get(const struct kmc_nl_reply *reply, unsigned int attr, void *data, size_t size)
{
	struct nlattr *at = reply->attrs[attr];

	if (!at || (size_t)nla_len(at) > size)
		return 0;
	memcpy(data, nla_data(at), nla_len(at));
	return nla_len(at);
}

/**
 * kmc_nl_get_u16() - read an attribute of 16 bits
 * @reply: the message
 * @attr: &enum kmc_attr
 * @value: where it goes; untouched when it is missing
 *
 * Return: whether it is there.
 */
bool kmc_nl_get_u16(const struct kmc_nl_reply *reply, unsigned int attr, uint16_t *value)
{
	return kmc_nl_get(reply, attr, value, sizeof(*value)) == sizeof(*value);
}

/**
 * kmc_nl_get_u32() - read an attribute of 32 bits
 * @reply: the message
 * @attr: &enum kmc_attr
 * @value: where it goes; untouched when it is missing
 *
 * Return: whether it is there.
 */
bool kmc_nl_get_u32(const struct kmc_nl_reply *reply, unsigned int attr, uint32_t *value)
{
	return kmc_nl_get(reply, attr, value, sizeof(*value)) == sizeof(*value);
}

/**
 * kmc_nl_get_nest() - read a nest of numbers
 * @reply: the message
 * @attr: &enum kmc_attr
 * @fn: called for each attribute in it that is a u64
 * @context: for @fn
 */
void kmc_nl_get_nest(const struct kmc_nl_reply *reply, unsigned int attr, kmc_nl_u64_fn *fn,
		     void *context)
{
	struct nlattr *nest = reply->attrs[attr];
	struct nlattr *at;
	uint64_t value;
	int left;

	if (!nest)
		return;
	nla_for_each_nested(at, nest, left) {
		if (nla_len(at) != sizeof(value))
			continue;
		memcpy(&value, nla_data(at), sizeof(value));
		fn(nla_type(at), value, context);
	}
}
