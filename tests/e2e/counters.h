/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The server's statistics, and how requests change them. */
#ifndef E2E_COUNTERS_H
#define E2E_COUNTERS_H

#include "script.h"

/* What is counted of each class of items, too, and of nothing but hits and stores. */
#define COUNTERS_OF_CLASS 8

/* Of stats items, 28 for each class. */
#define COUNTERS_MAX 2400
#define COUNTERS_CHANGES 6

/**
 * struct counter - one statistic
 * @name: its name
 * @value: its value, a text
 */
struct counter {
	char name[64];
	char value[128];
};

/**
 * struct counters - one answer to a stats command
 * @count: how many statistics it has
 * @all: the statistics in the order of the answer
 */
struct counters {
	size_t count;
	struct counter all[COUNTERS_MAX];
};

/**
 * struct counting - what a request counts as
 * @name: what this shows
 * @since: not for servers older than this CLIENT_VERSION()
 * @before: an exchange that comes first, or none
 * @step: the exchange that is looked at
 * @changes: the counters that change, and by how much; no other one changes
 */
struct counting {
	const char *name;
	unsigned int since;
	struct step before;
	struct step step;
	struct {
		const char *name;
		int by;
	} changes[COUNTERS_CHANGES];
};

extern const char * const counters_of_class[COUNTERS_OF_CLASS];

void counters_read(struct client *c, const char *command, struct counters *counters);
void counters_read_counts(struct client *c, struct counters *counters);
const char *counters_text(const struct counters *counters, const char *name);
unsigned long long counters_number(const struct counters *counters, const char *name);
bool counters_is_number(const char *text);
void counters_compare(const struct counters *before, const struct counters *after,
		      const struct counting *counting);
void counters_check(struct client *c, const struct counting *counting);

#endif
