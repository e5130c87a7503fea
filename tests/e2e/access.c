// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/packet.c tests/e2e/counters.c
//
// access HOST PORT WHAT: a server that does not allow everything. WHAT is
//
//	auth		clients must say who they are; the tokens are foo:bar, abc:x:y, u:p q
//			and one of 254 bytes (memcached -Y FILE)
//	sasl-locked	the same in the binary protocol, and nobody succeeds (memcached -S)
//	sasl		the same, with those tokens
//	noflush		memcached -F
//	nodump		memcached -X
//	text, binary	one protocol, whatever the first byte is (memcached -B ascii, -B binary)
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counters.h"
#include "opcodes.h"
#include "table.h"

#define LOCKED "CLIENT_ERROR unauthenticated\r\n"
#define FAILED "CLIENT_ERROR authentication failure\r\n"
#define NO_SPACE "CLIENT_ERROR bad authentication token format\r\n"
#define NO_END "CLIENT_ERROR bad command line termination\r\n"
#define NO_FLUSH "CLIENT_ERROR flush_all not allowed\r\n"
#define LOGIN "set x 0 0 7\r\nfoo bar\r\n"

/* As many as there may be in a name and a password. */
#define LONG_USER "n{x99}"
#define LONG_PASSWORD "{x153}p"

/*
 * One request at a time, and nothing behind it by which the end of the reply would be known:
 * what is too much shows in the next exchange. (memcached 1.6.18 forgets replies to what is
 * sent together.)
 */
