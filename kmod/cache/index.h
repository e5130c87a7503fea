/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* From key to item: a hash table that grows and shrinks while it is used. */
#ifndef KMC_CACHE_INDEX_H
#define KMC_CACHE_INDEX_H

#include <linux/cache.h>
#include <linux/seqlock.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

struct kmc_budget;
struct kmc_cache_seek;
struct kmc_index;
struct kmc_item;
struct kmc_pool;
struct kmc_table;

#define KMC_INDEX_STRIPES 256

/**
 * struct kmc_stripe - the writer lock of a 256th of all hashes
 * @lock: taken with bottom halves off
 * @seq: changes when entries of this stripe move to another table
 * @used: entries, under @lock
 */
struct kmc_stripe {
	spinlock_t		lock;
	seqcount_spinlock_t	seq;
	u32			used;
} ____cacheline_aligned_in_smp;

/**
 * struct kmc_index - hash table of items
 *
 * A line is one cache line: the ids of some items, and a byte of each one's hash.
 * An item that finds its line full goes to the next one that is not, within its
 * stripe; how many have gone past a line is counted in it, so that readers know
 * when to stop. Hashes are mapped to lines in their order, so that the lines of a
 * stripe lie together whatever their number is: a table may have any multiple of
 * 256 lines, and is replaced by one an eighth larger rather than twice as large.
 *
 * Readers search under RCU. Writers hold the key's stripe lock. To change its size
 * another table is put behind the current one, and what has its home in a line
 * moves over, line by line, each under its stripe lock, by who resizes and, if that is
 * late, by those that add something; a reader that was led astray has missed its key
 * and sees that the stripe's sequence count has changed.
 *
 * **Locking**: K: the key's stripe lock. I: set by kmc_index_init(). W: only
 * kmc_index_resize(), which does not run concurrently with itself. A: accessed
 * without a lock.
 *
 * @table: W to write, RCU to read
 * @secret: I: key of the hash: clients choose the keys, and must not be able to
 *	choose their hashes
 * @order: I: key of another one, which orders what the first one does not
 * @budget: I: what pays for the tables
 * @pool: I: where the items are
 * @push_out: I: called under K for an item that there was no place for; its entry
 *	is gone
 * @crowded: A: a stripe is almost full
 * @move_lock: held by who moves lines to another table, in their order; outside of K
 * @shrink_at: A: it is left as large as it is before this, jiffies
 * @stripes: writer locks
 */
struct kmc_index {
	struct kmc_table __rcu	*table;
	hsiphash_key_t		secret;
	hsiphash_key_t		order;
	struct kmc_budget	*budget;
	struct kmc_pool		*pool;
	void			(*push_out)(struct kmc_index *index, struct kmc_item *item);
	bool			crowded;
	spinlock_t		move_lock;
	unsigned long		shrink_at;
	struct kmc_stripe	stripes[KMC_INDEX_STRIPES];
};

/**
 * struct kmc_index_usage - what an index takes
 * @lines: lines of the table
 * @bytes: memory of the tables
 * @resizing: there are two tables
 */
struct kmc_index_usage {
	unsigned long	lines;
	unsigned long	bytes;
	bool		resizing;
};

/**
 * struct kmc_index_entry - an item that was found on a walk
 * @place: where it is in the order of the walk
 * @item: the item
 */
struct kmc_index_entry {
	u64		place;
	struct kmc_item	*item;
};

int kmc_index_init(struct kmc_index *index, struct kmc_budget *budget, struct kmc_pool *pool,
		   void (*push_out)(struct kmc_index *index, struct kmc_item *item));
void kmc_index_uninit(struct kmc_index *index);
struct kmc_item *kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				size_t key_len, u32 *id);
void kmc_index_seek(struct kmc_index *index, struct kmc_cache_seek *seek, unsigned int count);
void kmc_index_lock(struct kmc_index *index, u32 hash);
void kmc_index_unlock(struct kmc_index *index, u32 hash);
struct kmc_item *__kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				  size_t key_len);
bool __kmc_index_has_place(struct kmc_index *index, u32 hash);
void __kmc_index_add(struct kmc_index *index, u32 hash, u32 id);
void __kmc_index_replace(struct kmc_index *index, u32 hash, u32 old_id, u32 id);
void __kmc_index_remove(struct kmc_index *index, u32 hash, u32 id);
bool kmc_index_is_full(struct kmc_index *index, u32 hash);
u32 kmc_index_wanted(struct kmc_index *index, unsigned long items);
bool kmc_index_would_shrink(struct kmc_index *index, u32 lines);
u32 kmc_index_fit(struct kmc_index *index, u32 lines);
size_t kmc_index_bytes(u32 lines);
void kmc_index_help(struct kmc_index *index, unsigned long items);
int kmc_index_resize(struct kmc_index *index, u32 lines, unsigned long items);
u64 kmc_index_collect(struct kmc_index *index, u64 place, struct kmc_index_entry *entry,
		      unsigned int max, unsigned int *count);
void kmc_index_read_usage(struct kmc_index *index, struct kmc_index_usage *usage);

/**
 * kmc_index_hash() - the hash of a key
 * @index: the index, which has the secret
 * @key: the key
 * @key_len: its length
 *
 * Context: any.
 *
 * Return: the hash.
 */
static inline u32 kmc_index_hash(const struct kmc_index *index, const char *key, size_t key_len)
{
	return hsiphash(key, key_len, &index->secret);
}

#endif
