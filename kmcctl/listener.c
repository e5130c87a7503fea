// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/* What is as it was before there was such a thing is not sent: an older module takes that. */
static void put_options(struct kmc_nl_request *request, const struct kmc_listen_options *options)
{
	uint8_t on = 1, is_inline = options->is_inline;

	if (options->backlog)
		kmc_nl_put(request, KMC_A_LISTENER_BACKLOG, &options->backlog,
			   sizeof(options->backlog));
	if (options->protocol)
		kmc_nl_put(request, KMC_A_LISTENER_PROTOCOL, &options->protocol,
			   sizeof(options->protocol));
	if (options->auth)
		kmc_nl_put(request, KMC_A_LISTENER_AUTH, &on, sizeof(on));
	if (options->denied)
		kmc_nl_put(request, KMC_A_LISTENER_DENY, &options->denied,
			   sizeof(options->denied));
	if (options->has_inline)
		kmc_nl_put(request, KMC_A_LISTENER_INLINE, &is_inline, sizeof(is_inline));
}

/* Sends a request about one listener. */
static int send_request(struct kmc_ctl *ctl, unsigned int command, const struct kmc_addr *addr,
			const struct kmc_listen_options *options)
{
	struct kmc_nl_request *request = kmc_nl_request_create(ctl->nl, command);

	kmc_nl_put(request, KMC_A_LISTENER_ADDR, addr->bytes, addr->size);
	kmc_nl_put(request, KMC_A_LISTENER_PORT, &addr->port, sizeof(addr->port));
	put_options(request, options);
	return kmc_nl_do(request, NULL, NULL);
}

/* The IPv4 half of "*", for kernels that have no IPv6. */
static struct kmc_addr any_v4(const struct kmc_addr *addr)
{
	struct kmc_addr v4 = { .size = 4, .port = addr->port };

	return v4;
}

/* What listen makes of "*" depends on the kernel: try what it would be on another one. */
static int send_for(struct kmc_ctl *ctl, unsigned int command, const struct kmc_addr *addr,
		    const struct kmc_listen_options *options)
{
	int err = send_request(ctl, command, addr, options);
	struct kmc_addr v4;

	if (!addr->both || (err != -ENOENT && err != -EAFNOSUPPORT))
		return err;
	v4 = any_v4(addr);
	return send_request(ctl, command, &v4, options);
}

static enum kmc_status parse_words(struct kmc_ctl *ctl, struct kmc_addr *addr,
				   struct kmc_listen_options *options)
{
	const char *why = kmc_args_parse_addr(ctl->words[1], addr);
	unsigned int i;

	if (why)
		return kmc_ctl_bad_word(ctl, ctl->words[1], why);
	for (i = 2; ctl->words[i]; i++) {
		why = kmc_args_parse_option(ctl->words[i], options);
		if (why)
			return kmc_ctl_bad_word(ctl, ctl->words[i], why);
	}
	return KMC_DONE;
}

/**
 * kmc_listener_add() - the verb listen
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_listener_add(struct kmc_ctl *ctl)
{
	struct kmc_listen_options options = { 0 };
	enum kmc_status status;
	struct kmc_addr addr;

	status = parse_words(ctl, &addr, &options);
	if (!status)
		status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	return kmc_ctl_judge(ctl, send_for(ctl, KMC_CMD_LISTENER_ADD, &addr, &options));
}

/**
 * kmc_listener_change() - the verb set-listener
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_listener_change(struct kmc_ctl *ctl)
{
	struct kmc_listen_options options = { 0 };
	enum kmc_status status;
	struct kmc_addr addr;

	status = parse_words(ctl, &addr, &options);
	if (status)
		return status;
	if (options.backlog || options.protocol || options.denied || options.auth)
		return kmc_ctl_bad_word(ctl, NULL, "only inline can be changed");
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	return kmc_ctl_judge(ctl, send_for(ctl, KMC_CMD_LISTENER_SET, &addr, &options));
}

/**
 * kmc_listener_remove() - the verb unlisten
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_listener_remove(struct kmc_ctl *ctl)
{
	static const struct kmc_listen_options none;
	const char *word = ctl->words[1];
	bool all = !strcmp(word, "all");
	enum kmc_status status;
	struct kmc_addr addr;
	const char *why;

	why = all ? NULL : kmc_args_parse_addr(word, &addr);
	if (why)
		return kmc_ctl_bad_word(ctl, word, why);
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	if (!all)
		return kmc_ctl_judge(ctl, send_for(ctl, KMC_CMD_LISTENER_REMOVE, &addr, &none));
	return kmc_ctl_judge(ctl, kmc_nl_do(kmc_nl_request_create(ctl->nl,
								  KMC_CMD_LISTENER_REMOVE),
					    NULL, NULL));
}

/**
 * kmc_listener_get_addr() - read address and port of a listener
 * @reply: the message
 * @addr: where they go; undefined when there are none
 *
 * Return: whether they are there.
 */
