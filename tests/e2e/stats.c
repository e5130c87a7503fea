// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c
//
// stats, stats settings, and what counts as what. The server must have no other client.
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

static const char * const general_names[] = {
	"pid", "uptime", "time", "version", "libevent", "pointer_size", "rusage_user",
	"rusage_system", "max_connections", "curr_connections", "total_connections",
	"rejected_connections", "connection_structures", "response_obj_oom",
	"response_obj_count", "response_obj_bytes", "read_buf_count", "read_buf_bytes",
	"read_buf_bytes_free", "read_buf_oom", "reserved_fds", "cmd_get", "cmd_set", "cmd_flush",
	"cmd_touch", "cmd_meta", "get_hits", "get_misses", "get_expired", "get_flushed",
	"delete_misses", "delete_hits", "incr_misses", "incr_hits", "decr_misses", "decr_hits",
	"cas_misses", "cas_hits", "cas_badval", "touch_hits", "touch_misses", "store_too_large",
	"store_no_memory", "auth_cmds", "auth_errors", "bytes_read", "bytes_written",
	"limit_maxbytes", "accepting_conns", "listen_disabled_num", "time_in_listen_disabled_us",
	"threads", "conn_yields", "hash_power_level", "hash_bytes", "hash_is_expanding",
	"slab_reassign_rescues", "slab_reassign_chunk_rescues", "slab_reassign_inline_reclaim",
	"slab_reassign_busy_items", "slab_reassign_busy_deletes", "slab_reassign_busy_nomem",
	"slab_reassign_last_busy_status", "slab_reassign_running", "slabs_moved",
	"lru_crawler_running", "lru_crawler_starts", "lru_maintainer_juggles", "malloc_fails",
	"log_worker_dropped", "log_worker_written", "log_watcher_skipped", "log_watcher_sent",
	"log_watchers", "unexpected_napi_ids", "round_robin_fallback", "bytes", "curr_items",
	"total_items", "slab_global_page_pool", "expired_unfetched", "evicted_unfetched",
	"evicted_active", "evictions", "reclaimed", "crawler_reclaimed", "crawler_items_checked",
	"lrutail_reflocked", "moves_to_cold", "moves_to_warm", "moves_within_lru",
	"direct_reclaims", "lru_bumps_dropped",
};

/* The general statistics that are no numbers. */
static const char * const texts[] = {
	"version", "libevent", "rusage_user", "rusage_system", "slab_reassign_last_busy_status",
};

static const char * const settings_names[] = {
	"maxbytes", "maxconns", "tcpport", "udpport", "inter", "verbosity", "oldest", "evictions",
	"domain_socket", "umask", "shutdown_command", "growth_factor", "chunk_size", "num_threads",
	"num_threads_per_udp", "stat_key_prefix", "detail_enabled", "reqs_per_event",
	"cas_enabled", "tcp_backlog", "binding_protocol", "auth_enabled_sasl",
	"auth_enabled_ascii", "item_size_max", "maxconns_fast", "hashpower_init", "slab_reassign",
	"slab_automove", "slab_automove_ratio", "slab_automove_window", "slab_chunk_max",
	"lru_crawler", "lru_crawler_sleep", "lru_crawler_tocrawl", "tail_repair_time",
	"flush_enabled", "dump_enabled", "hash_algorithm", "lru_maintainer_thread",
	"lru_segmented", "hot_lru_pct", "warm_lru_pct", "hot_max_factor", "warm_max_factor",
	"temp_lru", "temporary_ttl", "idle_timeout", "watcher_logbuf_size", "worker_logbuf_size",
	"read_buf_mem_limit", "track_sizes", "inline_ascii_response", "num_napi_ids",
	"memory_file", "client_flags_size",
};

static const char * const items_names[] = {
	"number", "number_hot", "number_warm", "number_cold", "age_hot", "age_warm", "age",
	"mem_requested", "evicted", "evicted_nonzero", "evicted_time", "outofmemory",
	"tailrepairs", "reclaimed", "expired_unfetched", "evicted_unfetched", "evicted_active",
	"crawler_reclaimed", "crawler_items_checked", "lrutail_reflocked", "moves_to_cold",
	"moves_to_warm", "moves_within_lru", "direct_reclaims", "hits_to_hot", "hits_to_warm",
	"hits_to_cold", "hits_to_temp",
};

static const char * const slabs_names[] = {
	"chunk_size", "chunks_per_page", "total_pages", "total_chunks", "used_chunks",
	"free_chunks", "free_chunks_end", "get_hits", "cmd_set", "delete_hits", "incr_hits",
	"decr_hits", "cas_hits", "cas_badval", "touch_hits",
};

