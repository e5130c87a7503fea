// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "index.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "budget.h"
#include "item.h"

/* Buckets of an empty index; at least as many as stripes. */
#define BUCKETS_MIN 4096
#define BUCKETS_MAX (1U << 30)

/**
 * struct kmc_table - one size of the hash table
 * @next: the table twice its size that replaces it, once there is one
 * @mask: number of buckets - 1
 * @migrated: buckets below this one have moved to @next; changes under the
 *	stripe lock of the bucket
 * @bucket: chains of items
 */
struct kmc_table {
	struct kmc_table __rcu	*next;
	u32			mask;
	u32			migrated;
	struct kmc_item __rcu	*bucket[];
};

static size_t table_bytes(u32 buckets)
{
	return PAGE_ALIGN(struct_size((struct kmc_table *)NULL, bucket, buckets));
}

static struct kmc_table *alloc_table(u32 buckets)
{
	struct kmc_table *table;

	/* not kvzalloc(), which would round a power of two and a header up to the next */
	table = __vmalloc(table_bytes(buckets),
			  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY);
	if (table)
		table->mask = buckets - 1;
	return table;
}

static void free_table(struct kmc_budget *budget, struct kmc_table *table)
{
	kmc_budget_uncharge(budget, table_bytes(table->mask + 1));
	vfree(table);
}

/**
 * kmc_index_init() - initialise an embedded index
 * @index: the index
 * @budget: what pays for its tables
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_index_init(struct kmc_index *index, struct kmc_budget *budget)
{
	struct kmc_table *table = alloc_table(BUCKETS_MIN);
	int i;

	if (!table)
		return -ENOMEM;
	atomic_long_add(table_bytes(BUCKETS_MIN), &budget->used);
	RCU_INIT_POINTER(index->table, table);
	index->budget = budget;
	get_random_bytes(&index->secret, sizeof(index->secret));
	for (i = 0; i < KMC_INDEX_STRIPES; i++) {
		spin_lock_init(&index->stripes[i].lock);
		seqcount_spinlock_init(&index->stripes[i].seq, &index->stripes[i].lock);
	}
	return 0;
}

/**
 * kmc_index_uninit() - free the tables of an index nobody uses any more
 * @index: the index
 */
void kmc_index_uninit(struct kmc_index *index)
{
	free_table(index->budget, rcu_dereference_protected(index->table, true));
}

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
u32 kmc_index_hash(const struct kmc_index *index, const char *key, size_t key_len)
{
	return hsiphash(key, key_len, &index->secret);
}

static struct kmc_stripe *stripe_of(struct kmc_index *index, u32 hash)
{
	return &index->stripes[hash % KMC_INDEX_STRIPES];
}

/* The chain a key is in, or would be in. */
static struct kmc_item __rcu **find_chain(struct kmc_index *index, u32 hash)
{
	struct kmc_table *table = rcu_dereference(index->table);
	struct kmc_table *next = rcu_dereference(table->next);

	if (next && (hash & table->mask) < READ_ONCE(table->migrated))
		table = next;
	return &table->bucket[hash & table->mask];
}

static struct kmc_item *search_chain(struct kmc_item __rcu **chain, u32 hash, const char *key,
				     size_t key_len)
{
	struct kmc_item *item;

	for (item = rcu_dereference(*chain); item; item = rcu_dereference(item->next))
		if (item->hash == hash && item->key_len == key_len &&
		    !memcmp(item->data, key, key_len))
			break;
	return item;
}

/**
 * kmc_index_find() - find an item as a reader
 * @index: the index
 * @hash: kmc_index_hash() of the key
 * @key: the key
 * @key_len: its length
 *
 * Context: under rcu_read_lock(), which keeps the item's memory.
 *
 * Return: the item, dead ones included, or NULL.
 */
struct kmc_item *kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				size_t key_len)
{
	struct kmc_stripe *stripe = stripe_of(index, hash);
	struct kmc_item *item;
	unsigned int seq;
	bool moved;

	do {
		seq = read_seqcount_begin(&stripe->seq);
		item = search_chain(find_chain(index, hash), hash, key, key_len);
		/* asked always: for KCSAN it ends what is excused */
		moved = read_seqcount_retry(&stripe->seq, seq);
	} while (!item && moved);
	return item;
}

/**
 * kmc_index_lock() - take the writer lock of all keys with this hash
 * @index: the index
 * @hash: the hash
 *
 * Context: any but hard interrupts; bottom halves are off and RCU is held until
 * kmc_index_unlock().
 */
void kmc_index_lock(struct kmc_index *index, u32 hash)
	__acquires(RCU) __acquires(&stripe_of(index, hash)->lock)
{
	/* The table is freed a grace period after the last bucket has moved. */
	rcu_read_lock();
	spin_lock_bh(&stripe_of(index, hash)->lock);
}

/**
 * kmc_index_unlock() - undo kmc_index_lock()
 * @index: the index
 * @hash: the hash
 */
void kmc_index_unlock(struct kmc_index *index, u32 hash)
	__releases(&stripe_of(index, hash)->lock) __releases(RCU)
{
	spin_unlock_bh(&stripe_of(index, hash)->lock);
	rcu_read_unlock();
}

/**
 * __kmc_index_find() - find an item as a writer
 * @index: the index, locked for @hash
 * @hash: kmc_index_hash() of the key
 * @key: the key
 * @key_len: its length
 *
 * Return: the item, dead ones included, or NULL.
 */
struct kmc_item *__kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				  size_t key_len)
{
	lockdep_assert_held(&stripe_of(index, hash)->lock);
	return search_chain(find_chain(index, hash), hash, key, key_len);
}

