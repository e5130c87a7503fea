// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * Whoever says ``watch`` gets a line for each thing that happens, until he goes.
 * Those to whom it happens do not wait for him: what he is to be told is put into a
 * ring, as it is, and becomes a line when he can take it. What does not fit is
 * counted, and he is told how many they were.
 */
#include "watch.h"

#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../stats.h"
#include "../trace.h"
#include "session.h"

/* What of a watcher is no ring. */
#define WATCHER_HEAD (KMC_LOG_LINE_MAX + 128)
#define RING_BYTES (KMC_WATCHER_BYTES - WATCHER_HEAD)

/* What is composed in one turn before others get theirs, bytes. */
#define TURN_BYTES KMC_OUT_COPY_MAX

/**
 * struct kmc_watcher - somebody who watches
 *
 * **Lifetime**: created by the connection's work in the first kmc_watch_next() of a
 * session, which alone has a pointer to it besides &kmc_watch.watchers, and ended by
 * kmc_exec_uninit() of that session. Those who have something to tell find it under
 * RCU, and use @session, which they have to kick, only under @lock and if it is not
 * NULL. Ending one takes it off the list; makes @session NULL under @lock, after
 * which nobody kicks the connection on its behalf any more; and frees its memory when
 * a grace period is over, for nobody who comes later finds it. So
 *
 * - a connection that closes ends it before it takes back its own queued work;
 * - a listener that goes waits until its connections have destroyed themselves, and
 *   so have ended theirs; and its connections kick no workqueue but their own, which
 *   is drained after that;
 * - a namespace and the module remove their listeners first. The cache, which tells
 *   of evictions until it is destroyed, finds an empty list then.
 *
 * **Locking**: I: set before it is on the list. L: @lock, a leaf but for the kick,
 * which queues work; taken with bottom halves off, inside the writer lock of a key
 * and inside socket locks. S: the socket lock of its connection.
 *
 * @node: in &kmc_watch.watchers
 * @kinds: I: what it wants to know
 * @lock: protects the ring
 * @session: L: whose connection is to be kicked; NULL: nobody's any more
 * @skipped: L: what it could not be told since it was told so
 * @first: L: where in @ring the oldest record is
 * @used: L: bytes in use from there
 * @line_at: S: how much of @line is added to a reply
 * @line_len: S: its length
 * @line: S: the line that is being sent
 * @ring: L: records: &struct kmc_log, and the bytes it speaks of
 */
struct kmc_watcher {
	struct list_head	node;
	u32			kinds;
	spinlock_t		lock;
	struct kmc_session	*session;
	u64			skipped;
	u32			first;
	u32			used;
	u32			line_at;
	u32			line_len;
	char			line[KMC_LOG_LINE_MAX];
	char			ring[RING_BYTES];
};

/**
 * kmc_watch_init() - nobody watches
 * @watch: uninitialised memory
 */
void kmc_watch_init(struct kmc_watch *watch)
{
	/* with what lock debugging adds it may be a little more */
	BUILD_BUG_ON(!IS_ENABLED(CONFIG_DEBUG_SPINLOCK) &&
		     sizeof(struct kmc_watcher) > KMC_WATCHER_BYTES);
	watch->kinds = 0;
	watch->nr = 0;
	atomic64_set(&watch->gid, 0);
	spin_lock_init(&watch->lock);
	INIT_LIST_HEAD(&watch->watchers);
}

static void put_bytes(struct kmc_watcher *watcher, const void *src, u32 len)
{
	u32 at = watcher->first + watcher->used, run;

	at -= at >= RING_BYTES ? RING_BYTES : 0;
	run = min_t(u32, len, RING_BYTES - at);
	memcpy(watcher->ring + at, src, run);
	memcpy(watcher->ring, src + run, len - run);
	watcher->used += len;
}

static void take_bytes(struct kmc_watcher *watcher, void *dst, u32 len)
{
	u32 run = min_t(u32, len, RING_BYTES - watcher->first);

	memcpy(dst, watcher->ring + watcher->first, run);
	memcpy(dst + run, watcher->ring, len - run);
	watcher->first += len;
	watcher->first -= watcher->first >= RING_BYTES ? RING_BYTES : 0;
	watcher->used -= len;
}

static void put_record(struct kmc_watcher *watcher, const struct kmc_log *log, const char *text)
{
	put_bytes(watcher, log, sizeof(*log));
	put_bytes(watcher, text, log->text_len);
}

/* How much was skipped is told before what comes next, or not yet. */
static bool put(struct kmc_watcher *watcher, const struct kmc_log *log, const char *text)
{
	struct kmc_log skipped = { .type = KMC_LOG_SKIPPED, .gid = watcher->skipped };
	u32 need = sizeof(*log) + log->text_len;

	lockdep_assert_held(&watcher->lock);
	if (watcher->skipped)
		need += sizeof(skipped);
	if (need > RING_BYTES - watcher->used) {
		watcher->skipped++;
		return false;
	}
	if (watcher->skipped)
		put_record(watcher, &skipped, "");
	watcher->skipped = 0;
	put_record(watcher, log, text);
	return true;
}

