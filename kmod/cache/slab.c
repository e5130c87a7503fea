// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "slab.h"

#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "budget.h"
#include "cache.h"
#include "item.h"

/* Slabs of up to 64 KiB; smaller ones below a small limit, so that it is many slabs. */
#define ORDER_MIN	2U
#define ORDER_MAX	4U
#define SLABS_MIN	1024

/* What is carved into larger chunks is always of the largest order, or the rest is wasted. */
#define SMALL_CHUNK_MAX	1024U

/* How many slabs are asked for a chunk before another slab is made. */
#define TRIES_MAX	4

/* Slabs freed between two chances for others to run. */
#define REAP_BATCH	16

/* A failure is expected; and who evicts in the middle of reclaim is not to use its reserves. */
#define GFP_SPARING	(__GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC)

#define MAPS		3

enum map { MAP_FREE, MAP_OPEN, MAP_CLOSED };

static unsigned long *map_of(struct kmc_slab *slab, enum map map)
{
	return slab->bits + map * BITS_TO_LONGS(slab->nr);
}

static size_t header_size(unsigned int chunks)
{
	return struct_size((struct kmc_slab *)NULL, bits, MAPS * BITS_TO_LONGS(chunks));
}

/* The header of many small chunks is with them, that of a few large ones is not. */
static bool is_header_inside(u32 chunk_size)
{
	return chunk_size <= SMALL_CHUNK_MAX;
}

static unsigned int count_chunks(u32 bytes, u32 chunk_size)
{
	unsigned int chunks = bytes / chunk_size;

	if (!is_header_inside(chunk_size))
		return chunks;
	while (header_size(chunks) + (size_t)chunks * chunk_size > bytes)
		chunks--;
	return chunks;
}

static unsigned int order_for(const struct kmc_pool *pool, u32 chunk_size)
{
	return is_header_inside(chunk_size) ? READ_ONCE(pool->order) : ORDER_MAX;
}

/* The pages of a slab that has some; their address is that of the first chunk's page. */
static void *pages_of(const struct kmc_slab *slab)
{
	return is_header_inside(slab->chunk_size) ? (void *)slab : slab->base;
}

/**
 * kmc_pool_slab_bytes() - the memory of a new slab
 * @pool: the pool
 *
 * Return: bytes.
 */
unsigned long kmc_pool_slab_bytes(const struct kmc_pool *pool)
{
	return PAGE_SIZE << READ_ONCE(pool->order);
}

/**
 * kmc_pool_set_limit() - choose the size of new slabs
 * @pool: the pool
 * @limit: what all of them may take, bytes
 */
void kmc_pool_set_limit(struct kmc_pool *pool, unsigned long limit)
{
	unsigned int order = ilog2(max(limit / SLABS_MIN / PAGE_SIZE, 1UL));

	WRITE_ONCE(pool->order, clamp(order, ORDER_MIN, ORDER_MAX));
}

/**
 * kmc_pool_init() - initialise an embedded pool
 * @pool: the pool, all zeroes
 * @budget: what pays for its slabs
 * @clock: counts stores
 * @single: make every item an allocation of its own, so that sanitizers see it
 * @now: the cache's clock
 */
void kmc_pool_init(struct kmc_pool *pool, struct kmc_budget *budget, const atomic64_t *clock,
		   bool single, u32 now)
{
	unsigned int i, part;

	pool->budget = budget;
	pool->clock = clock;
	pool->single = single;
	pool->wheel_at = now;
	kmc_classes_init(&pool->classes);
	kmc_pool_set_limit(pool, budget->limit);
	spin_lock_init(&pool->lock);
	for (i = 0; i <= pool->classes.count; i++)
		for (part = 0; part < KMC_PARTS; part++)
			INIT_LIST_HEAD(&pool->class[i].partial[part]);
	for (part = 0; part < KMC_PARTS; part++)
		INIT_LIST_HEAD(&pool->fifo[part]);
	for (i = 0; i < KMC_WHEEL; i++)
		INIT_LIST_HEAD(&pool->wheel[i]);
	INIT_LIST_HEAD(&pool->turn);
	INIT_LIST_HEAD(&pool->retired);
	INIT_LIST_HEAD(&pool->empty);
}

