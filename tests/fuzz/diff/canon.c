// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "canon.h"

#define HEADER 24

/**
 * canon_begin() - before the first reply of a connection
 * @canon: what is known
 * @version: what the server calls its version
 */
void canon_begin(struct canon *canon, const char *version)
{
	memset(canon, 0, sizeof(*canon));
	canon->version = version;
}

/**
 * canon_recent_cas() - a cas id that the server has given
 * @canon: what is known
 * @back: 0 is the last one
 *
 * Return: the id, or one that nobody has given.
 */
uint64_t canon_recent_cas(const struct canon *canon, unsigned int back)
{
	if (back >= canon->recent_count)
		return 0x123456789;
	return canon->recent[(canon->recent_count - 1 - back) % 4];
}

static void add_mark(struct canon *canon, enum mark mark, uint64_t value)
{
	if (canon->mark_count == CANON_MARKS_MAX)
		return;
	canon->marks[canon->mark_count].mark = mark;
	canon->marks[canon->mark_count++].value = value;
}

/* The place at which a cas id was first seen, from 1. */
static unsigned int place_of(struct canon *canon, uint64_t cas)
{
	unsigned int i;

	if (!cas)
		return 0;
	add_mark(canon, MARK_CAS, cas);
	canon->recent[canon->recent_count++ % 4] = cas;
	for (i = 0; i < canon->cas_count; i++)
		if (canon->cas[i] == cas)
			return i + 1;
	if (canon->cas_count == CANON_CAS_MAX)
		abort();
	canon->cas[canon->cas_count++] = cas;
	return canon->cas_count;
}

static bool read_number(const char *p, size_t len, uint64_t *value)
{
	size_t i;

	*value = 0;
	for (i = 0; i < len && isdigit((unsigned char)p[i]); i++)
		*value = *value * 10 + (p[i] - '0');
	return len && i == len;
}

static void add_ttl(struct canon *canon, struct bytes *out, uint64_t value)
{
	if (!value || (value <= UINT32_MAX && (int32_t)value < 0)) {
		add_mark(canon, MARK_TTL_OVER, value);
		bytes_printf(out, "<over>");
		return;
	}
	add_mark(canon, MARK_TTL, value);
	bytes_printf(out, "<ttl>");
}

/**
 * canon_agrees() - is what was replaced near enough?
 * @a: what is known of one connection
 * @b: and of another one with the same replies
 *
 * Return: true if so.
 */
bool canon_agrees(const struct canon *a, const struct canon *b)
{
	unsigned int i;

	if (a->mark_count != b->mark_count)
		return false;
	for (i = 0; i < a->mark_count; i++) {
		int64_t apart = a->marks[i].value - b->marks[i].value;

		if (a->marks[i].mark != b->marks[i].mark)
			return false;
		if (a->marks[i].mark == MARK_TTL && (apart > TTL_SLACK || apart < -TTL_SLACK))
			return false;
	}
	return true;
}

static bool begins(const char *p, size_t len, const char *with)
{
	return len > strlen(with) && !memcmp(p, with, strlen(with));
}

/* The time left in me's answer, which memcached 1.6.18 gives below 0; -1 is none. */
static bool add_debug_ttl(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	bool minus = len && *p == '-';
	uint64_t value;

	if (!read_number(p + minus, len - minus, &value) || (minus && value == 1))
		return false;
	bytes_printf(out, "exp=");
	add_ttl(canon, out, value);
	return true;
}

/* A word of me's answer; false if it may not differ. */
static bool add_debug_word(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	const char *equals = memchr(p, '=', len);
	size_t name = equals ? equals - p + 1 : 0;
	uint64_t value;

	if (begins(p, len, "exp="))
		return add_debug_ttl(canon, out, p + name, len - name);
	if (!equals || !read_number(p + name, len - name, &value))
		return false;
	if (begins(p, len, "cas=")) {
		bytes_printf(out, "cas=<%u>", place_of(canon, value));
	} else if (begins(p, len, "la=")) {
		add_mark(canon, MARK_AGE, value);
		bytes_printf(out, "la=<age>");
	} else if (begins(p, len, "cls=") || begins(p, len, "size=")) {
		add_mark(canon, MARK_ME, value);
		bytes_add(out, p, name);
	} else {
		return false;
	}
	return true;
}

/* A flag of a meta reply; false if it may not differ. */
static bool add_flag(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	uint64_t value;

	if (len < 2 || !read_number(p + 1, len - 1, &value))
		return false;
	if (*p == 'c') {
		bytes_printf(out, "c<%u>", place_of(canon, value));
	} else if (*p == 't') {
		bytes_printf(out, "t");
		add_ttl(canon, out, value);
	} else if (*p == 'l') {
		add_mark(canon, MARK_AGE, value);
		bytes_printf(out, "l<age>");
	} else {
		return false;
	}
	return true;
}

/* Words of a line, each with the blanks before it. */
static size_t word_len(const char *p, size_t len)
{
	size_t i = 0;

	while (i < len && p[i] == ' ')
		i++;
	while (i < len && p[i] != ' ' && p[i] != '\r')
		i++;
	return i;
}

