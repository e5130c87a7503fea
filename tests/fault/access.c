// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* access: clients must say who they are, and who may come is replaced meanwhile. */
#include <stdint.h>
#include <string.h>

#include "control.h"
#include "model.h"
#include "steps.h"
#include "tests/e2e/client.h"

/* Opcodes and outcomes of the binary protocol. */
#define GET 0x00
#define VERSION 0x0b
#define SASL_AUTH 0x21
#define OK 0x00
#define NOT_FOUND 0x01
#define DENIED 0x20
#define NO_MEMORY 0x82

#define UNAUTHENTICATED "CLIENT_ERROR unauthenticated\r\n"

static void add_packet(struct bytes *out, uint8_t magic, uint8_t opcode, uint8_t status,
		       const char *key, const char *body, size_t body_len)
{
	char header[24] = { magic, opcode };

	header[3] = strlen(key);
	header[7] = status;
	header[11] = strlen(key) + body_len;
	bytes_add(out, header, sizeof(header));
	bytes_add(out, key, strlen(key));
	bytes_add(out, body, body_len);
}

static void add_request(struct bytes *out, uint8_t opcode, const char *key, const char *value,
			size_t len)
{
	add_packet(out, 0x80, opcode, 0, key, value, len);
}

static void add_reply(struct bytes *out, uint8_t opcode, uint8_t status, const char *body)
{
	add_packet(out, 0x81, opcode, status, "", body, strlen(body));
}

/* On connections of its own, until it is answered; then the connection is as it should be. */
static void insist(const struct bytes *request, const struct bytes *answer,
		   const struct bytes *refusal)
{
	int tries = 0;

	do {
		model_hang_up();
		if (++tries == CONTROL_TRIES)
			wrong("no answer again and again");
	} while (!model_exchange(request, answer, refusal));
	model_hang_up();
}

static void say(const char *request, const char *answer)
{
	const struct bytes asked = { .data = (char *)request, .len = strlen(request) };
	const struct bytes wanted = { .data = (char *)answer, .len = strlen(answer) };
	const struct bytes refusal = { .data = (char *)MODEL_NO_MEMORY_READ,
				       .len = strlen(MODEL_NO_MEMORY_READ) };

	insist(&asked, &wanted, &refusal);
}

/* Who is let in is told that a key is missing, who is not may ask for the version. */
static void say_plain(const char *token, size_t len, bool welcome)
{
	struct bytes request = { 0 }, answer = { 0 }, refusal = { 0 };

	add_request(&request, SASL_AUTH, "PLAIN", token, len);
	add_reply(&refusal, SASL_AUTH, NO_MEMORY, "Out of memory");
	if (welcome) {
		add_request(&request, GET, "fault-none", "", 0);
		add_reply(&answer, SASL_AUTH, OK, "Authenticated");
		add_reply(&answer, GET, NOT_FOUND, "Not found");
	} else {
		add_request(&request, VERSION, "", "", 0);
		add_reply(&answer, SASL_AUTH, DENIED, "Auth failure.");
		add_reply(&answer, VERSION, OK, client_version);
	}
	insist(&request, &answer, &refusal);
	bytes_free(&refusal);
	bytes_free(&answer);
	bytes_free(&request);
}

static void access_before(void)
{
	steps_begin(false);
	control_set_token(NULL, NULL);
}

static void access_run(void)
{
	control_set_token("foo", "bar");
	control_listen_locked();
	say("get fault-none\r\n", UNAUTHENTICATED);
	say("set x 0 0 7\r\nfoo bar\r\nget fault-none\r\n", "STORED\r\nEND\r\n");
	say_plain("\0foo\0bar", 8, true);
	control_set_token("foo", "baz");
	say("set x 0 0 7\r\nfoo bar\r\n", "CLIENT_ERROR authentication failure\r\n");
	say_plain("\0foo\0bar", 8, false);
	say_plain("\0foo\0baz", 8, true);
	control_set_token(NULL, NULL);
	say_plain("\0foo\0baz", 8, false);
}

static void access_after(void)
{
	control_unlisten_all();
	control_listen_v4();
	steps_end(1);
}

const struct scenario access_scenario = {
	"access", "clients say who they are, by tokens that are replaced", NULL,
	access_before, access_run, access_after
};
