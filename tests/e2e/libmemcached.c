// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// A client library that many programs use, speaking each protocol in turn.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libmemcached/memcached.h>

#include "table.h"

/* The connection of the running test, and whether it speaks the binary protocol. */
static struct memcached_st *memc;
static bool is_binary;

static void set_behavior(memcached_behavior_t behavior, uint64_t value)
{
	assert_int_equal(memcached_behavior_set(memc, behavior, value), MEMCACHED_SUCCESS);
}

static void open_memc(void)
{
	memcached_free(memc);
	memc = memcached_create(NULL);
	assert_non_null(memc);
	assert_int_equal(memcached_server_add(memc, client_host, atoi(client_port)),
			 MEMCACHED_SUCCESS);
	set_behavior(MEMCACHED_BEHAVIOR_BINARY_PROTOCOL, is_binary);
}

/* Make a key of this test; two at a time can be in use. */
static const char *key(const char *name)
{
	static char keys[2][300];
	static int turn;

	turn = !turn;
	snprintf(keys[turn], sizeof(keys[turn]), "%s%s", script_prefix(), name);
	return keys[turn];
}

static void expect_return(memcached_return_t got, memcached_return_t wanted, int line)
{
	if (got == wanted)
		return;
	printf("# line %d: %s, wanted %s: %s\n", line, memcached_strerror(memc, got),
	       memcached_strerror(memc, wanted), memcached_last_error_message(memc));
	_fail(__FILE__, line);
}

#define expect_rc(got, wanted) expect_return(got, wanted, __LINE__)
#define expect_ok(got) expect_return(got, MEMCACHED_SUCCESS, __LINE__)

static memcached_return_t set(const char *name, const char *value, uint32_t flags)
{
	const char *k = key(name);

	return memcached_set(memc, k, strlen(k), value, strlen(value), 0, flags);
}

static void expect_item_at(const char *name, const char *value, uint32_t flags, int line)
{
	const char *k = key(name);
	memcached_return_t rc;
	uint32_t got_flags;
	size_t len;
	char *got = memcached_get(memc, k, strlen(k), &len, &got_flags, &rc);

	expect_return(rc, value ? MEMCACHED_SUCCESS : MEMCACHED_NOTFOUND, line);
	if (!value)
		return;
	if (len != strlen(value) || memcmp(got, value, len) || got_flags != flags)
		client_fail("line %d: got %zu bytes %.*s flags %u", line, len, (int)len, got,
			    got_flags);
	free(got);
}

#define expect_item(name, value, flags) expect_item_at(name, value, flags, __LINE__)
#define expect_no_item(name) expect_item_at(name, NULL, 0, __LINE__)

static void test_set_get(void **state)
{
	(void)state;
	open_memc();
	expect_no_item("a");
	expect_ok(set("a", "value", 42));
	expect_item("a", "value", 42);
	expect_ok(set("a", "", 0xffffffff));
	expect_item("a", "", 0xffffffff);
}

static void test_add_replace(void **state)
{
	const char *k;

	(void)state;
	open_memc();
	k = key("a");
	expect_rc(memcached_replace(memc, k, strlen(k), "1", 1, 0, 1),
		  is_binary ? MEMCACHED_NOTFOUND : MEMCACHED_NOTSTORED);
	expect_ok(memcached_add(memc, k, strlen(k), "2", 1, 0, 2));
	expect_rc(memcached_add(memc, k, strlen(k), "3", 1, 0, 3),
		  is_binary ? MEMCACHED_DATA_EXISTS : MEMCACHED_NOTSTORED);
	expect_item("a", "2", 2);
	k = key("a");
	expect_ok(memcached_replace(memc, k, strlen(k), "4", 1, 0, 4));
	expect_item("a", "4", 4);
}

static void test_append_prepend(void **state)
{
	const char *k;

	(void)state;
	open_memc();
	k = key("a");
	expect_rc(memcached_append(memc, k, strlen(k), "x", 1, 0, 0), MEMCACHED_NOTSTORED);
	expect_ok(set("a", "mid", 7));
	k = key("a");
	expect_ok(memcached_append(memc, k, strlen(k), "end", 3, 0, 0));
	expect_ok(memcached_prepend(memc, k, strlen(k), "begin", 5, 0, 0));
	expect_item("a", "beginmidend", 7);
}

