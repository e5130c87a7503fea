// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "index.h"

#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#include "budget.h"
#include "item.h"
#include "slab.h"

#define LINE_ENTRIES	12

#define EACH_BYTE	(~0ULL / U8_MAX)

/*
 * How many lines an item may be from its home; there is no place for it further on. Up to
 * 700,000 items that is anywhere in its stripe. With 64 lines, a rush of new keys pushed out
 * two of ten thousand items while the index grew, because it is then more than 88 % full.
 */
#define DISTANCE_MAX	256U

/* Lines of an empty index, and what their number is always a multiple of. */
#define LINES_MIN	2048U
#define LINES_STEP	KMC_INDEX_STRIPES
#define LINES_MAX	BIT(28)

/* Entries that a stripe has free when it counts as full, and before that when growing begins. */
#define STRIPE_SPARE	12U

/* Up to here a table grows by half, not by an eighth. */
#define LINES_SMALL	16384U

/* How full a table may be, may become by growing or shrinking, and must be, in per cent. */
#define FULL_MAX	88
#define FULL_AFTER	79
#define FULL_MIN	55

/*
 * Growing begins when the fullest stripe has a 32nd of its entries left, and is over before a
 * 48th of all is added: what is added meanwhile moves some lines itself if that is late, more
 * than it has to. Stripes do not fill evenly, so there is some time left.
 */
#define CROWDED_BEFORE	32
#define MOVE_WITHIN	48
#define MOVE_LINES	6

/* How long a resize has a CPU at a time, and how long it leaves it to others, microseconds. */
#define MOVE_US		400
#define REST_US		50

/* How long it is left as it is when it cannot shrink. */
#define SHRINK_RETRY	(5 * HZ)

/**
 * struct kmc_line - some items
 * @tag: a byte of each one's hash
 * @tags: the same, to read several
 * @passed: how many items that have their home here or before are further on
 * @spare: not used
 * @id: their ids; 0: no item
 */
struct kmc_line {
	union {
		u8	tag[LINE_ENTRIES];
		__le32	tags[LINE_ENTRIES / sizeof(__le32)];
	};
	u16	passed;
	u16	spare;
	u32	id[LINE_ENTRIES];
};

/**
 * struct kmc_table - one size of the hash table
 * @next: the table that replaces it, once there is one
 * @lines: number of lines
 * @migrated: what has its home in a line below this one is in @next; changes under
 *	the stripe lock of the line and the index's move_lock
 * @items: how many there were when the move from the table before it began
 * @within: how many may be added until it is over
 * @line: the lines
 */
struct kmc_table {
	struct kmc_table __rcu	*next;
	u32			lines;
	u32			migrated;
	unsigned long		items;
	unsigned long		within;
	struct kmc_line		line[] __aligned(64);
};

/**
 * kmc_index_bytes() - the memory of a table
 * @lines: its size
 *
 * Return: bytes.
 */
size_t kmc_index_bytes(u32 lines)
{
	BUILD_BUG_ON(sizeof(struct kmc_line) != 64);
	return PAGE_ALIGN(struct_size((struct kmc_table *)NULL, line, lines));
}

static struct kmc_table *alloc_table(u32 lines)
{
	struct kmc_table *table;

	/* not kvzalloc(), which would round up */
	table = __vmalloc(kmc_index_bytes(lines),
			  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY);
	if (table)
		table->lines = lines;
	return table;
}

static void free_table(struct kmc_budget *budget, struct kmc_table *table)
{
	kmc_budget_uncharge(budget, kmc_index_bytes(table->lines));
	vfree(table);
}

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
	struct kmc_table *table = alloc_table(LINES_MIN);
	int i;

	if (!table)
		return -ENOMEM;
	atomic_long_add(kmc_index_bytes(LINES_MIN), &budget->used);
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
	return &index->stripes[hash / (U32_MAX / KMC_INDEX_STRIPES + 1)];
}

/* The line that has place for a hash: in the order of hashes. */
static u32 home_of(const struct kmc_table *table, u32 hash)
{
	return ((u64)hash * table->lines) >> 32;
}

/* The low bits, which say least about the line. */
static u8 tag_of(u32 hash)
{
	return hash;
}

