/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From key to item: a hash table that grows while it is used. */
#ifndef KMC_CACHE_INDEX_H
#define KMC_CACHE_INDEX_H

#include <linux/cache.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

struct kmc_budget;
struct kmc_item;
struct kmc_table;

#define KMC_INDEX_STRIPES 256

/**
 * struct kmc_stripe - the writer lock of every 256th bucket
 * @lock: taken with bottom halves off
 * @seq: changes when a bucket of this stripe moves to a larger table
 */
struct kmc_stripe {
	spinlock_t		lock;
	seqcount_spinlock_t	seq;
} ____cacheline_aligned_in_smp;

/**
 * struct kmc_index - hash table of items
 *
 * Readers walk a chain under RCU. Writers hold the key's stripe lock. To grow, a
 * table of twice the size is put behind the current one and buckets move over one
 * by one, each under its stripe lock; a reader that was led astray by a moving
 * item has missed its key and sees that the stripe's sequence count has changed.
 * An old bucket and the two it is split into are of the same stripe.
 *
 * **Locking**: K: the key's stripe lock. I: set by kmc_index_init(). W: only
 * kmc_index_grow(), which does not run concurrently with itself.
 *
 * @table: W to write, RCU to read
 * @secret: I: key of the hash: clients choose the keys, and must not be able to
 *	choose their hashes
 * @budget: I: what pays for the tables
 * @stripes: writer locks
 */
struct kmc_index {
	struct kmc_table __rcu	*table;
	hsiphash_key_t		secret;
	struct kmc_budget	*budget;
	struct kmc_stripe	stripes[KMC_INDEX_STRIPES];
};

/**
 * struct kmc_index_usage - what an index takes
 * @buckets: buckets
 * @bytes: memory of the tables
 * @expanding: there are two tables
 */
struct kmc_index_usage {
	unsigned long	buckets;
	unsigned long	bytes;
	bool		expanding;
};

int kmc_index_init(struct kmc_index *index, struct kmc_budget *budget);
void kmc_index_uninit(struct kmc_index *index);
u32 kmc_index_hash(const struct kmc_index *index, const char *key, size_t key_len);
struct kmc_item *kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				size_t key_len);
void kmc_index_lock(struct kmc_index *index, u32 hash);
void kmc_index_unlock(struct kmc_index *index, u32 hash);
struct kmc_item *__kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				  size_t key_len);
void __kmc_index_add(struct kmc_index *index, struct kmc_item *item);
void __kmc_index_replace(struct kmc_index *index, struct kmc_item *old, struct kmc_item *item);
void __kmc_index_remove(struct kmc_index *index, struct kmc_item *item);
size_t kmc_index_growth(struct kmc_index *index, unsigned long items);
int kmc_index_grow(struct kmc_index *index);
void kmc_index_visit(struct kmc_index *index, void (*visit)(struct kmc_item *item, void *arg),
		     void *arg);
void kmc_index_read_usage(struct kmc_index *index, struct kmc_index_usage *usage);

#endif
