/* SPDX-License-Identifier: ((GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * kmemcached: control of the in-kernel memcached server over generic netlink.
 *
 * This header is the manual of the interface. The family is "kmemcached",
 * version 1; asking for it by name loads the module. All requests concern the
 * server of the network namespace the netlink socket lives in, and all of them
 * need CAP_NET_ADMIN in the initial user namespace. Every refusal by the module
 * carries an extended-ACK message.
 *
 * A namespace has no server state worth mentioning until its first
 * %KMC_CMD_LISTENER_ADD; then it gets one cache, which all its listeners share
 * and which lives until the namespace or the module goes.
 *
 * Commands (request attributes -> reply attributes):
 *
 * %KMC_CMD_LISTENER_ADD: %KMC_A_LISTENER_ADDR, %KMC_A_LISTENER_PORT
 *	[, %KMC_A_LISTENER_BACKLOG] [, %KMC_A_LISTENER_PROTOCOL]
 *	[, %KMC_A_LISTENER_AUTH] [, %KMC_A_LISTENER_DENY]
 *	[, %KMC_A_LISTENER_INLINE] -> nothing.
 *	Listen on a TCP address. -EADDRINUSE: something listens there already;
 *	-EADDRNOTAVAIL: not an address of this namespace; -EAFNOSUPPORT: the
 *	kernel has no IPv6.
 *
 * %KMC_CMD_LISTENER_REMOVE: [%KMC_A_LISTENER_ADDR, %KMC_A_LISTENER_PORT]
 *	-> nothing.
 *	Stop listening there and close the connections that were accepted
 *	there. Without attributes: all listeners. When the command returns,
 *	they are gone. -ENOENT: there is no such listener.
 *
 * %KMC_CMD_LISTENER_GET (dump): nothing -> one message a listener:
 *	%KMC_A_LISTENER_ADDR, %KMC_A_LISTENER_PORT, %KMC_A_LISTENER_BACKLOG,
 *	%KMC_A_LISTENER_CONNS, %KMC_A_LISTENER_PROTOCOL, %KMC_A_LISTENER_AUTH,
 *	%KMC_A_LISTENER_DENY, %KMC_A_LISTENER_INLINE.
 *
 * %KMC_CMD_LISTENER_SET: %KMC_A_LISTENER_ADDR, %KMC_A_LISTENER_PORT,
 *	%KMC_A_LISTENER_INLINE -> nothing.
 *	Change a listener; it holds for the connections that are open, too.
 *	-ENOENT: there is no such listener.
 *
 * %KMC_CMD_SETTINGS_SET: any of the settings -> nothing.
 *	All of them are set, or none. -ERANGE: a value outside its range. The
 *	settings are %KMC_A_MEM_LIMIT, %KMC_A_EVICT, %KMC_A_SHRINK,
 *	%KMC_A_SHRINK_FLOOR, %KMC_A_LARGE, %KMC_A_ITEM_SIZE_MAX,
 *	%KMC_A_MAX_CONNECTIONS, %KMC_A_IDLE_TIMEOUT, %KMC_A_STUCK_TIMEOUT,
 *	%KMC_A_PREFIX_DELIMITER and %KMC_A_REQUESTS_PER_TURN; what is set before
 *	the first listener holds once there is a cache. When the memory limit is lowered,
 *	the command returns when memory was given back; what is in the middle
 *	of being received or sent may take longer, and without eviction
 *	nothing is removed: %KMC_STAT_LIMIT_PENDING and %KMC_EVENT_LIMIT_DONE
 *	tell when the limit is kept.
 *
 * %KMC_CMD_SETTINGS_GET (do): nothing -> all settings.
 *
 * %KMC_CMD_FLUSH: [%KMC_A_FLUSH_DELAY] -> nothing.
 *	Invalidate all items, now or after the delay. A later flush replaces
 *	one that is still pending.
 *
 * %KMC_CMD_STATS_GET (do): nothing -> %KMC_A_STATS, a nest of one u64 for each
 *	member of &enum kmc_stat. An attribute that user space does not know is
 *	a newer statistic; one that is missing, a newer user space.
 *
 * %KMC_CMD_LATENCY_GET (dump): nothing -> one message for each member of
 *	&enum kmc_latency_class: %KMC_A_LATENCY_CLASS, %KMC_A_LATENCY_TURNS,
 *	%KMC_A_LATENCY_BUCKETS.
 *	For how long requests wait in the server. The time begins when TCP tells
 *	it that bytes have arrived; for what it leaves to the connection's next
 *	turn, at the end of the turn that has left it; and where a client that
 *	does not read its replies has kept it from going on, when that is over.
 *	It ends when the request is executed and its reply is put together, or,
 *	where that is long, begun. So it has in it the wait for a work item, and
 *	for those requests that came before in the same turn, but nothing of what
 *	TCP and the network need. A retrieval counts once, with all of its keys,
 *	and from the turn in which its end is executed.
 *
 * %KMC_CMD_AUTH_SET: [%KMC_A_AUTH_TOKEN]... -> nothing.
 *	Replace all tokens by which clients prove who they are, at once. Without
 *	any, nobody can. Connections that have done so already stay. Tokens
 *	cannot be read back. At most %KMC_TOKENS_MAX (-E2BIG).
 * %KMC_CMD_CONN_GET (dump): nothing -> one message a connection:
 *	%KMC_A_CONN_ID, %KMC_A_CONN_ADDR, %KMC_A_CONN_PORT, %KMC_A_LISTENER_ADDR,
 *	%KMC_A_LISTENER_PORT, %KMC_A_CONN_ACTIVITY, %KMC_A_CONN_AGE, %KMC_A_CONN_IDLE.
 *	Connections that come and go meanwhile may be among them, or not.
 *
 * %KMC_CMD_CONN_REMOVE: [%KMC_A_CONN_ID] -> nothing.
 *	Close a connection by a reset. Without an attribute: all that are there. When
 *	the command returns they may still be finishing a request. -ENOENT: there
 *	is no such connection.
 *
 * The multicast group %KMC_GENL_GROUP_EVENTS has one message,
 * %KMC_CMD_EVENT: %KMC_A_EVENT, and what &enum kmc_event says, about the
 * server of the network namespace that the socket lives in. To join needs
 * CAP_NET_ADMIN in the user namespace that owns the network namespace.
 * Events may be lost, as all of netlink's (-ENOBUFS), and for want of memory:
 * the state is what the commands above tell. A listener that goes with its
 * namespace or with the module is not told of. When the module is unloaded, the
 * group is gone and its members are in it no more; generic netlink's controller
 * tells that (CTRL_CMD_DELFAMILY to its group "notify").
 */
