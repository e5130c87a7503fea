// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/log.c kmod/proto/uri.c kmod/proto/num.c kmod/proto/token.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/log.h"
#include "proto/uri.h"

static void test_kinds(void **state)
{
	static const struct {
		const char *words;
		u32 kinds;
	} rows[] = {
		{ "", KMC_LOG_FETCHERS },
		{ "   ", KMC_LOG_FETCHERS },
		{ "fetchers", KMC_LOG_FETCHERS },
		{ " fetchers  fetchers ", KMC_LOG_FETCHERS },
		{ "mutations", KMC_LOG_MUTATIONS },
		{ "evictions", KMC_LOG_EVICTIONS },
		{ "connevents deletions", KMC_LOG_CONNEVENTS | KMC_LOG_DELETIONS },
		{ "sysevents rawcmds", KMC_LOG_SYSEVENTS | KMC_LOG_RAWCMDS },
		{ "fetchers mutations evictions connevents deletions sysevents rawcmds", 0x7f },
		{ "fetcher", 0 },
		{ "fetchersx", 0 },
		{ "Fetchers", 0 },
		{ "fetchers,mutations", 0 },
		{ "fetchers\tmutations", 0 },
		{ "fetchers noreply", 0 },
		{ "proxyreqs", 0 },
		{ "bogus fetchers", 0 },
	};
	size_t row;

	(void)state;
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		struct kmc_span words = { rows[row].words, strlen(rows[row].words) };

		print_message("# '%s'\n", rows[row].words);
		assert_int_equal(kmc_log_parse_kinds(words), rows[row].kinds);
	}
}

#define TIME .usec = 1795708391086464, .gid = 56

static void test_lines(void **state)
{
	static const struct {
		struct kmc_log log;
		const char *text;
		const char *line;
	} rows[] = {
		{ { TIME, .type = KMC_LOG_ITEM_GET, .status = KMC_LOG_FOUND, .class = 1, .id = 34,
		    .size = 5 }, "num",
		  "ts=1795708391.086464 gid=56 type=item_get key=num status=found clsid=1 cfd=34 "
		  "size=5\n" },
		{ { .usec = 1, .gid = UINT64_MAX, .type = KMC_LOG_ITEM_GET,
		    .status = KMC_LOG_NOT_FOUND, .id = INT32_MAX }, "",
		  "ts=0.000001 gid=18446744073709551615 type=item_get key= status=not_found "
		  "clsid=0 cfd=2147483647 size=0\n" },
		{ { TIME, .type = KMC_LOG_ITEM_GET, .status = KMC_LOG_FLUSHED }, "a",
		  "ts=1795708391.086464 gid=56 type=item_get key=a status=flushed clsid=0 cfd=0 "
		  "size=0\n" },
		{ { TIME, .type = KMC_LOG_ITEM_GET, .status = KMC_LOG_EXPIRED }, "a",
		  "ts=1795708391.086464 gid=56 type=item_get key=a status=expired clsid=0 cfd=0 "
		  "size=0\n" },
		{ { TIME, .type = KMC_LOG_ITEM_STORE, .status = KMC_LOG_STORED, .ttl = 50,
		    .cmd = KMC_LOG_CMD_SET, .class = 2, .id = 7, .size = 1 }, "fo%o",
		  "ts=1795708391.086464 gid=56 type=item_store key=fo%25o status=stored cmd=set "
		  "ttl=50 clsid=2 cfd=7 size=1\n" },
		{ { TIME, .type = KMC_LOG_ITEM_STORE, .status = KMC_LOG_STORED, .ttl = -88,
		    .cmd = KMC_LOG_CMD_SET, .class = 2, .id = 7, .size = 1 }, "a",
		  "ts=1795708391.086464 gid=56 type=item_store key=a status=stored cmd=set "
		  "ttl=4294967208 clsid=2 cfd=7 size=1\n" },
		{ { TIME, .type = KMC_LOG_ITEM_STORE, .status = KMC_LOG_TOO_LARGE,
		    .cmd = KMC_LOG_CMD_CAS, .id = 7 }, "a",
		  "ts=1795708391.086464 gid=56 type=item_store key=a status=too_large cmd=cas "
		  "ttl=0 clsid=0 cfd=7 size=0\n" },
		{ { TIME, .type = KMC_LOG_EVICTION, .was_read = true, .ttl = -1, .age = 12,
		    .class = 3, .size = 100 }, "a:b",
		  "ts=1795708391.086464 gid=56 type=eviction key=a%3Ab fetch=yes ttl=-1 la=12 "
		  "clsid=3 size=100\n" },
		{ { TIME, .type = KMC_LOG_EVICTION, .ttl = 9, .class = 3 }, "a",
		  "ts=1795708391.086464 gid=56 type=eviction key=a fetch=no ttl=9 la=0 clsid=3 "
		  "size=0\n" },
		{ { TIME, .type = KMC_LOG_DELETED, .cmd = KMC_LOG_CMD_MD, .class = 3, .size = 4,
		    .id = 9 }, "a",
		  "ts=1795708391.086464 gid=56 type=deleted key=a cmd=md clsid=3 size=4\n" },
		{ { TIME, .type = KMC_LOG_CONN_NEW, .port = 44092, .id = 34 }, "127.0.0.1",
		  "ts=1795708391.086464 gid=56 type=conn_new rip=127.0.0.1 rport=44092 "
		  "transport=tcp cfd=34\n" },
		{ { TIME, .type = KMC_LOG_CONN_CLOSE, .port = 65535, .id = 34,
		    .reason = KMC_LOG_REASON_NORMAL }, "::1",
		  "ts=1795708391.086464 gid=56 type=conn_close rip=::1 rport=65535 "
		  "transport=tcp reason=normal cfd=34\n" },
		{ { TIME, .type = KMC_LOG_CONN_CLOSE, .reason = KMC_LOG_REASON_SHUTDOWN }, "::1",
		  "ts=1795708391.086464 gid=56 type=conn_close rip=::1 rport=0 "
		  "transport=tcp reason=shutdown cfd=0\n" },
		{ { .gid = 1234, .type = KMC_LOG_SKIPPED }, "", "skipped=1234\n" },
	};
	char buf[KMC_LOG_LINE_MAX];
	size_t row, len;

	(void)state;
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		struct kmc_log log = rows[row].log;

		log.text_len = strlen(rows[row].text);
		len = kmc_log_compose(buf, &log, rows[row].text);
		print_message("# %.*s", (int)len, buf);
		assert_int_equal(len, strlen(rows[row].line));
		assert_memory_equal(buf, rows[row].line, len);
	}
}