static const struct row auth_rows[] = {
	{ "nothing is answered before", .steps = {
		STEP("get @a\r\n", LOCKED), STEP("gets @a @b @c\r\n", LOCKED),
		STEP("version\r\n", LOCKED), STEP("stats\r\n", LOCKED), STEP("quit\r\n", LOCKED),
		STEP("mn\r\n", LOCKED), STEP("mg @a v\r\n", LOCKED),
		STEP("flush_all noreply\r\n", LOCKED),
	} },
	{ "nor is anything done", .steps = {
		STEP("delete @a noreply\r\n", LOCKED), STEP("incr @a 1\r\n", LOCKED),
		STEP("ms @a 7\r\n", LOCKED), STEP("foo bar\r\n", LOCKED),
		STEP("add @a 0 0 7\r\n", LOCKED), STEP("foo bar\r\n", LOCKED),
		STEP(LOGIN, "STORED\r\n"), STEP("get @a x\r\n", "END\r\n"),
	} },
	{ "what is no request", .steps = {
		STEP("\r\n", LOCKED), STEP(" \r\n", LOCKED), STEP("   \r\n", LOCKED),
		STEP("set\r\n", LOCKED), STEP("set x 0 0\r\n", LOCKED),
		STEP("set x 0 0 x\r\n", LOCKED),
		STEP("set x 0 0 -1\r\n", LOCKED), STEP("GET / HTTP/1.1\r\n", LOCKED),
	} },
	{ "an empty line", .since = CLIENT_TARGET, .steps = {
		STEP("\n", LOCKED), STEP(LOGIN, "STORED\r\n"),
	} },
	{ "name and password", .steps = {
		STEP(LOGIN, "STORED\r\n"), STEP("get @a\r\n", "END\r\n"),
		STEP("set @a 0 0 7\r\nfoo baz\r\n", "STORED\r\n"),
		STEP("get @a\r\n", "VALUE @a 0 7\r\nfoo baz\r\nEND\r\n"),
	} },
	{ "and a request at the same time", .steps = {
		STEP(LOGIN "get @a\r\nmn\r\n", "STORED\r\nEND\r\nMN\r\n"),
	} },
	{ "the line is not looked at but for the length", .steps = {
		STEP("set x what ever 7 noreply\r\nfoo bar\r\n", "STORED\r\n"),
	} },
	{ "a key that is too long", .steps = {
		STEP("set {251} 0 0 7\nfoo bar\r\n", "STORED\r\n"),
	} },
	{ "others", .steps = {
		STEP("set x 0 0 7\r\nfoo baz\r\n", FAILED), STEP("version\r\n", LOCKED),
		STEP("set x 0 0 7\r\nabc x:y\r\n", "STORED\r\n"),
	} },
	{ "the longest", .steps = {
		STEP("set x 0 0 255\r\n" LONG_USER " " LONG_PASSWORD "\r\n", "STORED\r\n"),
	} },
	{ "beginnings and more", .steps = {
		STEP("set x 0 0 6\r\nfoo ba\r\n", FAILED), STEP("set x 0 0 5\r\nfoo b\r\n", FAILED),
		STEP("set x 0 0 8\r\nfoo barr\r\n", FAILED),
		STEP("set x 0 0 6\r\nfo bar\r\n", FAILED),
		STEP("set x 0 0 8\r\nfooo bar\r\n", FAILED),
		STEP("set x 0 0 7\r\nbar foo\r\n", FAILED),
		STEP("set x 0 0 7\r\nFoo bar\r\n", FAILED),
		STEP("set x 0 0 7\r\nfoo Bar\r\n", FAILED),
	} },
	{ "of another", .steps = {
		STEP("set x 0 0 7\r\nfoo x:y\r\n", FAILED),
		STEP("set x 0 0 7\r\nabc bar\r\n", FAILED),
		STEP("set x 0 0 5\r\nabc y\r\n", FAILED),
		STEP("set x 0 0 7\r\nabc:x y\r\n", FAILED),
		STEP("set x 0 0 3\r\na b\r\n", FAILED),
		STEP("version\r\n", LOCKED),
	} },
	{ "with a NUL", .since = CLIENT_TARGET, .steps = {
		STEP("set x 0 0 8\r\nfoo bar\0\r\n", FAILED),
		STEP("set x 0 0 9\r\nfoo\0 bar\0\r\n", FAILED),
	} },
	{ "the password is all behind the first space", .since = CLIENT_TARGET, .steps = {
		STEP("set x 0 0 8\r\nfoo  bar\r\n", FAILED),
		STEP("set x 0 0 8\r\nfoo bar \r\n", FAILED),
		STEP("set x 0 0 8\r\n foo bar\r\n", FAILED),
		STEP("set x 0 0 4\r\nfoo \r\n", FAILED),
		STEP("set x 0 0 1\r\n \r\n", FAILED),
		STEP("set x 0 0 5\r\nu p q\r\n", "STORED\r\n"),
	} },
	{ "one word", .steps = {
		STEP("set x 0 0 3\r\nfoo\r\n", NO_SPACE),
		STEP("set x 0 0 7\r\nfoo:bar\r\n", NO_SPACE),
		STEP("set x 0 0 0\r\n\r\n", NO_SPACE), STEP(LOGIN, "STORED\r\n"),
	} },
	{ "no end", .steps = {
		STEP("set x 0 0 7\r\nfoo barxx", NO_END),
		STEP("set x 0 0 7\r\nfoo bar\n\n", NO_END),
		STEP(LOGIN, "STORED\r\n"),
	} },
	{ "long ones", .steps = {
		STEP("set x 0 0 5004\r\nfoo {x5000}\r\n", FAILED),
		STEP("set x 0 0 5003\r\nfoo{x5000}\r\n", NO_SPACE),
		STEP("set x 0 0 2000\r\n{x2000}xx", NO_END), STEP(LOGIN, "STORED\r\n"),
	} },
	{ "as long as may be", .since = CLIENT_TARGET, .whole = true, .steps = {
		STEP("set x 0 0 16384\r\nfoo {x16380}\r\n", FAILED), STEP(LOGIN, "STORED\r\n"),
	} },
	{ "longer", .since = CLIENT_TARGET, .steps = {
		STEP("set x 0 0 16385\r\n", "CLIENT_ERROR auth token too long\r\n{close}"),
	} },
	{ "much longer", .since = CLIENT_TARGET, .steps = {
		STEP("set x 0 0 4294967295\r\n", "CLIENT_ERROR auth token too long\r\n{close}"),
	} },
	{ "a long line", .whole = true, .steps = { STEP("{x3000}", "{close}") } },
	{ "many keys", .whole = true, .steps = {
		STEP("get {250} {250} {250} {250} {250} {250} {250} {250} {250} ", "{close}"),
	} },
};

