// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/net/crowd.c
/*
 * churn HOST PORT ROUNDS TOGETHER ADDRESSES: connects and disconnects, TOGETHER at once, until
 * there were ROUNDS of it; to HOST and the addresses that follow it, so that no pair of ports is
 * needed twice soon. In turn: nothing else; a request, its reply; a request and a reset, without
 * the reply; a request, an end, its reply and the server's end.
 */
#include <stdio.h>

#include "crowd.h"

static unsigned long begun, rounds;

static bool next(struct member *m)
{
	struct part *part = &m->part;

	if (begun == rounds)
		return false;
	switch (begun++ % 4) {
	case 0:
		part->end = CROWD_CLOSE;
		return true;
	case 1:
		part->end = CROWD_CLOSE;
		break;
	case 2:
		part->end = CROWD_RESET;
		bytes_printf(&part->request, "get c-%lu\r\n", begun);
		return true;
	default:
		part->half_close = true;
		part->end = CROWD_EOF;
		break;
	}
	bytes_printf(&part->request, "set c-%u 0 0 7\r\nwelcome\r\nget c-%u\r\n", m->number,
		     m->number);
	bytes_printf(&part->wanted, "STORED\r\nVALUE c-%u 0 7\r\nwelcome\r\nEND\r\n", m->number);
	return true;
}

int main(int argc, char **argv)
{
	long begin = crowd_now_ms(), spent;
	struct crowd crowd;
	bool good;

	if (argc != 6) {
		fprintf(stderr, "usage: churn HOST PORT ROUNDS TOGETHER ADDRESSES\n");
		return 2;
	}
	rounds = crowd_number(argv[3]);
	crowd_init(&crowd, argv[1], argv[2], crowd_number(argv[4]));
	crowd.spread = crowd_number(argv[5]);
	crowd.next = next;
	good = crowd_run(&crowd);
	spent = crowd_now_ms() - begin;
	printf("%lu of %lu rounds in %ld ms, longest pause %ld ms\n", crowd.parts, rounds, spent,
	       crowd.longest);
	return good && crowd.parts == rounds ? 0 : 1;
}