static u32 age_of_oldest(struct kmc_pool *pool)
	__must_hold(&pool->lock)
{
	u32 part, age = 0;

	lockdep_assert_held(&pool->lock);
	for (part = 0; part < KMC_PARTS; part++) {
		struct kmc_slab *slab = list_first_entry_or_null(&pool->fifo[part],
								 struct kmc_slab, fifo);

		if (slab)
			age = max(age, pool->wheel_at - slab->queued_second);
	}
	return age;
}

/**
 * kmc_pool_read_class() - what a class holds
 * @pool: the pool
 * @number: the class; %kmc_classes.count is that of larger items
 * @result: result
 *
 * Context: any but hard interrupts.
 */
void kmc_pool_read_class(struct kmc_pool *pool, unsigned int number,
			 struct kmc_cache_class *result)
{
	struct kmc_class *class = &pool->class[number];
	u32 size = number < pool->classes.count ? pool->classes.size[number] : 0;

	*result = (struct kmc_cache_class) {
		.chunk_size = size,
		.slab_chunks = size ? count_chunks(PAGE_SIZE << order_for(pool, size), size) : 1,
		.items = atomic_long_read(&class->count[KMC_CLASS_ITEMS]),
		.requested = atomic_long_read(&class->count[KMC_CLASS_REQUESTED]),
		.evicted = atomic_long_read(&class->count[KMC_CLASS_EVICTED]),
		.evicted_unfetched =
			atomic_long_read(&class->count[KMC_CLASS_EVICTED_UNFETCHED]),
		.evicted_age = READ_ONCE(class->evicted_age),
		.expired_unfetched =
			atomic_long_read(&class->count[KMC_CLASS_EXPIRED_UNFETCHED]),
		.reclaimed = atomic_long_read(&class->count[KMC_CLASS_RECLAIMED]),
		.no_memory = atomic_long_read(&class->count[KMC_CLASS_NO_MEMORY]),
	};
	spin_lock_bh(&pool->lock);
	result->slabs = class->slabs;
	result->chunks = class->chunks;
	result->used = class->live;
	result->free = class->chunks - class->live;
	result->age = age_of_oldest(pool);
	spin_unlock_bh(&pool->lock);
}

static bool assign_number(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	u32 number = pool->free_number;
	struct kmc_slab **leaf;

	lockdep_assert_held(&pool->lock);
	if (number) {
		pool->free_number = (unsigned long)*kmc_slab_entry(pool, number) >> 1;
		slab->number = number;
		/* kmc_slab_item() depends on what it reads: it sees the slab as set up */
		smp_store_release(kmc_slab_entry(pool, number), slab);
		return true;
	}
	number = pool->last_number + 1;
	if (number / KMC_LEAF_SLABS == KMC_LEAVES)
		return false;
	if (!pool->leaf[number / KMC_LEAF_SLABS]) {
		if (!kmc_budget_try_charge(pool->budget, PAGE_SIZE, READ_ONCE(pool->budget->limit)))
			return false;
		leaf = (struct kmc_slab **)get_zeroed_page(GFP_ATOMIC | GFP_SPARING);
		if (!leaf) {
			kmc_budget_uncharge(pool->budget, PAGE_SIZE);
			return false;
		}
		/* kmc_slab_entry() depends on what it reads: it sees zeroes */
		smp_store_release(&pool->leaf[number / KMC_LEAF_SLABS], leaf);
	}
	pool->last_number = number;
	slab->number = number;
	/* as above */
	smp_store_release(kmc_slab_entry(pool, number), slab);
	return true;
}

static void forget_number(struct kmc_pool *pool, u32 number)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	WRITE_ONCE(*kmc_slab_entry(pool, number),
		   (struct kmc_slab *)((unsigned long)pool->free_number << 1 | 1));
	pool->free_number = number;
}

/**
 * kmc_slab_of() - the slab that an item is in
 * @pool: the pool
 * @item: the item, allocated
 *
 * Return: the slab.
 */
struct kmc_slab *kmc_slab_of(const struct kmc_pool *pool, const struct kmc_item *item)
{
	if (kmc_item_is(item, KMC_ITEM_SINGLE))
		return &kmc_item_single(item)->slab;
	return (struct kmc_slab *)page_private(virt_to_head_page(item));
}