#ifndef _UAPI_LINUX_KMEMCACHED_H
#define _UAPI_LINUX_KMEMCACHED_H

#define KMC_GENL_NAME		"kmemcached"
#define KMC_GENL_VERSION	1

/* The multicast group. */
#define KMC_GENL_GROUP_EVENTS	"events"

/* The port memcached clients use when they are not told another one. */
#define KMC_DEFAULT_PORT	11211

/**
 * enum kmc_cmd - generic netlink commands
 * @KMC_CMD_UNSPEC: not a command
 * @KMC_CMD_LISTENER_ADD: listen on an address
 * @KMC_CMD_LISTENER_REMOVE: stop listening on one address, or on all
 * @KMC_CMD_LISTENER_GET: dump the listeners
 * @KMC_CMD_SETTINGS_GET: read the settings
 * @KMC_CMD_SETTINGS_SET: change settings
 * @KMC_CMD_FLUSH: invalidate all items
 * @KMC_CMD_STATS_GET: read the statistics
 * @KMC_CMD_EVENT: something has happened; only sent by the kernel
 * @KMC_CMD_AUTH_SET: replace the tokens of clients
 * @KMC_CMD_CONN_GET: dump the connections
 * @KMC_CMD_CONN_REMOVE: close one connection, or all
 * @KMC_CMD_LISTENER_SET: change a listener
 * @KMC_CMD_LATENCY_GET: dump for how long requests wait in the server
 */