static void expect_alone(struct client *c, const struct step *step, const char *name, int line)
{
	struct bytes request = { 0 }, wanted = { 0 }, got = { 0 };
	bool closes = step->reply_len >= 7 &&
		      !memcmp(step->reply + step->reply_len - 7, "{close}", 7);
	enum client_end end;

	script_expand(&request, step->request, step->request_len);
	script_expand(&wanted, step->reply, step->reply_len - (closes ? 7 : 0));
	end = client_exchange(c, request.data, request.len, &got, wanted.len, closes ? NULL : "");
	script_compare(&got, &wanted, name, line);
	if (closes && end != CLIENT_CLOSED)
		client_fail("%s: the connection is not closed", name);
	bytes_free(&request);
	bytes_free(&wanted);
	bytes_free(&got);
}

static void run_alone(void **state)
{
	const struct row *row = *state;

	for (int bytewise = 0; bytewise < (row->whole ? 1 : 2); bytewise++) {
		struct client *c = client_open();

		script_setup(NULL);
		c->bytewise = bytewise;
		for (int i = 0; i < TABLE_STEPS && row->steps[i].request; i++)
			expect_alone(c, &row->steps[i], row->name, i + 1);
		client_close(c);
	}
}

static struct client *log_in(void)
{
	struct client *c = client_open_first();
	struct bytes got = { 0 };

	client_exchange(c, LOGIN, strlen(LOGIN), &got, 8, "");
	if (got.len != 8 || memcmp(got.data, "STORED\r\n", 8)) {
		printf("Bail out! foo bar is not let in\n");
		exit(1);
	}
	bytes_free(&got);
	return c;
}

static const char *const attempts[] = {
	"set x 0 0 7\r\nfoo bar\r\n", "set x 0 0 7\r\nfoo baz\r\n", "set x 0 0 7\r\nbar foo\r\n",
	/* these are none */
	"set x 0 0 3\r\nfoo\r\n", "set x 0 0 7\r\nfoo barxx", "get x\r\n",
};

static void attempts_are_counted(void **state)
{
	static struct counters before, after;
	struct client *c = log_in();

	(void)state;
	counters_read(c, "stats\r\n", &before);
	for (size_t i = 0; i < table_length(attempts); i++) {
		struct client *other = client_open();
		struct bytes got = { 0 };

		client_exchange(other, attempts[i], strlen(attempts[i]), &got, 8, "\r\n");
		bytes_free(&got);
		client_close(other);
	}
	counters_read(c, "stats\r\n", &after);
	assert_int_equal(counters_number(&after, "auth_cmds"),
			 counters_number(&before, "auth_cmds") + 3);
	assert_int_equal(counters_number(&after, "auth_errors"),
			 counters_number(&before, "auth_errors") + 2);
	assert_int_equal(counters_number(&after, "cmd_set"), counters_number(&before, "cmd_set"));
}

#define DENIED(opcode) REPLY(opcode, .status = 0x20, VALUE("Auth failure."))
#define PLAIN_KEY KEY("PLAIN")
#define SET_A REQUEST(SET, PLAIN, KEY("@a"), VALUE("v"))
#define WELCOME(opcode) REPLY(opcode, VALUE("Authenticated"))

/* Everything but SASL is answered so, and then the connection is closed. */
#define SHUT_OUT(_name, _request, _opcode) { _name, .steps = { { \
	.requests = { _request, REQUEST(NOOP) }, .replies = { DENIED(_opcode) }, \
	.closes = true } } }

/* What is answered, and no more than that. */
#define STAYS_OUT(_name, _reply, ...) { _name, .steps = { { \
	.requests = { __VA_ARGS__, REQUEST(NOOP) }, .replies = { _reply, DENIED(NOOP) }, \
	.closes = true } } }

