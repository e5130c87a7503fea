// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c
//
// Commands about the server and its store: lists of keys, slabs, lru, lru_crawler,
// cache_memlimit, shutdown. What they change they set back.
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "counters.h"
#include "replies.h"
#include "table.h"

#define BAD_CLASS "BADCLASS invalid class id\r\n"
#define BAD_REASSIGN "BADCLASS invalid src or dst class id\r\n"
#define SAME_CLASS "SAME src and dst class are identical\r\n"
#define TOO_SMALL "MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m\r\n"

/* So many items that their list does not fit into what a socket keeps. */
#define MANY 20000

static const struct row rows[] = {
	/* lru_crawler */
	{ "lists of classes that are none", .steps = {
		STEP("lru_crawler metadump 0\r\n", BAD_CLASS),
		STEP("lru_crawler metadump x\r\n", BAD_CLASS),
		STEP("lru_crawler metadump 1x\r\n", BAD_CLASS),
		STEP("lru_crawler metadump 1,x\r\n", BAD_CLASS),
		STEP("lru_crawler metadump -1\r\n", BAD_CLASS),
		STEP("lru_crawler metadump 1000\r\n", BAD_CLASS),
	} },
	/* After this an old memcached makes no more lists. */
	{ "a list of no class", .since = CLIENT_TARGET, .steps = {
		STEP("lru_crawler metadump ,\r\n", "NOTSTARTED no items to crawl\r\n"),
		STEP("lru_crawler mgdump ,,\r\n", "NOTSTARTED no items to crawl\r\n"),
	} },
	{ "the same of mgdump", .since = CLIENT_TARGET, .steps = {
		STEP("lru_crawler mgdump 0\r\n", BAD_CLASS),
		STEP("lru_crawler mgdump 1,x\r\n", BAD_CLASS),
		STEP("lru_crawler mgdump 127\r\n", BAD_CLASS),
		STEP("lru_crawler metadump 127,1\r\n", BAD_CLASS),
		STEP("lru_crawler mgdump\r\n", "ERROR\r\n"),
	} },
	{ "lru_crawler with words that are missing, too many or unknown", .steps = {
		STEP("lru_crawler\r\nlru_crawler junk\r\nlru_crawler junk junk\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\n"),
		STEP("lru_crawler metadump\r\nlru_crawler crawl\r\nlru_crawler sleep\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\n"),
		STEP("lru_crawler metadump all junk\r\nlru_crawler crawl all all\r\n",
		     "ERROR\r\nERROR\r\n"),
		STEP("lru_crawler sleep 1 2\r\nlru_crawler tocrawl\r\nlru_crawler enable x\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\n"),
	} },
	{ "lru_crawler crawl", .since = CLIENT_TARGET, .steps = {
		STEP("lru_crawler crawl all\r\nlru_crawler crawl 1\r\nlru_crawler crawl 1,2,3\r\n",
		     "OK\r\nOK\r\nOK\r\n"),
		STEP("lru_crawler crawl 0\r\nlru_crawler crawl x\r\nlru_crawler crawl ,\r\n",
		     BAD_CLASS BAD_CLASS "NOTSTARTED no items to crawl\r\n"),
		STEP("lru_crawler crawl hash\r\nlru_crawler crawl 1 noreply\r\n",
		     "ERROR an unknown error happened\r\n"),
	} },
	{ "lru_crawler sleep and tocrawl", .steps = {
		STEP("lru_crawler sleep 1000000\r\nlru_crawler sleep 1000001\r\n",
		     "OK\r\nCLIENT_ERROR sleep must be one second or less\r\n"),
		STEP("lru_crawler sleep x\r\nlru_crawler sleep -1\r\n", BAD_LINE BAD_LINE),
		STEP("lru_crawler tocrawl x\r\nlru_crawler tocrawl 4294967295\r\n",
		     BAD_LINE "OK\r\n"),
		STEP("lru_crawler sleep 0\r\nlru_crawler tocrawl 0\r\n", "OK\r\nOK\r\n"),
	} },
	{ "lru_crawler enable and disable", .since = CLIENT_TARGET, .steps = {
		STEP("lru_crawler enable\r\n", "ERROR failed to start lru crawler thread\r\n"),
		STEP("lru_crawler disable\r\nlru_crawler disable\r\n", "OK\r\nOK\r\n"),
		STEP("lru_crawler metadump all\r\n", "CLIENT_ERROR lru crawler disabled\r\n"),
		STEP("lru_crawler mgdump all\r\n", "CLIENT_ERROR lru crawler disabled\r\n"),
		STEP("lru_crawler crawl 1\r\n", "CLIENT_ERROR lru crawler disabled\r\n"),
		STEP("lru_crawler enable\r\n", "OK\r\n"),
		STEP("lru_crawler enable\r\n", "ERROR failed to start lru crawler thread\r\n"),
	} },
	{ "the beginning of a word is no word", .quirk = true, .since = CLIENT_TARGET, .steps = {
		STEP("lru_crawler e\r\nlru_crawler meta all\r\nslabs auto 1\r\nlru mo flat\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\nERROR\r\n"),
	} },

	/* slabs */
	{ "slabs reassign", .steps = {
		STEP("slabs reassign 1 1\r\nslabs reassign -1 -1\r\n", SAME_CLASS SAME_CLASS),
		STEP("slabs reassign -5 70\r\nslabs reassign 1 1000\r\nslabs reassign 1000 1\r\n",
		     BAD_REASSIGN BAD_REASSIGN BAD_REASSIGN),
		STEP("slabs reassign 0 1\r\n", "NOSPARE source class has no spare pages\r\n"),
		STEP("slabs reassign x 1\r\nslabs reassign 1 x\r\n", BAD_LINE BAD_LINE),
		STEP("slabs reassign\r\nslabs reassign 1\r\nslabs reassign 1 2 3\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\n"),
		STEP("slabs\r\nslabs junk\r\nslabs junk 1 2\r\n", "ERROR\r\nERROR\r\nERROR\r\n"),
	} },
	{ "slabs automove", .steps = {
		STEP("slabs automove 2\r\nslabs automove 1 noreply\r\nslabs automove 0\r\n",
		     "OK\r\nOK\r\n"),
		STEP("slabs automove\r\nslabs automove 3\r\nslabs automove x\r\n",
		     "ERROR\r\nERROR\r\n" BAD_LINE),
		STEP("slabs automove ratio 0.8\r\nslabs automove ratio\r\n", "OK\r\nERROR\r\n"),
		STEP("slabs automove ratio x\r\n", "ERROR\r\n"),
	} },
	{ "slabs automove freeratio and window", .since = CLIENT_TARGET, .steps = {
		STEP("slabs automove freeratio 0.01\r\nslabs automove freeratio x\r\n",
		     "OK\r\nERROR\r\n"),
		STEP("slabs automove window 3\r\nslabs automove window 1800\r\n", "OK\r\nOK\r\n"),
		STEP("slabs automove window\r\nslabs automove window x\r\n", BAD_LINE BAD_LINE),
		STEP("slabs automove window 2\r\nslabs automove window 1801\r\n",
		     "CLIENT_ERROR automove window too low or too high\r\n"
		     "CLIENT_ERROR automove window too low or too high\r\n"),
	} },

	/* lru */
	{ "lru mode", .steps = {
		STEP("lru mode flat\r\nlru mode segmented\r\nlru mode junk\r\nlru mode\r\n",
		     "OK\r\nOK\r\nERROR\r\nERROR\r\n"),
		STEP("lru\r\nlru junk\r\n", "ERROR\r\nERROR\r\n"),
	} },
	{ "lru tune", .steps = {
		STEP("lru tune 10 25 0.1 2.0\r\nlru tune 40 40 0.1 2.0 junk\r\n", "OK\r\nOK\r\n"),
		STEP("lru tune 40 41 0.1 2.0\r\n",
		     "ERROR hot and warm pcts must not exceed 80\r\n"),
		STEP("lru tune 10 25 0 2.0\r\nlru tune 10 25 1 -1\r\n",
		     "ERROR hot/warm age factors must be greater than 0\r\n"
		     "ERROR hot/warm age factors must be greater than 0\r\n"),
		STEP("lru tune\r\nlru tune 10 25 1\r\nlru tune x 25 1 1\r\nlru tune 10 25 1 x\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\nERROR\r\n"),
		STEP("lru tune 20 40 0.2 2.0\r\n", "OK\r\n"),
	} },
	{ "lru temp_ttl", .steps = {
		STEP("lru temp_ttl 60\r\nlru temp_ttl 30 noreply\r\nlru temp_ttl -1\r\n",
		     "OK\r\nOK\r\n"),
		STEP("lru temp_ttl\r\nlru temp_ttl x\r\n", "ERROR\r\nERROR\r\n"),
	} },

	/* cache_memlimit, shutdown */
	{ "memory limits that are none", .steps = {
		STEP("cache_memlimit\r\ncache_memlimit x\r\ncache_memlimit -1\r\n",
		     "ERROR\r\nERROR\r\nERROR\r\n"),
		STEP("cache_memlimit 0\r\ncache_memlimit 7\r\ncache_memlimit 7 noreply\r\n",
		     TOO_SMALL TOO_SMALL),
		STEP("cache_memlimit 1000000001\r\n",
		     "MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes\r\n"),
	} },
	/* memcached does not ask how much memory there is. */
	{ "a memory limit above what there is", .since = CLIENT_TARGET, .quirk = true, .steps = {
		STEP("cache_memlimit 1000000000\r\n",
		     "MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust\r\n"),
	} },
	{ "shutdown", .since = CLIENT_TARGET, .steps = {
		STEP("shutdown\r\n", "SERVER_ERROR: shutdown not enabled\r\n"),
		STEP("shutdown graceful\r\n", "SERVER_ERROR: shutdown not enabled\r\n"),
	} },

	/* stats cachedump */
	{ "stats cachedump of what is no class", .steps = {
		STEP("stats cachedump\r\nstats cachedump 1\r\n",
		     "CLIENT_ERROR bad command line\r\nCLIENT_ERROR bad command line\r\n"),
		STEP("stats cachedump x 1\r\nstats cachedump 1 x\r\nstats cachedump 1 -1\r\n",
		     BAD_LINE BAD_LINE BAD_LINE),
		STEP("stats cachedump 1000 1\r\n", "CLIENT_ERROR Illegal slab id\r\n"),
		STEP("stats cachedump 0 1\r\n", "END\r\n"),
	} },
	{ "stats cachedump of a class that is not there", .since = CLIENT_TARGET, .steps = {
		STEP("stats cachedump 100 1\r\n", "CLIENT_ERROR Illegal slab id\r\n"),
	} },
};