static unsigned int index_of(const struct kmc_slab *slab, const struct kmc_item *item)
{
	return slab->chunk_size ? ((void *)item - slab->base) / slab->chunk_size : 0;
}

/**
 * kmc_slab_id() - the id of an item
 * @slab: the slab it is in
 * @item: the item
 *
 * Return: the id.
 */
u32 kmc_slab_id(const struct kmc_slab *slab, const struct kmc_item *item)
{
	return slab->number << KMC_ID_CHUNK_BITS | index_of(slab, item);
}

/* Accounting of slabs that come and go, and what they are in the order of. */

/* At the end of its queue, and its items are judged by what happens to them from now on. */
static void queue(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	list_move_tail(&slab->fifo, &pool->fifo[slab->part]);
	slab->queued_at = atomic64_read(pool->clock);
	slab->queued_second = pool->wheel_at;
	WRITE_ONCE(slab->era, READ_ONCE(pool->era));
	slab->newer = 0;
}

static void enter_fifo(struct kmc_pool *pool, struct kmc_slab *slab, enum kmc_part part)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	slab->state = KMC_SLAB_ACTIVE;
	slab->part = part;
	list_add_tail(&slab->fifo, &pool->fifo[part]);
	WRITE_ONCE(pool->bytes[part], pool->bytes[part] + slab->bytes);
	WRITE_ONCE(pool->slabs[part], pool->slabs[part] + 1);
	if (slab->nr_free)
		list_add(&slab->partial, &pool->class[slab->class].partial[part]);
	else if (slab->nr_open || slab->nr_closed)
		list_add_tail(&slab->partial, &pool->class[slab->class].partial[part]);
}

static void leave_fifo(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	list_del_init(&slab->fifo);
	list_del_init(&slab->partial);
	WRITE_ONCE(pool->bytes[slab->part], pool->bytes[slab->part] - slab->bytes);
	WRITE_ONCE(pool->slabs[slab->part], pool->slabs[slab->part] - 1);
}

static void retire(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	if (slab->state == KMC_SLAB_ACTIVE)
		leave_fifo(pool, slab);
	list_del_init(&slab->due);
	slab->scan_at = 0;
	slab->state = KMC_SLAB_RETIRED;
	pool->class[slab->class].slabs--;
	pool->class[slab->class].chunks -= slab->nr;
	slab->cookie = start_poll_synchronize_rcu();
	list_add_tail(&slab->fifo, &pool->retired);
	WRITE_ONCE(pool->retired_bytes, pool->retired_bytes + slab->bytes);
}

/**
 * __kmc_slab_retire_if_unused() - let go of a slab that has nothing in it
 * @pool: the pool, locked
 * @slab: the slab
 */
void __kmc_slab_retire_if_unused(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	if (!slab->live && !slab->walkers && slab->state != KMC_SLAB_RETIRED)
		retire(pool, slab);
}

static void count_in(struct kmc_pool *pool, const struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	pool->class[slab->class].slabs++;
	pool->class[slab->class].chunks += slab->nr;
}

static void init_lists(struct kmc_slab *slab)
{
	INIT_LIST_HEAD(&slab->fifo);
	INIT_LIST_HEAD(&slab->partial);
	INIT_LIST_HEAD(&slab->due);
}

/**
 * kmc_slab_add_single() - take a single item in
 * @pool: the pool
 * @slab: its slab; @bytes, which were charged, and @base are set
 * @class: the class it is counted in
 * @part: where it begins
 *
 * Context: any but hard interrupts.
 *
 * Return: 0 or -ENOMEM.
 */
int kmc_slab_add_single(struct kmc_pool *pool, struct kmc_slab *slab, unsigned int class,
			enum kmc_part part)
{
	bool numbered;

	slab->is_single = true;
	slab->class = class;
	slab->nr = 1;
	slab->live = 1;
	init_lists(slab);
	spin_lock_bh(&pool->lock);
	numbered = assign_number(pool, slab);
	if (numbered) {
		pool->class[slab->class].live++;
		count_in(pool, slab);
		enter_fifo(pool, slab, part);
		queue(pool, slab);
	}
	spin_unlock_bh(&pool->lock);
	return numbered ? 0 : -ENOMEM;
}

