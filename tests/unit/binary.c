// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/binary.c
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/binary.h"

#define HEADER 24
#define OPAQUE 0x89abcdef
#define CAS 0x8123456789abcdefULL

/* What a request may have of something. */
enum have { NEVER, MAYBE, ALWAYS };

/* What is wanted of each opcode: written down here once more, from the protocol. */
struct opcode {
	u8 code;
	enum kmc_op op;
	u8 extras_len;
	enum have extras;
	enum have key;
	enum have value;
	bool is_quiet;
	bool with_key;
};

static const struct opcode opcodes[] = {
	{ 0x00, KMC_OP_GETS, 0, NEVER, ALWAYS, NEVER, false, false },
	{ 0x01, KMC_OP_SET, 8, ALWAYS, ALWAYS, MAYBE, false, false },
	{ 0x02, KMC_OP_ADD, 8, ALWAYS, ALWAYS, MAYBE, false, false },
	{ 0x03, KMC_OP_REPLACE, 8, ALWAYS, ALWAYS, MAYBE, false, false },
	{ 0x04, KMC_OP_DELETE, 0, NEVER, ALWAYS, NEVER, false, false },
	{ 0x05, KMC_OP_INCR, 20, ALWAYS, ALWAYS, NEVER, false, false },
	{ 0x06, KMC_OP_DECR, 20, ALWAYS, ALWAYS, NEVER, false, false },
	{ 0x07, KMC_OP_QUIT, 0, NEVER, NEVER, NEVER, false, false },
	{ 0x08, KMC_OP_FLUSH_ALL, 4, MAYBE, NEVER, NEVER, false, false },
	{ 0x09, KMC_OP_GETS, 0, NEVER, ALWAYS, NEVER, true, false },
	{ 0x0a, KMC_OP_NOOP, 0, NEVER, NEVER, NEVER, false, false },
	{ 0x0b, KMC_OP_VERSION, 0, NEVER, NEVER, NEVER, false, false },
	{ 0x0c, KMC_OP_GETS, 0, NEVER, ALWAYS, NEVER, false, true },
	{ 0x0d, KMC_OP_GETS, 0, NEVER, ALWAYS, NEVER, true, true },
	{ 0x0e, KMC_OP_APPEND, 0, NEVER, ALWAYS, MAYBE, false, false },
	{ 0x0f, KMC_OP_PREPEND, 0, NEVER, ALWAYS, MAYBE, false, false },
	{ 0x10, KMC_OP_STATS, 0, NEVER, MAYBE, NEVER, false, false },
	{ 0x11, KMC_OP_SET, 8, ALWAYS, ALWAYS, MAYBE, true, false },
	{ 0x12, KMC_OP_ADD, 8, ALWAYS, ALWAYS, MAYBE, true, false },
	{ 0x13, KMC_OP_REPLACE, 8, ALWAYS, ALWAYS, MAYBE, true, false },
	{ 0x14, KMC_OP_DELETE, 0, NEVER, ALWAYS, NEVER, true, false },
	{ 0x15, KMC_OP_INCR, 20, ALWAYS, ALWAYS, NEVER, true, false },
	{ 0x16, KMC_OP_DECR, 20, ALWAYS, ALWAYS, NEVER, true, false },
	{ 0x17, KMC_OP_QUIT, 0, NEVER, NEVER, NEVER, true, false },
	{ 0x18, KMC_OP_FLUSH_ALL, 4, MAYBE, NEVER, NEVER, true, false },
	{ 0x19, KMC_OP_APPEND, 0, NEVER, ALWAYS, MAYBE, true, false },
	{ 0x1a, KMC_OP_PREPEND, 0, NEVER, ALWAYS, MAYBE, true, false },
	{ 0x1c, KMC_OP_TOUCH, 4, ALWAYS, ALWAYS, NEVER, false, false },
	{ 0x1d, KMC_OP_GATS, 4, ALWAYS, ALWAYS, NEVER, false, false },
	{ 0x1e, KMC_OP_GATS, 4, ALWAYS, ALWAYS, NEVER, true, false },
	{ 0x20, KMC_OP_AUTH_LIST, 0, NEVER, NEVER, NEVER, false, false },
	{ 0x21, KMC_OP_AUTH, 0, NEVER, ALWAYS, MAYBE, false, false },
	{ 0x22, KMC_OP_AUTH_STEP, 0, NEVER, ALWAYS, MAYBE, false, false },
	{ 0x23, KMC_OP_GATS, 4, ALWAYS, ALWAYS, NEVER, false, true },
	{ 0x24, KMC_OP_GATS, 4, ALWAYS, ALWAYS, NEVER, true, true },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct opcode *find_opcode(unsigned int code)
{
	for (size_t i = 0; i < COUNT(opcodes); i++)
		if (opcodes[i].code == code)
			return &opcodes[i];
	return NULL;
}

static void put(char *at, u64 value, int bytes)
{
	while (bytes--) {
		at[bytes] = (char)value;
		value >>= 8;
	}
}

static void make_header(char *header, u8 code, u32 extras_len, u32 key_len, u32 body_len)
{
	header[0] = (char)0x80;
	header[1] = (char)code;
	put(header + 2, key_len, 2);
	header[4] = (char)extras_len;
	header[5] = 0x55;
	put(header + 6, 0x1234, 2);
	put(header + 8, body_len, 4);
	put(header + 12, OPAQUE, 4);
	put(header + 16, CAS, 8);
}

/*
 * Parse a request of these lengths, in memory that has not a byte more than was asked for. The
 * extras are 1, 2, 3 ..., the key is "kkk".
 */
static enum kmc_reply parse(u8 code, u32 extras_len, u32 key_len, u32 body_len,
			    struct kmc_packet *packet, char **head)
{
	char header[HEADER];
	struct kmc_span span;

	make_header(header, code, extras_len, key_len, body_len);
	span.len = kmc_binary_head_len(header);
	assert_in_range(span.len, HEADER, KMC_BINARY_HEAD_MAX);
	*head = malloc(span.len);
	memcpy(*head, header, HEADER);
	for (size_t i = HEADER; i < span.len; i++)
		(*head)[i] = i - HEADER < extras_len ? (char)(i - HEADER + 1) : 'k';
	span.p = *head;
	memset(packet, 0xa5, sizeof(*packet));
	return kmc_binary_parse(span, packet);
}

static bool allows(enum have have, bool is_there)
{
	return have == MAYBE || is_there == (have == ALWAYS);
}

/* What must come of lengths, by the table above. */
static enum kmc_reply wanted(const struct opcode *opcode, u32 extras_len, u32 key_len,
			     u32 body_len)
{
	if (extras_len + key_len > body_len)
		return KMC_REPLY_ERROR;
	if (key_len > 250 || body_len > 1U << 30)
		return KMC_REPLY_BAD_FORMAT;
	if (!opcode)
		return KMC_REPLY_ERROR;
	if (!allows(opcode->extras, extras_len) || !allows(opcode->key, key_len) ||
	    !allows(opcode->value, body_len > extras_len + key_len))
		return KMC_REPLY_BAD_FORMAT;
	if (extras_len && extras_len != opcode->extras_len)
		return KMC_REPLY_BAD_FORMAT;
	return opcode->op == KMC_OP_NONE ? KMC_REPLY_ERROR : KMC_REPLY_NONE;
}

static void check_good(const struct opcode *opcode, u32 extras_len, u32 key_len, u32 body_len,
		       const struct kmc_packet *packet, const char *head)
{
	const struct kmc_request *req = &packet->req;

	assert_int_equal(req->op, opcode->op);
	assert_int_equal(packet->echo.is_quiet, opcode->is_quiet);
	assert_int_equal(packet->echo.with_key, opcode->with_key);
	assert_ptr_equal(req->key.p, head + HEADER + extras_len);
	assert_int_equal(req->key.len, key_len);
	assert_int_equal(req->has_value, opcode->value != NEVER);
	assert_int_equal(req->value_len, body_len - extras_len - key_len);
	assert_int_equal(req->wire_len, req->value_len);
	assert_true(req->cas == CAS);
	assert_false(req->noreply);
}

static void check_one(unsigned int code, u32 extras_len, u32 key_len, u32 body_len)
{
	const struct opcode *opcode = find_opcode(code);
	enum kmc_reply reply = wanted(opcode, extras_len, key_len, body_len);
	/* closed, or in step with the client behind the body */
	bool swallows = reply == KMC_REPLY_ERROR && extras_len + key_len <= body_len;
	struct kmc_packet packet;
	enum kmc_reply got;
	char *head;

	got = parse(code, extras_len, key_len, body_len, &packet, &head);
	if (got != reply)
		fail_msg("%02x extras %u key %u body %u: %d instead of %d", code, extras_len,
			 key_len, body_len, got, reply);
	assert_int_equal(packet.echo.opcode, code);
	assert_true(packet.echo.opaque == OPAQUE);
	if (!reply) {
		check_good(opcode, extras_len, key_len, body_len, &packet, head);
	} else {
		assert_int_equal(packet.req.has_value, swallows);
		assert_int_equal(packet.req.wire_len, swallows ? body_len : 0);
	}
	free(head);
}

static void check_lengths(u32 extras_len, u32 key_len, u32 body_len)
{
	unsigned int code;

	for (code = 0; code < 256; code++)
		check_one(code, extras_len, key_len, body_len);
}

/* Every opcode with every length of its extras, keys of all interesting lengths, and values. */
static void test_lengths(void **state)
{
	static const u32 keys[] = { 0, 1, 2, 249, 250, 251, 255, 256, 65535 };
	u32 extras_len;
	size_t i;

	(void)state;
	for (extras_len = 0; extras_len < 256; extras_len++) {
		for (i = 0; i < COUNT(keys); i++) {
			check_lengths(extras_len, keys[i], extras_len + keys[i]);
			check_lengths(extras_len, keys[i], extras_len + keys[i] + 1);
			check_lengths(extras_len, keys[i], extras_len + keys[i] + 1000);
			if (extras_len + keys[i])
				check_lengths(extras_len, keys[i], extras_len + keys[i] - 1);
			check_lengths(extras_len, keys[i], 0);
		}
	}
}

static void test_longest_body(void **state)
{
	static const u32 bodies[] = { (1U << 30) - 1, 1U << 30, (1U << 30) + 1, INT32_MAX,
				      1U << 31, UINT32_MAX };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(bodies); i++) {
		check_lengths(0, 0, bodies[i]);
		check_lengths(0, 3, bodies[i]);
		check_lengths(4, 3, bodies[i]);
		check_lengths(8, 3, bodies[i]);
		check_lengths(20, 3, bodies[i]);
		check_lengths(255, 65535, bodies[i]);
	}
}