enum kmc_cmd {
	KMC_CMD_UNSPEC,
	KMC_CMD_LISTENER_ADD,
	KMC_CMD_LISTENER_REMOVE,
	KMC_CMD_LISTENER_GET,
	KMC_CMD_SETTINGS_GET,
	KMC_CMD_SETTINGS_SET,
	KMC_CMD_FLUSH,
	KMC_CMD_STATS_GET,
	KMC_CMD_EVENT,
	KMC_CMD_AUTH_SET,
	KMC_CMD_CONN_GET,
	KMC_CMD_CONN_REMOVE,
	KMC_CMD_LISTENER_SET,
	KMC_CMD_LATENCY_GET,

	/* private: */
	__KMC_CMD_MAX
};

#define KMC_CMD_MAX (__KMC_CMD_MAX - 1)

/**
 * enum kmc_attr - top-level attributes
 * @KMC_A_UNSPEC: not an attribute
 * @KMC_A_LISTENER_ADDR: binary, 4 bytes IPv4 or 16 bytes IPv6, network order;
 *	all zeroes is every address (IPv6: of both families, unless the
 *	bindv6only sysctl says otherwise)
 * @KMC_A_LISTENER_PORT: u16, host order, 1..65535
 * @KMC_A_LISTENER_BACKLOG: u32, connections waiting to be accepted, 1..65535;
 *	default 1024
 * @KMC_A_LISTENER_CONNS: u32, connections open now that were accepted there
 * @KMC_A_MEM_LIMIT: u64, bytes, hard limit of all memory the cache takes;
 *	at least %KMC_MEM_LIMIT_MIN, at most the machine's memory; default 64 MiB
 * @KMC_A_FLUSH_DELAY: u32, seconds until the flush; default 0
 * @KMC_A_STATS: nest of &enum kmc_stat
 * @KMC_A_PAD: padding for 64-bit attributes
 * @KMC_A_EVICT: u8, 0 or 1, default 1: whether items are removed to make room for
 *	others. If not, a value that finds no memory is refused (memcached -M).
 * @KMC_A_SHRINK: u8, 0 or 1, default 1: whether the kernel may take items that
 *	are seldom read when it is short of memory
 * @KMC_A_SHRINK_FLOOR: u64, bytes, at most the machine's memory; default 0: how
 *	much memory the kernel leaves to the cache then
 * @KMC_A_LARGE: u32, bytes, %KMC_LARGE_MIN to %KMC_LARGE_MAX; default
 *	%KMC_LARGE_MAX: an item that is stored from now on and is larger than
 *	this, its key and header included, has pages of its own. There are no
 *	larger chunks than %KMC_LARGE_MAX to put it into.
 * @KMC_A_EVENT: u32, &enum kmc_event
 * @KMC_A_LISTENER_PROTOCOL: u32, &enum kmc_protocol, default %KMC_PROTOCOL_AUTO
 * @KMC_A_LISTENER_AUTH: u8, 0 or 1, default 0: whether clients that come by this
 *	listener must authenticate themselves before anything else
 * @KMC_A_LISTENER_DENY: u32, bits of &enum kmc_cap, default 0: what they may not do
 * @KMC_A_AUTH_TOKEN: nest of &enum kmc_token_attr; may be there several times
 * @KMC_A_ITEM_SIZE_MAX: u32, bytes, %KMC_ITEM_SIZE_MIN to %KMC_ITEM_SIZE_MAX, and at
 *	most half of the memory limit; default 1 MiB: the largest item, its key and
 *	memcached's header included (memcached -I). Items that are stored already
 *	stay.
 * @KMC_A_MAX_CONNECTIONS: u32, 1 to %KMC_CONNECTIONS_MAX, default 1024: how many
 *	connections there may be, of all listeners. Those that are there stay.
 * @KMC_A_IDLE_TIMEOUT: u32, seconds, at most %KMC_TIMEOUT_MAX, default 0: a connection
 *	without a complete request for so long is closed, unless a value or a
 *	reply is on its way. 0: never.
 * @KMC_A_STUCK_TIMEOUT: u32, the same: a connection with a value or a reply on its way
 *	of which nothing has moved for so long is reset. 0: never.
 * @KMC_A_PREFIX_DELIMITER: u8, a printable ASCII character but space; default ':':
 *	what ends the part of a key that statistics are kept by
 * @KMC_A_REQUESTS_PER_TURN: u32, 1 to %KMC_REQUESTS_PER_TURN_MAX, default 256: steps of
 *	requests (a line, a key, a packet, a value) that a connection may take
 *	before others have their turn
 * @KMC_A_CONN_ID: u32, from 1: the number of a connection, which is no other's as
 *	long as it lasts, nor soon after; clients see it as the fd in "stats conns"
 *	and as the cfd of "watch"
 * @KMC_A_CONN_ADDR: binary, 4 bytes IPv4 or 16 bytes IPv6, network order: the
 *	client's address
 * @KMC_A_CONN_PORT: u16, host order: the client's port
 * @KMC_A_CONN_ACTIVITY: u32, &enum kmc_activity
 * @KMC_A_CONN_AGE: u32, for how long it has been there, seconds
 * @KMC_A_CONN_IDLE: u32, how long ago the client has sent something, seconds
 * @KMC_A_LISTENER_INLINE: u8, 0 or 1, default 1: whether short requests are answered
 *	in the softirq that has received them. If not, and for all that is not short, a
 *	work item is queued.
 * @KMC_A_LATENCY_CLASS: u32, &enum kmc_latency_class
 * @KMC_A_LATENCY_TURNS: u32: on each CPU the requests of one turn of a connection in so
 *	many are looked at, and counted here
 * @KMC_A_LATENCY_BUCKETS: nest of %KMC_LATENCY_BUCKETS u64: attribute N, from 1, is the
 *	number of requests that took less than 2^N nanoseconds, and are not among those
 *	before; the last one has also those that took longer. Since the server began, or
 *	a client said "stats reset".
 */
