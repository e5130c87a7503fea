// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <linux/kmemcached.h>

#include "args.h"
#include "verb.h"

/**
 * struct event_row - how an event is shown
 * @name: what it is called in JSON
 * @label: what it is called as text
 * @text: what stands behind that, if the event has nothing of its own to say
 */
struct event_row {
	const char *name;
	const char *label;
	const char *text;
};

static const struct event_row events[] = {
	[KMC_EVENT_UNSPEC] = { NULL, NULL, NULL },
	[KMC_EVENT_LISTENER_UP] = { "listener_up", "listener up", "" },
	[KMC_EVENT_LISTENER_DOWN] = { "listener_down", "listener down", "" },
	[KMC_EVENT_LIMIT_DONE] = { "limit_done", "limit done", "" },
	[KMC_EVENT_CONN_LIMIT] = { "conn_limit", "connection limit", "clients are turned away" },
	[KMC_EVENT_MEM_PRESSURE] = { "mem_pressure", "memory pressure",
				     "the kernel has taken items" },
};

#define EVENT_COUNT	(sizeof(events) / sizeof(events[0]))

_Static_assert(sizeof(events) == (KMC_EVENT_MAX + 1) * sizeof(events[0]), "an event has no row");

static void print_event(const struct kmc_nl_reply *reply, void *context)
{
	struct event_row row = { NULL, NULL, "" };
	struct kmc_out *out = context;
	uint32_t event = 0;
	struct kmc_addr addr;
	uint64_t limit;
	char number[24];

	kmc_nl_get_u32(reply, KMC_A_EVENT, &event);
	if (event < EVENT_COUNT)
		row = events[event];
	if (!row.name) {
		snprintf(number, sizeof(number), "event_%u", event);
		row.name = number;
		row.label = number;
	}
	kmc_out_open_object(out);
	kmc_out_str(out, "event", NULL, row.name);
	if (kmc_listener_get_addr(reply, &addr))
		kmc_listener_print_addr(out, row.label, &addr);
	else if (kmc_nl_get(reply, KMC_A_MEM_LIMIT, &limit, sizeof(limit)) == sizeof(limit))
		kmc_out_u64(out, "limit", row.label, limit);
	else
		kmc_out_str(out, NULL, row.label, row.text);
	kmc_out_close_object(out);
}

/* Prints what comes. Ends when the caller is told to stop, or with an error. */
static enum kmc_status print_events(struct kmc_ctl *ctl, int stop)
{
	int err;

	do {
		err = kmc_nl_next(ctl->nl, stop, print_event, &ctl->out);
		if (err == -ENOBUFS) {
			fputs("kmcctl: monitor: some events were lost\n", stderr);
			err = 0;
		}
		/* Each line at once; who cannot be written to is told by the caller. */
	} while (!err && !kmc_out_finish(&ctl->out));
	return kmc_ctl_judge(ctl, err < 0 ? err : 0);
}

static enum kmc_status monitor(struct kmc_ctl *ctl, int stop)
{
	enum kmc_status status;
	int err;

	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	err = kmc_nl_join(ctl->nl);
	status = err ? kmc_ctl_judge(ctl, err) : print_events(ctl, stop);
	/* Events would stand between the answers to what follows in a batch. */
	kmc_ctl_disconnect(ctl);
	return status;
}

/**
 * kmc_monitor_run() - the verb monitor
 * @ctl: this run
 *
 * Return: the exit status; that is %KMC_DONE after SIGINT or SIGTERM.
 */
enum kmc_status kmc_monitor_run(struct kmc_ctl *ctl)
{
	struct signalfd_siginfo info;
	enum kmc_status status;
	sigset_t ends, before;
	int stop;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, &before);
	stop = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (stop < 0) {
		perror("kmcctl: monitor: signalfd");
		status = KMC_REFUSED;
	} else {
		status = monitor(ctl, stop);
		/* Taken out, or they would end this when they are not blocked any more. */
		while (read(stop, &info, sizeof(info)) > 0)
			;
		close(stop);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return status;
}
