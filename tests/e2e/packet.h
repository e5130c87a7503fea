/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Requests of the binary protocol, and the replies wanted to them. */
#ifndef E2E_PACKET_H
#define E2E_PACKET_H

#include <stdint.h>

#include "script.h"

#define PACKET_HEADER 24

/* The most packets of a step, and steps of a row. */
#define PACKET_BATCH 10
#define PACKET_STEPS 6

/**
 * enum packet_cas - the cas id of a packet
 * @CAS_NONE: 0
 * @CAS_ANY: in a reply: whichever but 0, to be remembered
 * @CAS_LAST: the remembered one
 * @CAS_OTHER: one that no item has
 */
enum packet_cas {
	CAS_NONE,
	CAS_ANY,
	CAS_LAST,
	CAS_OTHER,
};

/**
 * struct packet_text - bytes
 * @data: the bytes; of a key, a text with place holders
 * @len: how many
 */
struct packet_text {
	const char *data;
	size_t len;
};

#define BYTES(literal) { literal, sizeof(literal) - 1 }

/**
 * struct packet_lengths - what a header says instead of the truth
 * @given: it does
 * @extras: length of the extras
 * @key: length of the key
 * @body: length of all
 */
struct packet_lengths {
	bool given;
	uint8_t extras;
	uint16_t key;
	uint32_t body;
};

/**
 * struct packet - a request or a reply
 * @magic: 0 marks the end of a list
 * @opcode: what is asked for
 * @status: of a reply; the vbucket of a request
 * @data_type: nobody looks at it
 * @opaque: repeated by the reply
 * @cas: which cas id
 * @extras: behind the header
 * @key: behind that
 * @value: behind that
 * @fill: and so many times the letter x
 * @lengths: what the header says, unless it is the truth
 */
struct packet {
	uint8_t magic;
	uint8_t opcode;
	uint16_t status;
	uint8_t data_type;
	uint32_t opaque;
	enum packet_cas cas;
	struct packet_text extras;
	struct packet_text key;
	struct packet_text value;
	size_t fill;
	struct packet_lengths lengths;
};

#define REQUEST(_opcode, ...) { .magic = 0x80, .opcode = _opcode, ##__VA_ARGS__ }
#define REPLY(_opcode, ...) { .magic = 0x81, .opcode = _opcode, ##__VA_ARGS__ }

/**
 * struct packet_step - requests that are sent together, and their replies
 * @requests: up to the first empty one
 * @replies: up to the first empty one
 * @closes: the server closes the connection then
 */
struct packet_step {
	struct packet requests[PACKET_BATCH];
	struct packet replies[PACKET_BATCH];
	bool closes;
};

/**
 * struct packet_row - one test, on one connection
 * @name: what it shows
 * @since: skip it on servers older than this CLIENT_VERSION(); 0 is never
 * @quirk: memcached itself gets this wrong, and we do not follow it
 * @steps: the exchanges, up to the first empty one
 */
struct packet_row {
	const char *name;
	unsigned int since;
	bool quirk;
	struct packet_step steps[PACKET_STEPS];
};

void packet_add(struct bytes *out, const struct packet *packet);
void packet_add_step(struct bytes *requests, struct bytes *replies,
		     const struct packet_step *step);
void packet_match(const struct bytes *got, struct bytes *wanted, const char *name, int line);
void packet_exchange(struct client *c, const struct bytes *requests, struct bytes *replies,
		     const char *name, int line);
void packet_run(struct client *c, const struct packet_step *step, const char *name, int line);
void packet_run_row(void **state);

#endif
