// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "index.h"

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <linux/rcupdate.h>

#include "budget.h"
#include "slab.h"
#include "table.h"

#define EACH_BYTE	(~0U / U8_MAX)

/* Entries that a stripe has free when it counts as full, and before that when growing begins. */
#define STRIPE_SPARE	12U

/**
 * kmc_index_init() - initialise an embedded index
 * @index: the index
 * @budget: what pays for its tables
 * @pool: where the items are
 * @push_out: what to do with an item that there is no place for
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_index_init(struct kmc_index *index, struct kmc_budget *budget, struct kmc_pool *pool,
		   void (*push_out)(struct kmc_index *index, struct kmc_item *item))
{
	struct kmc_table *table = kmc_table_alloc(KMC_LINES_MIN);
	int i;

	if (!table)
		return -ENOMEM;
	atomic_long_add(kmc_index_bytes(KMC_LINES_MIN), &budget->used);
	RCU_INIT_POINTER(index->table, table);
	index->budget = budget;
	index->pool = pool;
	index->push_out = push_out;
	index->shrink_at = jiffies;
	spin_lock_init(&index->move_lock);
	get_random_bytes(&index->secret, sizeof(index->secret));
	get_random_bytes(&index->order, sizeof(index->order));
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
	kmc_table_free(index->budget, rcu_dereference_protected(index->table, true));
}

/* The table a key is in, or would be in. */
static struct kmc_table *find_table(struct kmc_index *index, u32 hash)
{
	struct kmc_table *table = rcu_dereference(index->table);
	struct kmc_table *next = rcu_dereference(table->next);

	if (next && kmc_table_home(table, hash) < READ_ONCE(table->migrated))
		table = next;
	return table;
}

/* Four tags of a line, the first one lowest. */
static u32 load_tags(const struct kmc_line *line, int word)
{
	return le32_to_cpu(READ_ONCE(line->tags[word]));
}

/*
 * The highest bit of each byte of @tags that is @tag: see "Bit Twiddling Hacks" (S. E.
 * Anderson), "haszero". One above such a byte may be set for no reason (for a borrow):
 * it is looked at, and is not the key.
 */
static u32 find_tag(u32 tags, u8 tag)
{
	u32 differs = tags ^ (EACH_BYTE * tag);

	return (differs - EACH_BYTE) & ~differs & (EACH_BYTE << 7);
}

/* Which entries of a line may have a tag: of entry 4 * w + i, bit 8 * i + w. */
static __always_inline u32 find_tags(const struct kmc_line *line, u8 tag)
{
	return find_tag(load_tags(line, 0), tag) >> 7 | find_tag(load_tags(line, 1), tag) >> 6 |
	       find_tag(load_tags(line, 2), tag) >> 5;
}

static u32 first_entry(u32 found)
{
	u32 bit = __ffs(found);

	return bit % BITS_PER_BYTE * sizeof(u32) + bit / BITS_PER_BYTE;
}

/*
 * In one piece with what it is called by, as each hit comes by here: with calls between them,
 * to find a key takes a third more instructions.
 */
static __always_inline struct kmc_item *search_line(const struct kmc_index *index,
						    const struct kmc_line *line, u8 tag,
						    const char *key, size_t key_len, u32 *result)
{
	u32 found;

	for (found = find_tags(line, tag); found; found &= found - 1) {
		struct kmc_item *item;
		/* pairs with that in set_entry() */
		u32 id = smp_load_acquire(&line->id[first_entry(found)]);

		if (!id)
			continue;
		item = kmc_slab_item(index->pool, id);
		if (!kmc_item_has_key(item, key, key_len))
			continue;
		*result = id;
		return item;
	}
	return NULL;
}