/* Slabs of pages. */

static struct kmc_slab *carve(void *pages, struct kmc_slab *outside, unsigned int order,
			      unsigned int class, u32 chunk_size)
{
	struct kmc_slab *slab = outside ?: pages;
	u32 bytes = PAGE_SIZE << order;
	unsigned int nr = count_chunks(bytes, chunk_size);

	memset(slab, 0, header_size(nr));
	slab->base = outside ? pages : pages + header_size(nr);
	slab->chunk_size = chunk_size;
	slab->nr = nr;
	slab->nr_free = nr;
	slab->class = class;
	slab->order = order;
	slab->bytes = bytes + (outside ? kmalloc_size_roundup(header_size(nr)) : 0);
	bitmap_fill(map_of(slab, MAP_FREE), nr);
	init_lists(slab);
	set_page_private(virt_to_page(pages), (unsigned long)slab);
	return slab;
}

static struct list_head *pop_empty(struct kmc_pool *pool)
{
	struct list_head *pages = NULL;

	spin_lock_bh(&pool->lock);
	if (pool->nr_empty) {
		pages = pool->empty.next;
		list_del(pages);
		WRITE_ONCE(pool->nr_empty, pool->nr_empty - 1);
	}
	spin_unlock_bh(&pool->lock);
	return pages;
}

static void free_pages_of_slab(struct kmc_pool *pool, void *pages, unsigned int order)
{
	set_page_private(virt_to_page(pages), 0);
	free_pages((unsigned long)pages, order);
	kmc_budget_uncharge(pool->budget, PAGE_SIZE << order);
}

static bool free_one_empty(struct kmc_pool *pool)
{
	struct list_head *pages = pop_empty(pool);

	if (!pages)
		return false;
	free_pages_of_slab(pool, pages, compound_order(virt_to_page(pages)));
	return true;
}

/* An empty slab of this order; others are left from another limit. */
static void *take_empty(struct kmc_pool *pool, unsigned int order)
{
	struct list_head *pages;

	while (READ_ONCE(pool->order) == order && (pages = pop_empty(pool))) {
		unsigned int is = compound_order(virt_to_page(pages));

		if (is == order)
			return pages;
		free_pages_of_slab(pool, pages, is);
	}
	return NULL;
}

/* Pages that are charged, or an ERR_PTR. Smaller ones if large ones cannot be had. */
static void *take_new(struct kmc_pool *pool, unsigned int *order, u32 chunk_size,
		      unsigned long limit, gfp_t gfp)
{
	gfp |= __GFP_COMP | GFP_SPARING;
	for (;; --*order) {
		unsigned long bytes = PAGE_SIZE << *order;
		struct page *page;

		if (!kmc_budget_try_charge(pool->budget, bytes, limit))
			return ERR_PTR(-ENOSPC);
		page = alloc_pages(gfp, *order);
		if (page)
			return page_address(page);
		kmc_budget_uncharge(pool->budget, bytes);
		if (*order == 0 || (bytes >> 1) < chunk_size)
			return ERR_PTR(-ENOMEM);
	}
}

/* A header outside of its slab, charged. */
static struct kmc_slab *alloc_outside(struct kmc_pool *pool, unsigned int chunks,
				      unsigned long limit, gfp_t gfp)
{
	unsigned long bytes = kmalloc_size_roundup(header_size(chunks));
	struct kmc_slab *slab;

	if (!kmc_budget_try_charge(pool->budget, bytes, limit))
		return ERR_PTR(-ENOSPC);
	slab = kmalloc(bytes, gfp | GFP_SPARING);
	if (slab)
		return slab;
	kmc_budget_uncharge(pool->budget, bytes);
	return ERR_PTR(-ENOMEM);
}

static void free_outside(struct kmc_pool *pool, struct kmc_slab *slab)
{
	if (!slab)
		return;
	kmc_budget_uncharge(pool->budget, slab->bytes - (PAGE_SIZE << slab->order));
	kfree(slab);
}

/**
 * kmc_slab_add() - make a slab
 * @pool: the pool
 * @class: the class of its chunks
 * @part: where it begins
 * @limit: no more than this may be in use afterwards, bytes
 * @gfp: how to allocate
 *
 * Return: 0; -ENOSPC: @limit is reached; -ENOMEM: the system has no memory.
 */
