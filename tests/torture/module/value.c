// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "value.h"

#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uio.h>

#include "kmod/cache/cache.h"

#include "subject.h"

/* How many pieces of a value are asked for at once: fewer than large ones have. */
#define SEGMENTS 5

/**
 * torture_value_name() - the key of a number
 * @scratch: where it is written
 * @key: the number
 *
 * Most keys are short, some are long; none is the beginning of another one.
 */
void torture_value_name(struct torture_scratch *scratch, u32 key)
{
	u32 len = hash_32(key, 32) % 40 + 12;

	if (key % 16 == 5)
		len = TORTURE_KEY_MAX - key % 32;
	memset(scratch->key, 'a' + key % 26, len);
	scratch->key[scnprintf(scratch->key, 12, "%u", key)] = ':';
	scratch->key_len = len;
}

static u64 sum_of(const struct torture_value *value)
{
	u64 sum = value->version * GOLDEN_RATIO_64;

	sum = (sum ^ value->key) * GOLDEN_RATIO_64;
	sum = (sum ^ value->deadline) * GOLDEN_RATIO_64;
	sum = (sum ^ value->flags) * GOLDEN_RATIO_64;
	return ((sum ^ value->len) * GOLDEN_RATIO_64) ^ sum >> 29;
}

/**
 * torture_value_seal() - complete what a value will say
 * @value: all but its sum
 */
void torture_value_seal(struct torture_value *value)
{
	value->sum = sum_of(value);
}

static u64 word_at(const struct torture_value *value, u32 index)
{
	u64 word = (value->sum + index) * GOLDEN_RATIO_64;

	return word ^ word >> 32;
}

/* The @len bytes of a value at @offset, as they should be. */
static void make_bytes(const struct torture_value *value, u32 offset, char *to, u32 len)
{
	while (len) {
		u32 in_word = offset % sizeof(u64);
		u32 run = min_t(u32, len, sizeof(u64) - in_word);
		u64 word;

		if (offset < sizeof(*value))
			memcpy(&word, (char *)value + (offset - in_word), sizeof(word));
		else
			word = word_at(value, offset / sizeof(u64));
		memcpy(to, (char *)&word + in_word, run);
		offset += run;
		to += run;
		len -= run;
	}
}

/**
 * torture_value_write() - write an item's value
 * @scratch: the caller's
 * @item: not stored yet
 * @value: what it is
 */
void torture_value_write(struct torture_scratch *scratch, struct kmc_item *item,
			 const struct torture_value *value)
{
	/* pieces that end anywhere */
	u32 piece = TORTURE_CHUNK - value->version % 61;
	u32 offset, run;

	for (offset = 0; offset < value->len; offset += run) {
		run = min(value->len - offset, piece);
		make_bytes(value, offset, scratch->chunk, run);
		if (torture_subject_errs(BREAK_BYTE))
			scratch->chunk[run - 1] ^= 4;
		kmc_item_write(item, offset, scratch->chunk, run);
	}
}

/**
 * torture_value_read() - what a value says it is
 * @item: the item
 * @value: result
 *
 * Return: false if the item is too short for a value.
 */
bool torture_value_read(const struct kmc_item *item, struct torture_value *value)
{
	struct kvec vec[1];
	u32 offset, covered;

	if (kmc_item_value_len(item) < sizeof(*value))
		return false;
	for (offset = 0; offset < sizeof(*value); offset += covered) {
		if (!kmc_item_segments(item, offset, sizeof(*value) - offset, vec, 1, &covered))
			return false;
		memcpy((char *)value + offset, vec[0].iov_base, covered);
	}
	return true;
}

static bool is_right(struct torture_scratch *scratch, const struct torture_value *value,
		     u32 offset, const struct kvec *vec)
{
	size_t at, run;

	for (at = 0; at < vec->iov_len; at += run) {
		run = min_t(size_t, vec->iov_len - at, TORTURE_CHUNK);
		make_bytes(value, offset + at, scratch->chunk, run);
		if (memcmp(scratch->chunk, vec->iov_base + at, run)) {
			torture_tally_explain("key %u version %llx: wrong in %zu to %zu of %u",
					      value->key, value->version, offset + at,
					      offset + at + run, value->len);
			return false;
		}
	}
	return true;
}

/**
 * torture_value_is_same() - whether an item's bytes are those of a value
 * @scratch: the caller's
 * @item: the item
 * @value: what it should be
 *
 * Return: whether they are.
 */
bool torture_value_is_same(struct torture_scratch *scratch, const struct kmc_item *item,
			   const struct torture_value *value)
{
	struct kvec vec[SEGMENTS];
	u32 offset = 0, covered, in_vecs;
	size_t count, i;

	if (kmc_item_value_len(item) != value->len)
		return false;
	while (offset < value->len) {
		count = kmc_item_segments(item, offset, value->len - offset, vec, SEGMENTS,
					  &covered);
		if (!count || count > SEGMENTS || covered > value->len - offset)
			return false;
		for (i = 0, in_vecs = 0; i < count; i++) {
			if (!is_right(scratch, value, offset + in_vecs, &vec[i]))
				return false;
			in_vecs += vec[i].iov_len;
		}
		if (in_vecs != covered || !covered)
			return false;
		offset += covered;
	}
	return true;
}

static bool has_key(struct torture_scratch *scratch, const struct kmc_item *item, u32 number)
{
	size_t len;
	const char *key = kmc_item_key(item, &len);

	torture_value_name(scratch, number);
	return len == scratch->key_len && !memcmp(key, scratch->key, len);
}

/**
 * torture_value_verify() - check an item that was found
 * @scratch: the caller's
 * @tally: the caller's
 * @item: the item
 * @key: number of the key that was asked for
 * @value: result: what it says it is
 *
 * Return: whether it is the key's, and what it says it is.
 */
bool torture_value_verify(struct torture_scratch *scratch, struct torture_tally *tally,
			  const struct kmc_item *item, u32 key, struct torture_value *value)
{
	if (!torture_check(tally, CHECK_KEY, has_key(scratch, item, key)))
		return false;
	if (!torture_check(tally, CHECK_BYTES, torture_value_read(item, value)))
		return false;
	if (!torture_check(tally, CHECK_BYTES, value->key == key && value->sum == sum_of(value) &&
			   torture_value_is_same(scratch, item, value)))
		return false;
	if (value->len >= 64 * 1024)
		tally->count[COUNT_LARGE]++;
	return torture_check(tally, CHECK_FLAGS, kmc_item_flags(item) == value->flags);
}
