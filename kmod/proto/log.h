/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What those are told who watch: its kinds, and its lines. Pure. */
#ifndef KMC_PROTO_LOG_H
#define KMC_PROTO_LOG_H

#include <linux/types.h>

#include "token.h"

/* Kinds of what is told, bits of a set. Nothing here is a system event or a raw command. */
#define KMC_LOG_FETCHERS	0x01U
#define KMC_LOG_MUTATIONS	0x02U
#define KMC_LOG_EVICTIONS	0x04U
#define KMC_LOG_CONNEVENTS	0x08U
#define KMC_LOG_DELETIONS	0x10U
#define KMC_LOG_SYSEVENTS	0x20U
#define KMC_LOG_RAWCMDS		0x40U

/* Room for any line: a key of 255 bytes may become 765. */
#define KMC_LOG_LINE_MAX 1024

/* No key and no address is longer, bytes. */
#define KMC_LOG_TEXT_MAX 255

/**
 * enum kmc_log_type - what has happened
 * @KMC_LOG_ITEM_GET: a key was looked for
 * @KMC_LOG_ITEM_STORE: a value was offered for storing
 * @KMC_LOG_EVICTION: an item was removed to make room
 * @KMC_LOG_DELETED: a client has removed an item
 * @KMC_LOG_CONN_NEW: a client has come
 * @KMC_LOG_CONN_CLOSE: a connection has ended
 * @KMC_LOG_SKIPPED: something, but there was no room to keep it
 */
enum kmc_log_type {
	KMC_LOG_ITEM_GET,
	KMC_LOG_ITEM_STORE,
	KMC_LOG_EVICTION,
	KMC_LOG_DELETED,
	KMC_LOG_CONN_NEW,
	KMC_LOG_CONN_CLOSE,
	KMC_LOG_SKIPPED,
};

/**
 * enum kmc_log_status - how it went
 * @KMC_LOG_NOT_FOUND: no such key
 * @KMC_LOG_FOUND: the key is there
 * @KMC_LOG_FLUSHED: it was, and was flushed
 * @KMC_LOG_EXPIRED: it was, and has expired
 * @KMC_LOG_STORED: the value was stored
 * @KMC_LOG_NOT_STORED: the condition of the command failed
 * @KMC_LOG_EXISTS: the item has changed
 * @KMC_LOG_TOO_LARGE: the value is above the item size limit
 * @KMC_LOG_NO_MEMORY: there is no memory for it
 */
enum kmc_log_status {
	KMC_LOG_NOT_FOUND,
	KMC_LOG_FOUND,
	KMC_LOG_FLUSHED,
	KMC_LOG_EXPIRED,
	KMC_LOG_STORED,
	KMC_LOG_NOT_STORED,
	KMC_LOG_EXISTS,
	KMC_LOG_TOO_LARGE,
	KMC_LOG_NO_MEMORY,
};

/**
 * enum kmc_log_cmd - the command that did it
 * @KMC_LOG_CMD_SET: set
 * @KMC_LOG_CMD_ADD: add
 * @KMC_LOG_CMD_REPLACE: replace
 * @KMC_LOG_CMD_APPEND: append
 * @KMC_LOG_CMD_PREPEND: prepend
 * @KMC_LOG_CMD_CAS: cas, and whatever else compares cas ids
 * @KMC_LOG_CMD_DELETE: delete
 * @KMC_LOG_CMD_MD: md
 */
enum kmc_log_cmd {
	KMC_LOG_CMD_SET,
	KMC_LOG_CMD_ADD,
	KMC_LOG_CMD_REPLACE,
	KMC_LOG_CMD_APPEND,
	KMC_LOG_CMD_PREPEND,
	KMC_LOG_CMD_CAS,
	KMC_LOG_CMD_DELETE,
	KMC_LOG_CMD_MD,
};

/**
 * enum kmc_log_reason - why a connection has ended
 * @KMC_LOG_REASON_ERROR: it was broken, or what came was not understood
 * @KMC_LOG_REASON_NORMAL: the client has ended it
 * @KMC_LOG_REASON_IDLE: it was idle for too long
 * @KMC_LOG_REASON_SHUTDOWN: this side has ended it
 */
enum kmc_log_reason {
	KMC_LOG_REASON_ERROR,
	KMC_LOG_REASON_NORMAL,
	KMC_LOG_REASON_IDLE,
	KMC_LOG_REASON_SHUTDOWN,
};

/**
 * struct kmc_log - what has happened, but for a key or an address
 * @usec: when, microseconds since 1970
 * @gid: its number in the order of what is told; of %KMC_LOG_SKIPPED, how many they are
 * @ttl: how long the item has to live, seconds
 * @age: for how long it was there, seconds
 * @size: length of its value
 * @class: its size class
 * @id: of the connection
 * @port: of the client
 * @type: &enum kmc_log_type
 * @status: &enum kmc_log_status
 * @cmd: &enum kmc_log_cmd
 * @reason: &enum kmc_log_reason
 * @was_read: the item has been read
 * @text_len: length of the key, or of the client's address
 */
struct kmc_log {
	u64	usec;
	u64	gid;
	s64	ttl;
	u32	age;
	u32	size;
	u32	class;
	u32	id;
	u16	port;
	u8	type;
	u8	status;
	u8	cmd;
	u8	reason;
	u8	was_read;
	u8	text_len;
};

u32 kmc_log_parse_kinds(struct kmc_span words);
size_t kmc_log_compose(char *buf, const struct kmc_log *log, const char *text);

#endif
