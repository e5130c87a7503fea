// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// Many connections that change the same items at the same time.
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

#define WORKERS 8

/**
 * struct worker - one thread with a connection of its own
 * @thread: the thread
 * @c: the connection
 * @number: which of the workers it is
 * @work: what it does; returns what went wrong, or NULL
 * @error: what went wrong
 * @count: a result, whose meaning is the test's
 */
struct worker {
	pthread_t thread;
	struct client *c;
	unsigned int number;
	const char *(*work)(struct worker *w);
	const char *error;
	unsigned long count;
};

static pthread_barrier_t barrier;
static atomic_bool writers_are_done;

static void *run_worker(void *argument)
{
	struct worker *w = argument;

	pthread_barrier_wait(&barrier);
	w->error = w->work(w);
	return NULL;
}

/* cmocka's assertions are for one thread only: the workers' results are judged here. */
static void run_workers(struct worker *workers, unsigned int count)
{
	pthread_barrier_init(&barrier, NULL, count);
	for (unsigned int i = 0; i < count; i++) {
		workers[i].number = i;
		workers[i].c = client_open();
		if (pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]))
			abort();
	}
	for (unsigned int i = 0; i < count; i++)
		pthread_join(workers[i].thread, NULL);
	pthread_barrier_destroy(&barrier);
	for (unsigned int i = 0; i < count; i++) {
		if (workers[i].error)
			client_fail("connection %u: %s", i, workers[i].error);
	}
}

static void run_same(struct worker *workers, const char *(*work)(struct worker *w))
{
	memset(workers, 0, WORKERS * sizeof(*workers));
	for (unsigned int i = 0; i < WORKERS; i++)
		workers[i].work = work;
	run_workers(workers, WORKERS);
}

/* Send a request, read a reply that ends so, and make it a string; NULL if none came. */
static const char *ask(struct client *c, struct bytes *request, struct bytes *reply,
		       const char *end)
{
	reply->len = 0;
	if (client_exchange(c, request->data, request->len, reply, strlen(end), end) !=
	    CLIENT_COMPLETE)
		return NULL;
	bytes_add(reply, "", 1);
	return reply->data;
}

/* incr: no increment is lost, and no two connections are given the same number. */

#define INCREMENTS_MAX 2000

/* Where everything takes N times as long, the Nth part of it must do. */
#define INCREMENTS (INCREMENTS_MAX / (unsigned int)client_patience)

static atomic_uchar given[WORKERS * INCREMENTS_MAX + 1];