static bool has_ok(void)
{
	return client_is_since(CLIENT_TARGET);
}

/* Take off the end of a list. */
static void cut_end(struct bytes *list, const char *end)
{
	size_t len = strlen(end);

	if (list->len < len || memcmp(list->data + list->len - len, end, len))
		client_fail("the list does not end with %s", end);
	list->len -= len;
	list->data[list->len] = '\0';
}

static void read_list(struct client *c, const char *request, const char *end, struct bytes *list)
{
	list->len = 0;
	if (client_fence(c, request, strlen(request), list, 0) != CLIENT_COMPLETE)
		client_fail("%s was not answered", request);
	cut_end(list, end);
}

/*
 * The list that metadump makes, behind its OK. memcached does not read while it makes one,
 * and may be busy with one of its own. Only the first line and the last one end in CRLF.
 */
static const char *metadump(struct client *c, const char *which, struct bytes *list)
{
	const char *ok = has_ok() ? "OK\r\n" : "";
	long deadline = client_now_ms() + CLIENT_DEADLINE_MS;
	char request[64];

	snprintf(request, sizeof(request), "lru_crawler metadump %s\r\n", which);
	do {
		list->len = 0;
		if (client_exchange(c, request, strlen(request), list, strlen(ok) + 1, "\r\n") !=
		    CLIENT_COMPLETE)
			client_fail("%s was not answered", request);
	} while (!memcmp(list->data, "BUSY", 4) && client_now_ms() < deadline);
	cut_end(list, "END\r\n");
	if (strncmp(list->data, ok, strlen(ok)))
		client_fail("the list does not begin with OK");
	return list->data + strlen(ok);
}