enum kmc_attr {
	KMC_A_UNSPEC,
	KMC_A_LISTENER_ADDR,
	KMC_A_LISTENER_PORT,
	KMC_A_LISTENER_BACKLOG,
	KMC_A_LISTENER_CONNS,
	KMC_A_MEM_LIMIT,
	KMC_A_FLUSH_DELAY,
	KMC_A_STATS,
	KMC_A_PAD,
	KMC_A_EVICT,
	KMC_A_SHRINK,
	KMC_A_SHRINK_FLOOR,
	KMC_A_LARGE,
	KMC_A_EVENT,
	KMC_A_LISTENER_PROTOCOL,
	KMC_A_LISTENER_AUTH,
	KMC_A_LISTENER_DENY,
	KMC_A_AUTH_TOKEN,
	KMC_A_ITEM_SIZE_MAX,
	KMC_A_MAX_CONNECTIONS,
	KMC_A_IDLE_TIMEOUT,
	KMC_A_STUCK_TIMEOUT,
	KMC_A_PREFIX_DELIMITER,
	KMC_A_REQUESTS_PER_TURN,
	KMC_A_CONN_ID,
	KMC_A_CONN_ADDR,
	KMC_A_CONN_PORT,
	KMC_A_CONN_ACTIVITY,
	KMC_A_CONN_AGE,
	KMC_A_CONN_IDLE,
	KMC_A_LISTENER_INLINE,
	KMC_A_LATENCY_CLASS,
	KMC_A_LATENCY_TURNS,
	KMC_A_LATENCY_BUCKETS,

	/* private: */
	__KMC_A_MAX
};