/* Who has something in his ring already has been kicked, or will be when TCP takes more. */
static bool tell(struct kmc_watcher *watcher, const struct kmc_log *log, const char *text)
{
	bool was_empty, done;

	spin_lock_bh(&watcher->lock);
	was_empty = !watcher->used;
	done = put(watcher, log, text);
	if (was_empty && watcher->session)
		watcher->session->kick(watcher->session);
	spin_unlock_bh(&watcher->lock);
	return done;
}

/**
 * kmc_watch_tell() - tell those who want to know
 * @env: the server
 * @kinds: of which kind it is
 * @log: what has happened; gets its time and number
 * @text: the key, or the client's address; what is longer than %KMC_LOG_TEXT_MAX is cut
 *
 * Allocates nothing, and waits for nobody but those who put something into the same
 * ring, or take it out. To be called if kmc_watch_wants().
 *
 * Context: any but hard interrupts.
 */
void kmc_watch_tell(struct kmc_env *env, u32 kinds, struct kmc_log *log, struct kmc_span text)
{
	struct kmc_watcher *watcher;
	unsigned int sent = 0, skipped = 0;

	log->usec = ktime_to_us(ktime_get_real());
	log->gid = atomic64_inc_return(&env->watch.gid);
	log->text_len = min_t(size_t, text.len, KMC_LOG_TEXT_MAX);
	rcu_read_lock();
	list_for_each_entry_rcu(watcher, &env->watch.watchers, node) {
		if (!(watcher->kinds & kinds))
			continue;
		if (tell(watcher, log, text.p))
			sent++;
		else
			skipped++;
	}
	rcu_read_unlock();
	kmc_stats_add(env->stats, KMC_STAT_LOG_WATCHER_SENT, sent);
	kmc_stats_add(env->stats, KMC_STAT_LOG_WATCHER_SKIPPED, skipped);
	if (sent)
		kmc_stats_inc(env->stats, KMC_STAT_LOG_WORKER_WRITTEN);
	else if (skipped)
		kmc_stats_inc(env->stats, KMC_STAT_LOG_WORKER_DROPPED);
}

static void tell_eviction(void *owner, const struct kmc_cache_eviction *eviction)
{
	struct kmc_env *env = owner;
	struct kmc_log log = {
		.type = KMC_LOG_EVICTION,
		.ttl = -1,
		.age = eviction->age,
		.size = eviction->value_len,
		/* as stats items and stats slabs count */
		.class = eviction->class + 1,
		.was_read = eviction->was_read,
	};
	struct kmc_span key = { .p = eviction->key, .len = eviction->key_len };

	trace_kmc_evict(env->netns, key.p, key.len, eviction->value_len, eviction->age,
			eviction->was_read);
	if (!kmc_watch_wants(&env->watch, KMC_LOG_EVICTIONS))
		return;
	if (eviction->deadline != KMC_CACHE_NEVER)
		log.ttl = (s64)eviction->deadline - kmc_cache_now(env->cache);
	kmc_watch_tell(env, KMC_LOG_EVICTIONS, &log, key);
}

/* For a cache whose owner is a &struct kmc_env. */
const struct kmc_cache_ops kmc_watch_cache_ops = {
	.evicted = tell_eviction,
	.always = &kmc_trace_evictions,
};

/**
 * kmc_watch_begin() - is a connection to become a watcher?
 * @session: the connection's protocol state
 * @words: what it wants to watch
 * @out: what is not sent yet
 *
 * Here, and nowhere else, it is decided who may watch.
 *
 * Return: %KMC_REPLY_NONE, and kmc_watch_next() does the rest; or what to answer.
 */
enum kmc_reply kmc_watch_begin(struct kmc_session *session, struct kmc_span words,
			       const struct kmc_out *out)
{
	if (out->bytes || session->is_behind)
		return KMC_REPLY_WATCH_PIPELINED;
	session->watch_kinds = kmc_log_parse_kinds(words);
	return session->watch_kinds ? KMC_REPLY_NONE : KMC_REPLY_ERROR;
}

static void __note_kinds(struct kmc_env *env)
{
	struct kmc_watch *watch = &env->watch;
	struct kmc_watcher *watcher;
	u32 kinds = 0;

	lockdep_assert_held(&watch->lock);
	list_for_each_entry(watcher, &watch->watchers, node)
		kinds |= watcher->kinds;
	WRITE_ONCE(watch->kinds, kinds);
	kmc_cache_tell_evictions(env->cache, kinds & KMC_LOG_EVICTIONS);
}

static bool enlist(struct kmc_env *env, struct kmc_watcher *watcher)
{
	struct kmc_watch *watch = &env->watch;
	bool fits;

	spin_lock_bh(&watch->lock);
	fits = watch->nr < KMC_WATCHERS_MAX;
	if (fits) {
		WRITE_ONCE(watch->nr, watch->nr + 1);
		list_add_tail_rcu(&watcher->node, &watch->watchers);
		__note_kinds(env);
	}
	spin_unlock_bh(&watch->lock);
	return fits;
}

