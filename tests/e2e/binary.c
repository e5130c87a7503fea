// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/packet.c
//
// The binary protocol: what each request is answered. It flushes the server.
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "opcodes.h"
#include "table.h"

/* One request that is answered by this and the end; what follows it is not looked at. */
#define FATAL(_name, reply, ...) \
	{ _name, .steps = { { .requests = { __VA_ARGS__, REQUEST(NOOP) }, \
			      .replies = { reply }, .closes = true } } }

static const struct packet_row rows[] = {
	/* get and its like */
	{ "a miss", .steps = { {
		.requests = { REQUEST(GET, KEY("@a")), REQUEST(GETQ, KEY("@a")),
			      REQUEST(GETK, KEY("@a")), REQUEST(GETKQ, KEY("@a")) },
		.replies = { NOT_FOUND(GET), REPLY(GETK, .status = 0x01, KEY("@a")) },
	} } },
	{ "a hit", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("value")) },
		.replies = { STORED(SET) },
	}, {
		.requests = { REQUEST(GET, KEY("@a")), REQUEST(GETQ, KEY("@a")),
			      REQUEST(GETK, KEY("@a")), REQUEST(GETKQ, KEY("@a")) },
		.replies = { REPLY(GET, .cas = CAS_LAST, ITS_FLAGS, VALUE("value")),
			     REPLY(GETQ, .cas = CAS_LAST, ITS_FLAGS, VALUE("value")),
			     REPLY(GETK, .cas = CAS_LAST, ITS_FLAGS, KEY("@a"), VALUE("value")),
			     REPLY(GETKQ, .cas = CAS_LAST, ITS_FLAGS, KEY("@a"), VALUE("value")) },
	} } },
	{ "an empty value", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN), REQUEST(GETK, KEY("@a")),
			      REQUEST(SETQ, KEY("@b"), PLAIN), REQUEST(GET, KEY("@b")) },
		.replies = { STORED(SET), HIT(GETK, NO_FLAGS, KEY("@a")), HIT(GET, NO_FLAGS) },
	} } },
	{ "a value that looks like requests", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN,
				      VALUE("\x80\x0a\0\0\0\0\r\n\x80\0END\r\n")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET),
			     HIT(GET, NO_FLAGS, VALUE("\x80\x0a\0\0\0\0\r\n\x80\0END\r\n")) },
	} } },
	{ "keys of any bytes", .steps = { {
		.requests = { REQUEST(SET, KEY("@ a\r\n\0b"), PLAIN, VALUE("1")),
			      REQUEST(GETK, KEY("@ a\r\n\0b")), REQUEST(GET, KEY("@ a\r\n\0c")) },
		.replies = { STORED(SET), HIT(GETK, NO_FLAGS, KEY("@ a\r\n\0b"), VALUE("1")),
			     NOT_FOUND(GET) },
	} } },
	{ "the longest key", .steps = { {
		.requests = { REQUEST(SET, KEY("{250}"), FLAGS, VALUE("1")),
			      REQUEST(GETK, KEY("{250}")), REQUEST(GETK, KEY("{249}")),
			      REQUEST(INCR, KEY("{250}"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(DELETE, KEY("{250}")) },
		.replies = { STORED(SET), HIT(GETK, ITS_FLAGS, KEY("{250}"), VALUE("1")),
			     REPLY(GETK, .status = 0x01, KEY("{249}")),
			     NUMBER(INCR, N("\2")), OK(DELETE) },
	} } },
	{ "opaque is repeated", .steps = { {
		.requests = { REQUEST(NOOP, .opaque = 0x01020304),
			      REQUEST(GET, KEY("@a"), .opaque = 0xffffffff),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("1"), .opaque = 0x80),
			      REQUEST(GETKQ, KEY("@a"), .opaque = 0xfffefdfc),
			      REQUEST(NOTHING, .opaque = 1) },
		.replies = { REPLY(NOOP, .opaque = 0x01020304),
			     REPLY(GET, .status = 1, .opaque = 0xffffffff, VALUE("Not found")),
			     REPLY(SET, .cas = CAS_ANY, .opaque = 0x80),
			     HIT(GETKQ, NO_FLAGS, KEY("@a"), VALUE("1"), .opaque = 0xfffefdfc),
			     REPLY(NOTHING, .status = 0x81, VALUE("Unknown command"),
				   .opaque = 1) },
	} } },
	{ "data type and vbucket mean nothing", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1"), .data_type = 7),
			      REQUEST(GET, KEY("@a"), .status = 0xffff, .data_type = 0xff) },
		.replies = { STORED(SET), HIT(GET, NO_FLAGS, VALUE("1")) },
	} } },
	{ "the cas id of a get means nothing", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(GET, KEY("@a"), .cas = CAS_OTHER),
			      REQUEST(TOUCH, KEY("@a"), NEVER, .cas = CAS_OTHER) },
		.replies = { STORED(SET), HIT(GET, NO_FLAGS, VALUE("1")), HIT(TOUCH, NO_FLAGS) },
	} } },

	/* touch, gat */
	{ "touch and gat of what is missing", .steps = { {
		.requests = { REQUEST(TOUCH, KEY("@a"), NEVER), REQUEST(GAT, KEY("@a"), NEVER),
			      REQUEST(GATQ, KEY("@a"), NEVER), REQUEST(GATK, KEY("@a"), NEVER),
			      REQUEST(GATKQ, KEY("@a"), NEVER) },
		.replies = { NOT_FOUND(TOUCH), NOT_FOUND(GAT),
			     REPLY(GATK, .status = 0x01, KEY("@a")) },
	} } },
	{ "touch and gat", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("value")) },
		.replies = { STORED(SET) },
	}, {
		.requests = { REQUEST(TOUCH, KEY("@a"), NEVER), REQUEST(GAT, KEY("@a"), NEVER),
			      REQUEST(GATQ, KEY("@a"), NEVER), REQUEST(GATK, KEY("@a"), NEVER),
			      REQUEST(GATKQ, KEY("@a"), NEVER) },
		.replies = { REPLY(TOUCH, .cas = CAS_LAST, ITS_FLAGS),
			     REPLY(GAT, .cas = CAS_LAST, ITS_FLAGS, VALUE("value")),
			     REPLY(GATQ, .cas = CAS_LAST, ITS_FLAGS, VALUE("value")),
			     REPLY(GATK, .cas = CAS_LAST, ITS_FLAGS, KEY("@a"), VALUE("value")),
			     REPLY(GATKQ, .cas = CAS_LAST, ITS_FLAGS, KEY("@a"), VALUE("value")) },
	} } },
	/* 2592001 s are more than 30 days: a time in 1970 */
	{ "touch and gat with a time that is past", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(TOUCH, KEY("@a"), EXTRAS("\x00\x27\x8d\x01")),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("2")),
			      REQUEST(GAT, KEY("@a"), EXTRAS("\x00\x27\x8d\x01")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), HIT(TOUCH, NO_FLAGS), NOT_FOUND(GET), STORED(SET),
			     HIT(GAT, NO_FLAGS, VALUE("2")), NOT_FOUND(GET) },
	} } },
	{ "times that look negative are far away", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), EXTRAS("\0\0\0\0\xff\xff\xff\xff"),
				      VALUE("1")),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(TOUCH, KEY("@a"), EXTRAS("\xff\xff\xff\xff")),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(GAT, KEY("@a"), EXTRAS("\x80\0\0\0")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), HIT(GET, NO_FLAGS, VALUE("1")), HIT(TOUCH, NO_FLAGS),
			     HIT(GET, NO_FLAGS, VALUE("1")), HIT(GAT, NO_FLAGS, VALUE("1")),
			     HIT(GET, NO_FLAGS, VALUE("1")) },
	} } },
	{ "set with a time that is past", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), EXTRAS("\0\0\0\0\x00\x27\x8d\x01"),
				      VALUE("1")),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(SET, KEY("@a"), EXTRAS("\0\0\0\0\x00\x27\x8d\x00"),
				      VALUE("2")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), NOT_FOUND(GET), STORED(SET),
			     HIT(GET, NO_FLAGS, VALUE("2")) },
	} } },

	/* storage */
	{ "set, add and replace", .steps = { {
		.requests = { REQUEST(REPLACE, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(ADD, KEY("@a"), FLAGS, VALUE("2")),
			      REQUEST(ADD, KEY("@a"), PLAIN, VALUE("3")), REQUEST(GET, KEY("@a")),
			      REQUEST(REPLACE, KEY("@a"), PLAIN, VALUE("4")),
			      REQUEST(GET, KEY("@a")), REQUEST(SET, KEY("@a"), FLAGS, VALUE("5")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(REPLACE), STORED(ADD), EXISTS(ADD),
			     HIT(GET, ITS_FLAGS, VALUE("2")), STORED(REPLACE),
			     HIT(GET, NO_FLAGS, VALUE("4")), STORED(SET),
			     HIT(GET, ITS_FLAGS, VALUE("5")) },
	} } },
	{ "the same, quiet", .steps = { {
		.requests = { REQUEST(REPLACEQ, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(ADDQ, KEY("@a"), FLAGS, VALUE("2")),
			      REQUEST(ADDQ, KEY("@a"), PLAIN, VALUE("3")), REQUEST(GET, KEY("@a")),
			      REQUEST(REPLACEQ, KEY("@a"), PLAIN, VALUE("4")),
			      REQUEST(GET, KEY("@a")), REQUEST(SETQ, KEY("@a"), FLAGS, VALUE("5")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(REPLACEQ), EXISTS(ADDQ), HIT(GET, ITS_FLAGS, VALUE("2")),
			     HIT(GET, NO_FLAGS, VALUE("4")), HIT(GET, ITS_FLAGS, VALUE("5")) },
	} } },
	{ "set with the right cas id", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")) },
		.replies = { STORED(SET) },
	}, {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("2"), .cas = CAS_LAST) },
		.replies = { STORED(SET) },
	}, {
		.requests = { REQUEST(ADD, KEY("@a"), PLAIN, VALUE("3"), .cas = CAS_LAST) },
		.replies = { STORED(ADD) },
	}, {
		.requests = { REQUEST(REPLACE, KEY("@a"), PLAIN, VALUE("4"), .cas = CAS_LAST) },
		.replies = { STORED(REPLACE) },
	}, {
		.requests = { REQUEST(SETQ, KEY("@a"), FLAGS, VALUE("5"), .cas = CAS_LAST),
			      REQUEST(SETQ, KEY("@a"), PLAIN, VALUE("6"), .cas = CAS_LAST),
			      REQUEST(GET, KEY("@a")) },
		.replies = { EXISTS(SETQ), HIT(GET, ITS_FLAGS, VALUE("5")) },
	} } },
	{ "stores with a wrong cas id", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("2"), .cas = CAS_OTHER),
			      REQUEST(ADD, KEY("@a"), PLAIN, VALUE("3"), .cas = CAS_OTHER),
			      REQUEST(REPLACE, KEY("@a"), PLAIN, VALUE("4"), .cas = CAS_OTHER),
			      REQUEST(SETQ, KEY("@a"), PLAIN, VALUE("5"), .cas = CAS_OTHER),
			      REQUEST(ADDQ, KEY("@a"), PLAIN, VALUE("6"), .cas = CAS_OTHER),
			      REQUEST(REPLACEQ, KEY("@a"), PLAIN, VALUE("7"), .cas = CAS_OTHER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), EXISTS(SET), EXISTS(ADD), EXISTS(REPLACE), EXISTS(SETQ),
			     EXISTS(ADDQ), EXISTS(REPLACEQ), HIT(GET, NO_FLAGS, VALUE("1")) },
	} } },
	{ "stores with a cas id of what is missing", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("2"), .cas = CAS_OTHER),
			      REQUEST(ADD, KEY("@a"), PLAIN, VALUE("3"), .cas = CAS_OTHER),
			      REQUEST(REPLACE, KEY("@a"), PLAIN, VALUE("4"), .cas = CAS_OTHER),
			      REQUEST(SETQ, KEY("@a"), PLAIN, VALUE("5"), .cas = CAS_OTHER),
			      REQUEST(ADDQ, KEY("@a"), PLAIN, VALUE(""), .cas = CAS_OTHER),
			      REQUEST(REPLACEQ, KEY("@a"), PLAIN, VALUE("7"), .cas = CAS_OTHER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(SET), NOT_FOUND(ADD), NOT_FOUND(REPLACE), NOT_FOUND(SETQ),
			     NOT_FOUND(ADDQ), NOT_FOUND(REPLACEQ), NOT_FOUND(GET) },
	} } },
	{ "append and prepend", .steps = { {
		.requests = { REQUEST(APPEND, KEY("@a"), VALUE("x")),
			      REQUEST(PREPEND, KEY("@a"), VALUE("x")),
			      REQUEST(APPENDQ, KEY("@a"), VALUE("x")),
			      REQUEST(PREPENDQ, KEY("@a"), VALUE("x")) },
		.replies = { NOT_STORED(APPEND), NOT_STORED(PREPEND), NOT_STORED(APPENDQ),
			     NOT_STORED(PREPENDQ) },
	}, {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("mid")),
			      REQUEST(APPEND, KEY("@a"), VALUE("end")),
			      REQUEST(PREPEND, KEY("@a"), VALUE("begin")),
			      REQUEST(GET, KEY("@a")), REQUEST(APPENDQ, KEY("@a"), VALUE("!")),
			      REQUEST(PREPENDQ, KEY("@a"), VALUE("-")),
			      REQUEST(APPEND, KEY("@a")), REQUEST(PREPENDQ, KEY("@a")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), STORED(APPEND), STORED(PREPEND),
			     HIT(GET, ITS_FLAGS, VALUE("beginmidend")), STORED(APPEND),
			     HIT(GET, ITS_FLAGS, VALUE("-beginmidend!")) },
	} } },
	{ "append and prepend with a cas id", .steps = { {
		.requests = { REQUEST(APPEND, KEY("@a"), VALUE("x"), .cas = CAS_OTHER),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(APPEND, KEY("@a"), VALUE("x"), .cas = CAS_OTHER),
			      REQUEST(PREPENDQ, KEY("@a"), VALUE("x"), .cas = CAS_OTHER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_STORED(APPEND), STORED(SET), EXISTS(APPEND), EXISTS(PREPENDQ),
			     HIT(GET, NO_FLAGS, VALUE("1")) },
	}, {
		.requests = { REQUEST(APPEND, KEY("@a"), VALUE("2"), .cas = CAS_LAST) },
		.replies = { STORED(APPEND) },
	}, {
		.requests = { REQUEST(PREPEND, KEY("@a"), VALUE("0"), .cas = CAS_LAST),
			      REQUEST(PREPEND, KEY("@a"), VALUE("0"), .cas = CAS_LAST) },
		.replies = { STORED(PREPEND), EXISTS(PREPEND) },
	}, {
		.requests = { REQUEST(GET, KEY("@a")) },
		.replies = { REPLY(GET, .cas = CAS_LAST, NO_FLAGS, VALUE("012")) },
	} } },
	{ "delete", .steps = { {
		.requests = { REQUEST(DELETE, KEY("@a")), REQUEST(DELETEQ, KEY("@a")),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(DELETE, KEY("@a")), REQUEST(GET, KEY("@a")),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(DELETEQ, KEY("@a")), REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(DELETE), NOT_FOUND(DELETEQ), STORED(SET), OK(DELETE),
			     NOT_FOUND(GET), STORED(SET), NOT_FOUND(GET) },
	} } },
	{ "delete with a cas id", .steps = { {
		.requests = { REQUEST(DELETE, KEY("@a"), .cas = CAS_OTHER),
			      REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(DELETE, KEY("@a"), .cas = CAS_OTHER),
			      REQUEST(DELETEQ, KEY("@a"), .cas = CAS_OTHER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(DELETE), STORED(SET), EXISTS(DELETE), EXISTS(DELETEQ),
			     HIT(GET, NO_FLAGS, VALUE("1")) },
	}, {
		.requests = { REQUEST(DELETE, KEY("@a"), .cas = CAS_LAST),
			      REQUEST(DELETE, KEY("@a"), .cas = CAS_LAST) },
		.replies = { OK(DELETE), NOT_FOUND(DELETE) },
	} } },

	/* incr, decr */
	{ "deltas that create nothing", .steps = { {
		.requests = { REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), NO_CREATE)),
			      REQUEST(DECR, KEY("@a"), BY(N("\1"), N("\5"), NO_CREATE)),
			      REQUEST(INCRQ, KEY("@a"), BY(N("\1"), N("\5"), NO_CREATE)),
			      REQUEST(DECRQ, KEY("@a"), BY(N("\1"), N("\5"), NO_CREATE)),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NOT_FOUND(INCR), NOT_FOUND(DECR), NOT_FOUND(INCRQ), NOT_FOUND(DECRQ),
			     NOT_FOUND(GET) },
	} } },
	{ "deltas that create", .steps = { {
		.requests = { REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), CREATE)),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(INCR, KEY("@a"), BY(N("\3"), N("\5"), CREATE)),
			      REQUEST(DECR, KEY("@b"), BY(N("\1"), ALL_ONES, CREATE)),
			      REQUEST(GET, KEY("@b")),
			      REQUEST(INCRQ, KEY("@c"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(DECRQ, KEY("@d"), BY(N("\1"), N("\7"), CREATE)),
			      REQUEST(GET, KEY("@c")), REQUEST(GET, KEY("@d")) },
		.replies = { NUMBER(INCR, N("\5")), HIT(GET, NO_FLAGS, VALUE("5")),
			     NUMBER(INCR, N("\x8")), NUMBER(DECR, ALL_ONES),
			     HIT(GET, NO_FLAGS, VALUE("18446744073709551615")),
			     HIT(GET, NO_FLAGS, VALUE("0")), HIT(GET, NO_FLAGS, VALUE("7")) },
	} } },
	{ "a created number that has expired", .steps = { {
		.requests = { REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), "\x00\x27\x8d\x01")),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), "\xff\xff\xff\xfe")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { NUMBER(INCR, N("\5")), NOT_FOUND(GET), NUMBER(INCR, N("\5")),
			     HIT(GET, NO_FLAGS, VALUE("5")) },
	} } },
	{ "a delta of what a create has just made has its cas id", .steps = { {
		.requests = { REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), CREATE)) },
		.replies = { NUMBER(INCR, N("\5")) },
	}, {
		.requests = { REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\5"), CREATE),
				      .cas = CAS_LAST) },
		.replies = { NUMBER(INCR, N("\6")) },
	}, {
		.requests = { REQUEST(GET, KEY("@a")) },
		.replies = { REPLY(GET, .cas = CAS_LAST, NO_FLAGS, VALUE("6")) },
	} } },
	{ "incr wraps, decr stops", .since = CLIENT_TARGET, .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("18446744073709551615")),
			      REQUEST(INCR, KEY("@a"), BY(N("\2"), N("\0"), CREATE)),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(DECR, KEY("@a"), BY(N("\5"), N("\0"), CREATE)),
			      REQUEST(DECRQ, KEY("@a"), BY(ALL_ONES, N("\0"), CREATE)),
			      REQUEST(INCR, KEY("@a"), BY(ALL_ONES, N("\0"), CREATE)),
			      REQUEST(INCRQ, KEY("@a"), BY(N("\0"), N("\0"), CREATE)) },
		.replies = { STORED(SET), NUMBER(INCR, N("\1")),
			     HIT(GET, ITS_FLAGS, VALUE("1                   ")),
			     NUMBER(DECR, N("\0")), NUMBER(INCR, ALL_ONES) },
	} } },
	{ "a result keeps the length of what was there", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), FLAGS, VALUE("10")),
			      REQUEST(DECR, KEY("@a"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(INCR, KEY("@a"), BY(N("\144"), N("\0"), CREATE)),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), NUMBER(DECR, N("\x9")), HIT(GET, ITS_FLAGS, VALUE("9 ")),
			     NUMBER(INCR, N("\155")), HIT(GET, ITS_FLAGS, VALUE("109")) },
	} } },
	{ "deltas of what is no number", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("x")),
			      REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(DECR, KEY("@a"), BY(N("\1"), N("\0"), NO_CREATE)),
			      REQUEST(INCRQ, KEY("@a"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(DECRQ, KEY("@a"), BY(N("\1"), N("\0"), CREATE)),
			      REQUEST(SET, KEY("@a"), PLAIN),
			      REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\0"), CREATE)) },
		.replies = { STORED(SET), NON_NUMERIC(INCR), NON_NUMERIC(DECR), NON_NUMERIC(INCRQ),
			     NON_NUMERIC(DECRQ), STORED(SET), NON_NUMERIC(INCR) },
	} } },
	{ "deltas with a wrong cas id", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(INCR, KEY("@a"), BY(N("\1"), N("\0"), CREATE),
				      .cas = CAS_OTHER),
			      REQUEST(DECRQ, KEY("@a"), BY(N("\1"), N("\0"), CREATE),
				      .cas = CAS_OTHER),
			      REQUEST(GET, KEY("@a")),
			      REQUEST(INCR, KEY("@b"), BY(N("\1"), N("\2"), CREATE),
				      .cas = CAS_OTHER),
			      REQUEST(INCR, KEY("@c"), BY(N("\1"), N("\2"), NO_CREATE),
				      .cas = CAS_OTHER) },
		.replies = { STORED(SET), EXISTS(INCR), EXISTS(DECRQ),
			     HIT(GET, NO_FLAGS, VALUE("1")), NUMBER(INCR, N("\2")),
			     NOT_FOUND(INCR) },
	} } },

	/* the rest */
	{ "noop", .steps = { {
		.requests = { REQUEST(NOOP), REQUEST(NOOP, .opaque = 5, .cas = CAS_OTHER) },
		.replies = { OK(NOOP), REPLY(NOOP, .opaque = 5) },
	} } },
	{ "quit", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(QUIT),
			      REQUEST(NOOP) },
		.replies = { STORED(SET), OK(QUIT) },
		.closes = true,
	} } },
	{ "quit, quiet", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(QUITQ),
			      REQUEST(NOOP) },
		.replies = { STORED(SET) },
		.closes = true,
	} } },
	{ "flush", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(FLUSH),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), OK(FLUSH), NOT_FOUND(GET) },
	}, {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(FLUSHQ),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), NOT_FOUND(GET) },
	}, {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(FLUSH, NEVER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), OK(FLUSH), NOT_FOUND(GET) },
	}, {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")), REQUEST(FLUSHQ, NEVER),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), NOT_FOUND(GET) },
	} } },
	{ "flush in a month, and one that looks like the past", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(FLUSH, EXTRAS("\xff\xff\xff\xff")), REQUEST(GET, KEY("@a")),
			      REQUEST(FLUSHQ, EXTRAS("\x00\x27\x8d\x00")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), OK(FLUSH), HIT(GET, NO_FLAGS, VALUE("1")),
			     HIT(GET, NO_FLAGS, VALUE("1")) },
	} } },
	{ "opcodes that are not known", .steps = { {
		.requests = { REQUEST(NOTHING), REQUEST(VERBOSITY), REQUEST(0x1f), REQUEST(0x25),
			      REQUEST(RANGE), REQUEST(0x3c), REQUEST(0x7f), REQUEST(0x80),
			      REQUEST(0xff) },
		.replies = { UNKNOWN(NOTHING), UNKNOWN(VERBOSITY), UNKNOWN(0x1f), UNKNOWN(0x25),
			     UNKNOWN(RANGE), UNKNOWN(0x3c), UNKNOWN(0x7f), UNKNOWN(0x80),
			     UNKNOWN(0xff) },
	} } },
	/* memcached takes the length of the body twice, and loses the requests behind it */
	{ "opcodes that are not known, with a body", .since = CLIENT_TARGET, .quirk = true,
	  .steps = { {
		.requests = { REQUEST(NOTHING, KEY("@a"), EXTRAS("extras"), VALUE("value")),
			      REQUEST(VERBOSITY, NEVER), REQUEST(RANGE, KEY("@a"), VALUE("x")),
			      REQUEST(0xff, EXTRAS("e")), REQUEST(0xfe, KEY("{250}")),
			      REQUEST(0xfd, .fill = 3000), REQUEST(NOOP, .opaque = 9) },
		.replies = { UNKNOWN(NOTHING), UNKNOWN(VERBOSITY), UNKNOWN(RANGE), UNKNOWN(0xff),
			     UNKNOWN(0xfe), UNKNOWN(0xfd), REPLY(NOOP, .opaque = 9) },
	} } },
	{ "SASL", .steps = { {
		.requests = { REQUEST(SASL_LIST), REQUEST(SASL_AUTH, KEY("PLAIN"), VALUE("\0u\0p")),
			      REQUEST(SASL_STEP, KEY("PLAIN"), VALUE("\0u\0p")),
			      REQUEST(SASL_AUTH, KEY("PLAIN")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { UNKNOWN(SASL_LIST), UNKNOWN(SASL_AUTH), UNKNOWN(SASL_STEP),
			     UNKNOWN(SASL_AUTH), NOT_FOUND(GET) },
	} } },
	{ "statistics", .steps = { {
		.requests = { REQUEST(STAT, KEY("sizes"), .opaque = 7), REQUEST(STAT, KEY("bogus")),
			      REQUEST(STAT, KEY("sizes ")), REQUEST(STAT, KEY("item")),
			      REQUEST(STAT, KEY("conns")) },
		.replies = { REPLY(STAT, KEY("sizes_status"), VALUE("disabled"), .opaque = 7),
			     REPLY(STAT, .opaque = 7), NOT_FOUND(STAT), NOT_FOUND(STAT),
			     NOT_FOUND(STAT), NOT_FOUND(STAT) },
	} } },
	{ "reset of statistics", .steps = { {
		.requests = { REQUEST(STAT, KEY("reset"), .opaque = 8), REQUEST(NOOP) },
		.replies = { REPLY(STAT, .opaque = 8), OK(NOOP) },
	} } },

	/* what is too large */
	{ "a set that is too large removes the old value", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(SET, KEY("@a"), PLAIN, .fill = 1 << 20),
			      REQUEST(GET, KEY("@a")), REQUEST(SET, KEY("@a"), PLAIN, VALUE("2")),
			      REQUEST(SETQ, KEY("@a"), PLAIN, .fill = (1 << 20) + 1),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), TOO_LARGE(SET), NOT_FOUND(GET), STORED(SET),
			     TOO_LARGE(SETQ), NOT_FOUND(GET) },
	} } },
	{ "others that are too large do not", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(ADD, KEY("@a"), PLAIN, .fill = 1 << 20),
			      REQUEST(REPLACEQ, KEY("@a"), PLAIN, .fill = 1 << 20),
			      REQUEST(APPEND, KEY("@a"), .fill = 1 << 20),
			      REQUEST(PREPENDQ, KEY("@a"), .fill = 1 << 20),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), TOO_LARGE(ADD), TOO_LARGE(REPLACEQ), TOO_LARGE(APPEND),
			     TOO_LARGE(PREPENDQ), HIT(GET, NO_FLAGS, VALUE("1")) },
	} } },
	{ "a result of append that is too large", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, .fill = 600000),
			      REQUEST(APPEND, KEY("@a"), .fill = 600000),
			      REQUEST(PREPENDQ, KEY("@a"), .fill = 600000),
			      REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), NOT_STORED(APPEND), NOT_STORED(PREPENDQ),
			     HIT(GET, NO_FLAGS, .fill = 600000) },
	} } },
	{ "the largest value, and others", .steps = { {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, .fill = 1048064),
			      REQUEST(GETK, KEY("@a")), REQUEST(TOUCH, KEY("@a"), NEVER),
			      REQUEST(SET, KEY("@b"), PLAIN, .fill = 16384),
			      REQUEST(GET, KEY("@b")),
			      REQUEST(SETQ, KEY("@c"), PLAIN, .fill = 9000),
			      REQUEST(GATK, KEY("@c"), NEVER) },
		.replies = { STORED(SET), HIT(GETK, NO_FLAGS, KEY("@a"), .fill = 1048064),
			     HIT(TOUCH, NO_FLAGS), STORED(SET), HIT(GET, NO_FLAGS, .fill = 16384),
			     HIT(GATK, NO_FLAGS, KEY("@c"), .fill = 9000) },
	} } },

	/* what closes the connection */
	FATAL("get without a key", INVALID(GET), REQUEST(GET)),
	FATAL("get with extras", INVALID(GET), REQUEST(GET, KEY("@a"), EXTRAS("e"))),
	FATAL("get with a value", INVALID(GETQ), REQUEST(GETQ, KEY("@a"), VALUE("v"))),
	FATAL("getk without a key", INVALID(GETKQ), REQUEST(GETKQ)),
	FATAL("set without extras", INVALID(SET), REQUEST(SET, KEY("@a"), VALUE("12345678"))),
	FATAL("set with half of its extras", INVALID(SETQ),
	      REQUEST(SETQ, KEY("@a"), NEVER, VALUE("v"))),
	FATAL("add without a key", INVALID(ADD), REQUEST(ADD, PLAIN, VALUE("v"))),
	FATAL("replace with too many extras", INVALID(REPLACE),
	      REQUEST(REPLACE, KEY("@a"), EXTRAS("123456789"), VALUE("v"))),
	FATAL("append with extras", INVALID(APPEND), REQUEST(APPEND, KEY("@a"), PLAIN)),
	FATAL("prepend without a key", INVALID(PREPENDQ), REQUEST(PREPENDQ, VALUE("v"))),
	FATAL("delete with extras", INVALID(DELETE), REQUEST(DELETE, KEY("@a"), NEVER)),
	FATAL("delete with a value", INVALID(DELETEQ), REQUEST(DELETEQ, KEY("@a"), VALUE("v"))),
	FATAL("delete without a key", INVALID(DELETE), REQUEST(DELETE)),
	FATAL("incr without extras", INVALID(INCR), REQUEST(INCR, KEY("@a"))),
	FATAL("incr with a value", INVALID(INCRQ),
	      REQUEST(INCRQ, KEY("@a"), BY(N("\1"), N("\1"), CREATE), VALUE("v"))),
	FATAL("decr without a key", INVALID(DECR), REQUEST(DECR, BY(N("\1"), N("\1"), CREATE))),
	FATAL("noop with a key", INVALID(NOOP), REQUEST(NOOP, KEY("@a"))),
	FATAL("noop with extras", INVALID(NOOP), REQUEST(NOOP, NEVER)),
	FATAL("noop with a value", INVALID(NOOP), REQUEST(NOOP, VALUE("v"))),
	FATAL("version with a key", INVALID(VERSION), REQUEST(VERSION, KEY("@a"))),
	FATAL("quit with a key", INVALID(QUIT), REQUEST(QUIT, KEY("@a"))),
	FATAL("quiet quit with a value", INVALID(QUITQ), REQUEST(QUITQ, VALUE("v"))),
	FATAL("flush with a key", INVALID(FLUSH), REQUEST(FLUSH, KEY("@a"))),
	FATAL("flush with odd extras", INVALID(FLUSHQ), REQUEST(FLUSHQ, EXTRAS("abc"))),
	FATAL("flush with a value", INVALID(FLUSH), REQUEST(FLUSH, NEVER, VALUE("v"))),
	FATAL("touch without extras", INVALID(TOUCH), REQUEST(TOUCH, KEY("@a"))),
	FATAL("gat without a key", INVALID(GATQ), REQUEST(GATQ, NEVER)),
	FATAL("gatk with too many extras", INVALID(GATK), REQUEST(GATK, KEY("@a"), PLAIN)),
	FATAL("stat with extras", INVALID(STAT), REQUEST(STAT, KEY("items"), NEVER)),
	FATAL("a list of SASL mechanisms with a key", INVALID(SASL_LIST),
	      REQUEST(SASL_LIST, KEY("@a"))),
	FATAL("SASL without a mechanism", INVALID(SASL_AUTH), REQUEST(SASL_AUTH, VALUE("v"))),
	FATAL("SASL with extras", INVALID(SASL_STEP), REQUEST(SASL_STEP, KEY("PLAIN"), NEVER)),
	FATAL("a key that is too long", INVALID(GET), REQUEST(GET, KEY("{251}"))),
	FATAL("a key that is too long, for a set", INVALID(SETQ),
	      REQUEST(SETQ, KEY("{300}"), PLAIN, VALUE("v"))),
	FATAL("a key that is too long, for nobody", INVALID(NOTHING),
	      REQUEST(NOTHING, KEY("{251}"))),
	FATAL("a body that is shorter than its key", UNKNOWN(GET),
	      REQUEST(GET, KEY("abcd"), LENGTHS(0, 4, 3))),
	FATAL("a body that is shorter than its extras", UNKNOWN(SET),
	      REQUEST(SET, KEY("abcd"), PLAIN, LENGTHS(8, 4, 11))),
	FATAL("no body, but a key", UNKNOWN(NOTHING),
	      REQUEST(NOTHING, KEY("abcd"), LENGTHS(0, 4, 0))),
	/* memcached waits for as much, and closes what does not come */
	{ "a body without end", .since = CLIENT_TARGET, .steps = { {
		.requests = { REQUEST(SET, PLAIN, KEY("@"), LENGTHS(8, 1, 0x40000001)) },
		.replies = { INVALID(SET) },
		.closes = true,
	} } },
	{ "a body of 4 GiB for nobody", .since = CLIENT_TARGET, .steps = { {
		.requests = { REQUEST(NOTHING, LENGTHS(0, 0, 0xffffffff)) },
		.replies = { INVALID(NOTHING) },
		.closes = true,
	} } },
	/* memcached takes the value for the next request */
	{ "touch with a value", .since = CLIENT_TARGET, .quirk = true, .steps = { {
		.requests = { REQUEST(TOUCH, KEY("@a"), NEVER, VALUE("v")), REQUEST(NOOP) },
		.replies = { INVALID(TOUCH) },
		.closes = true,
	} } },
	{ "stat with a value", .since = CLIENT_TARGET, .quirk = true, .steps = { {
		.requests = { REQUEST(STAT, VALUE("v")), REQUEST(NOOP) },
		.replies = { INVALID(STAT) },
		.closes = true,
	} } },
	{ "another magic is the end", .steps = { {
		.requests = { REQUEST(NOOP), { .magic = 0x81, .opcode = NOOP }, REQUEST(NOOP) },
		.replies = { OK(NOOP) },
		.closes = true,
	} } },
	{ "text is the end", .steps = { {
		.requests = { REQUEST(NOOP), { .magic = 'v', .opcode = 'e',
			      VALUE("rsion\r\n") } },
		.replies = { OK(NOOP) },
		.closes = true,
	} } },
};

