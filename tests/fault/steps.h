/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What is done while allocations fail. */
#ifndef FAULT_STEPS_H
#define FAULT_STEPS_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct scenario - something short that a module without memory must live through
 * @name: what it is called
 * @about: what it goes through
 * @again: the function whose paths to memory fail again in it; NULL: those that have failed
 *	in another one do not
 * @before: what must have succeeded before; may be NULL
 * @run: what is done while allocations fail; ends the process if something is wrong
 * @after: nothing fails any more: everything must be as it should; may be NULL
 *
 * A process of its own goes through @before, @run and @after.
 */
struct scenario {
	const char *name;
	const char *about;
	const char *again;
	void (*before)(void);
	void (*run)(void);
	void (*after)(void);
};

unsigned int steps_patience(void);
void steps_begin(bool evict);
void steps_end(unsigned int listeners);

extern const struct scenario access_scenario;
extern const struct scenario watch_scenario;
extern const struct scenario detail_scenario;
extern const struct scenario lists_scenario;
extern const struct scenario manage_scenario;

extern const struct scenario *const scenarios[];
extern const size_t scenario_count;

#endif
