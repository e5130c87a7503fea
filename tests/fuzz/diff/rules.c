// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

/* Longest line that memcached is sure to look at, in bytes without its LF. */
#define LINE_MAX_LEN 2048
#define KEY_MAX_LEN 250

/* Longest opaque, its letter included. */
#define OPAQUE_MAX_LEN 32

/**
 * struct line - the first line of a command, in words
 * @len: its length, without its end
 * @has_more: it has no end, and a blank is its last byte: the filler's first word belongs to it
 * @count: how many words there are; more are not looked at
 * @words: the words
 */
struct line {
	size_t len;
	bool has_more;
	unsigned int count;
	struct key words[32];
};

static struct line parse(const struct command *command)
{
	const char *p = command->data.data;
	const char *lf = command->data.len ? memchr(p, '\n', command->data.len) : NULL;
	struct line line = { .len = lf ? (size_t)(lf - p) : command->data.len };
	size_t at = 0, end = line.len;

	line.has_more = !lf && end && p[end - 1] == ' ';
	if (end && p[end - 1] == '\r')
		end--;
	while (at < end && line.count < 32) {
		size_t begin = at;

		while (at < end && p[at] != ' ')
			at++;
		if (at > begin)
			line.words[line.count++] = (struct key){ p + begin, at - begin };
		at++;
	}
	return line;
}

static bool word_is(const struct line *line, unsigned int nr, const char *word)
{
	return nr < line->count && line->words[nr].len == strlen(word) &&
	       !memcmp(line->words[nr].p, word, line->words[nr].len);
}

static bool verb_is(const struct line *line, const char *verbs)
{
	const char *verb;

	for (verb = verbs; *verb; verb += strlen(verb) + 1)
		if (word_is(line, 0, verb))
			return true;
	return false;
}

#define FETCHES "get\0gets\0gat\0gats\0"
#define STORES "set\0add\0replace\0append\0prepend\0cas\0"

static bool begins(const struct bytes *reply, const char *with)
{
	return reply->len >= strlen(with) && !memcmp(reply->data, with, strlen(with));
}

static bool is_prefix(const struct bytes *prefix, const struct bytes *of)
{
	return prefix->len < of->len &&
	       (!prefix->len || !memcmp(prefix->data, of->data, prefix->len));
}

static bool same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->data, b->data, a->len));
}

/* Is @b what @a is when @from at its beginning is @to? And is the same stored? */
static bool is_instead(const struct outcome *a, const struct outcome *b, const char *from,
		       const char *to)
{
	size_t from_len = strlen(from), to_len = strlen(to);

	return begins(&a->odd_canon, from) && begins(&b->odd_canon, to) &&
	       a->odd_canon.len - from_len == b->odd_canon.len - to_len &&
	       !memcmp(a->odd_canon.data + from_len, b->odd_canon.data + to_len,
		       a->odd_canon.len - from_len) &&
	       same(&a->audit, &b->audit);
}

static bool has_fence(const struct outcome *outcome)
{
	static const char binary[] = "opaque eeeeffff";

	return outcome->odd.len &&
	       (memmem(outcome->odd.data, outcome->odd.len, "NF O0000ffff", 12) ||
		memmem(outcome->odd_canon.data, outcome->odd_canon.len, binary,
		       sizeof(binary) - 1));
}

/**
 * rules_are_unsent() - has memcached closed the connection with replies that it has not sent?
 * @command: the command
 * @a: what came of it in memcached
 * @b: and in the module
 *
 * It does so when a line is too long or a packet begins with the wrong byte: what it has not
 * written yet is lost, however much that was, which depends on the segments it has met. The
 * module sends what it has.
 *
 * Return: true if both have closed it, and memcached has said less.
 */
bool rules_are_unsent(const struct command *command, const struct outcome *a,
		      const struct outcome *b)
{
	(void)command;
	return !has_fence(a) && !has_fence(b) && is_prefix(&a->odd_canon, &b->odd_canon);
}

#define BAD_FORMAT "CLIENT_ERROR bad command line format\r\n"

/**
 * rules_see_long_line() - is there a line that is longer than lines may be?
 * @command: the command
 *
 * Return: true if so.
 */
bool rules_see_long_line(const struct command *command)
{
	const char *p = command->data.data, *end = p + command->data.len;
	bool found = false;

	while (p < end) {
		const char *lf = memchr(p, '\n', end - p);
		size_t len = lf ? lf - p : end - p;

		/* without its end, the first line of the filler belongs to it */
		found |= len + (lf ? 0 : strlen("mn\r")) > LINE_MAX_LEN;
		p += len + 1;
	}
	return found;
}

/*
 * A line that is too long and no retrieval ends the connection always, and not only if it
 * arrives in pieces. README.md, "What clients see".
 */