static const struct packet_row locked_rows[] = {
	STAYS_OUT("mechanisms", REPLY(SASL_LIST, VALUE("PLAIN")), REQUEST(SASL_LIST)),
	SHUT_OUT("noop", REQUEST(NOOP), NOOP),
	SHUT_OUT("get", REQUEST(GET, KEY("@a")), GET),
	SHUT_OUT("a quiet get", REQUEST(GETQ, KEY("@a")), GETQ),
	SHUT_OUT("set", REQUEST(SET, PLAIN, KEY("@a"), VALUE("v")), SET),
	SHUT_OUT("a quiet set", REQUEST(SETQ, PLAIN, KEY("@a"), VALUE("v")), SETQ),
	SHUT_OUT("delete", REQUEST(DELETE, KEY("@a")), DELETE),
	SHUT_OUT("flush", REQUEST(FLUSH), FLUSH),
	SHUT_OUT("stat", REQUEST(STAT), STAT),
	SHUT_OUT("quit", REQUEST(QUIT), QUIT),
	SHUT_OUT("what is not known", REQUEST(NOTHING, KEY("@a"), VALUE("v")), NOTHING),
	SHUT_OUT("what is malformed", REQUEST(GET), GET),
	{ "lengths that contradict each other", .steps = { {
		.requests = { REQUEST(GET, KEY("abcd"), LENGTHS(0, 4, 3)) },
		.replies = { UNKNOWN(GET) }, .closes = true } } },
	STAYS_OUT("a wrong password", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0baz"))),
	STAYS_OUT("a beginning of it", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0ba"))),
	STAYS_OUT("one part", DENIED(SASL_AUTH), REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("foo"))),
	STAYS_OUT("a long one", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0"), .fill = 5000)),
	STAYS_OUT("another mechanism", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, KEY("CRAM-MD5"), VALUE("\0foo\0bar"))),
	STAYS_OUT("a beginning of a mechanism", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, KEY("PLAI"), VALUE("\0foo\0bar"))),
	STAYS_OUT("a mechanism with a long name", INVALID(SASL_AUTH),
		  REQUEST(SASL_AUTH, KEY("{33}"), VALUE("\0foo\0bar"))),
	STAYS_OUT("nothing, which is to be continued", REPLY(SASL_AUTH, .status = 0x21),
		  REQUEST(SASL_AUTH, PLAIN_KEY)),
	STAYS_OUT("a step of nothing", DENIED(SASL_STEP),
		  REQUEST(SASL_STEP, PLAIN_KEY, VALUE("\0foo\0bar"))),
	{ "malformed ones", .steps = { {
		.requests = { REQUEST(SASL_LIST, KEY("@a")) },
		.replies = { INVALID(SASL_LIST) }, .closes = true } } },
	{ "no mechanism", .steps = { {
		.requests = { REQUEST(SASL_AUTH, VALUE("\0foo\0bar")) },
		.replies = { INVALID(SASL_AUTH) }, .closes = true } } },
};

#define LOGIN_PACKET REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0bar"))

