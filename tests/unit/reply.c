// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/reply.c kmod/proto/num.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/reply.h"
#include "proto/request.h"

/* All the fixed replies are there, end in CRLF and fit where a line must fit. */
static void test_texts(void **state)
{
	enum kmc_reply reply;

	(void)state;
	for (reply = KMC_REPLY_NONE + 1; reply < KMC_REPLY_HANGUP; reply++) {
		struct kmc_span text = kmc_reply_text(reply);

		assert_non_null(text.p);
		assert_in_range(text.len, 4, KMC_REPLY_LINE_MAX);
		assert_memory_equal(text.p + text.len - 2, "\r\n", 2);
	}
	assert_int_equal(kmc_reply_text(KMC_REPLY_NONE).len, 0);
	assert_int_equal(kmc_reply_text(KMC_REPLY_HANGUP).len, 0);
}

static void test_value(void **state)
{
	struct kmc_span key = { .p = "key", .len = 3 };
	char buf[KMC_REPLY_LINE_MAX];
	size_t len;

	(void)state;
	len = kmc_reply_compose_value(buf, key, 7, 100);
	assert_int_equal(len, strlen("VALUE key 7 100\r\n"));
	assert_memory_equal(buf, "VALUE key 7 100\r\n", len);
	len = kmc_reply_compose_value_cas(buf, key, 0, 0, 42);
	assert_int_equal(len, strlen("VALUE key 0 0 42\r\n"));
	assert_memory_equal(buf, "VALUE key 0 0 42\r\n", len);
	len = kmc_reply_compose_number(buf, 9);
	assert_int_equal(len, 3);
	assert_memory_equal(buf, "9\r\n", 3);
}

/* The longest line there can be; the address sanitizer watches the buffer. */
static void test_longest(void **state)
{
	char bytes[KMC_KEY_MAX], buf[KMC_REPLY_LINE_MAX];
	struct kmc_span key = { .p = bytes, .len = sizeof(bytes) };

	(void)state;
	memset(bytes, 'k', sizeof(bytes));
	assert_in_range(kmc_reply_compose_value_cas(buf, key, UINT32_MAX, UINT32_MAX, UINT64_MAX),
			sizeof(bytes), sizeof(buf));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_longest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("reply", tests, NULL, NULL);
}
