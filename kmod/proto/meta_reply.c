// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "meta.h"

#include <linux/string.h>

#include "base64.h"
#include "num.h"

static size_t put(char *buf, size_t at, const char *p, size_t len)
{
	memcpy(buf + at, p, len);
	return at + len;
}

static size_t put_word(char *buf, size_t at, const char *word)
{
	return put(buf, at, word, strlen(word));
}

static size_t put_flag(char *buf, size_t at, char letter)
{
	buf[at++] = ' ';
	buf[at++] = letter;
	return at;
}

static size_t put_number(char *buf, size_t at, char letter, u64 number)
{
	at = put_flag(buf, at, letter);
	return at + kmc_num_compose(buf + at, number);
}

static size_t put_seconds(char *buf, size_t at, s64 seconds)
{
	if (seconds < 0)
		return put(buf, at, "-1", 2);
	return at + kmc_num_compose(buf + at, seconds);
}

static size_t put_raw_key(char *buf, size_t at, const struct kmc_meta_view *view)
{
	if (!view->is_binary)
		return put(buf, at, view->key.p, view->key.len);
	return at + kmc_base64_encode(buf + at, view->key.p, view->key.len);
}

static size_t put_key(char *buf, size_t at, const struct kmc_meta_view *view)
{
	at = put_raw_key(buf, put_flag(buf, at, 'k'), view);
	return view->is_binary ? put_flag(buf, at, 'b') : at;
}

static size_t put_opaque(char *buf, size_t at, struct kmc_span opaque)
{
	buf[at++] = ' ';
	return put(buf, at, opaque.p, opaque.len);
}

/* The answer to one flag. */
static size_t put_answer(char *buf, size_t at, char letter, const struct kmc_meta_ask *ask,
			 const struct kmc_meta_view *view, s64 ttl)
{
	switch (letter) {
	case 's':
		return put_number(buf, at, letter, view->value_len);
	case 't':
		return put_seconds(buf, put_flag(buf, at, letter), ttl);
	case 'c':
		return put_number(buf, at, letter, view->cas);
	case 'f':
		return put_number(buf, at, letter, view->flags);
	case 'l':
		return put_number(buf, at, letter, view->age);
	case 'h':
		return put_number(buf, at, letter, view->was_read);
	case 'O':
		return put_opaque(buf, at, ask->opaque);
	case 'k':
		return put_key(buf, at, view);
	default:
		return at;
	}
}

/**
 * kmc_meta_compose() - the line that answers a meta command
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @ask: what was asked for
 * @view: what there is to tell
 *
 * Flags are answered in their order; so a ``t`` before ``T`` tells the old time,
 * and one behind it the new one.
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_meta_compose(char *buf, const struct kmc_meta_ask *ask,
			const struct kmc_meta_view *view)
{
	size_t at = put_word(buf, 0, view->code);
	s64 ttl = view->ttl;
	unsigned int i;

	if (view->has_value) {
		buf[at++] = ' ';
		at += kmc_num_compose(buf + at, view->value_len);
	}
	for (i = 0; i < ask->nr; i++) {
		char letter = ask->order[i];

		if (letter == 'T')
			ttl = view->ttl_touch;
		else if (letter == 'N' && view->is_new)
			ttl = view->ttl_vivify;
		else if (strchr(view->answers, letter))
			at = put_answer(buf, at, letter, ask, view, ttl);
	}
	if (view->is_sent)
		at = put_flag(buf, at, 'Z');
	if (view->is_stale)
		at = put_flag(buf, at, 'X');
	if (view->is_won)
		at = put_flag(buf, at, 'W');
	return put(buf, at, "\r\n", 2);
}

/**
 * kmc_meta_compose_debug() - the line that answers ``me``
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @view: what there is to tell
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_meta_compose_debug(char *buf, const struct kmc_meta_view *view)
{
	size_t at = put_raw_key(buf, put_word(buf, 0, "ME "), view);

	at = put_seconds(buf, put_word(buf, at, " exp="), view->ttl);
	at = put_word(buf, at, " la=");
	at += kmc_num_compose(buf + at, view->age);
	at = put_word(buf, at, " cas=");
	at += kmc_num_compose(buf + at, view->cas);
	at = put_word(buf, at, view->was_read ? " fetch=yes" : " fetch=no");
	at = put_word(buf, at, " cls=");
	at += kmc_num_compose(buf + at, view->class);
	at = put_word(buf, at, " size=");
	at += kmc_num_compose(buf + at, view->size);
	return put(buf, at, "\r\n", 2);
}
