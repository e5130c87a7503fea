/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Words for the requests and replies of the binary protocol. */
#ifndef E2E_OPCODES_H
#define E2E_OPCODES_H

#include "packet.h"

enum opcode {
	GET = 0x00, SET, ADD, REPLACE, DELETE, INCR, DECR, QUIT, FLUSH, GETQ, NOOP, VERSION,
	GETK, GETKQ, APPEND, PREPEND, STAT, SETQ, ADDQ, REPLACEQ, DELETEQ, INCRQ, DECRQ, QUITQ,
	FLUSHQ, APPENDQ, PREPENDQ, VERBOSITY, TOUCH, GAT, GATQ,
	SASL_LIST = 0x20, SASL_AUTH, SASL_STEP, GATK, GATKQ,
	RANGE = 0x30, NOTHING = 0x7e,
};

#define KEY(text) .key = BYTES(text)
#define VALUE(text) .value = BYTES(text)
#define EXTRAS(literal) .extras = BYTES(literal)
#define LENGTHS(_extras, _key, _body) \
	.lengths = { .given = true, .extras = _extras, .key = _key, .body = _body }

/* Extras: client flags 0x01020304, or none; no expiry time. */
#define FLAGS EXTRAS("\1\2\3\4\0\0\0\0")
#define PLAIN EXTRAS("\0\0\0\0\0\0\0\0")
#define NEVER EXTRAS("\0\0\0\0")

/* Extras of a delta: how much, what to begin with, until when. */
#define BY(delta, initial, exptime) EXTRAS(delta initial exptime)
#define N(digit) "\0\0\0\0\0\0\0" digit
#define ALL_ONES "\377\377\377\377\377\377\377\377"
#define CREATE "\0\0\0\0"
#define NO_CREATE "\377\377\377\377"

/* Replies. */
#define OK(opcode) REPLY(opcode)
#define STORED(opcode) REPLY(opcode, .cas = CAS_ANY)
#define HIT(opcode, ...) REPLY(opcode, .cas = CAS_ANY, ##__VA_ARGS__)
#define NUMBER(opcode, text) REPLY(opcode, .cas = CAS_ANY, VALUE(text))
#define NO_FLAGS EXTRAS("\0\0\0\0")
#define ITS_FLAGS EXTRAS("\1\2\3\4")
#define NOT_FOUND(opcode) REPLY(opcode, .status = 0x01, VALUE("Not found"))
#define EXISTS(opcode) REPLY(opcode, .status = 0x02, VALUE("Data exists for key."))
#define TOO_LARGE(opcode) REPLY(opcode, .status = 0x03, VALUE("Too large."))
#define INVALID(opcode) REPLY(opcode, .status = 0x04, VALUE("Invalid arguments"))
#define NOT_STORED(opcode) REPLY(opcode, .status = 0x05, VALUE("Not stored."))
#define NON_NUMERIC(opcode) \
	REPLY(opcode, .status = 0x06, VALUE("Non-numeric server-side value for incr or decr"))
#define UNKNOWN(opcode) REPLY(opcode, .status = 0x81, VALUE("Unknown command"))

#endif
