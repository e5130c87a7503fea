/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a connection's protocol remembers between two steps of a request. */
#ifndef KMC_EXEC_SESSION_H
#define KMC_EXEC_SESSION_H

#include "../proto/binary.h"
#include "access.h"
#include "env.h"
#include "out.h"

struct kmc_watcher;

/**
 * enum kmc_next - what comes next on a connection
 * @KMC_NEXT_REQUEST: a request
 * @KMC_NEXT_KEYS: the keys of this one: kmc_fetch_next_key() for each
 * @KMC_NEXT_VALUE: the value of this one: kmc_exec_value()
 * @KMC_NEXT_SWALLOW: a value nobody wants, then kmc_exec_swallowed()
 * @KMC_NEXT_DUMP: more output of this one: kmc_exec_dump()
 * @KMC_NEXT_CLOSE: nothing: close once all replies are sent
 * @KMC_NEXT_WATCH: nothing: whatever comes is thrown away, and kmc_exec_watch() makes
 *	lines, in process context
 * @KMC_NEXT_DEFER: what was to be done, which was not begun: it would have had to wait,
 *	or would have taken long, and the caller does not allow that
 *
 * What is below %KMC_NEXT_DUMP comes from the client.
 */
enum kmc_next {
	KMC_NEXT_REQUEST,
	KMC_NEXT_KEYS,
	KMC_NEXT_VALUE,
	KMC_NEXT_SWALLOW,
	KMC_NEXT_DUMP,
	KMC_NEXT_CLOSE,
	KMC_NEXT_WATCH,
	KMC_NEXT_DEFER,
};

/**
 * enum kmc_dump - a reply of many lines, made while it is sent
 * @KMC_DUMP_NONE: there is none
 * @KMC_DUMP_STATS: ``stats``
 * @KMC_DUMP_SETTINGS: ``stats settings``
 * @KMC_DUMP_ITEMS: ``stats items``
 * @KMC_DUMP_SLABS: ``stats slabs``
 * @KMC_DUMP_SIZES: ``stats sizes``
 * @KMC_DUMP_METADUMP: ``lru_crawler metadump``
 * @KMC_DUMP_MGDUMP: ``lru_crawler mgdump``
 * @KMC_DUMP_CACHEDUMP: ``stats cachedump``
 * @KMC_DUMP_CONNS: ``stats conns``
 * @KMC_DUMP_PREFIXES: ``stats detail dump``
 * @KMC_DUMP_RESET: ``stats reset``, while there are prefixes
 */
enum kmc_dump {
	KMC_DUMP_NONE,
	KMC_DUMP_STATS,
	KMC_DUMP_SETTINGS,
	KMC_DUMP_ITEMS,
	KMC_DUMP_SLABS,
	KMC_DUMP_SIZES,
	KMC_DUMP_METADUMP,
	KMC_DUMP_MGDUMP,
	KMC_DUMP_CACHEDUMP,
	KMC_DUMP_CONNS,
	KMC_DUMP_PREFIXES,
	KMC_DUMP_RESET,
};

/**
 * struct kmc_keys - a list of keys that is being made
 * @place: where kmc_cache_walk() goes on
 * @classes: a bit for each class whose items are listed, by the numbers of ``stats slabs``
 * @limit: how many more there may be; 0: any number
 * @bytes: what the lines of ``stats cachedump`` have come to
 */
struct kmc_keys {
	u64	place;
	u64	classes[KMC_ADMIN_CLASSES / 64];
	u32	limit;
	u32	bytes;
};

struct kmc_auth_claim;

/**
 * struct kmc_meta_set - what of ``ms`` is needed when its value is there
 * @is_on: the value that is being received is for ``ms``
 * @is_quiet: success is not to be told
 * @vivify: append and prepend make what is not there
 * @or_stale: a cas id that is too low makes the item stale
 * @has_new_cas: the item's cas id is to be @new_cas
 * @new_cas: that id
 * @ask: what the reply is to tell; its opaque is @opaque
 * @opaque: what is to be repeated
 * @size: length of the value, in the end
 */
struct kmc_meta_set {
	bool			is_on;
	bool			is_quiet;
	bool			vivify;
	bool			or_stale;
	bool			has_new_cas;
	u64			new_cas;
	struct kmc_meta_ask	ask;
	char			opaque[KMC_META_OPAQUE_MAX];
	u32			size;
};

/**
 * struct kmc_session - a request that takes more than one step
 *
 * **Lifetime**: embedded in a connection.
 *
 * **Locking**: the connection's socket lock.
 *
 * @env: the server
 * @item: the item that a value is being received for
 * @filled: bytes of the value and its CRLF that have arrived
 * @op: the request
 * @noreply: nothing is to be answered
 * @is_binary: it is of the binary protocol
 * @echo: then, what its reply has to know of it
 * @cas: the cas id to compare with; then that of what is stored
 * @meta: the rest of ``ms``
 * @error: what to answer after a value nobody wanted
 * @deadline: new expiry of the keys of gat, gats and touch
 * @cost: bytes copied for requests since somebody has set it to 0
 * @dump: the reply that is being made
 * @dump_line: its next line
 * @access: what this client may do
 * @claim: what it has sent to say who it is, while that is being received
 * @is_authenticated: it has said who it is
 * @is_asked: in the binary protocol, it has begun to say it, and is to go on
 * @keys: of a list of keys, instead, where it goes on
 * @dump_line: its next line, or the number of what comes next
 * @id: of the connection; set before the first request
 * @kick: has the connection served; set before the first request
 * @is_behind: replies to what came with the request, and before it, were sent already
 * @has_quit: the client has asked to be disconnected
 * @since: if the present turn is one to be looked at: since when its requests wait, by
 *	local_clock(); else 0
 * @watch_kinds: what it wants to watch
 * @watcher: it does so; NULL: it does not
 */
struct kmc_session {
	struct kmc_env		*env;
	struct kmc_item		*item;
	u32			filled;
	enum kmc_op		op;
	bool			noreply;
	bool			is_binary;
	struct kmc_binary_echo	echo;
	u64			cas;
	struct kmc_meta_set	meta;
	enum kmc_reply		error;
	u32			deadline;
	size_t			cost;
	enum kmc_dump		dump;
	unsigned int		dump_line;
	const struct kmc_access	*access;
	struct kmc_auth_claim	*claim;
	bool			is_authenticated;
	bool			is_asked;
	struct kmc_keys		keys;
	u32			id;
	void			(*kick)(struct kmc_session *session);
	bool			is_behind;
	bool			has_quit;
	u64			since;
	u32			watch_kinds;
	struct kmc_watcher	*watcher;
};

/**
 * kmc_session_may() - is something allowed to a client?
 * @session: the connection's protocol state
 * @cap: what
 *
 * Return: true if it is.
 */
static inline bool kmc_session_may(const struct kmc_session *session, enum kmc_cap cap)
{
	return !(session->access->denied & cap);
}

/**
 * kmc_session_is_locked() - must a client say who it is before anything else?
 * @session: the connection's protocol state
 *
 * Return: true if it must, and has not.
 */
static inline bool kmc_session_is_locked(const struct kmc_session *session)
{
	return session->access->auth && !session->is_authenticated;
}

#endif
