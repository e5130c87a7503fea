// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "binary.h"

#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/unaligned.h>

#include "auth.h"

#define MAGIC_REPLY 0x81

/* An incr or decr with this expiry time does not create the item. */
#define EXPTIME_DO_NOT_CREATE 0xffffffff

/* Where the fields of a header are; in a reply, the status is that of the vbucket. */
enum offset {
	AT_MAGIC	= 0,
	AT_OPCODE	= 1,
	AT_KEY_LEN	= 2,
	AT_EXTRAS_LEN	= 4,
	AT_DATA_TYPE	= 5,
	AT_STATUS	= 6,
	AT_BODY_LEN	= 8,
	AT_OPAQUE	= 12,
	AT_CAS		= 16,
};

/* What a request of some opcode has behind its header, and how it is answered. */
enum trait {
	KEY		= 1 << 0,	/* it has a key */
	MAY_HAVE_KEY	= 1 << 1,	/* or not */
	VALUE		= 1 << 2,	/* a value follows, which may be empty */
	MAY_LACK_EXTRAS	= 1 << 3,
	QUIET		= 1 << 4,
	WITH_KEY	= 1 << 5,
	KNOWN		= 1 << 6,
};

/**
 * struct rule - what is known of an opcode
 * @op: what it asks for; %KMC_OP_NONE: it is checked, but then not known after all
 * @extras_len: length of its extras
 * @traits: &enum trait
 * @parse: reads its extras; NULL if it has none, or means nothing by them
 */
struct rule {
	enum kmc_op	op;
	u8		extras_len;
	u8		traits;
	void		(*parse)(const char *extras, struct kmc_request *req);
};

/**
 * struct lengths - what a header says of its body
 * @extras: length of the extras
 * @key: length of the key
 * @body: length of extras, key and value
 */
struct lengths {
	u32	extras;
	u32	key;
	u32	body;
};

static void parse_exptime(const char *extras, struct kmc_request *req)
{
	/* memcached does not take them as signed here: what looks negative is far away */
	req->exptime = get_unaligned_be32(extras);
}

static void parse_store(const char *extras, struct kmc_request *req)
{
	req->flags = get_unaligned_be32(extras);
	parse_exptime(extras + 4, req);
}

static void parse_delta(const char *extras, struct kmc_request *req)
{
	req->delta = get_unaligned_be64(extras);
	req->initial = get_unaligned_be64(extras + 8);
	parse_exptime(extras + 16, req);
	req->create = req->exptime != EXPTIME_DO_NOT_CREATE;
}

#define RULE(_op, _extras_len, _traits, _parse) \
	{ .op = KMC_OP_##_op, .extras_len = _extras_len, .traits = KNOWN | (_traits), \
	  .parse = _parse }

