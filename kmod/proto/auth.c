// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "auth.h"

#include <linux/minmax.h>
#include <linux/string.h>

#include "num.h"

#define CRLF "\r\n"

/**
 * kmc_auth_parse() - parse a line of a client that has not said yet who it is
 * @line: the line without its LF; a CR before it still there
 * @req: the result
 *
 * It must look like a set, whose value says it; nothing but the length matters. A
 * noreply is not looked at, as in memcached.
 *
 * Return: %KMC_REPLY_NONE, and @req is %KMC_OP_AUTH with a value; or the error to answer.
 * After %KMC_REPLY_AUTH_TOO_LONG nobody knows what follows: close the connection.
 */
enum kmc_reply kmc_auth_parse(struct kmc_span line, struct kmc_request *req)
{
	struct kmc_span word, unused, len;
	u64 value;

	memset(req, 0, offsetof(struct kmc_request, meta));
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	if (!kmc_token_next(&line, &word) || !kmc_token_is(word, "set") ||
	    !kmc_token_next(&line, &unused) || !kmc_token_next(&line, &unused) ||
	    !kmc_token_next(&line, &unused) || !kmc_token_next(&line, &len) ||
	    !kmc_num_parse_u64(len.p, len.len, &value))
		return KMC_REPLY_UNAUTHENTICATED;
	if (value > KMC_AUTH_VALUE_MAX)
		return KMC_REPLY_AUTH_TOO_LONG;
	req->op = KMC_OP_AUTH;
	req->has_value = true;
	req->value_len = value;
	req->wire_len = value + strlen(CRLF);
	return KMC_REPLY_NONE;
}

/**
 * kmc_auth_take() - receive a part of the value, or of the CRLF behind it
 * @claim: what has arrived before
 * @part: the bytes that follow
 */
void kmc_auth_take(struct kmc_auth_claim *claim, struct kmc_span part)
{
	u32 len = min_t(size_t, part.len, claim->len - min(claim->filled, claim->len));
	u32 room = KMC_AUTH_KEPT - min_t(u32, claim->filled, KMC_AUTH_KEPT);
	size_t end = claim->filled + len - claim->len;

	if (len && memchr(part.p, ' ', len))
		claim->has_space = true;
	if (len && room)
		memcpy(claim->kept + claim->filled, part.p, min(len, room));
	/* what is left are the last bytes of value and CRLF */
	if (len < part.len && memcmp(part.p + len, CRLF + end, part.len - len))
		claim->bad_end = true;
	claim->filled += part.len;
}

/**
 * kmc_auth_record() - bring a name and password into the form in which they are compared
 * @record: result, %KMC_AUTH_RECORD bytes
 * @user: the name
 * @password: the password
 *
 * Name, NUL, password, and NULs up to the end: no two pairs have the same record,
 * whose length says nothing of theirs.
 *
 * Return: false if one of them is empty, or has a NUL, or both are too long together; then
 * @record is one that nobody has.
 */
bool kmc_auth_record(char *record, struct kmc_span user, struct kmc_span password)
{
	memset(record, 0, KMC_AUTH_RECORD);
	if (!user.len || !password.len || user.len > KMC_AUTH_NAMES_MAX ||
	    password.len > KMC_AUTH_NAMES_MAX - user.len ||
	    memchr(user.p, 0, user.len) || memchr(password.p, 0, password.len))
		return false;
	memcpy(record, user.p, user.len);
	memcpy(record + user.len + 1, password.p, password.len);
	return true;
}

/* From @p up to a byte, or up to @end. */
static struct kmc_span cut(const char *p, const char *end, char at)
{
	const char *stop = p < end ? memchr(p, at, end - p) : NULL;

	return (struct kmc_span){ .p = p, .len = (stop ? stop : end) - p };
}

/**
 * kmc_auth_split_text() - what a value of the text protocol says
 * @claim: the value, complete: a name, a space, and the password up to the end
 * @record: result, for kmc_auth_record(); of what nobody can have, one that nobody has
 *
 * Return: %KMC_REPLY_NONE, or the error to answer.
 */
enum kmc_reply kmc_auth_split_text(const struct kmc_auth_claim *claim, char *record)
{
	const char *end = claim->kept + min_t(u32, claim->len, KMC_AUTH_KEPT);
	struct kmc_span user = cut(claim->kept, end, ' '), password;

	memset(record, 0, KMC_AUTH_RECORD);
	if (claim->bad_end)
		return KMC_REPLY_BAD_AUTH_END;
	if (!claim->has_space)
		return KMC_REPLY_BAD_AUTH;
	if (claim->len > KMC_AUTH_KEPT)
		return KMC_REPLY_NONE;
	/* it was there when it arrived, but not when it was copied */
	if (user.p + user.len == end)
		return KMC_REPLY_BAD_AUTH;
	password.p = user.p + user.len + 1;
	password.len = end - password.p;
	kmc_auth_record(record, user, password);
	return KMC_REPLY_NONE;
}

/**
 * kmc_auth_split_plain() - what a value of the binary protocol says, by RFC 4616
 * @claim: the value, complete: whom to act as, NUL, who it is, NUL, and the password
 * @record: as for kmc_auth_split_text()
 *
 * There is nobody but oneself to act as, who may be left out.
 *
 * Return: %KMC_REPLY_NONE.
 */
enum kmc_reply kmc_auth_split_plain(const struct kmc_auth_claim *claim, char *record)
{
	const char *end = claim->kept + min_t(u32, claim->len, KMC_AUTH_KEPT);
	struct kmc_span as = cut(claim->kept, end, 0), user, password;

	memset(record, 0, KMC_AUTH_RECORD);
	if (claim->len > KMC_AUTH_KEPT || as.p + as.len == end)
		return KMC_REPLY_NONE;
	user = cut(as.p + as.len + 1, end, 0);
	if (user.p + user.len == end)
		return KMC_REPLY_NONE;
	password.p = user.p + user.len + 1;
	password.len = end - password.p;
	if (as.len && (as.len != user.len || memcmp(as.p, user.p, as.len)))
		return KMC_REPLY_NONE;
	kmc_auth_record(record, user, password);
	return KMC_REPLY_NONE;
}
