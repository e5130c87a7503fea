/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What is sent on one connection: commands that follow from a seed. */
#ifndef DIFF_STREAM_H
#define DIFF_STREAM_H

#include "../../e2e/bytes.h"
#include "random.h"

/* The most commands of a stream, those at its end that need not be well-formed included. */
#define STREAM_COMMANDS_MAX 64
#define STREAM_KEYS 7

/* Of these, the last can only be asked for in the binary protocol. */
#define STREAM_TEXT_KEYS 6

enum protocol {
	PROTOCOL_TEXT,
	PROTOCOL_META,
	PROTOCOL_BINARY,
};

/**
 * enum command_cas - where a command needs a cas id that the server has chosen
 * @CAS_NONE: nowhere
 * @CAS_TEXT: as digits, to be inserted
 * @CAS_BINARY: as eight bytes, to be written over others
 */
enum command_cas {
	CAS_NONE,
	CAS_TEXT,
	CAS_BINARY,
};

/**
 * struct command - a request, and its value if it has one
 * @data: the bytes
 * @cas: does it need a cas id?
 * @cas_at: where in @data
 * @cas_back: which: 0 is the last one that was answered on this connection
 * @is_fence: what was before it must have been answered when it is sent
 * @is_delta: it reads a number out of a value
 * @has_blank: it stores nothing, or nothing but white space
 * @is_odd: nobody knows where it ends, or whether the connection does
 */
struct command {
	struct bytes data;
	enum command_cas cas;
	size_t cas_at;
	unsigned int cas_back;
	bool is_fence;
	bool is_odd;
	bool is_delta;
	bool has_blank;
};

/**
 * struct stream - commands for one connection
 * @protocol: which
 * @cuts: what decides where it is cut into segments
 * @is_bare: nothing is sent behind the last command
 * @count: how many commands there are; the odd ones are the last
 * @commands: the commands
 */
struct stream {
	enum protocol protocol;
	uint64_t cuts;
	bool is_bare;
	unsigned int count;
	struct command commands[STREAM_COMMANDS_MAX];
};

/**
 * struct key - a key
 * @p: its bytes
 * @len: how many
 */
struct key {
	const char *p;
	size_t len;
};

struct key stream_key(unsigned int nr);
void stream_make(struct stream *stream, enum protocol protocol, uint64_t seed, bool has_odd);
void stream_pick(struct stream *stream, const struct stream *from, const bool *wanted);
void stream_free(struct stream *stream);
void stream_print(const struct stream *stream);

/* What each protocol's file makes: a command that is well-formed. */
void text_make(struct command *command, struct random *random);
void meta_make(struct command *command, struct random *random);
void binary_make(struct command *command, struct random *random);

/* And one that perhaps is not, from one that is. */
void text_break(struct command *command, struct random *random);
void binary_break(struct command *command, struct random *random);

/* What both text protocols need. */
void text_add_value(struct command *command, struct bytes *out, struct random *random,
		    size_t *len);
void text_add_key(struct bytes *out, struct random *random);
long text_exptime(struct random *random);

#endif
