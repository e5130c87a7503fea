// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "counters.h"

/* The counters that requests change, and nothing else does. */
static const char * const exact[] = {
	"cmd_get", "cmd_set", "cmd_flush", "cmd_touch", "cmd_meta", "get_hits", "get_misses",
	"get_expired", "get_flushed", "delete_misses", "delete_hits", "incr_misses", "incr_hits",
	"decr_misses", "decr_hits", "cas_misses", "cas_hits", "cas_badval", "touch_hits",
	"touch_misses", "store_too_large", "store_no_memory", "total_items",
};

/* Those that stats slabs has for each class. */
const char * const counters_of_class[COUNTERS_OF_CLASS] = {
	"get_hits", "cmd_set", "delete_hits", "incr_hits", "decr_hits", "cas_hits", "cas_badval",
	"touch_hits",
};

static void parse_line(struct counters *counters, const char *line)
{
	struct counter *next = &counters->all[counters->count];

	if (counters->count == COUNTERS_MAX)
		client_fail("more than %d statistics", COUNTERS_MAX);
	if (sscanf(line, "STAT %63s %127[^\r]\r", next->name, next->value) != 2)
		client_fail("not a statistic: %.100s", line);
	counters->count++;
}

/**
 * counters_read() - ask the server for statistics
 * @c: the connection
 * @command: the stats command with its line end
 * @counters: where to
 *
 * Fails the running test if the answer is not as it must be.
 */
void counters_read(struct client *c, const char *command, struct counters *counters)
{
	struct bytes reply = { 0 };
	char *line, *end;

	counters->count = 0;
	if (client_fence(c, command, strlen(command), &reply, 5) != CLIENT_COMPLETE)
		client_fail("no answer to %s", command);
	bytes_add(&reply, "", 1);
	for (line = reply.data; (end = strstr(line, "\r\n")) && strncmp(line, "END\r\n", 5);) {
		parse_line(counters, line);
		line = end + 2;
	}
	if (strcmp(line, "END\r\n"))
		client_fail("the answer to %s does not end with END", command);
	bytes_free(&reply);
}

/**
 * counters_text() - look a statistic up
 * @counters: the answer
 * @name: its name
 *
 * Return: its value, or NULL if it is not there.
 */
const char *counters_text(const struct counters *counters, const char *name)
{
	for (size_t i = 0; i < counters->count; i++) {
		if (!strcmp(counters->all[i].name, name))
			return counters->all[i].value;
	}
	return NULL;
}

/**
 * counters_is_number() - ask whether a text is a decimal number
 * @text: the text
 *
 * Return: whether it is.
 */
bool counters_is_number(const char *text)
{
	return *text && !text[strspn(text, "0123456789")];
}

/**
 * counters_number() - look a statistic up that is a number
 * @counters: the answer
 * @name: its name
 *
 * Fails the running test if it is not there, or no number.
 *
 * Return: its value.
 */
unsigned long long counters_number(const struct counters *counters, const char *name)
{
	const char *text = counters_text(counters, name);

	if (!text)
		client_fail("there is no statistic %s", name);
	if (!counters_is_number(text))
		client_fail("the statistic %s is no number: %s", name, text);
	return strtoull(text, NULL, 10);
}

/* Over all classes. */
static unsigned long long sum_of(const struct counters *slabs, const char *name)
{
	unsigned long long sum = 0;

	for (size_t i = 0; i < slabs->count; i++) {
		const char *colon = strchr(slabs->all[i].name, ':');

		if (colon && !strcmp(colon + 1, name))
			sum += strtoull(slabs->all[i].value, NULL, 10);
	}
	return sum;
}

static void name_sum(char *name, size_t size, int i)
{
	snprintf(name, size, "slabs:%s", counters_of_class[i]);
}

/**
 * counters_read_counts() - ask for all that counters_compare() compares
 * @c: the connection
 * @counters: gets the general statistics, and the sums of those of classes
 */
void counters_read_counts(struct client *c, struct counters *counters)
{
	static struct counters slabs;

	counters_read(c, "stats\r\n", counters);
	counters_read(c, "stats slabs\r\n", &slabs);
	for (int i = 0; i < COUNTERS_OF_CLASS; i++) {
		struct counter *sum = &counters->all[counters->count++];

		name_sum(sum->name, sizeof(sum->name), i);
		snprintf(sum->value, sizeof(sum->value), "%llu",
			 sum_of(&slabs, counters_of_class[i]));
	}
}

static int wanted_change(const struct counting *counting, const char *name)
{
	for (int i = 0; i < COUNTERS_CHANGES && counting->changes[i].name; i++) {
		if (!strcmp(counting->changes[i].name, name))
			return counting->changes[i].by;
	}
	return 0;
}

static bool has_changed_by(const struct counters *before, const struct counters *after,
			   const char *name, int wanted)
{
	long long by = counters_number(after, name) - counters_number(before, name);

	if (by != wanted)
		printf("# %s changed by %lld instead of %d\n", name, by, wanted);
	return by == wanted;
}

/**
 * counters_compare() - fail the running test unless counters have changed as they should
 * @before: what they were
 * @after: what they are, both from counters_read_counts()
 * @counting: what should have changed; over all classes, the same
 */
void counters_compare(const struct counters *before, const struct counters *after,
		      const struct counting *counting)
{
	bool wrong = false;
	char name[64];

	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++)
		wrong |= !has_changed_by(before, after, exact[i],
					 wanted_change(counting, exact[i]));
	for (int i = 0; i < COUNTERS_OF_CLASS; i++) {
		name_sum(name, sizeof(name), i);
		wrong |= !has_changed_by(before, after, name,
					 wanted_change(counting, counters_of_class[i]));
	}
	if (wrong)
		client_fail("wrongly counted: %s", counting->name);
}

/**
 * counters_check() - fail the running test unless a request counts as it should
 * @c: the connection; the server must have no other client
 * @counting: the request and what it should change
 */
void counters_check(struct client *c, const struct counting *counting)
{
	static struct counters before, after;

	if (counting->before.request)
		script_expect(c, &counting->before, counting->name, 0);
	counters_read_counts(c, &before);
	script_expect(c, &counting->step, counting->name, 1);
	counters_read_counts(c, &after);
	counters_compare(&before, &after, counting);
}
