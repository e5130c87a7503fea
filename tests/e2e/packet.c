// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "packet.h"

#define AT_CAS 16

/* Stands for CAS_ANY until the reply is there. */
#define ANY 0xfedcba9876543210ULL
#define OTHER 0x0000ffffffffffffULL

static uint64_t remembered;

static void put(char *at, uint64_t value, int bytes)
{
	while (bytes--) {
		at[bytes] = (char)value;
		value >>= 8;
	}
}

static uint64_t get(const char *at, int bytes)
{
	uint64_t value = 0;

	while (bytes--)
		value = value << 8 | (uint8_t)*at++;
	return value;
}

static uint64_t cas_of(const struct packet *packet)
{
	static const uint64_t fixed[] = { [CAS_NONE] = 0, [CAS_ANY] = ANY, [CAS_OTHER] = OTHER };

	return packet->cas == CAS_LAST ? remembered : fixed[packet->cas];
}

/**
 * packet_add() - append a packet
 * @out: where to
 * @packet: the packet
 */
void packet_add(struct bytes *out, const struct packet *packet)
{
	struct packet_lengths lengths = packet->lengths;
	size_t begin = out->len, key;
	char *header;

	bytes_fill(out, '\0', PACKET_HEADER);
	bytes_add(out, packet->extras.data, packet->extras.len);
	key = out->len;
	script_expand(out, packet->key.data, packet->key.len);
	if (!lengths.given) {
		lengths.extras = packet->extras.len;
		lengths.key = out->len - key;
		lengths.body = out->len - begin - PACKET_HEADER + packet->value.len + packet->fill;
	}
	bytes_add(out, packet->value.data, packet->value.len);
	bytes_fill(out, 'x', packet->fill);
	header = out->data + begin;
	put(header, packet->magic, 1);
	put(header + 1, packet->opcode, 1);
	put(header + 2, lengths.key, 2);
	put(header + 4, lengths.extras, 1);
	put(header + 5, packet->data_type, 1);
	put(header + 6, packet->status, 2);
	put(header + 8, lengths.body, 4);
	put(header + 12, packet->opaque, 4);
	put(header + AT_CAS, cas_of(packet), 8);
}

/**
 * packet_add_step() - append the requests of a step, and the replies
 * @requests: where to
 * @replies: where to
 * @step: the step
 */
void packet_add_step(struct bytes *requests, struct bytes *replies,
		     const struct packet_step *step)
{
	for (int i = 0; i < PACKET_BATCH && step->requests[i].magic; i++)
		packet_add(requests, &step->requests[i]);
	for (int i = 0; i < PACKET_BATCH && step->replies[i].magic; i++)
		packet_add(replies, &step->replies[i]);
}

/* Where any cas id will do, take the one that came. */
static void take_cas_ids(const struct bytes *got, struct bytes *wanted)
{
	size_t at = 0;

	while (at + PACKET_HEADER <= wanted->len && at + PACKET_HEADER <= got->len) {
		char *cas = wanted->data + at + AT_CAS;

		if (get(cas, 8) == ANY && get(got->data + at + AT_CAS, 8)) {
			memcpy(cas, got->data + at + AT_CAS, 8);
			remembered = get(cas, 8);
		}
		at += PACKET_HEADER + get(wanted->data + at + 8, 4);
	}
}

/**
 * packet_match() - fail the running test unless replies are the wanted ones
 * @got: what came
 * @wanted: what should have; gets the cas ids that came
 * @name: of the test
 * @line: where in there
 */
void packet_match(const struct bytes *got, struct bytes *wanted, const char *name, int line)
{
	take_cas_ids(got, wanted);
	script_compare(got, wanted, name, line);
}

/**
 * packet_exchange() - fail the running test unless requests get the wanted replies
 * @c: the connection
 * @requests: the requests; a noop is added, which shows where the replies end
 * @replies: the wanted replies; that of the noop is added
 * @name: of the test
 * @line: where in there
 */
void packet_exchange(struct client *c, const struct bytes *requests, struct bytes *replies,
		     const char *name, int line)
{
	static const struct packet fence[] = {
		REQUEST(0x0a, .opaque = 0xfe0ce0fe), REPLY(0x0a, .opaque = 0xfe0ce0fe),
	};
	struct bytes fenced = { 0 }, got = { 0 };

	bytes_add(&fenced, requests->data, requests->len);
	packet_add(&fenced, &fence[0]);
	packet_add(replies, &fence[1]);
	client_exchange(c, fenced.data, fenced.len, &got, replies->len, "");
	packet_match(&got, replies, name, line);
	bytes_free(&fenced);
	bytes_free(&got);
}

static void run_last(struct client *c, const struct bytes *requests, struct bytes *replies,
		     const char *name, int line)
{
	struct bytes got = { 0 };

	if (client_exchange(c, requests->data, requests->len, &got, 0, NULL) != CLIENT_CLOSED)
		client_fail("%s: the connection is not closed", name);
	packet_match(&got, replies, name, line);
	bytes_free(&got);
}

/**
 * packet_run() - fail the running test unless a step goes as it should
 * @c: the connection
 * @step: the step
 * @name: of the test
 * @line: where in there
 */
void packet_run(struct client *c, const struct packet_step *step, const char *name, int line)
{
	struct bytes requests = { 0 }, replies = { 0 };

	packet_add_step(&requests, &replies, step);
	if (step->closes)
		run_last(c, &requests, &replies, name, line);
	else
		packet_exchange(c, &requests, &replies, name, line);
	bytes_free(&requests);
	bytes_free(&replies);
}

static bool is_long(const struct packet_row *row)
{
	for (int i = 0; i < PACKET_STEPS; i++)
		for (int j = 0; j < PACKET_BATCH; j++)
			if (row->steps[i].requests[j].fill > 10000)
				return true;
	return false;
}

static void run_steps(const struct packet_row *row, bool bytewise)
{
	struct client *c;

	script_setup(NULL);
	remembered = 0;
	c = client_open();
	c->bytewise = bytewise;
	for (int i = 0; i < PACKET_STEPS && row->steps[i].requests[0].magic; i++)
		packet_run(c, &row->steps[i], row->name, i + 1);
	client_close(c);
}

/**
 * packet_run_row() - a test that is a &struct packet_row
 * @state: points to it
 *
 * Once with whole requests, once byte by byte, unless that would take too long: see
 * client_has_time().
 */
void packet_run_row(void **state)
{
	const struct packet_row *row = *state;

	run_steps(row, false);
	if (!is_long(row) && client_has_time())
		run_steps(row, true);
}
