// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <string.h>

#include "shrink.h"

/* Enough for a stream of the longest, and an end for one that differs by chance. */
#define TRIES_MAX 600

/* Does the stream still show it without some of the wanted commands? */
static bool can_go(struct peer *peers, const struct stream *stream, bool *wanted,
		   unsigned int begin, unsigned int end)
{
	bool before[STREAM_COMMANDS_MAX];
	struct stream less;
	enum verdict verdict;

	memcpy(before, wanted, sizeof(before));
	memset(wanted + begin, 0, end - begin);
	if (!memcmp(before, wanted, stream->count))
		return true;
	stream_pick(&less, stream, wanted);
	verdict = judge(peers, &less, false);
	stream_free(&less);
	if (verdict == VERDICT_DIFFERENT)
		return true;
	memcpy(wanted, before, sizeof(before));
	return false;
}

/**
 * shrink() - leave out what is not needed
 * @peers: the servers
 * @stream: a stream to which they answer differently
 * @shortest: the same without what can be left out, to be freed
 */
void shrink(struct peer *peers, const struct stream *stream, struct stream *shortest)
{
	bool wanted[STREAM_COMMANDS_MAX];
	unsigned int part, begin, tries = 0;

	memset(wanted, 1, sizeof(wanted));
	for (part = (stream->count + 1) / 2; part; part /= 2) {
		bool again = part == 1;

		for (begin = 0; begin < stream->count && tries < TRIES_MAX; begin += part) {
			unsigned int end = begin + part;

			if (end > stream->count)
				end = stream->count;
			can_go(peers, stream, wanted, begin, end);
			tries++;
		}
		/* what could not go before something else went may go now */
		for (begin = 0; again && begin < stream->count && tries < TRIES_MAX; begin++) {
			can_go(peers, stream, wanted, begin, begin + 1);
			tries++;
		}
	}
	stream_pick(shortest, stream, wanted);
}
