// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "uri.h"

#include <linux/string.h>

/* What stands for itself: RFC 3986, 2.3. */
static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

/**
 * kmc_uri_encode() - write bytes so that they need no delimiter
 * @buf: at least KMC_URI_LEN(@len) bytes; no NUL is written
 * @p: the bytes
 * @len: how many
 *
 * Return: how many bytes were written.
 */
size_t kmc_uri_encode(char *buf, const char *p, size_t len)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t at = 0, i;

	for (i = 0; i < len; i++) {
		unsigned char c = p[i];

		if (is_unreserved(c)) {
			buf[at++] = c;
			continue;
		}
		buf[at++] = '%';
		buf[at++] = digits[c >> 4];
		buf[at++] = digits[c & 15];
	}
	return at;
}
