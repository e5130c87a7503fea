// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The two parts are weighed against each other by what they have just evicted and is wanted
 * back, as ARC does (Megiddo and Modha, FAST 2003). Where requests stay as they are, the small
 * part mostly stays at a tenth, or little more; it may grow for nothing where all is asked for in
 * a loop. When others take their place, nothing in the main part is asked for any more, and
 * newcomers would have a tenth of the memory until it has made way. By the same, it is decided for
 * how long nothing of a main slab has to be used before it makes way for the small part.
 *
 * What is large and comes back to the small part again and again counts each time: a larger small
 * part is what lets it be read often enough. Where that was not counted, the hits of what came
 * after others were fewer (simulated: multi3 after web07 61.1 percent rather than 65.3).
 */
#include "share.h"

#include <linux/minmax.h>

/* Percent. */
#define SMALL_MIN	10U
#define SMALL_MAX	90U

/* Eras: see era.c. */
#define ERAS_MIN	3U
#define ERAS_MAX	8U

/* It is decided when a 128th of the items has come back, but not by less than this. */
#define DECIDED_BY	128
#define BACK_MIN	16UL

/**
 * kmc_share_init() - begin with a tenth for the small part, and with patience
 * @share: the share
 *
 * Context: any, before it is used.
 */
void kmc_share_init(struct kmc_share *share)
{
	enum kmc_part part;

	share->small = SMALL_MIN;
	share->eras = ERAS_MAX;
	for (part = 0; part < KMC_PARTS; part++)
		atomic_long_set(&share->back[part], 0);
}

/* The small part has to be wanted back twice as often as the other. */
static unsigned int next_small(unsigned int small, long small_back, long main_back)
{
	if (small_back > 2 * main_back)
		return min(small + 1, SMALL_MAX);
	if (main_back > small_back)
		return max(small - 1, SMALL_MIN);
	return small;
}

/*
 * Of a main slab that was thought to be unused, some may be wanted back: then it is longer before
 * the next is. When others ask for other things, it has to be quick.
 */
static unsigned int next_eras(unsigned int eras, long small_back, long main_back)
{
	if (small_back > main_back)
		return (eras + ERAS_MIN) / 2;
	if (main_back > small_back)
		return min(eras + 1, ERAS_MAX);
	return eras;
}

static void decide(struct kmc_share *share, long small_back, long main_back)
{
	WRITE_ONCE(share->small, next_small(READ_ONCE(share->small), small_back, main_back));
	WRITE_ONCE(share->eras, next_eras(READ_ONCE(share->eras), small_back, main_back));
}

/**
 * kmc_share_note() - an item is being stored that was evicted just before
 * @share: the share
 * @part: the part that it was evicted from
 * @items: how many items there are
 *
 * Context: any.
 */
void kmc_share_note(struct kmc_share *share, enum kmc_part part, unsigned long items)
{
	unsigned long back = atomic_long_inc_return(&share->back[part]);

	if (back < max(items / DECIDED_BY, BACK_MIN))
		return;
	decide(share, atomic_long_read(&share->back[KMC_PART_SMALL]),
	       atomic_long_read(&share->back[KMC_PART_MAIN]));
	atomic_long_set(&share->back[KMC_PART_SMALL], 0);
	atomic_long_set(&share->back[KMC_PART_MAIN], 0);
}

/**
 * kmc_share_is_exceeded() - does the small part have more than its share?
 * @share: the share
 * @small: what the small part has, bytes
 * @all: what both have
 *
 * Context: any.
 *
 * Return: true if it does.
 */
bool kmc_share_is_exceeded(const struct kmc_share *share, unsigned long small, unsigned long all)
{
	return small > all / 100 * READ_ONCE(share->small);
}

/**
 * kmc_share_is_most() - does the small part have all that it may ever have?
 * @small: what the small part has, bytes
 * @all: what both have
 *
 * Context: any.
 *
 * Return: true if it does.
 */
bool kmc_share_is_most(unsigned long small, unsigned long all)
{
	return small > all / 100 * SMALL_MAX;
}
