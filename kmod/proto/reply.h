/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Replies as bytes. Pure. */
#ifndef KMC_PROTO_REPLY_H
#define KMC_PROTO_REPLY_H

#include <linux/types.h>

#include "token.h"

/* The version that is answered: clients compare it to know what they may use. */
#define KMC_PROTO_VERSION "1.6.45"

/**
 * enum kmc_reply - the replies that are always the same bytes
 * @KMC_REPLY_NONE: no reply
 * @KMC_REPLY_STORED: value stored
 * @KMC_REPLY_NOT_STORED: the condition of add, replace, append or prepend failed
 * @KMC_REPLY_EXISTS: cas: the item has changed
 * @KMC_REPLY_NOT_FOUND: no such key
 * @KMC_REPLY_DELETED: item removed
 * @KMC_REPLY_TOUCHED: expiry time changed
 * @KMC_REPLY_OK: done
 * @KMC_REPLY_END: end of values or of statistics
 * @KMC_REPLY_RESET: statistics reset
 * @KMC_REPLY_VERSION: the version
 * @KMC_REPLY_ERROR: unknown command
 * @KMC_REPLY_BAD_FORMAT: arguments missing or malformed
 * @KMC_REPLY_BAD_DELETE: arguments of delete malformed
 * @KMC_REPLY_BAD_CHUNK: a value was not followed by CRLF
 * @KMC_REPLY_BAD_EXPTIME: expiry time malformed
 * @KMC_REPLY_BAD_DELTA: number to add or subtract malformed
 * @KMC_REPLY_NON_NUMERIC: the value is not a number
 * @KMC_REPLY_TOO_LARGE: value above the item size limit
 * @KMC_REPLY_NO_MEMORY: no memory for the value
 * @KMC_REPLY_NO_MEMORY_DELTA: no memory for the new number
 * @KMC_REPLY_NO_MEMORY_READ: no memory for the beginning of a request; the
 *	connection is closed
 * @KMC_REPLY_TOO_MANY_CONNS: connection refused
 * @KMC_REPLY_NOOP: to ``mn``
 * @KMC_REPLY_MISS: to ``me``: no such key
 * @KMC_REPLY_BAD_TOKEN: number of a meta flag malformed
 * @KMC_REPLY_DUPLICATE_FLAG: a meta flag is there twice
 * @KMC_REPLY_INVALID_FLAG: there is no such meta flag
 * @KMC_REPLY_TOO_MANY_FLAGS: more words than a meta command may have
 * @KMC_REPLY_BAD_KEY: key is not base64
 * @KMC_REPLY_OPAQUE_TOO_LONG: opaque above its limit
 * @KMC_REPLY_BAD_MODE_SET: unknown mode of ``ms``
 * @KMC_REPLY_BAD_MODE_DELTA: unknown mode of ``ma``
 * @KMC_REPLY_BAD_INITIAL: initial number malformed
 * @KMC_REPLY_BAD_DELTA_VALUE: number to add or subtract malformed, but not in ``ma``
 * @KMC_REPLY_BAD_FLAGS: whatever is wrong with the flags of ``ma``
 * @KMC_REPLY_NO_MEMORY_GET: no memory for the answer to ``mg``
 * @KMC_REPLY_NO_MEMORY_NUMBER: no memory for a number that is not there yet
 * @KMC_REPLY_BAD_CLASS: ``lru_crawler``: there is no such class
 * @KMC_REPLY_NO_CLASS: ``lru_crawler``: no class was named
 * @KMC_REPLY_CRAWL_FAILED: ``lru_crawler crawl hash``
 * @KMC_REPLY_CRAWLER_OFF: ``lru_crawler disable`` came before
 * @KMC_REPLY_CRAWLER_ON: ``lru_crawler enable``: it is
 * @KMC_REPLY_BAD_SLEEP: ``lru_crawler sleep``: too long
 * @KMC_REPLY_BAD_REASSIGN: ``slabs reassign``: there is no such class
 * @KMC_REPLY_NO_SPARE: ``slabs reassign``: it has no more than it needs
 * @KMC_REPLY_SAME_CLASS: ``slabs reassign``: to itself
 * @KMC_REPLY_BAD_WINDOW: ``slabs automove window``: out of range
 * @KMC_REPLY_BAD_PERCENT: ``lru tune``: too much
 * @KMC_REPLY_BAD_FACTOR: ``lru tune``: not positive
 * @KMC_REPLY_LIMIT_LOW: ``cache_memlimit``: too low
 * @KMC_REPLY_LIMIT_BYTES: ``cache_memlimit``: can only be a mistake
 * @KMC_REPLY_LIMIT_HIGH: ``cache_memlimit``: more than there is
 * @KMC_REPLY_NO_SHUTDOWN: ``shutdown``: not for clients
 * @KMC_REPLY_BAD_LINE: ``stats cachedump``: arguments missing
 * @KMC_REPLY_BAD_SLAB: ``stats cachedump``: there is no such class
 * @KMC_REPLY_DETAIL_USAGE: to ``stats detail`` without a word that it knows
 * @KMC_REPLY_WATCH_PIPELINED: to ``watch`` behind what is not answered yet
 * @KMC_REPLY_TOO_MANY_WATCHERS: to ``watch``
 * @KMC_REPLY_NO_WATCHER: to ``watch``, for want of memory
 * @KMC_REPLY_HANGUP: not a reply: close the connection without one
 * @KMC_REPLY_AUTHENTICATED: the client is who it says
 * @KMC_REPLY_AUTH_FAILURE: it is not
 * @KMC_REPLY_UNAUTHENTICATED: it has to say who it is before it asks for anything
 * @KMC_REPLY_AUTH_TOO_LONG: what it wants to say is too long; the connection is closed
 * @KMC_REPLY_BAD_AUTH: it has said a name or a password, but not both
 * @KMC_REPLY_BAD_AUTH_END: what it has said was not followed by CRLF
 * @KMC_REPLY_AUTH_CONTINUE: in the binary protocol: it is to go on
 * @KMC_REPLY_AUTH_LIST: the same: in which ways it can be said
 * @KMC_REPLY_DENIED_FLUSH: flush_all is not allowed here
 * @KMC_REPLY_DENIED_DETAIL: the same of ``stats detail``
 * @KMC_REPLY_DENIED_CACHEDUMP: the same of ``stats cachedump``
 * @KMC_REPLY_DENIED_METADUMP: the same of ``lru_crawler metadump``
 * @KMC_REPLY_DENIED_WATCH: the same of ``watch``
 * @KMC_REPLY_DENIED_MGDUMP: the same of ``lru_crawler mgdump``
 */
