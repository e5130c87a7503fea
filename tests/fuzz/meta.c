// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/meta.c kmod/proto/meta_reply.c kmod/proto/token.c kmod/proto/num.c
// sources: kmod/proto/base64.c
/* Meta commands: flags are within bounds, and so is whatever reply they ask for. */
#include "fuzz.h"
#include "proto/meta.h"

static const enum kmc_op ops[] = {
	KMC_OP_META_GET, KMC_OP_META_SET, KMC_OP_META_DELETE, KMC_OP_META_DELTA, KMC_OP_META_DEBUG,
};

static void check_ask(const struct kmc_meta *meta)
{
	u64 seen = 0;
	unsigned int i;

	fuzz_check(meta->ask.nr <= KMC_META_FLAGS_MAX);
	for (i = 0; i < meta->ask.nr; i++) {
		fuzz_check(!(seen & kmc_meta_bit(meta->ask.order[i])));
		seen |= kmc_meta_bit(meta->ask.order[i]);
	}
	fuzz_check(seen == meta->seen);
}

static void check_request(const struct kmc_request *req, const char *args, size_t len)
{
	struct kmc_span opaque = req->meta.ask.opaque;

	check_ask(&req->meta);
	fuzz_check(req->key.len <= KMC_KEY_MAX);
	fuzz_check(fuzz_is_within(req->key, args, len) ||
		   fuzz_is_within(req->key, req->meta.key, sizeof(req->meta.key)));
	fuzz_check(opaque.len <= KMC_META_OPAQUE_MAX && fuzz_is_within(opaque, args, len));
	fuzz_check(!opaque.len || opaque.p[0] == 'O');
	fuzz_check(req->has_value == (req->op == KMC_OP_META_SET));
}

static void check_end(const char *buf, size_t len)
{
	fuzz_check(len <= KMC_REPLY_LINE_MAX && len >= 4);
	fuzz_check(buf[len - 2] == '\r' && buf[len - 1] == '\n');
}

/* Compose into just as much memory as is promised. */
static void compose(const struct kmc_request *req, struct kmc_meta_view *view)
{
	char *buf = malloc(KMC_REPLY_LINE_MAX);

	fuzz_check(buf);
	view->code = "VA";
	view->answers = "kOstcflhbq";
	view->key = req->key;
	check_end(buf, kmc_meta_compose(buf, &req->meta.ask, view));
	check_end(buf, kmc_meta_compose_debug(buf, view));
	free(buf);
}

/* An item as large and old as it can be, and one that is nothing. */
static void check_reply(const struct kmc_request *req, bool is_binary)
{
	struct kmc_meta_view most = {
		.has_value = true, .value_len = KMC_VALUE_MAX, .is_binary = is_binary,
		.flags = -1, .cas = -1ULL, .ttl = 0xffffffff, .ttl_touch = 0xffffffff,
		.ttl_vivify = 0xffffffff, .is_new = true, .age = -1, .was_read = true,
		.is_sent = true, .is_stale = true, .is_won = true, .class = -1, .size = -1ULL,
	};
	struct kmc_meta_view least = { .is_binary = is_binary, .ttl = -1 };

	compose(req, &most);
	compose(req, &least);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kmc_span args = { 0 };
	struct kmc_request req;
	char *copy;

	if (size < 1 || size > 2048)
		return 0;
	copy = fuzz_copy(data + 1, size - 1);
	args.p = copy;
	args.len = size - 1;
	memset(&req, 0, offsetof(struct kmc_request, meta));
	req.op = ops[data[0] % 5];
	if (kmc_meta_parse(args, &req) == KMC_REPLY_NONE) {
		check_request(&req, args.p, args.len);
		check_reply(&req, data[0] & 0x80);
	}
	free(copy);
	return 0;
}