/* The line of a list that has this text, in a buffer of its own; or NULL. */
static const char *find_line(const char *list, const char *text)
{
	static char line[1200];
	const char *at = strstr(list, text);
	size_t len;

	if (!at)
		return NULL;
	len = strcspn(at, "\n") + 1;
	snprintf(line, sizeof(line), "%.*s", (int)len, at);
	return line;
}

/* What of the key is behind the prefix is already as a URI has it. */
static const char *find_key(const char *list, const char *rest)
{
	char text[300];

	snprintf(text, sizeof(text), "key=%s%s ", script_prefix(), rest);
	return find_line(list, text);
}

static unsigned long long number_in(const char *line, const char *name)
{
	const char *at = strstr(line, name);

	if (!at)
		client_fail("no %s in %s", name, line);
	return strtoull(at + strlen(name), NULL, 10);
}

/* That of the last {cas}. */
static unsigned long long remembered_cas(void)
{
	struct bytes text = { 0 };
	unsigned long long cas;

	script_add(&text, "{cas}");
	bytes_add(&text, "", 1);
	cas = strtoull(text.data, NULL, 10);
	bytes_free(&text);
	return cas;
}

static void test_metadump(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };
	const char *line, *text;
	time_t now = time(NULL);

	(void)state;
	expect(c, "set @plain 5 0 3\r\nabc\r\nset @mortal 0 100 3\r\nabc\r\n",
	       "STORED\r\nSTORED\r\n");
	expect(c, "set @a%b/c~\x80 0 0 1\r\n1\r\n", "STORED\r\n");
	expect(c, "set @dead 0 -1 1\r\n1\r\nset @gone 0 0 1\r\n1\r\ndelete @gone\r\n",
	       "STORED\r\nSTORED\r\nDELETED\r\n");
	expect(c, "gets @plain\r\n", "VALUE @plain 5 3 {cas}\r\nabc\r\nEND\r\n");
	text = metadump(c, "all", &list);

	line = find_key(text, "plain");
	assert_non_null(line);
	assert_non_null(strstr(line, " exp=-1 la="));
	assert_non_null(strstr(line, " fetch=yes cls="));
	assert_true(number_in(line, " cas=") == remembered_cas());
	assert_true(number_in(line, " la=") <= (unsigned long long)time(NULL) + 1);
	assert_in_range(number_in(line, " size="), strlen(script_prefix()) + 8, 200);
	if (has_ok())
		assert_non_null(strstr(line, " flags=5 \n"));

	line = find_key(text, "mortal");
	assert_non_null(line);
	assert_non_null(strstr(line, " fetch=no cls="));
	assert_in_range(number_in(line, " exp="), now + 99, now + 160);

	assert_non_null(find_key(text, "a%25b%2Fc~%80"));
	assert_null(find_key(text, "dead"));
	assert_null(find_key(text, "gone"));
	bytes_free(&list);
}

