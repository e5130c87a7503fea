// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "base64.h"

/* What a byte is worth: 0 to 63, or one of these. */
#define PADDING	64
#define FOREIGN	65

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static u8 worth(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	if (c == '/')
		return 63;
	return c == '=' ? PADDING : FOREIGN;
}

/* Up to three bytes become four digits. */
static void encode_group(char *buf, const u8 *p, size_t len)
{
	u32 bits = p[0] << 16 | (len > 1 ? p[1] << 8 : 0) | (len > 2 ? p[2] : 0);

	buf[0] = digits[bits >> 18];
	buf[1] = digits[bits >> 12 & 63];
	buf[2] = len > 1 ? digits[bits >> 6 & 63] : '=';
	buf[3] = len > 2 ? digits[bits & 63] : '=';
}

/**
 * kmc_base64_encode() - write bytes as base64
 * @buf: at least KMC_BASE64_LEN(@len) bytes; no NUL is written
 * @p: the bytes
 * @len: how many
 *
 * Return: how many bytes were written.
 */
size_t kmc_base64_encode(char *buf, const char *p, size_t len)
{
	size_t at = 0, i;

	for (i = 0; i < len; i += 3) {
		encode_group(buf + at, (const u8 *)p + i, len - i);
		at += 4;
	}
	return at;
}

static size_t count_digits(const char *s, size_t len)
{
	size_t count = 0, i;

	for (i = 0; i < len; i++)
		count += worth(s[i]) != FOREIGN;
	return count;
}

/**
 * kmc_base64_decode() - read base64
 * @buf: at least @len / 4 * 3 bytes
 * @s: the text
 * @len: its length
 *
 * As in memcached, bytes that are no digits are passed over, what is behind the
 * padding is ignored, and padding in odd places counts as zero bits. The text may
 * change while it is read: then what is written is something else.
 *
 * Return: how many bytes were written; 0 if it is no base64.
 */
size_t kmc_base64_decode(char *buf, const char *s, size_t len)
{
	size_t count = count_digits(s, len), at = 0, padding = 0, i;
	u32 bits = 0, nr = 0;

	if (!count || count % 4)
		return 0;
	for (i = 0; i < len && !(padding && nr % 4 == 0); i++) {
		u8 value = worth(s[i]);

		if (value == FOREIGN)
			continue;
		padding += value == PADDING;
		bits = bits << 6 | (value & 63);
		if (++nr % 4)
			continue;
		buf[at++] = bits >> 16;
		buf[at++] = bits >> 8;
		buf[at++] = bits;
	}
	return !at || padding > 2 ? 0 : at - padding;
}