static void test_magic(void **state)
{
	unsigned int magic, code;

	(void)state;
	for (magic = 0; magic < 256; magic++) {
		for (code = 0; code < 256; code++) {
			struct kmc_packet packet;
			char header[HEADER];
			struct kmc_span head = { .p = header, .len = HEADER };

			make_header(header, code, 255, 65535, 0xffffffff);
			header[0] = (char)magic;
			assert_int_equal(kmc_binary_head_len(header), HEADER);
			assert_int_equal(kmc_binary_parse(head, &packet),
					 magic == 0x80 ? KMC_REPLY_BAD_FORMAT : KMC_REPLY_HANGUP);
			assert_false(packet.req.has_value);
		}
	}
}

static void parse_good(u8 code, u32 extras_len, struct kmc_packet *packet)
{
	char *head;

	assert_int_equal(parse(code, extras_len, code == 0x08 ? 0 : 1,
			       extras_len + (code == 0x08 ? 0 : 1), packet, &head),
			 KMC_REPLY_NONE);
	free(head);
}

static void test_extras(void **state)
{
	struct kmc_packet packet;

	(void)state;
	parse_good(0x01, 8, &packet);
	assert_true(packet.req.flags == 0x01020304);
	assert_true(packet.req.exptime == 0x05060708);
	parse_good(0x0e, 0, &packet);
	assert_true(packet.req.flags == 0);
	assert_true(packet.req.exptime == 0);
	parse_good(0x15, 20, &packet);
	assert_true(packet.req.delta == 0x0102030405060708ULL);
	assert_true(packet.req.initial == 0x090a0b0c0d0e0f10ULL);
	assert_true(packet.req.exptime == 0x11121314);
	assert_true(packet.req.create);
	parse_good(0x1d, 4, &packet);
	assert_true(packet.req.exptime == 0x01020304);
	parse_good(0x08, 4, &packet);
	assert_true(packet.req.exptime == 0x01020304);
	parse_good(0x08, 0, &packet);
	assert_true(packet.req.exptime == 0);
}