/* How many lines an item may be in: no more than its stripe has. */
static u32 reach_of(const struct kmc_table *table)
{
	return min(table->lines / KMC_INDEX_STRIPES, DISTANCE_MAX);
}

/* The line after @line in its stripe, which comes round. */
static u32 line_after(const struct kmc_table *table, u32 line)
{
	u32 lines = table->lines / KMC_INDEX_STRIPES;

	return (line + 1) % lines ? line + 1 : line + 1 - lines;
}

/* The table a key is in, or would be in. */
static struct kmc_table *find_table(struct kmc_index *index, u32 hash)
{
	struct kmc_table *table = rcu_dereference(index->table);
	struct kmc_table *next = rcu_dereference(table->next);

	if (next && home_of(table, hash) < READ_ONCE(table->migrated))
		table = next;
	return table;
}

static bool is_same_word(const char *a, const char *b)
{
	return get_unaligned((const u64 *)a) == get_unaligned((const u64 *)b);
}

/* By words, of which the last two may overlap: there is no need to know which is less. */
static bool is_same(const char *a, const char *b, size_t len)
{
	size_t at;

	if (len < sizeof(u64))
		return !memcmp(a, b, len);
	for (at = 0; at < len - sizeof(u64); at += sizeof(u64)) {
		if (!is_same_word(a + at, b + at))
			return false;
	}
	return is_same_word(a + len - sizeof(u64), b + len - sizeof(u64));
}

static bool is_key(const struct kmc_item *item, const char *key, size_t key_len)
{
	return item->key_len == key_len && is_same(item->data, key, key_len);
}

/* Four tags of a line, the first one lowest. */
static u64 load_tags(const struct kmc_line *line, int word)
{
	return le32_to_cpu(READ_ONCE(line->tags[word]));
}

/*
 * The highest bit of each byte of @tags that is @tag: see "Bit Twiddling Hacks" (S. E.
 * Anderson), "haszero". One above such a byte may be set for no reason (for a borrow):
 * it is looked at, and is not the key.
 */
static u64 find_tag(u64 tags, u8 tag)
{
	u64 differs = tags ^ (EACH_BYTE * tag);

	return (differs - EACH_BYTE) & ~differs & (EACH_BYTE << 7);
}

/* Look at the entries whose tags were found, from the entry @first on. */
static struct kmc_item *search_found(const struct kmc_index *index, const struct kmc_line *line,
				     int first, u64 found, const char *key, size_t key_len,
				     u32 *result)
{
	for (; found; found &= found - 1) {
		struct kmc_item *item;
		/* pairs with that in set_entry() */
		u32 id = smp_load_acquire(&line->id[first + __ffs64(found) / BITS_PER_BYTE]);

		if (!id)
			continue;
		item = kmc_slab_item(index->pool, id);
		if (!is_key(item, key, key_len))
			continue;
		*result = id;
		return item;
	}
	return NULL;
}

/* The first eight entries, and then the last four. */
static struct kmc_item *search_line(const struct kmc_index *index, const struct kmc_line *line,
				    u8 tag, const char *key, size_t key_len, u32 *id)
{
	u64 found = find_tag(load_tags(line, 0) | load_tags(line, 1) << 32, tag);
	struct kmc_item *item = search_found(index, line, 0, found, key, key_len, id);

	if (item)
		return item;
	found = find_tag(load_tags(line, 2), tag) & U32_MAX;
	return search_found(index, line, 8, found, key, key_len, id);
}

