/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What is done to the keys of each prefix: stats detail. */
#ifndef KMC_EXEC_PREFIXES_H
#define KMC_EXEC_PREFIXES_H

#include <linux/compiler.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/xarray.h>

#include "../proto/reply.h"

struct kmc_env;
struct kmc_out;
struct kmc_session;

/* More prefixes than this are not counted; as in memcached. */
#define KMC_PREFIXES_MAX 65536

/* Nor more than this much memory is taken for them, nor an eighth of the limit, bytes. */
#define KMC_PREFIXES_BYTES_MAX (16 << 20)

/* What separates a prefix from the rest of its key, unless it is set. */
#define KMC_PREFIX_DELIMITER ':'

/**
 * struct kmc_prefixes - the prefixes of a server
 *
 * **Lifetime**: embedded in &struct kmc_env.
 *
 * **Locking**: P: @lock, taken with bottom halves off, outside of the table's and the
 * array's own. A: accessed without a lock.
 *
 * @is_on: A: they are counted
 * @lock: adds and removes prefixes
 * @bytes: P: memory they take
 * @table: P to write, RCU to read: prefixes by their bytes
 * @all: P to write, RCU to read: the same, by number, so that whoever goes through
 *	them can stop and go on
 */
struct kmc_prefixes {
	bool			is_on;
	spinlock_t		lock;
	size_t			bytes;
	struct rhashtable	table;
	struct xarray		all;
};

/**
 * enum kmc_prefixes_what - what is done to a key
 * @KMC_PREFIXES_MISS: it is asked for, and is not there
 * @KMC_PREFIXES_HIT: it is asked for, and is there
 * @KMC_PREFIXES_SET: a value is offered
 * @KMC_PREFIXES_DELETE: it is to be deleted
 */
enum kmc_prefixes_what {
	KMC_PREFIXES_MISS,
	KMC_PREFIXES_HIT,
	KMC_PREFIXES_SET,
	KMC_PREFIXES_DELETE,
};

int kmc_prefixes_init(struct kmc_prefixes *prefixes);
void kmc_prefixes_uninit(struct kmc_prefixes *prefixes);
enum kmc_reply kmc_prefixes_command(struct kmc_session *session, struct kmc_span word);
bool kmc_prefixes_next(struct kmc_session *session, struct kmc_out *out);
bool kmc_prefixes_reset_next(struct kmc_session *session, struct kmc_out *out);
bool kmc_prefixes_is_empty(const struct kmc_prefixes *prefixes);
void kmc_prefixes_free_all(struct kmc_env *env);
void kmc_prefixes_trim(struct kmc_env *env);
void __kmc_prefixes_count(struct kmc_env *env, struct kmc_span key, enum kmc_prefixes_what what);

/**
 * kmc_prefixes_is_on() - are prefixes counted?
 * @prefixes: the prefixes
 *
 * All that it costs while they are not.
 *
 * Context: any.
 *
 * Return: true if they are.
 */
static inline bool kmc_prefixes_is_on(const struct kmc_prefixes *prefixes)
{
	return unlikely(READ_ONCE(prefixes->is_on));
}

#endif
