/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How clients say who they are, in both protocols. Pure. */
#ifndef KMC_PROTO_AUTH_H
#define KMC_PROTO_AUTH_H

#include "reply.h"
#include "request.h"

/* Longest value that may be announced for it, in bytes. */
#define KMC_AUTH_VALUE_MAX 16384

/* Longest name and password together, in bytes, and a record of both. */
#define KMC_AUTH_NAMES_MAX	254
#define KMC_AUTH_RECORD		256

/* How much of a value is looked at: the binary protocol has two names in it. */
#define KMC_AUTH_KEPT (2 * KMC_AUTH_RECORD)

/* The one way there is in the binary protocol. */
#define KMC_AUTH_MECHANISM "PLAIN"

/**
 * struct kmc_auth_claim - what a client has sent
 * @len: length of the value
 * @filled: bytes of it, and of its CRLF, that have arrived
 * @has_space: there is a space in it
 * @bad_end: what came instead of CRLF was none; in the binary protocol, which has none:
 *	it cannot be right whatever it is
 * @kept: the beginning of the value
 */
struct kmc_auth_claim {
	u32	len;
	u32	filled;
	bool	has_space;
	bool	bad_end;
	char	kept[KMC_AUTH_KEPT];
};

enum kmc_reply kmc_auth_parse(struct kmc_span line, struct kmc_request *req);
void kmc_auth_take(struct kmc_auth_claim *claim, struct kmc_span part);
enum kmc_reply kmc_auth_split_text(const struct kmc_auth_claim *claim, char *record);
enum kmc_reply kmc_auth_split_plain(const struct kmc_auth_claim *claim, char *record);
bool kmc_auth_record(char *record, struct kmc_span user, struct kmc_span password);

#endif
