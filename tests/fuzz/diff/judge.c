// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "rules.h"

#define BINARY_HEADER 24

/* How often a mark stood for different things, and a rule for whole replies. */
static unsigned long mark_uses[MARK_COUNT];
static unsigned long marks_seen[MARK_COUNT];
static unsigned long unsent_uses, crowd_uses;

static bool is_same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len && (!a->len || !memcmp(a->data, b->data, a->len));
}

static bool agree(const struct outcome *a, const struct outcome *b)
{
	return a->end == b->end && is_same(&a->sure, &b->sure) &&
	       is_same(&a->odd_canon, &b->odd_canon) && is_same(&a->audit, &b->audit) &&
	       canon_agrees(&a->canon, &b->canon);
}

static void explain(const char *what, const struct bytes *a, const struct bytes *b)
{
	size_t at = 0;

	if (is_same(a, b))
		return;
	while (at < a->len && at < b->len && a->data[at] == b->data[at])
		at++;
	printf("# %s differs at %zu\n", what, at);
	bytes_explain("  first", a->data, a->len, at);
	bytes_explain("  second", b->data, b->len, at);
}

static void explain_all(const struct outcome *a, const struct outcome *b)
{
	static const char *const ends[] = { "answered", "closed", "stalled" };

	if (a->end != b->end || a->end != PEER_ANSWERED)
		printf("# ended: %s, %s\n", ends[a->end], ends[b->end]);
	explain("what the well-formed commands were answered", &a->sure, &b->sure);
	explain("what the rest was answered", &a->odd_canon, &b->odd_canon);
	explain("what is stored", &a->audit, &b->audit);
	if (agree(a, b))
		printf("# now they agree\n");
	else if (!canon_agrees(&a->canon, &b->canon))
		printf("# times to live differ, or the above\n");
}

static void count_marks(const struct canon *a, const struct canon *b)
{
	unsigned int i;

	for (i = 0; i < a->mark_count && i < b->mark_count; i++) {
		marks_seen[a->marks[i].mark]++;
		mark_uses[a->marks[i].mark] += a->marks[i].value != b->marks[i].value;
	}
}

static bool is_known_pair(const struct peer *peers)
{
	return rules_are_for(peers[0].version) && !strcmp(peers[1].version, "1.6.45");
}

static unsigned int count_odd(const struct stream *stream)
{
	unsigned int i, count = 0;

	for (i = 0; i < stream->count; i++)
		count += stream->commands[i].is_odd;
	return count;
}

static struct outcome *run(struct peer *peer, const struct stream *stream)
{
	struct outcome *outcome = malloc(sizeof(*outcome));

	if (!outcome)
		abort();
	peer_run(peer, stream, outcome);
	return outcome;
}

static void finish(struct outcome *outcome)
{
	outcome_free(outcome);
	free(outcome);
}

/* The same stream with nothing behind its last command, or behind the header of its last packet. */
static bool agree_bare(struct peer *peers, const struct stream *stream, bool is_header)
{
	bool wanted[STREAM_COMMANDS_MAX];
	struct command *last;
	enum verdict verdict;
	struct stream bare;

	memset(wanted, 1, sizeof(wanted));
	stream_pick(&bare, stream, wanted);
	bare.is_bare = true;
	last = &bare.commands[bare.count - 1];
	if (is_header && last->data.len > BINARY_HEADER)
		last->data.len = BINARY_HEADER;
	verdict = judge(peers, &bare, false);
	stream_free(&bare);
	return verdict == VERDICT_SAME;
}

/* Do the servers agree when there is nothing that memcached could stumble over? */
static bool agree_without(struct peer *peers, const struct stream *stream)
{
	if (stream->is_bare)
		return false;
	return agree_bare(peers, stream, false) ||
	       (stream->protocol == PROTOCOL_BINARY && agree_bare(peers, stream, true));
}

/* Of two outcomes that differ at a single odd command. */
static enum verdict judge_single(struct peer *peers, const struct stream *stream,
				 const struct outcome *a, const struct outcome *b)
{
	const struct command *last = &stream->commands[stream->count - 1];
	struct rule *rule;

	if (a->end != b->end || !is_same(&a->sure, &b->sure))
		return VERDICT_DIFFERENT;
	rule = rules_find(peers[0].version, last, a, b);
	if (!rule || (rule->bare && !agree_without(peers, stream)))
		return VERDICT_DIFFERENT;
	rule->uses++;
	return VERDICT_ALLOWED;
}

/* The stream with only one of its odd commands. */
static enum verdict judge_alone(struct peer *peers, const struct stream *stream, unsigned int odd)
{
	bool wanted[STREAM_COMMANDS_MAX];
	struct stream single;
	enum verdict verdict;
	unsigned int i;

	for (i = 0; i < stream->count; i++)
		wanted[i] = i == odd || !stream->commands[i].is_odd;
	stream_pick(&single, stream, wanted);
	verdict = judge(peers, &single, false);
	stream_free(&single);
	return verdict;
}

