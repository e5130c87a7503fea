// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "conns.h"

#include <linux/kernel.h>

#include "dump.h"
#include "session.h"

/* memcached's names, which are those of its own states. */
static const char *name_of(enum kmc_activity activity)
{
	switch (activity) {
	case KMC_ACTIVITY_LISTENING:
		return "conn_listening";
	case KMC_ACTIVITY_EXECUTING:
		return "conn_parse_cmd";
	case KMC_ACTIVITY_RECEIVING:
		return "conn_nread";
	case KMC_ACTIVITY_SKIPPING:
		return "conn_swallow";
	case KMC_ACTIVITY_SENDING:
		return "conn_mwrite";
	case KMC_ACTIVITY_WATCHING:
		return "conn_watch";
	case KMC_ACTIVITY_CLOSING:
		return "conn_closing";
	default:
		return "conn_read";
	}
}

static int put_addr(char *buf, size_t room, u32 id, const char *name,
		    const struct sockaddr_storage *addr)
{
	return scnprintf(buf, room, "STAT %u:%s tcp%s:%pISpc\r\n", id, name,
			 addr->ss_family == AF_INET6 ? "6" : "", addr);
}

/* The longest has some 280 bytes: two IPv6 addresses, and a little. */
static size_t compose(char *buf, size_t room, const struct kmc_conn_view *view)
{
	size_t at = put_addr(buf, room, view->id, "addr", &view->peer);

	if (view->activity != KMC_ACTIVITY_LISTENING)
		at += put_addr(buf + at, room - at, view->id, "listen_addr", &view->local);
	at += scnprintf(buf + at, room - at, "STAT %u:state %s\r\n", view->id,
			name_of(view->activity));
	at += scnprintf(buf + at, room - at, "STAT %u:secs_since_last_cmd %u\r\n", view->id,
			view->idle);
	return at;
}

static void add_conn(const struct kmc_conn_view *view, struct kmc_out *out)
{
	kmc_out_commit(out, compose(kmc_out_line(out), KMC_REPLY_LINE_MAX, view));
}

/**
 * kmc_conns_next() - go on with ``stats conns``
 * @session: the connection's protocol state
 * @out: gets as much of it as there is room for
 *
 * Each is looked at when its lines are made, and no lock is held in between: those
 * that come and go meanwhile may be told of, or not.
 *
 * Return: true if it is complete.
 */
bool kmc_conns_next(struct kmc_session *session, struct kmc_out *out)
{
	struct kmc_env *env = session->env;
	struct kmc_conn_view view;

	while (kmc_out_has_room(out)) {
		if (!env->find_conn(env, session->dump_line, &view)) {
			kmc_dump_end(session, out);
			return true;
		}
		add_conn(&view, out);
		session->dump_line = view.id + 1;
	}
	return false;
}
