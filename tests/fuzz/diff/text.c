// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include "stream.h"

/*
 * Well-formed commands of the text protocol: where each ends is certain, and all versions answer
 * the same. Whatever else there is comes from breaking them.
 */

/* Far from any moment at which a run could see it pass. 2000000000 is in the year 2033. */
static const long exptimes[] = {
	0, 0, 0, 0, -1, 1000, 2000, 2592000, 2592001, 2000000000,
};

static const char *const numbers[] = {
	"0", "1", "9", "10", "99", "100", "18446744073709551615", "18446744073709551614",
	"9223372036854775807", "12345678901234567890", "007", " 5", "5 ", "+5", "-5", "5 ab", "5a",
	"18446744073709551616", "", "a",
};

static const char *const deltas[] = {
	"0", "1", "1", "1", "5", "9", "91", "18446744073709551615", "9223372036854775808",
};

static const char *const flags[] = { "0", "0", "1", "255", "4294967295", "65536" };

/**
 * text_exptime() - an expiry time
 * @random: chooses
 *
 * Return: seconds, as a client writes them.
 */
long text_exptime(struct random *random)
{
	return random_of(random, exptimes);
}

static size_t value_len(struct random *random)
{
	if (random_once_in(random, 400))
		return 1048064 - random_below(random, 3);
	if (random_once_in(random, 400))
		return 1048576 + random_below(random, 3);
	if (random_once_in(random, 60))
		return 16384 - 100 + random_below(random, 200);
	if (random_once_in(random, 20))
		return random_below(random, 5000);
	return random_below(random, 40);
}

static bool is_blank(const char *p, size_t len)
{
	while (len && strchr(" \r\n", *p) && *p) {
		p++;
		len--;
	}
	return !len;
}

/**
 * text_add_value() - make a value
 * @command: for whom
 * @out: it is appended to this
 * @random: chooses
 * @len: its length
 */
void text_add_value(struct command *command, struct bytes *out, struct random *random,
		    size_t *len)
{
	static const char letters[] = "abc \r\n\0VALUE 0 1END";
	const char *number = random_of(random, numbers);
	size_t begin = out->len;

	*len = random_once_in(random, 2) ? strlen(number) : value_len(random);
	if (*len == strlen(number) && *len)
		bytes_add(out, number, *len);
	else if (*len > 100)
		bytes_fill(out, 'a' + random_below(random, 26), *len);
	else
		for (size_t i = 0; i < *len; i++)
			bytes_fill(out, letters[random_below(random, sizeof(letters) - 1)], 1);
	command->has_blank = !*len || is_blank(out->data + begin, *len);
}

/**
 * text_add_key() - choose a key
 * @out: it is appended to this
 * @random: chooses
 */
void text_add_key(struct bytes *out, struct random *random)
{
	struct key key = stream_key(random_once_in(random, 2) ? 0 :
				    random_below(random, STREAM_TEXT_KEYS));

	bytes_add(out, key.p, key.len);
}

static void add_noreply(struct bytes *out, struct random *random)
{
	if (random_once_in(random, 4))
		bytes_printf(out, " noreply");
	bytes_printf(out, random_once_in(random, 5) ? "\n" : "\r\n");
}

static void make_store(struct command *command, struct random *random, const char *verb)
{
	struct bytes *out = &command->data, value = { 0 };
	size_t len;

	text_add_value(command, &value, random, &len);
	bytes_printf(out, "%s ", verb);
	text_add_key(out, random);
	bytes_printf(out, " %s %ld %zu", random_of(random, flags), text_exptime(random), len);
	if (!strcmp(verb, "cas")) {
		bytes_printf(out, " ");
		command->cas = random_once_in(random, 5) ? CAS_NONE : CAS_TEXT;
		command->cas_at = out->len;
		command->cas_back = random_below(random, 3);
		command->is_fence = true;
		if (command->cas == CAS_NONE)
			bytes_printf(out, "%u", random_below(random, 2));
	}
	add_noreply(out, random);
	bytes_add(out, value.data, len);
	bytes_printf(out, "\r\n");
	bytes_free(&value);
}

static void make_fetch(struct command *command, struct random *random, const char *verb)
{
	struct bytes *out = &command->data;
	unsigned int keys = random_once_in(random, 40) ? 30 : 1 + random_below(random, 4);

	bytes_printf(out, "%s", verb);
	if (verb[1] == 'a')
		bytes_printf(out, " %ld", text_exptime(random));
	while (keys--) {
		bytes_printf(out, " ");
		text_add_key(out, random);
	}
	bytes_printf(out, "\r\n");
}

static void make_keyed(struct command *command, struct random *random, const char *verb)
{
	struct bytes *out = &command->data;

	bytes_printf(out, "%s ", verb);
	text_add_key(out, random);
	if (!strcmp(verb, "touch"))
		bytes_printf(out, " %ld", text_exptime(random));
	else if (random_once_in(random, 5))
		bytes_printf(out, " 0");
	if (command->data.data[out->len - 1] == '0' && !strcmp(verb, "delete"))
		bytes_printf(out, "\r\n");
	else
		add_noreply(out, random);
}

/*
 * memcached writes a number that is not longer into the old value, and pads it, but only if
 * nobody holds the value; a reply that has not left yet holds it. So fences are around.
 */
static void make_delta(struct command *command, struct random *random, const char *verb)
{
	struct bytes *out = &command->data;

	bytes_printf(out, "%s ", verb);
	text_add_key(out, random);
	bytes_printf(out, " %s", random_of(random, deltas));
	add_noreply(out, random);
	command->is_fence = true;
	command->is_delta = true;
}

static void make_global(struct command *command, struct random *random)
{
	static const char *const lines[] = {
		"flush_all\r\n", "flush_all 0\r\n", "flush_all noreply\r\n", "version\r\n",
		"verbosity 0\r\n", "verbosity 0 noreply\r\n", "mn\r\n", "version\n",
		"flush_all 0 noreply\r\n", "stats nosuchthing\r\n", "nosuchcommand\r\n",
	};

	bytes_printf(&command->data, "%s", random_of(random, lines));
}

/**
 * text_make() - make a well-formed command
 * @command: where, all zeroes
 * @random: chooses
 */
void text_make(struct command *command, struct random *random)
{
	static const char *const stores[] = {
		"set", "set", "set", "add", "replace", "append", "prepend", "cas", "cas",
	};
	static const char *const fetches[] = { "get", "gets", "gets", "gat", "gats" };

	switch (random_below(random, 16)) {
	case 0 ... 5:
		make_store(command, random, random_of(random, stores));
		break;
	case 6 ... 10:
		make_fetch(command, random, random_of(random, fetches));
		break;
	case 11 ... 12:
		make_delta(command, random, random_once_in(random, 2) ? "incr" : "decr");
		break;
	case 13:
		make_keyed(command, random, "delete");
		break;
	case 14:
		make_keyed(command, random, "touch");
		break;
	default:
		make_global(command, random);
		break;
	}
}
