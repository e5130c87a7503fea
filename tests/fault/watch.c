// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* watch: somebody is told of all that another client does. */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "model.h"
#include "steps.h"
#include "tests/e2e/client.h"

#define WATCH "watch fetchers mutations evictions connevents deletions\r\n"
#define OK "OK\r\n"
#define REFUSED "WATCHER_FAILED failed to add log watcher\r\n"

/* The key of the last thing to be told of. */
#define LAST_KEY "fault-last"

/* So many fetches in one request are more lines than a batch has without more memory. */
#define FETCHES 100

static struct client *watcher;
static struct bytes lines;

static struct fact fact;

/* What was told, but for the beginning, as a text. */
static void drop(size_t len)
{
	lines.len -= len;
	memmove(lines.data, lines.data + len, lines.len);
	*bytes_room(&lines, 1) = '\0';
}

/* Read on until there is a line end, and no more. False: the connection was cut. */
static bool read_on(const char *request)
{
	switch (client_exchange(watcher, request, strlen(request), &lines, lines.len + 1, "\n")) {
	case CLIENT_STALLED:
		wrong("the watcher is not told");
	case CLIENT_CLOSED:
		model_complaints++;
		return false;
	default:
		drop(0);
		return true;
	}
}

static void stop_watching(void)
{
	client_close(watcher);
	watcher = NULL;
	bytes_free(&lines);
	lines = (struct bytes){ 0 };
}

static bool try_to_watch(void)
{
	watcher = model_connect();
	if (!read_on(WATCH)) {
		if (lines.len && strncmp(lines.data, OK, lines.len))
			wrong("to watch: %.*s", (int)lines.len, lines.data);
	} else if (!strcmp(lines.data, REFUSED)) {
		model_complaints++;
	} else if (strncmp(lines.data, OK, strlen(OK))) {
		wrong("to watch: %s", lines.data);
	} else {
		drop(strlen(OK));
		return true;
	}
	stop_watching();
	return false;
}

static void begin_watching(void)
{
	int tries = 0;

	while (!try_to_watch())
		if (++tries == CONTROL_TRIES)
			wrong("to watch is refused again and again");
}

static void check_line(const char *line)
{
	unsigned long long gid;
	unsigned long sec, usec;
	char type[32];

	if (sscanf(line, "ts=%lu.%lu gid=%llu type=%31s", &sec, &usec, &gid, type) != 4)
		wrong("the watcher is told %s", line);
}

/* All that was told, to the last line. */
static void check_lines(void)
{
	bool stored = false, found = false, deleted = false;
	char *line = strtok(lines.data, "\n");

	for (; line; line = strtok(NULL, "\n")) {
		check_line(line);
		stored |= !!strstr(line, "type=item_store key=fault-watched status=stored");
		found |= !!strstr(line, "type=item_get key=fault-watched status=found");
		deleted |= !!strstr(line, "type=deleted key=fault-watched");
	}
	if (!model_complaints && !(stored && found && deleted))
		wrong("the watcher is not told all: %d %d %d", stored, found, deleted);
}

static void watch_before(void)
{
	steps_begin(false);
}

/* Asked for until it is answered: then it was told. */
static void fetch_last(void)
{
	int tries = 0;

	while (!model_ask("get " LAST_KEY "\r\n", "END\r\n"))
		if (++tries == CONTROL_TRIES)
			wrong("no get is answered");
}

static void watch_run(void)
{
	model_fact_init(&fact, "fault-watched");
	control_listen_v4();
	begin_watching();
	model_set(&fact, 'w', 30);
	model_get(&fact, FETCHES);
	model_add_to(&fact, "append", "ed");
	model_delete(&fact);
	fetch_last();
	do {
		if (lines.len && strstr(lines.data, "key=" LAST_KEY)) {
			check_lines();
			break;
		}
	} while (read_on(""));
	stop_watching();
}

static void watch_after(void)
{
	model_delete(&fact);
	steps_end(1);
}

const struct scenario watch_scenario = {
	"watch", "somebody is told what another client does", NULL,
	watch_before, watch_run, watch_after
};
