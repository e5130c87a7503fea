// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "auth.h"

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../proto/auth.h"
#include "../stats.h"
#include "binary_reply.h"

/* Longest name of a mechanism, as in memcached. */
#define MECHANISM_MAX 32

/**
 * struct kmc_auth_record - a name and its password, as kmc_auth_record() makes it
 * @word: the bytes
 */
struct kmc_auth_record {
	unsigned long word[KMC_AUTH_RECORD / sizeof(unsigned long)];
};

/**
 * struct kmc_auth_table - who may come
 *
 * **Lifetime**: made by who is to use it; &kmc_env.auth points to it until it is replaced,
 * and then it is destroyed, after a grace period.
 *
 * **Locking**: none; it does not change.
 *
 * @count: how many there are
 * @record: they
 */
struct kmc_auth_table {
	size_t			count;
	struct kmc_auth_record	record[];
};

/**
 * kmc_auth_table_create() - make a table of tokens
 * @pairs: the tokens
 * @count: how many, at most %KMC_TOKENS_MAX
 *
 * Context: process.
 *
 * Return: the table or an ERR_PTR: -EINVAL if one of them cannot be.
 */
struct kmc_auth_table *kmc_auth_table_create(const struct kmc_auth_pair *pairs, size_t count)
{
	struct kmc_auth_table *table = kvzalloc(struct_size(table, record, count), GFP_KERNEL);
	size_t i;

	if (!table)
		return ERR_PTR(-ENOMEM);
	table->count = count;
	for (i = 0; i < count; i++) {
		if (kmc_auth_record((char *)&table->record[i], pairs[i].user, pairs[i].password))
			continue;
		kmc_auth_table_destroy(table);
		return ERR_PTR(-EINVAL);
	}
	return table;
}

/**
 * kmc_auth_table_destroy() - free a table, and leave nothing of it in memory
 * @table: the table, which nobody uses any more; or NULL
 *
 * Context: process.
 */
void kmc_auth_table_destroy(struct kmc_auth_table *table)
{
	if (table)
		kvfree_sensitive(table, struct_size(table, record, table->count));
}

/*
 * Takes the same time wherever the first difference is. Not crypto_memneq(), which is only
 * there if something else in the kernel has asked for it.
 */
static unsigned long differ(const struct kmc_auth_record *a, const struct kmc_auth_record *b)
{
	unsigned long difference = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(a->word); i++) {
		difference |= a->word[i] ^ b->word[i];
		OPTIMIZER_HIDE_VAR(difference);
	}
	return difference;
}

/* Is it one of those? All are compared, so that the time does not tell which. */
static bool check(const struct kmc_env *env, const struct kmc_auth_record *record)
{
	const struct kmc_auth_table *table;
	unsigned long found = 0;
	size_t i;

	rcu_read_lock();
	table = rcu_dereference(env->auth);
	for (i = 0; table && i < table->count; i++) {
		found |= !differ(&table->record[i], record);
		OPTIMIZER_HIDE_VAR(found);
	}
	rcu_read_unlock();
	return found;
}

/* A new attempt takes back what an earlier one has brought. */
static enum kmc_next begin(struct kmc_session *session, const struct kmc_request *req,
			   struct kmc_out *out, gfp_t gfp)
{
	struct kmc_auth_claim *claim = kzalloc(sizeof(*claim), gfp | __GFP_NOWARN);

	if (!claim && !gfpflags_allow_blocking(gfp))
		return KMC_NEXT_DEFER;
	session->is_authenticated = false;
	if (!claim) {
		if (session->is_binary)
			kmc_binary_reply_add(session, KMC_REPLY_NO_MEMORY_READ, out);
		else
			kmc_out_add_reply(out, KMC_REPLY_NO_MEMORY_READ);
		return KMC_NEXT_CLOSE;
	}
	claim->len = req->value_len;
	session->claim = claim;
	session->op = req->op;
	return KMC_NEXT_VALUE;
}

/**
 * kmc_auth_line() - a line of a client that has not said yet who it is
 * @session: the connection's protocol state
 * @req: the request
 * @parsed: what kmc_auth_parse() said of it, or another parser
 * @out: a batch with room, for the reply
 * @gfp: how to allocate
 *
 * Context: socket lock.
 *
 * Return: what comes next on the connection.
 */
enum kmc_next kmc_auth_line(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp)
{
	if (parsed == KMC_REPLY_HANGUP)
		return KMC_NEXT_CLOSE;
	if (!parsed && req->op == KMC_OP_AUTH)
		return begin(session, req, out, gfp);
	if (parsed == KMC_REPLY_AUTH_TOO_LONG) {
		kmc_out_add_reply(out, parsed);
		return KMC_NEXT_CLOSE;
	}
	kmc_out_add_reply(out, KMC_REPLY_UNAUTHENTICATED);
	return KMC_NEXT_REQUEST;
}

