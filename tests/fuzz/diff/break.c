// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include "stream.h"

/* What is put in the place of a byte. */
static const char bytes[] = " \t\r\n09-+kA:\0\x80\xff";

/* What is put in the place of a word. */
static const char *const words[] = {
	"-1", "+1", "007", "1e3", "0x1", "-0", "4294967295", "4294967296", "2147483647",
	"2147483648", "9223372036854775808", "18446744073709551615", "18446744073709551616", "a",
	"noreply", "0", "1", "300", "1048577", "2147483646", "HTTP/1.1", "\r", "get", "k", "b", "q",
};

static const char *const lines[] = {
	"\r\n", "\n", "a\r\n", "ab\n", " \n", "   \r\n", "get\r\n", "get \r\n", "set\r\n",
	" get k\r\n", "get  k\r\n", "get k \r\n", "GET k\r\n", "GET / HTTP/1.1\r\n\r\n",
	"quit\r\n", "quit\n", "quit now\r\n", "quit noreply\r\n", "mn x\r\n", "version x\r\n",
	"gat k\r\n", "gat 0\r\n", "incr k\r\n", "delete\r\n", "delete k 1\r\n", "touch k\r\n",
	"flush_all x\r\n", "flush_all -1\r\n", "verbosity\r\n", "verbosity x\r\n", "mg\r\n",
	"ms k\r\n", "ms k x\r\nab\r\n", "ms k 2 !\r\nab\r\n", "ms k S2\r\nab\r\n", "md\r\n",
	"ma\r\n", "me\r\n", "mx k\r\n", "mg k k k\r\n", "mg k e\r\n", "mg aw== b k v\r\n",
	"mg k b\r\n", "mg k O01234567890123456789012345678901\r\n", "ma k D\r\n", "ma k Dx\r\n",
	"ma k N0 Jx\r\n", "ma k MX\r\n", "ms k 2 MX\r\nab\r\n", "ms k 2 Tx\r\nab\r\n",
	"mg k a b c d e f g h i j k l m n o p q r s t u v w x y z\r\n", "set k 0 0 2\r\nabc\r\n",
	"set k 0 0 2 noreply\r\nabc\r\n", "set k 0 0 2\r\nab\n", "set k 0 0\r\nab\r\n",
	"set k -1 0 2\r\nab\r\n", "set k 0 x 2\r\nab\r\n", "cas k 0 0 2\r\nab\r\n",
	"cas k 0 0 2 x\r\nab\r\n", "get k\0x\r\n", "incr k -1\r\n", "incr k x\r\n",
};

static void cut_out(struct bytes *b, size_t at, size_t len)
{
	memmove(b->data + at, b->data + at + len, b->len - at - len);
	b->len -= len;
}

static void put_in(struct bytes *b, size_t at, const void *data, size_t len)
{
	bytes_room(b, len + 1);
	memmove(b->data + at + len, b->data + at, b->len - at);
	memcpy(b->data + at, data, len);
	b->len += len;
}

static size_t line_len(const struct bytes *b)
{
	const char *lf = b->len ? memchr(b->data, '\n', b->len) : NULL;

	return lf ? (size_t)(lf - b->data) : b->len;
}

/* Somewhere, but more often in the first line: values are less interesting. */
static size_t somewhere(const struct bytes *b, struct random *random)
{
	size_t line = line_len(b);

	if (!b->len)
		return 0;
	return random_below(random, line && !random_once_in(random, 4) ? line : b->len);
}

static void change_byte(struct bytes *b, struct random *random)
{
	size_t at = somewhere(b, random);
	char byte = bytes[random_below(random, sizeof(bytes) - 1)];

	switch (random_below(random, 3)) {
	case 0:
		if (b->len)
			b->data[at] = byte;
		break;
	case 1:
		if (b->len)
			cut_out(b, at, 1);
		break;
	default:
		put_in(b, at, &byte, 1);
		break;
	}
}

/* A word of the first line: where it begins, and how long it is. */
static size_t find_word(const struct bytes *b, struct random *random, size_t *len)
{
	size_t end = line_len(b), at = somewhere(b, random);

	if (at >= end)
		at = 0;
	while (at && b->data[at - 1] != ' ')
		at--;
	for (*len = 0; at + *len < end && b->data[at + *len] != ' '; ++*len)
		if (b->data[at + *len] == '\r')
			break;
	return at;
}