static struct kmc_watcher *alloc_watcher(struct kmc_env *env)
{
	struct kmc_watcher *watcher;

	if (!kmc_cache_charge(env->cache, sizeof(*watcher), GFP_KERNEL))
		return NULL;
	watcher = kvmalloc(sizeof(*watcher), GFP_KERNEL | __GFP_NOWARN);
	if (!watcher)
		kmc_cache_uncharge(env->cache, sizeof(*watcher));
	return watcher;
}

static void free_watcher(struct kmc_env *env, struct kmc_watcher *watcher)
{
	kvfree(watcher);
	kmc_cache_uncharge(env->cache, sizeof(*watcher));
}

static enum kmc_reply create(struct kmc_session *session)
{
	struct kmc_env *env = session->env;
	struct kmc_watcher *watcher;

	/* it may be too late in a moment, but not for want of memory */
	if (READ_ONCE(env->watch.nr) >= KMC_WATCHERS_MAX)
		return KMC_REPLY_TOO_MANY_WATCHERS;
	watcher = alloc_watcher(env);
	if (!watcher)
		return KMC_REPLY_NO_WATCHER;
	watcher->kinds = session->watch_kinds;
	spin_lock_init(&watcher->lock);
	watcher->session = session;
	watcher->skipped = 0;
	watcher->first = 0;
	watcher->used = 0;
	watcher->line_at = 0;
	watcher->line_len = 0;
	if (!enlist(env, watcher)) {
		free_watcher(env, watcher);
		return KMC_REPLY_TOO_MANY_WATCHERS;
	}
	session->watcher = watcher;
	return KMC_REPLY_OK;
}

/* Compose the next line. False: there is none. */
static bool next_line(struct kmc_watcher *watcher)
{
	char text[KMC_LOG_TEXT_MAX];
	struct kmc_log log;

	spin_lock_bh(&watcher->lock);
	if (!watcher->used) {
		spin_unlock_bh(&watcher->lock);
		return false;
	}
	take_bytes(watcher, &log, sizeof(log));
	take_bytes(watcher, text, log.text_len);
	spin_unlock_bh(&watcher->lock);
	watcher->line_at = 0;
	watcher->line_len = kmc_log_compose(watcher->line, &log, text);
	return true;
}

/* As much of the line as fits where the batch goes on. */
static void add_piece(struct kmc_watcher *watcher, struct kmc_out *out)
{
	char *to = kmc_out_line(out);
	u32 len = min(watcher->line_len - watcher->line_at, out->room);

	memcpy(to, watcher->line + watcher->line_at, len);
	kmc_out_commit(out, len);
	watcher->line_at += len;
}

static void add_lines(struct kmc_watcher *watcher, struct kmc_out *out)
{
	/* a guess; without the memory for many lines at once it goes on with few */
	kmc_out_reserve(out, min_t(u32, 2 * data_race(watcher->used), TURN_BYTES), GFP_NOWAIT);
	while (kmc_out_has_room(out) && out->bytes < TURN_BYTES) {
		if (watcher->line_at == watcher->line_len && !next_line(watcher))
			break;
		add_piece(watcher, out);
	}
}

/**
 * kmc_watch_next() - go on with what a watcher is told
 * @session: the connection's protocol state, after kmc_watch_begin()
 * @out: an empty batch; gets lines, as many as there are and fit
 *
 * If there are none any more the connection is kicked when there are some.
 *
 * Context: process, the socket's lock: the first time it allocates.
 *
 * Return: false if it does not become a watcher, and says why.
 */
bool kmc_watch_next(struct kmc_session *session, struct kmc_out *out)
{
	enum kmc_reply reply;

	if (!session->watcher) {
		reply = create(session);
		kmc_out_add_reply(out, reply);
		if (reply != KMC_REPLY_OK)
			return false;
	}
	add_lines(session->watcher, out);
	return true;
}

/**
 * kmc_watch_end() - a connection is no watcher any more, if it was one
 * @session: the connection's protocol state
 *
 * The argument for the order is at &struct kmc_watcher.
 *
 * Its memory counts until it is free: so that is waited for. Not in a hurry, which would
 * disturb all CPUs as often as a client likes.
 *
 * Context: process, sleeps for a grace period. When it returns, the connection is not
 * kicked any more on behalf of this.
 */
void kmc_watch_end(struct kmc_session *session)
{
	struct kmc_watcher *watcher = session->watcher;
	struct kmc_env *env = session->env;
	struct kmc_watch *watch = &env->watch;

	if (!watcher)
		return;
	session->watcher = NULL;
	spin_lock_bh(&watch->lock);
	list_del_rcu(&watcher->node);
	WRITE_ONCE(watch->nr, watch->nr - 1);
	__note_kinds(env);
	spin_unlock_bh(&watch->lock);

	spin_lock_bh(&watcher->lock);
	watcher->session = NULL;
	spin_unlock_bh(&watcher->lock);
	synchronize_rcu();
	free_watcher(env, watcher);
}
