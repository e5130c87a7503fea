// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "meta.h"

#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "base64.h"
#include "num.h"

/* Words of a line at the most, command and key included. */
#define WORDS_MAX 20

/* A flag may be a letter or, which none is, a digit; memcached's letters include "[\]^_`". */
static bool is_flag(char c)
{
	return (c >= 'A' && c <= 'z') || (c >= '0' && c <= '9');
}

/*
 * Count the words of a line, and see that those from the one numbered @first on
 * could be flags. memcached does this before everything else.
 */
static bool count_words(struct kmc_span args, unsigned int first, unsigned int *count)
{
	struct kmc_span word;
	unsigned int nr;

	for (nr = 1; kmc_token_next(&args, &word); nr++)
		if (nr >= first && nr < WORDS_MAX && !is_flag(word.p[0]))
			return false;
	*count = nr;
	return true;
}

static bool decode_key(struct kmc_request *req)
{
	size_t len = kmc_base64_decode(req->meta.key, req->key.p, req->key.len);

	req->key = (struct kmc_span){ .p = req->meta.key, .len = len };
	return len;
}

static bool parse_u32(struct kmc_span arg, u32 *value)
{
	u64 wide;

	if (!kmc_num_parse_u64(arg.p, arg.len, &wide) || wide > U32_MAX)
		return false;
	*value = wide;
	return true;
}

static enum kmc_reply parse_ttl(struct kmc_span arg, s64 *ttl)
{
	s32 narrow;

	if (!kmc_num_parse_s32(arg.p, arg.len, &narrow))
		return KMC_REPLY_BAD_TOKEN;
	*ttl = narrow;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_number(struct kmc_span arg, u64 *number, enum kmc_reply error)
{
	return kmc_num_parse_u64(arg.p, arg.len, number) ? KMC_REPLY_NONE : error;
}

/* One flag. Each command takes all of them, and leaves alone what does not concern it. */
static enum kmc_reply parse_flag(char letter, struct kmc_span arg, struct kmc_request *req)
{
	struct kmc_meta *meta = &req->meta;

	switch (letter) {
	case 'b':
		return decode_key(req) ? KMC_REPLY_NONE : KMC_REPLY_BAD_KEY;
	case 'N':
		return parse_ttl(arg, &meta->vivify);
	case 'R':
		return parse_ttl(arg, &meta->recache);
	case 'T':
		return parse_ttl(arg, &req->exptime);
	case 'C':
		return parse_number(arg, &req->cas, KMC_REPLY_BAD_TOKEN);
	case 'E':
		return parse_number(arg, &meta->new_cas, KMC_REPLY_BAD_TOKEN);
	case 'D':
		return parse_number(arg, &req->delta, KMC_REPLY_BAD_DELTA_VALUE);
	case 'J':
		return parse_number(arg, &req->initial, KMC_REPLY_BAD_INITIAL);
	case 'F':
		return parse_u32(arg, &req->flags) ? KMC_REPLY_NONE : KMC_REPLY_BAD_FORMAT;
	case 'M':
		/* of a longer word the first letter counts; no letter is no mode */
		meta->mode = arg.len ? arg.p[0] : ' ';
		return KMC_REPLY_NONE;
	case 'O':
		meta->ask.opaque = (struct kmc_span){ .p = arg.p - 1, .len = arg.len + 1 };
		return KMC_REPLY_NONE;
	default:
		return KMC_REPLY_NONE;
	}
}

static bool is_known(char letter)
{
	return letter && strchr("bcfhklqstuvxCDEFIJLMNOPRT", letter);
}

/*
 * A flag that is unknown or there twice ends the search for mistakes. Otherwise the
 * last mistake is answered, but for one in F, which has no sentence of its own.
 */
static enum kmc_reply parse_flags(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_meta *meta = &req->meta;
	enum kmc_reply error = KMC_REPLY_NONE, found;
	struct kmc_span word;

	while (kmc_token_next(&args, &word)) {
		/* that each is there once is what the length of a reply is bounded by */
		char letter = READ_ONCE(word.p[0]);

		if (is_known(letter) && kmc_meta_has(meta, letter))
			return KMC_REPLY_DUPLICATE_FLAG;
		if (!is_known(letter))
			return KMC_REPLY_INVALID_FLAG;
		/* the line may be changing, and have more words than when they were counted */
		if (meta->ask.nr == KMC_META_FLAGS_MAX)
			return KMC_REPLY_TOO_MANY_FLAGS;
		meta->seen |= kmc_meta_bit(letter);
		meta->ask.order[meta->ask.nr++] = letter;
		word.p++;
		word.len--;
		found = parse_flag(letter, word, req);
		if (found && (!error || found != KMC_REPLY_BAD_FORMAT))
			error = found;
	}
	return error;
}

/* All but the mode. memcached notices an opaque that is too long when all is done. */
static enum kmc_reply parse_rest(struct kmc_span args, unsigned int words,
				 struct kmc_request *req)
{
	enum kmc_reply error;

