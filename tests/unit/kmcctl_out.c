// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmcctl/out.c
#define _GNU_SOURCE	/* fopencookie() */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kmcctl/out.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* What was printed; the text must be freed. */
struct printed {
	struct kmc_out out;
	FILE *file;
	char *text;
	size_t size;
};

static void begin(struct printed *printed, bool json)
{
	printed->file = open_memstream(&printed->text, &printed->size);
	assert_non_null(printed->file);
	kmc_out_start(&printed->out, printed->file, json);
}

static void expect(struct printed *printed, const char *text)
{
	assert_int_equal(kmc_out_finish(&printed->out), 0);
	fclose(printed->file);
	assert_string_equal(printed->text, text);
	free(printed->text);
}

static void print_object(struct kmc_out *out)
{
	kmc_out_open_object(out);
	kmc_out_str(out, "name", "label", "value");
	kmc_out_u64(out, "count", "longer label", 0);
	kmc_out_u64(out, "most", NULL, UINT64_MAX);
	kmc_out_bool(out, "yes", "yes", true);
	kmc_out_bool(out, "no", NULL, false);
	kmc_out_bool(out, NULL, "no", false);
	kmc_out_str(out, NULL, "people", "only");
	kmc_out_close_object(out);
}

static void one_object(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true);
	print_object(&printed.out);
	expect(&printed, "{\"name\":\"value\",\"count\":0,\"most\":18446744073709551615,"
	       "\"yes\":true,\"no\":false}\n");
	begin(&printed, false);
	print_object(&printed.out);
	expect(&printed,
	       "label         value\n"
	       "longer label  0\n"
	       "yes           on\n"
	       "no            off\n"
	       "people        only\n");
}

static void print_list(struct kmc_out *out, unsigned int count)
{
	unsigned int at;

	kmc_out_open_list(out);
	for (at = 0; at < count; at++) {
		kmc_out_open_object(out);
		kmc_out_str(out, "a", "a", at ? "x" : "wide one");
		kmc_out_u64(out, "b", "number", at ? 123456789 : 1);
		kmc_out_str(out, "c", "last", "z");
		kmc_out_close_object(out);
	}
	kmc_out_close_list(out);
}

static void list_of_objects(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true);
	print_list(&printed.out, 2);
	expect(&printed,
	       "[{\"a\":\"wide one\",\"b\":1,\"c\":\"z\"},"
	       "{\"a\":\"x\",\"b\":123456789,\"c\":\"z\"}]\n");
	begin(&printed, false);
	print_list(&printed.out, 2);
	expect(&printed,
	       "a         number     last\n"
	       "wide one  1          z\n"
	       "x         123456789  z\n");
}

/* A list of numbers is for programs. */
static void numbers(void **state)
{
	static const uint64_t values[] = { 0, 7, UINT64_MAX };
	struct printed printed;
	int json;

	(void)state;
	for (json = 0; json < 2; json++) {
		begin(&printed, json);
		kmc_out_open_object(&printed.out);
		kmc_out_str(&printed.out, "a", "a", "b");
		kmc_out_u64_list(&printed.out, "some", values, COUNT(values));
		kmc_out_u64_list(&printed.out, "none", values, 0);
		kmc_out_close_object(&printed.out);
		expect(&printed, json ? "{\"a\":\"b\",\"some\":[0,7,18446744073709551615],"
					"\"none\":[]}\n" : "a  b\n");
	}
}

static void empty_list(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true);
	print_list(&printed.out, 0);
	expect(&printed, "[]\n");
	begin(&printed, false);
	print_list(&printed.out, 0);
	expect(&printed, "");
}

static void several_documents_in_turn(void **state)
{
	struct printed printed;

	(void)state;
	begin(&printed, true);
	print_list(&printed.out, 1);
	print_list(&printed.out, 1);
	expect(&printed,
	       "[{\"a\":\"wide one\",\"b\":1,\"c\":\"z\"}]\n"
	       "[{\"a\":\"wide one\",\"b\":1,\"c\":\"z\"}]\n");
	begin(&printed, false);
	print_list(&printed.out, 1);
	print_object(&printed.out);
	expect(&printed,
	       "a         number  last\n"
	       "wide one  1       z\n"
	       "label         value\n"
	       "longer label  0\n"
	       "yes           on\n"
	       "no            off\n"
	       "people        only\n");
}

