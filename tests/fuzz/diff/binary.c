// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include "stream.h"

/* Well-formed packets. */

#define HEADER 24

static void put_be(unsigned char *at, uint64_t value, unsigned int bytes)
{
	while (bytes--) {
		at[bytes] = value;
		value >>= 8;
	}
}

static void add_be(struct bytes *out, uint64_t value, unsigned int bytes)
{
	unsigned char be[8];

	put_be(be, value, bytes);
	bytes_add(out, be, bytes);
}

static uint32_t exptime(struct random *random)
{
	static const uint32_t exptimes[] = {
		0, 0, 0, 1000, 2000, 2592000, 2592001, 2000000000, 4294967295,
	};

	return random_of(random, exptimes);
}

static void add_key(struct bytes *out, struct random *random)
{
	struct key key = stream_key(random_once_in(random, 2) ? 0 :
				    random_below(random, STREAM_KEYS));

	bytes_add(out, key.p, key.len);
}

/* The header is first, and filled in last. */
static void begin(struct command *command)
{
	bytes_fill(&command->data, '\0', HEADER);
}

static void end(struct command *command, struct random *random, unsigned char opcode,
		size_t extras, size_t key)
{
	unsigned char *header = (unsigned char *)command->data.data;

	header[0] = 0x80;
	header[1] = opcode;
	put_be(header + 2, key, 2);
	header[4] = extras;
	put_be(header + 8, command->data.len - HEADER, 4);
	put_be(header + 12, random_next(random), 4);
}

static void maybe_cas(struct command *command, struct random *random)
{
	if (!random_once_in(random, 4))
		return;
	command->cas = CAS_BINARY;
	command->cas_at = 16;
	command->cas_back = random_below(random, 3);
	command->is_fence = true;
}

static void make_get(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x00, 0x09, 0x0c, 0x0d };

	begin(command);
	add_key(&command->data, random);
	end(command, random, random_of(random, opcodes), 0, command->data.len - HEADER);
}

static void make_gat(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x1c, 0x1d, 0x1e, 0x23, 0x24 };

	begin(command);
	add_be(&command->data, exptime(random), 4);
	add_key(&command->data, random);
	end(command, random, random_of(random, opcodes), 4, command->data.len - HEADER - 4);
}

static void make_set(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x01, 0x01, 0x02, 0x03, 0x11, 0x12, 0x13 };
	size_t key, len;

	begin(command);
	add_be(&command->data, random_below(random, 3) * 0x7fffffff, 4);
	add_be(&command->data, exptime(random), 4);
	add_key(&command->data, random);
	key = command->data.len - HEADER - 8;
	text_add_value(command, &command->data, random, &len);
	maybe_cas(command, random);
	end(command, random, random_of(random, opcodes), 8, key);
}

static void make_append(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x0e, 0x0f, 0x19, 0x1a };
	size_t key, len;

	begin(command);
	add_key(&command->data, random);
	key = command->data.len - HEADER;
	text_add_value(command, &command->data, random, &len);
	maybe_cas(command, random);
	end(command, random, random_of(random, opcodes), 0, key);
}

static void make_delete(struct command *command, struct random *random)
{
	begin(command);
	add_key(&command->data, random);
	maybe_cas(command, random);
	end(command, random, random_once_in(random, 2) ? 0x04 : 0x14, 0,
	    command->data.len - HEADER);
}

/* See text.c for why it must not be behind a get that is not answered. */
static void make_delta(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x05, 0x06, 0x15, 0x16 };
	static const uint64_t numbers[] = { 0, 1, 1, 9, 10, 99, 1ULL << 63, -1ULL };

	begin(command);
	add_be(&command->data, random_of(random, numbers), 8);
	add_be(&command->data, random_of(random, numbers), 8);
	add_be(&command->data, exptime(random), 4);
	add_key(&command->data, random);
	maybe_cas(command, random);
	command->is_fence = true;
	command->is_delta = true;
	end(command, random, random_of(random, opcodes), 20, command->data.len - HEADER - 20);
}

static void make_global(struct command *command, struct random *random)
{
	static const unsigned char opcodes[] = { 0x08, 0x18, 0x0a, 0x0b, 0x0b };
	unsigned char opcode = random_of(random, opcodes);
	size_t extras = 0;

	begin(command);
	if ((opcode & 0x0f) == 8 && random_once_in(random, 2)) {
		add_be(&command->data, 0, 4);
		extras = 4;
	}
	end(command, random, opcode, extras, 0);
}

/**
 * binary_make() - make a well-formed packet
 * @command: where, all zeroes
 * @random: chooses
 */
void binary_make(struct command *command, struct random *random)
{
	switch (random_below(random, 16)) {
	case 0 ... 3:
		make_get(command, random);
		break;
	case 4 ... 5:
		make_gat(command, random);
		break;
	case 6 ... 9:
		make_set(command, random);
		break;
	case 10 ... 11:
		make_append(command, random);
		break;
	case 12:
		make_delete(command, random);
		break;
	case 13 ... 14:
		make_delta(command, random);
		break;
	default:
		make_global(command, random);
		break;
	}
}
