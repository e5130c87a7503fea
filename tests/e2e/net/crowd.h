/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Many connections at once, each of which has a part to play: what it sends, what it wants to
 * read, to the byte, and how it ends. Then it gets the next part.
 */
#ifndef E2E_NET_CROWD_H
#define E2E_NET_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <netinet/in.h>

#include "../bytes.h"

/**
 * enum crowd_end - how a part ends
 * @CROWD_STAY: it does not: the connection goes on with the next part
 * @CROWD_EOF: the server closes, and not by a reset; then we do
 * @CROWD_CLOSE: we close
 * @CROWD_RESET: we reset
 */
enum crowd_end {
	CROWD_STAY,
	CROWD_EOF,
	CROWD_CLOSE,
	CROWD_RESET,
};

/**
 * struct part - what a connection does
 * @request: what it sends
 * @wanted: what it must receive, exactly
 * @half_close: it shuts its sending side when all is sent
 * @end: how it ends
 */
struct part {
	struct bytes request;
	struct bytes wanted;
	bool half_close;
	enum crowd_end end;
};

/**
 * struct member - one of the crowd
 * @number: which, from 0
 * @part: what it does; for the crowd's next() to change
 * @own: for the crowd's next() to use
 * @fd: the socket, or -1
 * @connected: it is
 * @ended: the server has closed its side
 * @sent: bytes of the request
 * @shut: @part.half_close was done
 * @have: bytes of what is wanted
 * @moved: when something moved last
 */
struct member {
	unsigned int number;
	struct part part;
	void *own;
	int fd;
	bool connected;
	bool ended;
	size_t sent;
	bool shut;
	size_t have;
	long moved;
};

/**
 * struct crowd - all of them
 * @size: how many
 * @next: write the next part of a member, whose part is empty; false if there is none
 * @mss: the maximum segment size of the connections; 0 is TCP's choice
 * @spread: the server is behind that many addresses, the given one and those that follow
 * @address: of the server
 * @address_len: its length
 * @members: they
 * @parts: result: how many parts were played to their end
 * @failed: result: how many members failed, each of which is out
 * @longest: result: milliseconds of the longest pause
 */
struct crowd {
	unsigned int size;
	bool (*next)(struct member *m);
	int mss;
	unsigned int spread;
	struct sockaddr_storage address;
	socklen_t address_len;
	struct member *members;
	unsigned long parts;
	unsigned int failed;
	long longest;
};

void crowd_init(struct crowd *crowd, const char *host, const char *port, unsigned int size);
bool crowd_run(struct crowd *crowd);
long crowd_now_ms(void);
uint64_t crowd_random(uint64_t *state);
uint64_t crowd_below(uint64_t *state, uint64_t bound);
void crowd_add_value(struct bytes *b, uint64_t seed, size_t len);
unsigned long crowd_number(const char *word);

#endif
