// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The index grows with what is stored, and shrinks when it goes, while one thread
 * goes on: by how much is any of its calls slower for that? What it says means
 * something where time is counted in instructions; growth.sh judges.
 */
#include "growth.h"

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/random.h>
#include <linux/sched.h>

#include "kmod/cache/cache.h"
#include "subject.h"
#include "torture.h"

#define KEY_SIZE	24
#define VALUE_SIZE	8

/* Between two looks at the index, which cost more than a call. */
#define LOOK_EVERY	32

/* A call that takes longer is worth a look, too. */
#define LOOK_US		20

#define LATE_US		1000

/**
 * struct calls - how long calls took
 * @count: how many
 * @late: how many of them took more than %LATE_US
 * @slowest: the slowest of all, nanoseconds
 * @sum: all of them together
 */
struct calls {
	u64	count;
	u64	late;
	u64	slowest;
	u64	sum;
};

/**
 * struct course - one way of it, up or down
 * @name: of the way
 * @resting: calls while the index stayed as it was
 * @resizing: calls while it did not
 * @is_resizing: which of the two, now
 * @resizes: how often it began to
 */
struct course {
	const char	*name;
	struct calls	resting;
	struct calls	resizing;
	bool		is_resizing;
	unsigned int	resizes;
};

static void look(struct course *course)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(torture.cache, &usage);
	course->resizes += usage.expanding && !course->is_resizing;
	course->is_resizing = usage.expanding;
}

static void count(struct course *course, unsigned long number, u64 took)
{
	struct calls *calls;
	bool before = course->is_resizing;

	if (number % LOOK_EVERY == 0 || took > LOOK_US * NSEC_PER_USEC)
		look(course);
	calls = before || course->is_resizing ? &course->resizing : &course->resting;
	calls->count++;
	calls->sum += took;
	calls->late += took > LATE_US * NSEC_PER_USEC;
	calls->slowest = max(calls->slowest, took);
}

static int name(char *key, unsigned long number)
{
	return scnprintf(key, KEY_SIZE, "growth-%lu", number);
}

static bool see(struct kmc_item *item, void *arg)
{
	return true;
}

static int set(unsigned long number)
{
	char key[KEY_SIZE];
	struct kmc_item_desc desc = {
		.key = key, .key_len = name(key, number), .value_len = VALUE_SIZE,
	};
	struct kmc_item *item = kmc_cache_alloc_item(torture.cache, &desc, GFP_KERNEL);

	if (!item)
		return -ENOMEM;
	kmc_item_write(item, 0, "12345678", VALUE_SIZE);
	return kmc_cache_store(torture.cache, item, KMC_STORE_SET, 0, GFP_KERNEL);
}

static int get(unsigned long number)
{
	char key[KEY_SIZE];
	int len = name(key, number);

	return kmc_cache_read(torture.cache, key, len, see, NULL) ? 0 : -ENOENT;
}

static int remove(unsigned long number)
{
	char key[KEY_SIZE];
	int len = name(key, number);

	return kmc_cache_remove(torture.cache, key, len);
}

static int time_call(struct course *course, int (*call)(unsigned long), unsigned long number)
{
	u64 begin = ktime_get_ns();
	int err = call(number);

	count(course, number, ktime_get_ns() - begin);
	return err;
}

static void say_calls(const struct course *course, const char *when, const struct calls *calls)
{
	pr_notice("kmc_torture: # %s, %s: %llu calls, %llu ns each, slowest %llu us, %llu late\n",
		  course->name, when, calls->count,
		  calls->count ? div64_u64(calls->sum, calls->count) : 0,
		  div_u64(calls->slowest, NSEC_PER_USEC), calls->late);
}

static void say(const struct course *course)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(torture.cache, &usage);
	pr_notice("kmc_torture: # %s: %llu items, %llu lines, %u resizes seen\n", course->name,
		  usage.items, usage.buckets, course->resizes);
	say_calls(course, "at rest", &course->resting);
	say_calls(course, "resizing", &course->resizing);
}

/* For each item there is a get of one that is there. */
static int go_up(unsigned long items)
{
	struct course course = { .name = "growing" };
	unsigned long number;
	int err = 0;

	for (number = 0; number < items && !err; number++) {
		err = time_call(&course, set, number) ?:
		      time_call(&course, get, get_random_u32() % (number + 1));
		cond_resched();
	}
	say(&course);
	return err;
}

static int go_down(unsigned long items)
{
	struct course course = { .name = "shrinking" };
	int err = 0;

	for (; items && !err; items--) {
		err = time_call(&course, remove, items - 1) ?:
		      (items > 1 ? time_call(&course, get, get_random_u32() % (items - 1)) : 0);
		cond_resched();
	}
	say(&course);
	return err;
}

/**
 * torture_growth() - store many items and remove them, and say how long that takes
 * @items: how many
 *
 * Context: process.
 *
 * Return: 0; -ENOMEM or -ENOENT if an item could not be stored, or found.
 */
int torture_growth(unsigned long items)
{
	int err = torture_subject_open(torture.limit);

	if (err)
		return err;
	err = go_up(items) ?: go_down(items);
	torture_subject_close();
	return err;
}
