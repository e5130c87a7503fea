/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a parser makes of a request. Pure. */
#ifndef KMC_PROTO_REQUEST_H
#define KMC_PROTO_REQUEST_H

#include <linux/types.h>

#include "token.h"

/* Longest key, in bytes (memcached: KEY_MAX_LENGTH). */
#define KMC_KEY_MAX 250

/* Longest value that can be announced, in bytes: its CRLF still fits an int. */
#define KMC_VALUE_MAX 0x7ffffffdU

/**
 * enum kmc_op - what a request asks for
 * @KMC_OP_NONE: nothing: the line was not understood
 * @KMC_OP_GET: values
 * @KMC_OP_GETS: values with their cas ids
 * @KMC_OP_GAT: touch, then values
 * @KMC_OP_GATS: touch, then values with their cas ids
 * @KMC_OP_SET: store unconditionally
 * @KMC_OP_ADD: store if the key is missing
 * @KMC_OP_REPLACE: store if the key is there
 * @KMC_OP_APPEND: add behind the value
 * @KMC_OP_PREPEND: add before the value
 * @KMC_OP_CAS: store if the item has not changed
 * @KMC_OP_DELETE: remove
 * @KMC_OP_INCR: add to a number
 * @KMC_OP_DECR: subtract from a number
 * @KMC_OP_TOUCH: change the expiry time
 * @KMC_OP_FLUSH_ALL: invalidate everything
 * @KMC_OP_VERSION: the server's version
 * @KMC_OP_VERBOSITY: accepted, without effect
 * @KMC_OP_NOOP: nothing; also ``mn``
 * @KMC_OP_STATS: statistics
 * @KMC_OP_QUIT: close the connection
 * @KMC_OP_META_GET: ``mg``
 * @KMC_OP_META_SET: ``ms``
 * @KMC_OP_META_DELETE: ``md``
 * @KMC_OP_META_DELTA: ``ma``
 * @KMC_OP_META_DEBUG: ``me``
 * @KMC_OP_AUTH: say who one is
 * @KMC_OP_AUTH_LIST: in which ways that can be said
 * @KMC_OP_AUTH_STEP: go on with saying it
 * @KMC_OP_METADUMP: a list of keys, with what is known of each item
 * @KMC_OP_MGDUMP: a list of keys, as ``mg`` commands
 * @KMC_OP_CACHEDUMP: ``stats cachedump``, an older list of keys
 * @KMC_OP_CRAWL: look for expired items: done all the time
 * @KMC_OP_CRAWLER_ON: ``lru_crawler enable``
 * @KMC_OP_TUNE: numbers that are shown, and have no effect
 * @KMC_OP_REASSIGN: move memory from one class to another: done when it is wanted
 * @KMC_OP_MEM_LIMIT: change the memory limit
 * @KMC_OP_WATCH: be told what happens
 */
enum kmc_op {
	KMC_OP_NONE,
	KMC_OP_GET,
	KMC_OP_GETS,
	KMC_OP_GAT,
	KMC_OP_GATS,
	KMC_OP_SET,
	KMC_OP_ADD,
	KMC_OP_REPLACE,
	KMC_OP_APPEND,
	KMC_OP_PREPEND,
	KMC_OP_CAS,
	KMC_OP_DELETE,
	KMC_OP_INCR,
	KMC_OP_DECR,
	KMC_OP_TOUCH,
	KMC_OP_FLUSH_ALL,
	KMC_OP_VERSION,
	KMC_OP_VERBOSITY,
	KMC_OP_NOOP,
	KMC_OP_STATS,
	KMC_OP_QUIT,
	KMC_OP_META_GET,
	KMC_OP_META_SET,
	KMC_OP_META_DELETE,
	KMC_OP_META_DELTA,
	KMC_OP_META_DEBUG,
	KMC_OP_AUTH,
	KMC_OP_AUTH_LIST,
	KMC_OP_AUTH_STEP,
	KMC_OP_METADUMP,
	KMC_OP_MGDUMP,
	KMC_OP_CACHEDUMP,
	KMC_OP_CRAWL,
	KMC_OP_CRAWLER_ON,
	KMC_OP_TUNE,
	KMC_OP_REASSIGN,
	KMC_OP_MEM_LIMIT,
	KMC_OP_WATCH,
};

/* More flags than this are not on a line: a command and a key are there, too. */
#define KMC_META_FLAGS_MAX 18

/* Longest opaque, in bytes, its O included. */
#define KMC_META_OPAQUE_MAX 32

/**
 * struct kmc_meta_ask - what the reply to a meta command is to tell
 * @opaque: what is to be repeated, with its O
 * @nr: how many flags there are
 * @order: their letters, in the order of the line
 */
struct kmc_meta_ask {
	struct kmc_span	opaque;
	u8		nr;
	char		order[KMC_META_FLAGS_MAX];
};

/**
 * struct kmc_meta - the flags of a meta command, where &struct kmc_request has no place for them
 * @seen: the letters, for kmc_meta_has()
 * @ask: what the reply is to tell
 * @mode: the first letter of M's argument; 0: there is no M
 * @store: the storage command that ``ms`` is
 * @is_decr: ``ma`` subtracts
 * @vivify: argument of N, seconds as the client wrote them
 * @recache: argument of R, the same
 * @new_cas: argument of E
 * @key: the key, if it was base64
 */
