// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmcctl/args.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <linux/kmemcached.h>

#include "kmcctl/args.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define KIB	1024ULL
#define MIB	(1024 * KIB)
#define GIB	(1024 * MIB)
#define TIB	(1024 * GIB)

static void good_addresses_are_read(void **state)
{
	static const struct {
		const char *word;
		const char *text;	/* as it is composed again */
		size_t size;
		uint16_t port;
		bool both;
	} rows[] = {
		{ "127.0.0.1:11211", "127.0.0.1:11211", 4, 11211, false },
		{ "0.0.0.0:1", "0.0.0.0:1", 4, 1, false },
		{ "255.255.255.255:65535", "255.255.255.255:65535", 4, 65535, false },
		{ "[::1]:11211", "[::1]:11211", 16, 11211, false },
		{ "[::]:80", "[::]:80", 16, 80, false },
		{ "[2001:DB8:0:0::1]:80", "[2001:db8::1]:80", 16, 80, false },
		{ "[::ffff:1.2.3.4]:80", "[::ffff:1.2.3.4]:80", 16, 80, false },
		{ "[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
		  "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535", 16, 65535, false },
		{ "*:11211", "[::]:11211", 16, 11211, true },
		{ "11211", "127.0.0.1:11211", 4, 11211, false },
		{ "1", "127.0.0.1:1", 4, 1, false },
		{ "65535", "127.0.0.1:65535", 4, 65535, false },
		{ "1.2.3.4:080", "1.2.3.4:80", 4, 80, false },
	};
	char text[KMC_ADDR_TEXT_SIZE];
	struct kmc_addr addr;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		print_message("# %s\n", rows[row].word);
		assert_null(kmc_args_parse_addr(rows[row].word, &addr));
		assert_int_equal(addr.size, rows[row].size);
		assert_int_equal(addr.port, rows[row].port);
		assert_int_equal(addr.both, rows[row].both);
		kmc_args_compose_addr(&addr, text);
		assert_string_equal(text, rows[row].text);
	}
}

static void bad_addresses_are_refused_for_their_reason(void **state)
{
	static const struct {
		const char *word;
		const char *part;	/* of the sentence */
	} rows[] = {
		{ "", "the address is missing" },
		{ ":11211", "the address is missing" },
		{ ":", "the address is missing" },
		{ "1.2.3.4:0", "1 to 65535" },
		{ "1.2.3.4:65536", "1 to 65535" },
		{ "1.2.3.4:18446744073709551617", "1 to 65535" },
		{ "1.2.3.4:+80", "1 to 65535" },
		{ "1.2.3.4: 80", "1 to 65535" },
		{ "1.2.3.4:80 ", "1 to 65535" },
		{ "1.2.3.4:0x50", "1 to 65535" },
		{ "1.2.3.4:http", "1 to 65535" },
		{ "0", "1 to 65535" },
		{ "65536", "1 to 65535" },
		{ "99999999999999999999", "1 to 65535" },
		{ "1.2.3.4:", "port is missing" },
		{ "1.2.3.4", "port is missing" },
		{ "*", "port is missing" },
		{ "*:", "port is missing" },
		{ "[::1]", "port is missing" },
		{ "[::1]:", "port is missing" },
		{ "[::1]:0", "1 to 65535" },
		{ "[::1", "closing bracket" },
		{ "[", "closing bracket" },
		{ "[::1:80", "closing bracket" },
		{ "[]:80", "not an IPv6 address" },
		{ "[1.2.3.4]:80", "not an IPv6 address" },
		{ "[::g]:80", "not an IPv6 address" },
		{ "[fe80::1%lo]:80", "not an IPv6 address" },
		{ "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]:80",
		  "not an IPv6 address" },
		{ "[::1]80", "must be ADDR:PORT" },
		{ "::1:80", "needs brackets" },
		{ "::1", "needs brackets" },
		{ "::", "needs brackets" },
		{ "1.2.3.4:80:90", "needs brackets" },
		{ "1.2.3:1", "not an IPv4 address" },
		{ "1.2.3.256:1", "not an IPv4 address" },
		{ "1.2.3.4.5:1", "not an IPv4 address" },
		{ "01.2.3.4:1", "not an IPv4 address" },
		{ "**:1", "not an IPv4 address" },
		{ "localhost:11211", "not an IPv4 address" },
		{ " 1.2.3.4:1", "not an IPv4 address" },
		{ "12x", "must be ADDR:PORT" },
		{ "-1", "must be ADDR:PORT" },
		{ " 5", "must be ADDR:PORT" },
		{ "localhost", "must be ADDR:PORT" },
	};
	struct kmc_addr addr;
	const char *why;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		why = kmc_args_parse_addr(rows[row].word, &addr);
		print_message("# '%s': %s\n", rows[row].word, why ? why : "(taken)");
		assert_non_null(why);
		assert_non_null(strstr(why, rows[row].part));
	}
}