/**
 * kmc_auth_is_for() - is a packet answered before its client has said who it is?
 * @op: what it asks for
 *
 * Return: true for SASL, and as in memcached for the version.
 */
bool kmc_auth_is_for(enum kmc_op op)
{
	return op == KMC_OP_AUTH_LIST || op == KMC_OP_AUTH || op == KMC_OP_AUTH_STEP ||
	       op == KMC_OP_VERSION;
}

/**
 * kmc_auth_refuse() - a packet of a client that has not said yet who it is
 * @session: the connection's protocol state
 * @out: a batch with room, for the reply
 *
 * Return: %KMC_NEXT_CLOSE, as memcached does.
 */
enum kmc_next kmc_auth_refuse(struct kmc_session *session, struct kmc_out *out)
{
	kmc_binary_reply_add(session, KMC_REPLY_UNAUTHENTICATED, out);
	return KMC_NEXT_CLOSE;
}

static enum kmc_next swallow(struct kmc_session *session, enum kmc_reply error)
{
	session->error = error;
	return KMC_NEXT_SWALLOW;
}

/**
 * kmc_auth_packet() - SASL
 * @session: the connection's protocol state
 * @req: the request, one of three
 * @out: a batch with room, for the reply
 * @gfp: how to allocate
 *
 * Without authentication memcached does not know these, and no more do we.
 *
 * Context: socket lock.
 *
 * Return: what comes next on the connection.
 */
enum kmc_next kmc_auth_packet(struct kmc_session *session, const struct kmc_request *req,
			      struct kmc_out *out, gfp_t gfp)
{
	enum kmc_next next;

	if (!session->access->auth)
		return swallow(session, KMC_REPLY_ERROR);
	if (req->op == KMC_OP_AUTH_LIST) {
		kmc_binary_reply_add(session, KMC_REPLY_AUTH_LIST, out);
		return KMC_NEXT_REQUEST;
	}
	if (req->key.len > MECHANISM_MAX)
		return swallow(session, KMC_REPLY_BAD_FORMAT);
	next = begin(session, req, out, gfp);
	/* a step is one only behind an attempt that said nothing yet */
	if (next == KMC_NEXT_VALUE &&
	    (!kmc_token_is(req->key, KMC_AUTH_MECHANISM) ||
	     (req->op == KMC_OP_AUTH_STEP && !session->is_asked)))
		session->claim->bad_end = true;
	session->is_asked = false;
	return next;
}

/**
 * kmc_auth_value() - a part of what says who a client is
 * @session: the connection's protocol state, which has a claim
 * @part: the bytes
 */
void kmc_auth_value(struct kmc_session *session, struct kmc_span part)
{
	kmc_auth_take(session->claim, part);
}

static enum kmc_reply judge(struct kmc_session *session, const struct kmc_auth_record *record,
			    bool is_bad)
{
	struct kmc_stats *stats = session->env->stats;

	kmc_stats_inc(stats, KMC_STAT_AUTH_CMDS);
	session->is_authenticated = check(session->env, record) && !is_bad;
	if (session->is_authenticated)
		return KMC_REPLY_AUTHENTICATED;
	kmc_stats_inc(stats, KMC_STAT_AUTH_ERRORS);
	return KMC_REPLY_AUTH_FAILURE;
}

static enum kmc_reply end_text(struct kmc_session *session)
{
	struct kmc_auth_record record;
	enum kmc_reply reply = kmc_auth_split_text(session->claim, (char *)&record);

	if (!reply)
		reply = judge(session, &record, false);
	memzero_explicit(&record, sizeof(record));
	return reply;
}

static enum kmc_reply end_plain(struct kmc_session *session)
{
	struct kmc_auth_claim *claim = session->claim;
	struct kmc_auth_record record;
	enum kmc_reply reply;

	if (session->op == KMC_OP_AUTH && !claim->len && !claim->bad_end) {
		session->is_asked = true;
		return KMC_REPLY_AUTH_CONTINUE;
	}
	kmc_auth_split_plain(claim, (char *)&record);
	reply = judge(session, &record, claim->bad_end);
	memzero_explicit(&record, sizeof(record));
	return reply;
}

/**
 * kmc_auth_value_end() - it is complete
 * @session: the connection's protocol state, which has a claim
 * @out: a batch with room, for the reply
 */
void kmc_auth_value_end(struct kmc_session *session, struct kmc_out *out)
{
	if (session->is_binary)
		kmc_binary_reply_add(session, end_plain(session), out);
	else
		kmc_out_add_reply(out, end_text(session));
	kmc_auth_forget(session);
}

/**
 * kmc_auth_forget() - forget what a client has sent, and leave nothing of it in memory
 * @session: the connection's protocol state
 */
void kmc_auth_forget(struct kmc_session *session)
{
	kfree_sensitive(session->claim);
	session->claim = NULL;
}