int kmc_slab_add(struct kmc_pool *pool, unsigned int class, enum kmc_part part,
		 unsigned long limit, gfp_t gfp)
{
	u32 chunk_size = pool->classes.size[class];
	unsigned int order = order_for(pool, chunk_size);
	struct kmc_slab *slab, *outside = NULL;
	int err = -ENOMEM;
	bool numbered;
	void *pages;

	pages = take_empty(pool, order);
	if (!pages)
		pages = take_new(pool, &order, chunk_size, limit, gfp);
	/* empty slabs that are too small for this class are no use in the way */
	while (pages == ERR_PTR(-ENOSPC) && free_one_empty(pool))
		pages = take_new(pool, &order, chunk_size, limit, gfp);
	if (IS_ERR(pages))
		return PTR_ERR(pages);
	if (!is_header_inside(chunk_size)) {
		outside = alloc_outside(pool, (PAGE_SIZE << order) / chunk_size, limit, gfp);
		if (IS_ERR(outside)) {
			err = PTR_ERR(outside);
			goto out_free_pages;
		}
	}
	slab = carve(pages, outside, order, class, chunk_size);

	spin_lock_bh(&pool->lock);
	numbered = assign_number(pool, slab);
	if (numbered) {
		count_in(pool, slab);
		enter_fifo(pool, slab, part);
		queue(pool, slab);
	}
	spin_unlock_bh(&pool->lock);
	if (numbered)
		return 0;
	free_outside(pool, outside);
out_free_pages:
	free_pages_of_slab(pool, pages, order);
	return err;
}

/* Let chunks that readers are done with be used again. Is one free? */
static bool turn(struct kmc_slab *slab)
{
	if (slab->nr_closed && poll_state_synchronize_rcu(slab->cookie)) {
		bitmap_or(map_of(slab, MAP_FREE), map_of(slab, MAP_FREE), map_of(slab, MAP_CLOSED),
			  slab->nr);
		bitmap_zero(map_of(slab, MAP_CLOSED), slab->nr);
		slab->nr_free += slab->nr_closed;
		slab->nr_closed = 0;
	}
	if (!slab->nr_closed && slab->nr_open) {
		bitmap_copy(map_of(slab, MAP_CLOSED), map_of(slab, MAP_OPEN), slab->nr);
		bitmap_zero(map_of(slab, MAP_OPEN), slab->nr);
		slab->nr_closed = slab->nr_open;
		slab->nr_open = 0;
		slab->cookie = start_poll_synchronize_rcu();
	}
	return slab->nr_free;
}

static struct kmc_item *take_chunk(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	unsigned int index = find_first_bit(map_of(slab, MAP_FREE), slab->nr);
	struct kmc_item *item = slab->base + (size_t)index * slab->chunk_size;

	lockdep_assert_held(&pool->lock);
	__clear_bit(index, map_of(slab, MAP_FREE));
	slab->nr_free--;
	slab->live++;
	if (slab->newer < slab->nr)
		slab->newer++;
	/* filled for the first time: its items are as old as this */
	if (slab->newer == slab->nr && slab->live == slab->nr)
		queue(pool, slab);
	pool->class[slab->class].live++;
	if (!slab->nr_free && !slab->nr_open && !slab->nr_closed)
		list_del_init(&slab->partial);
	/* whoever walks the slab must not take what is left of another item for one */
	WRITE_ONCE(item->marks, 0);
	return item;
}

/**
 * kmc_slab_alloc_chunk() - allocate a chunk of a slab that is there
 * @pool: the pool
 * @class: the class
 * @part: of which part
 *
 * Context: any but hard interrupts.
 *
 * Return: memory for an item, with no marks; or NULL.
 */
struct kmc_item *kmc_slab_alloc_chunk(struct kmc_pool *pool, unsigned int class,
				      enum kmc_part part)
{
	struct list_head *partial = &pool->class[class].partial[part];
	struct kmc_item *item = NULL;
	struct kmc_slab *slab;
	int tries;

