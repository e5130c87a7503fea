// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "prefixes.h"

#include <linux/compiler.h>
#include <linux/jhash.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../cache/cache.h"
#include "../proto/prefix.h"
#include "binary_reply.h"
#include "dump.h"
#include "session.h"

/* What a prefix takes of the table and the array, bytes. */
#define SHARE 32

/* How many are removed in one step, with the lock held. */
#define RESET_STEP 64

/**
 * struct prefix - what the keys that begin alike have in common
 *
 * **Lifetime**: created by the first request for such a key, and removed by ``stats
 * reset`` or with the server, under &kmc_prefixes.lock; freed after a grace period.
 *
 * @node: in &kmc_prefixes.table
 * @rcu: to be freed by
 * @number: where it is in &kmc_prefixes.all
 * @len: how many bytes it has
 * @get: keys asked for
 * @hit: keys found
 * @set: values offered for storing
 * @del: keys that were to be deleted
 * @bytes: the bytes
 */
struct prefix {
	struct rhash_head	node;
	struct rcu_head		rcu;
	u32			number;
	u32			len;
	atomic64_t		get;
	atomic64_t		hit;
	atomic64_t		set;
	atomic64_t		del;
	char			bytes[];
};

/* Clients choose the prefixes; the seed is the table's secret. */
static u32 hash_span(const void *data, u32 len, u32 seed)
{
	const struct kmc_span *span = data;

	return jhash(span->p, span->len, seed);
}

static u32 hash_prefix(const void *data, u32 len, u32 seed)
{
	const struct prefix *prefix = data;

	return jhash(prefix->bytes, prefix->len, seed);
}

static int differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct kmc_span *span = arg->key;
	const struct prefix *prefix = obj;

	return prefix->len != span->len || memcmp(prefix->bytes, span->p, span->len);
}

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct prefix, node),
	.hashfn = hash_span,
	.obj_hashfn = hash_prefix,
	.obj_cmpfn = differs,
	.max_size = KMC_PREFIXES_MAX,
	.min_size = 16,
	.automatic_shrinking = true,
};

/**
 * kmc_prefixes_init() - there are none, and they are not counted
 * @prefixes: uninitialised memory
 *
 * Context: process.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_prefixes_init(struct kmc_prefixes *prefixes)
{
	prefixes->is_on = false;
	spin_lock_init(&prefixes->lock);
	prefixes->bytes = 0;
	xa_init_flags(&prefixes->all, XA_FLAGS_ALLOC);
	return rhashtable_init(&prefixes->table, &params);
}

/**
 * kmc_prefixes_uninit() - undo kmc_prefixes_init(), after kmc_prefixes_free_all()
 * @prefixes: the prefixes; nobody counts any more
 *
 * Context: process.
 */
void kmc_prefixes_uninit(struct kmc_prefixes *prefixes)
{
	rhashtable_destroy(&prefixes->table);
	xa_destroy(&prefixes->all);
}

/**
 * kmc_prefixes_is_empty() - are there none?
 * @prefixes: the prefixes
 *
 * Context: any.
 *
 * Return: true if there are none.
 */
bool kmc_prefixes_is_empty(const struct kmc_prefixes *prefixes)
{
	return xa_empty(&prefixes->all);
}

static size_t bytes_of(size_t len)
{
	return kmalloc_size_roundup(struct_size_t(struct prefix, bytes, len)) + SHARE;
}

static size_t bytes_max(const struct kmc_env *env)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(env->cache, &usage);
	return min_t(u64, KMC_PREFIXES_BYTES_MAX, usage.limit / 8);
}

static bool charge(struct kmc_env *env, size_t bytes)
{
	struct kmc_prefixes *prefixes = &env->prefixes;

	lockdep_assert_held(&prefixes->lock);
	if (prefixes->bytes + bytes > bytes_max(env))
		return false;
	/* not waiting for room, which would push items out: with the next key, there may be some */
	if (!kmc_cache_charge(env->cache, bytes, GFP_NOWAIT))
		return false;
	prefixes->bytes += bytes;
	return true;
}

static void uncharge(struct kmc_env *env, size_t bytes)
{
	lockdep_assert_held(&env->prefixes.lock);
	env->prefixes.bytes -= bytes;
	kmc_cache_uncharge(env->cache, bytes);
}

static struct prefix *alloc_prefix(struct kmc_span span)
{
	struct prefix *prefix;

	prefix = kzalloc(struct_size(prefix, bytes, span.len), GFP_NOWAIT | __GFP_NOWARN);
	if (!prefix)
		return NULL;
	prefix->len = span.len;
	memcpy(prefix->bytes, span.p, span.len);
	return prefix;
}

