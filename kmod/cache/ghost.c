// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "ghost.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "budget.h"

#define LINE_ENTRIES	31

/* How many epochs there are while as much is evicted as there is. */
#define EPOCHS_OF_ALL	8

#define LINE_WORDS	8

#define EACH_ENTRY	(~0ULL / U16_MAX)

/**
 * struct kmc_ghost_line - fingerprints of one group of hashes
 * @at: which is overwritten next
 * @entry: bits of the hash, and in the lowest ones the epoch; 0: none
 * @word: the same, to read several
 */
struct kmc_ghost_line {
	union {
		struct {
			u16	at;
			u16	entry[LINE_ENTRIES];
		};
		u64	word[LINE_WORDS];
	};
};

/**
 * struct kmc_ghost_table - all lines
 * @lines: how many
 * @line: them
 */
struct kmc_ghost_table {
	u32			lines;
	struct kmc_ghost_line	line[] __aligned(64);
};

static size_t bytes_of(u32 lines)
{
	return PAGE_ALIGN(struct_size((struct kmc_ghost_table *)NULL, line, lines));
}

static u32 lines_for(const struct kmc_ghost *ghost, unsigned long limit)
{
	return limit / ghost->shape->share / sizeof(struct kmc_ghost_line) + 1;
}

static struct kmc_ghost_table *alloc_table(struct kmc_ghost *ghost, u32 lines)
{
	struct kmc_ghost_table *table;

	BUILD_BUG_ON(sizeof(struct kmc_ghost_line) != 64);
	table = __vmalloc(bytes_of(lines), GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY);
	if (!table)
		return NULL;
	table->lines = lines;
	atomic_long_add(bytes_of(lines), &ghost->budget->used);
	return table;
}

static void free_table(struct kmc_ghost *ghost, struct kmc_ghost_table *table)
{
	if (!table)
		return;
	kmc_budget_uncharge(ghost->budget, bytes_of(table->lines));
	vfree(table);
}

/**
 * kmc_ghost_init() - initialise an embedded ghost
 * @ghost: the ghost
 * @budget: what pays for it
 * @shape: what for
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_ghost_init(struct kmc_ghost *ghost, struct kmc_budget *budget,
		   const struct kmc_ghost_shape *shape)
{
	struct kmc_ghost_table *table;

	ghost->budget = budget;
	ghost->shape = shape;
	table = alloc_table(ghost, lines_for(ghost, budget->limit));
	RCU_INIT_POINTER(ghost->table, table);
	return table ? 0 : -ENOMEM;
}

/**
 * kmc_ghost_resize() - fit a ghost to another limit
 * @ghost: the ghost
 * @limit: bytes
 *
 * It forgets all; without memory it remembers nothing from now on.
 *
 * Context: process; not concurrently with itself.
 */
void kmc_ghost_resize(struct kmc_ghost *ghost, unsigned long limit)
{
	struct kmc_ghost_table *old = rcu_dereference_protected(ghost->table, true);

	if (old && old->lines == lines_for(ghost, limit))
		return;
	/* first this one goes: there may be no room for both */
	RCU_INIT_POINTER(ghost->table, NULL);
	synchronize_rcu();
	free_table(ghost, old);
	rcu_assign_pointer(ghost->table, alloc_table(ghost, lines_for(ghost, limit)));
}

/**
 * kmc_ghost_uninit() - free a ghost's memory
 * @ghost: the ghost
 */
void kmc_ghost_uninit(struct kmc_ghost *ghost)
{
	free_table(ghost, rcu_dereference_protected(ghost->table, true));
}

/* Context: RCU; NULL if nothing is remembered. */
static struct kmc_ghost_line *line_of(const struct kmc_ghost *ghost, u32 hash)
{
	struct kmc_ghost_table *table = rcu_dereference(ghost->table);

	return table ? &table->line[((u64)hash * table->lines) >> 32] : NULL;
}

/* The bits of an entry that are the epoch. */
static u16 epoch_mask(const struct kmc_ghost *ghost)
{
	return (1U << ghost->shape->epoch_bits) - 1;
}

/* Never 0. The line says the upper bits of the hash. */
static u16 print_of(const struct kmc_ghost *ghost, u32 hash)
{
	u32 prints = (1U << (16 - ghost->shape->epoch_bits)) - 1;

	return (hash % prints + 1) << ghost->shape->epoch_bits;
}

