// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "subject.h"

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>

/*
 * What is wrong on purpose is wrong once in so many times; prime, so that it is not
 * always the same of several who do the same.
 */
#define ERR_EVERY 7

/* Of so many keys that are sought, one is looked at only after so long. */
#define SEEK_WAITS	16
#define SEEK_US		10

/**
 * torture_subject_errs() - is this call to go wrong on purpose?
 * @what: in which way
 *
 * Return: whether it is.
 */
bool torture_subject_errs(enum torture_break what)
{
	static atomic_t calls = ATOMIC_INIT(0);

	return unlikely(torture.broken == what) && atomic_inc_return(&calls) % ERR_EVERY == 0;
}

/**
 * torture_subject_open() - create the store
 * @limit: its memory limit, bytes
 *
 * Return: 0 or a negative errno.
 */
int torture_subject_open(unsigned long limit)
{
	int err = kmc_stats_init(&torture.stats);

	if (err)
		return err;
	torture.cache = kmc_cache_create(limit, &torture.stats, NULL, NULL, NULL);
	if (!IS_ERR(torture.cache))
		return 0;
	kmc_stats_uninit(&torture.stats);
	return PTR_ERR(torture.cache);
}

/**
 * torture_subject_close() - destroy the store, which warns if something is not given back
 */
void torture_subject_close(void)
{
	kmc_cache_destroy(torture.cache);
	torture.cache = NULL;
	kmc_stats_uninit(&torture.stats);
}

/**
 * torture_subject_alloc() - make an item
 * @scratch: the caller's
 * @value: what it is to be; is sealed
 * @gfp: how to allocate
 *
 * Return: the item, complete and not stored, or NULL.
 */
struct kmc_item *torture_subject_alloc(struct torture_scratch *scratch,
				       struct torture_value *value, gfp_t gfp)
{
	struct kmc_item_desc desc = {
		.key = scratch->key,
		.value_len = value->len,
		.flags = value->flags ^ torture_subject_errs(BREAK_FLAGS),
		.deadline = torture_subject_errs(BREAK_EXPIRY) ? KMC_CACHE_NEVER : value->deadline,
		.is_late = gfpflags_allow_blocking(gfp) && value->len % 2,
	};
	struct kmc_item *item;

	torture_value_name(scratch, value->key);
	desc.key_len = scratch->key_len;
	torture_value_seal(value);
	item = kmc_cache_alloc_item(torture.cache, &desc, gfp);
	if (item)
		torture_value_write(scratch, item, value);
	return item;
}

/**
 * torture_subject_store() - kmc_cache_store()
 * @item: the item; taken over
 * @mode: the condition
 * @cas: for a cas
 *
 * Return: as kmc_cache_store().
 */
int torture_subject_store(struct kmc_item *item, enum kmc_store_mode mode, u64 cas)
{
	int err;

	if (torture_subject_errs(BREAK_STORE)) {
		torture_subject_discard(item);
		return 0;
	}
	if (mode == KMC_STORE_CAS && torture_subject_errs(BREAK_CAS))
		mode = KMC_STORE_SET;
	if (mode == KMC_STORE_ADD && torture_subject_errs(BREAK_ADD))
		mode = KMC_STORE_SET;
	err = kmc_cache_store(torture.cache, item, mode, cas,
			      in_softirq() ? GFP_ATOMIC : GFP_KERNEL);
	if (err == -ENOMEM)
		torture_subject_discard(item);
	return err;
}

struct change {
	struct torture_scratch	*scratch;
	struct torture_value	*value;
	bool			resized;
};

static int plan_change(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct change *change = arg;

	*value_len = change->value->len;
	return 0;
}

/* What was found instead of the key's value, whoever reads it will say. */
static void fill_change(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	struct change *change = arg;
	struct torture_value found = {};

	torture_value_read(old, &found);
	change->value->deadline = found.deadline;
	change->value->flags = found.flags;
	torture_value_seal(change->value);
	torture_value_write(change->scratch, new, change->value);
	change->resized = kmc_item_value_len(old) != change->value->len;
}

static const struct kmc_update_ops change_ops = {
	.plan = plan_change,
	.fill = fill_change,
};

/**
 * torture_subject_update() - kmc_cache_update() by another value
 * @scratch: the caller's
 * @value: the new one; deadline and flags become those of the old one
 * @gfp: how to allocate
 * @resized: result: whether its length is another one
 *
 * Return: as kmc_cache_update().
 */