struct kmc_meta {
	u64			seen;
	struct kmc_meta_ask	ask;
	char			mode;
	enum kmc_op		store;
	bool			is_decr;
	s64			vivify;
	s64			recache;
	u64			new_cas;
	char			key[KMC_KEY_MAX];
};

/**
 * enum kmc_tuning - what clients can set, and read in ``stats settings``
 * @KMC_TUNING_AUTOMOVE: level of ``slabs automove``
 * @KMC_TUNING_AUTOMOVE_RATIO: hundredths
 * @KMC_TUNING_AUTOMOVE_WINDOW: a number
 * @KMC_TUNING_CRAWLER_OFF: dumps are refused: the only one that has an effect
 * @KMC_TUNING_CRAWLER_SLEEP: microseconds
 * @KMC_TUNING_CRAWLER_TOCRAWL: items
 * @KMC_TUNING_SEGMENTED: 0 or 1
 * @KMC_TUNING_HOT_PCT: per cent
 * @KMC_TUNING_WARM_PCT: per cent
 * @KMC_TUNING_HOT_FACTOR: hundredths
 * @KMC_TUNING_WARM_FACTOR: hundredths
 * @KMC_TUNING_TEMP_LRU: 0 or 1
 * @KMC_TUNING_TEMP_TTL: seconds
 * @KMC_TUNINGS: how many there are
 *
 * But for one they tune what memcached does to find room, and this store does not.
 */
enum kmc_tuning {
	KMC_TUNING_AUTOMOVE,
	KMC_TUNING_AUTOMOVE_RATIO,
	KMC_TUNING_AUTOMOVE_WINDOW,
	KMC_TUNING_CRAWLER_OFF,
	KMC_TUNING_CRAWLER_SLEEP,
	KMC_TUNING_CRAWLER_TOCRAWL,
	KMC_TUNING_SEGMENTED,
	KMC_TUNING_HOT_PCT,
	KMC_TUNING_WARM_PCT,
	KMC_TUNING_HOT_FACTOR,
	KMC_TUNING_WARM_FACTOR,
	KMC_TUNING_TEMP_LRU,
	KMC_TUNING_TEMP_TTL,
	KMC_TUNINGS,
};

/* Classes of items that a request can name: from 1 up to below this. */
#define KMC_ADMIN_CLASSES 128

/* The most that one command sets. */
#define KMC_ADMIN_TUNINGS 4

/**
 * struct kmc_admin - the arguments of a command about the server
 * @classes: a bit for each class of items that is meant
 * @limit: items to be listed, 0: all; or megabytes
 * @from: class that memory is to be taken from
 * @to: class that it is to be given to
 * @nr: how much is to be set
 * @tune: what, and to which value
 */
struct kmc_admin {
	u64	classes[KMC_ADMIN_CLASSES / 64];
	u32	limit;
	s32	from;
	s32	to;
	u8	nr;
	struct {
		enum kmc_tuning	what;
		u32		value;
	}	tune[KMC_ADMIN_TUNINGS];
};

/**
 * struct kmc_request - a parsed request
 * @op: what it asks for
 * @noreply: nothing is to be answered, not even an error
 * @has_value: @wire_len bytes follow, whether the request is good or not
 * @key: the key, within the parsed line; retrieval requests have @keys instead
 * @keys: the keys of a retrieval request: the rest of the line; also that of ``stats``
 *	behind @arg, and of ``watch``
 * @arg: the word that follows ``stats``, or empty
 * @create: incr and decr of a missing key store @initial
 * @flags: client flags of a value
 * @exptime: expiry time or delay as the client wrote it, seconds
 * @value_len: length of the value without its CRLF
 * @wire_len: length of what follows: the value, and its CRLF if it has one
 * @at_hand: bytes behind the line that are there already; set by who has the input
 * @cas: the cas id to compare with; but for cas, 0 is none
 * @delta: what to add or subtract
 * @initial: the number to begin with, of incr, decr and ``ma``
 * @meta: the rest of a meta command; of others it is not even zeroes
 * @admin: the rest of a command about the server; the same
 */
struct kmc_request {
	enum kmc_op	op;
	bool		noreply;
	bool		has_value;
	bool		create;
	struct kmc_span	key;
	struct kmc_span	keys;
	struct kmc_span	arg;
	u32		flags;
	s64		exptime;
	u32		value_len;
	u64		wire_len;
	size_t		at_hand;
	u64		cas;
	u64		delta;
	u64		initial;
	struct kmc_meta	meta;
	struct kmc_admin admin;
};

/**
 * kmc_op_is_fetch() - does a request ask for values of any number of keys?
 * @op: what it asks for
 *
 * Return: true for get, gets, gat and gats.
 */
static inline bool kmc_op_is_fetch(enum kmc_op op)
{
	return op >= KMC_OP_GET && op <= KMC_OP_GATS;
}

static inline u64 kmc_meta_bit(char letter)
{
	return 1ULL << (letter - 'A');
}

/**
 * kmc_meta_has() - has a meta command this flag?
 * @meta: the flags
 * @letter: which
 *
 * Return: true if it has.
 */
static inline bool kmc_meta_has(const struct kmc_meta *meta, char letter)
{
	return meta->seen & kmc_meta_bit(letter);
}

#endif
