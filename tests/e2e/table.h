/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The tests of a program: rows of a table, and functions. */
#ifndef E2E_TABLE_H
#define E2E_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "script.h"

/* The most exchanges that one row can have. */
#define TABLE_STEPS 8

/**
 * struct row - one test, on one connection
 * @name: what it shows
 * @since: skip it on servers older than this CLIENT_VERSION(); 0 is never
 * @quirk: memcached itself gets this wrong from CLIENT_TARGET on, and we do not follow it
 * @whole: only send each request as a whole, not also one byte a segment
 * @steps: the exchanges, up to the first empty one
 */
struct row {
	const char *name;
	unsigned int since;
	bool quirk;
	bool whole;
	struct step steps[TABLE_STEPS];
};

/**
 * struct table_test - one test that is a function
 * @name: what it shows
 * @function: the function, run with fresh keys; connections are closed however it ends
 * @state: what its argument points to
 * @since: as in struct row
 * @quirk: as in struct row
 * @missing: skip it and say that this is missing; NULL is nothing
 */
struct table_test {
	const char *name;
	void (*function)(void **state);
	const void *state;
	unsigned int since;
	bool quirk;
	const char *missing;
};

#define table_length(array) (sizeof(array) / sizeof((array)[0]))

int table_run(const char *group, const struct row *rows, size_t row_count,
	      const struct table_test *tests, size_t test_count);

#endif
