/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Replies without what may differ between two servers that are right.
 *
 * What may differ is replaced by a mark, in both, and what it was is remembered, so that it can
 * be said how often it did differ:
 *
 *	cas ids		which numbers they are is the server's to choose. Each is replaced by the
 *			place at which it was first seen on this connection: so equal ids must be
 *			equal in both, and different ones different. 0, which is none, stays.
 *	version		of the server, as it gives it: only there, and only that.
 *	ttl		seconds left: the servers are not asked in the same second. They may
 *			be TTL_SLACK apart.
 *	ttl over	of an item that is made expired, and answered once: memcached counts on
 *			below 0 in 32 bits without a sign, the module says 0.
 *	age		flag l, and la=: seconds since the last use. The module tells when the
 *			item's slab was last kept: README.md, "Limits".
 *	me		cls= and size= of me: where an item is, is each store's own business.
 *			And the sign of exp=, which is wrong in 1.6.18.
 */
#ifndef DIFF_CANON_H
#define DIFF_CANON_H

#include "stream.h"

/* Seconds between two servers that are asked the same. */
#define TTL_SLACK 20

enum mark {
	MARK_CAS,
	MARK_VERSION,
	MARK_TTL,
	MARK_TTL_OVER,
	MARK_AGE,
	MARK_ME,
	MARK_COUNT,
};

#define CANON_CAS_MAX 4096
#define CANON_MARKS_MAX 8192

/**
 * struct canon - what is known of a connection's replies
 * @version: what the server calls its version
 * @cas: the cas ids, in the order in which they were first seen
 * @cas_count: how many
 * @recent: the last of them, in the order in which they were seen
 * @recent_count: how many were
 * @marks: what was replaced
 * @mark_count: how many times
 */
struct canon {
	const char *version;
	uint64_t cas[CANON_CAS_MAX];
	unsigned int cas_count;
	uint64_t recent[4];
	unsigned int recent_count;
	struct {
		enum mark mark;
		uint64_t value;
	} marks[CANON_MARKS_MAX];
	unsigned int mark_count;
};

void canon_begin(struct canon *canon, const char *version);
void canon_add(struct canon *canon, enum protocol protocol, const struct bytes *reply,
	       struct bytes *out);
bool canon_agrees(const struct canon *a, const struct canon *b);
uint64_t canon_recent_cas(const struct canon *canon, unsigned int back);

#endif
