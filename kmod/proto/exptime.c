// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "exptime.h"

#include <linux/limits.h>

/* Up to and including this, an expiry time is relative: 30 days. */
#define RELATIVE_MAX (60 * 60 * 24 * 30)

/**
 * kmc_exptime_deadline() - when an item with this expiry time expires
 * @exptime: as the client wrote it: 0 never, negative at once, up to 30 days
 *	relative, above that seconds since 1970; 32 bits, signed or not
 * @now: the cache's clock, seconds, at least 2
 * @unix_now: the same moment in seconds since 1970
 *
 * The cache's clock does not jump when somebody sets the wall clock; absolute
 * times are converted once, here.
 *
 * Return: the cache's clock when the item is expired, %KMC_DEADLINE_NEVER or
 * %KMC_DEADLINE_PAST.
 */
u32 kmc_exptime_deadline(s64 exptime, u32 now, s64 unix_now)
{
	s64 left;

	if (!exptime)
		return KMC_DEADLINE_NEVER;
	left = exptime > RELATIVE_MAX ? exptime - unix_now : exptime;
	if (left <= 0)
		return KMC_DEADLINE_PAST;
	return left > U32_MAX - now ? U32_MAX : now + left;
}

/**
 * kmc_exptime_flush() - when a flush_all with this delay takes effect
 * @delay: as the client wrote it, an expiry time; 0 and negative ones are now
 * @now: the cache's clock, seconds, at least 2
 * @unix_now: the same moment in seconds since 1970
 *
 * Of what is older than a date before the clock began nothing is there: memcached, too,
 * flushes nothing then.
 *
 * Return: the cache's clock when it does; %KMC_DEADLINE_PAST for now, %U32_MAX for never.
 */
u32 kmc_exptime_flush(s64 delay, u32 now, s64 unix_now)
{
	if (delay <= 0)
		return KMC_DEADLINE_PAST;
	if (delay > RELATIVE_MAX && unix_now - delay >= now)
		return U32_MAX;
	return kmc_exptime_deadline(delay, now, unix_now);
}
