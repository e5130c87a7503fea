// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

/* The answer to an odd command must fit the socket's buffers: see peer.c. */
#define LARGE 50000

/* Few, so that they are met again. */
struct key stream_key(unsigned int nr)
{
	static const char *const keys[STREAM_KEYS] = {
		"k", "ab", "key-2", "caf\xc3\xa9", "t\tb", NULL, "s p",
	};
	static char longest[250];

	if (!longest[0])
		memset(longest, 'x', sizeof(longest));
	if (!keys[nr])
		return (struct key){ longest, sizeof(longest) };
	return (struct key){ keys[nr], strlen(keys[nr]) };
}

static void make_command(struct command *command, enum protocol protocol, struct random *random)
{
	switch (protocol) {
	case PROTOCOL_TEXT:
		text_make(command, random);
		break;
	case PROTOCOL_META:
		/* the classic commands see the same items */
		if (random_once_in(random, 4))
			text_make(command, random);
		else
			meta_make(command, random);
		break;
	case PROTOCOL_BINARY:
		binary_make(command, random);
		break;
	}
}

/*
 * memcached takes a value that is nothing but white space for a number that begins behind it,
 * in memory that is somebody else's. So a stream has such values, or commands that read numbers.
 */
static void make_one(struct command *command, enum protocol protocol, bool has_numbers,
		     struct random *random)
{
	do {
		bytes_free(&command->data);
		memset(command, 0, sizeof(*command));
		make_command(command, protocol, random);
	} while (has_numbers ? command->has_blank : command->is_delta);
}

static void break_command(struct command *command, enum protocol protocol, struct random *random)
{
	command->is_odd = true;
	command->cas = CAS_NONE;
	if (protocol == PROTOCOL_BINARY)
		binary_break(command, random);
	else
		text_break(command, random);
}

/**
 * stream_make() - make a stream
 * @stream: where; what was there is forgotten
 * @protocol: which
 * @seed: all follows from it
 * @has_odd: not all commands are to be well-formed
 */
void stream_make(struct stream *stream, enum protocol protocol, uint64_t seed, bool has_odd)
{
	struct random random = { seed };
	unsigned int odd = random_once_in(&random, 3) ? random_below(&random, 4) : 1;
	bool has_numbers = !random_once_in(&random, 4), has_large = false;
	unsigned int i;

	memset(stream, 0, sizeof(*stream));
	stream->protocol = protocol;
	stream->cuts = random_next(&random);
	stream->count = odd + random_below(&random, STREAM_COMMANDS_MAX + 1 - odd);
	for (i = 0; i < stream->count; i++) {
		struct command *command = &stream->commands[i];

		make_one(command, protocol, has_numbers, &random);
		command->is_fence |= random_once_in(&random, 12);
		has_large |= command->data.len > LARGE;
		if (i + odd >= stream->count && !has_large && has_odd)
			break_command(command, protocol, &random);
	}
}

/**
 * stream_pick() - take some commands of a stream
 * @stream: where to; what was there is forgotten
 * @from: where they are
 * @wanted: which
 */
void stream_pick(struct stream *stream, const struct stream *from, const bool *wanted)
{
	unsigned int i;

	memset(stream, 0, sizeof(*stream));
	stream->protocol = from->protocol;
	stream->cuts = from->cuts;
	for (i = 0; i < from->count; i++) {
		struct command *command = &stream->commands[stream->count];

		if (!wanted[i])
			continue;
		*command = from->commands[i];
		memset(&command->data, 0, sizeof(command->data));
		bytes_add(&command->data, from->commands[i].data.data, from->commands[i].data.len);
		stream->count++;
	}
}

/**
 * stream_free() - free what stream_make() or stream_pick() has made
 * @stream: the stream, which may be made again
 */
void stream_free(struct stream *stream)
{
	unsigned int i;

	for (i = 0; i < stream->count; i++)
		bytes_free(&stream->commands[i].data);
	stream->count = 0;
}

/**
 * stream_print() - show a stream to a person
 * @stream: the stream
 */
void stream_print(const struct stream *stream)
{
	unsigned int i;

	for (i = 0; i < stream->count; i++) {
		const struct command *command = &stream->commands[i];
		char what[64];

		snprintf(what, sizeof(what), "%u%s%s%s", i, command->is_fence ? " fence" : "",
			 command->is_odd ? " odd" : "", command->cas ? " cas" : "");
		bytes_explain(what, command->data.data, command->data.len, 0);
	}
}