/**
 * __kmc_index_add() - add an item whose key is not there
 * @index: the index, locked for the item's hash
 * @item: the item
 */
void __kmc_index_add(struct kmc_index *index, struct kmc_item *item)
{
	struct kmc_item __rcu **chain = find_chain(index, item->hash);

	lockdep_assert_held(&stripe_of(index, item->hash)->lock);
	RCU_INIT_POINTER(item->next, rcu_dereference(*chain));
	rcu_assign_pointer(*chain, item);
}

/* The pointer that points to @item. */
static struct kmc_item __rcu **find_link(struct kmc_index *index, struct kmc_item *item)
{
	struct kmc_item __rcu **link = find_chain(index, item->hash);
	struct kmc_item *cur;

	lockdep_assert_held(&stripe_of(index, item->hash)->lock);
	while ((cur = rcu_dereference(*link)) != item)
		link = &cur->next;
	return link;
}

/**
 * __kmc_index_replace() - put an item in the place of another one of the same key
 * @index: the index, locked for the items' hash
 * @old: the item that is there
 * @item: the new one
 *
 * A reader finds one or the other, never none.
 */
void __kmc_index_replace(struct kmc_index *index, struct kmc_item *old, struct kmc_item *item)
{
	struct kmc_item __rcu **link = find_link(index, old);

	RCU_INIT_POINTER(item->next, rcu_dereference(old->next));
	rcu_assign_pointer(*link, item);
}

/**
 * __kmc_index_remove() - remove an item
 * @index: the index, locked for the item's hash
 * @item: an item that is there
 */
void __kmc_index_remove(struct kmc_index *index, struct kmc_item *item)
{
	struct kmc_item __rcu **link = find_link(index, item);

	rcu_assign_pointer(*link, rcu_dereference(item->next));
}

/**
 * kmc_index_growth() - what it would take to have one item a chain again
 * @index: the index
 * @items: how many items there are
 *
 * Context: any.
 *
 * Return: the memory of the table that kmc_index_grow() would make, bytes; 0 if
 * chains are short enough, or growth is going on.
 */
size_t kmc_index_growth(struct kmc_index *index, unsigned long items)
{
	struct kmc_table *table;
	size_t bytes = 0;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	if (items > table->mask && table->mask < BUCKETS_MAX - 1 &&
	    !rcu_access_pointer(table->next))
		bytes = table_bytes((table->mask + 1) * 2);
	rcu_read_unlock();
	return bytes;
}

static void move_bucket(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to,
			u32 bucket)
{
	struct kmc_stripe *stripe = stripe_of(index, bucket);
	struct kmc_item *item;

	spin_lock_bh(&stripe->lock);
	write_seqcount_begin(&stripe->seq);
	while ((item = rcu_dereference_protected(from->bucket[bucket], true))) {
		struct kmc_item __rcu **chain = &to->bucket[item->hash & to->mask];

		RCU_INIT_POINTER(from->bucket[bucket],
				 rcu_dereference_protected(item->next, true));
		rcu_assign_pointer(item->next, rcu_dereference_protected(*chain, true));
		rcu_assign_pointer(*chain, item);
	}
	WRITE_ONCE(from->migrated, bucket + 1);
	write_seqcount_end(&stripe->seq);
	spin_unlock_bh(&stripe->lock);
}

/**
 * kmc_index_grow() - double the number of buckets
 * @index: the index
 *
 * Readers and writers go on meanwhile; each waits for the move of one bucket at
 * the most. The caller has charged what kmc_index_growth() said; that is undone on
 * failure.
 *
 * Context: process; not concurrently with itself or kmc_index_visit().
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_index_grow(struct kmc_index *index)
{
	struct kmc_table *old = rcu_dereference_protected(index->table, true);
	struct kmc_table *table = alloc_table((old->mask + 1) * 2);
	u32 i;

	if (!table) {
		kmc_budget_uncharge(index->budget, table_bytes((old->mask + 1) * 2));
		return -ENOMEM;
	}
	rcu_assign_pointer(old->next, table);
	/*
	 * Whoever has not seen @next yet may hold a stripe lock now and add to
	 * a bucket that is about to move; that is over when the lock is ours.
	 */
	for (i = 0; i <= old->mask; i++) {
		move_bucket(index, old, table, i);
		cond_resched();
	}
	rcu_assign_pointer(index->table, table);
	synchronize_rcu();
	free_table(index->budget, old);
	return 0;
}

/**
 * kmc_index_visit() - look at all items
 * @index: the index
 * @visit: called for each item with its writer lock held; may remove it
 * @arg: passed to @visit
 *
 * Context: process; not concurrently with kmc_index_grow().
 */
void kmc_index_visit(struct kmc_index *index, void (*visit)(struct kmc_item *item, void *arg),
		     void *arg)
{
	struct kmc_table *table = rcu_dereference_protected(index->table, true);
	struct kmc_item *item, *next;
	u32 i;

	for (i = 0; i <= table->mask; i++) {
		kmc_index_lock(index, i);
		for (item = rcu_dereference(table->bucket[i]); item; item = next) {
			next = rcu_dereference(item->next);
			visit(item, arg);
		}
		kmc_index_unlock(index, i);
		cond_resched();
	}
}

/**
 * kmc_index_read_usage() - what the index takes
 * @index: the index
 * @usage: result
 */
void kmc_index_read_usage(struct kmc_index *index, struct kmc_index_usage *usage)
{
	struct kmc_table *table, *next;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	next = rcu_dereference(table->next);
	usage->buckets = table->mask + 1UL;
	usage->bytes = table_bytes(table->mask + 1);
	usage->expanding = next;
	if (next)
		usage->bytes += table_bytes(next->mask + 1);
	rcu_read_unlock();
}