bool kmc_listener_get_addr(const struct kmc_nl_reply *reply, struct kmc_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->size = kmc_nl_get(reply, KMC_A_LISTENER_ADDR, addr->bytes, sizeof(addr->bytes));
	if (addr->size != 4 && addr->size != 16)
		return false;
	kmc_nl_get_u16(reply, KMC_A_LISTENER_PORT, &addr->port);
	return true;
}

/**
 * kmc_listener_print_addr() - print address and port of a listener
 * @out: where to print
 * @label: what to call them as text
 * @addr: address and port
 */
void kmc_listener_print_addr(struct kmc_out *out, const char *label, const struct kmc_addr *addr)
{
	char text[KMC_ADDR_TEXT_SIZE];

	kmc_args_compose_addr(addr, text);
	kmc_out_str(out, NULL, label, text);
	kmc_args_compose_host(addr, text);
	kmc_out_str(out, "address", NULL, text);
	kmc_out_u64(out, "port", NULL, addr->port);
	kmc_out_str(out, "family", NULL, addr->size == 4 ? "inet" : "inet6");
}

static const char *protocol_name(uint32_t protocol)
{
	switch (protocol) {
	case KMC_PROTOCOL_AUTO:
		return "auto";
	case KMC_PROTOCOL_TEXT:
		return "text";
	case KMC_PROTOCOL_BINARY:
		return "binary";
	default:
		return "unknown";
	}
}

/* The words that listen takes, and a comma between them. */
static void print_denied(struct kmc_out *out, uint32_t denied)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%s%s", denied & KMC_CAP_FLUSH ? ",noflush" : "",
		 denied & KMC_CAP_DUMP ? ",nodump" : "", denied & KMC_CAP_WATCH ? ",nowatch" : "");
	kmc_out_str(out, NULL, "denied", *text ? text + 1 : "-");
	kmc_out_bool(out, "flush", NULL, !(denied & KMC_CAP_FLUSH));
	kmc_out_bool(out, "dump", NULL, !(denied & KMC_CAP_DUMP));
	kmc_out_bool(out, "watch", NULL, !(denied & KMC_CAP_WATCH));
}

static void print_access(const struct kmc_nl_reply *reply, struct kmc_out *out)
{
	uint32_t protocol = KMC_PROTOCOL_AUTO, denied = 0;
	uint8_t auth = 0;

	kmc_nl_get_u32(reply, KMC_A_LISTENER_PROTOCOL, &protocol);
	kmc_nl_get_u32(reply, KMC_A_LISTENER_DENY, &denied);
	kmc_nl_get(reply, KMC_A_LISTENER_AUTH, &auth, sizeof(auth));
	kmc_out_str(out, "protocol", "protocol", protocol_name(protocol));
	kmc_out_bool(out, "auth", "auth", auth);
	print_denied(out, denied);
}

static void print_inline(const struct kmc_nl_reply *reply, struct kmc_out *out)
{
	uint8_t is_inline = 0;

	kmc_nl_get(reply, KMC_A_LISTENER_INLINE, &is_inline, sizeof(is_inline));
	kmc_out_bool(out, "inline", "inline", is_inline);
}

static void print_listener(const struct kmc_nl_reply *reply, void *context)
{
	uint32_t connections = 0, backlog = 0;
	struct kmc_out *out = context;
	struct kmc_addr addr;

	if (!kmc_listener_get_addr(reply, &addr))
		return;
	kmc_nl_get_u32(reply, KMC_A_LISTENER_CONNS, &connections);
	kmc_nl_get_u32(reply, KMC_A_LISTENER_BACKLOG, &backlog);

	if (!out->in_list)
		kmc_out_open_list(out);
	kmc_out_open_object(out);
	kmc_listener_print_addr(out, "address", &addr);
	kmc_out_u64(out, "connections", "connections", connections);
	kmc_out_u64(out, "backlog", "backlog", backlog);
	print_inline(reply, out);
	print_access(reply, out);
	kmc_out_close_object(out);
}

/**
 * kmc_listener_show() - the verb listeners
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_listener_show(struct kmc_ctl *ctl)
{
	return kmc_ctl_show_list(ctl, KMC_CMD_LISTENER_GET, print_listener);
}
