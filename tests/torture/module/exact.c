// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * One thread and no eviction: what each call says and leaves behind is known exactly.
 * And one thread alone with a store that is full.
 */
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "kmod/cache/cache.h"

#include "list.h"
#include "phase.h"
#include "size.h"
#include "subject.h"
#include "torture.h"
#include "value.h"

#define EXACT_LIMIT	(64UL << 20)
#define FULL_LIMIT	(8UL << 20)

/* As many times its limit goes into the full store. */
#define FULL_ROUNDS	2

/**
 * struct exact - the phase
 * @tally: the caller's
 * @scratch: room to work in
 * @version: versions made
 * @items: items that must be there
 * @bytes: their nominal size
 */
struct exact {
	struct torture_tally	*tally;
	struct torture_scratch	scratch;
	u64			version;
	u64			items;
	u64			bytes;
};

#define EXPECT(exact, condition) expect(exact, CHECK_EXACT, condition, #condition)

static void expect(struct exact *exact, enum torture_check check, bool ok, const char *what)
{
	if (!torture_check(exact->tally, check, ok))
		torture_tally_explain("wrong: %s", what);
}

static struct kmc_item *make(struct exact *exact, u32 key, u32 len, u32 deadline)
{
	struct torture_value value = {
		.version = ++exact->version,
		.key = key,
		.deadline = deadline,
		.flags = len,
		.len = len,
	};

	return torture_subject_alloc(&exact->scratch, &value, GFP_KERNEL);
}

static int store(struct exact *exact, u32 key, u32 len, u32 deadline, enum kmc_store_mode mode,
		 u64 cas)
{
	struct kmc_item *item = make(exact, key, len, deadline);

	return item ? torture_subject_store(item, mode, cas) : -ENOMEM;
}

static int set(struct exact *exact, u32 key, u32 len, u32 deadline)
{
	return store(exact, key, len, deadline, KMC_STORE_SET, 0);
}

static bool has(struct exact *exact, u32 key)
{
	struct kmc_item *item = torture_subject_lookup(&exact->scratch, key);

	if (item)
		torture_subject_put(item);
	return item;
}

/* Is the key there, with the version that was made last? */
static bool has_last(struct exact *exact, u32 key)
{
	struct kmc_item *item = torture_subject_lookup(&exact->scratch, key);
	struct torture_value value;
	bool ok;

	if (!item)
		return false;
	ok = torture_value_verify(&exact->scratch, exact->tally, item, key, &value) &&
	     value.version == exact->version;
	torture_subject_put(item);
	return ok;
}

static u64 cas_of(struct exact *exact, u32 key)
{
	struct kmc_item *item = torture_subject_lookup(&exact->scratch, key);
	u64 cas = 0;

	if (item) {
		cas = kmc_item_cas(item);
		torture_subject_put(item);
	}
	return cas;
}

static void check_modes(struct exact *exact)
{
	u64 cas;

	EXPECT(exact, !has(exact, 1));
	EXPECT(exact, store(exact, 1, 50, 0, KMC_STORE_REPLACE, 0) == -ENOENT);
	EXPECT(exact, store(exact, 1, 50, 0, KMC_STORE_CAS, 1) == -ENOENT);
	EXPECT(exact, !has(exact, 1));
	EXPECT(exact, store(exact, 1, 50, 0, KMC_STORE_ADD, 0) == 0);
	EXPECT(exact, has_last(exact, 1));
	cas = cas_of(exact, 1);
	EXPECT(exact, cas != 0);
	EXPECT(exact, store(exact, 1, 60, 0, KMC_STORE_ADD, 0) == -EEXIST);
	EXPECT(exact, cas_of(exact, 1) == cas);
	EXPECT(exact, store(exact, 1, 5000, 0, KMC_STORE_REPLACE, 0) == 0);
	EXPECT(exact, has_last(exact, 1));
	EXPECT(exact, store(exact, 1, 70, 0, KMC_STORE_CAS, cas) == -EEXIST);
	cas = cas_of(exact, 1);
	EXPECT(exact, store(exact, 1, 70, 0, KMC_STORE_CAS, cas) == 0);
	EXPECT(exact, has_last(exact, 1));
	EXPECT(exact, cas_of(exact, 1) > cas);
	EXPECT(exact, torture_subject_remove(&exact->scratch, 1) == 0);
	EXPECT(exact, torture_subject_remove(&exact->scratch, 1) == -ENOENT);
	EXPECT(exact, !has(exact, 1));
}