static __always_inline struct kmc_item *search_table(const struct kmc_index *index,
						     const struct kmc_table *table, u32 hash,
						     const char *key, size_t key_len, u32 *id)
{
	u32 at = kmc_table_home(table, hash), left;
	struct kmc_item *item = NULL;

	for (left = kmc_table_reach(table); left; left--) {
		item = search_line(index, &table->line[at], kmc_hash_tag(hash), key, key_len, id);
		if (item || !READ_ONCE(table->line[at].passed))
			break;
		at = kmc_table_line_after(table, at);
	}
	return item;
}

/**
 * kmc_index_find() - find an item as a reader
 * @index: the index
 * @hash: kmc_index_hash() of the key
 * @key: the key
 * @key_len: its length
 * @id: result: its id, if there is one
 *
 * Context: under rcu_read_lock(), which keeps the item's memory.
 *
 * Return: the item, dead ones included, or NULL.
 */
struct kmc_item *kmc_index_find(struct kmc_index *index, u32 hash, const char *key,
				size_t key_len, u32 *id)
{
	struct kmc_stripe *stripe = kmc_index_stripe(index, hash);
	struct kmc_table *table;
	struct kmc_item *item;
	unsigned int seq;
	bool moved;

	do {
		seq = read_seqcount_begin(&stripe->seq);
		table = find_table(index, hash);
		item = search_table(index, table, hash, key, key_len, id);
		/* asked always: for KCSAN it ends what is excused */
		moved = read_seqcount_retry(&stripe->seq, seq);
		if (item || !moved)
			break;
		/* something has moved: not what has this home, if that still leads here */
		seq = read_seqcount_begin(&stripe->seq);
		moved = find_table(index, hash) != table;
		read_seqcount_retry(&stripe->seq, seq);
	} while (moved);
	return item;
}

/* The first entry that may be it, or NULL. */
static const u32 *guess(const struct kmc_line *line, u8 tag)
{
	u32 found;

	for (found = find_tags(line, tag); found; found &= found - 1) {
		const u32 *entry = &line->id[first_entry(found)];

		if (READ_ONCE(*entry))
			return entry;
	}
	return NULL;
}

/**
 * kmc_index_seek() - begin to look for several keys
 * @index: the index
 * @seek: the keys
 * @count: how many
 *
 * In two passes, for memory is far: all lines of the index are asked for before the first of
 * them is looked at, and then all items.
 *
 * Context: RCU, until the last was found.
 */
