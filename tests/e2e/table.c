// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "table.h"

static void run_steps(const struct row *row, bool bytewise)
{
	struct client *c;

	script_setup(NULL);
	c = client_open();
	c->bytewise = bytewise;
	for (int i = 0; i < TABLE_STEPS && row->steps[i].request; i++)
		script_expect(c, &row->steps[i], row->name, i + 1);
	client_close(c);
}

static void run_row(void **state)
{
	const struct row *row = *state;

	run_steps(row, false);
	if (!row->whole && client_has_time())
		run_steps(row, true);
}

static void run_nothing(void **state)
{
	(void)state;
}

/* Return why a test makes no sense on this server, or NULL. */
static const char *find_reason(unsigned int since, bool quirk, const char *missing)
{
	if (missing)
		return missing;
	if (!client_is_since(since))
		return "the server is too old";
	if (quirk && client_is_since(CLIENT_TARGET) && client_is_upstream())
		return "memcached has its own way";
	return NULL;
}

/*
 * cmocka's skip() prints "not ok N # SKIP", which is a failure to those who read TAP. A test that
 * does nothing and has the directive in its name is printed as TAP wants it.
 */
static struct CMUnitTest make_test(const char *name, CMUnitTestFunction function, void *state,
				   const char *reason)
{
	struct CMUnitTest test = {
		.name = name,
		.test_func = function,
		.setup_func = script_setup,
		.teardown_func = client_close_all,
		.initial_state = state,
	};
	struct bytes skipped = { 0 };

	if (!reason)
		return test;
	bytes_printf(&skipped, "%s # SKIP %s", name, reason);
	bytes_add(&skipped, "", 1);
	test.name = skipped.data;
	test.test_func = run_nothing;
	return test;
}

/**
 * table_run() - run the tests of a program
 * @group: name of the whole
 * @rows: the rows, each of which is a test: once with whole requests, once byte by byte (see
 *	client_has_time())
 * @row_count: how many
 * @tests: the functions
 * @test_count: how many
 *
 * Return: how many tests failed.
 */
int table_run(const char *group, const struct row *rows, size_t row_count,
	      const struct table_test *tests, size_t test_count)
{
	struct CMUnitTest *all = calloc(row_count + test_count, sizeof(*all));
	struct CMUnitTest *next = all;

	if (!all)
		abort();
	for (const struct row *row = rows; row < rows + row_count; row++)
		*next++ = make_test(row->name, run_row, (void *)row,
				    find_reason(row->since, row->quirk, NULL));
	for (const struct table_test *test = tests; test < tests + test_count; test++)
		*next++ = make_test(test->name, test->function, (void *)test->state,
				    find_reason(test->since, test->quirk, test->missing));
	setlinebuf(stdout);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return _cmocka_run_group_tests(group, all, next - all, NULL, NULL);
}