/* Each word of each table is there, and no line is too long; the sanitizer watches. */
static void test_longest(void **state)
{
	struct kmc_log log = {
		.usec = UINT64_MAX, .gid = UINT64_MAX, .ttl = INT64_MIN, .age = UINT32_MAX,
		.size = UINT32_MAX, .class = UINT32_MAX, .id = UINT32_MAX, .port = UINT16_MAX,
		.text_len = KMC_LOG_TEXT_MAX,
	};
	char text[KMC_LOG_TEXT_MAX], *buf;

	(void)state;
	buf = malloc(KMC_LOG_LINE_MAX);
	assert_non_null(buf);
	memset(text, ' ', sizeof(text));
	for (log.type = 0; log.type <= KMC_LOG_SKIPPED; log.type++)
		for (log.status = 0; log.status <= KMC_LOG_NO_MEMORY; log.status++)
			for (log.cmd = 0; log.cmd <= KMC_LOG_CMD_MD; log.cmd++) {
				log.reason = log.cmd % (KMC_LOG_REASON_SHUTDOWN + 1);
				assert_in_range(kmc_log_compose(buf, &log, text), 10,
						KMC_LOG_LINE_MAX);
			}
	free(buf);
}

static void test_uri(void **state)
{
	static const char all[] = "az09AZ-._~", odd[] = " \n\x7f\xff/%:";
	char buf[KMC_URI_LEN(sizeof(odd))];
	size_t len;

	(void)state;
	assert_int_equal(kmc_uri_encode(buf, all, strlen(all)), strlen(all));
	assert_memory_equal(buf, all, strlen(all));
	len = kmc_uri_encode(buf, odd, sizeof(odd));
	assert_int_equal(len, sizeof(buf));
	assert_memory_equal(buf, "%20%0A%7F%FF%2F%25%3A%00", len);
	assert_int_equal(kmc_uri_encode(buf, odd, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_uri),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
