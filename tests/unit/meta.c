// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/meta.c kmod/proto/meta_reply.c kmod/proto/text.c kmod/proto/token.c
// sources: kmod/proto/admin.c kmod/proto/num.c kmod/proto/reply.c kmod/proto/base64.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/meta.h"
#include "proto/text.h"

#define K50 "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"
#define K250 K50 K50 K50 K50 K50
#define O31 "1234567890123456789012345678901"

#define count_of(array) (sizeof(array) / sizeof((array)[0]))

/* A line that is understood, and what of it is not 0 (delta: of all but ma). */
struct good {
	const char *line;
	enum kmc_op op;
	const char *key;
	const char *order;
	enum kmc_op store;
	u32 value_len;
	u32 flags;
	s64 exptime;
	s64 vivify;
	s64 recache;
	u64 cas;
	u64 new_cas;
	u64 delta;
	u64 initial;
	const char *opaque;
	bool is_decr;
};

static const struct good goods[] = {
	/* mg */
	{ "mg a", KMC_OP_META_GET, "a", .order = "" },
	{ "mg a\r", KMC_OP_META_GET, "a", .order = "" },
	{ "mg   a   s  v ", KMC_OP_META_GET, "a", .order = "sv" },
	{ "mg YQ== b c f h k l s t u v q", KMC_OP_META_GET, "a", .order = "bcfhklstuvq" },
	{ "mg a t s v q u l k h f c", KMC_OP_META_GET, "a", .order = "tsvqulkhfc" },
	{ "mg a kjunk vjunk", KMC_OP_META_GET, "a", .order = "kv" },
	{ "mg a N30 T60 R10", KMC_OP_META_GET, "a", .order = "NTR", .exptime = 60, .vivify = 30,
	  .recache = 10 },
	{ "mg a N0 T-1 R-5", KMC_OP_META_GET, "a", .order = "NTR", .exptime = -1, .recache = -5 },
	{ "mg a T2147483647 N-2147483648", KMC_OP_META_GET, "a", .order = "TN",
	  .exptime = 2147483647,
	  .vivify = INT32_MIN },
	{ "mg a C5 E18446744073709551615", KMC_OP_META_GET, "a", .order = "CE", .cas = 5,
	  .new_cas = 18446744073709551615ULL },
	{ "mg a Ppath/ L1", KMC_OP_META_GET, "a", .order = "PL" },
	{ "mg a O", KMC_OP_META_GET, "a", .order = "O", .opaque = "O" },
	{ "mg a O" O31 " k", KMC_OP_META_GET, "a", .order = "Ok", .opaque = "O" O31 },
	{ "mg a k Oq\r", KMC_OP_META_GET, "a", .order = "kO", .opaque = "Oq" },
	{ "mg a I x M D5 J6 F7", KMC_OP_META_GET, "a", .order = "IxMDJF", .flags = 7, .delta = 5,
	  .initial = 6 },
	{ "mg a\tb v", KMC_OP_META_GET, "a\tb", .order = "v" },
	{ "mg " K250 " v", KMC_OP_META_GET, K250, .order = "v" },
	{ "mg a c f h k l s t u v q C1 E1 N1 O R1 T1 I x", KMC_OP_META_GET, "a",
	  .order = "cfhklstuvqCENORTIx", .exptime = 1, .vivify = 1, .recache = 1,
	  .cas = 1, .new_cas = 1,
	  .opaque = "O" },
	/* ms */
	{ "ms a 2", KMC_OP_META_SET, "a", .order = "", .store = KMC_OP_SET, .value_len = 2 },
	{ "ms a 0 MS", KMC_OP_META_SET, "a", .order = "M", .store = KMC_OP_SET },
	{ "ms a 2147483645 ME", KMC_OP_META_SET, "a", .order = "M",
	  .store = KMC_OP_ADD, .value_len = 2147483645 },
	{ "ms a 2 MA", KMC_OP_META_SET, "a", .order = "M",
	  .store = KMC_OP_APPEND, .value_len = 2 },
	{ "ms a 2 MP", KMC_OP_META_SET, "a", .order = "M",
	  .store = KMC_OP_PREPEND, .value_len = 2 },
	{ "ms a 2 MR", KMC_OP_META_SET, "a", .order = "M",
	  .store = KMC_OP_REPLACE, .value_len = 2 },
	{ "ms a 2 MSet", KMC_OP_META_SET, "a", .order = "M", .store = KMC_OP_SET, .value_len = 2 },
	{ "ms a 2 C7", KMC_OP_META_SET, "a", .order = "C",
	  .store = KMC_OP_CAS, .value_len = 2, .cas = 7 },
	{ "ms a 2 C0 MS", KMC_OP_META_SET, "a", .order = "CM",
	  .store = KMC_OP_CAS, .value_len = 2 },
	{ "ms a 2 MR C7", KMC_OP_META_SET, "a", .order = "MC",
	  .store = KMC_OP_CAS, .value_len = 2, .cas = 7 },
	{ "ms a 2 ME C7", KMC_OP_META_SET, "a", .order = "MC",
	  .store = KMC_OP_ADD, .value_len = 2, .cas = 7 },
	{ "ms a 2 MA C7", KMC_OP_META_SET, "a", .order = "MC",
	  .store = KMC_OP_APPEND, .value_len = 2, .cas = 7 },
	{ "ms a 2 MA T5 N9", KMC_OP_META_SET, "a", .order = "MTN",
	  .store = KMC_OP_APPEND, .value_len = 2, .exptime = 9,
	  .vivify = 9 },
	{ "ms a 2 MP N9 T5", KMC_OP_META_SET, "a", .order = "MNT",
	  .store = KMC_OP_PREPEND, .value_len = 2, .exptime = 9,
	  .vivify = 9 },
	{ "ms a 2 MS N9 T5", KMC_OP_META_SET, "a", .order = "MNT",
	  .store = KMC_OP_SET, .value_len = 2, .exptime = 5,
	  .vivify = 9 },
	{ "ms a 2 T30 F4294967295 I q E9 c k s Ox", KMC_OP_META_SET, "a", .order = "TFIqEcksO",
	  .store = KMC_OP_SET,
	  2, 4294967295U, 30, .new_cas = 9, .opaque = "Ox" },
	{ "ms Zm9v 2 b", KMC_OP_META_SET, "foo", .order = "b",
	  .store = KMC_OP_SET, .value_len = 2 },
	/* md */
	{ "md a", KMC_OP_META_DELETE, "a", .order = "" },
	{ "md a q I x k T9 C8 E7 F6 Oo", KMC_OP_META_DELETE, "a", .order = "qIxkTCEFO", .flags = 6,
	  .exptime = 9, .cas = 8, .new_cas = 7, .opaque = "Oo" },
	/* ma */
	{ "ma a", KMC_OP_META_DELTA, "a", .order = "", .delta = 1 },
	{ "ma a MI D10", KMC_OP_META_DELTA, "a", .order = "MD", .delta = 10 },
	{ "ma a M+ D0", KMC_OP_META_DELTA, "a", .order = "MD" },
	{ "ma a MD D18446744073709551615 J3 N0", KMC_OP_META_DELTA, "a", .order = "MDJN",
	  .delta = 18446744073709551615ULL, .initial = 3, .is_decr = true },
	{ "ma a M- T5 C4 E3", KMC_OP_META_DELTA, "a", .order = "MTCE",
	  .exptime = 5, .cas = 4, .new_cas = 3,
	  .delta = 1, .is_decr = true },
	{ "ma a MIncr", KMC_OP_META_DELTA, "a", .order = "M", .delta = 1 },
	/* me, mn */
	{ "me a", KMC_OP_META_DEBUG, "a", .order = "" },
	{ "me a junk more", KMC_OP_META_DEBUG, "a", .order = "" },
	{ "me Zm9v b", KMC_OP_META_DEBUG, "foo", .order = "" },
	{ "me Zm9v b more", KMC_OP_META_DEBUG, "foo", .order = "" },
	{ "me a bx", KMC_OP_META_DEBUG, "a", .order = "" },
	{ "mn\r", KMC_OP_NOOP, "", .order = "" },
	{ "mn foo", KMC_OP_NOOP, "", .order = "" },
};

