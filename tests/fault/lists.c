// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* lists: all keys are listed, in each of the three ways; each once, whatever fails. */
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "model.h"
#include "steps.h"

/* So many keys of such a length are more than fits where there is no more memory. */
#define KEYS 64
#define FILLER 120

static char class[16];

/* The request with the key of this number, and so on. */
static void add_line(struct bytes *out, const char *verb, int number, const char *rest)
{
	bytes_printf(out, "%s fault-%02d", verb, number);
	bytes_fill(out, 'k', FILLER);
	bytes_printf(out, "%s", rest);
}

/* The same request for all keys, without an answer. */
static void for_all(const char *verb, const char *rest)
{
	struct bytes request = { 0 };
	int i;

	for (i = 0; i < KEYS; i++)
		add_line(&request, verb, i, rest);
	*bytes_room(&request, 1) = '\0';
	if (!model_ask(request.data, ""))
		wrong("nothing fails, and %s is not answered", verb);
	bytes_free(&request);
}

/* In which class the keys are. */
static void learn_class(void)
{
	struct bytes request = { 0 }, reply = { 0 };
	const char *at;

	add_line(&request, "me", 0, "\r\n");
	*bytes_room(&request, 1) = '\0';
	if (!model_converse(request.data, &reply))
		wrong("nothing fails, and me is not answered");
	at = strstr(reply.data, "cls=");
	if (!at || sscanf(at, "cls=%15[0-9]", class) != 1)
		wrong("to me: %s", reply.data);
	bytes_free(&reply);
	bytes_free(&request);
}

static void count_key(const struct bytes *reply, const char *before, int number)
{
	struct bytes wanted = { 0 };
	unsigned int count = 0;
	const char *at;

	bytes_printf(&wanted, "%sfault-%02dk", before, number);
	*bytes_room(&wanted, 1) = '\0';
	for (at = reply->data; (at = strstr(at, wanted.data)); at++)
		count++;
	if (count != 1)
		wrong("%s is listed %u times", wanted.data, count);
	bytes_free(&wanted);
}

/* @before: what is before each key; @end: what ends the list. */
static void list(const char *request, const char *before, const char *end)
{
	struct bytes reply = { 0 };
	size_t len = strlen(end);
	int i;

	if (model_converse(request, &reply)) {
		if (reply.len < len || strcmp(reply.data + reply.len - len, end))
			wrong("to %s: %s", request, reply.data);
		for (i = 0; i < KEYS; i++)
			count_key(&reply, before, i);
	}
	bytes_free(&reply);
}

static void lists_before(void)
{
	steps_begin(false);
	control_listen_v4();
	for_all("set", " 0 0 1 noreply\r\nx\r\n");
	learn_class();
	/* what a connection keeps for its next turn is not to be there already */
	model_hang_up();
}

static void lists_run(void)
{
	struct bytes request = { 0 };

	list("lru_crawler metadump all\r\n", "key=", "END\r\n");
	list("lru_crawler mgdump all\r\n", "mg ", "\r\nEN\r\n");
	bytes_printf(&request, "stats cachedump %s 0\r\n", class);
	*bytes_room(&request, 1) = '\0';
	list(request.data, "ITEM ", "\r\nEND\r\n");
	bytes_free(&request);
}

static void lists_after(void)
{
	for_all("delete", " noreply\r\n");
	steps_end(1);
}

const struct scenario lists_scenario = {
	"lists", "keys are listed, each once", "kmc_tx_run", lists_before, lists_run, lists_after
};
