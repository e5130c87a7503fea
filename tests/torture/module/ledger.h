/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What is known of each key: which versions can no longer be found. */
#ifndef KMC_TORTURE_LEDGER_H
#define KMC_TORTURE_LEDGER_H

#include <linux/types.h>

#include "tally.h"
#include "torture.h"
#include "value.h"

/* Keys that everybody writes have no owner. */
#define TORTURE_SHARED	UINT_MAX

/**
 * struct torture_view - what was known of a key before it was looked up
 * @now: the store's clock
 * @done: for each writer, his last version that is complete: what he stored before
 *	cannot be found any more
 * @floor: for each writer, his last version that was complete before a flush: nor
 *	can that
 */
struct torture_view {
	u32	now;
	u64	done[TORTURE_ACTORS_MAX];
	u64	floor[TORTURE_ACTORS_MAX];
};

int torture_ledger_init(void);
void torture_ledger_uninit(void);
unsigned int torture_ledger_owner(u32 key);
bool torture_ledger_is_touched(u32 key);
void torture_ledger_look(u32 key, struct torture_view *view);
void torture_ledger_complete(u32 key, unsigned int actor, u64 version);
u64 torture_ledger_completed(u32 key, unsigned int actor);
bool torture_ledger_judge(struct torture_tally *tally, const struct torture_view *view,
			  const struct torture_value *value);
void torture_ledger_save(void);
void torture_ledger_keep(void);
void torture_ledger_flushed(void);

/**
 * torture_ledger_version() - a version's number
 * @seq: how many its writer has begun
 * @actor: its writer
 *
 * Return: the number.
 */
static inline u64 torture_ledger_version(u64 seq, unsigned int actor)
{
	return seq << 8 | actor;
}

#endif