static enum kmc_reply parse_exptime(u8 code, u32 extras_len, u32 at, u32 exptime,
				    struct kmc_packet *packet)
{
	char bytes[HEADER + 20 + 1] = { 0 };
	struct kmc_span head = { .p = bytes, .len = HEADER + extras_len + 1 };

	make_header(bytes, code, extras_len, 1, extras_len + 1);
	put(bytes + HEADER + at, exptime, 4);
	return kmc_binary_parse(head, packet);
}

/* What would be negative is not: it is far away, and a delta does not create anything. */
static void test_exptime(void **state)
{
	struct kmc_packet packet;

	(void)state;
	assert_int_equal(parse_exptime(0x01, 8, 4, 0xffffffff, &packet), KMC_REPLY_NONE);
	assert_true(packet.req.exptime == 0xffffffffLL);
	assert_int_equal(parse_exptime(0x1c, 4, 0, 0x80000000, &packet), KMC_REPLY_NONE);
	assert_true(packet.req.exptime == 0x80000000LL);
	assert_int_equal(parse_exptime(0x05, 20, 16, 0xffffffff, &packet), KMC_REPLY_NONE);
	assert_false(packet.req.create);
	assert_int_equal(parse_exptime(0x06, 20, 16, 0xfffffffe, &packet), KMC_REPLY_NONE);
	assert_true(packet.req.create);
	assert_int_equal(parse_exptime(0x06, 20, 16, 0, &packet), KMC_REPLY_NONE);
	assert_true(packet.req.create);
}