/* Around the sizes at which a store may do things otherwise. */
static void check_sizes(struct exact *exact)
{
	static const u32 around[] = {
		64, 128, 1024, 2048, 4096, 8192, 16384, 32768, 65536, 131072, 262144, 524288,
		1048576,
	};
	u32 key = 100, len;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(around); i++) {
		for (len = around[i] - 260; (int)len < (int)around[i] + 8; len += 3) {
			if ((int)len < (int)sizeof(struct torture_value))
				len = sizeof(struct torture_value);
			EXPECT(exact, set(exact, key, len, 0) == 0);
			EXPECT(exact, has_last(exact, key));
			if (len > 70000)
				len += 30;
			cond_resched();
		}
		EXPECT(exact, torture_subject_remove(&exact->scratch, key) == 0);
		key++;
	}
}

/* Values too short to say what they are, and all lengths of keys. */
static void check_short(struct exact *exact)
{
	struct kmc_item_desc desc = { .key = exact->scratch.key, .flags = ~0U };
	struct kmc_cache *cache = torture.cache;
	struct kmc_item *item;
	struct kvec vec;
	size_t count;
	u32 covered;

	for (desc.key_len = 1; desc.key_len <= TORTURE_KEY_MAX; desc.key_len++) {
		memset(exact->scratch.key, 'k', desc.key_len);
		desc.value_len = desc.key_len % 4;
		item = kmc_cache_alloc_item(cache, &desc, GFP_KERNEL);
		EXPECT(exact, item);
		if (!item)
			return;
		kmc_item_write(item, 0, exact->scratch.key, desc.value_len);
		EXPECT(exact, kmc_cache_store(cache, item, KMC_STORE_ADD, 0, GFP_KERNEL) == 0);
		exact->items++;
		exact->bytes += kmc_item_nominal_size(&desc);
		item = kmc_cache_lookup(cache, exact->scratch.key, desc.key_len,
					GFP_KERNEL);
		EXPECT(exact, item);
		if (!item)
			return;
		EXPECT(exact, kmc_item_value_len(item) == desc.value_len);
		EXPECT(exact, kmc_item_flags(item) == ~0U);
		count = kmc_item_segments(item, 0, desc.value_len, &vec, 1, &covered);
		EXPECT(exact, count == !!desc.value_len && covered == desc.value_len);
		EXPECT(exact, !count || !memcmp(vec.iov_base, exact->scratch.key, covered));
		kmc_cache_put_item(cache, item);
	}
}

struct append {
	u32	times;
	char	byte;
};

static int plan_append(const struct kmc_item *old, void *arg, u32 *value_len)
{
	struct append *append = arg;

	if (!append->times)
		return -EDOM;
	*value_len = kmc_item_value_len(old) + append->times;
	return 0;
}

static void fill_append(struct kmc_item *new, const struct kmc_item *old, void *arg)
{
	struct append *append = arg;
	u32 len = kmc_item_value_len(old), i;

	kmc_item_copy(new, 0, old, 0, len);
	for (i = 0; i < append->times; i++)
		kmc_item_write(new, len + i, &append->byte, 1);
}

