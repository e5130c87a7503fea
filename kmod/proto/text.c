// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "text.h"

#include <linux/limits.h>
#include <linux/string.h>

#include "admin.h"
#include "meta.h"
#include "num.h"

/* The shortest line, its end included: "mn\r\n". Anything below is malformed. */
#define LINE_MIN 4

struct command {
	const char	*name;
	enum kmc_op	op;
	enum kmc_reply	(*parse)(struct kmc_span args, struct kmc_request *req);
};

static bool is_key(struct kmc_span token)
{
	return token.len <= KMC_KEY_MAX;
}

/* Is the last word "noreply"? It may not be the first argument, which is a key. */
static bool is_noreply(struct kmc_span args, bool first_is_key)
{
	struct kmc_span first, last;

	if (!kmc_token_last(args, &last) || !kmc_token_is(last, "noreply"))
		return false;
	return !first_is_key || (kmc_token_next(&args, &first) && first.p != last.p);
}

static enum kmc_reply check_keys(struct kmc_span keys)
{
	struct kmc_span token;

	if (!kmc_token_next(&keys, &token))
		return KMC_REPLY_BAD_FORMAT;
	do {
		if (!is_key(token))
			return KMC_REPLY_BAD_FORMAT;
	} while (kmc_token_next(&keys, &token));
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_get_head(struct kmc_span args, struct kmc_request *req)
{
	req->keys = args;
	return KMC_REPLY_NONE;
}

static bool parse_exptime(struct kmc_span token, struct kmc_request *req)
{
	s32 exptime;

	if (!kmc_num_parse_s32(token.p, token.len, &exptime))
		return false;
	req->exptime = exptime;
	return true;
}

static enum kmc_reply parse_gat_head(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span token;

	if (!kmc_token_next(&args, &token))
		return KMC_REPLY_BAD_FORMAT;
	req->keys = args;
	if (!parse_exptime(token, req))
		return KMC_REPLY_BAD_EXPTIME;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_get(struct kmc_span args, struct kmc_request *req)
{
	parse_get_head(args, req);
	return check_keys(req->keys);
}

static enum kmc_reply parse_gat(struct kmc_span args, struct kmc_request *req)
{
	enum kmc_reply bad_head = parse_gat_head(args, req);
	enum kmc_reply bad_keys;

	if (bad_head == KMC_REPLY_BAD_FORMAT)
		return bad_head;
	bad_keys = check_keys(req->keys);
	return bad_keys ? bad_keys : bad_head;
}

/*
 * The length comes first: without it nobody knows where the value ends, and
 * memcached then takes what follows for commands, and says so even to who wants no
 * answer. All other mistakes are answered after the value has been read.
 */
static enum kmc_reply parse_store(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span all = args, flags, exptime, len, cas;
	u64 flags_value;
	s64 exptime_value;
	s32 len_value;

	if (!kmc_token_next(&args, &req->key) || !kmc_token_next(&args, &flags) ||
	    !kmc_token_next(&args, &exptime) || !kmc_token_next(&args, &len))
		return KMC_REPLY_BAD_FORMAT;
	/* with a sign, as memcached reads it: -0 is a length */
	if (!kmc_num_parse_s32(len.p, len.len, &len_value) || (u32)len_value > KMC_VALUE_MAX)
		return KMC_REPLY_BAD_FORMAT;
	req->noreply = is_noreply(all, true);
	req->has_value = true;
	req->value_len = len_value;
	req->wire_len = len_value + strlen("\r\n");

	if (!is_key(req->key))
		return KMC_REPLY_BAD_FORMAT;
	/* memcached reads these two with strtoul() and strtol() and truncates them */
	if (!kmc_num_parse_loose_u64(flags.p, flags.len, &flags_value) ||
	    !kmc_num_parse_loose_s64(exptime.p, exptime.len, &exptime_value))
		return KMC_REPLY_BAD_FORMAT;
	req->flags = (u32)flags_value;
	req->exptime = (s32)exptime_value;
	if (req->op != KMC_OP_CAS)
		return KMC_REPLY_NONE;
	if (!kmc_token_next(&args, &cas) || !kmc_num_parse_u64(cas.p, cas.len, &req->cas))
		return KMC_REPLY_BAD_FORMAT;
	return KMC_REPLY_NONE;
}

/*
 * memcached 1.6.45 ignores what follows the key; 1.6.18 refuses anything but
 * "0" and "noreply". Client test suites look for the refusal, so refuse.
 */
static enum kmc_reply parse_delete(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span token;

	req->noreply = is_noreply(args, true);
	if (!kmc_token_next(&args, &req->key) || !is_key(req->key))
		return KMC_REPLY_BAD_FORMAT;
	if (!kmc_token_next(&args, &token))
		return KMC_REPLY_NONE;
	if (kmc_token_is(token, "0") && !kmc_token_next(&args, &token))
		return KMC_REPLY_NONE;
	if (kmc_token_is(token, "noreply") && !kmc_token_next(&args, &token))
		return KMC_REPLY_NONE;
	return KMC_REPLY_BAD_DELETE;
}

static enum kmc_reply parse_delta(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span delta;

	req->noreply = is_noreply(args, true);
	if (!kmc_token_next(&args, &req->key) || !kmc_token_next(&args, &delta))
		return KMC_REPLY_BAD_FORMAT;
	if (!is_key(req->key))
		return KMC_REPLY_BAD_FORMAT;
	if (!kmc_num_parse_u64(delta.p, delta.len, &req->delta))
		return KMC_REPLY_BAD_DELTA;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_touch(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span exptime;

	req->noreply = is_noreply(args, true);
	if (!kmc_token_next(&args, &req->key) || !kmc_token_next(&args, &exptime))
		return KMC_REPLY_BAD_FORMAT;
	if (!is_key(req->key))
		return KMC_REPLY_BAD_FORMAT;
	if (!parse_exptime(exptime, req))
		return KMC_REPLY_BAD_EXPTIME;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_flush_all(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span delay;

	req->noreply = is_noreply(args, false);
	if (!kmc_token_next(&args, &delay))
		return KMC_REPLY_NONE;
	if (req->noreply && kmc_token_is(delay, "noreply"))
		return KMC_REPLY_NONE;
	if (!parse_exptime(delay, req))
		return KMC_REPLY_BAD_EXPTIME;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_verbosity(struct kmc_span args, struct kmc_request *req)
{
	struct kmc_span level;
	u64 value;

	req->noreply = is_noreply(args, false);
	if (!kmc_token_next(&args, &level) ||
	    !kmc_num_parse_u64(level.p, level.len, &value) || value > U32_MAX)
		return KMC_REPLY_BAD_FORMAT;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_stats(struct kmc_span args, struct kmc_request *req)
{
	kmc_token_next(&args, &req->arg);
	if (kmc_token_is(req->arg, "cachedump"))
		return kmc_admin_parse_cachedump(args, req);
	req->keys = args;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_watch(struct kmc_span args, struct kmc_request *req)
{
	req->noreply = is_noreply(args, false);
	req->keys = args;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_bare(struct kmc_span args, struct kmc_request *req)
{
	return KMC_REPLY_NONE;
}

/* In the order of how often they come. */
static const struct command commands[] = {
	{ "get",	KMC_OP_GET,		parse_get },
	{ "set",	KMC_OP_SET,		parse_store },
	{ "mg",		KMC_OP_META_GET,	kmc_meta_parse },
	{ "ms",		KMC_OP_META_SET,	kmc_meta_parse },
	{ "gets",	KMC_OP_GETS,		parse_get },
	{ "delete",	KMC_OP_DELETE,		parse_delete },
	{ "incr",	KMC_OP_INCR,		parse_delta },
	{ "decr",	KMC_OP_DECR,		parse_delta },
	{ "add",	KMC_OP_ADD,		parse_store },
	{ "cas",	KMC_OP_CAS,		parse_store },
	{ "md",		KMC_OP_META_DELETE,	kmc_meta_parse },
	{ "ma",		KMC_OP_META_DELTA,	kmc_meta_parse },
	{ "mn",		KMC_OP_NOOP,	kmc_meta_parse },
	{ "touch",	KMC_OP_TOUCH,		parse_touch },
	{ "gat",	KMC_OP_GAT,		parse_gat },
	{ "gats",	KMC_OP_GATS,		parse_gat },
	{ "replace",	KMC_OP_REPLACE,		parse_store },
	{ "append",	KMC_OP_APPEND,		parse_store },
	{ "prepend",	KMC_OP_PREPEND,		parse_store },
	{ "stats",	KMC_OP_STATS,		parse_stats },
	{ "version",	KMC_OP_VERSION,		parse_bare },
	{ "flush_all",	KMC_OP_FLUSH_ALL,	parse_flush_all },
	{ "verbosity",	KMC_OP_VERBOSITY,	parse_verbosity },
	{ "quit",	KMC_OP_QUIT,		parse_bare },
	{ "me",		KMC_OP_META_DEBUG,	kmc_meta_parse },
	{ "lru_crawler", KMC_OP_TUNE,		kmc_admin_parse_crawler },
	{ "lru",	KMC_OP_TUNE,		kmc_admin_parse_lru },
	{ "slabs",	KMC_OP_TUNE,		kmc_admin_parse_slabs },
	{ "cache_memlimit", KMC_OP_MEM_LIMIT,	kmc_admin_parse_mem_limit },
	{ "shutdown",	KMC_OP_NONE,		kmc_admin_parse_shutdown },
	{ "watch",	KMC_OP_WATCH,		parse_watch },
};

static const struct command *find_command(struct kmc_span word)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (kmc_token_is(word, commands[i].name))
			return &commands[i];
	return NULL;
}

/* Somebody's browser or web proxy: no reply will make it happy. A word alone is none. */
static bool is_http(struct kmc_span line)
{
	struct kmc_span first, last;

	return kmc_token_last(line, &last) && last.len >= 5 && !memcmp(last.p, "HTTP/", 5) &&
	       kmc_token_next(&line, &first) && first.p != last.p;
}

/* memcached does not answer what it does not know, either, if it is not to. */
static enum kmc_reply unknown(struct kmc_span line, struct kmc_request *req)
{
	req->noreply = is_noreply(line, false);
	return is_http(line) ? KMC_REPLY_HANGUP : KMC_REPLY_ERROR;
}

/**
 * kmc_text_take_get() - take a line off the input if it is ``get`` of one key
 * @in: the input, at the beginning of a line; shortened by the line
 * @key: the key
 *
 * That is what most requests are. Whatever is unusual is left to kmc_text_parse(), which
 * says the same of what is not.
 *
 * Return: false if it is anything else, or not complete.
 */
bool kmc_text_take_get(struct kmc_span *in, struct kmc_span *key)
{
	const char *end = in->p + in->len, *at;

	if (in->len < 4 || memcmp(in->p, "get ", 4))
		return false;
	key->p = in->p + 4;
	key->len = kmc_token_find_end(key->p, end - key->p);
	at = key->p + key->len;
	if (!key->len || key->len > KMC_KEY_MAX || end - at < 2 || memcmp(at, "\r\n", 2))
		return false;
	in->p = at + 2;
	in->len = end - in->p;
	return true;
}

/**
 * kmc_text_parse() - parse a whole line
 * @line: the line without its LF; a CR before it still there
 * @req: the result; its spans point into @line, or into itself: it cannot be copied
 *
 * The keys of a retrieval line are all checked, as memcached answers a line with
 * a bad key by one error and no value.
 *
 * @req is complete enough for an error too: whether a value follows that is to
 * be swallowed (@req->has_value), and whether the error is wanted
 * (@req->noreply).
 *
 * Return: %KMC_REPLY_NONE, or the error to answer, or %KMC_REPLY_HANGUP.
 */
enum kmc_reply kmc_text_parse(struct kmc_span line, struct kmc_request *req)
{
	const struct command *command;
	struct kmc_span args, word;
	size_t raw_len = line.len + 1;

	memset(req, 0, offsetof(struct kmc_request, meta));
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	if (raw_len < LINE_MIN)
		return KMC_REPLY_BAD_FORMAT;
	args = line;
	if (line.p[0] == ' ' || !kmc_token_next(&args, &word))
		return unknown(line, req);
	command = find_command(word);
	if (!command)
		return unknown(line, req);
	req->op = command->op;
	return command->parse(args, req);
}

/**
 * kmc_text_parse_head() - parse the beginning of a line too long to be kept
 * @head: the first bytes of the line; its end is not among them
 * @req: the result; @req->keys is what of @head has not been parsed
 *
 * Only retrieval lines may be that long. Their keys are neither checked nor
 * complete.
 *
 * Return: %KMC_REPLY_NONE; %KMC_REPLY_BAD_EXPTIME, when the line is still to be
 * read to its end; or %KMC_REPLY_HANGUP.
 */
enum kmc_reply kmc_text_parse_head(struct kmc_span head, struct kmc_request *req)
{
	const struct command *command;
	struct kmc_span args = head, word;
	enum kmc_reply reply;

	memset(req, 0, offsetof(struct kmc_request, meta));
	if (!head.len || head.p[0] == ' ' || !kmc_token_next(&args, &word) || !args.len)
		return KMC_REPLY_HANGUP;
	command = find_command(word);
	if (!command || !kmc_op_is_fetch(command->op))
		return KMC_REPLY_HANGUP;
	req->op = command->op;
	if (req->op == KMC_OP_GET || req->op == KMC_OP_GETS)
		return parse_get_head(args, req);
	reply = parse_gat_head(args, req);
	/* nothing but spaces before a number that is cut off */
	return reply == KMC_REPLY_BAD_FORMAT || !req->keys.len ? KMC_REPLY_HANGUP : reply;
}