static const struct row rows[] = {
	{ "stats sizes, which are not tracked", .steps = {
		STEP("stats sizes\r\n", "STAT sizes_status disabled\r\nEND\r\n"),
	} },
	{ "stats of something unknown", .steps = {
		STEP("stats bogus\r\n", "ERROR\r\n"),
		STEP("stats bogus more\r\n", "ERROR\r\n"),
		STEP("STATS\r\n", "ERROR\r\n"),
	} },
	/* memcached takes everything that begins with a word for that word. */
	{ "stats takes whole words only", .since = CLIENT_TARGET, .quirk = true, .steps = {
		STEP("stats set\r\n", "ERROR\r\n"),
		STEP("stats settingsx\r\n", "ERROR\r\n"),
	} },
};

static const struct counting countings[] = {
	/* Reading. */
	{ "a hit", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("get @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
	  .changes = { { "cmd_get", 1 }, { "get_hits", 1 } } },
	{ "a miss", .step = STEP("gets @a\r\n", "END\r\n"),
	  .changes = { { "cmd_get", 1 }, { "get_misses", 1 } } },
	{ "keys of one line", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("get @a @b @a @c @d\r\n",
		       "VALUE @a 0 1\r\n1\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	  .changes = { { "cmd_get", 5 }, { "get_hits", 2 }, { "get_misses", 3 } } },
	{ "an expired item", .before = STEP("set @a 0 -1 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("get @a\r\n", "END\r\n"),
	  .changes = { { "cmd_get", 1 }, { "get_misses", 1 }, { "get_expired", 1 } } },
	{ "gat", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("gat 0 @a\r\ngats 0 @a @b @a @c\r\n",
		       "VALUE @a 0 1\r\n1\r\nEND\r\nVALUE @a 0 1 {d}\r\n1\r\n"
		       "VALUE @a 0 1 {d}\r\n1\r\nEND\r\n"),
	  .changes = { { "cmd_touch", 5 }, { "touch_hits", 3 }, { "touch_misses", 2 } } },
	{ "touch", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("touch @a 0\r\ntouch @b 0\r\ntouch @c 0 noreply\r\n",
		       "TOUCHED\r\nNOT_FOUND\r\n"),
	  .changes = { { "cmd_touch", 3 }, { "touch_hits", 1 }, { "touch_misses", 2 } } },

	/* Storing. */
	{ "set", .step = STEP("set @a 0 0 1\r\n1\r\nset @a 0 0 1 noreply\r\n2\r\n", "STORED\r\n"),
	  .changes = { { "cmd_set", 2 }, { "total_items", 2 } } },
	{ "add", .step = STEP("add @a 0 0 1\r\n1\r\nadd @a 0 0 1\r\n1\r\n",
			      "STORED\r\nNOT_STORED\r\n"),
	  .changes = { { "cmd_set", 2 }, { "total_items", 1 } } },
	{ "replace", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("replace @b 0 0 1\r\n1\r\nreplace @a 0 0 1\r\n1\r\n",
		       "NOT_STORED\r\nSTORED\r\n"),
	  .changes = { { "cmd_set", 2 }, { "total_items", 1 } } },
	{ "append and prepend", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("append @a 0 0 1\r\n1\r\nprepend @a 0 0 1\r\n1\r\nappend @b 0 0 1\r\n1\r\n"
		       "prepend @b 0 0 1\r\n1\r\n",
		       "STORED\r\nSTORED\r\nNOT_STORED\r\nNOT_STORED\r\n"),
	  .changes = { { "cmd_set", 4 }, { "total_items", 2 } } },
	{ "cas that stores", .before = STEP("set @a 0 0 1\r\n1\r\ngets @a\r\n",
					    "STORED\r\nVALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
	  .step = STEP("cas @a 0 0 1 {cas}\r\n2\r\n", "STORED\r\n"),
	  .changes = { { "cmd_set", 1 }, { "cas_hits", 1 }, { "total_items", 1 } } },
	{ "cas that does not", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("cas @a 0 0 1 0\r\n2\r\ncas @b 0 0 1 1\r\n2\r\ncas @c 0 0 1 1\r\n2\r\n",
		       "EXISTS\r\nNOT_FOUND\r\nNOT_FOUND\r\n"),
	  .changes = { { "cmd_set", 3 }, { "cas_badval", 1 }, { "cas_misses", 2 } } },
	{ "a bad data chunk", .step = STEP("set @a 0 0 1\r\nabcdefgh\r\n", BAD_CHUNK "ERROR\r\n"),
	  .changes = { { "cmd_set", 1 } } },
	{ "a refused length", .step = STEP("set @a 0 0 -1\r\nset @a 0 0 x\r\n",
					   BAD_LINE BAD_LINE),
	  .changes = { } },
	{ "too large a value", .step = STEP("set @a 0 0 1048577\r\n{x1048577}\r\n", TOO_LARGE),
	  .changes = { { "store_too_large", 1 } } },
	{ "too large values of other commands",
	  .step = STEP("add @a 0 0 1048577\r\n{x1048577}\r\n"
		       "append @a 0 0 1048577\r\n{x1048577}\r\n",
		       TOO_LARGE TOO_LARGE),
	  .changes = { { "store_too_large", 2 } } },

	/* Changing. */
	{ "incr", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("incr @a 1\r\nincr @a 1\r\nincr @b 1\r\nincr @a 1 noreply\r\n",
		       "2\r\n3\r\nNOT_FOUND\r\n"),
	  .changes = { { "incr_hits", 3 }, { "incr_misses", 1 } } },
	{ "incr to a longer number", .before = STEP("set @a 0 0 1\r\n9\r\n", "STORED\r\n"),
	  .step = STEP("incr @a 1\r\n", "10\r\n"),
	  .changes = { { "incr_hits", 1 }, { "total_items", 1 } } },
	{ "decr", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("decr @a 1\r\ndecr @a 1\r\ndecr @b 1\r\n", "0\r\n0\r\nNOT_FOUND\r\n"),
	  .changes = { { "decr_hits", 2 }, { "decr_misses", 1 } } },
	{ "incr that is refused", .before = STEP("set @a 0 0 1\r\nx\r\n", "STORED\r\n"),
	  .step = STEP("incr @a 1\r\nincr @a x\r\ndecr @a 1\r\n",
		       NOT_A_NUMBER BAD_DELTA NOT_A_NUMBER),
	  .changes = { } },
	{ "delete", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("delete @a\r\ndelete @a\r\ndelete @b\r\n",
		       "DELETED\r\nNOT_FOUND\r\nNOT_FOUND\r\n"),
	  .changes = { { "delete_hits", 1 }, { "delete_misses", 2 } } },

	/* Meta commands. */
	{ "mg", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("mg @a v\r\nmg @a q\r\nmg @b\r\nmg @b q k\r\n",
		       "VA 1\r\n1\r\nHD\r\nEN\r\n"),
	  .changes = { { "cmd_get", 4 }, { "get_hits", 2 }, { "get_misses", 2 } } },
	{ "mg with T", .before = STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("mg @a T0\r\nmg @b T0\r\n", "HD\r\nEN\r\n"),
	  .changes = { { "cmd_get", 1 }, { "get_misses", 1 }, { "cmd_touch", 1 },
		       { "touch_hits", 1 } } },
	{ "mg with N", .step = STEP("mg @a N0\r\nmg @a N0\r\nmg @b N0 T0\r\n",
				    "HD W\r\nHD Z\r\nHD W\r\n"),
	  .changes = { { "cmd_get", 2 }, { "get_hits", 2 }, { "cmd_touch", 1 },
		       { "touch_hits", 1 }, { "total_items", 2 } } },
	{ "an expired item and mg", .before = STEP("set @a 0 -1 1\r\n1\r\n", "STORED\r\n"),
	  .step = STEP("mg @a\r\n", "EN\r\n"),
	  .changes = { { "cmd_get", 1 }, { "get_misses", 1 }, { "get_expired", 1 } } },
	{ "mistakes of mg", .step = STEP("mg @a z\r\nmg @a Tx\r\n",
					 "CLIENT_ERROR invalid flag\r\n"
					 "CLIENT_ERROR bad token in command line format\r\n"),
	  .changes = { } },
	{ "ms", .step = STEP("ms @a 1\r\n1\r\nms @a 1 q\r\n1\r\nms @a 1 ME\r\n1\r\n"
			     "ms @b 1 MR\r\n1\r\nms @a 1 MA\r\n1\r\nms @b 1 MP\r\n1\r\n",
			     "HD\r\nNS\r\nNS\r\nHD\r\nNS\r\n"),
	  .changes = { { "cmd_set", 6 }, { "total_items", 3 } } },
	{ "ms with C", .before = STEP("ms @a 1 c\r\n1\r\n", "HD c{cas}\r\n"),
	  .step = STEP("ms @a 1 C{cas}\r\n1\r\nms @a 1 C{cas}\r\n1\r\nms @b 1 C1\r\n1\r\n"
		       "ms @a 1 MA C{cas}\r\n1\r\nms @a 1 ME C{cas}\r\n1\r\n",
		       "HD\r\nEX\r\nNF\r\nEX\r\nNS\r\n"),
	  .changes = { { "cmd_set", 5 }, { "cas_hits", 1 }, { "cas_badval", 1 },
		       { "cas_misses", 1 }, { "total_items", 1 } } },
	{ "ms with C and I", .before = STEP("ms @a 1\r\n1\r\n", "HD\r\n"),
	  .step = STEP("ms @a 1 C1 I\r\n1\r\nms @a 1 C18446744073709551615 I\r\n1\r\n",
		       "HD\r\nEX\r\n"),
	  .changes = { { "cmd_set", 2 }, { "cas_hits", 1 }, { "cas_badval", 1 },
		       { "total_items", 1 } } },
	{ "ms that makes what is missing", .since = CLIENT_TARGET,
	  .step = STEP("ms @a 1 MA N0\r\n1\r\nms @a 1 MA N0\r\n1\r\n", "HD\r\nHD\r\n"),
	  .changes = { { "cmd_set", 2 }, { "total_items", 2 } } },
	{ "mistakes of ms", .step = STEP("ms @a 1 z\r\n1\r\nms @a 1\r\n12345678\r\n",
					 "CLIENT_ERROR invalid flag\r\n" BAD_CHUNK "ERROR\r\n"),
	  .since = CLIENT_TARGET, .changes = { { "cmd_set", 1 } } },
	{ "md", .before = STEP("ms @a 1 c\r\n1\r\n", "HD c{cas}\r\n"),
	  .step = STEP("md @b\r\nmd @a C1\r\nmd @a C{cas}\r\nmd @b q\r\n",
		       "NF\r\nEX\r\nHD\r\nNF\r\n"),
	  .changes = { { "delete_hits", 1 }, { "delete_misses", 3 } } },
	{ "md with I", .before = STEP("ms @a 1\r\n1\r\n", "HD\r\n"),
	  .step = STEP("md @a I\r\nmd @a I q\r\nmd @b I\r\nmd @a I C1\r\n",
		       "HD\r\nNF\r\nEX\r\n"),
	  .changes = { { "delete_misses", 2 } } },
	{ "md with x", .since = CLIENT_TARGET,
	  .before = STEP("ms @a 1\r\n1\r\n", "HD\r\n"),
	  .step = STEP("md @a x\r\nmd @a x I\r\nmd @b x\r\n", "HD\r\nHD\r\nNF\r\n"),
	  .changes = { { "delete_hits", 1 }, { "delete_misses", 1 }, { "total_items", 2 } } },
	{ "ma", .before = STEP("ms @a 1\r\n8\r\n", "HD\r\n"),
	  .step = STEP("ma @a\r\nma @a q\r\nma @b\r\n", "HD\r\nNF\r\n"),
	  .changes = { { "incr_hits", 2 }, { "incr_misses", 1 }, { "total_items", 1 } } },
	{ "ma that subtracts", .before = STEP("ms @a 2\r\n10\r\n", "HD\r\n"),
	  .step = STEP("ma @a MD\r\nma @b MD\r\nma @a M- C1\r\n", "HD\r\nNF\r\nEX\r\n"),
	  .changes = { { "decr_hits", 1 }, { "decr_misses", 1 } } },
	{ "ma that makes what is missing", .step = STEP("ma @a N0\r\nma @b N0 MD J9\r\n",
							"HD\r\nHD\r\n"),
	  .changes = { { "total_items", 2 } } },
	{ "me", .before = STEP("ms @a 1\r\n1\r\n", "HD\r\n"),
	  .step = STEP("me @b\r\nme {251}\r\nme !! b\r\nmn\r\n",
		       "EN\r\n" BAD_LINE BAD_LINE "MN\r\n"),
	  .changes = { { "cmd_meta", 1 } } },

	{ "other commands",
	  .step = STEP("version\r\nverbosity 0\r\nbogus\r\nget\r\n", "VERSION {d}.{d}.{d}\r\nOK\r\n"
		       "ERROR\r\n" BAD_LINE), .since = CLIENT_TARGET,
	  .changes = { } },
};

static void test_countings(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(countings); i++) {
		if (!client_is_since(countings[i].since))
			continue;
		script_setup(NULL);
		counters_check(c, &countings[i]);
	}
}

static void expect_names(const struct counters *counters, const char * const *names, size_t count)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		if (!counters_text(counters, names[i]))
			client_fail("there is no statistic %s", names[i]);
		while (at < counters->count && strcmp(counters->all[at].name, names[i]))
			at++;
		if (at == counters->count)
			client_fail("the statistic %s is not in its place", names[i]);
	}
}

static void test_general_names(void **state)
{
	struct counters counters;

	(void)state;
	counters_read(client_open(), "stats\r\n", &counters);
	expect_names(&counters, general_names, table_length(general_names));
}

static bool is_text(const char *name)
{
	for (size_t i = 0; i < table_length(texts); i++) {
		if (!strcmp(texts[i], name))
			return true;
	}
	return false;
}

static void test_values(void **state)
{
	struct counters counters;

	(void)state;
	counters_read(client_open(), "stats\r\n", &counters);
	for (size_t i = 0; i < counters.count; i++) {
		const struct counter *counter = &counters.all[i];

		if (is_text(counter->name))
			assert_null(strchr(counter->value, ' '));
		else
			counters_number(&counters, counter->name);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(counter->name, counters.all[j].name);
	}
}

static void expect_seconds(const struct counters *counters, const char *name)
{
	const char *text = counters_text(counters, name);
	size_t whole;

	assert_non_null(text);
	whole = strspn(text, "0123456789");
	if (!whole || text[whole] != '.' || strlen(text + whole + 1) != 6 ||
	    !counters_is_number(text + whole + 1))
		client_fail("%s is not like 0.123456: %s", name, text);
}

static void test_what_is_known(void **state)
{
	struct counters counters;
	struct client *c = client_open();
	unsigned long long pointer_size;

	(void)state;
	counters_read(c, "stats\r\n", &counters);
	expect_seconds(&counters, "rusage_user");
	expect_seconds(&counters, "rusage_system");
	assert_string_equal(counters_text(&counters, "version"), client_version);
	assert_in_range(counters_number(&counters, "time"), time(NULL) - 60, time(NULL) + 60);
	pointer_size = counters_number(&counters, "pointer_size");
	assert_true(pointer_size == 32 || pointer_size == 64);
	assert_true(counters_number(&counters, "threads") > 0);
	assert_true(counters_number(&counters, "limit_maxbytes") > 0);
	assert_int_equal(counters_number(&counters, "accepting_conns"), 1);
	assert_true(counters_number(&counters, "curr_connections") > 0);
	assert_true(counters_number(&counters, "max_connections") > 0);
	assert_true(counters_number(&counters, "curr_connections") <=
		    counters_number(&counters, "total_connections"));
}

static void test_hits_and_misses_make_the_whole(void **state)
{
	struct counters all;

	(void)state;
	counters_read(client_open(), "stats\r\n", &all);
	assert_int_equal(counters_number(&all, "cmd_get"), counters_number(&all, "get_hits") +
			 counters_number(&all, "get_misses"));
	assert_int_equal(counters_number(&all, "cmd_touch"), counters_number(&all, "touch_hits") +
			 counters_number(&all, "touch_misses"));
}

static void test_connections(void **state)
{
	struct counters before, after;
	struct client *c = client_open(), *more[5];
	long end;

	(void)state;
	counters_read(c, "stats\r\n", &before);
	for (size_t i = 0; i < table_length(more); i++) {
		more[i] = client_open();
		assert_true(client_alive(more[i]));
	}
	counters_read(c, "stats\r\n", &after);
	assert_int_equal(counters_number(&after, "total_connections") -
			 counters_number(&before, "total_connections"), 5);
	/* Connections of an earlier test may only end now. */
	assert_in_range(counters_number(&after, "curr_connections"), 6,
			counters_number(&before, "curr_connections") + 5);

	for (size_t i = 0; i < table_length(more); i++)
		client_close(more[i]);
	end = client_now_ms() + CLIENT_DEADLINE_MS;
	do
		counters_read(c, "stats\r\n", &after);
	while (counters_number(&after, "curr_connections") > 1 && client_now_ms() < end);
	assert_int_equal(counters_number(&after, "curr_connections"), 1);
}

static void test_bytes(void **state)
{
	struct counters before, after;
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 0 0 10000\r\n{x10000}\r\n", "STORED\r\n");
	counters_read(c, "stats\r\n", &before);
	expect(c, "set @b 0 0 10000\r\n{x10000}\r\nget @a\r\nget @b\r\nget @a\r\n",
	       "STORED\r\nVALUE @a 0 10000\r\n{x10000}\r\nEND\r\n"
	       "VALUE @b 0 10000\r\n{x10000}\r\nEND\r\n"
	       "VALUE @a 0 10000\r\n{x10000}\r\nEND\r\n");
	counters_read(c, "stats\r\n", &after);
	assert_in_range(counters_number(&after, "bytes_read") -
			counters_number(&before, "bytes_read"), 10000, 11000);
	/* The answer to the first stats may be counted before or after it was sent. */
	assert_in_range(counters_number(&after, "bytes_written") -
			counters_number(&before, "bytes_written"), 30000, 40000);
}

/* Expired items of other tests may be removed meanwhile: then another try is made. */
static bool count_items(struct client *c, int round)
{
	struct counters begin, full, empty;
	struct bytes set = { 0 }, delete = { 0 }, stored = { 0 }, deleted = { 0 };
	long long more, bytes, less;

	for (int i = 0; i < 100; i++) {
		bytes_printf(&set, "set %s%d.%d 0 0 1000\r\n", script_prefix(), round, i);
		bytes_fill(&set, 'x', 1000);
		bytes_printf(&set, "\r\n");
		bytes_printf(&stored, "STORED\r\n");
		bytes_printf(&delete, "delete %s%d.%d\r\n", script_prefix(), round, i);
		bytes_printf(&deleted, "DELETED\r\n");
	}
	counters_read(c, "stats\r\n", &begin);
	expect_reply(c, &set, &stored);
	expect_reply(c, &set, &stored);
	counters_read(c, "stats\r\n", &full);
	expect_reply(c, &delete, &deleted);
	counters_read(c, "stats\r\n", &empty);
	more = counters_number(&full, "curr_items") - counters_number(&begin, "curr_items");
	less = counters_number(&full, "curr_items") - counters_number(&empty, "curr_items");
	bytes = counters_number(&full, "bytes") - counters_number(&begin, "bytes");
	bytes_free(&set);
	bytes_free(&delete);
	bytes_free(&stored);
	bytes_free(&deleted);
	if (more == 100 && less == 100 && bytes >= 100000 && bytes < 130000)
		return true;
	printf("# 100 items of 1000 bytes: %lld more, %lld less, %lld bytes\n", more, less, bytes);
	return false;
}

static void test_items(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (int round = 0; round < 5; round++) {
		if (count_items(c, round))
			return;
	}
	client_fail("curr_items or bytes are wrong");
}

static void test_settings_names(void **state)
{
	struct counters settings;

	(void)state;
	counters_read(client_open(), "stats settings\r\n", &settings);
	expect_names(&settings, settings_names, table_length(settings_names));
}

static void test_settings(void **state)
{
	struct client *c = client_open();
	struct counters settings, general;

	(void)state;
	counters_read(c, "stats settings\r\n", &settings);
	counters_read(c, "stats\r\n", &general);
	assert_int_equal(counters_number(&settings, "maxbytes"),
			 counters_number(&general, "limit_maxbytes"));
	assert_int_equal(counters_number(&settings, "maxconns"),
			 counters_number(&general, "max_connections"));
	assert_int_equal(counters_number(&settings, "num_threads"),
			 counters_number(&general, "threads"));
	assert_int_equal(counters_number(&settings, "item_size_max"), 1 << 20);
	assert_string_equal(counters_text(&settings, "evictions"), "on");
	assert_string_equal(counters_text(&settings, "cas_enabled"), "yes");
	assert_string_equal(counters_text(&settings, "flush_enabled"), "yes");
	assert_string_equal(counters_text(&settings, "auth_enabled_ascii"), "no");
	assert_int_equal(counters_number(&settings, "udpport"), 0);
}

/* One number of a class of items. */
static unsigned long long of_class(const struct counters *counters, const char *format,
				   unsigned int class, const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), format, class, name);
	return counters_text(counters, full) ? counters_number(counters, full) : 0;
}

