/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Eight bytes looked at together. Pure. */
#ifndef KMC_PROTO_WORD_H
#define KMC_PROTO_WORD_H

#include <linux/string.h>
#include <linux/types.h>

/* In each byte of a word: its lowest bit, its highest. */
#define KMC_WORD_LOW	(~0ULL / 255)
#define KMC_WORD_HIGH	(KMC_WORD_LOW << 7)

static inline u64 kmc_word_load(const char *p)
{
	u64 word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/*
 * The highest bit of each byte that is less than @n, which is at most 128: see "Bit
 * Twiddling Hacks" (S. E. Anderson), "hasless". The first one it says is right; one above
 * that may be wrong, for a borrow of the first.
 */
static inline u64 kmc_word_less_than(u64 word, u64 n)
{
	return (word - KMC_WORD_LOW * n) & ~word & KMC_WORD_HIGH;
}

/* Which byte, in memory, is the first one of these. */
static inline size_t kmc_word_first(u64 bits)
{
	return __builtin_ctzll(bits) / 8;
}

/* Only where the first byte in memory is the lowest. */
static inline bool kmc_word_may_load(size_t left)
{
	const u16 one = 1;

	return *(const u8 *)&one && left >= sizeof(u64);
}

/**
 * kmc_word_copy() - copy something short
 * @to: where to
 * @from: where from
 * @len: how many bytes
 *
 * By words, of which the last two may overlap. memcpy() is better at what is long, and has to
 * find out which it is.
 */
static __always_inline void kmc_word_copy(char *to, const char *from, size_t len)
{
	size_t at;

	if (len < sizeof(u64)) {
		for (at = 0; at < len; at++)
			to[at] = from[at];
		return;
	}
	for (at = 0; at < len - sizeof(u64); at += sizeof(u64))
		memcpy(to + at, from + at, sizeof(u64));
	at = len - sizeof(u64);
	memcpy(to + at, from + at, sizeof(u64));
}

#endif