static void good_sizes_are_read(void **state)
{
	static const struct {
		const char *word;
		uint64_t bytes;
	} rows[] = {
		{ "0", 0 },
		{ "1", 1 },
		{ "67108864", 64 * MIB },
		{ "18446744073709551615", UINT64_MAX },
		{ "1K", KIB },
		{ "1k", KIB },
		{ "512M", 512 * MIB },
		{ "512m", 512 * MIB },
		{ "2G", 2 * GIB },
		{ "3T", 3 * TIB },
		{ "64MB", 64 * MIB },
		{ "64MiB", 64 * MIB },
		{ "1TiB", TIB },
		{ "016M", 16 * MIB },
		{ "16777215T", 16777215 * TIB },
		{ "18014398509481983K", 18014398509481983 * KIB },
	};
	uint64_t bytes;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		print_message("# %s\n", rows[row].word);
		bytes = rows[row].bytes + 1;
		assert_null(kmc_args_parse_size(rows[row].word, &bytes));
		assert_true(bytes == rows[row].bytes);
	}
}

static void bad_sizes_are_refused_for_their_reason(void **state)
{
	static const struct {
		const char *word;
		const char *part;
	} rows[] = {
		{ "", "not a size" },
		{ " 5", "not a size" },
		{ "5 ", "not a size" },
		{ "-1", "not a size" },
		{ "+1", "not a size" },
		{ "12x", "not a size" },
		{ "12B", "not a size" },
		{ "12iB", "not a size" },
		{ "12Mi", "not a size" },
		{ "12Mb", "not a size" },
		{ "12MBB", "not a size" },
		{ "12MM", "not a size" },
		{ "12 M", "not a size" },
		{ "1.5G", "not a size" },
		{ "1e9", "not a size" },
		{ "0x10", "not a size" },
		{ "12P", "not a size" },
		{ "M", "not a size" },
		{ "12\v", "not a size" },
		{ "12+", "not a size" },	/* '+' | 0x20 is no letter */
		{ "18446744073709551616", "64 bits" },
		{ "99999999999999999999999999", "64 bits" },
		{ "16777216T", "64 bits" },
		{ "99999999999G", "64 bits" },
		{ "18014398509481984K", "64 bits" },
	};
	uint64_t bytes = 7;
	const char *why;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(rows); row++) {
		why = kmc_args_parse_size(rows[row].word, &bytes);
		print_message("# '%s': %s\n", rows[row].word, why ? why : "(taken)");
		assert_non_null(why);
		assert_non_null(strstr(why, rows[row].part));
		assert_true(bytes == 7);
	}
}

static void switches_are_words(void **state)
{
	static const char * const bad[] = {
		"", "On", "ON", "off ", " on", "onn", "o", "1", "0", "true", "yes",
	};
	bool on = true;
	size_t row;

	(void)state;
	assert_null(kmc_args_parse_switch("off", &on));
	assert_false(on);
	for (row = 0; row < COUNT(bad); row++) {
		print_message("# '%s'\n", bad[row]);
		assert_non_null(strstr(kmc_args_parse_switch(bad[row], &on), "on or off"));
		assert_false(on);
	}
	assert_null(kmc_args_parse_switch("on", &on));
	assert_true(on);
}

static void seconds_have_32_bits(void **state)
{
	static const char * const bad[] = {
		"", " 5", "5 ", "-1", "+1", "12x", "5s", "1.5", "4294967296",
		"18446744073709551616",
	};
	uint32_t seconds = 7;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(bad); row++) {
		print_message("# '%s'\n", bad[row]);
		assert_non_null(kmc_args_parse_seconds(bad[row], &seconds));
		assert_int_equal(seconds, 7);
	}
	assert_null(kmc_args_parse_seconds("0", &seconds));
	assert_int_equal(seconds, 0);
	assert_null(kmc_args_parse_seconds("4294967295", &seconds));
	assert_true(seconds == UINT32_MAX);
}

static void ids_have_31_bits(void **state)
{
	static const char * const bad[] = {
		"", "0", "-1", " 1", "1 ", "2147483648", "4294967297", "all", "1.2.3.4:5",
	};
	uint32_t id = 7;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(bad); row++) {
		print_message("# '%s'\n", bad[row]);
		assert_non_null(kmc_args_parse_id(bad[row], &id));
		assert_int_equal(id, 7);
	}
	assert_null(kmc_args_parse_id("1", &id));
	assert_int_equal(id, 1);
	assert_null(kmc_args_parse_id("2147483647", &id));
	assert_int_equal(id, INT32_MAX);
}