static const char *work_incr(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;

	bytes_printf(&request, "incr %sn 1\r\n", script_prefix());
	for (unsigned int i = 0; i < INCREMENTS && !error; i++) {
		const char *answer = ask(w->c, &request, &reply, "\r\n");
		unsigned long number = answer ? strtoul(answer, NULL, 10) : 0;

		if (number < 1 || number > WORKERS * INCREMENTS)
			error = "incr gives a number that cannot be";
		else if (atomic_fetch_add(&given[number], 1))
			error = "incr gives a number twice";
	}
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

/* @n is this number; it has never been longer, and so is not padded. */
static void expect_number(struct client *c, unsigned int number)
{
	struct bytes request = { 0 }, wanted = { 0 };
	char value[16];
	int len = snprintf(value, sizeof(value), "%u", number);

	bytes_printf(&request, "get %sn\r\n", script_prefix());
	bytes_printf(&wanted, "VALUE %sn 0 %d\r\n%s\r\nEND\r\n", script_prefix(), len, value);
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_incr(void **state)
{
	struct worker workers[WORKERS];
	struct client *c = client_open();

	(void)state;
	memset(given, 0, sizeof(given));
	expect(c, "set @n 0 0 1\r\n0\r\n", "STORED\r\n");
	run_same(workers, work_incr);
	expect_number(c, WORKERS * INCREMENTS);
}

/* The same without waiting for replies. */
static const char *work_incr_noreply(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *answer;

	for (unsigned int i = 0; i < INCREMENTS; i++)
		bytes_printf(&request, "incr %sn 3 noreply\r\ndecr %sn 2 noreply\r\n",
			     script_prefix(), script_prefix());
	bytes_printf(&request, "get %sn\r\n", script_prefix());
	answer = ask(w->c, &request, &reply, "END\r\n");
	bytes_free(&request);
	bytes_free(&reply);
	return answer ? NULL : "no answer";
}

static void test_incr_noreply(void **state)
{
	struct worker workers[WORKERS];
	struct client *c = client_open();

	(void)state;
	expect(c, "set @n 0 0 5\r\n10000\r\n", "STORED\r\n");
	run_same(workers, work_incr_noreply);
	expect_number(c, 10000 + WORKERS * INCREMENTS);
}

/* cas: read, add one, write; who is told EXISTS tries again. */

#define CAS_UPDATES (200 / (unsigned int)client_patience)

static const char *work_cas(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;
	unsigned int done = 0;

	for (unsigned int tries = 0; done < CAS_UPDATES && !error; tries++) {
		unsigned long long cas;
		const char *answer;
		unsigned int value;
		char text[16];

		request.len = 0;
		bytes_printf(&request, "gets %sn\r\n", script_prefix());
		answer = ask(w->c, &request, &reply, "END\r\n");
		if (!answer || sscanf(answer, "VALUE %*s 0 %*u %llu %u", &cas, &value) != 2) {
			error = "gets does not give a value";
			break;
		}
		snprintf(text, sizeof(text), "%u", value + 1);
		request.len = 0;
		bytes_printf(&request, "cas %sn 0 0 %zu %llu\r\n%s\r\n", script_prefix(),
			     strlen(text), cas, text);
		answer = ask(w->c, &request, &reply, "\r\n");
		if (answer && !strcmp(answer, "STORED\r\n"))
			done++;
		else if (!answer || strcmp(answer, "EXISTS\r\n"))
			error = "cas is neither STORED nor EXISTS";
		else if (tries > 100 * WORKERS * CAS_UPDATES)
			error = "cas never succeeds";
	}
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

static void test_cas(void **state)
{
	struct worker workers[WORKERS];
	struct client *c = client_open();

	(void)state;
	expect(c, "set @n 0 0 1\r\n0\r\n", "STORED\r\n");
	run_same(workers, work_cas);
	expect_number(c, WORKERS * CAS_UPDATES);
}

/* add and delete: of those who race for a key, exactly one wins. */

#define RACES (500 / (unsigned int)client_patience)

static const char *work_race(struct worker *w, const char *format, const char *win,
			     const char *lose)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;

	for (unsigned int i = 0; i < RACES && !error; i++) {
		const char *answer;

		request.len = 0;
		bytes_printf(&request, format, script_prefix(), i, w->number);
		answer = ask(w->c, &request, &reply, "\r\n");
		if (answer && !strcmp(answer, win))
			w->count++;
		else if (!answer || strcmp(answer, lose))
			error = "not an answer that may be";
	}
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

static const char *work_add(struct worker *w)
{
	return work_race(w, "add %s%u 0 0 1\r\n%u\r\n", "STORED\r\n", "NOT_STORED\r\n");
}

static const char *work_delete(struct worker *w)
{
	return work_race(w, "delete %s%u\r\n", "DELETED\r\n", "NOT_FOUND\r\n");
}

static unsigned long sum_counts(const struct worker *workers)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < WORKERS; i++)
		sum += workers[i].count;
	return sum;
}

static void test_add(void **state)
{
	struct worker workers[WORKERS];

	(void)state;
	for (int round = 0; round < 3; round++) {
		run_same(workers, work_add);
		assert_int_equal(sum_counts(workers), RACES);
		run_same(workers, work_delete);
		assert_int_equal(sum_counts(workers), RACES);
	}
}

/* append: nothing is lost, and nothing is torn. */

#define APPENDS_MAX 250
#define APPENDS (APPENDS_MAX / (unsigned int)client_patience)

static const char *work_append(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;

	for (unsigned int i = 0; i < APPENDS && !error; i++) {
		const char *answer;

		request.len = 0;
		bytes_printf(&request, "%s %sa 0 0 6\r\n<%u%03u>\r\n", i % 2 ? "append" : "prepend",
			     script_prefix(), w->number, i);
		answer = ask(w->c, &request, &reply, "\r\n");
		if (!answer || strcmp(answer, "STORED\r\n"))
			error = "a value is not appended";
	}
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

static void test_append(void **state)
{
	struct bytes request = { 0 }, reply = { 0 };
	bool seen[WORKERS][APPENDS_MAX] = { 0 };
	struct worker workers[WORKERS];
	struct client *c = client_open();
	const char *next;

	(void)state;
	expect(c, "set @a 0 0 0\r\n\r\n", "STORED\r\n");
	run_same(workers, work_append);
	bytes_printf(&request, "get %sa\r\n", script_prefix());
	assert_non_null(ask(c, &request, &reply, "END\r\n"));
	next = strstr(reply.data, "\r\n") + 2;
	for (unsigned int i = 0; i < WORKERS * APPENDS; i++, next += 6) {
		unsigned int number, which;

		if (sscanf(next, "<%1u%3u>", &number, &which) != 2 || next[5] != '>' ||
		    number >= WORKERS || which >= APPENDS || seen[number][which])
			client_fail("piece %u is lost, torn or twice: %.6s", i, next);
		seen[number][which] = true;
	}
	assert_string_equal(next, "\r\nEND\r\n");
	bytes_free(&request);
	bytes_free(&reply);
}

/*
 * Values that writers overwrite are whole whenever they are read: each consists of one letter
 * only, which also gives its length and its flags.
 */

#define OVERWRITES (1500 / (unsigned int)client_patience)

static unsigned int letter_length(unsigned int letter)
{
	return letter * 173 % 6000 + letter % 2 * 30000;
}

static const char *work_overwrite(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;
	unsigned int seed = w->number;

	for (unsigned int i = 0; i < OVERWRITES && !error; i++) {
		unsigned int letter = rand_r(&seed) % 26, len = letter_length(letter);
		const char *answer;

		request.len = 0;
		if (i % 16 == 15)
			bytes_printf(&request, "delete %sv noreply\r\n", script_prefix());
		bytes_printf(&request, "set %sv %u 0 %u\r\n", script_prefix(), letter, len);
		bytes_fill(&request, 'a' + letter, len);
		bytes_printf(&request, "\r\n");
		answer = ask(w->c, &request, &reply, "\r\n");
		if (!answer || strcmp(answer, "STORED\r\n"))
			error = "a value is not stored";
	}
	writers_are_done = true;
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

static bool is_whole(const char *answer, size_t len, unsigned long *hits)
{
	const char *value = strstr(answer, "\r\n") + 2;
	unsigned int letter, bytes;

	if (!strcmp(answer, "END\r\n"))
		return true;
	if (sscanf(answer, "VALUE %*s %u %u\r\n", &letter, &bytes) != 2)
		return false;
	if (letter >= 26 || bytes != letter_length(letter))
		return false;
	if ((size_t)(value - answer) + bytes + strlen("\r\nEND\r\n") != len)
		return false;
	for (unsigned int i = 0; i < bytes; i++) {
		if (value[i] != (char)('a' + letter))
			return false;
	}
	++*hits;
	return !strcmp(value + bytes, "\r\nEND\r\n");
}

static const char *work_read(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *error = NULL;

	bytes_printf(&request, "get %sv\r\n", script_prefix());
	while (!writers_are_done && !error) {
		const char *answer = ask(w->c, &request, &reply, "END\r\n");

		if (!answer || !is_whole(answer, reply.len - 1, &w->count))
			error = "a value is not whole";
	}
	bytes_free(&request);
	bytes_free(&reply);
	return error;
}

static void test_readers_see_whole_values(void **state)
{
	struct worker workers[WORKERS] = { 0 };

	(void)state;
	writers_are_done = false;
	for (unsigned int i = 0; i < WORKERS; i++)
		workers[i].work = i < 2 ? work_overwrite : work_read;
	run_workers(workers, WORKERS);
	assert_true(sum_counts(workers) > 0);
}

/* Connections of their own with items of their own do not meet each other. */
static void add_own_item(struct bytes *request, struct bytes *wanted, unsigned int worker,
			 unsigned int round, unsigned int item)
{
	struct bytes key = { 0 };
	unsigned int len = round * item;

	bytes_printf(&key, "%s%u.%u", script_prefix(), worker, item);
	bytes_add(&key, "", 1);
	bytes_printf(request, "set %s %u 0 %u\r\n", key.data, round, len);
	bytes_fill(request, 'a' + worker, len);
	bytes_printf(request, "\r\nget %s\r\n", key.data);
	bytes_printf(wanted, "STORED\r\nVALUE %s %u %u\r\n", key.data, round, len);
	bytes_fill(wanted, 'a' + worker, len);
	bytes_printf(wanted, "\r\nEND\r\n");
	bytes_free(&key);
}

#define ROUNDS_ALONE (300 / (unsigned int)client_patience)

static const char *work_alone(struct worker *w)
{
	struct bytes request = { 0 }, reply = { 0 }, wanted = { 0 };
	const char *error = NULL;

	for (unsigned int i = 0; i < ROUNDS_ALONE && !error; i++) {
		request.len = 0;
		wanted.len = 0;
		for (unsigned int item = 0; item < 10; item++)
			add_own_item(&request, &wanted, w->number, i, item);
		reply.len = 0;
		client_exchange(w->c, request.data, request.len, &reply, wanted.len, "END\r\n");
		if (reply.len != wanted.len || memcmp(reply.data, wanted.data, wanted.len))
			error = "a reply is not as it should be";
	}
	bytes_free(&request);
	bytes_free(&wanted);
	return error;
}

static void test_alone(void **state)
{
	struct worker workers[WORKERS];

	(void)state;
	run_same(workers, work_alone);
}

static const struct table_test tests[] = {
	{ "incr loses nothing", .function = test_incr },
	{ "incr and decr without replies lose nothing", .function = test_incr_noreply },
	{ "cas loses no update", .function = test_cas },
	{ "add and delete have one winner", .function = test_add },
	{ "append and prepend lose nothing", .function = test_append },
	{ "readers see whole values", .function = test_readers_see_whole_values },
	{ "connections with their own items", .function = test_alone },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("concurrent", NULL, 0, tests, table_length(tests));
}