	spin_lock_bh(&pool->lock);
	for (tries = 0; tries < TRIES_MAX && !list_empty(partial); tries++) {
		slab = list_first_entry(partial, struct kmc_slab, partial);
		if (turn(slab)) {
			item = take_chunk(pool, slab);
			break;
		}
		list_move_tail(&slab->partial, partial);
	}
	spin_unlock_bh(&pool->lock);
	return item;
}

/**
 * kmc_slab_is_waiting() - will freed chunks of a class be ready when readers are done?
 * @pool: the pool
 * @class: the class
 *
 * Context: any but hard interrupts.
 *
 * Return: true if there are some.
 */
bool kmc_slab_is_waiting(struct kmc_pool *pool, unsigned int class)
{
	unsigned int part;
	bool waiting = false;

	spin_lock_bh(&pool->lock);
	for (part = 0; part < KMC_PARTS; part++)
		waiting |= !list_empty(&pool->class[class].partial[part]);
	spin_unlock_bh(&pool->lock);
	return waiting;
}

/**
 * kmc_slab_free_chunk() - free an item's memory, when no reader looks at it any more
 * @pool: the pool
 * @item: the item, not in the index; if it is a single one, without references
 *
 * Context: any but hard interrupts.
 */
void kmc_slab_free_chunk(struct kmc_pool *pool, struct kmc_item *item)
{
	struct kmc_slab *slab = kmc_slab_of(pool, item);

	spin_lock_bh(&pool->lock);
	slab->live--;
	pool->class[slab->class].live--;
	if (!slab->is_single) {
		__set_bit(index_of(slab, item), map_of(slab, MAP_OPEN));
		slab->nr_open++;
		/* the wait begins now, not when somebody looks for a chunk */
		if (!slab->nr_closed)
			turn(slab);
		if (slab->state == KMC_SLAB_ACTIVE && list_empty(&slab->partial))
			list_add_tail(&slab->partial,
				      &pool->class[slab->class].partial[slab->part]);
	}
	__kmc_slab_retire_if_unused(pool, slab);
	spin_unlock_bh(&pool->lock);
}

/* Eviction: a slab is emptied whole. */

/* Slabs in use that are passed by: one of them must not keep all that are behind it. */
#define IN_USE_MAX 1

/* That nothing was used says too little about each item of a slab that has fewer chunks. */
#define UNREAD_CHUNKS_MIN 8

/* Slabs that are queued again, or passed by, in one go: it is done with the lock held. */
#define PASSED_MAX 32

/*
 * The first slab most of which is as old as its place in the queue. Others are
 * queued again: slabs of a size that is seldom stored, or that is often replaced,
 * are filled over a long time.
 */
static struct kmc_slab *find_oldest(struct kmc_pool *pool, enum kmc_part part)
	__must_hold(&pool->lock)
{
	struct kmc_slab *slab;
	int passed;

	lockdep_assert_held(&pool->lock);
	for (passed = 0; passed < PASSED_MAX; passed++) {
		slab = list_first_entry_or_null(&pool->fifo[part], struct kmc_slab, fifo);
		if (!slab || slab->newer * 2 <= slab->live)
			return slab;
		queue(pool, slab);
	}
	return list_first_entry(&pool->fifo[part], struct kmc_slab, fifo);
}

static void begin_walk(struct kmc_pool *pool, struct kmc_slab *slab)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	leave_fifo(pool, slab);
	slab->state = KMC_SLAB_DRAINING;
	slab->walkers++;
}

/* Is something left of it? Then it is at the end of the queue. */
static bool end_walk(struct kmc_pool *pool, struct kmc_slab *slab, enum kmc_part part)
	__must_hold(&pool->lock)
{
	lockdep_assert_held(&pool->lock);
	slab->walkers--;
	if (slab->live || slab->walkers) {
		enter_fifo(pool, slab, part);
		return true;
	}
	__kmc_slab_retire_if_unused(pool, slab);
	return false;
}

/**
 * kmc_slab_begin_drain() - take the oldest slab of a part, to empty it
 * @pool: the pool
 * @part: the part
 *
 * Context: any but hard interrupts.
 *
 * Return: a slab, for kmc_slab_end_drain(); or NULL.
 */
struct kmc_slab *kmc_slab_begin_drain(struct kmc_pool *pool, enum kmc_part part)
{
	struct kmc_slab *slab;

