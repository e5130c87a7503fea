// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* All items of an index, in the order of their hashes, while it is used. */
#include <linux/math64.h>
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "slab.h"
#include "table.h"

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
	u32 home = kmc_table_home(table, hash), migrated = READ_ONCE(table->migrated);

	*end = first_hash(table, home + 1);
	if (!next || home >= migrated)
		return table;
	/* a line of the other table has hashes of several; not all may have moved yet */
	*end = min(first_hash(next, kmc_table_home(next, hash) + 1), first_hash(table, migrated));
	return next;
}

/* Of one line: what has its home elsewhere is found from there. */
static void collect_line(const struct kmc_index *index, const struct kmc_line *line, u64 end,
			 struct run *run)
{
	int i;

	for (i = 0; i < KMC_LINE_ENTRIES; i++) {
		/* pairs with that in set_entry() */
		u32 id = smp_load_acquire(&line->id[i]), hash;
		struct kmc_item *item;
		u64 place;

		if (!id)
			continue;
		item = kmc_slab_item(index->pool, id);
		hash = kmc_index_hash_item(index, item);
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
	at = kmc_table_home(table, hash);
	for (left = kmc_table_reach(table); left; left--) {
		collect_line(index, &table->line[at], *end, run);
		if (!READ_ONCE(table->line[at].passed))
			break;
		at = kmc_table_line_after(table, at);
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
	struct kmc_stripe *stripe = kmc_index_stripe(index, place >> 32);
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