/* A row that needs to know the server's version. */
static void test_version(void **state)
{
	struct packet_step step = {
		.requests = { REQUEST(VERSION) },
		.replies = { REPLY(VERSION, .value = { client_version, strlen(client_version) }) },
	};

	(void)state;
	packet_run(client_open(), &step, "version", __LINE__);
}

/* The two protocols speak of the same items. */
static void test_both_protocols(void **state)
{
	static const struct packet_step steps[] = { {
		.requests = { REQUEST(SET, KEY("@a"), EXTRAS("\0\0\0\7\0\0\0\0"),
				      VALUE("binary")) },
		.replies = { STORED(SET) },
	}, {
		.requests = { REQUEST(GETK, KEY("@b")), REQUEST(APPEND, KEY("@b"), VALUE("!")) },
		.replies = { HIT(GETK, EXTRAS("\0\0\0\5"), KEY("@b"), VALUE("text")),
			     STORED(APPEND) },
	} };
	struct client *binary = client_open(), *text = client_open();

	(void)state;
	packet_run(binary, &steps[0], "set", __LINE__);
	expect(text, "get @a\r\nset @b 5 0 4\r\ntext\r\n",
	       "VALUE @a 7 6\r\nbinary\r\nEND\r\nSTORED\r\n");
	packet_run(binary, &steps[1], "get", __LINE__);
	expect(text, "get @b\r\n", "VALUE @b 5 5\r\ntext!\r\nEND\r\n");
}

