// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "num.h"

#include <linux/limits.h>
#include <linux/string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Read digits up to the first other byte; how many, or 0 if the value is no u64. */
static size_t read_digits(const char *s, size_t len, u64 *value)
{
	u64 v = 0;
	size_t i;

	for (i = 0; i < len && is_digit(s[i]); i++) {
		u64 digit = s[i] - '0';

		if (v > (U64_MAX - digit) / 10)
			return 0;
		v = v * 10 + digit;
	}
	*value = v;
	return i;
}

/**
 * kmc_num_parse_u64() - parse a number that is nothing but digits
 * @s: first byte
 * @len: number of bytes
 * @value: the result, untouched on failure
 *
 * Return: false if there is no digit, another byte, or a value above 2^64 - 1.
 */
bool kmc_num_parse_u64(const char *s, size_t len, u64 *value)
{
	u64 v;

	if (!len || read_digits(s, len, &v) != len)
		return false;
	*value = v;
	return true;
}

/**
 * kmc_num_parse_s32() - parse digits with an optional minus sign, or nothing but that
 * @s: first byte
 * @len: number of bytes
 * @value: the result, untouched on failure
 *
 * As in memcached, a minus sign alone is 0.
 *
 * Return: false if it is anything else or does not fit.
 */
bool kmc_num_parse_s32(const char *s, size_t len, s32 *value)
{
	bool minus = len && s[0] == '-';
	u64 v;

	if (minus && len == 1) {
		*value = 0;
		return true;
	}
	if (!kmc_num_parse_u64(s + minus, len - minus, &v))
		return false;
	if (v > (u64)S32_MAX + minus)
		return false;
	*value = minus ? (s32)-(s64)v : (s32)v;
	return true;
}

/*
 * What strtoull(3) reads, for the places where memcached still uses it: white
 * space, a sign, digits, and then the end, white space or NUL.
 */
static bool read_loose(const char *s, size_t len, bool *minus, u64 *value)
{
	size_t digits;

	while (len && is_space(*s)) {
		s++;
		len--;
	}
	*minus = len && *s == '-';
	if (len && (*s == '-' || *s == '+')) {
		s++;
		len--;
	}
	digits = read_digits(s, len, value);
	return digits && (digits == len || is_space(s[digits]) || !s[digits]);
}

/**
 * kmc_num_parse_loose_u64() - parse what memcached's safe_strtoull() accepts
 * @s: first byte
 * @len: number of bytes
 * @value: the result, untouched on failure
 *
 * Used for item flags and for the value that incr and decr work on: `` 5``,
 * ``+5``, ``007`` and ``5 ab`` are numbers. A minus sign negates modulo 2^64 as
 * in strtoull(3); the result is refused if it then looks negative.
 *
 * Return: false if there is no number.
 */
bool kmc_num_parse_loose_u64(const char *s, size_t len, u64 *value)
{
	bool minus;
	u64 v;

	if (!read_loose(s, len, &minus, &v))
		return false;
	if (minus)
		v = -v;
	if (minus && (s64)v < 0)
		return false;
	*value = v;
	return true;
}

/**
 * kmc_num_parse_loose_s64() - parse what memcached's safe_strtol() accepts
 * @s: first byte
 * @len: number of bytes
 * @value: the result, untouched on failure
 *
 * Used for the expiry time of the storage commands.
 *
 * Return: false if there is no number or it does not fit.
 */
bool kmc_num_parse_loose_s64(const char *s, size_t len, s64 *value)
{
	bool minus;
	u64 v;

	if (!read_loose(s, len, &minus, &v))
		return false;
	if (v > (u64)S64_MAX + minus)
		return false;
	*value = minus ? (s64)-v : (s64)v;
	return true;
}

/* Digits behind the point, as millionths; how many there are, those that do not count included. */
static size_t read_millionths(const char *s, size_t len, u64 *value)
{
	u64 worth = 100000;
	size_t i;

	*value = 0;
	for (i = 0; i < len && is_digit(s[i]); i++) {
		*value += (s[i] - '0') * worth;
		worth /= 10;
	}
	return i;
}

/**
 * kmc_num_parse_decimal() - parse a number with a point in it
 * @s: first byte
 * @len: number of bytes
 * @millionths: the result, untouched on failure; digits beyond are dropped
 *
 * Less than strtod(3), which memcached has for this, takes: no exponent, no hexadecimal
 * digits, no infinity.
 *
 * Return: false if it is no such number, or is above 10^12.
 */
bool kmc_num_parse_decimal(const char *s, size_t len, s64 *millionths)
{
	bool minus = len && *s == '-';
	size_t whole_len, part_len = 0, point;
	u64 whole = 0, part = 0;

	s += minus;
	len -= minus;
	whole_len = read_digits(s, len, &whole);
	point = whole_len < len && s[whole_len] == '.';
	if (point)
		part_len = read_millionths(s + whole_len + 1, len - whole_len - 1, &part);
	if (whole_len + point + part_len != len || !(whole_len + part_len) ||
	    whole > 1000000000000ULL)
		return false;
	*millionths = whole * 1000000 + part;
	if (minus)
		*millionths = -*millionths;
	return true;
}

static size_t count_digits(u64 value)
{
	size_t len = 1;

	for (; value >= 10000; value /= 10000)
		len += 4;
	return len + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* Most numbers have 32 bits at most, which are divided by less. */
static void write_digits(char *buf, size_t len, u32 value)
{
	while (len--) {
		buf[len] = '0' + value % 10;
		value /= 10;
	}
}

/**
 * __kmc_num_compose() - write a large number in decimal
 * @buf: at least %KMC_NUM_DIGITS_MAX bytes; no NUL is written
 * @value: the number
 *
 * Return: how many bytes were written.
 */
size_t __kmc_num_compose(char *buf, u64 value)
{
	size_t len, at;

	len = count_digits(value);
	for (at = len; value > U32_MAX; value /= 10)
		buf[--at] = '0' + value % 10;
	write_digits(buf, at, value);
	return len;
}
