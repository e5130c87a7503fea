/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What requests tell those who watch. */
#ifndef KMC_EXEC_NOTE_H
#define KMC_EXEC_NOTE_H

#include "../cache/cache.h"
#include "session.h"
#include "watch.h"

void kmc_note_seen(struct kmc_session *session, struct kmc_span key,
		   const struct kmc_cache_glance *seen);
void __kmc_note_deleted(struct kmc_session *session, struct kmc_span key,
			const struct kmc_cache_glance *seen, enum kmc_log_cmd cmd);
void kmc_note_offer(const struct kmc_session *session, const struct kmc_item *item,
		    struct kmc_log *log);
void kmc_note_stored(struct kmc_session *session, struct kmc_span key, enum kmc_reply reply,
		     struct kmc_log *log);
void kmc_note_refused(struct kmc_session *session, const struct kmc_request *req,
		      enum kmc_reply reply);

/**
 * kmc_note_glance() - a request is about to look for a key, and may be deferred
 * @session: the connection's protocol state
 * @key: the key
 * @seen: result, for kmc_note_seen()
 *
 * memcached tells of an item_get whenever a key is looked for, whatever for. It is looked
 * for once more to tell: if it is stored or removed at this very moment, the request may
 * see something else.
 *
 * Context: any but hard interrupts.
 *
 * Return: true if kmc_note_seen() is to follow, unless the request is deferred: then it
 * will be told of when it is executed.
 */
static inline bool kmc_note_glance(struct kmc_session *session, struct kmc_span key,
				   struct kmc_cache_glance *seen)
{
	struct kmc_env *env = session->env;

	if (!kmc_watch_wants(&env->watch, KMC_LOG_FETCHERS))
		return false;
	kmc_cache_glance(env->cache, key.p, key.len, seen);
	return true;
}

/**
 * kmc_note_look() - a request is about to look for a key
 * @session: the connection's protocol state
 * @key: the key
 *
 * Context: any but hard interrupts.
 */
static inline void kmc_note_look(struct kmc_session *session, struct kmc_span key)
{
	struct kmc_cache_glance seen;

	if (kmc_note_glance(session, key, &seen))
		kmc_note_seen(session, key, &seen);
}

/**
 * kmc_note_delete() - a request is about to delete a key
 * @session: the connection's protocol state
 * @key: the key
 * @seen: for kmc_note_deleted()
 *
 * Context: any but hard interrupts.
 */
static inline void kmc_note_delete(struct kmc_session *session, struct kmc_span key,
				   struct kmc_cache_glance *seen)
{
	struct kmc_env *env = session->env;

	*seen = (struct kmc_cache_glance) { .fate = KMC_CACHE_MISSING };
	if (!kmc_watch_wants(&env->watch, KMC_LOG_FETCHERS | KMC_LOG_DELETIONS))
		return;
	kmc_cache_glance(env->cache, key.p, key.len, seen);
	kmc_note_seen(session, key, seen);
}

/**
 * kmc_note_deleted() - a request has deleted a key
 * @session: the connection's protocol state
 * @key: the key
 * @seen: from kmc_note_delete()
 * @cmd: the request
 *
 * Context: any but hard interrupts.
 */
static inline void kmc_note_deleted(struct kmc_session *session, struct kmc_span key,
				    const struct kmc_cache_glance *seen, enum kmc_log_cmd cmd)
{
	if (kmc_watch_wants(&session->env->watch, KMC_LOG_DELETIONS))
		__kmc_note_deleted(session, key, seen, cmd);
}

#endif