static bool is_long_line(const struct command *command, const struct outcome *a,
			 const struct outcome *b)
{
	return rules_see_long_line(command) && !has_fence(b) &&
	       is_prefix(&b->odd_canon, &a->odd_canon);
}

/* The same line in pieces, with replies before it. */
static bool is_long_unsent(const struct command *command, const struct outcome *a,
			   const struct outcome *b)
{
	return rules_see_long_line(command) && rules_are_unsent(command, a, b);
}

/* Is the same stored, but for what was read? */
static bool same_but_read(const struct bytes *a, const struct bytes *b)
{
	size_t i;

	if (a->len != b->len)
		return false;
	for (i = 0; i < a->len; i++)
		if (a->data[i] != b->data[i] && (i < 2 || memcmp(a->data + i - 2, " h", 2)))
			return false;
	return true;
}

/*
 * After a key that is too long 1.6.45 sends an empty line too many: README.md. And it has read,
 * or touched, the items before that key, where the module looks at all keys first.
 */
static bool is_bad_key(const struct command *command, const struct outcome *a,
		       const struct outcome *b)
{
	struct line line = parse(command);
	struct outcome replies = { .odd_canon = a->odd_canon, .audit = b->audit };

	if (!verb_is(&line, FETCHES) ||
	    (!verb_is(&line, "gat\0gats\0") && !same_but_read(&a->audit, &b->audit)))
		return false;
	return is_instead(&replies, b, BAD_FORMAT "\r\n", BAD_FORMAT);
}

/* A long gat in pieces ends the connection in memcached, which knows get and gets only. */
static bool is_long_gat(const struct command *command, const struct outcome *a,
			const struct outcome *b)
{
	struct line line = parse(command);

	return line.len > LINE_MAX_LEN && verb_is(&line, "gat\0gats\0") && !has_fence(a) &&
	       is_prefix(&a->odd_canon, &b->odd_canon);
}

/* memcached waits for a key however long it is said to be, and then refuses it. */
static bool is_key_awaited(const struct command *command, const struct outcome *a,
			   const struct outcome *b)
{
	const unsigned char *header = (const unsigned char *)command->data.data;

	return command->data.len >= 4 && header[0] == 0x80 &&
	       (header[2] << 8 | header[3]) > KEY_MAX_LEN && !a->odd.len && !has_fence(b) &&
	       (memmem(b->odd_canon.data, b->odd_canon.len, "status 4 ", 9) ||
		memmem(b->odd_canon.data, b->odd_canon.len, "status 129 ", 11));
}

/* delete KEY JUNK is refused, as in 1.6.18. README.md. */
static bool is_delete_junk(const struct command *command, const struct outcome *a,
			   const struct outcome *b)
{
	struct line line = parse(command);

	(void)a;
	if (!verb_is(&line, "delete\0") || line.count + line.has_more <= 2)
		return false;
	return begins(&b->odd_canon, "CLIENT_ERROR bad command line format.  Usage: delete ") ||
	       (!line.has_more && word_is(&line, line.count - 1, "noreply"));
}

/* A key of this name could not be deleted by a client that wants an answer. */
static bool is_delete_noreply(const struct command *command, const struct outcome *a,
			      const struct outcome *b)
{
	struct line line = parse(command);

	return line.count == 2 && verb_is(&line, "delete\0") && word_is(&line, 1, "noreply") &&
	       is_instead(a, b, "", "NOT_FOUND\r\n");
}

/* Of an unknown request memcached swallows the body twice, and what follows with it. README.md. */
static bool is_unknown_body(const struct command *command, const struct outcome *a,
			    const struct outcome *b)
{
	const unsigned char *header = (const unsigned char *)command->data.data;

	(void)a;
	return command->data.len >= 2 && header[0] == 0x80 &&
	       memmem(b->odd_canon.data, b->odd_canon.len, "status 129", 10) &&
	       (header[1] == 0x1b || header[1] == 0x1f || header[1] > 0x24);
}

/* 1.6.45 reads on behind a number that is nothing but white space. */
static bool is_blank_number(const struct command *command, const struct outcome *a,
			    const struct outcome *b)
{
	struct line line = parse(command);
	unsigned int nr;
	size_t i;

	(void)a;
	/* nothing is answered before the value is there, nor if no answer is wanted */
	if (!verb_is(&line, STORES) ||
	    (b->odd.len && !begins(&b->odd_canon, BAD_FORMAT) &&
	     !word_is(&line, line.count - 1, "noreply")))
		return false;
	for (nr = 2; nr < 4 && nr < line.count; nr++) {
		for (i = 0; i < line.words[nr].len; i++)
			if (!isspace((unsigned char)line.words[nr].p[i]))
				break;
		if (i == line.words[nr].len)
			return true;
	}
	return false;
}