/* Read one item by mget, which is how the cas number is learnt. */
static uint64_t fetch_cas(const char *name)
{
	const char *k = key(name);
	size_t len = strlen(k);
	memcached_result_st *result;
	memcached_return_t rc;
	uint64_t cas;

	expect_ok(memcached_mget(memc, &k, &len, 1));
	result = memcached_fetch_result(memc, NULL, &rc);
	assert_non_null(result);
	cas = memcached_result_cas(result);
	memcached_result_free(result);
	assert_null(memcached_fetch_result(memc, NULL, &rc));
	return cas;
}

static void test_cas(void **state)
{
	const char *k;
	uint64_t cas;

	(void)state;
	open_memc();
	set_behavior(MEMCACHED_BEHAVIOR_SUPPORT_CAS, 1);
	expect_ok(set("a", "1", 1));
	cas = fetch_cas("a");
	assert_true(cas != 0);
	k = key("a");
	expect_ok(memcached_cas(memc, k, strlen(k), "2", 1, 0, 2, cas));
	expect_rc(memcached_cas(memc, k, strlen(k), "3", 1, 0, 3, cas), MEMCACHED_DATA_EXISTS);
	expect_item("a", "2", 2);
	k = key("b");
	expect_rc(memcached_cas(memc, k, strlen(k), "4", 1, 0, 4, cas), MEMCACHED_NOTFOUND);
}

static void test_counters(void **state)
{
	uint64_t value;
	const char *k;

	(void)state;
	open_memc();
	k = key("a");
	expect_rc(memcached_increment(memc, k, strlen(k), 1, &value), MEMCACHED_NOTFOUND);
	expect_ok(set("a", "99", 0));
	k = key("a");
	expect_ok(memcached_increment(memc, k, strlen(k), 1, &value));
	assert_true(value == 100);
	expect_ok(memcached_decrement(memc, k, strlen(k), 58, &value));
	assert_true(value == 42);
	expect_ok(memcached_decrement(memc, k, strlen(k), 1000, &value));
	assert_true(value == 0);
	expect_ok(set("b", "9223372036854775807", 0));
	k = key("b");
	/* not more: memcached 1.6.18 then looks for a minus sign behind the number */
	expect_ok(memcached_increment(memc, k, strlen(k), 0, &value));
	assert_true(value == INT64_MAX);
	expect_ok(set("c", "text", 0));
	k = key("c");
	assert_int_not_equal(memcached_increment(memc, k, strlen(k), 1, &value),
			     MEMCACHED_SUCCESS);
}

static void test_delete_touch(void **state)
{
	const char *k;

	(void)state;
	open_memc();
	k = key("a");
	expect_rc(memcached_delete(memc, k, strlen(k), 0), MEMCACHED_NOTFOUND);
	expect_rc(memcached_touch(memc, k, strlen(k), 0), MEMCACHED_NOTFOUND);
	expect_ok(set("a", "1", 0));
	k = key("a");
	expect_ok(memcached_touch(memc, k, strlen(k), 1000));
	expect_item("a", "1", 0);
	k = key("a");
	expect_ok(memcached_delete(memc, k, strlen(k), 0));
	expect_no_item("a");
	expect_ok(set("b", "1", 0));
	k = key("b");
	/* a time in 1970; -1 would be far away in the binary protocol */
	expect_ok(memcached_touch(memc, k, strlen(k), 2592001));
	expect_no_item("b");
}

static void test_exist(void **state)
{
	const char *k;

	(void)state;
	open_memc();
	k = key("a");
	expect_rc(memcached_exist(memc, k, strlen(k)), MEMCACHED_NOTFOUND);
	expect_ok(set("a", "1", 0));
	k = key("a");
	expect_ok(memcached_exist(memc, k, strlen(k)));
	expect_item("a", "1", 0);
}

