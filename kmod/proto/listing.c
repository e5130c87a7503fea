// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "listing.h"

#include <linux/string.h>

#include "base64.h"
#include "num.h"

static size_t put(char *buf, size_t at, const char *text)
{
	size_t len = strlen(text);

	memcpy(buf + at, text, len);
	return at + len;
}

static size_t put_key(char *buf, size_t at, struct kmc_span key)
{
	memcpy(buf + at, key.p, key.len);
	return at + key.len;
}

static size_t put_field(char *buf, size_t at, const char *name, u64 value)
{
	at = put(buf, at, name);
	return at + kmc_num_compose(buf + at, value);
}

/**
 * kmc_listing_compose_meta() - a line of ``lru_crawler metadump``
 * @buf: at least %KMC_LISTING_LINE_MAX bytes
 * @view: the item
 * @unix_now: the time, for the line tells times and not durations
 *
 * Return: length of the line; it ends in a space and LF, as memcached's does.
 */
size_t kmc_listing_compose_meta(char *buf, const struct kmc_meta_view *view, s64 unix_now)
{
	size_t at = put(buf, 0, "key=");

	at += kmc_uri_encode(buf + at, view->key.p, view->key.len);
	if (view->ttl < 0)
		at = put(buf, at, " exp=-1");
	else
		at = put_field(buf, at, " exp=", unix_now + view->ttl);
	at = put_field(buf, at, " la=", unix_now - view->age);
	at = put_field(buf, at, " cas=", view->cas);
	at = put(buf, at, view->was_read ? " fetch=yes" : " fetch=no");
	at = put_field(buf, at, " cls=", view->class);
	at = put_field(buf, at, " size=", view->size);
	at = put_field(buf, at, " flags=", view->flags);
	buf[at++] = ' ';
	buf[at++] = '\n';
	return at;
}

/**
 * kmc_listing_compose_mg() - a line of ``lru_crawler mgdump``: it asks for the item
 * @buf: at least %KMC_LISTING_LINE_MAX bytes
 * @view: the item
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_listing_compose_mg(char *buf, const struct kmc_meta_view *view)
{
	size_t at = put(buf, 0, "mg ");

	if (!view->is_binary)
		return put(buf, put_key(buf, at, view->key), "\r\n");
	at += kmc_base64_encode(buf + at, view->key.p, view->key.len);
	return put(buf, at, " b\r\n");
}

/**
 * kmc_listing_compose_cache() - a line of ``stats cachedump``
 * @buf: at least %KMC_LISTING_LINE_MAX bytes
 * @view: the item, whose key a line can have
 * @unix_now: the time
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_listing_compose_cache(char *buf, const struct kmc_meta_view *view, s64 unix_now)
{
	size_t at = put_key(buf, put(buf, 0, "ITEM "), view->key);

	at = put_field(buf, at, " [", view->value_len);
	at = put_field(buf, at, " b; ", view->ttl < 0 ? 0 : unix_now + view->ttl);
	return put(buf, at, " s]\r\n");
}
