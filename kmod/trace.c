// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/compiler.h>
#include <linux/ctype.h>
#include <linux/minmax.h>

#define CREATE_TRACE_POINTS
#include "trace.h"

/* Somebody traces evictions: the store is to tell of them. Accessed without a lock. */
bool kmc_trace_evictions;

/**
 * kmc_trace_copy_key() - what is shown of a key
 * @to: %KMC_TRACE_KEY bytes; gets it, all of them filled
 * @key: the key, any bytes
 * @len: its length
 *
 * Context: any.
 */
void kmc_trace_copy_key(char *to, const char *key, size_t len)
{
	size_t i;

	len = min_t(size_t, len, KMC_TRACE_KEY - 1);
	for (i = 0; i < len; i++) {
		/* it may be changing */
		char c = READ_ONCE(key[i]);

		to[i] = isascii(c) && isprint(c) ? c : '.';
	}
	/* the ring has what was there before */
	memset(to + len, 0, KMC_TRACE_KEY - len);
}

/**
 * kmc_trace_evict_on() - somebody begins to trace evictions
 *
 * Context: process; the kernel's tracing calls one of the two at a time.
 *
 * Return: 0.
 */
int kmc_trace_evict_on(void)
{
	WRITE_ONCE(kmc_trace_evictions, true);
	return 0;
}

/**
 * kmc_trace_evict_off() - nobody does any more
 */
void kmc_trace_evict_off(void)
{
	WRITE_ONCE(kmc_trace_evictions, false);
}