static const struct packet_row open_rows[] = {
	{ "name and password", .steps = {
		{ .requests = { REQUEST(SASL_LIST), REQUEST(VERSION), LOGIN_PACKET },
		  .replies = { REPLY(SASL_LIST, VALUE("PLAIN")), REPLY(VERSION, VALUE("1.6.45")),
			       WELCOME(SASL_AUTH) } },
		{ .requests = { SET_A, REQUEST(GET, KEY("@a")) },
		  .replies = { STORED(SET), HIT(GET, NO_FLAGS, VALUE("v")) } },
	} },
	{ "others", .steps = {
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0abc\0x:y")) },
		  .replies = { WELCOME(SASL_AUTH) } },
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0u\0p q")) },
		  .replies = { WELCOME(SASL_AUTH) } },
	} },
	{ "after a wrong one", .steps = {
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0baz")), LOGIN_PACKET },
		  .replies = { DENIED(SASL_AUTH), WELCOME(SASL_AUTH) } },
	} },
	{ "as oneself", .steps = {
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("foo\0foo\0bar")) },
		  .replies = { WELCOME(SASL_AUTH) } },
	} },
	STAYS_OUT("as somebody else", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("abc\0foo\0bar"))),
	STAYS_OUT("with something behind it", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0bar\0"))),
	STAYS_OUT("without the first part", DENIED(SASL_AUTH),
		  REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("foo\0bar"))),
	{ "in two steps", .steps = {
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY),
				REQUEST(SASL_STEP, PLAIN_KEY, VALUE("\0foo\0bar")) },
		  .replies = { REPLY(SASL_AUTH, .status = 0x21), WELCOME(SASL_STEP) } },
	} },
	{ "a step too many", .steps = { {
		.requests = { REQUEST(SASL_AUTH, PLAIN_KEY),
			      REQUEST(SASL_STEP, PLAIN_KEY, VALUE("\0foo\0baz")),
			      REQUEST(SASL_STEP, PLAIN_KEY, VALUE("\0foo\0bar")), REQUEST(NOOP) },
		.replies = { REPLY(SASL_AUTH, .status = 0x21), DENIED(SASL_STEP), DENIED(SASL_STEP),
			     DENIED(NOOP) }, .closes = true,
	} } },
	/* memcached does so, too */
	{ "a new attempt takes back the one before", .steps = {
		{ .requests = { LOGIN_PACKET }, .replies = { WELCOME(SASL_AUTH) } },
		{ .requests = { REQUEST(SASL_AUTH, PLAIN_KEY, VALUE("\0foo\0baz")), REQUEST(NOOP) },
		  .replies = { DENIED(SASL_AUTH), DENIED(NOOP) }, .closes = true },
	} },
};

static int run_packets(const struct packet_row *rows, size_t count)
{
	struct table_test *tests = calloc(count, sizeof(*tests));

	for (size_t i = 0; i < count; i++)
		tests[i] = (struct table_test){ .name = rows[i].name, .function = packet_run_row,
						.state = &rows[i] };
	return table_run("access", NULL, 0, tests, count);
}

static int run_auth(void)
{
	size_t count = table_length(auth_rows);
	struct table_test *tests = calloc(count + 1, sizeof(*tests));

	client_learn(log_in());
	for (size_t i = 0; i < count; i++)
		tests[i] = (struct table_test){ .name = auth_rows[i].name, .function = run_alone,
						.state = &auth_rows[i],
						.since = auth_rows[i].since };
	tests[count] = (struct table_test){ .name = "attempts are counted",
					    .function = attempts_are_counted };
	return table_run("access", NULL, 0, tests, count + 1);
}