/* A connection that begins with text stays so. */
static void test_text_first(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "version nothing\r\n\x80\x0c\r\n", "VERSION {d}.{d}.{d}\r\nERROR\r\n");
}

static void wait_until_missing(struct client *c, const struct packet *get, long deadline)
{
	struct bytes request = { 0 }, reply = { 0 };

	packet_add(&request, get);
	while (client_now_ms() < deadline) {
		reply.len = 0;
		client_exchange(c, request.data, request.len, &reply, PACKET_HEADER, "");
		if (reply.len > 7 && reply.data[7] == 1)
			break;
		poll(NULL, 0, 20);
	}
	if (client_now_ms() >= deadline)
		client_fail("the item is still there");
	bytes_free(&request);
	bytes_free(&reply);
}

static void test_expiry(void **state)
{
	static const struct packet_step begin = {
		.requests = { REQUEST(SET, KEY("@a"), EXTRAS("\0\0\0\0\0\0\0\2"), VALUE("1")),
			      REQUEST(SET, KEY("@b"), EXTRAS("\0\0\0\0\0\0\0\2"), VALUE("2")),
			      REQUEST(TOUCH, KEY("@b"), EXTRAS("\0\0\1\0")),
			      REQUEST(INCR, KEY("@c"), BY(N("\1"), N("\5"), "\0\0\0\2")) },
		.replies = { STORED(SET), STORED(SET), HIT(TOUCH, NO_FLAGS),
			     NUMBER(INCR, N("\5")) },
	}, end = {
		.requests = { REQUEST(GET, KEY("@b")) },
		.replies = { HIT(GET, NO_FLAGS, VALUE("2")) },
	};
	static const struct packet gets[] = { REQUEST(GET, KEY("@a")), REQUEST(GET, KEY("@c")) };
	struct client *c = client_open();
	long deadline = client_now_ms() + 8000;

	(void)state;
	packet_run(c, &begin, "begin", __LINE__);
	wait_until_missing(c, &gets[0], deadline);
	wait_until_missing(c, &gets[1], deadline);
	packet_run(c, &end, "end", __LINE__);
}