	spin_lock_bh(&pool->lock);
	slab = find_oldest(pool, part);
	if (slab)
		begin_walk(pool, slab);
	spin_unlock_bh(&pool->lock);
	return slab;
}

/**
 * kmc_slab_is_unread() - was nothing in a slab used for a while?
 * @pool: the pool
 * @slab: the slab
 * @enough: for how many eras
 *
 * Context: under &kmc_cache.evict_mutex, where eras begin: one that began between the two reads
 * would make the slab look older than it is.
 *
 * Return: true if all of its items seem to be wanted no more.
 */
bool kmc_slab_is_unread(const struct kmc_pool *pool, const struct kmc_slab *slab,
			unsigned int enough)
{
	u8 eras = READ_ONCE(pool->era) - READ_ONCE(slab->era);

	return slab->nr >= UNREAD_CHUNKS_MIN && eras >= enough;
}

/**
 * kmc_slab_begin_drain_unread() - take one of the first slabs of a part, if nothing in it was used
 * @pool: the pool
 * @part: the part
 * @enough: as for kmc_slab_is_unread()
 *
 * Context: as kmc_slab_is_unread().
 *
 * Return: a slab, kmc_slab_is_unread(); or NULL.
 */
struct kmc_slab *kmc_slab_begin_drain_unread(struct kmc_pool *pool, enum kmc_part part,
					     unsigned int enough)
{
	struct kmc_slab *slab, *found = NULL;
	int passed = 0, in_use = 0;

	spin_lock_bh(&pool->lock);
	list_for_each_entry(slab, &pool->fifo[part], fifo) {
		if (kmc_slab_is_unread(pool, slab, enough)) {
			found = slab;
			begin_walk(pool, found);
			break;
		}
		if (slab->nr >= UNREAD_CHUNKS_MIN && in_use++ == IN_USE_MAX)
			break;
		if (++passed == PASSED_MAX)
			break;
	}
	spin_unlock_bh(&pool->lock);
	return found;
}

/**
 * kmc_slab_end_drain() - a slab was emptied, as far as it could be
 * @pool: the pool
 * @slab: the slab
 * @part: where it goes if something is left in it
 */
void kmc_slab_end_drain(struct kmc_pool *pool, struct kmc_slab *slab, enum kmc_part part)
{
	spin_lock_bh(&pool->lock);
	if (end_walk(pool, slab, part))
		queue(pool, slab);
	spin_unlock_bh(&pool->lock);
}

/**
 * kmc_slab_begin_sweep() - take the first slab of a part, to remove what is dead
 * @pool: the pool
 * @part: the part
 *
 * Context: any but hard interrupts.
 *
 * Return: a slab, for kmc_slab_end_sweep(); or NULL.
 */
struct kmc_slab *kmc_slab_begin_sweep(struct kmc_pool *pool, enum kmc_part part)
{
	struct kmc_slab *slab;

	spin_lock_bh(&pool->lock);
	slab = list_first_entry_or_null(&pool->fifo[part], struct kmc_slab, fifo);
	if (slab)
		begin_walk(pool, slab);
	spin_unlock_bh(&pool->lock);
	return slab;
}

/**
 * kmc_slab_end_sweep() - what is dead was removed from a slab
 * @pool: the pool
 * @slab: the slab
 *
 * It goes to the end of its queue, as old as it was.
 */
void kmc_slab_end_sweep(struct kmc_pool *pool, struct kmc_slab *slab)
{
	spin_lock_bh(&pool->lock);
	end_walk(pool, slab, slab->part);
	spin_unlock_bh(&pool->lock);
}

/**
 * kmc_slab_copy_live() - which chunks are allocated
 * @pool: the pool
 * @slab: a slab that is kept by a walk
 * @map: result: room for %KMC_SLAB_CHUNKS_MAX bits
 */
void kmc_slab_copy_live(struct kmc_pool *pool, struct kmc_slab *slab, unsigned long *map)
{
	if (slab->is_single) {
		bitmap_fill(map, 1);
		return;
	}
	spin_lock_bh(&pool->lock);
	bitmap_or(map, map_of(slab, MAP_FREE), map_of(slab, MAP_OPEN), slab->nr);
	bitmap_or(map, map, map_of(slab, MAP_CLOSED), slab->nr);
	spin_unlock_bh(&pool->lock);
	bitmap_complement(map, map, slab->nr);
}