/* The class that has got as many items. */
static unsigned int find_class(const struct counters *before, const struct counters *after,
			       unsigned int items)
{
	for (unsigned int class = 1; class < 100; class++) {
		if (of_class(after, "items:%u:%s", class, "number") ==
		    of_class(before, "items:%u:%s", class, "number") + items)
			return class;
	}
	client_fail("no class has %u more items", items);
	return 0;
}

static void expect_class_names(const struct counters *counters, const char *format,
			       unsigned int class, const char * const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char full[64];

		snprintf(full, sizeof(full), format, class, names[i]);
		if (!counters_text(counters, full))
			client_fail("there is no %s", full);
	}
}

static void test_classes(void **state)
{
	static struct counters before, after, slabs;
	struct bytes set = { 0 }, stored = { 0 };
	struct client *c = client_open();
	unsigned int class;

	(void)state;
	counters_read(c, "stats items\r\n", &before);
	for (int i = 0; i < 50; i++) {
		bytes_printf(&set, "set %s%d 0 0 3000\r\n", script_prefix(), i);
		bytes_fill(&set, 'x', 3000);
		bytes_printf(&set, "\r\n");
		bytes_printf(&stored, "STORED\r\n");
	}
	expect_reply(c, &set, &stored);
	bytes_free(&set);
	bytes_free(&stored);
	counters_read(c, "stats items\r\n", &after);
	class = find_class(&before, &after, 50);
	expect_class_names(&after, "items:%u:%s", class, items_names, table_length(items_names));
	assert_in_range(of_class(&after, "items:%u:%s", class, "mem_requested") -
			of_class(&before, "items:%u:%s", class, "mem_requested"), 150000, 200000);

	counters_read(c, "stats slabs\r\n", &slabs);
	expect_class_names(&slabs, "%u:%s", class, slabs_names, table_length(slabs_names));
	assert_in_range(of_class(&slabs, "%u:%s", class, "chunk_size"), 3000, 4500);
	assert_true(of_class(&slabs, "%u:%s", class, "used_chunks") >= 50);
	assert_true(of_class(&slabs, "%u:%s", class, "total_pages") > 0);
	assert_int_equal(of_class(&slabs, "%u:%s", class, "total_chunks"),
			 of_class(&slabs, "%u:%s", class, "used_chunks") +
			 of_class(&slabs, "%u:%s", class, "free_chunks"));
	assert_true(counters_number(&slabs, "active_slabs") > 0);
	assert_true(counters_number(&slabs, "total_malloced") > 0);
}