/* A value made by appending grows over all sizes; copies start and end anywhere. */
static void check_update(struct exact *exact)
{
	static const struct kmc_update_ops ops = { .plan = plan_append, .fill = fill_append };
	struct append append = { .times = 0 };
	struct torture_scratch *scratch = &exact->scratch;
	struct kmc_item *item;
	struct torture_value value;
	struct kvec vec[3];
	u32 len = 1000, offset, covered = 1;

	torture_value_name(scratch, 2);
	EXPECT(exact, kmc_cache_update(torture.cache, scratch->key, scratch->key_len, &ops,
				       &append, GFP_KERNEL) == -ENOENT);
	EXPECT(exact, set(exact, 2, len, 0) == 0);
	EXPECT(exact, kmc_cache_update(torture.cache, scratch->key, scratch->key_len, &ops,
				       &append, GFP_KERNEL) == -EDOM);
	EXPECT(exact, has_last(exact, 2));
	append.byte = 'a';
	for (append.times = 1; len < 40000; append.times = append.times * 2 + 1) {
		EXPECT(exact, kmc_cache_update(torture.cache, scratch->key, scratch->key_len, &ops,
					       &append, GFP_KERNEL) == 0);
		len += append.times;
	}
	item = torture_subject_lookup(scratch, 2);
	EXPECT(exact, item);
	if (!item)
		return;
	EXPECT(exact, kmc_item_value_len(item) == len && kmc_item_flags(item) == 1000);
	EXPECT(exact, torture_value_read(item, &value) && value.version == exact->version);
	for (offset = 1000; offset < len && covered; offset += covered) {
		size_t count = kmc_item_segments(item, offset, len - offset, vec, 3, &covered);

		while (count--)
			EXPECT(exact, !memchr_inv(vec[count].iov_base, 'a', vec[count].iov_len));
	}
	EXPECT(exact, offset == len);
	torture_subject_put(item);
	EXPECT(exact, torture_subject_remove(scratch, 2) == 0);
}

static void check_usage(struct exact *exact)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(torture.cache, &usage);
	if (!torture_check(exact->tally, CHECK_USAGE, usage.items == exact->items &&
			   usage.bytes == exact->bytes && usage.limit == EXACT_LIMIT &&
			   usage.mem_used >= usage.bytes && usage.mem_used <= usage.limit))
		torture_tally_explain("%llu of %llu items, %llu of %llu bytes, %llu of %llu taken",
				      usage.items, exact->items, usage.bytes, exact->bytes,
				      usage.mem_used, usage.limit);
}

static void wait_until(u32 when)
{
	while (kmc_cache_now(torture.cache) < when && !signal_pending(current))
		msleep(20);
}

#define EXPECT_EXPIRY(exact, condition) expect(exact, CHECK_EXPIRY_EXACT, condition, #condition)
#define EXPECT_FLUSH(exact, condition) expect(exact, CHECK_FLUSH_EXACT, condition, #condition)

/* Looks until the deadline: it is there before, and not after. */
static void check_deadline(struct exact *exact, u32 key, u32 deadline)
{
	u32 before, after;
	bool found;

	do {
		before = kmc_cache_now(torture.cache);
		found = has(exact, key);
		after = kmc_cache_now(torture.cache);
		if (after < deadline)
			EXPECT_EXPIRY(exact, found);
		if (before >= deadline)
			EXPECT_EXPIRY(exact, !found);
		msleep(20);
	} while (before < deadline && !signal_pending(current));
}