static void test_flushed(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };

	(void)state;
	expect(c, "set @a 0 0 1\r\n1\r\nflush_all\r\nset @b 0 0 1\r\n1\r\n",
	       "STORED\r\nOK\r\nSTORED\r\n");
	metadump(c, "all", &list);
	assert_null(find_key(list.data, "a"));
	assert_non_null(find_key(list.data, "b"));
	bytes_free(&list);
}

static void test_classes(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };
	unsigned int small, large;
	char which[32];

	(void)state;
	expect(c, "set @small 0 0 1\r\n1\r\nset @large 0 0 5000\r\n{x5000}\r\n",
	       "STORED\r\nSTORED\r\n");
	metadump(c, "hash", &list);
	small = number_in(find_key(list.data, "small"), " cls=");
	large = number_in(find_key(list.data, "large"), " cls=");
	assert_true(small && large && small != large);

	snprintf(which, sizeof(which), "%u", large);
	metadump(c, which, &list);
	assert_null(find_key(list.data, "small"));
	assert_non_null(find_key(list.data, "large"));
	snprintf(which, sizeof(which), "%u,,%u", large, small);
	metadump(c, which, &list);
	assert_non_null(find_key(list.data, "small"));
	assert_non_null(find_key(list.data, "large"));
	bytes_free(&list);
}

/* A list that is not of URIs may have any bytes in it. */
static bool has(const struct bytes *list, const char *text)
{
	struct bytes wanted = { 0 };
	bool found;

	script_expand(&wanted, text, strlen(text));
	found = memmem(list->data, list->len, wanted.data, wanted.len);
	bytes_free(&wanted);
	return found;
}

static void test_mgdump(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };

	(void)state;
	expect(c, "set @a 0 0 1\r\n1\r\nms {b64} 1 b\r\n1\r\n", "STORED\r\nHD\r\n");
	read_list(c, "lru_crawler mgdump all\r\n", "EN\r\n", &list);
	assert_memory_equal(list.data, "OK\r\n", 4);
	assert_true(has(&list, "\r\nmg @a\r\n"));
	assert_true(has(&list, "\r\nmg {b64} b\r\n"));
	bytes_free(&list);
}

