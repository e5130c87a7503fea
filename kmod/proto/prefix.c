// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "prefix.h"

#include <linux/string.h>

#include "num.h"

static bool is_of_word(char c)
{
	return c && c != ' ' && c != '\n' && c != '\r';
}

/**
 * kmc_prefix_of() - what a key begins with
 * @key: the key
 * @delimiter: what ends the prefix
 * @prefix: result: the bytes before the first @delimiter; maybe none
 *
 * memcached does not look behind a NUL either. What would not be one word of a line, which
 * only the binary protocol can ask for, has no prefix: behind an end of line in one, clients
 * would write what others read as the server's own words.
 *
 * Return: false if there is no @delimiter.
 */
bool kmc_prefix_of(struct kmc_span key, char delimiter, struct kmc_span *prefix)
{
	size_t i;

	for (i = 0; i < key.len && is_of_word(key.p[i]); i++) {
		if (key.p[i] != delimiter)
			continue;
		*prefix = (struct kmc_span){ .p = key.p, .len = i };
		return true;
	}
	return false;
}

static size_t put(char *buf, size_t at, const char *p, size_t len)
{
	if (len)
		memcpy(buf + at, p, len);
	return at + len;
}

static size_t put_number(char *buf, size_t at, const char *name, u64 number)
{
	at = put(buf, at, name, strlen(name));
	return at + kmc_num_compose(buf + at, number);
}

/**
 * kmc_prefix_compose() - the line about a prefix
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @prefix: shorter than a key
 * @counts: what was done to its keys
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_prefix_compose(char *buf, struct kmc_span prefix,
			  const struct kmc_prefix_counts *counts)
{
	size_t at = put(buf, 0, "PREFIX ", 7);

	at = put(buf, at, prefix.p, prefix.len);
	at = put_number(buf, at, " get ", counts->get);
	at = put_number(buf, at, " hit ", counts->hit);
	at = put_number(buf, at, " set ", counts->set);
	at = put_number(buf, at, " del ", counts->del);
	return put(buf, at, "\r\n", 2);
}