static u16 entry_of(const struct kmc_ghost *ghost, u32 hash, u32 epoch)
{
	return print_of(ghost, hash) | (epoch & epoch_mask(ghost));
}

/* Epochs since something was entered. */
static u32 age_of(const struct kmc_ghost *ghost, u16 entry, u32 epoch)
{
	return (epoch - entry) & epoch_mask(ghost);
}

/* What is too old goes before its epoch comes round again. One of the free places, or -1. */
static int forget_old(const struct kmc_ghost *ghost, struct kmc_ghost_line *line, u32 epoch)
{
	int i, free = -1;

	for (i = 0; i < LINE_ENTRIES; i++) {
		u16 entry = READ_ONCE(line->entry[i]);

		if (entry && age_of(ghost, entry, epoch) <= ghost->shape->good)
			continue;
		WRITE_ONCE(line->entry[i], 0);
		free = i;
	}
	return free;
}

/**
 * kmc_ghost_return() - undo kmc_ghost_take(): the key was not stored
 * @ghost: the ghost
 * @hash: hash of the key
 * @age: what that has returned; if it is old, it may stay longer for this
 *
 * Context: under rcu_read_lock().
 */
void kmc_ghost_return(struct kmc_ghost *ghost, u32 hash, enum kmc_ghost_age age)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);
	u32 epoch = READ_ONCE(ghost->epoch);
	int at;

	if (!line)
		return;
	/* most likely there is the place that it had */
	at = forget_old(ghost, line, epoch);
	if (at >= 0)
		WRITE_ONCE(line->entry[at],
			   entry_of(ghost, hash, epoch - (age == KMC_GHOST_OLD)));
}

/**
 * kmc_ghost_add() - an item was evicted
 * @ghost: the ghost
 * @hash: hash of its key
 * @items: how many items there are
 *
 * Context: under rcu_read_lock().
 */
void kmc_ghost_add(struct kmc_ghost *ghost, u32 hash, unsigned long items)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);
	u32 epoch;
	int at;

	if (!line)
		return;
	if (atomic_long_inc_return(&ghost->evicted) > items / EPOCHS_OF_ALL) {
		atomic_long_set(&ghost->evicted, 0);
		WRITE_ONCE(ghost->epoch, READ_ONCE(ghost->epoch) + 1);
	}
	epoch = READ_ONCE(ghost->epoch);
	at = forget_old(ghost, line, epoch);
	if (at < 0) {
		/* one of the oldest */
		at = READ_ONCE(line->at) % LINE_ENTRIES;
		WRITE_ONCE(line->at, (at + 1) % LINE_ENTRIES);
	}
	WRITE_ONCE(line->entry[at], entry_of(ghost, hash, epoch));
}

/* Is there an entry with this print? As find_tag() in index.c; @at is one more, for nothing. */
static bool may_have(const struct kmc_ghost *ghost, const struct kmc_ghost_line *line, u16 print)
{
	u64 mask = EACH_ENTRY * (u16)~epoch_mask(ghost), wanted = EACH_ENTRY * print;
	int i;

	for (i = 0; i < LINE_WORDS; i++) {
		u64 differs = (READ_ONCE(line->word[i]) & mask) ^ wanted;

		if ((differs - EACH_ENTRY) & ~differs & (EACH_ENTRY << 15))
			return true;
	}
	return false;
}

/**
 * kmc_ghost_take() - was a key evicted not long ago?
 * @ghost: the ghost
 * @hash: its hash
 *
 * It is forgotten.
 *
 * Context: under rcu_read_lock().
 *
 * Return: how long ago, if it seems so.
 */
enum kmc_ghost_age kmc_ghost_take(struct kmc_ghost *ghost, u32 hash)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);
	u16 print = print_of(ghost, hash);
	u32 epoch = READ_ONCE(ghost->epoch), age;
	int i;

	if (!line || !may_have(ghost, line, print))
		return KMC_GHOST_NONE;
	for (i = 0; i < LINE_ENTRIES; i++) {
		u16 entry = READ_ONCE(line->entry[i]);

		age = age_of(ghost, entry, epoch);
		if ((entry & ~epoch_mask(ghost)) != print || age > ghost->shape->good)
			continue;
		WRITE_ONCE(line->entry[i], 0);
		return age ? KMC_GHOST_OLD : KMC_GHOST_RECENT;
	}
	return KMC_GHOST_NONE;
}