static void check_time(struct exact *exact)
{
	struct torture_scratch *scratch = &exact->scratch;
	u32 now = kmc_cache_now(torture.cache);
	struct kmc_item *item;

	EXPECT_EXPIRY(exact, set(exact, 10, 100, 1) == 0);
	EXPECT_EXPIRY(exact, !has(exact, 10));
	EXPECT_EXPIRY(exact, store(exact, 10, 100, 1, KMC_STORE_REPLACE, 0) == -ENOENT);
	EXPECT_EXPIRY(exact, store(exact, 10, 100, 0, KMC_STORE_ADD, 0) == 0);

	/* what is touched lives longer, or shorter */
	EXPECT_EXPIRY(exact, set(exact, 11, 100, now + 2) == 0);
	EXPECT_EXPIRY(exact, set(exact, 12, 100, now + 2) == 0);
	EXPECT_EXPIRY(exact, set(exact, 13, 100, 0) == 0);
	EXPECT_EXPIRY(exact, set(exact, 14, 100, now + 2) == 0);
	item = torture_subject_touch(scratch, 12, 0);
	EXPECT_EXPIRY(exact, item);
	if (item)
		torture_subject_put(item);
	item = torture_subject_touch(scratch, 13, 1);
	EXPECT_EXPIRY(exact, item);
	if (item)
		torture_subject_put(item);
	EXPECT_EXPIRY(exact, !torture_subject_touch(scratch, 13, 0));

	/* a flush that is to come is replaced by one that does not */
	torture_subject_flush(now + 2);
	torture_subject_flush(now + 1000);
	check_deadline(exact, 11, now + 2);
	EXPECT_EXPIRY(exact, !has(exact, 14));
	EXPECT_EXPIRY(exact, torture_subject_remove(scratch, 14) == -ENOENT);
	EXPECT_FLUSH(exact, has(exact, 12));
	torture_subject_flush(0);
	EXPECT_FLUSH(exact, !has(exact, 12));
	EXPECT_FLUSH(exact, !has(exact, 10));
	EXPECT_FLUSH(exact, torture_subject_remove(scratch, 10) == -ENOENT);
	EXPECT_FLUSH(exact, set(exact, 10, 100, 0) == 0);
	EXPECT_FLUSH(exact, has_last(exact, 10));

	/* one that comes takes what was stored meanwhile */
	now = kmc_cache_now(torture.cache);
	torture_subject_flush(now + 1);
	EXPECT_FLUSH(exact, set(exact, 12, 100, 0) == 0);
	wait_until(now + 1);
	EXPECT_FLUSH(exact, !has(exact, 10));
	EXPECT_FLUSH(exact, set(exact, 12, 100, 0) == 0);
	EXPECT_FLUSH(exact, has_last(exact, 12));
	EXPECT_FLUSH(exact, torture_subject_remove(scratch, 12) == 0);
}

static void check_stats(struct exact *exact)
{
	/* without eviction, and as long as there is room */
	expect(exact, CHECK_STATS, !kmc_stats_read(&torture.stats, KMC_STAT_EVICTIONS),
	       "nothing is evicted");
}

static int run_exact(struct exact *exact)
{
	int err = torture_subject_open(EXACT_LIMIT);

	if (err)
		return err;
	check_usage(exact);
	check_modes(exact);
	check_sizes(exact);
	check_update(exact);
	check_usage(exact);
	err = torture_list_exact(exact->tally);
	check_usage(exact);
	check_short(exact);
	check_usage(exact);
	check_stats(exact);
	check_time(exact);
	torture_subject_close();
	return err ?: signal_pending(current) ? -EINTR : 0;
}

/* One writer who may wait is never refused, and the limit holds at every moment. */
static int run_full(struct exact *exact)
{
	int err = torture_subject_open(FULL_LIMIT);
	unsigned long stored = 0;
	struct kmc_cache_usage usage;
	struct rnd_state rnd;
	u32 key, len;

	if (err)
		return err;
	prandom_seed_state(&rnd, torture.seed);
	for (key = 1000; stored < FULL_ROUNDS * FULL_LIMIT; key++) {
		if (signal_pending(current))
			break;
		len = torture_size_pick(&rnd, false);
		expect(exact, CHECK_FULL, !set(exact, key, len, 0), "a set is refused");
		expect(exact, CHECK_FULL, has_last(exact, key), "what was set last is there");
		kmc_cache_read_usage(torture.cache, &usage);
		expect(exact, CHECK_FULL, usage.mem_used <= FULL_LIMIT, "the limit is not kept");
		stored += len;
	}
	expect(exact, CHECK_FULL, kmc_stats_read(&torture.stats, KMC_STAT_EVICTIONS),
	       "nothing is evicted");
	torture_subject_close();
	return signal_pending(current) ? -EINTR : 0;
}

/**
 * torture_phase_exact() - one thread that knows exactly what it must see
 * @tally: what it has seen
 *
 * Return: 0 or a negative errno if it could not run.
 */
int torture_phase_exact(struct torture_tally *tally)
{
	struct exact *exact = kzalloc(sizeof(*exact), GFP_KERNEL);
	int err;

	if (!exact)
		return -ENOMEM;
	exact->tally = tally;
	err = run_exact(exact);
	if (!err)
		err = run_full(exact);
	kfree(exact);
	return err;
}