/* get answers with the cas id, which is what gets does. */
static const struct rule rules[] = {
	[0x00] = RULE(GETS, 0, KEY, NULL),
	[0x01] = RULE(SET, 8, KEY | VALUE, parse_store),
	[0x02] = RULE(ADD, 8, KEY | VALUE, parse_store),
	[0x03] = RULE(REPLACE, 8, KEY | VALUE, parse_store),
	[0x04] = RULE(DELETE, 0, KEY, NULL),
	[0x05] = RULE(INCR, 20, KEY, parse_delta),
	[0x06] = RULE(DECR, 20, KEY, parse_delta),
	[0x07] = RULE(QUIT, 0, 0, NULL),
	[0x08] = RULE(FLUSH_ALL, 4, MAY_LACK_EXTRAS, parse_exptime),
	[0x09] = RULE(GETS, 0, KEY | QUIET, NULL),
	[0x0a] = RULE(NOOP, 0, 0, NULL),
	[0x0b] = RULE(VERSION, 0, 0, NULL),
	[0x0c] = RULE(GETS, 0, KEY | WITH_KEY, NULL),
	[0x0d] = RULE(GETS, 0, KEY | WITH_KEY | QUIET, NULL),
	[0x0e] = RULE(APPEND, 0, KEY | VALUE, NULL),
	[0x0f] = RULE(PREPEND, 0, KEY | VALUE, NULL),
	[0x10] = RULE(STATS, 0, MAY_HAVE_KEY, NULL),
	[0x11] = RULE(SET, 8, KEY | VALUE | QUIET, parse_store),
	[0x12] = RULE(ADD, 8, KEY | VALUE | QUIET, parse_store),
	[0x13] = RULE(REPLACE, 8, KEY | VALUE | QUIET, parse_store),
	[0x14] = RULE(DELETE, 0, KEY | QUIET, NULL),
	[0x15] = RULE(INCR, 20, KEY | QUIET, parse_delta),
	[0x16] = RULE(DECR, 20, KEY | QUIET, parse_delta),
	[0x17] = RULE(QUIT, 0, QUIET, NULL),
	[0x18] = RULE(FLUSH_ALL, 4, MAY_LACK_EXTRAS | QUIET, parse_exptime),
	[0x19] = RULE(APPEND, 0, KEY | VALUE | QUIET, NULL),
	[0x1a] = RULE(PREPEND, 0, KEY | VALUE | QUIET, NULL),
	[0x1c] = RULE(TOUCH, 4, KEY, parse_exptime),
	[0x1d] = RULE(GATS, 4, KEY, parse_exptime),
	[0x1e] = RULE(GATS, 4, KEY | QUIET, parse_exptime),
	/* SASL; the key is the mechanism */
	[0x20] = RULE(AUTH_LIST, 0, 0, NULL),
	[0x21] = RULE(AUTH, 0, KEY | VALUE, NULL),
	[0x22] = RULE(AUTH_STEP, 0, KEY | VALUE, NULL),
	[0x23] = RULE(GATS, 4, KEY | WITH_KEY, parse_exptime),
	[0x24] = RULE(GATS, 4, KEY | WITH_KEY | QUIET, parse_exptime),
};

static const struct rule *find_rule(const char *header)
{
	static const struct rule unknown = { .op = KMC_OP_NONE };
	u8 opcode = header[AT_OPCODE];

	return opcode < sizeof(rules) / sizeof(rules[0]) ? &rules[opcode] : &unknown;
}

static struct lengths read_lengths(const char *header)
{
	return (struct lengths){
		.extras = (u8)header[AT_EXTRAS_LEN],
		.key = get_unaligned_be16(header + AT_KEY_LEN),
		.body = get_unaligned_be32(header + AT_BODY_LEN),
	};
}

static bool fits_rule(const struct rule *rule, const struct lengths *lengths)
{
	if (lengths->extras != rule->extras_len &&
	    (lengths->extras || !(rule->traits & MAY_LACK_EXTRAS)))
		return false;
	if (!lengths->key && (rule->traits & KEY))
		return false;
	if (lengths->key && !(rule->traits & (KEY | MAY_HAVE_KEY)))
		return false;
	return lengths->body == lengths->extras + lengths->key || (rule->traits & VALUE);
}

/*
 * The data type is not looked at. What follows the key where there is no value,
 * memcached refuses for some opcodes and takes for the next request for others
 * (touch, stat); here it is always refused.
 */
static enum kmc_reply check(const char *header, const struct rule *rule,
			    const struct lengths *lengths)
{
	if ((u8)header[AT_MAGIC] != KMC_BINARY_MAGIC)
		return KMC_REPLY_HANGUP;
	if (lengths->key + lengths->extras > lengths->body)
		return KMC_REPLY_ERROR;
	if (lengths->key > KMC_KEY_MAX || lengths->body > KMC_BINARY_BODY_MAX)
		return KMC_REPLY_BAD_FORMAT;
	if ((rule->traits & KNOWN) && !fits_rule(rule, lengths))
		return KMC_REPLY_BAD_FORMAT;
	return KMC_REPLY_NONE;
}

