// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/text.c kmod/proto/token.c kmod/proto/num.c kmod/proto/meta.c
// sources: kmod/proto/base64.c kmod/proto/reply.c kmod/proto/admin.c
/* A line of the text protocol: what comes of it lies within it, and blanks do not matter. */
#include "fuzz.h"
#include "proto/frame.h"
#include "proto/text.h"

/* A key may have been base64: then it is in the request. */
static bool is_own_key(const struct kmc_request *req)
{
	return fuzz_is_within(req->key, req->meta.key, sizeof(req->meta.key));
}

static void check_request(const struct kmc_request *req, enum kmc_reply reply, const char *line,
			  size_t len)
{
	fuzz_check(reply <= KMC_REPLY_HANGUP && req->op <= KMC_OP_META_DEBUG);
	fuzz_check(fuzz_is_within(req->key, line, len) || is_own_key(req));
	fuzz_check(fuzz_is_within(req->keys, line, len));
	fuzz_check(fuzz_is_within(req->arg, line, len));
	if (req->has_value) {
		fuzz_check(req->value_len <= KMC_VALUE_MAX);
		fuzz_check(req->wire_len == req->value_len + 2ULL);
	}
	if (reply)
		return;
	fuzz_check(req->op != KMC_OP_NONE);
	fuzz_check(req->key.len <= KMC_KEY_MAX);
	fuzz_check(!kmc_op_is_fetch(req->op) || req->keys.len);
}

/* All that a request is but where it lies. */
static void check_same(const struct kmc_request *a, const struct kmc_request *b)
{
	fuzz_check(a->op == b->op && a->noreply == b->noreply && a->has_value == b->has_value);
	fuzz_check(a->create == b->create && a->flags == b->flags && a->exptime == b->exptime);
	fuzz_check(a->value_len == b->value_len && a->wire_len == b->wire_len);
	fuzz_check(a->cas == b->cas && a->delta == b->delta && a->initial == b->initial);
	fuzz_check(fuzz_is_same(a->key, b->key) && fuzz_is_same(a->arg, b->arg));
}

/* Twice as many blanks between words mean the same. */
static void check_blanks(const char *line, size_t len, const struct kmc_request *req,
			 enum kmc_reply reply)
{
	struct kmc_request again;
	struct kmc_span wide = { 0 };
	size_t at = 0, i;
	char *copy = malloc(2 * len + 1);

	fuzz_check(copy);
	for (i = 0; i < len; i++) {
		copy[at++] = line[i];
		if (line[i] == ' ')
			copy[at++] = ' ';
	}
	wide.p = copy;
	wide.len = at;
	fuzz_check(kmc_text_parse(wide, &again) == reply);
	check_same(req, &again);
	free(copy);
}

static void check_line(const char *line, size_t len)
{
	struct kmc_span span = { .p = line, .len = len };
	struct kmc_request req;
	enum kmc_reply reply = kmc_text_parse(span, &req);

	check_request(&req, reply, line, len);
	/* below, the line is too short for anything, and might not be with more blanks */
	if (len >= 4)
		check_blanks(line, len, &req, reply);
}

/* The beginning of a line: only of a retrieval there is more to be wanted. */
static void check_head(const char *line, size_t len)
{
	struct kmc_span span = { .p = line, .len = len };
	struct kmc_request req;
	enum kmc_reply reply = kmc_text_parse_head(span, &req);

	fuzz_check(reply == KMC_REPLY_NONE || reply == KMC_REPLY_BAD_EXPTIME ||
		   reply == KMC_REPLY_HANGUP);
	fuzz_check(fuzz_is_within(req.keys, line, len));
	fuzz_check(reply == KMC_REPLY_HANGUP || kmc_op_is_fetch(req.op));
	/* the keys go on behind the head, so they must reach to its end */
	if (!reply)
		fuzz_check(req.keys.p + req.keys.len == line + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *lf = size ? memchr(data, '\n', size) : NULL;
	size_t len = lf ? (size_t)(lf - data) : size;
	char *line = fuzz_copy(data, len);

	if (len <= KMC_FRAME_LINE_MAX)
		check_line(line, len);
	check_head(line, len);
	free(line);
	return 0;
}