#define KMC_A_MAX (__KMC_A_MAX - 1)

/* Range and default of KMC_A_MEM_LIMIT, bytes. */
#define KMC_MEM_LIMIT_MIN	(8 << 20)
#define KMC_MEM_LIMIT_DEFAULT	(64 << 20)

/* Range of KMC_A_LARGE, bytes; the default is the largest. */
#define KMC_LARGE_MIN		1024
#define KMC_LARGE_MAX		16384

/* Range and default of KMC_A_ITEM_SIZE_MAX, bytes. */
#define KMC_ITEM_SIZE_MIN	1024
#define KMC_ITEM_SIZE_MAX	(1024 << 20)
#define KMC_ITEM_SIZE_DEFAULT	(1024 << 10)

/* Range and default of KMC_A_MAX_CONNECTIONS. */
#define KMC_CONNECTIONS_MAX	1000000
#define KMC_CONNECTIONS_DEFAULT	1024

/* Range of KMC_A_IDLE_TIMEOUT and KMC_A_STUCK_TIMEOUT, seconds. */
#define KMC_TIMEOUT_MAX		86400

/* Range and default of KMC_A_REQUESTS_PER_TURN. */
#define KMC_REQUESTS_PER_TURN_MAX	65536
#define KMC_REQUESTS_PER_TURN_DEFAULT	256

/* How many tokens there may be, and bytes in the name and password of one together. */
#define KMC_TOKENS_MAX		64
#define KMC_TOKEN_SIZE_MAX	254

/* How many numbers there are in KMC_A_LATENCY_BUCKETS. */
#define KMC_LATENCY_BUCKETS	36

/**
 * enum kmc_protocol - what is spoken on a listener's connections
 * @KMC_PROTOCOL_AUTO: what the first byte of each connection says
 * @KMC_PROTOCOL_TEXT: the text protocol (memcached -B ascii)
 * @KMC_PROTOCOL_BINARY: the binary protocol (memcached -B binary)
 */
enum kmc_protocol {
	KMC_PROTOCOL_AUTO,
	KMC_PROTOCOL_TEXT,
	KMC_PROTOCOL_BINARY,

	/* private: */
	__KMC_PROTOCOL_MAX
};

#define KMC_PROTOCOL_MAX (__KMC_PROTOCOL_MAX - 1)

/**
 * enum kmc_cap - what clients may do or not, a bit each
 * @KMC_CAP_FLUSH: flush_all (memcached -F)
 * @KMC_CAP_DUMP: have keys and statistics about them listed: ``stats cachedump``,
 *	``stats detail``, ``lru_crawler metadump`` and ``mgdump`` (memcached -X)
 * @KMC_CAP_WATCH: watch what others do (memcached -W)
 */
enum kmc_cap {
	KMC_CAP_FLUSH	= 1,
	KMC_CAP_DUMP	= 2,
	KMC_CAP_WATCH	= 4
};

#define KMC_CAP_ALL (KMC_CAP_FLUSH | KMC_CAP_DUMP | KMC_CAP_WATCH)

/**
 * enum kmc_token_attr - in the nest %KMC_A_AUTH_TOKEN; both are needed
 * @KMC_TOKEN_A_UNSPEC: not an attribute
 * @KMC_TOKEN_A_USER: binary, at least a byte, no NUL: a name
 * @KMC_TOKEN_A_PASSWORD: the same: its password. Together they have at most
 *	%KMC_TOKEN_SIZE_MAX bytes.
 */
enum kmc_token_attr {
	KMC_TOKEN_A_UNSPEC,
	KMC_TOKEN_A_USER,
	KMC_TOKEN_A_PASSWORD,

	/* private: */
	__KMC_TOKEN_A_MAX
};

#define KMC_TOKEN_A_MAX (__KMC_TOKEN_A_MAX - 1)

