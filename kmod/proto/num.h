/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Decimal numbers as the memcached protocol writes and reads them. Pure. */
#ifndef KMC_PROTO_NUM_H
#define KMC_PROTO_NUM_H

#include <linux/types.h>

/* Digits of the longest u64, 18446744073709551615. */
#define KMC_NUM_DIGITS_MAX 20

bool kmc_num_parse_u64(const char *s, size_t len, u64 *value);
bool kmc_num_parse_s32(const char *s, size_t len, s32 *value);
bool kmc_num_parse_loose_u64(const char *s, size_t len, u64 *value);
bool kmc_num_parse_loose_s64(const char *s, size_t len, s64 *value);
bool kmc_num_parse_decimal(const char *s, size_t len, s64 *millionths);
size_t __kmc_num_compose(char *buf, u64 value);

/**
 * kmc_num_compose() - write a number in decimal
 * @buf: at least %KMC_NUM_DIGITS_MAX bytes; no NUL is written
 * @value: the number
 *
 * Return: how many bytes were written.
 */
static inline size_t kmc_num_compose(char *buf, u64 value)
{
	size_t len = 0;

	/* flags and lengths are mostly these */
	if (value < 10) {
		*buf = '0' + value;
		return 1;
	}
	if (value < 1000) {
		if (value >= 100)
			buf[len++] = '0' + (u32)value / 100;
		buf[len++] = '0' + (u32)value / 10 % 10;
		buf[len++] = '0' + (u32)value % 10;
		return len;
	}
	return __kmc_num_compose(buf, value);
}

#endif