static struct kmc_item *search_table(const struct kmc_index *index,
				     const struct kmc_table *table, u32 hash, const char *key,
				     size_t key_len, u32 *id)
{
	u32 at = home_of(table, hash), left;
	struct kmc_item *item = NULL;

	for (left = reach_of(table); left; left--) {
		item = search_line(index, &table->line[at], tag_of(hash), key, key_len, id);
		if (item || !READ_ONCE(table->line[at].passed))
			break;
		at = line_after(table, at);
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
	struct kmc_stripe *stripe = stripe_of(index, hash);
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
	/* The table is freed a grace period after the last line has moved. */
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
	u32 id;

	lockdep_assert_held(&stripe_of(index, hash)->lock);
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

	for (i = 0; i < LINE_ENTRIES; i++)
		if (line->id[i] == id)
			return i;
	return -1;
}

static void count_passed(struct kmc_table *table, u32 home, u32 end, int by)
{
	u32 at;

	for (at = home; at != end; at = line_after(table, at))
		WRITE_ONCE(table->line[at].passed, table->line[at].passed + by);
}

/* The line from @home on that has this id, or a place; or none. */
static struct kmc_line *find_line(struct kmc_table *table, u32 home, u32 id, u32 *line, int *at)
{
	u32 left;

	*line = home;
	for (left = reach_of(table); left; left--) {
		*at = find_in_line(&table->line[*line], id);
		if (*at >= 0)
			return &table->line[*line];
		*line = line_after(table, *line);
	}
	return NULL;
}

static bool add_entry(struct kmc_table *table, u32 hash, u32 id)
{
	u32 home = home_of(table, hash), end;
	struct kmc_line *line;
	int at;

	line = find_line(table, home, 0, &end, &at);
	if (!line)
		return false;
	/* before the entry, so that a reader that sees it not at home goes on */
	count_passed(table, home, end, 1);
	set_entry(line, at, tag_of(hash), id);
	return true;
}

static bool remove_entry(struct kmc_table *table, u32 hash, u32 id)
{
	u32 home = home_of(table, hash), end;
	struct kmc_line *line;
	int at;

	line = find_line(table, home, id, &end, &at);
	if (WARN_ON_ONCE(!line))
		return false;
	WRITE_ONCE(line->id[at], 0);
	count_passed(table, home, end, -1);
	return true;
}

static u32 hash_of_item(const struct kmc_index *index, const struct kmc_item *item)
{
	return kmc_index_hash(index, item->data, item->key_len);
}

/* Make a place by pushing out an item of the home line. */
static void push_out_one(struct kmc_index *index, struct kmc_table *table, u32 hash)
{
	struct kmc_stripe *stripe = stripe_of(index, hash);
	u32 id = table->line[home_of(table, hash)].id[hash % LINE_ENTRIES];
	struct kmc_item *item = kmc_slab_item(index->pool, id);

	if (remove_entry(table, hash_of_item(index, item), id))
		WRITE_ONCE(stripe->used, stripe->used - 1);
	index->push_out(index, item);
}

static void add_anyway(struct kmc_index *index, struct kmc_table *table, u32 hash, u32 id)
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
	return stripe_lines > DISTANCE_MAX ? stripe_lines * LINE_ENTRIES / 16 : STRIPE_SPARE;
}

/* Growing must begin before a stripe is full, however small it is: there may be a rush. */
static void note_crowd(struct kmc_index *index, const struct kmc_stripe *stripe,
		       const struct kmc_table *table)
{
	u32 lines = table->lines / KMC_INDEX_STRIPES, room = lines * LINE_ENTRIES;
	u32 spare = spare_of(lines) + max(room / CROWDED_BEFORE, STRIPE_SPARE);

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
	u32 lines;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	next = rcu_dereference(table->next);
	/* while it shrinks: all will have to fit into the smaller one */
	if (next && next->lines > table->lines)
		next = find_table(index, hash);
	lines = (next ? next->lines : table->lines) / KMC_INDEX_STRIPES;
	rcu_read_unlock();
	return READ_ONCE(stripe_of(index, hash)->used) + spare_of(lines) > lines * LINE_ENTRIES;
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

	lockdep_assert_held(&stripe_of(index, hash)->lock);
	return find_line(table, home_of(table, hash), 0, &line, &at);
}

/**
 * __kmc_index_add() - add an item whose key is not there
 * @index: the index, locked for the item's hash
 * @hash: the hash
 * @id: the item's id
 */
