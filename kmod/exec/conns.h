/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* stats conns. */
#ifndef KMC_EXEC_CONNS_H
#define KMC_EXEC_CONNS_H

#include <linux/kmemcached.h>
#include <linux/socket.h>
#include <linux/types.h>

struct kmc_out;
struct kmc_session;

/**
 * struct kmc_conn_view - what is told of a connection, or of a listener
 * @id: by which it is known
 * @activity: what it is doing
 * @peer: the client's address; of a listener, its own
 * @local: the address that the client has connected to
 * @listener: where that was accepted, as the listener's address is written
 * @age: for how long it has been there, seconds
 * @idle: how long ago something came, seconds
 */
struct kmc_conn_view {
	u32			id;
	enum kmc_activity	activity;
	struct sockaddr_storage	peer;
	struct sockaddr_storage	local;
	struct sockaddr_storage	listener;
	u32			age;
	u32			idle;
};

bool kmc_conns_next(struct kmc_session *session, struct kmc_out *out);

#endif
