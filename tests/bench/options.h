/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The command line of load. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

#include "recipe.h"

/**
 * struct options - the command line
 * @host: the server's address
 * @port: and port
 * @recipe: what is asked for
 * @connections: of one process
 * @depth: requests in one piece
 * @warm: operations before it is measured
 * @operations: that are measured
 * @seconds: how long to measure, or 0
 * @workers: processes
 * @teach: file of the null responder, or NULL
 * @counter: file with a number, or NULL
 * @with_latency: measure that, too
 * @only_store: do nothing else
 * @only_idle: do nothing else
 */
struct options {
	const char *host;
	const char *port;
	struct recipe recipe;
	unsigned int connections;
	unsigned int depth;
	unsigned long warm;
	unsigned long operations;
	double seconds;
	unsigned int workers;
	const char *teach;
	const char *counter;
	bool with_latency;
	bool only_store;
	bool only_idle;
};

void options_parse(struct options *options, int argc, char **argv);

#endif
