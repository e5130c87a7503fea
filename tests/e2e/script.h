/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Requests and the replies wanted to them, as short texts with place holders:
 *
 *	@		a prefix for keys that no other test uses
 *	{250}		a key of exactly 250 bytes that begins with that prefix
 *	{b64}		the prefix itself, as base64
 *	{x3000}		3000 times the letter x
 *	{now+5}		the time in 5 seconds, as Unix time; also {now-5}
 *	{d}		in a reply: a decimal number, whichever
 *	{cas}		in a reply: a decimal number to be remembered; in a request: that number
 *	{close}		at the end of a reply: the server closes the connection
 */
#ifndef E2E_SCRIPT_H
#define E2E_SCRIPT_H

#include <stddef.h>

#include "client.h"

/**
 * struct step - one exchange
 * @request: text with place holders
 * @request_len: its length in bytes
 * @reply: text with place holders, the whole reply
 * @reply_len: its length in bytes
 */
struct step {
	const char *request;
	size_t request_len;
	const char *reply;
	size_t reply_len;
};

/* A struct step of two string literals, which may contain NUL bytes. */
#define STEP(request, reply) { request, sizeof(request) - 1, reply, sizeof(reply) - 1 }

/* Send a request and fail the running test unless exactly this reply comes. */
#define expect(client, request, reply) \
	script_expect(client, &(const struct step)STEP(request, reply), __FILE__, __LINE__)

int script_setup(void **state);
const char *script_prefix(void);
void script_add_base64(struct bytes *out, const void *data, size_t len);
void script_expand(struct bytes *out, const char *text, size_t len);
void script_exchange(struct client *c, const struct bytes *request, const struct bytes *wanted,
		     const char *file, int line);
void script_compare(const struct bytes *got, const struct bytes *wanted,
		    const char *file, int line);
void script_cut(const struct bytes *request, const struct bytes *wanted, const char *file,
		int line);
void script_expect(struct client *c, const struct step *step, const char *file, int line);
long script_until_missing(struct client *c, const char *key, int seconds);

/* Append a string literal, its place holders replaced. */
#define script_add(out, text) script_expand(out, text, sizeof(text) - 1)

/* Fail the running test unless two struct bytes are the same. */
#define expect_bytes(got, wanted) script_compare(got, wanted, __FILE__, __LINE__)

/* The same for requests and replies made by the test: struct bytes without place holders. */
#define expect_reply(client, request, wanted) \
	script_exchange(client, request, wanted, __FILE__, __LINE__)

/* The same, cut in two at every byte. */
#define expect_reply_to_cut(request, wanted) script_cut(request, wanted, __FILE__, __LINE__)

#endif
