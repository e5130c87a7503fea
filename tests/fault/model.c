// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "inject.h"
#include "model.h"
#include "tests/e2e/client.h"

/* What a client is told that the server has no memory for. */
#define NO_MEMORY_STORE "SERVER_ERROR out of memory storing object\r\n"
#define NO_MEMORY "SERVER_ERROR out of memory\r\n"

/* How the answer begins to the request by which client_fence() finds the end of another. */
#define FENCE_REPLY "VERSION "

/* How often a get may be cut off before that is no bad luck any more. */
#define GET_TRIES 100

/* What ask() says besides the number of an answer. */
#define CUT (-1)

unsigned int model_complaints;
bool model_evicts;

static struct client *conn;

/**
 * wrong() - the server has done what it must not
 * @format: as for printf: what it was
 */
void wrong(const char *format, ...)
{
	va_list args;

	printf("# wrong: ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	exit(1);
}

/**
 * model_hang_up() - have the next request open a connection of its own
 */
void model_hang_up(void)
{
	if (conn)
		client_close(conn);
	conn = NULL;
}

/*
 * A server that has accepted a connection and has no memory for it resets it, which may be before
 * connect() has noticed that it is there: then connect() fails of the reset. It is a complaint like
 * that of a connection which ends a moment later.
 */
static struct client *open_plain_connection(void)
{
	struct client *c;
	int tries;

	for (tries = 0; tries < 10; tries++) {
		c = client_try_open();
		if (c)
			return c;
		if (errno != ECONNRESET)
			break;
		model_complaints++;
	}
	wrong("nobody listens: %s", strerror(errno));
}

/**
 * model_connect() - open a connection that notices when it is cut off
 *
 * A reset is not sent again when it is lost, or when there was no memory for it.
 * Whoever waits for an answer learns of it by asking whether the other side is still
 * there, as clients do, only less often.
 *
 * Return: the connection.
 */
struct client *model_connect(void)
{
	struct client *c = open_plain_connection();
	int one = 1;

	setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	setsockopt(c->fd, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof(one));
	setsockopt(c->fd, IPPROTO_TCP, TCP_KEEPINTVL, &one, sizeof(one));
	return c;
}

static void open_connection(void)
{
	conn = model_connect();
}

/* Send a request. True: @reply is all of the answer; false: as far as it came. */
static bool converse(const struct bytes *request, struct bytes *reply)
{
	enum client_end end;

	if (!conn)
		open_connection();
	end = client_fence(conn, request->data, request->len, reply, 0);
	if (end == CLIENT_STALLED)
		wrong("no answer to %.*s", (int)strcspn(request->data, "\r"), request->data);
	if (end == CLIENT_COMPLETE)
		return true;
	model_hang_up();
	model_complaints++;
	return false;
}

/* Was a reset the last thing for which there was no memory? */
static bool is_reset_lost(void)
{
	struct bytes last = { 0 };
	const char *line;
	bool lost;

	inject_read("last", &last);
	if (last.len)
		last.data[last.len - 1] = '\0';
	line = strrchr(last.data, '\n');
	lost = strstr(line ? line : last.data, "tcp_send_active_reset");
	bytes_free(&last);
	return lost;
}

/*
 * Send the last request of a connection, and read until that ends. We must be told,
 * for nothing else is sent that would find out; only a lost reset is an excuse. The
 * answer is acknowledged late, to be still on its way when the server shuts its side.
 */
static void converse_last(const struct bytes *request, bool shut, struct bytes *reply)
{
	int zero = 0;

	model_hang_up();
	conn = open_plain_connection();
	setsockopt(conn->fd, IPPROTO_TCP, TCP_QUICKACK, &zero, sizeof(zero));
	/* MORE: it waits for the FIN, and both arrive at once */
	send(conn->fd, request->data, request->len, MSG_NOSIGNAL | (shut ? MSG_MORE : 0));
	if (shut)
		shutdown(conn->fd, SHUT_WR);
	if (client_exchange(conn, "", 0, reply, 0, NULL) == CLIENT_STALLED && !is_reset_lost())
		wrong("the connection does not end after %.*s%s, and %zu bytes of answer",
		      (int)strcspn(request->data, "\r"), request->data, shut ? ", FIN" : "",
		      reply->len);
	model_hang_up();
}

static bool is_prefix(const struct bytes *part, const char *whole, size_t len)
{
	return part->len <= len && !memcmp(part->data, whole, part->len);
}

static bool is_text(const struct bytes *reply, const char *text)
{
	return reply->len == strlen(text) && is_prefix(reply, text, reply->len);
}

/* Is this how an answer begins, or an answer and what the fence is answered? */
static bool is_begun(const struct bytes *reply, const struct bytes *answer)
{
	struct bytes rest = { 0 };

	if (reply->len <= answer->len)
		return is_prefix(reply, answer->data, answer->len);
	rest.data = reply->data + answer->len;
	rest.len = reply->len - answer->len;
	if (rest.len > strlen(FENCE_REPLY))
		rest.len = strlen(FENCE_REPLY);
	return !memcmp(reply->data, answer->data, answer->len) &&
	       is_prefix(&rest, FENCE_REPLY, strlen(FENCE_REPLY));
}

static bool is_same(const struct bytes *reply, const struct bytes *answer)
{
	return reply->len == answer->len && !memcmp(reply->data, answer->data, answer->len);
}

/*
 * Which of the answers came. A connection that is closed in the middle of one is no
 * answer, but what came of it must have begun one of them.
 */
static int find_answer(const struct bytes *request, const struct bytes *reply, bool complete,
		       const struct bytes *answers, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (complete ? is_same(reply, &answers[i]) : is_begun(reply, &answers[i]))
			break;
	if (i == count && (complete || !is_text(reply, MODEL_NO_MEMORY_READ))) {
		bytes_explain("got", reply->data, reply->len, 0);
		wrong("to %.*s", (int)strcspn(request->data, "\r"), request->data);
	}
	return complete ? i : CUT;
}

/* Send a request; which of the answers came. */
static int ask(const struct bytes *request, const struct bytes *answers, int count)
{
	struct bytes reply = { 0 };
	bool complete = converse(request, &reply);
	int got = find_answer(request, &reply, complete, answers, count);

	bytes_free(&reply);
	return got;
}

/* The same for the last request of a connection, of whose answer this is the end. */
static int ask_last(const struct bytes *request, bool shut, const char *end,
		    const struct bytes *answers, int count)
{
	size_t len = strlen(end);
	struct bytes reply = { 0 };
	bool complete;
	int got;

	converse_last(request, shut, &reply);
	complete = reply.len >= len && !memcmp(reply.data + reply.len - len, end, len);
	model_complaints += !complete;
	got = find_answer(request, &reply, complete, answers, count);
	bytes_free(&reply);
	return got;
}

/* The same for answers that are one line; they end with a NULL. */
static int ask_line(const struct bytes *request, const char *const *answers)
{
	struct bytes bytes[4];
	int count;

	for (count = 0; answers[count]; count++)
		bytes[count] = (struct bytes){ .data = (char *)answers[count],
					       .len = strlen(answers[count]) };
	return ask(request, bytes, count);
}

static void forget_values(struct fact *fact)
{
	while (fact->count)
		bytes_free(&fact->value[--fact->count]);
}

static void add_value(struct fact *fact, const void *data, size_t len)
{
	if (fact->count == FACT_VALUES)
		wrong("too much is possible for %s", fact->key);
	bytes_add(&fact->value[fact->count++], data, len);
}

/* Nothing but this value is possible any more. */
static void settle(struct fact *fact, const struct bytes *value)
{
	struct bytes copy = { 0 };

	bytes_add(&copy, value->data, value->len);
	forget_values(fact);
	fact->missing = model_evicts;
	fact->value[fact->count++] = copy;
}

/* Nothing is. */
static void settle_missing(struct fact *fact)
{
	forget_values(fact);
	fact->missing = true;
}

/**
 * model_fact_init() - begin with a key that is missing
 * @fact: uninitialised
 * @key: the key, which nobody else uses
 */
void model_fact_init(struct fact *fact, const char *key)
{
	memset(fact, 0, sizeof(*fact));
	fact->key = key;
	fact->missing = true;
}

/* Ask until it is known what is stored. */
static void find_out(struct fact *fact)
{
	int tries;

	for (tries = 0; fact->count + (fact->missing && !model_evicts) > 1; tries++) {
		if (tries == GET_TRIES)
			wrong("no get of %s is answered", fact->key);
		model_get(fact, 1);
	}
}

/* A refused set removes what was there; that of a set without an answer may have. */
static void set(struct fact *fact, const struct bytes *value)
{
	static const char *const answers[] = { "STORED\r\n", NO_MEMORY_STORE, NULL };
	struct bytes request = { 0 };

	bytes_printf(&request, "set %s 7 0 %zu\r\n", fact->key, value->len);
	bytes_add(&request, value->data, value->len);
	bytes_add(&request, "\r\n", 2);
	switch (ask_line(&request, answers)) {
	case 0:
		settle(fact, value);
		break;
	case 1:
		model_complaints++;
		settle_missing(fact);
		break;
	default:
		fact->missing = true;
		add_value(fact, value->data, value->len);
		break;
	}
	bytes_free(&request);
}

/**
 * model_set() - set a key
 * @fact: the key
 * @fill: what the value consists of
 * @len: its length
 */
void model_set(struct fact *fact, char fill, size_t len)
{
	struct bytes value = { 0 };

	find_out(fact);
	bytes_fill(&value, fill, len);
	set(fact, &value);
	bytes_free(&value);
}

/**
 * model_set_number() - set a key to a number
 * @fact: the key
 * @number: the number
 */
void model_set_number(struct fact *fact, unsigned long number)
{
	struct bytes value = { 0 };

	find_out(fact);
	bytes_printf(&value, "%lu", number);
	set(fact, &value);
	bytes_free(&value);
}

/* How a value changes: @out is @old as the request makes it. */
typedef void change_fn(struct bytes *out, const struct bytes *old, const void *arg);

/* All values that are possible may have been changed, or not, unless it is known which. */
static void change(struct fact *fact, change_fn *fn, const void *arg, bool sure)
{
	unsigned int i, count = fact->count;

	for (i = 0; i < count; i++) {
		struct bytes new = { 0 };

		fn(&new, &fact->value[i], arg);
		if (sure) {
			bytes_free(&fact->value[i]);
			fact->value[i] = new;
		} else {
			add_value(fact, new.data, new.len);
			bytes_free(&new);
		}
	}
}

struct concat {
	const char *text;
	bool before;
};

static void concat(struct bytes *out, const struct bytes *old, const void *arg)
{
	const struct concat *what = arg;

	if (what->before)
		bytes_add(out, what->text, strlen(what->text));
	bytes_add(out, old->data, old->len);
	if (!what->before)
		bytes_add(out, what->text, strlen(what->text));
}

/**
 * model_add_to() - append or prepend
 * @fact: the key
 * @verb: which of them
 * @text: what
 */
void model_add_to(struct fact *fact, const char *verb, const char *text)
{
	static const char *const answers[] = { "STORED\r\n", "NOT_STORED\r\n", NO_MEMORY_STORE,
					       NULL };
	struct concat what = { .text = text, .before = verb[0] == 'p' };
	struct bytes request = { 0 };
	int got;

	find_out(fact);
	bytes_printf(&request, "%s %s 0 0 %zu\r\n%s\r\n", verb, fact->key, strlen(text), text);
	got = ask_line(&request, answers);
	if (got == 0 && !fact->count)
		wrong("%s to nothing", verb);
	if (got == 0)
		fact->missing = model_evicts;
	if (got == 0 || got == CUT)
		change(fact, concat, &what, got == 0);
	if (got == 2 || (got == 1 && !fact->missing))
		model_complaints++;
	bytes_free(&request);
}

/* The sum in as many digits as the value has, or more. */
static void add_number(struct bytes *out, const struct bytes *old, const void *arg)
{
	const unsigned long *amount = arg;
	char text[24];

	snprintf(text, sizeof(text), "%.*s", (int)old->len, old->data);
	bytes_printf(out, "%-*lu", (int)old->len, strtoul(text, NULL, 10) + *amount);
}

/**
 * model_incr() - add to a number
 * @fact: the key
 * @amount: how much
 */
void model_incr(struct fact *fact, unsigned long amount)
{
	struct bytes answers[FACT_VALUES + 2] = { { 0 } };
	struct bytes request = { 0 };
	unsigned int i, count;
	int got;

	find_out(fact);
	count = fact->count;
	for (i = 0; i < count; i++) {
		struct bytes sum = { 0 };

		add_number(&sum, &fact->value[i], &amount);
		bytes_printf(&answers[i], "%lu\r\n", strtoul(sum.data, NULL, 10));
		bytes_free(&sum);
	}
	bytes_printf(&answers[count], NO_MEMORY);
	bytes_printf(&answers[count + 1], "NOT_FOUND\r\n");
	bytes_printf(&request, "incr %s %lu\r\n", fact->key, amount);
	got = ask(&request, answers, count + 1 + fact->missing);
	if (got == CUT) {
		change(fact, add_number, &amount, false);
	} else if (got < (int)count) {
		struct bytes sum = { 0 };

		add_number(&sum, &fact->value[got], &amount);
		settle(fact, &sum);
		bytes_free(&sum);
	} else if (got == (int)count) {
		model_complaints++;
	} else {
		settle_missing(fact);
	}
	for (i = 0; i < count + 2; i++)
		bytes_free(&answers[i]);
	bytes_free(&request);
}

/**
 * model_delete() - delete a key
 * @fact: the key
 */
void model_delete(struct fact *fact)
{
	static const char *const answers[] = { "DELETED\r\n", "NOT_FOUND\r\n", NULL };
	struct bytes request = { 0 };
	int got;

	bytes_printf(&request, "delete %s\r\n", fact->key);
	got = ask_line(&request, answers);
	if ((got == 0 && !fact->count) || (got == 1 && !fact->missing))
		wrong("%s to delete %s", answers[got], fact->key);
	if (got == CUT)
		fact->missing = true;
	else
		settle_missing(fact);
	bytes_free(&request);
}

/**
 * model_touch() - change when a key expires, to never
 * @fact: the key
 */
void model_touch(struct fact *fact)
{
	static const char *const answers[] = { "TOUCHED\r\n", "NOT_FOUND\r\n", NULL };
	struct bytes request = { 0 };
	int got;

	bytes_printf(&request, "touch %s 0\r\n", fact->key);
	got = ask_line(&request, answers);
	if ((got == 0 && !fact->count) || (got == 1 && !fact->missing))
		wrong("%s to touch %s", answers[got], fact->key);
	bytes_free(&request);
}

static void compose_value(struct bytes *out, const struct fact *fact, unsigned int at)
{
	const struct bytes *value = &fact->value[at];

	bytes_printf(out, "VALUE %s 7 %zu\r\n", fact->key, value->len);
	bytes_add(out, value->data, value->len);
	bytes_add(out, "\r\n", 2);
}

/* All answers to a get of the key, many times over; the last one is a miss. */
static unsigned int compose_answers(struct bytes *answers, const struct fact *fact,
				    unsigned int times)
{
	unsigned int i, j;

	for (i = 0; i <= fact->count; i++) {
		for (j = 0; i < fact->count && j < times; j++)
			compose_value(&answers[i], fact, i);
		bytes_printf(&answers[i], "END\r\n");
	}
	return fact->count + fact->missing;
}

/* Which of the answers came says what is stored. */
static void settle_get(struct fact *fact, int got)
{
	if (got == (int)fact->count) {
		settle_missing(fact);
	} else if (got != CUT) {
		struct bytes value = { 0 };

		bytes_add(&value, fact->value[got].data, fact->value[got].len);
		settle(fact, &value);
		bytes_free(&value);
	}
}

static void judge_get(struct fact *fact, const struct bytes *request, unsigned int times)
{
	struct bytes answers[FACT_VALUES + 1] = { { 0 } };
	unsigned int i, count = compose_answers(answers, fact, times);

	settle_get(fact, ask(request, answers, count));
	for (i = 0; i <= FACT_VALUES; i++)
		bytes_free(&answers[i]);
}

static void get_last(struct fact *fact, const char *behind, bool shut)
{
	struct bytes answers[FACT_VALUES + 1] = { { 0 } };
	unsigned int i, count = compose_answers(answers, fact, 1);
	struct bytes request = { 0 };

	bytes_printf(&request, "get %s\r\n%s", fact->key, behind);
	settle_get(fact, ask_last(&request, shut, "END\r\n", answers, count));
	for (i = 0; i <= FACT_VALUES; i++)
		bytes_free(&answers[i]);
	bytes_free(&request);
}

/**
 * model_get_and_quit() - get a key, and have the server close the connection
 * @fact: the key, with a short value
 */
void model_get_and_quit(struct fact *fact)
{
	get_last(fact, "quit\r\n", false);
}

/**
 * model_get_and_shut() - get a key, and shut our side of the connection
 * @fact: the key, with a short value
 */
void model_get_and_shut(struct fact *fact)
{
	get_last(fact, "", true);
}

/**
 * model_get() - get a key
 * @fact: the key
 * @times: how often, in one request
 */
void model_get(struct fact *fact, unsigned int times)
{
	struct bytes request = { 0 };
	unsigned int i;

	bytes_printf(&request, "get");
	for (i = 0; i < times; i++)
		bytes_printf(&request, " %s", fact->key);
	bytes_printf(&request, "\r\n");
	judge_get(fact, &request, times);
	bytes_free(&request);
}

/**
 * model_get_in_pieces() - get a key by a line of which the server gets half first
 * @fact: the key
 *
 * The answer to the request before it says that the half has been read, too.
 */
void model_get_in_pieces(struct fact *fact)
{
	struct bytes request = { 0 };
	struct bytes reply = { 0 };

	bytes_printf(&request, "version\r\nget %.1s", fact->key);
	model_hang_up();
	open_connection();
	switch (client_exchange(conn, request.data, request.len, &reply, 10, "\r\n")) {
	case CLIENT_STALLED:
		wrong("no answer to half a line");
	case CLIENT_CLOSED:
		model_complaints++;
		model_hang_up();
		break;
	case CLIENT_COMPLETE:
		request.len = 0;
		bytes_printf(&request, "%s\r\n", fact->key + 1);
		/* without memory for the half the connection is closed by now */
		judge_get(fact, &request, 1);
		break;
	}
	bytes_free(&reply);
	bytes_free(&request);
}

/* The cas id of the value, or 0 if we were not told. */
static unsigned long long read_cas(const struct fact *fact)
{
	unsigned long long cas = 0;
	struct bytes request = { 0 };
	struct bytes reply = { 0 };
	char line[64];

	snprintf(line, sizeof(line), "VALUE %s 7 %%*u %%llu", fact->key);
	bytes_printf(&request, "gets %s\r\n", fact->key);
	if (converse(&request, &reply)) {
		*bytes_room(&reply, 1) = '\0';
		if (sscanf(reply.data, line, &cas) != 1 &&
		    !(fact->missing && is_text(&reply, "END\r\n")))
			wrong("to gets %s", fact->key);
	}
	bytes_free(&reply);
	bytes_free(&request);
	return cas;
}

/**
 * model_cas() - replace a key's value by its cas id
 * @fact: the key
 * @text: what by
 */
void model_cas(struct fact *fact, const char *text)
{
	static const char *const answers[] = { "STORED\r\n", NO_MEMORY_STORE, "NOT_FOUND\r\n",
					       NULL };
	struct bytes value = { .data = (char *)text, .len = strlen(text) };
	struct bytes request = { 0 };
	unsigned long long cas;
	int got;

	find_out(fact);
	cas = read_cas(fact);
	if (!cas)
		return;
	bytes_printf(&request, "cas %s 7 0 %zu %llu\r\n%s\r\n", fact->key, value.len, cas, text);
	got = ask_line(&request, answers);
	fact->missing = model_evicts;
	if (got == 2 && !model_evicts)
		wrong("%s to cas %s", answers[got], fact->key);
	if (got == 0)
		settle(fact, &value);
	else if (got == CUT)
		add_value(fact, value.data, value.len);
	else if (got == 2)
		settle_missing(fact);
	else
		model_complaints++;
	bytes_free(&request);
}

/**
 * model_flush() - flush all
 * @facts: all keys there are
 * @count: how many
 */
void model_flush(struct fact *facts, size_t count)
{
	static const char *const answers[] = { "OK\r\n", NULL };
	struct bytes request = { .data = (char *)"flush_all\r\n", .len = 11 };
	int got = ask_line(&request, answers);
	size_t i;

	for (i = 0; i < count; i++) {
		facts[i].missing = true;
		if (got == 0)
			forget_values(&facts[i]);
	}
}

/**
 * model_stats() - ask for statistics
 * @what: "stats" and its argument
 */
void model_stats(const char *what)
{
	struct bytes request = { 0 };
	struct bytes reply = { 0 };

	bytes_printf(&request, "%s\r\n", what);
	if (converse(&request, &reply) && !is_text(&reply, MODEL_NO_MEMORY_READ)) {
		*bytes_room(&reply, 1) = '\0';
		if (strncmp(reply.data, "STAT ", 5) ||
		    strcmp(reply.data + reply.len - 5, "END\r\n"))
			wrong("to %s: %s", what, reply.data);
	}
	bytes_free(&reply);
	bytes_free(&request);
}

/**
 * model_quit() - have the server close the connection
 */
void model_quit(void)
{
	struct bytes request = { .data = (char *)"quit\r\n", .len = 6 };
	struct bytes reply = { 0 };

	converse_last(&request, false, &reply);
	if (reply.len)
		wrong("to quit: %.*s", (int)reply.len, reply.data);
	bytes_free(&reply);
}

/**
 * model_port() - our side's port of the connection, which is opened if there is none
 *
 * Return: the port.
 */
int model_port(void)
{
	if (!conn)
		open_connection();
	return client_local_port(conn);
}

/**
 * model_converse() - send a request, and get all of its answer
 * @request: the request
 * @reply: the answer; a NUL follows it
 *
 * Return: false if the connection was cut, and the answer may be.
 */
bool model_converse(const char *request, struct bytes *reply)
{
	struct bytes bytes = { .data = (char *)request, .len = strlen(request) };
	bool complete = converse(&bytes, reply);

	*bytes_room(reply, 1) = '\0';
	return complete;
}

/**
 * model_ask() - send a request that has one answer
 * @request: the request
 * @answer: the answer
 *
 * Return: false if it did not come.
 */
bool model_ask(const char *request, const char *answer)
{
	struct bytes bytes = { .data = (char *)request, .len = strlen(request) };
	const char *const answers[] = { answer, NULL };

	return ask_line(&bytes, answers) != CUT;
}

/* What comes behind as much as was wanted, before the connection is closed. */
static bool receive(const struct bytes *request, size_t len, struct bytes *reply)
{
	enum client_end end;

	end = client_exchange(conn, request->data, request->len, reply, len, len ? "" : NULL);
	if (end == CLIENT_STALLED)
		wrong("no answer of %zu bytes, but %zu", len, reply->len);
	return end == CLIENT_COMPLETE;
}

/**
 * model_exchange() - send what cannot be followed by other requests
 * @request: any bytes
 * @answer: what is to be answered
 * @refusal: or else, before the connection is closed
 *
 * Return: true if the answer came; false if it was cut, or refused.
 */
bool model_exchange(const struct bytes *request, const struct bytes *answer,
		    const struct bytes *refusal)
{
	static const struct bytes nothing = { .data = (char *)"" };
	struct bytes reply = { 0 };
	bool same;

	if (!conn)
		open_connection();
	receive(request, answer->len, &reply);
	same = is_same(&reply, answer);
	if (!same && reply.len >= answer->len)
		receive(&nothing, 0, &reply);
	if (!same && !is_prefix(&reply, answer->data, answer->len) && !is_same(&reply, refusal)) {
		bytes_explain("got", reply.data, reply.len, 0);
		bytes_explain("wanted", answer->data, answer->len, 0);
		wrong("an exchange");
	}
	bytes_free(&reply);
	if (same)
		return true;
	model_hang_up();
	model_complaints++;
	return false;
}

/**
 * model_expect_end() - the server has closed the connection, and we must notice
 */
void model_expect_end(void)
{
	static const struct bytes nothing = { .data = (char *)"" };
	struct bytes reply = { 0 };

	receive(&nothing, 0, &reply);
	if (reply.len)
		wrong("%.*s", (int)reply.len, reply.data);
	bytes_free(&reply);
	model_hang_up();
}