void __kmc_index_add(struct kmc_index *index, u32 hash, u32 id)
{
	struct kmc_stripe *stripe = stripe_of(index, hash);
	struct kmc_table *table = find_table(index, hash);

	lockdep_assert_held(&stripe->lock);
	add_anyway(index, table, hash, id);
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

	lockdep_assert_held(&stripe_of(index, hash)->lock);
	line = find_line(table, home_of(table, hash), old_id, &end, &at);
	if (WARN_ON_ONCE(!line))
		return;
	/* whoever finds the id sees the item that it is of: pairs with search_found() */
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
	struct kmc_stripe *stripe = stripe_of(index, hash);

	lockdep_assert_held(&stripe->lock);
	if (remove_entry(find_table(index, hash), hash, id))
		WRITE_ONCE(stripe->used, stripe->used - 1);
}

static u32 lines_for(unsigned long items)
{
	unsigned long lines = items * 100 / FULL_AFTER / LINE_ENTRIES;

	return clamp_t(unsigned long, round_up(lines + 1, LINES_STEP), LINES_MIN, LINES_MAX);
}

/**
 * kmc_index_wanted() - the size that an index should have
 * @index: the index
 * @items: how many items there are
 *
 * Context: any.
 *
 * Return: lines, for kmc_index_resize(); 0 if it is well as it is.
 */
u32 kmc_index_wanted(struct kmc_index *index, unsigned long items)
{
	unsigned long room;
	u32 lines, wanted;

	rcu_read_lock();
	lines = rcu_dereference(index->table)->lines;
	rcu_read_unlock();
	room = (unsigned long)lines * LINE_ENTRIES;
	wanted = lines_for(items);
	if (items * 100 > room * FULL_MAX || READ_ONCE(index->crowded)) {
		if (lines == LINES_MAX)
			return 0;
		/* a small one does not cost much, and its stripes fill unevenly */
		return max_t(u32, wanted, round_up(lines + lines / (lines < LINES_SMALL ? 2 : 8),
						   LINES_STEP));
	}
	if (items * 100 >= room * FULL_MIN || wanted >= lines ||
	    time_before(jiffies, READ_ONCE(index->shrink_at)))
		return 0;
	return wanted;
}

/**
 * kmc_index_fit() - correct a size so that there is a place for all
 * @index: the index
 * @lines: from kmc_index_wanted()
 *
 * Stripes fill unevenly, those of a small table more so: what is enough for all may
 * be too little for the fullest, and items would be pushed out.
 *
 * Context: any.
 *
 * Return: lines, for kmc_index_resize(); 0 if shrinking does not pay, and is not
 * wanted for a while.
 */
u32 kmc_index_fit(struct kmc_index *index, u32 lines)
{
	u32 now, fullest = 0;
	int i;

	rcu_read_lock();
	now = rcu_dereference(index->table)->lines;
	rcu_read_unlock();
	if (lines >= now)
		return lines;
	for (i = 0; i < KMC_INDEX_STRIPES; i++)
		fullest = max(fullest, READ_ONCE(index->stripes[i].used));
	/* with some room to grow again */
	fullest += fullest / 4 + 2 * STRIPE_SPARE;
	lines = max(lines, DIV_ROUND_UP(fullest, LINE_ENTRIES) * KMC_INDEX_STRIPES);
	if (lines <= now - now / 8)
		return lines;
	WRITE_ONCE(index->shrink_at, jiffies + SHRINK_RETRY);
	return 0;
}

/**
 * kmc_index_would_shrink() - is a size smaller than what there is?
 * @index: the index
 * @lines: the size
 *
 * Context: process; not concurrently with kmc_index_resize().
 *
 * Return: true if it is.
 */
bool kmc_index_would_shrink(struct kmc_index *index, u32 lines)
{
	return lines < rcu_dereference_protected(index->table, true)->lines;
}

/* Move what has its home in one line. Most of it is there, the rest further on. */
static void move_home(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to,
		      u32 home)
{
	struct kmc_stripe *stripe =
		&index->stripes[home / (from->lines / KMC_INDEX_STRIPES)];
	u32 at = home, left;
	bool go_on = true;
	int i;

	rcu_read_lock();
	spin_lock_bh(&stripe->lock);
	write_seqcount_begin(&stripe->seq);
	for (left = reach_of(from); left && go_on; left--) {
		struct kmc_line *line = &from->line[at];

		go_on = line->passed;
		for (i = 0; i < LINE_ENTRIES; i++) {
			u32 id = line->id[i], hash;

			if (!id)
				continue;
			hash = hash_of_item(index, kmc_slab_item(index->pool, id));
			if (home_of(from, hash) != home)
				continue;
			WRITE_ONCE(line->id[i], 0);
			count_passed(from, home, at, -1);
			add_anyway(index, to, hash, id);
		}
		at = line_after(from, at);
	}
	WRITE_ONCE(from->migrated, home + 1);
	write_seqcount_end(&stripe->seq);
	spin_unlock_bh(&stripe->lock);
	rcu_read_unlock();
}

