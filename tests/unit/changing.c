// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/meta.c kmod/proto/text.c kmod/proto/token.c kmod/proto/admin.c
// sources: kmod/proto/num.c kmod/proto/base64.c kmod/proto/binary.c
/*
 * A client may change what it has sent, by splice(), while it is parsed. Another thread does that
 * here, as often as it can: whatever is made of the request, it has to be within bounds.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "proto/base64.h"
#include "proto/binary.h"
#include "proto/text.h"

/* Of each test, and up to one more. */
#define SECONDS 1

/* What a request is changed to and back, a byte at a time. */
struct changing {
	char *bytes;
	const char *one;
	const char *other;
	size_t len;
	bool is_over;
	pthread_t thread;
};

static void write_all(struct changing *changing, const char *what)
{
	size_t i;

	for (i = 0; i < changing->len; i++)
		__atomic_store_n(&changing->bytes[i], what[i], __ATOMIC_RELAXED);
}

static void *change(void *arg)
{
	struct changing *changing = arg;

	while (!__atomic_load_n(&changing->is_over, __ATOMIC_RELAXED)) {
		write_all(changing, changing->other);
		write_all(changing, changing->one);
	}
	return NULL;
}

/* In memory of its exact length, so that a read beyond it is seen. */
static void begin(struct changing *changing, const char *one, const char *other, size_t len)
{
	char *bytes = malloc(len);

	assert_non_null(bytes);
	memcpy(bytes, one, len);
	*changing = (struct changing){ .bytes = bytes, .one = one, .other = other, .len = len };
	assert_int_equal(pthread_create(&changing->thread, NULL, change, changing), 0);
}

static void end(struct changing *changing)
{
	__atomic_store_n(&changing->is_over, true, __ATOMIC_RELAXED);
	pthread_join(changing->thread, NULL);
	free(changing->bytes);
}

static bool is_time_over(time_t *deadline)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!*deadline)
		*deadline = now.tv_sec + SECONDS + 1;
	return now.tv_sec >= *deadline;
}

static struct kmc_span all_of(const struct changing *changing)
{
	return (struct kmc_span){ .p = changing->bytes, .len = changing->len };
}

/* How many flags there are is bounded also if the line is refused. */
static bool is_bounded(const struct kmc_request *req, enum kmc_reply error)
{
	if (req->meta.ask.nr > KMC_META_FLAGS_MAX)
		return false;
	return error || (req->key.len <= KMC_KEY_MAX &&
			 req->meta.ask.opaque.len <= KMC_META_OPAQUE_MAX);
}

static void parse_lines(const char *one, const char *other)
{
	struct changing changing;
	struct kmc_request req;
	bool is_right = true;
	time_t deadline = 0;

	assert_int_equal(strlen(one), strlen(other));
	begin(&changing, one, other, strlen(one));
	while (is_right && !is_time_over(&deadline))
		is_right = is_bounded(&req, kmc_text_parse(all_of(&changing), &req));
	end(&changing);
	assert_true(is_right);
}

/* More flags than there were when they were counted. */
static void test_flags(void **state)
{
	parse_lines("mg k c_f_h_k_l_q_s_t_u_v_x_C_D_E_F_I_J_L_M_N_O_P_R_T",
		    "mg k c f h k l q s t u v x C D E F I J L M N O P R T");
}

/* A key that was base64 when its digits were counted. */
static void test_key(void **state)
{
	parse_lines("mg YWJj b k", "mg =!!! b k");
}

static void test_base64(void **state)
{
	struct changing changing;
	bool is_right = true;
	time_t deadline = 0;
	char buf[6];

	begin(&changing, "Zm9vYmFy", "=!!!!!!!", 8);
	while (is_right && !is_time_over(&deadline))
		is_right = kmc_base64_decode(buf, changing.bytes, 8) <= sizeof(buf);
	end(&changing);
	assert_true(is_right);
}

/* An opcode that has no key, until it was looked how long it is. */
static void test_packet(void **state)
{
	static const char one[KMC_BINARY_HEADER_LEN] = { '\x80', 0x30, 0, 250, [11] = 250 };
	static const char other[KMC_BINARY_HEADER_LEN] = { '\x80', 0x0c, 0, 250, [11] = 250 };
	struct changing changing;
	struct kmc_packet packet;
	bool is_right = true;
	time_t deadline = 0;
	struct kmc_span head;

	begin(&changing, one, other, sizeof(one));
	head = all_of(&changing);
	while (is_right && !is_time_over(&deadline)) {
		if (kmc_binary_head_len(head.p) > head.len || kmc_binary_parse(head, &packet))
			continue;
		is_right = packet.req.key.p + packet.req.key.len <= head.p + head.len;
	}
	end(&changing);
	assert_true(is_right);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_packet),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("changing", tests, NULL, NULL);
}