/* A line that is refused, and whether a value follows that is to be swallowed. */
static const struct {
	const char *line;
	enum kmc_reply reply;
	bool has_value;
} bads[] = {
	{ "mg", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg \r", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mn", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mx a", .reply = KMC_REPLY_ERROR },
	{ "m a", .reply = KMC_REPLY_ERROR },
	{ "mgx a", .reply = KMC_REPLY_ERROR },
	{ "MG a", .reply = KMC_REPLY_ERROR },
	{ " mg a", .reply = KMC_REPLY_ERROR },
	{ "mg " K250 "k", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg " K250 "k v v", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a v v", .reply = KMC_REPLY_DUPLICATE_FLAG },
	{ "mg a Tx v v", .reply = KMC_REPLY_DUPLICATE_FLAG },
	{ "mg a T1 T1", .reply = KMC_REPLY_DUPLICATE_FLAG },
	{ "mg a z", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a S2", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a 3", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a [", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a noreply", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a z v v", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a !", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a v v !", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a \x80", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a \tv", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a c f h k l s t u v q C1 E1 N1 O R1 T1 I x D1", .reply = KMC_REPLY_TOO_MANY_FLAGS },
	{ "mg a c c c c c c c c c c c c c c c c c c c", .reply = KMC_REPLY_TOO_MANY_FLAGS },
	{ "mg a T", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a T 30", .reply = KMC_REPLY_INVALID_FLAG },
	{ "mg a Tx", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a T1x", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a T2147483648", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a N", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a R\r", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a C", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a C-1", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a C18446744073709551616", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a E", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a F", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a F-1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a F4294967296", .reply = KMC_REPLY_BAD_FORMAT },
	{ "mg a Fx Tx", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a Tx Fx", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg a Jx", .reply = KMC_REPLY_BAD_INITIAL },
	{ "mg a Dx", .reply = KMC_REPLY_BAD_DELTA_VALUE },
	{ "mg a Dx Jx", .reply = KMC_REPLY_BAD_INITIAL },
	{ "mg a b", .reply = KMC_REPLY_BAD_KEY },
	{ "mg !! b", .reply = KMC_REPLY_BAD_KEY },
	{ "mg !! b Tx", .reply = KMC_REPLY_BAD_TOKEN },
	{ "mg Zm9v= b", .reply = KMC_REPLY_BAD_KEY },
	{ "mg a O" O31 "2", .reply = KMC_REPLY_OPAQUE_TOO_LONG },
	{ "mg a O" O31 "2 Tx", .reply = KMC_REPLY_BAD_TOKEN },
	{ "ms", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a -1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a +1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a 2147483646", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms a 18446744073709551618", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ms " K250 "k 2", .reply = KMC_REPLY_BAD_FORMAT, .has_value = true },
	{ "ms a 2 !", .reply = KMC_REPLY_BAD_FORMAT, .has_value = true },
	{ "ms a 2 2", .reply = KMC_REPLY_INVALID_FLAG, .has_value = true },
	{ "ms a 2 S2", .reply = KMC_REPLY_INVALID_FLAG, .has_value = true },
	{ "ms a 2 q q", .reply = KMC_REPLY_DUPLICATE_FLAG, .has_value = true },
	{ "ms a 2 Fx", .reply = KMC_REPLY_BAD_FORMAT, .has_value = true },
	{ "ms a 2 Tx", .reply = KMC_REPLY_BAD_TOKEN, .has_value = true },
	{ "ms a 2 M", .reply = KMC_REPLY_BAD_MODE_SET, .has_value = true },
	{ "ms a 2 Mx", .reply = KMC_REPLY_BAD_MODE_SET, .has_value = true },
	{ "ms a 2 Me", .reply = KMC_REPLY_BAD_MODE_SET, .has_value = true },
	{ "ms a 2 Mx Tx", .reply = KMC_REPLY_BAD_TOKEN, .has_value = true },
	{ "ms !! 2 b", .reply = KMC_REPLY_BAD_KEY, .has_value = true },
	{ "ms a 2 O" O31 "2", .reply = KMC_REPLY_OPAQUE_TOO_LONG, .has_value = true },
	{ "ms a 2 c f h k l s t u v q C1 E1 N1 O R1 T1 I x", .reply = KMC_REPLY_TOO_MANY_FLAGS,
	  .has_value = true },
	{ "md", .reply = KMC_REPLY_BAD_FORMAT },
	{ "md a z", .reply = KMC_REPLY_INVALID_FLAG },
	{ "md a O" O31 "2", .reply = KMC_REPLY_OPAQUE_TOO_LONG },
	{ "ma", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ma a !", .reply = KMC_REPLY_BAD_FORMAT },
	{ "ma a z", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a q q", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a Dx", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a D-1", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a J", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a Tx", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a Fx", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma !! b", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma " K250 "k", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a c c c c c c c c c c c c c c c c c c c", .reply = KMC_REPLY_BAD_FLAGS },
	{ "ma a O" O31 "2", .reply = KMC_REPLY_OPAQUE_TOO_LONG },
	{ "ma a M", .reply = KMC_REPLY_BAD_MODE_DELTA },
	{ "ma a Mx", .reply = KMC_REPLY_BAD_MODE_DELTA },
	{ "ma a Md", .reply = KMC_REPLY_BAD_MODE_DELTA },
	{ "me", .reply = KMC_REPLY_BAD_FORMAT },
	{ "me " K250 "k", .reply = KMC_REPLY_BAD_FORMAT },
	{ "me a !", .reply = KMC_REPLY_BAD_FORMAT },
	{ "me Zm9 b", .reply = KMC_REPLY_BAD_FORMAT },
};

/* The line is in memory of its exact length, so that a read beyond it is seen. */
static struct kmc_span copy_line(const char *line)
{
	size_t len = strlen(line);
	char *copy = malloc(len);

	memcpy(copy, line, len);
	return (struct kmc_span){ .p = copy, .len = len };
}

static bool is_same(struct kmc_span span, const char *text)
{
	return span.len == strlen(text) && (!span.len || !memcmp(span.p, text, span.len));
}

static void check_good(const struct good *row)
{
	struct kmc_span line = copy_line(row->line);
	struct kmc_request req;
	const struct kmc_meta *meta = &req.meta;
	struct kmc_span order = { .p = meta->ask.order };
	enum kmc_reply reply;

	memset(&req, 0xa5, sizeof(req));
	reply = kmc_text_parse(line, &req);
	order.len = meta->ask.nr;
	if (reply || req.op != row->op || !is_same(req.key, row->key) ||
	    !is_same(order, row->order) || !is_same(meta->ask.opaque, row->opaque ?: ""))
		fail_msg("\"%s\": reply %d op %d", row->line, reply, req.op);
	assert_int_equal(req.has_value, row->op == KMC_OP_META_SET);
	if (meta->store != row->store || req.value_len != row->value_len || req.noreply)
		fail_msg("\"%s\": store %d value %u", row->line, meta->store, req.value_len);
	if (req.flags != row->flags || req.exptime != row->exptime ||
	    meta->vivify != row->vivify || meta->recache != row->recache)
		fail_msg("\"%s\": %u %d %d %d", row->line, req.flags, req.exptime, meta->vivify,
			 meta->recache);
	if (req.cas != row->cas || meta->new_cas != row->new_cas || req.delta != row->delta ||
	    req.initial != row->initial || meta->is_decr != row->is_decr)
		fail_msg("\"%s\": a number is wrong", row->line);
	for (const char *letter = row->order; *letter; letter++)
		assert_true(kmc_meta_has(meta, *letter));
	free((char *)line.p);
}

static void test_goods(void **state)
{
	(void)state;
	for (size_t i = 0; i < count_of(goods); i++)
		check_good(&goods[i]);
}

static void test_bads(void **state)
{
	(void)state;
	for (size_t i = 0; i < count_of(bads); i++) {
		struct kmc_span line = copy_line(bads[i].line);
		struct kmc_request req;
		enum kmc_reply reply = kmc_text_parse(line, &req);

		if (reply != bads[i].reply || req.has_value != bads[i].has_value || req.noreply)
			fail_msg("\"%s\": reply %d", bads[i].line, reply);
		if (req.has_value)
			assert_int_equal(req.value_len, 2);
		free((char *)line.p);
	}
}

/* Each cut of each line is parsed without reading beyond it. */
static void test_cuts(void **state)
{
	(void)state;
	for (size_t i = 0; i < count_of(goods); i++) {
		for (size_t len = 1; len < strlen(goods[i].line); len++) {
			char *copy = malloc(len);
			struct kmc_request req;

			memcpy(copy, goods[i].line, len);
			kmc_text_parse((struct kmc_span){ .p = copy, .len = len }, &req);
			free(copy);
		}
	}
}

static struct kmc_meta_view make_view(const char *code, const char *answers)
{
	return (struct kmc_meta_view) {
		.code = code,
		.answers = answers,
		.value_len = 3,
		.key = { .p = "foo", .len = 3 },
		.flags = 7,
		.cas = 42,
		.ttl = -1,
		.ttl_touch = 60,
		.ttl_vivify = 30,
		.age = 5,
		.class = 2,
		.size = 66,
	};
}

/* The reply to a line, whose flags are all it is asked for. */
static void check_reply(const char *line, const struct kmc_meta_view *view, const char *wanted)
{
	char buf[KMC_REPLY_LINE_MAX];
	struct kmc_span span = copy_line(line);
	struct kmc_request req;
	size_t len;

	assert_int_equal(kmc_text_parse(span, &req), KMC_REPLY_NONE);
	len = kmc_meta_compose(buf, &req.meta.ask, view);
	if (len != strlen(wanted) || memcmp(buf, wanted, len))
		fail_msg("\"%s\": %.*s", line, (int)len, buf);
	free((char *)span.p);
}

static void test_replies(void **state)
{
	struct kmc_meta_view view = make_view("HD", "stcflhOk");

	(void)state;
	check_reply("mg foo", &view, "HD\r\n");
	check_reply("mg foo s t c f l h k Oabc", &view,
		    "HD s3 t-1 c42 f7 l5 h0 kfoo Oabc\r\n");
	check_reply("mg foo O h k q u t Px", &view, "HD O h0 kfoo t-1\r\n");
	/* the old time, the new one; N does nothing to what is there */
	check_reply("mg foo t T60", &view, "HD t-1\r\n");
	check_reply("mg foo T60 t", &view, "HD t60\r\n");
	check_reply("mg foo N30 t", &view, "HD t-1\r\n");
	view.is_new = true;
	check_reply("mg foo N30 t T60 c", &view, "HD t30 c42\r\n");
	check_reply("mg foo t N30 T60", &view, "HD t-1\r\n");
	view.has_value = true;
	view.code = "VA";
	view.was_read = true;
	view.ttl = 0;
	view.is_binary = true;
	check_reply("mg foo v h t k s", &view, "VA 3 h1 t0 kZm9v b s3\r\n");
	view.is_sent = true;
	check_reply("mg foo v", &view, "VA 3 Z\r\n");
	view.is_stale = true;
	check_reply("mg foo v c", &view, "VA 3 c42 Z X\r\n");
	view.is_sent = false;
	view.is_won = true;
	check_reply("mg foo v c", &view, "VA 3 c42 X W\r\n");
}

static void test_answers(void **state)
{
	struct kmc_meta_view miss = make_view("EN", "Ok"), stored = make_view("HD", "Okcs");

	(void)state;
	check_reply("mg foo s v t k c Oq f", &miss, "EN kfoo Oq\r\n");
	check_reply("ms foo 3 s c k Oq T9 f t", &stored, "HD s3 c42 kfoo Oq\r\n");
}

static void test_debug(void **state)
{
	struct kmc_meta_view view = make_view(NULL, NULL);
	static const char wanted[] = "ME foo exp=-1 la=5 cas=42 fetch=no cls=2 size=66\r\n";
	static const char binary[] = "ME Zm9v exp=9 la=5 cas=42 fetch=yes cls=2 size=66\r\n";
	char buf[KMC_REPLY_LINE_MAX];

	(void)state;
	assert_int_equal(kmc_meta_compose_debug(buf, &view), strlen(wanted));
	assert_memory_equal(buf, wanted, strlen(wanted));
	view.is_binary = true;
	view.was_read = true;
	view.ttl = 9;
	assert_int_equal(kmc_meta_compose_debug(buf, &view), strlen(binary));
	assert_memory_equal(buf, binary, strlen(binary));
}

/* The longest lines there can be; the address sanitizer watches the buffer. */
static void test_longest(void **state)
{
	char key[KMC_KEY_MAX], buf[KMC_REPLY_LINE_MAX];
	struct kmc_meta_view view = make_view("VA", "stcflhOk");
	struct kmc_meta_ask ask = {
		.opaque = { .p = "O" O31, .len = KMC_META_OPAQUE_MAX },
		.nr = 8,
		.order = "stcflhOk",
	};

	(void)state;
	memset(key, 'k', sizeof(key));
	view.key = (struct kmc_span){ .p = key, .len = sizeof(key) };
	view.has_value = true;
	view.is_binary = true;
	view.is_sent = true;
	view.is_stale = true;
	view.is_won = true;
	view.value_len = UINT32_MAX;
	view.flags = UINT32_MAX;
	view.age = UINT32_MAX;
	view.class = UINT32_MAX;
	view.ttl = UINT32_MAX;
	view.cas = UINT64_MAX;
	view.size = UINT64_MAX;
	assert_in_range(kmc_meta_compose(buf, &ask, &view), sizeof(key), sizeof(buf));
	assert_in_range(kmc_meta_compose_debug(buf, &view), sizeof(key), sizeof(buf));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goods),
		cmocka_unit_test(test_bads),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_debug),
		cmocka_unit_test(test_longest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("meta", tests, NULL, NULL);
}