void kmc_index_seek(struct kmc_index *index, struct kmc_cache_seek *seek, unsigned int count)
{
	struct kmc_cache_seek *end = seek + count, *at;

	for (at = seek; at < end; at++) {
		struct kmc_table *table;

		at->hash = kmc_index_hash(index, at->key, at->key_len);
		table = find_table(index, at->hash);
		at->line = &table->line[kmc_table_home(table, at->hash)];
		prefetch(at->line);
	}
	for (at = seek; at < end; at++) {
		at->entry = guess(at->line, kmc_hash_tag(at->hash));
		/* pairs with that in set_entry() */
		at->id = at->entry ? smp_load_acquire(at->entry) : 0;
		if (!at->id)
			continue;
		at->item = kmc_slab_item(index->pool, at->id);
		prefetch(at->item);
	}
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
	__acquires(RCU) __acquires(&kmc_index_stripe(index, hash)->lock)
{
	/* The table is freed a grace period after the last line has moved. */
	rcu_read_lock();
	spin_lock_bh(&kmc_index_stripe(index, hash)->lock);
}

/**
 * kmc_index_unlock() - undo kmc_index_lock()
 * @index: the index
 * @hash: the hash
 */
void kmc_index_unlock(struct kmc_index *index, u32 hash)
	__releases(&kmc_index_stripe(index, hash)->lock) __releases(RCU)
{
	spin_unlock_bh(&kmc_index_stripe(index, hash)->lock);
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
	u32 id;

	lockdep_assert_held(&kmc_index_stripe(index, hash)->lock);
	return search_table(index, find_table(index, hash), hash, key, key_len, &id);
}

static void set_entry(struct kmc_line *line, int at, u8 tag, u32 id)
{
	WRITE_ONCE(line->tag[at], tag);
	/* who sees the id sees the item */
	smp_store_release(&line->id[at], id);
}

/* The place of an id in a line; of 0, a place for one. */
static int find_in_line(const struct kmc_line *line, u32 id)
{
	int i;

	for (i = 0; i < KMC_LINE_ENTRIES; i++)
		if (line->id[i] == id)
			return i;
	return -1;
}

/**
 * kmc_table_count_passed() - an item of one line is in another one
 * @table: the table, its stripe locked
 * @home: the line
 * @end: where the item is
 * @by: 1, or -1: it is not any more
 *
 * Context: any but hard interrupts.
 */
void kmc_table_count_passed(struct kmc_table *table, u32 home, u32 end, int by)
{
	u32 at;

	for (at = home; at != end; at = kmc_table_line_after(table, at))
		WRITE_ONCE(table->line[at].passed, table->line[at].passed + by);
}

/* The line from @home on that has this id, or a place; or none. */
static struct kmc_line *find_line(struct kmc_table *table, u32 home, u32 id, u32 *line, int *at)
{
	u32 left;

	*line = home;
	for (left = kmc_table_reach(table); left; left--) {
		*at = find_in_line(&table->line[*line], id);
		if (*at >= 0)
			return &table->line[*line];
		*line = kmc_table_line_after(table, *line);
	}
	return NULL;
}

static bool add_entry(struct kmc_table *table, u32 hash, u32 id)
{
	u32 home = kmc_table_home(table, hash), end;
	struct kmc_line *line;
	int at;

	line = find_line(table, home, 0, &end, &at);
	if (!line)
		return false;
	/* before the entry, so that a reader that sees it not at home goes on */
	kmc_table_count_passed(table, home, end, 1);
	set_entry(line, at, kmc_hash_tag(hash), id);
	return true;
}

static bool remove_entry(struct kmc_table *table, u32 hash, u32 id)
{
	u32 home = kmc_table_home(table, hash), end;
	struct kmc_line *line;
	int at;

	line = find_line(table, home, id, &end, &at);
	if (WARN_ON_ONCE(!line))
		return false;
	WRITE_ONCE(line->id[at], 0);
	kmc_table_count_passed(table, home, end, -1);
	return true;
}

/* Make a place by pushing out an item of the home line. */
static void push_out_one(struct kmc_index *index, struct kmc_table *table, u32 hash)
{
	struct kmc_stripe *stripe = kmc_index_stripe(index, hash);
	u32 id = table->line[kmc_table_home(table, hash)].id[hash % KMC_LINE_ENTRIES];
	struct kmc_item *item = kmc_slab_item(index->pool, id);

	if (remove_entry(table, kmc_index_hash_item(index, item), id))
		WRITE_ONCE(stripe->used, stripe->used - 1);
	index->push_out(index, item);
}

/**
 * __kmc_index_enter() - put an item into a table, if another one has to go for it
 * @index: the index, locked for the hash
 * @table: one of its tables
 * @hash: the hash
 * @id: the item's id
 *
 * Context: any but hard interrupts.
 */
void __kmc_index_enter(struct kmc_index *index, struct kmc_table *table, u32 hash, u32 id)
{
	if (add_entry(table, hash, id))
		return;
	/* all lines that it may be in are full */
	push_out_one(index, table, hash);
	add_entry(table, hash, id);
}

/* What a stripe that becomes full should have left: there may be no place in reach before. */
static u32 spare_of(u32 stripe_lines)
{
	if (stripe_lines > KMC_DISTANCE_MAX)
		return stripe_lines * KMC_LINE_ENTRIES / 16;
	return STRIPE_SPARE;
}

/* Growing must begin before a stripe is full, however small it is: there may be a rush. */
static void note_crowd(struct kmc_index *index, const struct kmc_stripe *stripe,
		       const struct kmc_table *table)
{
	u32 lines = table->lines / KMC_INDEX_STRIPES, room = lines * KMC_LINE_ENTRIES;
	u32 spare = spare_of(lines) + max(room / KMC_CROWDED_BEFORE, STRIPE_SPARE);

	/* it is growing already */
	if (rcu_access_pointer(table->next))
		return;
	if (stripe->used + spare > room && !READ_ONCE(index->crowded))
		WRITE_ONCE(index->crowded, true);
}

/**
 * kmc_index_is_full() - is there hardly a place for another key?
 * @index: the index
 * @hash: hash of the key
 *
 * Context: any.
 *
 * Return: true if it should grow before the key is stored.
 */
bool kmc_index_is_full(struct kmc_index *index, u32 hash)
{
	struct kmc_table *table, *next;
	u32 lines, used;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	next = rcu_dereference(table->next);
	/* while it shrinks: all will have to fit into the smaller one */
	if (next && next->lines > table->lines)
		next = find_table(index, hash);
	lines = (next ? next->lines : table->lines) / KMC_INDEX_STRIPES;
	rcu_read_unlock();
	used = READ_ONCE(kmc_index_stripe(index, hash)->used);
	return used + spare_of(lines) > lines * KMC_LINE_ENTRIES;
}

/**
 * __kmc_index_has_place() - can an item be added without pushing out another one?
 * @index: the index, locked for @hash
 * @hash: the hash
 *
 * Return: true if it can.
 */
bool __kmc_index_has_place(struct kmc_index *index, u32 hash)
{
	struct kmc_table *table = find_table(index, hash);
	u32 line;
	int at;

	lockdep_assert_held(&kmc_index_stripe(index, hash)->lock);
	return find_line(table, kmc_table_home(table, hash), 0, &line, &at);
}

/**
 * __kmc_index_add() - add an item whose key is not there
 * @index: the index, locked for the item's hash
 * @hash: the hash
 * @id: the item's id
 */
void __kmc_index_add(struct kmc_index *index, u32 hash, u32 id)
{
	struct kmc_stripe *stripe = kmc_index_stripe(index, hash);
	struct kmc_table *table = find_table(index, hash);

	lockdep_assert_held(&stripe->lock);
	__kmc_index_enter(index, table, hash, id);
	WRITE_ONCE(stripe->used, stripe->used + 1);
	note_crowd(index, stripe, table);
}

/**
 * __kmc_index_replace() - put an item in the place of another one of the same key
 * @index: the index, locked for the items' hash
 * @hash: the hash
 * @old_id: id of the item that is there
 * @id: that of the new one
 *
 * A reader finds one or the other, never none.
 */
void __kmc_index_replace(struct kmc_index *index, u32 hash, u32 old_id, u32 id)
{
	struct kmc_table *table = find_table(index, hash);
	struct kmc_line *line;
	u32 end;
	int at;

	lockdep_assert_held(&kmc_index_stripe(index, hash)->lock);
	line = find_line(table, kmc_table_home(table, hash), old_id, &end, &at);
	if (WARN_ON_ONCE(!line))
		return;
	/* whoever finds the id sees the item that it is of: pairs with search_line() */
	smp_store_release(&line->id[at], id);
}

/**
 * __kmc_index_remove() - remove an item
 * @index: the index, locked for the item's hash
 * @hash: the hash
 * @id: id of an item that is there
 */
void __kmc_index_remove(struct kmc_index *index, u32 hash, u32 id)
{
	struct kmc_stripe *stripe = kmc_index_stripe(index, hash);

	lockdep_assert_held(&stripe->lock);
	if (remove_entry(find_table(index, hash), hash, id))
		WRITE_ONCE(stripe->used, stripe->used - 1);
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
	usage->lines = table->lines;
	usage->bytes = kmc_index_bytes(table->lines);
	usage->resizing = next;
	if (next)
		usage->bytes += kmc_index_bytes(next->lines);
	rcu_read_unlock();
}