/* Retired slabs. */

static struct kmc_slab *take_retired(struct kmc_pool *pool)
{
	struct kmc_slab *slab;

	spin_lock_bh(&pool->lock);
	slab = list_first_entry_or_null(&pool->retired, struct kmc_slab, fifo);
	if (slab && poll_state_synchronize_rcu(slab->cookie)) {
		list_del(&slab->fifo);
		WRITE_ONCE(pool->retired_bytes, pool->retired_bytes - slab->bytes);
		forget_number(pool, slab->number);
	} else {
		slab = NULL;
	}
	spin_unlock_bh(&pool->lock);
	return slab;
}

static void keep_empty(struct kmc_pool *pool, void *pages)
{
	spin_lock_bh(&pool->lock);
	list_add((struct list_head *)pages, &pool->empty);
	WRITE_ONCE(pool->nr_empty, pool->nr_empty + 1);
	spin_unlock_bh(&pool->lock);
}

static void free_slab(struct kmc_pool *pool, struct kmc_slab *slab, unsigned int keep)
{
	unsigned int order = slab->order;
	void *pages;

	if (slab->is_single) {
		kmc_budget_uncharge(pool->budget, slab->bytes);
		kmc_single_free(container_of(slab, struct kmc_single, slab));
		return;
	}
	pages = pages_of(slab);
	if (!is_header_inside(slab->chunk_size))
		free_outside(pool, slab);
	if (order == READ_ONCE(pool->order) && READ_ONCE(pool->nr_empty) < keep)
		keep_empty(pool, pages);
	else
		free_pages_of_slab(pool, pages, order);
}

/**
 * kmc_pool_reap() - free what readers are done with
 * @pool: the pool
 * @keep: how many empty slabs to have ready; the others go back to the system
 *
 * Context: process.
 *
 * Return: how much was freed or made ready, bytes.
 */
unsigned long kmc_pool_reap(struct kmc_pool *pool, unsigned int keep)
{
	unsigned long freed = 0;
	struct kmc_slab *slab;
	int batch = 0;

	while ((slab = take_retired(pool))) {
		freed += slab->bytes;
		free_slab(pool, slab, keep);
		if (++batch % REAP_BATCH == 0)
			cond_resched();
	}
	while (READ_ONCE(pool->nr_empty) > keep && free_one_empty(pool))
		freed += kmc_pool_slab_bytes(pool);
	return freed;
}

/**
 * kmc_pool_wait() - wait until something that was retired can be freed
 * @pool: the pool
 *
 * Context: process, sleeps for a grace period.
 *
 * Return: false if nothing is waiting.
 */
bool kmc_pool_wait(struct kmc_pool *pool)
{
	unsigned long cookie = 0;
	struct kmc_slab *slab;

	spin_lock_bh(&pool->lock);
	slab = list_first_entry_or_null(&pool->retired, struct kmc_slab, fifo);
	if (slab)
		cookie = slab->cookie;
	spin_unlock_bh(&pool->lock);
	/* somebody waits for the memory: an ordinary grace period would be most of the time */
	if (slab)
		cond_synchronize_rcu_expedited(cookie);
	return slab;
}

static void free_list(struct kmc_pool *pool, struct list_head *list)
{
	struct kmc_slab *slab, *next;

	list_for_each_entry_safe(slab, next, list, fifo) {
		list_del(&slab->fifo);
		free_slab(pool, slab, 0);
		cond_resched();
	}
}

/**
 * kmc_pool_uninit() - free all slabs, whatever is in them
 * @pool: the pool; nobody uses it or looks at an item any more
 *
 * Context: process.
 */
void kmc_pool_uninit(struct kmc_pool *pool)
{
	unsigned int part, i;

	for (part = 0; part < KMC_PARTS; part++)
		free_list(pool, &pool->fifo[part]);
	free_list(pool, &pool->retired);
	while (free_one_empty(pool))
		;
	for (i = 0; i < KMC_LEAVES && pool->leaf[i]; i++) {
		free_page((unsigned long)pool->leaf[i]);
		kmc_budget_uncharge(pool->budget, PAGE_SIZE);
	}
}