/* memcached refuses, because of how it is made. */
static void test_pipelined(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };
	char request[400];
	const char *second;

	(void)state;
	expect(c, "set @a 0 0 1\r\n1\r\n", "STORED\r\n");
	snprintf(request, sizeof(request), "get %sa\r\nlru_crawler metadump all\r\n"
		 "lru_crawler mgdump all\r\nget %sa\r\n", script_prefix(), script_prefix());
	read_list(c, request, "1\r\nEND\r\n", &list);
	assert_memory_equal(list.data, "VALUE", 5);
	second = strstr(list.data, "END\r\nOK\r\n");
	assert_non_null(second);
	assert_non_null(find_key(second, "a"));
	assert_true(has(&list, "END\r\nOK\r\nmg "));
	assert_true(has(&list, "EN\r\nVALUE @a "));
	bytes_free(&list);
}

static void test_cachedump(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };
	char request[64], item[300];
	const char *line, *second;
	unsigned int class;

	(void)state;
	/* memcached lists one of its queues: the one that there is, if it is not segmented */
	expect(c, "lru mode flat\r\n", "OK\r\n");
	expect(c, "set @a 0 0 5000\r\n{x5000}\r\nset @b 0 100 5000\r\n{x5000}\r\n",
	       "STORED\r\nSTORED\r\n");
	expect(c, "lru mode segmented\r\n", "OK\r\n");
	metadump(c, "all", &list);
	class = number_in(find_key(list.data, "a"), " cls=");
	snprintf(request, sizeof(request), "stats cachedump %u 0\r\n", class);
	read_list(c, request, "END\r\n", &list);

	snprintf(item, sizeof(item), "ITEM %sa [5000 b; 0 s]\r\n", script_prefix());
	assert_non_null(strstr(list.data, item));
	snprintf(item, sizeof(item), "ITEM %sb [5000 b; ", script_prefix());
	line = find_line(list.data, item);
	assert_non_null(line);
	assert_in_range(number_in(line, "b; "), time(NULL), time(NULL) + 160);

	snprintf(request, sizeof(request), "stats cachedump %u 1\r\n", class);
	read_list(c, request, "END\r\n", &list);
	assert_memory_equal(list.data, "ITEM ", 5);
	second = strchr(list.data, '\n');
	assert_ptr_equal(second + 1, list.data + list.len);

	snprintf(request, sizeof(request), "stats cachedump %u 0\r\n", class - 1);
	read_list(c, request, "END\r\n", &list);
	snprintf(item, sizeof(item), "ITEM %sa [", script_prefix());
	assert_null(strstr(list.data, item));
	bytes_free(&list);
}

static void test_cachedump_of_base64(void **state)
{
	struct client *c = client_open();
	struct bytes list = { 0 };
	char request[64], item[300];

	(void)state;
	expect(c, "ms {b64} 1 b\r\n1\r\nset @a 0 0 1\r\n1\r\n", "HD\r\nSTORED\r\n");
	metadump(c, "all", &list);
	snprintf(request, sizeof(request), "stats cachedump %llu 0\r\n",
		 number_in(find_key(list.data, ""), " cls="));
	read_list(c, request, "END\r\n", &list);
	snprintf(item, sizeof(item), "ITEM %s [", script_prefix());
	assert_null(strstr(list.data, item));
	bytes_free(&list);
}

static void store_many(struct client *c, const char *value)
{
	struct bytes request = { 0 };

	for (int i = 0; i < MANY; i++)
		bytes_printf(&request, "set %s%d. 0 0 %zu noreply\r\n%s\r\n", script_prefix(), i,
			     strlen(value), value);
	bytes_printf(&request, "mn\r\n");
	assert_int_equal(client_exchange(c, request.data, request.len, &(struct bytes){ 0 }, 4,
					 "MN\r\n"), CLIENT_COMPLETE);
	bytes_free(&request);
}

/* How often each of them is in a list. */
static void count_keys(const char *list, unsigned int *count)
{
	char text[64];

	snprintf(text, sizeof(text), "key=%s", script_prefix());
	memset(count, 0, MANY * sizeof(*count));
	for (list = strstr(list, text); list; list = strstr(list + 1, text)) {
		unsigned long i = strtoul(list + strlen(text), NULL, 10);

		if (i < MANY)
			count[i]++;
	}
}

