// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/listing.c kmod/proto/uri.c kmod/proto/base64.c kmod/proto/num.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/listing.h"

static void expect(const char *buf, size_t len, const char *wanted)
{
	assert_int_equal(len, strlen(wanted));
	assert_memory_equal(buf, wanted, len);
}

static void test_uri(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *text;
	} rows[] = {
		{ "", 0, "" },
		{ "azAZ09-._~", 10, "azAZ09-._~" },
		{ "a b%c", 5, "a%20b%25c" },
		{ "\0\n\r\x7f\xff", 5, "%00%0A%0D%7F%FF" },
		{ "@`[{/:", 6, "%40%60%5B%7B%2F%3A" },
	};
	char buf[KMC_URI_LEN(10)];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(buf, kmc_uri_encode(buf, rows[i].bytes, rows[i].len), rows[i].text);
}

static void test_lines(void **state)
{
	struct kmc_meta_view view = {
		.key = { .p = "a/b", .len = 3 }, .value_len = 5, .flags = 7, .cas = 9, .ttl = -1,
		.age = 40, .class = 3, .size = 99,
	};
	char buf[KMC_LISTING_LINE_MAX];

	(void)state;
	expect(buf, kmc_listing_compose_meta(buf, &view, 1000),
	       "key=a%2Fb exp=-1 la=960 cas=9 fetch=no cls=3 size=99 flags=7 \n");
	expect(buf, kmc_listing_compose_mg(buf, &view), "mg a/b\r\n");
	expect(buf, kmc_listing_compose_cache(buf, &view, 1000), "ITEM a/b [5 b; 0 s]\r\n");
	view.ttl = 60;
	view.was_read = true;
	view.is_binary = true;
	expect(buf, kmc_listing_compose_meta(buf, &view, 1000),
	       "key=a%2Fb exp=1060 la=960 cas=9 fetch=yes cls=3 size=99 flags=7 \n");
	expect(buf, kmc_listing_compose_mg(buf, &view), "mg YS9i b\r\n");
	expect(buf, kmc_listing_compose_cache(buf, &view, 1000), "ITEM a/b [5 b; 1060 s]\r\n");
}

/* The longest lines there can be; the address sanitizer watches the buffer. */
static void test_longest(void **state)
{
	char bytes[255], buf[KMC_LISTING_LINE_MAX];
	struct kmc_meta_view view = {
		.key = { .p = bytes, .len = sizeof(bytes) }, .value_len = UINT32_MAX,
		.flags = UINT32_MAX, .cas = UINT64_MAX, .ttl = INT64_MAX - 1, .was_read = true,
		.class = UINT32_MAX, .size = UINT64_MAX, .is_binary = true,
	};

	(void)state;
	memset(bytes, '%', sizeof(bytes));
	assert_in_range(kmc_listing_compose_meta(buf, &view, 1), 3 * sizeof(bytes), sizeof(buf));
	assert_in_range(kmc_listing_compose_mg(buf, &view), sizeof(bytes), sizeof(buf));
	assert_in_range(kmc_listing_compose_cache(buf, &view, 1), sizeof(bytes), sizeof(buf));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uri),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_longest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