/*
 * Move some more lines. In between, who waits for the lock has it.
 *
 * Return: false if there are none left.
 */
static bool move_lines(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to)
{
	bool left;
	int i;

	spin_lock_bh(&index->move_lock);
	for (i = 0; i < MOVE_LINES && from->migrated < from->lines; i++)
		move_home(index, from, to, from->migrated);
	left = from->migrated < from->lines;
	spin_unlock_bh(&index->move_lock);
	return left;
}

/*
 * As soon as others leave the time. Who waits for the same CPU would get it at a tick of the
 * scheduler only, which is late for a request.
 */
static void move_all(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to)
{
	ktime_t rest = ktime_add_us(ktime_get(), MOVE_US);

	while (move_lines(index, from, to)) {
		cond_resched();
		if (ktime_before(ktime_get(), rest))
			continue;
		usleep_range(REST_US, 2 * REST_US);
		rest = ktime_add_us(ktime_get(), MOVE_US);
	}
}

/* Has less of a table moved than was added of what may be until it has? */
static bool is_late(const struct kmc_table *from, const struct kmc_table *to, unsigned long items)
{
	return items > to->items && (u64)READ_ONCE(from->migrated) * to->within <
				    (u64)(items - to->items) * from->lines;
}

/**
 * kmc_index_help() - take part in a resize if it is late
 * @index: the index
 * @items: how many items there are
 *
 * Whoever adds an item calls it before, so that the index grows as quickly as it fills: nobody
 * has to wait until all of it has moved.
 *
 * Context: any but hard interrupts, without locks of the index; for a few lines.
 */
void kmc_index_help(struct kmc_index *index, unsigned long items)
{
	struct kmc_table *table, *next;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	next = rcu_dereference(table->next);
	if (unlikely(next) && is_late(table, next, items))
		move_lines(index, table, next);
	rcu_read_unlock();
}

/**
 * kmc_index_resize() - change the number of lines
 * @index: the index
 * @lines: from kmc_index_wanted()
 * @items: how many items there are
 *
 * Readers and writers go on meanwhile; each waits for the move of a few lines at the
 * most. The caller has charged kmc_index_bytes(); that is undone on failure.
 *
 * Context: process; not concurrently with itself.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_index_resize(struct kmc_index *index, u32 lines, unsigned long items)
{
	struct kmc_table *old = rcu_dereference_protected(index->table, true);
	struct kmc_table *table = alloc_table(lines);

	if (!table) {
		kmc_budget_uncharge(index->budget, kmc_index_bytes(lines));
		return -ENOMEM;
	}
	WRITE_ONCE(index->crowded, false);
	table->items = items;
	table->within = (unsigned long)min(lines, old->lines) * LINE_ENTRIES / MOVE_WITHIN;
	rcu_assign_pointer(old->next, table);
	/*
	 * Whoever has not seen @next yet may hold a stripe lock now and add to
	 * a line that is about to move; that is over when the lock is ours.
	 */
	move_all(index, old, table);
	rcu_assign_pointer(index->table, table);
	synchronize_rcu();
	free_table(index->budget, old);
	return 0;
}

/**
 * struct run - what a walk finds between two places
 * @from: the first place
 * @entry: what was found, in order
 * @max: how many that may be
 * @count: how many there are
 * @cut: there is more, behind the last one
 */
struct run {
	u64			from;
	struct kmc_index_entry	*entry;
	unsigned int		max;
	unsigned int		count;
	bool			cut;
};