/* The rest of a header may be the filler's. */
static bool has_opcode(const struct command *command, const char *opcodes)
{
	return command->data.len >= 2 && (unsigned char)command->data.data[0] == 0x80 &&
	       memchr(opcodes, command->data.data[1], strlen(opcodes));
}

/* A touch, gat or stat with a value is refused, not taken for two requests. README.md. */
static bool is_touch_value(const struct command *command, const struct outcome *a,
			   const struct outcome *b)
{
	(void)a;
	return has_opcode(command, "\x10\x1c\x1d\x1e\x23\x24") && !has_fence(b) &&
	       memmem(b->odd_canon.data, b->odd_canon.len, "status 4 ", 9);
}

/* The value of an ms line with a flag that is no letter is passed over. README.md. */
static bool is_set_flag(const struct command *command, const struct outcome *a,
			const struct outcome *b)
{
	struct line line = parse(command);
	unsigned int nr;

	(void)a;
	if (!verb_is(&line, "ms\0") || !begins(&b->odd_canon, BAD_FORMAT))
		return false;
	for (nr = 3; nr < line.count; nr++)
		if (!isalnum((unsigned char)line.words[nr].p[0]))
			return true;
	return false;
}

/* An opaque that is too long is refused before anything is done, not after. README.md. */
static bool is_late_opaque(const struct command *command, const struct outcome *a,
			   const struct outcome *b)
{
	struct line line = parse(command);
	unsigned int nr;

	if (!verb_is(&line, "mg\0ms\0md\0ma\0") || !same(&a->odd_canon, &b->odd_canon))
		return false;
	for (nr = 2; nr < line.count; nr++)
		if (line.words[nr].p[0] == 'O' && line.words[nr].len > OPAQUE_MAX_LEN)
			return true;
	return false;
}

/* What a server has done, and what it is, is its own. */
static bool is_statistics(const struct command *command, const struct outcome *a,
			  const struct outcome *b)
{
	struct line line = parse(command);

	return verb_is(&line, "stats\0") && begins(&a->odd_canon, "STAT ") &&
	       begins(&b->odd_canon, "STAT ") && has_fence(a) == has_fence(b) &&
	       same(&a->audit, &b->audit);
}

/* Of a retrieval line that is too long, values before a bad key are sent. README.md. */
static bool is_long_fetch(const struct command *command, const struct outcome *a,
			  const struct outcome *b)
{
	struct line line = parse(command);

	return line.len > LINE_MAX_LEN && verb_is(&line, FETCHES) &&
	       begins(&a->odd_canon, BAD_FORMAT) &&
	       memmem(b->odd_canon.data, b->odd_canon.len, BAD_FORMAT, strlen(BAD_FORMAT));
}

struct rule rules[] = {
	{ "long-line", NULL, false, is_long_line, 0 },
	{ "long-unsent", NULL, false, is_long_unsent, 0 },
	{ "long-fetch", NULL, false, is_long_fetch, 0 },
	{ "unknown-body", NULL, false, is_unknown_body, 0 },
	{ "touch-value", NULL, false, is_touch_value, 0 },
	{ "set-flag", "1.6.45", false, is_set_flag, 0 },
	{ "statistics", NULL, false, is_statistics, 0 },
	{ "late-opaque", "1.6.45", false, is_late_opaque, 0 },
	{ "bad-key", "1.6.45", false, is_bad_key, 0 },
	{ "long-gat", NULL, false, is_long_gat, 0 },
	{ "key-awaited", NULL, false, is_key_awaited, 0 },
	{ "delete-junk", "1.6.45", false, is_delete_junk, 0 },
	{ "delete-noreply", "1.6.45", false, is_delete_noreply, 0 },
	{ "blank-number", "1.6.45", false, is_blank_number, 0 },
	{ "unsent", NULL, true, rules_are_unsent, 0 },
	{ NULL, NULL, false, NULL, 0 },
};

/**
 * rules_are_for() - are there rules for this memcached?
 * @version: what it calls its version
 *
 * Return: true if so.
 */
bool rules_are_for(const char *version)
{
	return !strcmp(version, "1.6.18") || !strcmp(version, "1.6.45");
}

/**
 * rules_find() - which rule says why two outcomes differ?
 * @version: of memcached
 * @command: the odd command
 * @a: what came of it in memcached
 * @b: and in the module
 *
 * Return: the rule, or NULL.
 */
struct rule *rules_find(const char *version, const struct command *command,
			const struct outcome *a, const struct outcome *b)
{
	struct rule *rule;

	for (rule = rules; rule->name; rule++)
		if ((!rule->version || !strcmp(rule->version, version)) &&
		    rule->holds(command, a, b))
			return rule;
	return NULL;
}
