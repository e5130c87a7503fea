/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* A server, and what it answers to a stream. */
#ifndef DIFF_PEER_H
#define DIFF_PEER_H

#include <sys/socket.h>

#include "canon.h"

/**
 * enum peer_end - how an exchange ended
 * @PEER_ANSWERED: all of it was answered
 * @PEER_CLOSED: the server closed the connection, or has lost it
 * @PEER_STALLED: nothing moved until the deadline
 */
enum peer_end {
	PEER_ANSWERED,
	PEER_CLOSED,
	PEER_STALLED,
};

/**
 * struct peer - a server
 * @name: what it is called in reports
 * @address: where it listens
 * @address_len: how long that is
 * @version: what it calls its version
 * @lie_at: a byte of its replies that is altered, counted from the first stream; -1 is none
 * @received: how many have come
 */
struct peer {
	const char *name;
	struct sockaddr_storage address;
	socklen_t address_len;
	char version[64];
	long lie_at;
	long received;
};

/**
 * struct outcome - what became of a stream
 * @sure: replies to the commands before the odd ones, as canon_add() writes them
 * @odd: and to the odd ones, as they came
 * @odd_canon: the same as canon_add() writes them
 * @audit: what is stored afterwards
 * @end: how it ended
 * @canon: what was replaced
 */
struct outcome {
	struct bytes sure;
	struct bytes odd;
	struct bytes odd_canon;
	struct bytes audit;
	enum peer_end end;
	struct canon canon;
};

bool peer_init(struct peer *peer, const char *host, const char *port);
void peer_run(struct peer *peer, const struct stream *stream, struct outcome *outcome);
void outcome_free(struct outcome *outcome);

#endif