/* The classes of @a, which is small, and of @b, which is not. */
enum { CLASS_A, CLASS_B, CLASSES };

#define BIG "{x3000}"
#define SET_A STEP("set @a 0 0 1\r\n1\r\n", "STORED\r\n")
#define SET_B STEP("set @b 0 0 3000\r\n" BIG "\r\n", "STORED\r\n")

/* What a request counts as, and of which class. Nothing else of these two changes. */
static const struct {
	const char *name;
	struct step before;
	struct step step;
	struct {
		int class;
		const char *name;
		int by;
	} changes[4];
} uses[] = {
	{ "get", .step = STEP("get @b\r\nget @a @c @b\r\n",
			      "VALUE @b 0 3000\r\n" BIG "\r\nEND\r\nVALUE @a 0 1\r\n1\r\n"
			      "VALUE @b 0 3000\r\n" BIG "\r\nEND\r\n"),
	  .changes = { { CLASS_A, "get_hits", 1 }, { CLASS_B, "get_hits", 2 } } },
	{ "mg", .step = STEP("mg @a\r\nmg @b s\r\nmg @b T0\r\n", "HD\r\nHD s3000\r\nHD\r\n"),
	  .changes = { { CLASS_A, "get_hits", 1 }, { CLASS_B, "get_hits", 1 },
		       { CLASS_B, "touch_hits", 1 } } },
	{ "mg that would make an item", .step = STEP("mg @b N0\r\n", "HD\r\n"),
	  .changes = { { CLASS_B, "get_hits", 1 } } },
	{ "touch and gat", .step = STEP("touch @a 0\r\ntouch @b 0\r\ngat 0 @b @c\r\n",
					"TOUCHED\r\nTOUCHED\r\nVALUE @b 0 3000\r\n" BIG
					"\r\nEND\r\n"),
	  .changes = { { CLASS_A, "touch_hits", 1 }, { CLASS_B, "touch_hits", 2 } } },
	{ "set", .step = STEP("set @a 0 0 1\r\n1\r\nset @b 0 0 3000\r\n" BIG "\r\n",
			      "STORED\r\nSTORED\r\n"),
	  .changes = { { CLASS_A, "cmd_set", 1 }, { CLASS_B, "cmd_set", 1 } } },
	{ "set to a longer value", .step = STEP("set @a 0 0 3000\r\n" BIG "\r\n", "STORED\r\n"),
	  .changes = { { CLASS_B, "cmd_set", 1 } } },
	{ "add and replace", .step = STEP("add @a 0 0 3000\r\n" BIG "\r\n"
					  "replace @b 0 0 1\r\n1\r\n",
					  "NOT_STORED\r\nSTORED\r\n"),
	  .changes = { { CLASS_A, "cmd_set", 1 }, { CLASS_B, "cmd_set", 1 } } },
	{ "append", .step = STEP("append @b 0 0 1\r\n1\r\n", "STORED\r\n"),
	  .changes = { { CLASS_A, "cmd_set", 1 } } },
	{ "cas that stores", .before = STEP("gets @a\r\n", "VALUE @a 0 1 {cas}\r\n1\r\nEND\r\n"),
	  .step = STEP("cas @a 0 0 3000 {cas}\r\n" BIG "\r\n", "STORED\r\n"),
	  .changes = { { CLASS_A, "cas_hits", 1 }, { CLASS_B, "cmd_set", 1 } } },
	{ "cas that does not", .step = STEP("cas @a 0 0 3000 0\r\n" BIG "\r\n"
					    "cas @c 0 0 3000 1\r\n" BIG "\r\n",
					    "EXISTS\r\nNOT_FOUND\r\n"),
	  .changes = { { CLASS_A, "cas_badval", 1 }, { CLASS_B, "cmd_set", 2 } } },
	{ "ms with C", .before = STEP("mg @b c\r\n", "HD c{cas}\r\n"),
	  .step = STEP("ms @b 1 C{cas}\r\n1\r\n", "HD\r\n"),
	  .changes = { { CLASS_B, "cas_hits", 1 }, { CLASS_A, "cmd_set", 1 } } },
	{ "incr and decr", .step = STEP("incr @a 8\r\ndecr @a 1\r\ndecr @c 1\r\n",
					"9\r\n8\r\nNOT_FOUND\r\n"),
	  .changes = { { CLASS_A, "incr_hits", 1 }, { CLASS_A, "decr_hits", 1 } } },
	{ "ma", .step = STEP("ma @a\r\nma @a MD\r\n", "HD\r\nHD\r\n"),
	  .changes = { { CLASS_A, "incr_hits", 1 }, { CLASS_A, "decr_hits", 1 } } },
	{ "delete and md", .step = STEP("delete @b\r\ndelete @b\r\nmd @a\r\n",
					"DELETED\r\nNOT_FOUND\r\nHD\r\n"),
	  .changes = { { CLASS_A, "delete_hits", 1 }, { CLASS_B, "delete_hits", 1 } } },
};

