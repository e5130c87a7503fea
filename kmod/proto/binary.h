/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The binary protocol: packets <-> requests and replies. Pure. */
#ifndef KMC_PROTO_BINARY_H
#define KMC_PROTO_BINARY_H

#include "reply.h"
#include "request.h"

/* The first byte of a request. A connection that begins with it is binary. */
#define KMC_BINARY_MAGIC 0x80

/* Every packet begins with a header of this many bytes. */
#define KMC_BINARY_HEADER_LEN 24

/* The most that is wanted of a request in one piece: header, extras and key. */
#define KMC_BINARY_HEAD_MAX (KMC_BINARY_HEADER_LEN + 20 + KMC_KEY_MAX)

/* Longest body, in bytes. */
#define KMC_BINARY_BODY_MAX 0x40000000U

/**
 * enum kmc_binary_status - how a request went, as the protocol numbers it
 * @KMC_BINARY_OK: it was done
 * @KMC_BINARY_NOT_FOUND: no such key
 * @KMC_BINARY_EXISTS: the key is there, or its cas id is another one
 * @KMC_BINARY_TOO_LARGE: value above the item size limit
 * @KMC_BINARY_INVALID: malformed; the connection is closed
 * @KMC_BINARY_NOT_STORED: the condition of append or prepend failed
 * @KMC_BINARY_NON_NUMERIC: the value is not a number
 * @KMC_BINARY_AUTH_ERROR: not allowed, or not to this client
 * @KMC_BINARY_AUTH_CONTINUE: the client is to go on with saying who it is
 * @KMC_BINARY_UNKNOWN: unknown opcode, or lengths that contradict each other
 * @KMC_BINARY_NO_MEMORY: no memory
 */
enum kmc_binary_status {
	KMC_BINARY_OK		= 0x00,
	KMC_BINARY_NOT_FOUND	= 0x01,
	KMC_BINARY_EXISTS	= 0x02,
	KMC_BINARY_TOO_LARGE	= 0x03,
	KMC_BINARY_INVALID	= 0x04,
	KMC_BINARY_NOT_STORED	= 0x05,
	KMC_BINARY_NON_NUMERIC	= 0x06,
	KMC_BINARY_AUTH_ERROR	= 0x20,
	KMC_BINARY_AUTH_CONTINUE = 0x21,
	KMC_BINARY_UNKNOWN	= 0x81,
	KMC_BINARY_NO_MEMORY	= 0x82,
};

/**
 * struct kmc_binary_echo - what the reply has to know of its request
 * @opcode: its opcode, which is repeated
 * @is_quiet: a success that has nothing to tell is not told
 * @with_key: a value is answered with its key
 * @opaque: the client's own, which is repeated
 */
struct kmc_binary_echo {
	u8	opcode;
	bool	is_quiet;
	bool	with_key;
	u32	opaque;
};

/**
 * struct kmc_packet - a parsed request
 * @req: the request; @req.noreply is never set, and @req.key is that of all requests
 * @echo: for its reply
 */
struct kmc_packet {
	struct kmc_request	req;
	struct kmc_binary_echo	echo;
};

/**
 * struct kmc_binary_reply - a reply
 * @status: how it went
 * @cas: cas id, or 0
 * @extras: what comes first behind the header
 * @key: what comes next
 * @text: what comes last
 * @rest: bytes that follow @text and are sent by other means
 *
 * All together, without @rest, not more than %KMC_REPLY_LINE_MAX - %KMC_BINARY_HEADER_LEN.
 */
struct kmc_binary_reply {
	enum kmc_binary_status	status;
	u64			cas;
	struct kmc_span		extras;
	struct kmc_span		key;
	struct kmc_span		text;
	u32			rest;
};

size_t kmc_binary_head_len(const char *header);
enum kmc_reply kmc_binary_parse(struct kmc_span head, struct kmc_packet *packet);
enum kmc_binary_status kmc_binary_status(enum kmc_reply reply);
struct kmc_span kmc_binary_text(enum kmc_reply reply);
size_t kmc_binary_compose(char *buf, const struct kmc_binary_echo *echo,
			  const struct kmc_binary_reply *reply);

#endif