/**
 * enum kmc_event - what has happened
 * @KMC_EVENT_UNSPEC: not an event
 * @KMC_EVENT_LISTENER_UP: a listener was added: %KMC_A_LISTENER_ADDR,
 *	%KMC_A_LISTENER_PORT
 * @KMC_EVENT_LISTENER_DOWN: a listener was removed, and the connections accepted
 *	there are closed: %KMC_A_LISTENER_ADDR, %KMC_A_LISTENER_PORT
 * @KMC_EVENT_LIMIT_DONE: %KMC_A_MEM_LIMIT was set, and no more memory than that is
 *	in use: at once, or after a lower limit when it has been given back
 * @KMC_EVENT_CONN_LIMIT: connections are turned away because there are as many as
 *	there may be; told at most once a second
 * @KMC_EVENT_MEM_PRESSURE: the kernel is short of memory and has taken items; told
 *	at most once a second
 */
enum kmc_event {
	KMC_EVENT_UNSPEC,
	KMC_EVENT_LISTENER_UP,
	KMC_EVENT_LISTENER_DOWN,
	KMC_EVENT_LIMIT_DONE,
	KMC_EVENT_CONN_LIMIT,
	KMC_EVENT_MEM_PRESSURE,

	/* private: */
	__KMC_EVENT_MAX
};

#define KMC_EVENT_MAX (__KMC_EVENT_MAX - 1)

/**
 * enum kmc_latency_class - which requests, of both protocols
 * @KMC_LATENCY_UNSPEC: not a class
 * @KMC_LATENCY_GET: get, gets
 * @KMC_LATENCY_TOUCH: touch, gat, gats
 * @KMC_LATENCY_STORE: set, add, replace, append, prepend, cas
 * @KMC_LATENCY_DELTA: incr, decr
 * @KMC_LATENCY_DELETE: delete
 * @KMC_LATENCY_META_GET: mg
 * @KMC_LATENCY_META: the other meta commands that look at items: ms, md, ma, me
 * @KMC_LATENCY_OTHER: all others, and what is refused before it is begun
 */
enum kmc_latency_class {
	KMC_LATENCY_UNSPEC,
	KMC_LATENCY_GET,
	KMC_LATENCY_TOUCH,
	KMC_LATENCY_STORE,
	KMC_LATENCY_DELTA,
	KMC_LATENCY_DELETE,
	KMC_LATENCY_META_GET,
	KMC_LATENCY_META,
	KMC_LATENCY_OTHER,

	/* private: */
	__KMC_LATENCY_MAX
};

#define KMC_LATENCY_MAX (__KMC_LATENCY_MAX - 1)

/**
 * enum kmc_activity - what a connection is doing
 * @KMC_ACTIVITY_UNSPEC: nothing that has a name
 * @KMC_ACTIVITY_LISTENING: it is a listener; connections are not
 * @KMC_ACTIVITY_READING: waiting for a request, or for the rest of one
 * @KMC_ACTIVITY_EXECUTING: in the middle of a request
 * @KMC_ACTIVITY_RECEIVING: waiting for the rest of a value
 * @KMC_ACTIVITY_SKIPPING: the same, of a value that is refused
 * @KMC_ACTIVITY_SENDING: it has replies that are not sent yet
 * @KMC_ACTIVITY_WATCHING: it is told what happens ("watch")
 * @KMC_ACTIVITY_CLOSING: it is ending
 */
enum kmc_activity {
	KMC_ACTIVITY_UNSPEC,
	KMC_ACTIVITY_LISTENING,
	KMC_ACTIVITY_READING,
	KMC_ACTIVITY_EXECUTING,
	KMC_ACTIVITY_RECEIVING,
	KMC_ACTIVITY_SKIPPING,
	KMC_ACTIVITY_SENDING,
	KMC_ACTIVITY_WATCHING,
	KMC_ACTIVITY_CLOSING,

	/* private: */
	__KMC_ACTIVITY_MAX
};

#define KMC_ACTIVITY_MAX (__KMC_ACTIVITY_MAX - 1)