/* As the server says of a key. */
static unsigned int class_of_key(struct client *c, const char *letter)
{
	struct bytes request = { 0 }, reply = { 0 };
	unsigned int class = 0;
	const char *at;

	bytes_printf(&request, "me %s%s\r\n", script_prefix(), letter);
	client_fence(c, request.data, request.len, &reply, 0);
	bytes_add(&reply, "", 1);
	at = strstr(reply.data, " cls=");
	if (!at || sscanf(at, " cls=%u", &class) != 1)
		client_fail("no class: %s", reply.data);
	bytes_free(&request);
	bytes_free(&reply);
	return class;
}

static int wanted_use(size_t row, int class, const char *name)
{
	for (size_t i = 0; i < table_length(uses[row].changes); i++)
		if (uses[row].changes[i].name && uses[row].changes[i].class == class &&
		    !strcmp(uses[row].changes[i].name, name))
			return uses[row].changes[i].by;
	return 0;
}

static void compare_uses(const struct counters *before, const struct counters *after, size_t row,
			 const unsigned int *classes)
{
	bool wrong = false;

	for (int i = 0; i < CLASSES * COUNTERS_OF_CLASS; i++) {
		const char *name = counters_of_class[i % COUNTERS_OF_CLASS];
		int class = i / COUNTERS_OF_CLASS;
		long long by = of_class(after, "%u:%s", classes[class], name) -
			       of_class(before, "%u:%s", classes[class], name);

		if (by == wanted_use(row, class, name))
			continue;
		printf("# %s of the class of %s changed by %lld\n", name, class ? "@b" : "@a",
		       by);
		wrong = true;
	}
	if (wrong)
		client_fail("wrongly counted by class: %s", uses[row].name);
}

