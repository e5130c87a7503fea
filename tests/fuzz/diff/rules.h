/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What two servers may answer differently to the same command, and why. */
#ifndef DIFF_RULES_H
#define DIFF_RULES_H

#include "peer.h"

/**
 * struct rule - one allowed difference
 * @name: a word for it
 * @version: of memcached, to which it applies; NULL is both that there are rules for
 * @bare: only if they agree when nothing is sent behind the command
 * @holds: is it what happened? @command was alone behind commands that were answered alike; @a is
 *	what came of it in memcached, @b in the module
 * @uses: how often it was
 */
struct rule {
	const char *name;
	const char *version;
	bool bare;
	bool (*holds)(const struct command *command, const struct outcome *a,
		      const struct outcome *b);
	unsigned long uses;
};

extern struct rule rules[];

bool rules_are_for(const char *version);
struct rule *rules_find(const char *version, const struct command *command,
			const struct outcome *a, const struct outcome *b);
bool rules_see_long_line(const struct command *command);
bool rules_are_unsent(const struct command *command, const struct outcome *a,
		      const struct outcome *b);

#endif