static void backlog_has_a_range(void **state)
{
	static const char * const bad[] = {
		"", "0", "65536", "4294967297", "-1", " 1", "1k", "many",
	};
	uint32_t backlog = 7;
	size_t row;

	(void)state;
	for (row = 0; row < COUNT(bad); row++) {
		print_message("# '%s'\n", bad[row]);
		assert_non_null(kmc_args_parse_backlog(bad[row], &backlog));
		assert_int_equal(backlog, 7);
	}
	assert_null(kmc_args_parse_backlog("1", &backlog));
	assert_int_equal(backlog, 1);
	assert_null(kmc_args_parse_backlog("65535", &backlog));
	assert_int_equal(backlog, 65535);
}

static void options_add_up(void **state)
{
	struct kmc_listen_options options = { 0 };

	(void)state;
	assert_null(kmc_args_parse_option("noflush", &options));
	assert_null(kmc_args_parse_option("backlog=7", &options));
	assert_null(kmc_args_parse_option("nowatch", &options));
	assert_null(kmc_args_parse_option("auth=on", &options));
	assert_null(kmc_args_parse_option("protocol=text", &options));
	assert_int_equal(options.denied, KMC_CAP_FLUSH | KMC_CAP_WATCH);
	assert_int_equal(options.backlog, 7);
	assert_int_equal(options.protocol, KMC_PROTOCOL_TEXT);
	assert_true(options.auth);
	assert_null(kmc_args_parse_option("auth=off", &options));
	assert_null(kmc_args_parse_option("protocol=auto", &options));
	assert_null(kmc_args_parse_option("nodump", &options));
	assert_int_equal(options.denied, KMC_CAP_ALL);
	assert_int_equal(options.protocol, KMC_PROTOCOL_AUTO);
	assert_false(options.auth);

	assert_non_null(kmc_args_parse_option("", &options));
	assert_non_null(kmc_args_parse_option("protocol", &options));
	assert_non_null(kmc_args_parse_option("protocol=Text", &options));
	assert_non_null(kmc_args_parse_option("auth=", &options));
	assert_non_null(kmc_args_parse_option("backlog=0", &options));
	assert_non_null(kmc_args_parse_option("flush", &options));
	assert_non_null(kmc_args_parse_option("noflush=on", &options));
}

static void tokens_are_cut_at_the_first_colon(void **state)
{
	static const struct {
		const char *line;
		const char *user;
		const char *password;
	} rows[] = {
		{ "a:b", "a", "b" },
		{ "user:password\r", "user", "password" },
		{ "a:b:c", "a", "b:c" },
		{ "a::", "a", ":" },
		{ " a : b ", " a ", " b " },
	};
	struct kmc_token token;

	(void)state;
	for (size_t row = 0; row < COUNT(rows); row++) {
		assert_null(kmc_args_parse_token(rows[row].line, &token));
		assert_int_equal(token.user_size, strlen(rows[row].user));
		assert_memory_equal(token.user, rows[row].user, token.user_size);
		assert_int_equal(token.password_size, strlen(rows[row].password));
		assert_memory_equal(token.password, rows[row].password, token.password_size);
	}
}

static void bad_tokens_are_refused_for_their_reason(void **state)
{
	char line[KMC_TOKEN_SIZE_MAX + 3];
	struct kmc_token token;

	(void)state;
	assert_non_null(kmc_args_parse_token("", &token));
	assert_non_null(kmc_args_parse_token("ab", &token));
	assert_non_null(kmc_args_parse_token(":b", &token));
	assert_non_null(kmc_args_parse_token("a:", &token));
	assert_non_null(kmc_args_parse_token("a:\r", &token));
	assert_non_null(kmc_args_parse_token("a:b\rc", &token));

	memset(line, 'x', sizeof(line));
	line[9] = ':';
	line[KMC_TOKEN_SIZE_MAX + 1] = '\0';
	assert_null(kmc_args_parse_token(line, &token));
	line[KMC_TOKEN_SIZE_MAX + 1] = 'x';
	line[KMC_TOKEN_SIZE_MAX + 2] = '\0';
	assert_non_null(strstr(kmc_args_parse_token(line, &token), "254"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_addresses_are_read),
		cmocka_unit_test(bad_addresses_are_refused_for_their_reason),
		cmocka_unit_test(good_sizes_are_read),
		cmocka_unit_test(bad_sizes_are_refused_for_their_reason),
		cmocka_unit_test(switches_are_words),
		cmocka_unit_test(seconds_have_32_bits),
		cmocka_unit_test(ids_have_31_bits),
		cmocka_unit_test(backlog_has_a_range),
		cmocka_unit_test(options_add_up),
		cmocka_unit_test(tokens_are_cut_at_the_first_colon),
		cmocka_unit_test(bad_tokens_are_refused_for_their_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