static void test_class_uses(void **state)
{
	static const struct step set_a = SET_A, set_b = SET_B;
	static struct counters before, after;
	struct client *c = client_open();
	unsigned int classes[CLASSES];

	(void)state;
	for (size_t i = 0; i < table_length(uses); i++) {
		script_setup(NULL);
		script_expect(c, &set_a, "small", 0);
		script_expect(c, &set_b, "big", 0);
		classes[CLASS_A] = class_of_key(c, "a");
		classes[CLASS_B] = class_of_key(c, "b");
		assert_int_not_equal(classes[CLASS_A], classes[CLASS_B]);
		if (uses[i].before.request)
			script_expect(c, &uses[i].before, uses[i].name, 0);
		counters_read(c, "stats slabs\r\n", &before);
		script_expect(c, &uses[i].step, uses[i].name, 1);
		counters_read(c, "stats slabs\r\n", &after);
		compare_uses(&before, &after, i, classes);
	}
}

static void test_reset_of_classes(void **state)
{
	static struct counters slabs;
	struct client *c = client_open();

	(void)state;
	expect(c, "set @a 0 0 1\r\n1\r\nget @a\r\nstats reset\r\n",
	       "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\nRESET\r\n");
	counters_read(c, "stats slabs\r\n", &slabs);
	for (size_t i = 0; i < slabs.count; i++) {
		const char *colon = strchr(slabs.all[i].name, ':');

		for (int j = 0; colon && j < COUNTERS_OF_CLASS; j++)
			if (!strcmp(colon + 1, counters_of_class[j]))
				assert_string_equal(slabs.all[i].value, "0");
	}
}