/* Put it where it is found, by either way. */
static int enlist(struct kmc_prefixes *prefixes, struct prefix *prefix)
{
	int err;

	err = xa_alloc(&prefixes->all, &prefix->number, prefix,
		       XA_LIMIT(0, KMC_PREFIXES_MAX - 1), GFP_NOWAIT | __GFP_NOWARN);
	if (err)
		return err;
	err = rhashtable_insert_fast(&prefixes->table, &prefix->node, params);
	if (err)
		xa_erase(&prefixes->all, prefix->number);
	return err;
}

/* NULL: there are too many, or there is no memory. */
static struct prefix *create(struct kmc_env *env, struct kmc_span span)
{
	size_t bytes = bytes_of(span.len);
	struct prefix *prefix;

	if (!charge(env, bytes))
		return NULL;
	prefix = alloc_prefix(span);
	if (!prefix)
		goto out_uncharge;
	if (enlist(&env->prefixes, prefix))
		goto out_free_prefix;
	return prefix;

out_free_prefix:
	/* it may have been seen by who goes through them all */
	kfree_rcu(prefix, rcu);
out_uncharge:
	uncharge(env, bytes);
	return NULL;
}

static struct prefix *find_or_create(struct kmc_env *env, struct kmc_span span)
{
	struct kmc_prefixes *prefixes = &env->prefixes;
	struct prefix *prefix;

	prefix = rhashtable_lookup(&prefixes->table, &span, params);
	if (prefix)
		return prefix;
	/* a full table costs no lock */
	if (atomic_read(&prefixes->table.nelems) >= KMC_PREFIXES_MAX)
		return NULL;
	spin_lock_bh(&prefixes->lock);
	prefix = rhashtable_lookup(&prefixes->table, &span, params);
	if (!prefix)
		prefix = create(env, span);
	spin_unlock_bh(&prefixes->lock);
	return prefix;
}

static void count(struct prefix *prefix, enum kmc_prefixes_what what)
{
	switch (what) {
	case KMC_PREFIXES_HIT:
		atomic64_inc(&prefix->hit);
		fallthrough;
	case KMC_PREFIXES_MISS:
		atomic64_inc(&prefix->get);
		break;
	case KMC_PREFIXES_SET:
		atomic64_inc(&prefix->set);
		break;
	case KMC_PREFIXES_DELETE:
		atomic64_inc(&prefix->del);
		break;
	}
}

/**
 * __kmc_prefixes_count() - count what is done to a key, if it has a prefix
 * @env: the server
 * @key: the key
 * @what: what is done
 *
 * To be called if kmc_prefixes_is_on(). Does not wait for memory: without any, or if
 * there are too many prefixes, it is not counted.
 *
 * Context: any but hard interrupts.
 */
void __kmc_prefixes_count(struct kmc_env *env, struct kmc_span key, enum kmc_prefixes_what what)
{
	char copy[KMC_KEY_MAX];
	struct prefix *prefix;
	struct kmc_span span;

	/* a request may be changing, and what is checked here others will read */
	key.len = min_t(size_t, key.len, sizeof(copy));
	memcpy(copy, key.p, key.len);
	barrier_data(copy);
	key.p = copy;
	if (!kmc_prefix_of(key, READ_ONCE(env->prefix_delimiter[0]), &span))
		return;
	rcu_read_lock();
	prefix = find_or_create(env, span);
	if (prefix)
		count(prefix, what);
	rcu_read_unlock();
}

static enum kmc_reply begin_dump(struct kmc_session *session)
{
	session->dump = KMC_DUMP_PREFIXES;
	session->dump_line = 0;
	return KMC_REPLY_NONE;
}

/**
 * kmc_prefixes_command() - execute ``stats detail``
 * @session: the connection's protocol state
 * @word: what follows; in the binary protocol nothing is a dump, as in memcached
 *
 * Here, and nowhere else, it is decided who may count.
 *
 * Return: %KMC_REPLY_NONE, and kmc_prefixes_next() makes the reply; or what to answer.
 */
enum kmc_reply kmc_prefixes_command(struct kmc_session *session, struct kmc_span word)
{
	struct kmc_prefixes *prefixes = &session->env->prefixes;
	bool on = kmc_token_is(word, "on");

	if (on || kmc_token_is(word, "off")) {
		WRITE_ONCE(prefixes->is_on, on);
		return KMC_REPLY_OK;
	}
	if (kmc_token_is(word, "dump") || (session->is_binary && !word.len))
		return begin_dump(session);
	return KMC_REPLY_DETAIL_USAGE;
}

static void add_bytes(struct kmc_session *session, struct kmc_span bytes, struct kmc_out *out)
{
	static const struct kmc_span name = { .p = "detailed", .len = 8 };

	if (session->is_binary) {
		kmc_binary_reply_add_stat(session, name, bytes, out);
		return;
	}
	memcpy(kmc_out_line(out), bytes.p, bytes.len);
	kmc_out_commit(out, bytes.len);
}