/**
 * enum kmc_stat - statistics, all u64, in the nest %KMC_A_STATS
 *
 * Named after the memcached statistic of the same meaning. Counters start at
 * zero when the server does, and again when a client says "stats reset"; those
 * marked "now" are states.
 *
 * @KMC_STAT_UNSPEC: not a statistic
 * @KMC_STAT_UPTIME: seconds since the cache was created
 * @KMC_STAT_CURR_CONNECTIONS: connections open now
 * @KMC_STAT_MAX_CONNECTIONS: how many may be open at once
 * @KMC_STAT_TOTAL_CONNECTIONS: connections accepted
 * @KMC_STAT_REJECTED_CONNECTIONS: connections closed because of the limit
 * @KMC_STAT_CMD_GET: keys asked for by get and gets
 * @KMC_STAT_CMD_SET: values offered for storing, of every storage command
 * @KMC_STAT_CMD_FLUSH: flush commands, refused ones included
 * @KMC_STAT_CMD_TOUCH: keys of touch, gat and gats
 * @KMC_STAT_GET_HITS: keys found by get and gets
 * @KMC_STAT_GET_MISSES: keys not found by get and gets
 * @KMC_STAT_GET_EXPIRED: those of the misses that had expired
 * @KMC_STAT_GET_FLUSHED: those of the misses that had been flushed
 * @KMC_STAT_DELETE_HITS: items deleted
 * @KMC_STAT_DELETE_MISSES: delete of a missing key
 * @KMC_STAT_INCR_HITS: values incremented
 * @KMC_STAT_INCR_MISSES: incr of a missing key
 * @KMC_STAT_DECR_HITS: values decremented
 * @KMC_STAT_DECR_MISSES: decr of a missing key
 * @KMC_STAT_CAS_HITS: cas that stored
 * @KMC_STAT_CAS_MISSES: cas of a missing key
 * @KMC_STAT_CAS_BADVAL: cas of an item that had changed
 * @KMC_STAT_TOUCH_HITS: keys found by touch, gat and gats
 * @KMC_STAT_TOUCH_MISSES: keys not found by touch, gat and gats
 * @KMC_STAT_STORE_TOO_LARGE: values refused for their size
 * @KMC_STAT_STORE_NO_MEMORY: values refused for want of memory
 * @KMC_STAT_BYTES_READ: bytes received from clients
 * @KMC_STAT_BYTES_WRITTEN: bytes handed to TCP for clients
 * @KMC_STAT_CONN_YIELDS: times a connection used up its turn
 * @KMC_STAT_CURR_ITEMS: items stored now
 * @KMC_STAT_TOTAL_ITEMS: items ever stored
 * @KMC_STAT_BYTES: bytes of the items stored now, as memcached would count them
 * @KMC_STAT_LIMIT_MAXBYTES: the memory limit now, bytes
 * @KMC_STAT_MEM_USED: memory taken from the system now, bytes: items, index,
 *	and what is freed but must wait for readers
 * @KMC_STAT_EVICTIONS: live items removed to make room
 * @KMC_STAT_EXPIRED_UNFETCHED: items that expired and had never been read
 * @KMC_STAT_EVICTED_UNFETCHED: evicted items that had never been read
 * @KMC_STAT_RECLAIMED: dead items (expired or flushed) removed to make room
 * @KMC_STAT_HASH_BUCKETS: buckets of the index now
 * @KMC_STAT_HASH_BYTES: memory of the index now, bytes
 * @KMC_STAT_HASH_IS_EXPANDING: 1 while the index grows
 * @KMC_STAT_SHRUNK_BYTES: memory of items given back because the system was short
 *	of it, bytes
 * @KMC_STAT_LIMIT_PENDING: 1 while more memory is in use than a limit that was
 *	lowered allows, now
 * @KMC_STAT_CMD_META: meta debug commands (me)
 * @KMC_STAT_AUTH_CMDS: attempts to authenticate
 * @KMC_STAT_AUTH_ERRORS: those that failed
 * @KMC_STAT_IDLE_KICKS: connections closed by %KMC_A_IDLE_TIMEOUT
 * @KMC_STAT_STUCK_KICKS: connections reset by %KMC_A_STUCK_TIMEOUT
 * @KMC_STAT_LOG_WATCHERS: connections that watch, now
 * @KMC_STAT_LOG_WORKER_DROPPED: what somebody watched, and nobody had room for
 * @KMC_STAT_LOG_WORKER_WRITTEN: what somebody watched, and had room for
 * @KMC_STAT_LOG_WATCHER_SKIPPED: lines that a watcher had no room for
 * @KMC_STAT_LOG_WATCHER_SENT: lines that a watcher had room for
 * @KMC_STAT_TURNS_INLINE: times a connection was served in softirq
 * @KMC_STAT_TURNS_WORK: times a connection was served by its work item
 */
