// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "uri.h"

#include <linux/string.h>

/* What RFC 3986 calls unreserved; the same in every locale. */
static bool is_unreserved(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/**
 * kmc_uri_encode() - write bytes so that they are one word, whatever they are
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
		if (is_unreserved(p[i])) {
			buf[at++] = p[i];
			continue;
		}
		buf[at++] = '%';
		buf[at++] = digits[(u8)p[i] >> 4];
		buf[at++] = digits[(u8)p[i] & 15];
	}
	return at;
}