/* Every reply that a request may have is there, with the status that clients know. */
static void test_replies(void **state)
{
	static const struct {
		enum kmc_reply reply;
		unsigned int status;
		const char *text;
	} rows[] = {
		{ KMC_REPLY_NONE, 0x00, "" },
		{ KMC_REPLY_STORED, 0x00, "" },
		{ KMC_REPLY_DELETED, 0x00, "" },
		{ KMC_REPLY_TOUCHED, 0x00, "" },
		{ KMC_REPLY_OK, 0x00, "" },
		{ KMC_REPLY_END, 0x00, "" },
		{ KMC_REPLY_RESET, 0x00, "" },
		{ KMC_REPLY_VERSION, 0x00, KMC_PROTO_VERSION },
		{ KMC_REPLY_NOT_FOUND, 0x01, "Not found" },
		{ KMC_REPLY_EXISTS, 0x02, "Data exists for key." },
		{ KMC_REPLY_TOO_LARGE, 0x03, "Too large." },
		{ KMC_REPLY_BAD_FORMAT, 0x04, "Invalid arguments" },
		{ KMC_REPLY_NOT_STORED, 0x05, "Not stored." },
		{ KMC_REPLY_NON_NUMERIC, 0x06, "Non-numeric server-side value for incr or decr" },
		{ KMC_REPLY_ERROR, 0x81, "Unknown command" },
		{ KMC_REPLY_NO_MEMORY, 0x82, "Out of memory allocating item" },
		{ KMC_REPLY_NO_MEMORY_DELTA, 0x82, "Out of memory incrementing value" },
		{ KMC_REPLY_NO_MEMORY_READ, 0x82, "Out of memory" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct kmc_span text = kmc_binary_text(rows[i].reply);

		assert_int_equal(kmc_binary_status(rows[i].reply), rows[i].status);
		assert_int_equal(text.len, strlen(rows[i].text));
		if (text.len)
			assert_memory_equal(text.p, rows[i].text, text.len);
	}
}

static void test_compose(void **state)
{
	static const char bytes[] =
		"\x81\x1e\x00\x03\x04\x00\x82\x01\x01\x00\x00\x0a\xde\xad\xbe\xef"
		"\x01\x02\x03\x04\x05\x06\x07\x08" "extrkeyabc";
	struct kmc_binary_echo echo = { .opcode = 0x1e, .opaque = 0xdeadbeef };
	struct kmc_binary_reply reply = {
		.status = 0x8201,
		.cas = 0x0102030405060708ULL,
		.extras = { .p = "extr", .len = 4 },
		.key = { .p = "key", .len = 3 },
		.text = { .p = "abc", .len = 3 },
		.rest = 0x01000000,
	};
	char *buf = malloc(sizeof(bytes) - 1);

	(void)state;
	memset(buf, 0xff, sizeof(bytes) - 1);
	assert_int_equal(kmc_binary_compose(buf, &echo, &reply), sizeof(bytes) - 1);
	assert_memory_equal(buf, bytes, sizeof(bytes) - 1);
	free(buf);
}

/* The longest there is: a hit with its key. The address sanitizer watches the buffer. */
static void test_longest(void **state)
{
	struct kmc_binary_echo echo = { .opcode = 0x0c };
	char key[KMC_KEY_MAX], *buf = malloc(KMC_REPLY_LINE_MAX);
	struct kmc_binary_reply reply = {
		.extras = { .p = "flag", .len = 4 },
		.key = { .p = key, .len = sizeof(key) },
		.rest = 1 << 20,
	};

	(void)state;
	memset(key, 'k', sizeof(key));
	assert_int_equal(kmc_binary_compose(buf, &echo, &reply), HEADER + 4 + 250);
	assert_memory_equal(buf + HEADER + 4, key, sizeof(key));
	free(buf);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_longest_body),
		cmocka_unit_test(test_magic),
		cmocka_unit_test(test_extras),
		cmocka_unit_test(test_exptime),
		cmocka_unit_test(test_replies),
		cmocka_unit_test(test_compose),
		cmocka_unit_test(test_longest),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("binary", tests, NULL, NULL);
}