/*
 * A client may change what it has sent, by splice(), while it is parsed. So what is checked is a
 * copy, and the compiler is not to look at the original again.
 */
static void copy_header(char *copy, const char *header)
{
	memcpy(copy, header, KMC_BINARY_HEADER_LEN);
	barrier_data(copy);
}

/**
 * kmc_binary_head_len() - how much of a request is parsed in one piece
 * @header: %KMC_BINARY_HEADER_LEN bytes
 *
 * Return: the length of header, extras and key, at most %KMC_BINARY_HEAD_MAX; of a request
 * that is refused or not known, just the header's.
 */
size_t kmc_binary_head_len(const char *header)
{
	char copy[KMC_BINARY_HEADER_LEN];
	const struct rule *rule;
	struct lengths lengths;

	copy_header(copy, header);
	rule = find_rule(copy);
	lengths = read_lengths(copy);
	if (rule->op == KMC_OP_NONE || check(copy, rule, &lengths))
		return KMC_BINARY_HEADER_LEN;
	return KMC_BINARY_HEADER_LEN + lengths.extras + lengths.key;
}

/**
 * kmc_binary_parse() - parse a request
 * @head: as much as kmc_binary_head_len() has said, which it might not say any more
 * @packet: the result; its spans point into @head
 *
 * @packet->req.op is what was asked for also if it is refused.
 *
 * Return: %KMC_REPLY_NONE, or the error to answer. Then if @packet->req.has_value, that
 * many bytes are to be swallowed first; if not, the connection is to be closed,
 * with %KMC_REPLY_HANGUP without an answer.
 */
enum kmc_reply kmc_binary_parse(struct kmc_span head, struct kmc_packet *packet)
{
	const char *extras = head.p + KMC_BINARY_HEADER_LEN;
	struct kmc_request *req = &packet->req;
	char header[KMC_BINARY_HEADER_LEN];
	const struct rule *rule;
	struct lengths lengths;
	enum kmc_reply refused;

	copy_header(header, head.p);
	rule = find_rule(header);
	lengths = read_lengths(header);
	memset(req, 0, offsetof(struct kmc_request, meta));
	packet->echo.opcode = header[AT_OPCODE];
	packet->echo.opaque = get_unaligned_be32(header + AT_OPAQUE);
	packet->echo.is_quiet = rule->traits & QUIET;
	packet->echo.with_key = rule->traits & WITH_KEY;
	req->op = rule->op;
	refused = check(header, rule, &lengths);
	if (refused)
		return refused;

	if (req->op == KMC_OP_NONE) {
		req->has_value = true;
		req->wire_len = lengths.body;
		return KMC_REPLY_ERROR;
	}
	if (KMC_BINARY_HEADER_LEN + lengths.extras + lengths.key > head.len)
		return KMC_REPLY_HANGUP;
	req->cas = get_unaligned_be64(header + AT_CAS);
	req->key.p = extras + lengths.extras;
	req->key.len = lengths.key;
	req->has_value = rule->traits & VALUE;
	req->value_len = lengths.body - lengths.extras - lengths.key;
	req->wire_len = req->value_len;
	if (rule->parse && lengths.extras)
		rule->parse(extras, req);
	return KMC_REPLY_NONE;
}

