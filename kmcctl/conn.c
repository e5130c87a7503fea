// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

static const char *name_of(uint32_t activity)
{
	static const char * const names[] = {
		[KMC_ACTIVITY_UNSPEC] = "unknown",
		[KMC_ACTIVITY_LISTENING] = "listening",
		[KMC_ACTIVITY_READING] = "reading",
		[KMC_ACTIVITY_EXECUTING] = "executing",
		[KMC_ACTIVITY_RECEIVING] = "receiving",
		[KMC_ACTIVITY_SKIPPING] = "skipping",
		[KMC_ACTIVITY_SENDING] = "sending",
		[KMC_ACTIVITY_WATCHING] = "watching",
		[KMC_ACTIVITY_CLOSING] = "closing",
	};

	_Static_assert(sizeof(names) == (KMC_ACTIVITY_MAX + 1) * sizeof(names[0]),
		       "an activity has no name");
	return names[activity <= KMC_ACTIVITY_MAX ? activity : KMC_ACTIVITY_UNSPEC];
}

/* The address of the client is not one of a listener, but looks the same. */
static bool get_peer(const struct kmc_nl_reply *reply, struct kmc_addr *addr)
{
	memset(addr, 0, sizeof(*addr));
	addr->size = kmc_nl_get(reply, KMC_A_CONN_ADDR, addr->bytes, sizeof(addr->bytes));
	kmc_nl_get_u16(reply, KMC_A_CONN_PORT, &addr->port);
	return addr->size == 4 || addr->size == 16;
}

static void print_listener(const struct kmc_nl_reply *reply, struct kmc_out *out)
{
	char text[KMC_ADDR_TEXT_SIZE] = "";
	struct kmc_addr listener;

	if (kmc_listener_get_addr(reply, &listener))
		kmc_args_compose_addr(&listener, text);
	kmc_out_str(out, "listener", "listener", text);
}

static void print_conn(const struct kmc_nl_reply *reply, void *context)
{
	uint32_t id = 0, activity = 0, age = 0, idle = 0;
	struct kmc_out *out = context;
	struct kmc_addr peer;

	if (!get_peer(reply, &peer))
		return;
	kmc_nl_get_u32(reply, KMC_A_CONN_ID, &id);
	kmc_nl_get_u32(reply, KMC_A_CONN_ACTIVITY, &activity);
	kmc_nl_get_u32(reply, KMC_A_CONN_AGE, &age);
	kmc_nl_get_u32(reply, KMC_A_CONN_IDLE, &idle);

	if (!out->in_list)
		kmc_out_open_list(out);
	kmc_out_open_object(out);
	kmc_out_u64(out, "id", "id", id);
	kmc_listener_print_addr(out, "client", &peer);
	print_listener(reply, out);
	kmc_out_str(out, "state", "state", name_of(activity));
	kmc_out_u64(out, "age", "age", age);
	kmc_out_u64(out, "idle", "idle", idle);
	kmc_out_close_object(out);
}

/**
 * kmc_conn_show() - the verb conns
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_conn_show(struct kmc_ctl *ctl)
{
	return kmc_ctl_show_list(ctl, KMC_CMD_CONN_GET, print_conn);
}

/**
 * kmc_conn_remove() - the verb disconnect
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_conn_remove(struct kmc_ctl *ctl)
{
	const char *word = ctl->words[1];
	bool all = !strcmp(word, "all");
	struct kmc_nl_request *request;
	enum kmc_status status;
	const char *why;
	uint32_t id = 0;

	why = all ? NULL : kmc_args_parse_id(word, &id);
	if (why)
		return kmc_ctl_bad_word(ctl, word, why);
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_CONN_REMOVE);
	if (!all)
		kmc_nl_put(request, KMC_A_CONN_ID, &id, sizeof(id));
	return kmc_ctl_judge(ctl, kmc_nl_do(request, NULL, NULL));
}