static void insert(struct run *run, u64 place, struct kmc_item *item)
{
	struct kmc_index_entry *entry = run->entry;
	unsigned int at = run->count;

	while (at && entry[at - 1].place > place)
		at--;
	/* a key that was removed and stored again is there twice if both were seen */
	if (at && entry[at - 1].place == place)
		return;
	if (run->count == run->max) {
		run->cut = true;
		if (at == run->max)
			return;
		run->count--;
	}
	memmove(&entry[at + 1], &entry[at], (run->count - at) * sizeof(*entry));
	entry[at] = (struct kmc_index_entry){ .place = place, .item = item };
	run->count++;
}

/* The first hash that has its home in a line. */
static u64 first_hash(const struct kmc_table *table, u32 line)
{
	return DIV64_U64_ROUND_UP((u64)line << 32, table->lines);
}

/* The table that a hash is in, and the end of those hashes that are in the same line. */
static struct kmc_table *find_home(struct kmc_index *index, u32 hash, u64 *end)
{
	struct kmc_table *table = rcu_dereference(index->table);
	struct kmc_table *next = rcu_dereference(table->next);
	u32 home = home_of(table, hash), migrated = READ_ONCE(table->migrated);

	*end = first_hash(table, home + 1);
	if (!next || home >= migrated)
		return table;
	/* a line of the other table has hashes of several; not all may have moved yet */
	*end = min(first_hash(next, home_of(next, hash) + 1), first_hash(table, migrated));
	return next;
}

/* Of one line: what has its home elsewhere is found from there. */
static void collect_line(const struct kmc_index *index, const struct kmc_line *line, u64 end,
			 struct run *run)
{
	int i;

	for (i = 0; i < LINE_ENTRIES; i++) {
		/* pairs with that in set_entry() */
		u32 id = smp_load_acquire(&line->id[i]), hash;
		struct kmc_item *item;
		u64 place;

		if (!id)
			continue;
		item = kmc_slab_item(index->pool, id);
		hash = hash_of_item(index, item);
		if (hash < run->from >> 32 || hash >= end)
			continue;
		place = (u64)hash << 32 | hsiphash(item->data, item->key_len, &index->order);
		if (place >= run->from)
			insert(run, place, item);
	}
}

static struct kmc_table *collect_home(struct kmc_index *index, struct run *run, u64 *end)
{
	u32 hash = run->from >> 32, at, left;
	struct kmc_table *table = find_home(index, hash, end);

	run->count = 0;
	run->cut = false;
	at = home_of(table, hash);
	for (left = reach_of(table); left; left--) {
		collect_line(index, &table->line[at], *end, run);
		if (!READ_ONCE(table->line[at].passed))
			break;
		at = line_after(table, at);
	}
	return table;
}

/**
 * kmc_index_collect() - the items that come next in the order of hashes
 * @index: the index
 * @place: where to begin: the hash in the upper half, in the lower one another hash, which
 *	tells apart what has the same
 * @entry: result: items and their places, in order, dead ones included
 * @max: how many there may be
 * @count: result: how many there are, often none
 *
 * What has its home in a line is looked at together, and that is in one stripe. While that
 * line moves to another table it is begun again.
 *
 * Context: under rcu_read_lock(), which keeps the items' memory.
 *
 * Return: the place behind the last one; 0 if that is the end.
 */
u64 kmc_index_collect(struct kmc_index *index, u64 place, struct kmc_index_entry *entry,
		      unsigned int max, unsigned int *count)
{
	struct kmc_stripe *stripe = stripe_of(index, place >> 32);
	struct run run = { .from = place, .entry = entry, .max = max };
	unsigned int seq;
	u64 end, now_end;
	bool moved;

	do {
		struct kmc_table *table;

		seq = read_seqcount_begin(&stripe->seq);
		table = collect_home(index, &run, &end);
		moved = read_seqcount_retry(&stripe->seq, seq);
		if (!moved)
			break;
		/* something has moved: not what has this home, if that still leads here */
		seq = read_seqcount_begin(&stripe->seq);
		moved = find_home(index, place >> 32, &now_end) != table;
		read_seqcount_retry(&stripe->seq, seq);
	} while (moved);
	*count = run.count;
	/* behind the last hash of all there is 0 */
	return run.cut ? entry[run.count - 1].place + 1 : end << 32;
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