static void add_word(struct bytes *b, struct random *random, size_t at)
{
	static const unsigned int lengths[] = { 249, 250, 251, 252, 300, 1000, 2040, 2100 };
	const char *word = random_of(random, words);
	struct bytes key = { 0 };

	if (!random_once_in(random, 6)) {
		put_in(b, at, word, strlen(word));
		return;
	}
	bytes_fill(&key, 'y', random_of(random, lengths));
	put_in(b, at, key.data, key.len);
	bytes_free(&key);
}

static void change_word(struct bytes *b, struct random *random)
{
	size_t len, at = find_word(b, random, &len);

	switch (random_below(random, 4)) {
	case 0:
		cut_out(b, at, len);
		break;
	case 1:
		put_in(b, at, " ", 1);
		add_word(b, random, at);
		break;
	default:
		cut_out(b, at, len);
		add_word(b, random, at);
		break;
	}
}

/* Lines about as long as a line may be, of a retrieval, which may be longer, or not. */
static void make_long(struct bytes *b, struct random *random)
{
	static const char *const verbs[] = { "get ", "gets ", "gat 0 ", "delete ", "x", "mg " };
	size_t len = 2040 + random_below(random, random_once_in(random, 3) ? 6000 : 20);

	b->len = 0;
	bytes_printf(b, "%s", random_of(random, verbs));
	while (b->len < len) {
		bytes_fill(b, 'k', 1 + random_below(random, random_once_in(random, 50) ? 260 : 60));
		bytes_printf(b, " ");
	}
	b->len = len;
	bytes_printf(b, random_once_in(random, 10) ? "" : "\r\n");
}

static void make_garbage(struct bytes *b, struct random *random)
{
	size_t len = 1 + random_below(random, 60);

	b->len = 0;
	while (len--)
		bytes_fill(b, random_once_in(random, 3) ? (char)random_next(random) :
			   bytes[random_below(random, sizeof(bytes) - 1)], 1);
	bytes_printf(b, "\r\n");
	/* it would begin another protocol */
	if ((unsigned char)b->data[0] == 0x80)
		b->data[0] = 'x';
}

static void change(struct bytes *b, struct random *random)
{
	if (random_once_in(random, 2))
		change_byte(b, random);
	else
		change_word(b, random);
}

/**
 * text_break() - make something of a command that need not be well-formed
 * @command: a well-formed one
 * @random: chooses
 */
void text_break(struct command *command, struct random *random)
{
	struct bytes *b = &command->data;
	const char *line = random_of(random, lines);

	switch (random_below(random, 16)) {
	case 0:
		make_long(b, random);
		break;
	case 1:
		make_garbage(b, random);
		break;
	case 2 ... 4:
		b->len = 0;
		bytes_add(b, line, strlen(line));
		break;
	case 5:
		change(b, random);
		change(b, random);
		break;
	case 6:
		b->len = somewhere(b, random);
		break;
	default:
		change(b, random);
		break;
	}
	if (b->len && (unsigned char)b->data[0] == 0x80)
		b->data[0] = 'x';
}

/* A header's field: lengths, magic, opcode, or any byte. */
static void change_header(unsigned char *header, struct random *random)
{
	static const unsigned char values[] = { 0, 1, 2, 3, 4, 8, 20, 21, 24, 250, 251, 255 };
	static const unsigned char fields[] = {
		0, 1, 1, 1, 2, 3, 3, 4, 4, 5, 6, 8, 10, 11, 11, 23,
	};

	header[random_of(random, fields)] = random_once_in(random, 3) ? random_below(random, 48) :
					    random_of(random, values);
}

/**
 * binary_break() - make something of a packet that need not be well-formed
 * @command: a well-formed one
 * @random: chooses
 */
void binary_break(struct command *command, struct random *random)
{
	struct bytes *b = &command->data;
	unsigned char *header = (unsigned char *)b->data;
	unsigned int i;

	switch (random_below(random, 8)) {
	case 0:
		b->len = random_below(random, b->len + 1);
		break;
	case 1:
		for (i = 0; i < 3; i++)
			change_header(header, random);
		break;
	case 2:
		/* quit, or its quiet brother */
		header[1] = random_once_in(random, 2) ? 0x07 : 0x17;
		break;
	case 3:
		change_byte(b, random);
		break;
	default:
		change_header(header, random);
		break;
	}
	/* it would begin another protocol, if it is the first */
	if (b->len && (unsigned char)b->data[0] != 0x80 && random_once_in(random, 2))
		b->data[0] = (char)0x80;
}
