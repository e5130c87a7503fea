// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "stream.h"

/* Well-formed meta commands, with the flags that memcached 1.6.18 knows. */

/**
 * struct flag - a flag that a command may have
 * @letter: the flag
 * @arguments: what may stand behind it, up to NULL; none at all is no argument
 */
struct flag {
	char letter;
	const char *const *arguments;
};

static const char *const times[] = { "0", "-1", "1000", "2000", "2592001", "2000000000", NULL };
static const char *const recache[] = { "10", "1500", "3000", NULL };
static const char *const opaques[] = { "", "1", "opaque", "0123456789012345678901234567890", NULL };
static const char *const client_flags[] = { "0", "5", "4294967295", NULL };
static const char *const modes[] = { "S", "E", "R", "A", "P", NULL };
static const char *const delta_modes[] = { "I", "+", "D", "-", NULL };
static const char *const numbers[] = { "0", "1", "10", "18446744073709551615", NULL };
static const char *const keywords[] = { "x", NULL };

static const struct flag get_flags[] = {
	{ 'k', NULL }, { 's', NULL }, { 't', NULL }, { 'c', NULL }, { 'c', NULL }, { 'f', NULL },
	{ 'v', NULL }, { 'v', NULL }, { 'h', NULL }, { 'l', NULL }, { 'u', NULL }, { 'q', NULL },
	{ 'O', opaques }, { 'T', times }, { 'N', times }, { 'R', recache }, { 'P', keywords },
};

static const struct flag set_flags[] = {
	{ 'k', NULL }, { 'q', NULL }, { 'O', opaques }, { 'T', times }, { 'F', client_flags },
	{ 'M', modes }, { 'M', modes }, { 'C', NULL }, { 'C', NULL }, { 'I', NULL },
	{ 'L', keywords },
};

static const struct flag delete_flags[] = {
	{ 'k', NULL }, { 'q', NULL }, { 'O', opaques }, { 'I', NULL }, { 'I', NULL },
	{ 'T', times }, { 'C', NULL },
};

static const struct flag delta_flags[] = {
	{ 'k', NULL }, { 't', NULL }, { 'c', NULL }, { 'v', NULL }, { 'v', NULL }, { 'C', NULL },
	/* not T: what it does to a number that becomes longer, memcached forgets */
	{ 'O', opaques }, { 'N', times }, { 'J', numbers }, { 'D', numbers }, { 'M', delta_modes },
};

static void add_flag(struct command *command, const struct flag *flag, struct random *random)
{
	unsigned int count = 0;

	bytes_printf(&command->data, " %c", flag->letter);
	if (flag->letter == 'C') {
		command->cas = CAS_TEXT;
		command->cas_at = command->data.len;
		command->cas_back = random_below(random, 3);
		command->is_fence = true;
	}
	/* an item without a value */
	command->has_blank |= flag->letter == 'N';
	if (!flag->arguments)
		return;
	while (flag->arguments[count])
		count++;
	bytes_printf(&command->data, "%s", flag->arguments[random_below(random, count)]);
}

static void add_flags(struct command *command, struct random *random, const struct flag *flags,
		      unsigned int count)
{
	unsigned int i, nr = random_below(random, 6);
	char seen[128] = "";

	for (i = 0; i < nr; i++) {
		const struct flag *flag = &flags[random_below(random, count)];

		if (seen[(int)flag->letter]++)
			continue;
		add_flag(command, flag, random);
	}
	bytes_printf(&command->data, random_once_in(random, 5) ? "\n" : "\r\n");
}

#define add_flags_of(command, random, array) \
	add_flags(command, random, array, sizeof(array) / sizeof((array)[0]))

static void begin(struct command *command, struct random *random, const char *verb)
{
	bytes_printf(&command->data, "%s ", verb);
	text_add_key(&command->data, random);
}

static void make_set(struct command *command, struct random *random)
{
	struct bytes value = { 0 };
	size_t len;

	text_add_value(command, &value, random, &len);
	begin(command, random, "ms");
	bytes_printf(&command->data, " %zu", len);
	add_flags_of(command, random, set_flags);
	bytes_add(&command->data, value.data, len);
	bytes_printf(&command->data, "\r\n");
	bytes_free(&value);
}

/**
 * meta_make() - make a well-formed command
 * @command: where, all zeroes
 * @random: chooses
 */
void meta_make(struct command *command, struct random *random)
{
	switch (random_below(random, 12)) {
	case 0 ... 3:
		begin(command, random, "mg");
		add_flags_of(command, random, get_flags);
		break;
	case 4 ... 7:
		make_set(command, random);
		break;
	case 8:
		begin(command, random, "md");
		add_flags_of(command, random, delete_flags);
		break;
	case 9 ... 10:
		begin(command, random, "ma");
		add_flags_of(command, random, delta_flags);
		command->has_blank = false;
		command->is_delta = true;
		command->is_fence = true;
		break;
	default:
		begin(command, random, "me");
		bytes_printf(&command->data, "\r\n");
		break;
	}
}