#define OUTCOME(_status, _text) \
	{ .status = KMC_BINARY_##_status, .text = { .p = _text, .len = sizeof(_text) - 1 } }

/* Whatever else is answered is a success. */
static const struct {
	enum kmc_binary_status	status;
	struct kmc_span		text;
} outcomes[] = {
	[KMC_REPLY_NOT_STORED]		= OUTCOME(NOT_STORED, "Not stored."),
	[KMC_REPLY_EXISTS]		= OUTCOME(EXISTS, "Data exists for key."),
	[KMC_REPLY_NOT_FOUND]		= OUTCOME(NOT_FOUND, "Not found"),
	[KMC_REPLY_VERSION]		= OUTCOME(OK, KMC_PROTO_VERSION),
	[KMC_REPLY_ERROR]		= OUTCOME(UNKNOWN, "Unknown command"),
	[KMC_REPLY_BAD_FORMAT]		= OUTCOME(INVALID, "Invalid arguments"),
	[KMC_REPLY_NON_NUMERIC]		=
		OUTCOME(NON_NUMERIC, "Non-numeric server-side value for incr or decr"),
	[KMC_REPLY_TOO_LARGE]		= OUTCOME(TOO_LARGE, "Too large."),
	[KMC_REPLY_NO_MEMORY]		= OUTCOME(NO_MEMORY, "Out of memory allocating item"),
	[KMC_REPLY_NO_MEMORY_DELTA]	= OUTCOME(NO_MEMORY, "Out of memory incrementing value"),
	[KMC_REPLY_NO_MEMORY_READ]	= OUTCOME(NO_MEMORY, "Out of memory"),
	[KMC_REPLY_HANGUP]		= OUTCOME(OK, ""),
	[KMC_REPLY_AUTHENTICATED]	= OUTCOME(OK, "Authenticated"),
	[KMC_REPLY_AUTH_FAILURE]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_UNAUTHENTICATED]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_AUTH_CONTINUE]	= OUTCOME(AUTH_CONTINUE, ""),
	[KMC_REPLY_AUTH_LIST]		= OUTCOME(OK, KMC_AUTH_MECHANISM),
	[KMC_REPLY_DENIED_FLUSH]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_DENIED_DETAIL]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_DENIED_CACHEDUMP]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_DENIED_METADUMP]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_DENIED_WATCH]	= OUTCOME(AUTH_ERROR, "Auth failure."),
	[KMC_REPLY_DENIED_MGDUMP]	= OUTCOME(AUTH_ERROR, "Auth failure."),
};

/**
 * kmc_binary_status() - the status of a fixed reply
 * @reply: which
 *
 * Return: the status.
 */
enum kmc_binary_status kmc_binary_status(enum kmc_reply reply)
{
	return outcomes[reply].status;
}

/**
 * kmc_binary_text() - the body of a fixed reply
 * @reply: which
 *
 * Return: constant bytes, or none.
 */
struct kmc_span kmc_binary_text(enum kmc_reply reply)
{
	return outcomes[reply].text;
}

static size_t put(char *buf, size_t at, struct kmc_span bytes)
{
	if (bytes.len)
		memcpy(buf + at, bytes.p, bytes.len);
	return at + bytes.len;
}

/**
 * kmc_binary_compose() - a reply as bytes
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @echo: of the request
 * @reply: the reply
 *
 * Return: its length, without what is sent by other means.
 */
size_t kmc_binary_compose(char *buf, const struct kmc_binary_echo *echo,
			  const struct kmc_binary_reply *reply)
{
	size_t at = KMC_BINARY_HEADER_LEN;

	at = put(buf, at, reply->extras);
	at = put(buf, at, reply->key);
	at = put(buf, at, reply->text);
	buf[AT_MAGIC] = (char)MAGIC_REPLY;
	buf[AT_OPCODE] = (char)echo->opcode;
	put_unaligned_be16(reply->key.len, buf + AT_KEY_LEN);
	buf[AT_EXTRAS_LEN] = (char)reply->extras.len;
	buf[AT_DATA_TYPE] = 0;
	put_unaligned_be16(reply->status, buf + AT_STATUS);
	put_unaligned_be32(at - KMC_BINARY_HEADER_LEN + reply->rest, buf + AT_BODY_LEN);
	put_unaligned_be32(echo->opaque, buf + AT_OPAQUE);
	put_unaligned_be64(reply->cas, buf + AT_CAS);
	return at;
}