/* Is the next command, whatever it is, the rest of this one? */
static bool is_open(const struct stream *stream, const struct command *command)
{
	const unsigned char *data = (const unsigned char *)command->data.data;
	size_t len = command->data.len, body;

	if (stream->protocol != PROTOCOL_BINARY)
		return !len || data[len - 1] != '\n';
	if (len < BINARY_HEADER)
		return true;
	body = (size_t)data[8] << 24 | data[9] << 16 | data[10] << 8 | data[11];
	return len - BINARY_HEADER < body;
}

/* The stream with only two of its odd commands, @first and the one behind it, taken for one. */
static enum verdict judge_joined(struct peer *peers, const struct stream *stream,
				 unsigned int first)
{
	bool wanted[STREAM_COMMANDS_MAX];
	struct command *whole, *rest;
	struct stream joined;
	enum verdict verdict;
	unsigned int i, at = 0;

	for (i = 0; i < stream->count; i++) {
		wanted[i] = !stream->commands[i].is_odd || i == first || i == first + 1;
		at += i < first && wanted[i];
	}
	stream_pick(&joined, stream, wanted);
	whole = &joined.commands[at];
	rest = whole + 1;
	bytes_add(&whole->data, rest->data.data, rest->data.len);
	bytes_free(&rest->data);
	joined.count--;
	memmove(rest, rest + 1, (joined.count - at - 1) * sizeof(*rest));
	verdict = judge(peers, &joined, false);
	stream_free(&joined);
	return verdict;
}

/* Is it one whose end is in the next command? */
static enum verdict judge_all_joined(struct peer *peers, const struct stream *stream)
{
	unsigned int i;

	for (i = 0; i + 1 < stream->count; i++) {
		const struct command *next = &stream->commands[i + 1];

		/* a place in one command is none in the whole */
		if (stream->commands[i].is_odd && next->is_odd && next->cas == CAS_NONE &&
		    is_open(stream, &stream->commands[i]) &&
		    judge_joined(peers, stream, i) == VERDICT_ALLOWED)
			return VERDICT_ALLOWED;
	}
	return VERDICT_SAME;
}

/*
 * Several odd commands in one batch: which of them is to blame? If one of them alone is answered
 * differently, and that is allowed, nothing can be said about what came behind it.
 */
static enum verdict judge_crowd(struct peer *peers, const struct stream *stream,
				const struct outcome *a, const struct outcome *b)
{
	enum verdict worst = VERDICT_SAME;
	unsigned int i;

	if (a->end != b->end || !is_same(&a->sure, &b->sure))
		return VERDICT_DIFFERENT;
	for (i = 0; i < stream->count; i++) {
		enum verdict verdict = VERDICT_SAME;

		if (stream->commands[i].is_odd)
			verdict = judge_alone(peers, stream, i);
		/* it depends on the segments */
		if (verdict == VERDICT_SAME && rules_see_long_line(&stream->commands[i]))
			verdict = VERDICT_ALLOWED;
		if (verdict > worst)
			worst = verdict;
	}
	if (worst == VERDICT_SAME && judge_all_joined(peers, stream) == VERDICT_ALLOWED)
		worst = VERDICT_ALLOWED;
	if (worst == VERDICT_ALLOWED)
		crowd_uses++;
	if (worst != VERDICT_SAME)
		return worst;
	if (!rules_are_unsent(NULL, a, b))
		return VERDICT_DIFFERENT;
	unsent_uses++;
	return VERDICT_ALLOWED;
}

/**
 * judge() - send a stream to both servers, and compare
 * @peers: two servers; rules are for a memcached and the module, in this order
 * @stream: the stream
 * @explains: say how they differ
 *
 * Return: what comes of it.
 */
enum verdict judge(struct peer *peers, const struct stream *stream, bool explains)
{
	struct outcome *a = run(&peers[0], stream), *b = run(&peers[1], stream);
	enum verdict verdict = VERDICT_DIFFERENT;

	if (agree(a, b)) {
		count_marks(&a->canon, &b->canon);
		verdict = a->end == PEER_ANSWERED ? VERDICT_SAME : VERDICT_DIFFERENT;
	} else if (is_known_pair(peers) && count_odd(stream) == 1) {
		verdict = judge_single(peers, stream, a, b);
	} else if (is_known_pair(peers) && count_odd(stream)) {
		verdict = judge_crowd(peers, stream, a, b);
	}
	if (explains && verdict == VERDICT_DIFFERENT)
		explain_all(a, b);
	finish(b);
	finish(a);
	return verdict;
}

/**
 * judge_print_uses() - say how often each rule was used
 */
void judge_print_uses(void)
{
	static const char *const names[MARK_COUNT] = {
		"cas", "version", "ttl", "ttl over", "age", "me",
	};
	unsigned int i;

	for (i = 0; i < MARK_COUNT; i++)
		printf("# %s: %lu of %lu differed\n", names[i], mark_uses[i], marks_seen[i]);
	for (i = 0; rules[i].name; i++)
		printf("# rule %s: %lu\n", rules[i].name, rules[i].uses);
	printf("# unsent, by several odd commands: %lu\n", unsent_uses);
	printf("# one of several odd commands was to blame: %lu\n", crowd_uses);
}
