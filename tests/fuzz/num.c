// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/num.c kmod/proto/exptime.c kmod/proto/reply.c
/* Numbers: the C library reads and writes the same. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>

#include "fuzz.h"
#include "proto/exptime.h"
#include "proto/num.h"
#include "proto/reply.h"

#define MONTH (30 * 24 * 60 * 60)

/* Nothing but digits, at least one. */
static bool is_digits(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return len;
}

static bool is_end(char c)
{
	return !c || isspace((unsigned char)c);
}

static void check_strict(const char *s, size_t len, const char *copy)
{
	u64 value = 77;
	s32 narrow = 77;
	bool minus = len && *s == '-', good;
	long long wide;

	errno = 0;
	wide = strtoull(copy, NULL, 10);
	good = is_digits(s, len) && errno != ERANGE;
	fuzz_check(kmc_num_parse_u64(s, len, &value) == good);
	fuzz_check(value == (good ? (u64)wide : 77));

	errno = 0;
	wide = strtoll(copy, NULL, 10);
	good = is_digits(s + minus, len - minus) && errno != ERANGE &&
	       wide >= INT_MIN && wide <= INT_MAX;
	/* strtoll() has read nothing of a minus sign alone, which is 0, too */
	good |= minus && len == 1;
	fuzz_check(kmc_num_parse_s32(s, len, &narrow) == good);
	fuzz_check(narrow == (good ? wide : 77));
}

static void check_loose(const char *s, size_t len, const char *copy)
{
	u64 value = 77, wanted;
	s64 number = 77, signed_wanted;
	char *end;
	bool good;

	errno = 0;
	wanted = strtoull(copy, &end, 10);
	good = errno != ERANGE && end != copy && is_end(*end) &&
	       !((s64)wanted < 0 && memchr(copy, '-', end - copy));
	fuzz_check(kmc_num_parse_loose_u64(s, len, &value) == good);
	fuzz_check(value == (good ? wanted : 77));

	errno = 0;
	signed_wanted = strtoll(copy, &end, 10);
	good = errno != ERANGE && end != copy && is_end(*end);
	fuzz_check(kmc_num_parse_loose_s64(s, len, &number) == good);
	fuzz_check(number == (good ? signed_wanted : 77));
}

static void check_compose(u64 number, u32 flags, const char *s, size_t len)
{
	struct kmc_span key = { .p = s, .len = len < 250 ? len : 250 };
	char wanted[KMC_REPLY_LINE_MAX + 1], got[KMC_REPLY_LINE_MAX];
	char digits[KMC_NUM_DIGITS_MAX];
	size_t wanted_len;

	wanted_len = sprintf(wanted, "%llu\r\n", (unsigned long long)number);
	fuzz_check(kmc_num_compose(digits, number) == wanted_len - 2);
	fuzz_check(!memcmp(digits, wanted, wanted_len - 2));
	fuzz_check(kmc_reply_compose_number(got, number) == wanted_len);
	fuzz_check(!memcmp(got, wanted, wanted_len));

	memcpy(wanted, "VALUE ", 6);
	if (key.len)
		memcpy(wanted + 6, key.p, key.len);
	wanted_len = 6 + key.len;
	wanted_len += sprintf(wanted + wanted_len, " %u %u %llu\r\n", flags, (u32)number,
			      (unsigned long long)number);
	fuzz_check(kmc_reply_compose_value_cas(got, key, flags, number, number) == wanted_len);
	fuzz_check(!memcmp(got, wanted, wanted_len));
}

static void check_exptime(s64 exptime, u32 now, s64 unix_now)
{
	u32 deadline = kmc_exptime_deadline(exptime, now, unix_now);
	s64 left = exptime > MONTH ? exptime - unix_now : exptime;

	if (!exptime)
		fuzz_check(deadline == KMC_DEADLINE_NEVER);
	else if (left <= 0)
		fuzz_check(deadline == KMC_DEADLINE_PAST);
	else
		fuzz_check(deadline == (now + left > UINT_MAX ? UINT_MAX : now + left));
}

/* What the cache's clock and the wall clock may be. */
static void check_times(u64 number, u32 seed)
{
	u32 now = seed < 2 ? 2 : seed;

	check_exptime((s32)number, now, number >> 32);
	check_exptime((u32)number, now, number >> 32);
	check_exptime((s32)(number % (2 * MONTH)) - 5, now, number >> 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = fuzz_copy(data, size), *copy = calloc(1, size + 1);
	u64 number = 0;
	u32 seed = 0;

	fuzz_check(copy);
	memcpy(copy, s, size);
	check_strict(s, size, copy);
	check_loose(s, size, copy);
	if (size >= sizeof(number) + sizeof(seed)) {
		memcpy(&number, data, sizeof(number));
		memcpy(&seed, data + sizeof(number), sizeof(seed));
	}
	check_compose(number, seed, s, size);
	check_times(number, seed);
	free(copy);
	free(s);
	return 0;
}
