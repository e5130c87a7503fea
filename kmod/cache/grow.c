// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* How large an index should be, and how all that is in it moves to another table. */
#include <linux/bits.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#include "budget.h"
#include "slab.h"
#include "table.h"

#define LINES_STEP	KMC_INDEX_STRIPES
#define LINES_MAX	BIT(28)

/* Up to here a table grows by half, not by an eighth. */
#define LINES_SMALL	16384U

/* How full a table may be, may become by growing or shrinking, and must be, in per cent. */
#define FULL_MAX	88
#define FULL_AFTER	79
#define FULL_MIN	55

/*
 * A table has moved before a 48th of the entries of the smaller one is added: what is added
 * meanwhile moves some lines itself if that is late, this many more than it has to. Stripes do
 * not fill evenly, so this is less than KMC_CROWDED_BEFORE says.
 */
#define MOVE_WITHIN	48
#define MOVE_MORE	2

/*
 * No further line is begun after so many entries and lines together: of a full table, one may
 * take thousands.
 */
#define MOVE_MAX	320

/* How long a resize has a CPU at a time, and how long it leaves it to others, microseconds. */
#define MOVE_US		400
#define REST_US		50

/* How long it is left as it is when it cannot shrink. */
#define SHRINK_RETRY	(5 * HZ)

/* Entries that the fullest stripe has left when the index has shrunk, and a fifth of them all. */
#define SHRUNK_SPARE	24U

/**
 * kmc_index_bytes() - the memory of a table
 * @lines: its size
 *
 * Return: bytes.
 */
size_t kmc_index_bytes(u32 lines)
{
	BUILD_BUG_ON(sizeof(struct kmc_line) != 64);
	BUILD_BUG_ON(MOVE_WITHIN <= KMC_CROWDED_BEFORE);
	return PAGE_ALIGN(struct_size((struct kmc_table *)NULL, line, lines));
}

/**
 * kmc_table_alloc() - allocate a table
 * @lines: its size
 *
 * Context: process, sleeps.
 *
 * Return: the table, empty, or NULL.
 */
struct kmc_table *kmc_table_alloc(u32 lines)
{
	struct kmc_table *table;

	/* not kvzalloc(), which would round up */
	table = __vmalloc(kmc_index_bytes(lines),
			  GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY);
	if (table)
		table->lines = lines;
	return table;
}

/**
 * kmc_table_free() - free a table
 * @budget: what paid for it
 * @table: the table
 *
 * Context: process.
 */
void kmc_table_free(struct kmc_budget *budget, struct kmc_table *table)
{
	kmc_budget_uncharge(budget, kmc_index_bytes(table->lines));
	vfree(table);
}