static void add_prefix(struct kmc_session *session, const struct prefix *prefix,
		       struct kmc_out *out)
{
	struct kmc_span bytes = { .p = prefix->bytes, .len = prefix->len };
	struct kmc_prefix_counts counts = {
		.get = atomic64_read(&prefix->get),
		.hit = atomic64_read(&prefix->hit),
		.set = atomic64_read(&prefix->set),
		.del = atomic64_read(&prefix->del),
	};
	char line[KMC_REPLY_LINE_MAX];
	struct kmc_span span = { .p = line };

	span.len = kmc_prefix_compose(line, bytes, &counts);
	add_bytes(session, span, out);
}

/* False: there is none. */
static bool next_prefix(struct kmc_session *session, struct kmc_out *out)
{
	unsigned long number = session->dump_line;
	const struct prefix *prefix;

	rcu_read_lock();
	prefix = xa_find(&session->env->prefixes.all, &number, ULONG_MAX, XA_PRESENT);
	if (prefix)
		add_prefix(session, prefix, out);
	rcu_read_unlock();
	session->dump_line = number + 1;
	return prefix;
}

/**
 * kmc_prefixes_next() - go on with ``stats detail dump``
 * @session: the connection's protocol state
 * @out: gets as much of it as there is room for
 *
 * In the binary protocol memcached answers all of it as one value, and so has to make
 * all of it at once. Here it is one value a line, each under the same name: together
 * they are the same bytes.
 *
 * Return: true if it is complete.
 */
bool kmc_prefixes_next(struct kmc_session *session, struct kmc_out *out)
{
	static const struct kmc_span end = { .p = "END\r\n", .len = 5 };

	while (kmc_out_has_room(out)) {
		if (session->dump_line < KMC_PREFIXES_MAX && next_prefix(session, out))
			continue;
		/* the last line is one, and what ends a binary reply another one */
		if (session->is_binary && session->dump_line <= KMC_PREFIXES_MAX) {
			add_bytes(session, end, out);
			session->dump_line = KMC_PREFIXES_MAX + 1;
			continue;
		}
		kmc_dump_end(session, out);
		return true;
	}
	return false;
}

static void __remove(struct kmc_env *env, struct prefix *prefix)
{
	struct kmc_prefixes *prefixes = &env->prefixes;

	lockdep_assert_held(&prefixes->lock);
	rhashtable_remove_fast(&prefixes->table, &prefix->node, params);
	xa_erase(&prefixes->all, prefix->number);
	uncharge(env, bytes_of(prefix->len));
	kfree_rcu(prefix, rcu);
}

/* Remove some, beginning with a number. False: there are no more. */
static bool remove_some(struct kmc_env *env, unsigned long *number)
{
	struct kmc_prefixes *prefixes = &env->prefixes;
	struct prefix *prefix = NULL;
	int i;

	spin_lock_bh(&prefixes->lock);
	for (i = 0; i < RESET_STEP; i++) {
		prefix = xa_find(&prefixes->all, number, ULONG_MAX, XA_PRESENT);
		if (!prefix)
			break;
		__remove(env, prefix);
	}
	spin_unlock_bh(&prefixes->lock);
	return prefix;
}

/**
 * kmc_prefixes_reset_next() - go on with ``stats reset``
 * @session: the connection's protocol state
 * @out: a batch with room
 *
 * What is counted meanwhile may be forgotten, too.
 *
 * Return: true if it is complete.
 */
bool kmc_prefixes_reset_next(struct kmc_session *session, struct kmc_out *out)
{
	unsigned long number = session->dump_line;

	if (remove_some(session->env, &number)) {
		/* not again from the beginning: others may be adding there */
		session->dump_line = number;
		return false;
	}
	session->dump = KMC_DUMP_NONE;
	if (session->is_binary)
		kmc_binary_reply_add(session, KMC_REPLY_RESET, out);
	else
		kmc_out_add_reply(out, KMC_REPLY_RESET);
	return true;
}

/**
 * kmc_prefixes_free_all() - forget all prefixes
 * @env: the server, whose cache is still there; nobody counts any more
 *
 * Context: process.
 */
void kmc_prefixes_free_all(struct kmc_env *env)
{
	unsigned long number = 0;

	while (remove_some(env, &number))
		cond_resched();
}

/**
 * kmc_prefixes_trim() - forget as many prefixes as it takes to keep to a lower limit
 * @env: the server, with a cache
 *
 * Context: process.
 */
void kmc_prefixes_trim(struct kmc_env *env)
{
	unsigned long number = 0;

	while (READ_ONCE(env->prefixes.bytes) > bytes_max(env) && remove_some(env, &number))
		cond_resched();
}
