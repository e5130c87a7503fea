/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Those who watch what happens, and how they are told. */
#ifndef KMC_EXEC_WATCH_H
#define KMC_EXEC_WATCH_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "../proto/log.h"
#include "../proto/reply.h"
#include "../proto/request.h"

struct kmc_cache_ops;
struct kmc_env;
struct kmc_out;
struct kmc_session;

/* More watchers than this are not on a server; as in memcached. */
#define KMC_WATCHERS_MAX 20

/* Memory of a watcher, bytes: lines that are not sent yet, and a little. */
#define KMC_WATCHER_BYTES (64 << 10)

/**
 * struct kmc_watch - those who watch a server
 *
 * **Lifetime**: embedded in &struct kmc_env. There are no watchers any more when
 * its connections are gone.
 *
 * **Locking**: W: @lock, taken with bottom halves off; &kmc_watcher.lock is not
 * taken inside it. R: W to write, RCU to read. A: accessed without a lock.
 *
 * @kinds: W to write, A to read: what any of them wants to know
 * @nr: W to write, A to read: how many they are
 * @gid: A: number of what was told last
 * @lock: protects the list of them
 * @watchers: R: they
 */
struct kmc_watch {
	u32			kinds;
	unsigned int		nr;
	atomic64_t		gid;
	spinlock_t		lock;
	struct list_head	watchers;
};

extern const struct kmc_cache_ops kmc_watch_cache_ops;

void kmc_watch_init(struct kmc_watch *watch);
enum kmc_reply kmc_watch_begin(struct kmc_session *session, struct kmc_span words,
			       const struct kmc_out *out);
bool kmc_watch_next(struct kmc_session *session, struct kmc_out *out);
void kmc_watch_end(struct kmc_session *session);
void kmc_watch_tell(struct kmc_env *env, u32 kinds, struct kmc_log *log, struct kmc_span text);

/**
 * kmc_watch_wants() - does anybody want to know?
 * @watch: those who watch
 * @kinds: what has happened
 *
 * All that nobody's watching costs.
 *
 * Context: any.
 *
 * Return: true if somebody does.
 */
static inline bool kmc_watch_wants(const struct kmc_watch *watch, u32 kinds)
{
	return unlikely(READ_ONCE(watch->kinds) & kinds);
}

#endif
