// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "ghost.h"

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/vmalloc.h>

#include "budget.h"

#define LINE_ENTRIES	31

#define EPOCH_BITS	4
#define EPOCHS		BIT(EPOCH_BITS)

/* How many of them an entry is good for. */
#define EPOCHS_GOOD	8

/**
 * struct kmc_ghost_line - fingerprints of one group of hashes
 * @at: which is overwritten next
 * @entry: 12 bits of the hash, 4 of the epoch; 0: none
 */
struct kmc_ghost_line {
	u16	at;
	u16	entry[LINE_ENTRIES];
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
	return limit / ghost->share / sizeof(struct kmc_ghost_line) + 1;
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
 * @share: bytes of the memory limit for each byte of it
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_ghost_init(struct kmc_ghost *ghost, struct kmc_budget *budget, unsigned int share)
{
	struct kmc_ghost_table *table;

	ghost->budget = budget;
	ghost->share = share;
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

/* Never 0. The line says the upper bits of the hash. */
static u16 print_of(u32 hash)
{
	return (hash % ((1U << (16 - EPOCH_BITS)) - 1) + 1) << EPOCH_BITS;
}

static void enter(struct kmc_ghost_line *line, u32 hash, u32 epoch)
{
	u16 at = READ_ONCE(line->at);

	WRITE_ONCE(line->entry[at % LINE_ENTRIES],
		   print_of(hash) | epoch % EPOCHS);
	WRITE_ONCE(line->at, (at + 1) % LINE_ENTRIES);
}

/**
 * kmc_ghost_return() - undo kmc_ghost_take(): the key was not stored
 * @ghost: the ghost
 * @hash: hash of the key
 * @age: what that has returned; an old one may stay longer for it
 *
 * Context: under rcu_read_lock().
 */
void kmc_ghost_return(struct kmc_ghost *ghost, u32 hash, enum kmc_ghost_age age)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);

	if (line)
		enter(line, hash, READ_ONCE(ghost->epoch) - (age == KMC_GHOST_OLD));
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

	if (!line)
		return;
	if (atomic_long_inc_return(&ghost->evicted) > items / EPOCHS_GOOD) {
		atomic_long_set(&ghost->evicted, 0);
		WRITE_ONCE(ghost->epoch, READ_ONCE(ghost->epoch) + 1);
	}
	enter(line, hash, READ_ONCE(ghost->epoch));
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
	u32 epoch = READ_ONCE(ghost->epoch);
	u16 print = print_of(hash);
	int i;

	for (i = 0; line && i < LINE_ENTRIES; i++) {
		u16 entry = READ_ONCE(line->entry[i]);

		if ((entry & ~(EPOCHS - 1)) != print)
			continue;
		if ((epoch - entry) % EPOCHS > EPOCHS_GOOD)
			continue;
		WRITE_ONCE(line->entry[i], 0);
		return (epoch - entry) % EPOCHS ? KMC_GHOST_OLD : KMC_GHOST_RECENT;
	}
	return KMC_GHOST_NONE;
}