static void test_many(void **state)
{
	static unsigned int count[MANY];
	struct client *c = client_open();
	struct bytes list = { 0 };

	(void)state;
	store_many(c, "1");
	store_many(c, "a longer value");
	count_keys(metadump(c, "all", &list), count);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(count[i], 1);
	bytes_free(&list);
}

static unsigned long long read_limit(struct client *c)
{
	static struct counters stats;

	counters_read(c, "stats settings\r\n", &stats);
	return counters_number(&stats, "maxbytes");
}

/* It is answered before it is done. */
static void set_limit(struct client *c, unsigned long long bytes)
{
	long deadline = client_now_ms() + CLIENT_DEADLINE_MS;
	struct bytes request = { 0 }, reply = { 0 };

	bytes_printf(&request, "cache_memlimit %llu\r\n", bytes >> 20);
	bytes_printf(&reply, "OK\r\n");
	expect_reply(c, &request, &reply);
	while (read_limit(c) != bytes && client_now_ms() < deadline)
		;
	assert_true(read_limit(c) == bytes);
	bytes_free(&request);
	bytes_free(&reply);
}

static void test_memory_limit(void **state)
{
	struct client *c = client_open();
	unsigned long long limit = read_limit(c);

	(void)state;
	/* not more: the module's administrator has to allow that */
	set_limit(c, limit - (16 << 20));
	set_limit(c, limit);
}

/* One setting, before and after a command. */
static void expect_setting(struct client *c, const char *request, const char *name,
			   const char *value)
{
	static struct counters settings;
	struct bytes reply = { 0 };

	client_fence(c, request, strlen(request), &reply, 4);
	counters_read(c, "stats settings\r\n", &settings);
	if (strcmp(counters_text(&settings, name), value))
		client_fail("%s is %s, not %s", name, counters_text(&settings, name), value);
	bytes_free(&reply);
}

static void test_settings(void **state)
{
	static const struct {
		const char *request, *name, *value;
	} settings[] = {
		{ "slabs automove 2\r\n", "slab_automove", "2" },
		{ "slabs automove 0\r\n", "slab_automove", "0" },
		{ "slabs automove ratio 0.5\r\n", "slab_automove_ratio", "0.50" },
		{ "slabs automove ratio 12.345\r\n", "slab_automove_ratio", "12.35" },
		{ "slabs automove window 60\r\n", "slab_automove_window", "60" },
		{ "lru mode flat\r\n", "lru_segmented", "no" },
		{ "lru mode segmented\r\n", "lru_segmented", "yes" },
		{ "lru temp_ttl 33\r\n", "temporary_ttl", "33" },
		{ "lru temp_ttl 33\r\n", "temp_lru", "yes" },
		{ "lru temp_ttl -1\r\n", "temp_lru", "no" },
		{ "lru tune 11 22 0.3 4.5\r\n", "hot_lru_pct", "11" },
		{ "lru tune 11 22 0.3 4.5\r\n", "warm_lru_pct", "22" },
		{ "lru tune 11 22 0.3 4.5\r\n", "hot_max_factor", "0.30" },
		{ "lru tune 20 40 0.2 2\r\n", "warm_max_factor", "2.00" },
		{ "lru_crawler sleep 7\r\n", "lru_crawler_sleep", "7" },
		{ "lru_crawler tocrawl 9\r\n", "lru_crawler_tocrawl", "9" },
		{ "lru_crawler disable\r\n", "lru_crawler", "no" },
		{ "lru_crawler enable\r\n", "lru_crawler", "yes" },
		{ "version\r\n", "dump_enabled", "yes" },
	};
	struct client *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(settings); i++)
		expect_setting(c, settings[i].request, settings[i].name, settings[i].value);
}

static const struct table_test tests[] = {
	{ "metadump", .function = test_metadump },
	{ "metadump of what was flushed", .function = test_flushed },
	{ "metadump by classes", .function = test_classes },
	{ "mgdump", .function = test_mgdump, .since = CLIENT_TARGET },
	{ "lists among other requests", .function = test_pipelined, .since = CLIENT_TARGET,
	  .quirk = true },
	{ "stats cachedump", .function = test_cachedump },
	{ "stats cachedump leaves out what is base64", .function = test_cachedump_of_base64,
	  .since = CLIENT_TARGET },
	{ "metadump of many items", .function = test_many },
	{ "cache_memlimit", .function = test_memory_limit },
	{ "what was set is shown", .function = test_settings, .since = CLIENT_TARGET },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("dump", rows, table_length(rows), tests, table_length(tests));
}