static void add_words(struct canon *canon, struct bytes *out, const char *p, size_t len,
		      bool (*add)(struct canon *canon, struct bytes *out, const char *p,
				  size_t len))
{
	while (len) {
		size_t word = word_len(p, len), blanks = 0;

		if (!word)
			break;
		while (blanks < word && p[blanks] == ' ')
			blanks++;
		bytes_add(out, p, blanks);
		if (!add(canon, out, p + blanks, word - blanks))
			bytes_add(out, p + blanks, word - blanks);
		p += word;
		len -= word;
	}
	bytes_add(out, p, len);
}

/*
 * "VALUE <key> <flags> <len>[ <cas>]": how many bytes of value follow, or -1. A key may have
 * no blanks, so that the words can be counted.
 */
static long add_value_line(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	size_t at = 0, word = 0;
	uint64_t number, value_len = 0;
	unsigned int nr;

	for (nr = 0; at < len && (word = word_len(p + at, len - at)); nr++) {
		const char *digits = p + at + 1;

		if (nr >= 3 && !read_number(digits, word - 1, &number))
			break;
		if (nr == 3)
			value_len = number;
		if (nr == 4)
			bytes_printf(out, " <%u>", place_of(canon, number));
		else
			bytes_add(out, p + at, word);
		at += word;
	}
	bytes_add(out, p + at, len - at);
	return nr < 4 ? -1 : (long)value_len;
}

static bool is_meta_line(const char *p, size_t len)
{
	static const char codes[] = "HD VA EN NF NS EX";
	unsigned int i;

	for (i = 0; i < sizeof(codes); i += 3)
		if (len > 2 && !memcmp(p, codes + i, 2) && (p[2] == ' ' || p[2] == '\r'))
			return true;
	return false;
}

/* One line, with its end: how many bytes of value follow it, or -1. */
static long add_line(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	size_t word;
	uint64_t value_len;

	if (begins(p, len, "VALUE "))
		return add_value_line(canon, out, p, len);
	if (begins(p, len, "ME ")) {
		add_words(canon, out, p, len, add_debug_word);
		return -1;
	}
	if (begins(p, len, "VERSION ") && len == 10 + strlen(canon->version) &&
	    !memcmp(p + 8, canon->version, len - 10)) {
		add_mark(canon, MARK_VERSION, strtoull(strrchr(canon->version, '.') + 1, NULL, 10));
		bytes_printf(out, "VERSION <version>\r\n");
		return -1;
	}
	if (!is_meta_line(p, len)) {
		bytes_add(out, p, len);
		return -1;
	}
	add_words(canon, out, p, len, add_flag);
	word = word_len(p + 2, len - 2);
	if (p[0] == 'V' && word > 1 && read_number(p + 3, word - 1, &value_len))
		return value_len;
	return -1;
}

static void add_text(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	while (len) {
		const char *lf = memchr(p, '\n', len);
		size_t line = lf ? (size_t)(lf - p) + 1 : len;
		long value_len = add_line(canon, out, p, line);
		size_t value = value_len < 0 ? 0 : value_len + 2;

		p += line;
		len -= line;
		if (value > len)
			value = len;
		bytes_add(out, p, value);
		p += value;
		len -= value;
	}
}

static uint64_t get_be(const unsigned char *p, unsigned int len)
{
	uint64_t value = 0;

	while (len--)
		value = value << 8 | *p++;
	return value;
}

/* A packet: the fields of its header as text, and its body. */
static void add_packet(struct canon *canon, struct bytes *out, const unsigned char *header,
		       size_t body)
{
	bool is_version = header[1] == 0x0b && !get_be(header + 6, 2) &&
			  body == strlen(canon->version) &&
			  !memcmp(header + HEADER, canon->version, body);

	bytes_printf(out, "[magic %02x opcode %02x key %llu extras %u type %u status %llu ",
		     header[0], header[1], (unsigned long long)get_be(header + 2, 2), header[4],
		     header[5], (unsigned long long)get_be(header + 6, 2));
	bytes_printf(out, "opaque %08llx cas <%u> ", (unsigned long long)get_be(header + 12, 4),
		     place_of(canon, get_be(header + 16, 8)));
	if (is_version) {
		add_mark(canon, MARK_VERSION, strtoull(strrchr(canon->version, '.') + 1, NULL, 10));
		bytes_printf(out, "<version>]\n");
		return;
	}
	bytes_printf(out, "body %zu] ", body);
	bytes_add(out, header + HEADER, body);
	bytes_printf(out, "\n");
}

static void add_packets(struct canon *canon, struct bytes *out, const char *p, size_t len)
{
	while (len >= HEADER) {
		const unsigned char *header = (const unsigned char *)p;
		size_t body = get_be(header + 8, 4);

		if (body > len - HEADER)
			break;
		add_packet(canon, out, header, body);
		p += HEADER + body;
		len -= HEADER + body;
	}
	bytes_add(out, p, len);
}

/**
 * canon_add() - the next replies of a connection
 * @canon: what is known
 * @protocol: what they are in
 * @reply: the replies
 * @out: they are appended to this, without what may differ
 */
void canon_add(struct canon *canon, enum protocol protocol, const struct bytes *reply,
	       struct bytes *out)
{
	if (protocol == PROTOCOL_BINARY)
		add_packets(canon, out, reply->data, reply->len);
	else
		add_text(canon, out, reply->data, reply->len);
}