static void check_mget(unsigned int count, unsigned int stored)
{
	char (*keys)[64] = calloc(count, sizeof(*keys));
	const char **pointers = calloc(count, sizeof(*pointers));
	size_t *lengths = calloc(count, sizeof(*lengths));
	bool *seen = calloc(count, sizeof(*seen));
	unsigned int found = 0;
	memcached_result_st *result;
	memcached_return_t rc;

	for (unsigned int i = 0; i < count; i++) {
		snprintf(keys[i], sizeof(keys[i]), "%s%u.%u.%u", script_prefix(), count,
			 stored, i);
		pointers[i] = keys[i];
		lengths[i] = strlen(keys[i]);
		if (i % stored == 0)
			expect_ok(memcached_set(memc, keys[i], lengths[i], (char *)&i, sizeof(i), 0,
						i));
	}
	expect_ok(memcached_mget(memc, pointers, lengths, count));
	while ((result = memcached_fetch_result(memc, NULL, &rc))) {
		unsigned int which = memcached_result_flags(result);

		assert_in_range(which, 0, count - 1);
		assert_int_equal(which % stored, 0);
		assert_false(seen[which]);
		assert_int_equal(memcached_result_key_length(result), lengths[which]);
		assert_memory_equal(memcached_result_key_value(result), keys[which],
				    lengths[which]);
		assert_int_equal(memcached_result_length(result), sizeof(which));
		assert_memory_equal(memcached_result_value(result), &which, sizeof(which));
		seen[which] = true;
		found++;
		memcached_result_free(result);
	}
	/* Both mean that there are no more. */
	if (rc != MEMCACHED_NOTFOUND)
		expect_rc(rc, MEMCACHED_END);
	assert_int_equal(found, (count + stored - 1) / stored);
	free(keys);
	free(pointers);
	free(lengths);
	free(seen);
}

static void test_mget(void **state)
{
	(void)state;
	open_memc();
	check_mget(1, 1);
	check_mget(10, 3);
	check_mget(1000, 1);
	check_mget(1000, 7);
}

static void test_noreply(void **state)
{
	const char *k;

	(void)state;
	open_memc();
	set_behavior(MEMCACHED_BEHAVIOR_NOREPLY, 1);
	expect_ok(set("a", "1", 1));
	k = key("a");
	expect_ok(memcached_append(memc, k, strlen(k), "2", 1, 0, 0));
	k = key("b");
	expect_ok(memcached_add(memc, k, strlen(k), "3", 1, 0, 3));
	expect_ok(memcached_add(memc, k, strlen(k), "4", 1, 0, 4));
	k = key("c");
	expect_ok(set("c", "5", 5));
	expect_ok(memcached_delete(memc, k, strlen(k), 0));
	set_behavior(MEMCACHED_BEHAVIOR_NOREPLY, 0);
	expect_item("a", "12", 1);
	expect_item("b", "3", 3);
	expect_no_item("c");
}

/*
 * With 500 replies to come the library reads them all but one, gives the server 50 ms for each, and
 * otherwise closes the connection with requests under way.
 */
#define BUFFERED 400

static void test_buffered_requests(void **state)
{
	(void)state;
	open_memc();
	set_behavior(MEMCACHED_BEHAVIOR_BUFFER_REQUESTS, 1);
	for (int i = 0; i < BUFFERED; i++) {
		char name[16], value[16];
		memcached_return_t rc;

		snprintf(name, sizeof(name), "%d", i);
		snprintf(value, sizeof(value), "value %d", i);
		rc = set(name, value, i);
		if (rc != MEMCACHED_BUFFERED)
			expect_ok(rc);
	}
	expect_ok(memcached_flush_buffers(memc));
	/*
	 * To end buffering, the library quits and closes with replies unread, and what the server
	 * has not executed by then is lost in the reset. A get reads them all.
	 */
	expect_item("399", "value 399", BUFFERED - 1);
	set_behavior(MEMCACHED_BEHAVIOR_BUFFER_REQUESTS, 0);
	for (int i = 0; i < BUFFERED; i++) {
		char name[16], value[16];

		snprintf(name, sizeof(name), "%d", i);
		snprintf(value, sizeof(value), "value %d", i);
		expect_item(name, value, i);
	}
}

static void test_longest_key(void **state)
{
	char name[MEMCACHED_MAX_KEY];
	size_t rest = 250 - strlen(script_prefix());

	(void)state;
	open_memc();
	memset(name, 'k', rest);
	name[rest] = '\0';
	expect_ok(set(name, "1", 1));
	expect_item(name, "1", 1);
	assert_int_equal(strlen(key(name)), 250);
	memset(name, 'k', rest + 1);
	name[rest + 1] = '\0';
	assert_int_not_equal(set(name, "1", 1), MEMCACHED_SUCCESS);
}

static void test_large_value(void **state)
{
	static const size_t largest = 1048064, too_large = 1024 * 1024 + 1;
	char *value = malloc(too_large), *got;
	memcached_return_t rc;
	const char *k;
	uint32_t flags;
	size_t len;

	(void)state;
	open_memc();
	for (size_t i = 0; i < too_large; i++)
		value[i] = (char)(i * 7 + i / 251);
	k = key("a");
	expect_ok(memcached_set(memc, k, strlen(k), value, largest, 0, 5));
	got = memcached_get(memc, k, strlen(k), &len, &flags, &rc);
	expect_ok(rc);
	assert_int_equal(len, largest);
	assert_memory_equal(got, value, largest);
	free(got);
	rc = memcached_set(memc, k, strlen(k), value, too_large, 0, 5);
	expect_rc(rc, MEMCACHED_E2BIG);
	expect_no_item("a");
	free(value);
}