static const struct row noflush_rows[] = {
	{ "flush_all", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nflush_all\r\n", "STORED\r\n" NO_FLUSH),
		STEP("flush_all 0\r\nflush_all 10\r\n",
		     NO_FLUSH NO_FLUSH),
		STEP("flush_all noreply\r\n", ""),
		STEP("get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
};

static const struct packet_row noflush_packets[] = {
	{ "flush in the binary protocol", .steps = {
		{ .requests = { SET_A, REQUEST(FLUSH), REQUEST(FLUSHQ),
				REQUEST(FLUSH, NEVER), REQUEST(GET, KEY("@a")) },
		  .replies = { STORED(SET), DENIED(FLUSH), DENIED(FLUSHQ), DENIED(FLUSH),
			       HIT(GET, NO_FLAGS, VALUE("v")) } },
	} },
};

/* memcached counts all of them. */
static void refused_flushes_are_counted(void **state)
{
	static const struct counting counting = {
		.name = "flush_all",
		.step = STEP("flush_all\r\nflush_all noreply\r\n", NO_FLUSH),
		.changes = { { "cmd_flush", 2 } },
	};
	struct client *c = client_open();

	(void)state;
	counters_check(c, &counting);
}

static void assert_setting(const char *name, const char *value)
{
	static struct counters settings;

	counters_read(client_open(), "stats settings\r\n", &settings);
	assert_string_equal(counters_text(&settings, name), value);
}

static void flush_is_off(void **state)
{
	(void)state;
	assert_setting("flush_enabled", "no");
}

static int run_noflush(void)
{
	const struct table_test tests[] = {
		{ .name = noflush_packets[0].name, .function = packet_run_row,
		  .state = &noflush_packets[0] },
		{ .name = "refused ones are counted", .function = refused_flushes_are_counted },
		{ .name = "stats settings says so", .function = flush_is_off },
	};

	return table_run("access", noflush_rows, table_length(noflush_rows), tests,
			 table_length(tests));
}

static const struct row nodump_rows[] = {
	{ "stats cachedump", .steps = {
		STEP("stats cachedump 1 1\r\nstats cachedump\r\n",
		     "CLIENT_ERROR stats cachedump not allowed\r\n"
		     "CLIENT_ERROR stats cachedump not allowed\r\n"),
	} },
	{ "stats detail", .since = CLIENT_TARGET, .steps = {
		STEP("stats detail on\r\nstats detail\r\nstats detail dump\r\n",
		     "CLIENT_ERROR stats detail not allowed\r\n"
		     "CLIENT_ERROR stats detail not allowed\r\n"
		     "CLIENT_ERROR stats detail not allowed\r\n"),
	} },
	{ "other statistics", .steps = { STEP("stats reset\r\n", "RESET\r\n") } },
};

static void dump_is_off(void **state)
{
	(void)state;
	assert_setting("dump_enabled", "no");
}

static int run_nodump(void)
{
	static const struct table_test test = {
		.name = "stats settings says so", .function = dump_is_off,
	};

	return table_run("access", nodump_rows, table_length(nodump_rows), &test, 1);
}

static const struct row text_rows[] = {
	{ "a binary request is a line", .steps = {
		STEP("\x80\x0b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\r\n", "ERROR\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "with a line end in it, two", .steps = {
		STEP("\x80\x01\x02\x03\x0a\0\0\0\0\0\0\r\n", "ERROR\r\nERROR\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
};

static void protocol_is_text(void **state)
{
	(void)state;
	assert_setting("binding_protocol", "ascii");
}

static int run_text(void)
{
	static const struct table_test test = {
		.name = "stats settings says so", .function = protocol_is_text,
	};

	return table_run("access", text_rows, table_length(text_rows), &test, 1);
}

static const struct packet_row binary_rows[] = {
	{ "packets", .steps = {
		{ .requests = { SET_A, REQUEST(GET, KEY("@a")) },
		  .replies = { STORED(SET), HIT(GET, NO_FLAGS, VALUE("v")) } },
	} },
};

/* As soon as there is as much of them as a header, and without a word. */
static void lines_are_none(void **state)
{
	static const char lines[] = "version\r\nversion\r\nversion\r\n";
	struct client *c = client_open();
	struct bytes got = { 0 };

	(void)state;
	assert_int_equal(client_exchange(c, lines, strlen(lines), &got, 0, NULL), CLIENT_CLOSED);
	assert_int_equal(got.len, 0);
	bytes_free(&got);
}

static int run_binary(void)
{
	const struct table_test tests[] = {
		{ .name = binary_rows[0].name, .function = packet_run_row,
		  .state = &binary_rows[0] },
		{ .name = "lines", .function = lines_are_none },
	};

	return table_run("access", NULL, 0, tests, table_length(tests));
}

static const struct {
	const char *name;
	int (*run)(void);
	bool answers;	/* a line that asks for the version */
} kinds[] = {
	{ "auth", run_auth, false },
	{ "noflush", run_noflush, true },
	{ "nodump", run_nodump, true },
	{ "text", run_text, true },
	{ "binary", run_binary, false },
};

int main(int argc, char **argv)
{
	client_find(argc, argv);
	if (!client_argument)
		client_argument = "";
	if (!strcmp(client_argument, "sasl"))
		return run_packets(open_rows, table_length(open_rows));
	if (!strcmp(client_argument, "sasl-locked"))
		return run_packets(locked_rows, table_length(locked_rows));
	for (size_t i = 0; i < table_length(kinds); i++) {
		if (strcmp(client_argument, kinds[i].name))
			continue;
		if (kinds[i].answers)
			client_learn(client_open_first());
		return kinds[i].run();
	}
	fprintf(stderr, "usage: %s HOST PORT auth|sasl|sasl-locked|noflush|nodump|text|binary\n",
		argv[0]);
	return 2;
}