static void many_rows(void **state)
{
	struct printed printed;
	unsigned int lines = 0;
	const char *at;

	(void)state;
	begin(&printed, false);
	print_list(&printed.out, 1000);
	assert_int_equal(kmc_out_finish(&printed.out), 0);
	fclose(printed.file);
	for (at = printed.text; (at = strchr(at, '\n')); at++)
		lines++;
	assert_int_equal(lines, 1001);
	free(printed.text);
}

static void json_strings_are_escaped(void **state)
{
	static const struct {
		const char *value;
		const char *json;
	} rows[] = {
		{ "", "" },
		{ "plain / text", "plain / text" },
		{ "\"", "\\\"" },
		{ "\\", "\\\\" },
		{ "a\nb\tc\r", "a\\u000ab\\u0009c\\u000d" },
		{ "\x01\x1f\x7f", "\\u0001\\u001f\x7f" },
		{ "\xc3\xa4", "\xc3\xa4" },
		{ "\xe2\x82\xac", "\xe2\x82\xac" },
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
		{ "\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf" },
		{ "\x80", "\\ufffd" },				/* starts in the middle */
		{ "\xff", "\\ufffd" },
		{ "\xc3", "\\ufffd" },				/* ends in the middle */
		{ "\xc3(", "\\ufffd(" },
		{ "\xe2\x82", "\\ufffd\\ufffd" },
		{ "\xf0\x9f\x98\"", "\\ufffd\\ufffd\\ufffd\\\"" },
		{ "\xc0\xaf", "\\ufffd\\ufffd" },		/* overlong */
		{ "\xe0\x80\xaf", "\\ufffd\\ufffd\\ufffd" },
		{ "\xf0\x8f\xbf\xbf", "\\ufffd\\ufffd\\ufffd\\ufffd" },
		{ "\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd" },	/* a surrogate */
		{ "\xf4\x90\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
		{ "\xf5\x80\x80\x80", "\\ufffd\\ufffd\\ufffd\\ufffd" },
	};
	struct printed printed;
	char wanted[128];
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		begin(&printed, true);
		kmc_out_open_object(&printed.out);
		kmc_out_str(&printed.out, rows[row].value, NULL, rows[row].value);
		kmc_out_close_object(&printed.out);
		snprintf(wanted, sizeof(wanted), "{\"%s\":\"%s\"}\n", rows[row].json,
			 rows[row].json);
		expect(&printed, wanted);
	}
}

/* A disk that is full once, and then has room again. */
static ssize_t write_once_full(void *cookie, const char *data, size_t size)
{
	bool *was_full = cookie;

	(void)data;
	if (*was_full)
		return size;
	*was_full = true;
	errno = ENOSPC;
	return 0;
}

static void a_full_disk_is_noticed(void **state)
{
	const cookie_io_functions_t once_full = { .write = write_once_full };
	bool was_full = false;
	struct kmc_out out;
	FILE *file;

	(void)state;
	file = fopen("/dev/full", "w");
	assert_non_null(file);
	kmc_out_start(&out, file, false);
	print_object(&out);
	assert_int_equal(kmc_out_finish(&out), -ENOSPC);
	fclose(file);

	/* So is a write that failed long ago. */
	file = fopencookie(&was_full, "w", once_full);
	assert_non_null(file);
	kmc_out_start(&out, file, true);
	print_list(&out, 1000);
	assert_true(was_full);
	assert_int_equal(kmc_out_finish(&out), -EIO);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_object),
		cmocka_unit_test(list_of_objects),
		cmocka_unit_test(numbers),
		cmocka_unit_test(empty_list),
		cmocka_unit_test(several_documents_in_turn),
		cmocka_unit_test(many_rows),
		cmocka_unit_test(json_strings_are_escaped),
		cmocka_unit_test(a_full_disk_is_noticed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