static void test_stat(void **state)
{
	memcached_return_t rc;
	memcached_stat_st *stat;
	char *value;

	(void)state;
	open_memc();
	expect_ok(set("a", "1", 1));
	stat = memcached_stat(memc, NULL, &rc);
	expect_ok(rc);
	value = memcached_stat_get_value(memc, stat, "version", &rc);
	expect_ok(rc);
	assert_string_equal(value, client_version);
	free(value);
	value = memcached_stat_get_value(memc, stat, "cmd_set", &rc);
	expect_ok(rc);
	assert_true(strtoull(value, NULL, 10) > 0);
	free(value);
	value = memcached_stat_get_value(memc, stat, "curr_items", &rc);
	expect_ok(rc);
	assert_true(strtoull(value, NULL, 10) > 0);
	free(value);
	memcached_stat_free(memc, stat);
}

static void test_version(void **state)
{
	char version[32];

	(void)state;
	open_memc();
	expect_ok(memcached_version(memc));
	snprintf(version, sizeof(version), "%u.%u.%u",
		 memcached_server_major_version(memcached_server_instance_by_position(memc, 0)),
		 memcached_server_minor_version(memcached_server_instance_by_position(memc, 0)),
		 memcached_server_micro_version(memcached_server_instance_by_position(memc, 0)));
	assert_string_equal(version, client_version);
	expect_ok(memcached_verbosity(memc, 0));
	memcached_quit(memc);
	expect_ok(set("a", "after quit", 1));
	expect_item("a", "after quit", 1);
}

/* Other programs may be at work: ask for a flush in 30 days. */
static void test_flush(void **state)
{
	(void)state;
	open_memc();
	expect_ok(set("a", "1", 1));
	expect_ok(memcached_flush(memc, 2592000));
	expect_item("a", "1", 1);
}

static void test_many_in_turn(void **state)
{
	(void)state;
	open_memc();
	set_behavior(MEMCACHED_BEHAVIOR_TCP_NODELAY, 1);
	for (int i = 0; i < client_rounds(1000); i++) {
		char value[16];

		snprintf(value, sizeof(value), "%d", i);
		expect_ok(set(i % 2 ? "a" : "b", value, i));
		expect_item(i % 2 ? "a" : "b", value, i);
	}
}

static const struct table_test tests[] = {
	{ "set and get", .function = test_set_get },
	{ "add and replace", .function = test_add_replace },
	{ "append and prepend", .function = test_append_prepend },
	{ "cas", .function = test_cas },
	{ "increment and decrement", .function = test_counters },
	{ "delete and touch", .function = test_delete_touch },
	{ "exist", .function = test_exist },
	{ "mget", .function = test_mget },
	{ "requests without replies", .function = test_noreply },
	{ "buffered requests", .function = test_buffered_requests },
	{ "the longest key", .function = test_longest_key },
	{ "large values", .function = test_large_value },
	{ "stat", .function = test_stat },
	{ "version, verbosity and quit", .function = test_version },
	{ "flush", .function = test_flush },
	{ "many requests in turn", .function = test_many_in_turn },
};

static void run_text(void **state)
{
	const struct table_test *test = *state;

	is_binary = false;
	test->function(NULL);
}

static void run_binary(void **state)
{
	const struct table_test *test = *state;

	is_binary = true;
	test->function(NULL);
}

int main(int argc, char **argv)
{
	struct table_test both[2 * table_length(tests)];
	char names[table_length(tests)][64];
	int failed;

	client_init(argc, argv);
	for (size_t i = 0; i < table_length(tests); i++) {
		snprintf(names[i], sizeof(names[i]), "binary: %s", tests[i].name);
		both[i] = (struct table_test){
			.name = tests[i].name, .function = run_text, .state = &tests[i],
		};
		both[table_length(tests) + i] = (struct table_test){
			.name = names[i], .function = run_binary, .state = &tests[i],
		};
	}
	failed = table_run("libmemcached", NULL, 0, both, table_length(both));
	memcached_free(memc);
	return failed;
}