enum kmc_stat {
	KMC_STAT_UNSPEC,
	KMC_STAT_UPTIME,
	KMC_STAT_CURR_CONNECTIONS,
	KMC_STAT_MAX_CONNECTIONS,
	KMC_STAT_TOTAL_CONNECTIONS,
	KMC_STAT_REJECTED_CONNECTIONS,
	KMC_STAT_CMD_GET,
	KMC_STAT_CMD_SET,
	KMC_STAT_CMD_FLUSH,
	KMC_STAT_CMD_TOUCH,
	KMC_STAT_GET_HITS,
	KMC_STAT_GET_MISSES,
	KMC_STAT_GET_EXPIRED,
	KMC_STAT_GET_FLUSHED,
	KMC_STAT_DELETE_HITS,
	KMC_STAT_DELETE_MISSES,
	KMC_STAT_INCR_HITS,
	KMC_STAT_INCR_MISSES,
	KMC_STAT_DECR_HITS,
	KMC_STAT_DECR_MISSES,
	KMC_STAT_CAS_HITS,
	KMC_STAT_CAS_MISSES,
	KMC_STAT_CAS_BADVAL,
	KMC_STAT_TOUCH_HITS,
	KMC_STAT_TOUCH_MISSES,
	KMC_STAT_STORE_TOO_LARGE,
	KMC_STAT_STORE_NO_MEMORY,
	KMC_STAT_BYTES_READ,
	KMC_STAT_BYTES_WRITTEN,
	KMC_STAT_CONN_YIELDS,
	KMC_STAT_CURR_ITEMS,
	KMC_STAT_TOTAL_ITEMS,
	KMC_STAT_BYTES,
	KMC_STAT_LIMIT_MAXBYTES,
	KMC_STAT_MEM_USED,
	KMC_STAT_EVICTIONS,
	KMC_STAT_EXPIRED_UNFETCHED,
	KMC_STAT_EVICTED_UNFETCHED,
	KMC_STAT_RECLAIMED,
	KMC_STAT_HASH_BUCKETS,
	KMC_STAT_HASH_BYTES,
	KMC_STAT_HASH_IS_EXPANDING,
	KMC_STAT_SHRUNK_BYTES,
	KMC_STAT_LIMIT_PENDING,
	KMC_STAT_CMD_META,
	KMC_STAT_AUTH_CMDS,
	KMC_STAT_AUTH_ERRORS,
	KMC_STAT_IDLE_KICKS,
	KMC_STAT_STUCK_KICKS,
	KMC_STAT_LOG_WATCHERS,
	KMC_STAT_LOG_WORKER_DROPPED,
	KMC_STAT_LOG_WORKER_WRITTEN,
	KMC_STAT_LOG_WATCHER_SKIPPED,
	KMC_STAT_LOG_WATCHER_SENT,
	KMC_STAT_TURNS_INLINE,
	KMC_STAT_TURNS_WORK,

	/* private: */
	__KMC_STAT_MAX
};

#define KMC_STAT_MAX (__KMC_STAT_MAX - 1)

#endif /* _UAPI_LINUX_KMEMCACHED_H */