static u32 lines_for(unsigned long items)
{
	unsigned long lines = items * 100 / FULL_AFTER / KMC_LINE_ENTRIES;

	return clamp_t(unsigned long, round_up(lines + 1, LINES_STEP), KMC_LINES_MIN, LINES_MAX);
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
	room = (unsigned long)lines * KMC_LINE_ENTRIES;
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
	fullest += fullest / 4 + SHRUNK_SPARE;
	lines = max(lines, DIV_ROUND_UP(fullest, KMC_LINE_ENTRIES) * KMC_INDEX_STRIPES);
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

/*
 * Move what has its home in one line. Most of it is there, the rest further on.
 *
 * Return: how many entries and lines that has to look at.
 */
static unsigned int move_home(struct kmc_index *index, struct kmc_table *from,
			      struct kmc_table *to, u32 home)
{
	struct kmc_stripe *stripe =
		&index->stripes[home / (from->lines / KMC_INDEX_STRIPES)];
	u32 at = home, left;
	unsigned int seen = 0;
	bool go_on = true;
	int i;

	lockdep_assert_held(&index->move_lock);
	rcu_read_lock();
	spin_lock_bh(&stripe->lock);
	write_seqcount_begin(&stripe->seq);
	for (left = kmc_table_reach(from); left && go_on; left--) {
		struct kmc_line *line = &from->line[at];

		go_on = line->passed;
		seen++;
		for (i = 0; i < KMC_LINE_ENTRIES; i++) {
			u32 id = line->id[i], hash;

			if (!id)
				continue;
			seen++;
			hash = kmc_index_hash_item(index, kmc_slab_item(index->pool, id));
			if (kmc_table_home(from, hash) != home)
				continue;
			WRITE_ONCE(line->id[i], 0);
			kmc_table_count_passed(from, home, at, -1);
			__kmc_index_enter(index, to, hash, id);
		}
		at = kmc_table_line_after(from, at);
	}
	WRITE_ONCE(from->migrated, home + 1);
	write_seqcount_end(&stripe->seq);
	spin_unlock_bh(&stripe->lock);
	rcu_read_unlock();
	return seen;
}

static bool has_moved(const struct kmc_table *from)
{
	return READ_ONCE(from->migrated) == from->lines;
}

/* Move some more lines, with the lock held. */
static void __move_lines(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to)
{
	unsigned int seen = 0;
	u32 i;

	for (i = 0; i < to->step && seen < MOVE_MAX && !has_moved(from); i++)
		seen += move_home(index, from, to, from->migrated);
}

/*
 * As soon as others leave the time. Who waits for the same CPU would get it at a tick of the
 * scheduler only, which is late for a request. Between some lines and the next, who waits for
 * the lock has it.
 */
static void move_all(struct kmc_index *index, struct kmc_table *from, struct kmc_table *to)
{
	ktime_t rest = ktime_add_us(ktime_get(), MOVE_US);
	bool done;

	for (;;) {
		spin_lock_bh(&index->move_lock);
		__move_lines(index, from, to);
		/* with the lock: then what others have moved is seen by whoever sees the end */
		done = has_moved(from);
		spin_unlock_bh(&index->move_lock);
		if (done)
			return;
		if (ktime_after(ktime_get(), rest))
			usleep_range(REST_US, 2 * REST_US);
		else if (!cond_resched())
			continue;
		rest = ktime_add_us(ktime_get(), MOVE_US);
	}
}

/* Is the part that has moved less than the part that is used up of what may be added? */
static bool is_late(const struct kmc_table *from, const struct kmc_table *to, unsigned long items)
{
	u64 migrated = READ_ONCE(from->migrated);

	return migrated < from->lines && items > to->items &&
	       migrated * to->within < (u64)(items - to->items) * from->lines;
}

/**
 * kmc_index_help() - take part in a resize if it is late
 * @index: the index
 * @items: how many items there are
 *
 * Whoever adds an item calls it before, so that the index grows as quickly as it fills, once
 * there is another table: nobody has to wait until all of it has moved.
 *
 * Context: any but hard interrupts, without locks of the index; for MOVE_MAX entries or
 * lines, and one line more, which may take thousands.
 */
void kmc_index_help(struct kmc_index *index, unsigned long items)
{
	struct kmc_table *table, *next;

	rcu_read_lock();
	table = rcu_dereference(index->table);
	next = rcu_dereference(table->next);
	if (unlikely(next) && is_late(table, next, items)) {
		spin_lock_bh(&index->move_lock);
		/* others may have helped meanwhile */
		if (is_late(table, next, items))
			__move_lines(index, table, next);
		spin_unlock_bh(&index->move_lock);
	}
	rcu_read_unlock();
}

/**
 * kmc_index_resize() - change the number of lines
 * @index: the index
 * @lines: from kmc_index_wanted()
 * @items: how many items there are
 *
 * Readers and writers go on meanwhile; each waits for the move of a few lines. The
 * caller has charged kmc_index_bytes(); that is undone on failure.
 *
 * Context: process; not concurrently with itself.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_index_resize(struct kmc_index *index, u32 lines, unsigned long items)
{
	struct kmc_table *old = rcu_dereference_protected(index->table, true);
	struct kmc_table *table = kmc_table_alloc(lines);

	if (!table) {
		kmc_budget_uncharge(index->budget, kmc_index_bytes(lines));
		return -ENOMEM;
	}
	WRITE_ONCE(index->crowded, false);
	table->items = items;
	table->within = (unsigned long)min(lines, old->lines) * KMC_LINE_ENTRIES / MOVE_WITHIN;
	table->step = DIV_ROUND_UP(old->lines, table->within) + MOVE_MORE;
	rcu_assign_pointer(old->next, table);
	/*
	 * Whoever has not seen @next yet may hold a stripe lock now and add to
	 * a line that is about to move; that is over when the lock is ours.
	 */
	move_all(index, old, table);
	rcu_assign_pointer(index->table, table);
	synchronize_rcu();
	kmc_table_free(index->budget, old);
	return 0;
}