static void test_uptime(void **state)
{
	struct client *c = client_open();
	struct counters begin, now;
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	(void)state;
	counters_read(c, "stats\r\n", &begin);
	do
		counters_read(c, "stats\r\n", &now);
	while (counters_number(&now, "uptime") == counters_number(&begin, "uptime") &&
	       client_now_ms() < end);
	assert_true(counters_number(&now, "uptime") > counters_number(&begin, "uptime"));
	assert_true(counters_number(&now, "time") >= counters_number(&begin, "time"));
}

static const struct table_test tests[] = {
	{ "all general names in order", .function = test_general_names, .since = CLIENT_TARGET },
	{ "every statistic once, and a number", .function = test_values },
	{ "statistics whose values are known", .function = test_what_is_known },
	{ "hits and misses make the whole", .function = test_hits_and_misses_make_the_whole },
	{ "connections are counted", .function = test_connections },
	{ "bytes are counted", .function = test_bytes },
	{ "items are counted", .function = test_items },
	{ "items by size", .function = test_classes },
	{ "requests by size", .function = test_class_uses },
	{ "requests by size are reset", .function = test_reset_of_classes },
	{ "the time goes on", .function = test_uptime },
	{ "every request counts as it should", .function = test_countings },
	{ "all names of settings in order", .function = test_settings_names,
	  .since = CLIENT_TARGET },
	{ "settings whose values are known", .function = test_settings },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("stats", rows, table_length(rows), tests, table_length(tests));
}
