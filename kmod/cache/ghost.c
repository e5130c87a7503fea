// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "ghost.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "budget.h"

#define LINE_ENTRIES	31

/* Bytes of the memory limit for each byte of it: half an entry for a small item. */
#define SHARE		160

#define EPOCH_BITS	4
#define EPOCHS		(1U << EPOCH_BITS)

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

static size_t ghost_bytes(const struct kmc_ghost *ghost)
{
	return PAGE_ALIGN(ghost->lines * sizeof(struct kmc_ghost_line));
}

/**
 * kmc_ghost_init() - initialise an embedded ghost
 * @ghost: the ghost
 * @budget: what pays for it
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_ghost_init(struct kmc_ghost *ghost, struct kmc_budget *budget)
{
	BUILD_BUG_ON(sizeof(struct kmc_ghost_line) != 64);
	ghost->budget = budget;
	ghost->lines = budget->limit / SHARE / sizeof(struct kmc_ghost_line);
	ghost->line = vzalloc(ghost_bytes(ghost));
	if (!ghost->line)
		return -ENOMEM;
	atomic_long_add(ghost_bytes(ghost), &budget->used);
	return 0;
}

/**
 * kmc_ghost_uninit() - free a ghost's memory
 * @ghost: the ghost
 */
void kmc_ghost_uninit(struct kmc_ghost *ghost)
{
	vfree(ghost->line);
	kmc_budget_uncharge(ghost->budget, ghost_bytes(ghost));
}

static struct kmc_ghost_line *line_of(const struct kmc_ghost *ghost, u32 hash)
{
	return &ghost->line[((u64)hash * ghost->lines) >> 32];
}

/* Never 0. The line says the upper bits of the hash. */
static u16 print_of(u32 hash)
{
	return (hash % ((1U << (16 - EPOCH_BITS)) - 1) + 1) << EPOCH_BITS;
}

/**
 * kmc_ghost_add() - an item was evicted
 * @ghost: the ghost
 * @hash: hash of its key
 * @items: how many items there are
 *
 * Context: any.
 */
void kmc_ghost_add(struct kmc_ghost *ghost, u32 hash, unsigned long items)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);
	u16 at = READ_ONCE(line->at);

	if (atomic_long_inc_return(&ghost->evicted) > items / EPOCHS_GOOD) {
		atomic_long_set(&ghost->evicted, 0);
		WRITE_ONCE(ghost->epoch, READ_ONCE(ghost->epoch) + 1);
	}
	WRITE_ONCE(line->entry[at % LINE_ENTRIES],
		   print_of(hash) | READ_ONCE(ghost->epoch) % EPOCHS);
	WRITE_ONCE(line->at, (at + 1) % LINE_ENTRIES);
}

/**
 * kmc_ghost_take() - was a key evicted not long ago?
 * @ghost: the ghost
 * @hash: its hash
 *
 * It is forgotten.
 *
 * Context: any.
 *
 * Return: true if it seems so.
 */
bool kmc_ghost_take(struct kmc_ghost *ghost, u32 hash)
{
	struct kmc_ghost_line *line = line_of(ghost, hash);
	u32 epoch = READ_ONCE(ghost->epoch);
	u16 print = print_of(hash);
	int i;

	for (i = 0; i < LINE_ENTRIES; i++) {
		u16 entry = READ_ONCE(line->entry[i]);

		if ((entry & ~(EPOCHS - 1)) != print)
			continue;
		if ((epoch - entry) % EPOCHS > EPOCHS_GOOD)
			continue;
		WRITE_ONCE(line->entry[i], 0);
		return true;
	}
	return false;
}