int torture_subject_update(struct torture_scratch *scratch, struct torture_value *value, gfp_t gfp,
			   bool *resized)
{
	struct change change = { .scratch = scratch, .value = value };
	int err;

	torture_value_name(scratch, value->key);
	err = kmc_cache_update(torture.cache, scratch->key, scratch->key_len, &change_ops,
			       &change, gfp);
	*resized = change.resized;
	return err;
}

/* Without memory for a copy it is not known what is there: ask again. */
static struct kmc_item *lookup(struct torture_scratch *scratch)
{
	struct kmc_item *item;

	do {
		item = kmc_cache_lookup(torture.cache, scratch->key, scratch->key_len,
					GFP_ATOMIC);
	} while (IS_ERR(item));
	return item;
}

/**
 * torture_subject_lookup() - kmc_cache_lookup()
 * @scratch: the caller's
 * @key: number of the key
 *
 * Return: as kmc_cache_lookup().
 */
struct kmc_item *torture_subject_lookup(struct torture_scratch *scratch, u32 key)
{
	torture_value_name(scratch, torture_subject_errs(BREAK_FOREIGN) ? key ^ 1 : key);
	return lookup(scratch);
}

/**
 * torture_subject_seek() - kmc_cache_seek(), and kmc_cache_peek_sought() a while later
 * @scratch: the caller's
 * @key: number of the key
 * @see: called with the item
 * @arg: passed to @see
 *
 * Return: true if there is one.
 */
bool torture_subject_seek(struct torture_scratch *scratch, u32 key,
			  bool (*see)(struct kmc_item *item, void *arg), void *arg)
{
	struct kmc_cache_seek seek = { .key = scratch->key };
	unsigned int class;

	torture_value_name(scratch, torture_subject_errs(BREAK_FOREIGN) ? key ^ 1 : key);
	seek.key_len = scratch->key_len;
	rcu_read_lock();
	kmc_cache_seek(torture.cache, &seek, 1);
	/* others replace, remove and evict it meanwhile */
	if (!(seek.hash % SEEK_WAITS))
		udelay(SEEK_US);
	class = kmc_cache_peek_sought(torture.cache, &seek, see, arg);
	rcu_read_unlock();
	return class;
}

/**
 * torture_subject_touch() - kmc_cache_lookup_touch()
 * @scratch: the caller's
 * @key: number of the key
 * @deadline: the new one
 *
 * Return: as kmc_cache_lookup_touch().
 */
struct kmc_item *torture_subject_touch(struct torture_scratch *scratch, u32 key, u32 deadline)
{
	struct kmc_item *item;

	torture_value_name(scratch, key);
	do {
		item = kmc_cache_lookup_touch(torture.cache, scratch->key, scratch->key_len,
					      deadline, GFP_ATOMIC);
	} while (IS_ERR(item));
	return item;
}

/**
 * torture_subject_remove() - kmc_cache_remove()
 * @scratch: the caller's
 * @key: number of the key
 *
 * Return: as kmc_cache_remove().
 */
int torture_subject_remove(struct torture_scratch *scratch, u32 key)
{
	if (torture_subject_errs(BREAK_REMOVE))
		return 0;
	torture_value_name(scratch, key);
	return kmc_cache_remove(torture.cache, scratch->key, scratch->key_len);
}

static bool show_nothing(struct kmc_item *item, void *arg)
{
	return true;
}

/**
 * torture_subject_walk() - kmc_cache_walk()
 * @place: where it goes on
 * @show: called with items
 * @arg: passed to @show
 *
 * Return: whether it is over.
 */
bool torture_subject_walk(u64 *place, bool (*show)(struct kmc_item *item, void *arg), void *arg)
{
	if (torture_subject_errs(BREAK_WALK))
		show = show_nothing;
	return kmc_cache_walk(torture.cache, place, show, arg);
}

/**
 * torture_subject_flush() - kmc_cache_flush()
 * @when: on the store's clock
 */
void torture_subject_flush(u32 when)
{
	if (torture.broken != BREAK_FLUSH)
		kmc_cache_flush(torture.cache, when);
}

/**
 * torture_subject_set_limit() - kmc_cache_set_limit()
 * @limit: bytes
 */
void torture_subject_set_limit(unsigned long limit)
{
	if (torture.broken != BREAK_LIMIT)
		kmc_cache_set_limit(torture.cache, limit);
}