	if (req->key.len > KMC_KEY_MAX)
		return KMC_REPLY_BAD_FORMAT;
	if (words > WORDS_MAX)
		return KMC_REPLY_TOO_MANY_FLAGS;
	error = parse_flags(args, req);
	if (!error && req->meta.ask.opaque.len > KMC_META_OPAQUE_MAX)
		error = KMC_REPLY_OPAQUE_TOO_LONG;
	return error;
}

/* A mode of ms is a classic command; a cas id makes a cas of what it can. */
static enum kmc_op store_op(const struct kmc_meta *meta)
{
	bool has_cas = kmc_meta_has(meta, 'C');

	switch (meta->mode) {
	case 0:
	case 'S':
		return has_cas ? KMC_OP_CAS : KMC_OP_SET;
	case 'R':
		return has_cas ? KMC_OP_CAS : KMC_OP_REPLACE;
	case 'E':
		return KMC_OP_ADD;
	case 'A':
		return KMC_OP_APPEND;
	case 'P':
		return KMC_OP_PREPEND;
	default:
		return KMC_OP_NONE;
	}
}

static bool is_concat(enum kmc_op op)
{
	return op == KMC_OP_APPEND || op == KMC_OP_PREPEND;
}

/*
 * Once the length is known, the value is read in any case. memcached goes on in the
 * value as if it was a command when a flag is no letter: that would let whoever
 * chooses the value choose commands.
 */
static enum kmc_reply parse_set(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_meta *meta = &req->meta;
	struct kmc_span all = args, len;
	enum kmc_reply error;
	unsigned int words;
	s32 value_len;

	if (!kmc_token_next(&args, &req->key) || !kmc_token_next(&args, &len) ||
	    !kmc_num_parse_s32(len.p, len.len, &value_len) || (u32)value_len > KMC_VALUE_MAX)
		return KMC_REPLY_BAD_FORMAT;
	req->has_value = true;
	req->value_len = value_len;
	req->wire_len = value_len + strlen("\r\n");
	if (!count_words(all, 3, &words))
		return KMC_REPLY_BAD_FORMAT;
	error = parse_rest(args, words, req);
	if (error)
		return error;
	meta->store = store_op(meta);
	if (meta->store == KMC_OP_NONE)
		return KMC_REPLY_BAD_MODE_SET;
	/* an item that append makes expires when N says */
	if (is_concat(meta->store) && kmc_meta_has(meta, 'N'))
		req->exptime = meta->vivify;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_plain(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span all = args;
	unsigned int words;

	if (!kmc_token_next(&args, &req->key) || !count_words(all, 2, &words))
		return KMC_REPLY_BAD_FORMAT;
	return parse_rest(args, words, req);
}

static enum kmc_reply parse_delta(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_meta *meta = &req->meta;
	struct kmc_span all = args;
	unsigned int words;

	req->delta = 1;
	if (!kmc_token_next(&args, &req->key) || !count_words(all, 2, &words))
		return KMC_REPLY_BAD_FORMAT;
	switch (parse_rest(args, words, req)) {
	case KMC_REPLY_NONE:
		break;
	case KMC_REPLY_OPAQUE_TOO_LONG:
		return KMC_REPLY_OPAQUE_TOO_LONG;
	default:
		return KMC_REPLY_BAD_FLAGS;
	}
	meta->is_decr = meta->mode == 'D' || meta->mode == '-';
	if (meta->mode && !meta->is_decr && meta->mode != 'I' && meta->mode != '+')
		return KMC_REPLY_BAD_MODE_DELTA;
	return KMC_REPLY_NONE;
}

/* The only flag is b. memcached 1.6.45 sees it only if there is one more word; earlier ones do. */
static enum kmc_reply parse_debug(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span all = args, word;
	unsigned int words;

	if (!kmc_token_next(&args, &req->key) || !count_words(all, 2, &words) ||
	    req->key.len > KMC_KEY_MAX)
		return KMC_REPLY_BAD_FORMAT;
	if (!kmc_token_next(&args, &word) || !kmc_token_is(word, "b"))
		return KMC_REPLY_NONE;
	return decode_key(req) ? KMC_REPLY_NONE : KMC_REPLY_BAD_FORMAT;
}

/**
 * kmc_meta_parse() - parse what follows a meta command
 * @args: the rest of the line
 * @req: the result, with its op set; spans point into @args, or, of a key that was
 *	base64, into @req itself
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_meta_parse(struct kmc_span args, struct kmc_request *req)
{
	memset(&req->meta, 0, offsetof(struct kmc_meta, key));
	switch (req->op) {
	case KMC_OP_META_SET:
		return parse_set(args, req);
	case KMC_OP_META_DELTA:
		return parse_delta(args, req);
	case KMC_OP_META_DEBUG:
		return parse_debug(args, req);
	case KMC_OP_NOOP:
		return KMC_REPLY_NONE;
	default:
		return parse_plain(args, req);
	}
}