enum kmc_reply {
	KMC_REPLY_NONE,
	KMC_REPLY_STORED,
	KMC_REPLY_NOT_STORED,
	KMC_REPLY_EXISTS,
	KMC_REPLY_NOT_FOUND,
	KMC_REPLY_DELETED,
	KMC_REPLY_TOUCHED,
	KMC_REPLY_OK,
	KMC_REPLY_END,
	KMC_REPLY_RESET,
	KMC_REPLY_VERSION,
	KMC_REPLY_ERROR,
	KMC_REPLY_BAD_FORMAT,
	KMC_REPLY_BAD_DELETE,
	KMC_REPLY_BAD_CHUNK,
	KMC_REPLY_BAD_EXPTIME,
	KMC_REPLY_BAD_DELTA,
	KMC_REPLY_NON_NUMERIC,
	KMC_REPLY_TOO_LARGE,
	KMC_REPLY_NO_MEMORY,
	KMC_REPLY_NO_MEMORY_DELTA,
	KMC_REPLY_NO_MEMORY_READ,
	KMC_REPLY_TOO_MANY_CONNS,
	KMC_REPLY_NOOP,
	KMC_REPLY_MISS,
	KMC_REPLY_BAD_TOKEN,
	KMC_REPLY_DUPLICATE_FLAG,
	KMC_REPLY_INVALID_FLAG,
	KMC_REPLY_TOO_MANY_FLAGS,
	KMC_REPLY_BAD_KEY,
	KMC_REPLY_OPAQUE_TOO_LONG,
	KMC_REPLY_BAD_MODE_SET,
	KMC_REPLY_BAD_MODE_DELTA,
	KMC_REPLY_BAD_INITIAL,
	KMC_REPLY_BAD_DELTA_VALUE,
	KMC_REPLY_BAD_FLAGS,
	KMC_REPLY_NO_MEMORY_GET,
	KMC_REPLY_NO_MEMORY_NUMBER,
	KMC_REPLY_BAD_CLASS,
	KMC_REPLY_NO_CLASS,
	KMC_REPLY_CRAWL_FAILED,
	KMC_REPLY_CRAWLER_OFF,
	KMC_REPLY_CRAWLER_ON,
	KMC_REPLY_BAD_SLEEP,
	KMC_REPLY_BAD_REASSIGN,
	KMC_REPLY_NO_SPARE,
	KMC_REPLY_SAME_CLASS,
	KMC_REPLY_BAD_WINDOW,
	KMC_REPLY_BAD_PERCENT,
	KMC_REPLY_BAD_FACTOR,
	KMC_REPLY_LIMIT_LOW,
	KMC_REPLY_LIMIT_BYTES,
	KMC_REPLY_LIMIT_HIGH,
	KMC_REPLY_NO_SHUTDOWN,
	KMC_REPLY_BAD_LINE,
	KMC_REPLY_BAD_SLAB,
	KMC_REPLY_DETAIL_USAGE,
	KMC_REPLY_WATCH_PIPELINED,
	KMC_REPLY_TOO_MANY_WATCHERS,
	KMC_REPLY_NO_WATCHER,
	KMC_REPLY_HANGUP,
	KMC_REPLY_AUTHENTICATED,
	KMC_REPLY_AUTH_FAILURE,
	KMC_REPLY_UNAUTHENTICATED,
	KMC_REPLY_AUTH_TOO_LONG,
	KMC_REPLY_BAD_AUTH,
	KMC_REPLY_BAD_AUTH_END,
	KMC_REPLY_AUTH_CONTINUE,
	KMC_REPLY_AUTH_LIST,
	KMC_REPLY_DENIED_FLUSH,
	KMC_REPLY_DENIED_DETAIL,
	KMC_REPLY_DENIED_CACHEDUMP,
	KMC_REPLY_DENIED_METADUMP,
	KMC_REPLY_DENIED_WATCH,
	KMC_REPLY_DENIED_MGDUMP,
};

/*
 * Room for the longest reply but values: that to a meta get with all flags, whose key
 * of 250 bytes is written as 336 bytes of base64.
 */
#define KMC_REPLY_LINE_MAX 480

/* Room for what may follow such a line in the same reply: a number, or what ends a value. */
#define KMC_REPLY_TAIL_MAX 64

struct kmc_span kmc_reply_text(enum kmc_reply reply);
size_t kmc_reply_compose_value(char *buf, struct kmc_span key, u32 flags, u32 value_len);
size_t kmc_reply_compose_value_cas(char *buf, struct kmc_span key, u32 flags, u32 value_len,
				   u64 cas);
size_t kmc_reply_compose_number(char *buf, u64 number);

#endif