static void test_delayed_flush(void **state)
{
	static const struct packet_step begin = {
		.requests = { REQUEST(SET, KEY("@a"), PLAIN, VALUE("1")),
			      REQUEST(FLUSH, EXTRAS("\0\0\0\4")), REQUEST(GET, KEY("@a")) },
		.replies = { STORED(SET), OK(FLUSH), HIT(GET, NO_FLAGS, VALUE("1")) },
	};
	/* memcached's delayed flush may take what is stored in its second; this one does not */
	static const struct packet_step end = {
		.requests = { REQUEST(FLUSH), REQUEST(SET, KEY("@a"), PLAIN, VALUE("2")),
			      REQUEST(GET, KEY("@a")) },
		.replies = { OK(FLUSH), STORED(SET), HIT(GET, NO_FLAGS, VALUE("2")) },
	};
	static const struct packet miss = REQUEST(GET, KEY("@a"));
	struct client *c = client_open();
	long began = client_now_ms();

	(void)state;
	packet_run(c, &begin, "begin", __LINE__);
	wait_until_missing(c, &miss, began + 10000);
	/* memcached flushes one second early */
	if (client_now_ms() - began < 1900)
		client_fail("flushed too soon");
	packet_run(c, &end, "end", __LINE__);
}

static const struct table_test functions[] = {
	{ "version", .function = test_version },
	{ "both protocols see the same items", .function = test_both_protocols },
	{ "text that comes first", .function = test_text_first },
	{ "items expire", .function = test_expiry },
	{ "flush with a delay", .function = test_delayed_flush },
};

int main(int argc, char **argv)
{
	struct table_test tests[table_length(rows) + table_length(functions)];
	size_t count = 0;

	client_init(argc, argv);
	for (size_t i = 0; i < table_length(rows); i++)
		tests[count++] = (struct table_test){
			.name = rows[i].name,
			.function = packet_run_row,
			.state = &rows[i],
			.since = rows[i].since,
			.quirk = rows[i].quirk,
		};
	for (size_t i = 0; i < table_length(functions); i++)
		tests[count++] = functions[i];
	return table_run("binary", NULL, 0, tests, count);
}
