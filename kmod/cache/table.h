/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The table of an index, for those that look into it: index.c, grow.c and collect.c. */
#ifndef KMC_CACHE_TABLE_H
#define KMC_CACHE_TABLE_H

#include <linux/minmax.h>

#include "index.h"
#include "item.h"

#define KMC_LINE_ENTRIES	12

/*
 * How many lines an item may be from its home; there is no place for it further on. Up to
 * 700,000 items that is anywhere in its stripe. With 64 lines, a rush of new keys pushed out
 * two of ten thousand items while the index grew, because it is then more than 88 % full.
 */
#define KMC_DISTANCE_MAX	256U

/*
 * Growing begins when the fullest stripe has a 32nd of its entries, and 12 at least, before it
 * counts as full.
 */
#define KMC_CROWDED_BEFORE	32

/* Lines of an empty index; their number is always a multiple of %KMC_INDEX_STRIPES. */
#define KMC_LINES_MIN	2048U

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
		u8	tag[KMC_LINE_ENTRIES];
		__le32	tags[KMC_LINE_ENTRIES / sizeof(__le32)];
	};
	u16	passed;
	u16	spare;
	u32	id[KMC_LINE_ENTRIES];
};

/**
 * struct kmc_table - one size of the hash table
 * @next: the table that replaces it, once there is one
 * @lines: number of lines
 * @migrated: what has its home in a line below this one is in @next; changes under
 *	the stripe lock of the line and the index's move_lock
 * @items: how many there were when the move from the table before it began
 * @within: how many may be added until it is over
 * @step: how many lines are moved at a time
 * @line: the lines
 */
struct kmc_table {
	struct kmc_table __rcu	*next;
	u32			lines;
	u32			migrated;
	unsigned long		items;
	unsigned long		within;
	u32			step;
	struct kmc_line		line[] __aligned(64);
};

static inline struct kmc_stripe *kmc_index_stripe(struct kmc_index *index, u32 hash)
{
	return &index->stripes[hash / (U32_MAX / KMC_INDEX_STRIPES + 1)];
}

/* The line that has place for a hash: in the order of hashes. */
static inline u32 kmc_table_home(const struct kmc_table *table, u32 hash)
{
	return ((u64)hash * table->lines) >> 32;
}

/* The low bits, which say least about the line. */
static inline u8 kmc_hash_tag(u32 hash)
{
	return hash;
}

/* How many lines an item may be in: no more than its stripe has. */
static inline u32 kmc_table_reach(const struct kmc_table *table)
{
	return min(table->lines / KMC_INDEX_STRIPES, KMC_DISTANCE_MAX);
}

/* The line after @line in its stripe, which comes round. */
static inline u32 kmc_table_line_after(const struct kmc_table *table, u32 line)
{
	u32 lines = table->lines / KMC_INDEX_STRIPES;

	return (line + 1) % lines ? line + 1 : line + 1 - lines;
}

static inline u32 kmc_index_hash_item(const struct kmc_index *index, const struct kmc_item *item)
{
	return kmc_index_hash(index, item->data, item->key_len);
}

/* index.c */
void kmc_table_count_passed(struct kmc_table *table, u32 home, u32 end, int by);
void __kmc_index_enter(struct kmc_index *index, struct kmc_table *table, u32 hash, u32 id);

/* grow.c */
struct kmc_table *kmc_table_alloc(u32 lines);
void kmc_table_free(struct kmc_budget *budget, struct kmc_table *table);

#endif
