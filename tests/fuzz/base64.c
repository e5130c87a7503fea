// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/base64.c
/* Base64: what is written is read again, and what is read is no longer than it may be. */
#include "fuzz.h"
#include "proto/base64.h"

static void check_round_trip(const char *data, size_t size)
{
	size_t text_len = KMC_BASE64_LEN(size);
	char *text = malloc(text_len + 1);
	char *back = malloc(text_len / 4 * 3 + 1);

	fuzz_check(text && back);
	fuzz_check(kmc_base64_encode(text, data, size) == text_len);
	fuzz_check(kmc_base64_decode(back, text, text_len) == size);
	fuzz_check(!size || !memcmp(back, data, size));
	free(back);
	free(text);
}

/* Any text: what it means, written again, means the same. */
static void check_decode(const char *data, size_t size)
{
	size_t room = size / 4 * 3, len;
	char *raw = calloc(1, room ? room : 1);

	fuzz_check(raw);
	len = kmc_base64_decode(raw, data, size);
	fuzz_check(len <= room);
	check_round_trip(raw, len);
	free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = fuzz_copy(data, size);

	check_round_trip(copy, size);
	check_decode(copy, size);
	free(copy);
	return 0;
}
