// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/net/crowd.c
/*
 * lastword HOST PORT COUNT TOGETHER [junk]: COUNT short connections, TOGETHER at once. Each stores
 * a value, asks for it twice, and says goodbye: by quit, by shutting its side, by both, or, if told
 * to, by quit and things that nobody wants to know. All replies must arrive, and then the end, and
 * no reset.
 */
#include <stdio.h>
#include <string.h>

#include "crowd.h"

#define LARGEST 20000
#define JUNK 30000

enum goodbye { QUIT, SHUT, BOTH, QUIT_AND_JUNK };

static unsigned long begun, count;
static uint64_t chance = 1;
static bool with_junk;

static void say_goodbye(struct part *part, enum goodbye goodbye)
{
	part->end = CROWD_EOF;
	if (goodbye != SHUT)
		bytes_printf(&part->request, "quit\r\n");
	part->half_close = goodbye == SHUT || goodbye == BOTH;
	if (goodbye == QUIT_AND_JUNK)
		bytes_fill(&part->request, 'j', JUNK);
}

static void add_value(struct bytes *b, unsigned long seed, size_t len)
{
	crowd_add_value(b, seed, len);
	bytes_add(b, "\r\n", 2);
}

static bool next(struct member *m)
{
	size_t len = 1 + crowd_below(&chance, LARGEST);
	struct part *part = &m->part;

	if (begun == count)
		return false;
	begun++;
	bytes_printf(&part->request, "set w-%lu 0 0 %zu\r\n", begun, len);
	add_value(&part->request, begun, len);
	bytes_printf(&part->wanted, "STORED\r\n");
	for (int i = 0; i < 2; i++) {
		bytes_printf(&part->request, "get w-%lu\r\n", begun);
		bytes_printf(&part->wanted, "VALUE w-%lu 0 %zu\r\n", begun, len);
		add_value(&part->wanted, begun, len);
		bytes_printf(&part->wanted, "END\r\n");
	}
	say_goodbye(part, begun % (with_junk ? 4 : 3));
	return true;
}

int main(int argc, char **argv)
{
	struct crowd crowd;
	bool good;

	if (argc != 5 && (argc != 6 || strcmp(argv[5], "junk"))) {
		fprintf(stderr, "usage: lastword HOST PORT COUNT TOGETHER [junk]\n");
		return 2;
	}
	with_junk = argc == 6;
	count = crowd_number(argv[3]);
	crowd_init(&crowd, argv[1], argv[2], crowd_number(argv[4]));
	crowd.next = next;
	good = crowd_run(&crowd);
	printf("%lu of %lu had the last word, longest pause %ld ms\n", crowd.parts, count,
	       crowd.longest);
	return good && crowd.parts == count ? 0 : 1;
}
