// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* detail: what is done to keys is counted by prefix. Without memory for one, it is not. */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "inject.h"
#include "model.h"
#include "steps.h"

/* Prefixes in one request: more than one node of the array that has them all. */
#define PREFIXES 70

static struct fact fact;

/* A request whose answer is as it should be sooner or later. */
static void insist(const char *request, const char *answer)
{
	int tries = 0;

	while (!model_ask(request, answer))
		if (++tries == CONTROL_TRIES)
			wrong("no answer to %s", request);
}

static void touch_prefixes(void)
{
	struct bytes request = { 0 };
	int i;

	bytes_printf(&request, "get");
	for (i = 0; i < PREFIXES; i++)
		bytes_printf(&request, " fault-%d:x", i);
	bytes_printf(&request, "\r\n");
	*bytes_room(&request, 1) = '\0';
	insist(request.data, "END\r\n");
	bytes_free(&request);
}

/* Return how many prefixes there are. */
static unsigned int count_lines(char *text)
{
	unsigned int count = 0;
	char *line;

	for (line = strtok(text, "\n"); line && strcmp(line, "END\r"); line = strtok(NULL, "\n")) {
		unsigned int get, hit, set, del;
		char name[16];

		if (sscanf(line, "PREFIX fault-%15s get %u hit %u set %u del %u\r", name, &get,
			   &hit, &set, &del) != 5)
			wrong("stats detail dump has %s", line);
		count++;
	}
	if (!line || strtok(NULL, "\n"))
		wrong("stats detail dump does not end as it should");
	return count;
}

/* All of them, unless there was no memory for some. */
static void show_prefixes(void)
{
	struct inject_status status;
	struct bytes reply = { 0 };
	unsigned int count;

	if (model_converse("stats detail dump\r\n", &reply)) {
		count = count_lines(reply.data);
		inject_read_status(&status);
		if (count > PREFIXES + 1 || (!status.failed && count <= PREFIXES))
			wrong("%u prefixes", count);
	}
	bytes_free(&reply);
}

static void detail_before(void)
{
	steps_begin(false);
	control_listen_v4();
	insist("stats reset\r\n", "RESET\r\n");
}

static void detail_run(void)
{
	model_fact_init(&fact, "fault-fact:1");
	insist("stats detail on\r\n", "OK\r\n");
	model_set(&fact, 'd', 30);
	model_get(&fact, 1);
	model_delete(&fact);
	touch_prefixes();
	show_prefixes();
	insist("stats reset\r\n", "RESET\r\n");
	insist("stats detail dump\r\n", "END\r\n");
	touch_prefixes();
	insist("stats detail off\r\n", "OK\r\n");
}

static void detail_after(void)
{
	insist("stats reset\r\n", "RESET\r\n");
	model_delete(&fact);
	steps_end(1);
}

const struct scenario detail_scenario = {
	"detail", "what is done is counted by prefix", NULL,
	detail_before, detail_run, detail_after
};
