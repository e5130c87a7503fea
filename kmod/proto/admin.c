// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "admin.h"

#include <linux/limits.h>
#include <linux/string.h>

#include "num.h"

/*
 * memcached takes any beginning of a word that it knows, so that "lru_crawler e"
 * enables; here it must be the word. Of a line that is too long for its command some
 * take no notice, and others do; so it is here.
 */

/* As many arguments as are ever looked at, and one more, to see that there are too many. */
#define ARGS_MAX 6

/* What memcached takes as a window of its mover of slabs. */
#define WINDOW_MIN 3
#define WINDOW_MAX 1800

/* Microseconds. */
#define SLEEP_MAX 1000000

/* Megabytes. Above the second it was meant to be bytes. */
#define LIMIT_MIN 8
#define LIMIT_BYTES 1000000000

/**
 * struct args - what follows a command
 * @nr: how many there are, up to %ARGS_MAX
 * @arg: what they are
 */
struct args {
	unsigned int	nr;
	struct kmc_span	arg[ARGS_MAX];
};

/* What is not there is empty. */
static void split(struct kmc_span line, struct args *args, struct kmc_request *req)
{
	struct kmc_span last;
	unsigned int i;

	memset(&req->admin, 0, sizeof(req->admin));
	req->noreply = kmc_token_last(line, &last) && kmc_token_is(last, "noreply");
	args->nr = 0;
	for (i = 0; i < ARGS_MAX; i++)
		args->nr += kmc_token_next(&line, &args->arg[i]);
}

static bool parse_u32(struct kmc_span arg, u32 *value)
{
	u64 wide;

	if (!kmc_num_parse_u64(arg.p, arg.len, &wide) || wide > U32_MAX)
		return false;
	*value = wide;
	return true;
}

static bool parse_decimal(struct kmc_span arg, s64 *millionths)
{
	return kmc_num_parse_decimal(arg.p, arg.len, millionths);
}

static void tune(struct kmc_request *req, enum kmc_tuning what, u32 value)
{
	struct kmc_admin *admin = &req->admin;

	req->op = KMC_OP_TUNE;
	admin->tune[admin->nr].what = what;
	admin->tune[admin->nr++].value = value;
}

/* What memcached shows with two digits behind the point. */
static u32 hundredths(s64 millionths)
{
	s64 value = (millionths + 5000) / 10000;

	if (value < 0)
		return 0;
	return value > U32_MAX ? U32_MAX : value;
}

/* memcached reads these with strtol(), to which a minus sign alone is no number. */
static bool parse_signed(struct kmc_span arg, s32 *value)
{
	return !kmc_token_is(arg, "-") && kmc_num_parse_s32(arg.p, arg.len, value);
}

static enum kmc_reply parse_reassign(const struct args *args, struct kmc_request *req)
{
	struct kmc_admin *admin = &req->admin;

	if (!parse_signed(args->arg[1], &admin->from) || !parse_signed(args->arg[2], &admin->to))
		return KMC_REPLY_BAD_FORMAT;
	req->op = KMC_OP_REASSIGN;
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_window(const struct args *args, struct kmc_request *req)
{
	u32 window;

	if (!parse_u32(args->arg[2], &window))
		return KMC_REPLY_BAD_FORMAT;
	if (window < WINDOW_MIN || window > WINDOW_MAX)
		return KMC_REPLY_BAD_WINDOW;
	tune(req, KMC_TUNING_AUTOMOVE_WINDOW, window);
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_automove(const struct args *args, struct kmc_request *req)
{
	struct kmc_span word = args->arg[1];
	bool is_ratio = kmc_token_is(word, "ratio");
	s64 ratio;
	u32 level;

	if (is_ratio || kmc_token_is(word, "freeratio")) {
		if (!parse_decimal(args->arg[2], &ratio))
			return KMC_REPLY_ERROR;
		/* the other one is shown only by a memcached with external storage */
		if (is_ratio)
			tune(req, KMC_TUNING_AUTOMOVE_RATIO, hundredths(ratio));
		return KMC_REPLY_NONE;
	}
	if (kmc_token_is(word, "window"))
		return parse_window(args, req);
	if (!parse_u32(word, &level))
		return KMC_REPLY_BAD_FORMAT;
	if (level > 2)
		return KMC_REPLY_ERROR;
	tune(req, KMC_TUNING_AUTOMOVE, level);
	return KMC_REPLY_NONE;
}

/**
 * kmc_admin_parse_slabs() - parse what follows ``slabs``
 * @args: the rest of the line
 * @req: the result, with its op set
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_admin_parse_slabs(struct kmc_span args, struct kmc_request *req)
{
	struct args all;

	split(args, &all, req);
	if (all.nr == 3 && kmc_token_is(all.arg[0], "reassign"))
		return parse_reassign(&all, req);
	if (all.nr >= 2 && kmc_token_is(all.arg[0], "automove"))
		return parse_automove(&all, req);
	return KMC_REPLY_ERROR;
}

static enum kmc_reply parse_tune(const struct args *args, struct kmc_request *req)
{
	s64 hot_factor, warm_factor;
	u32 hot, warm;

	if (!parse_u32(args->arg[1], &hot) || !parse_u32(args->arg[2], &warm) ||
	    !parse_decimal(args->arg[3], &hot_factor) ||
	    !parse_decimal(args->arg[4], &warm_factor))
		return KMC_REPLY_ERROR;
	if ((u64)hot + warm > 80)
		return KMC_REPLY_BAD_PERCENT;
	if (hot_factor <= 0 || warm_factor <= 0)
		return KMC_REPLY_BAD_FACTOR;
	tune(req, KMC_TUNING_HOT_PCT, hot);
	tune(req, KMC_TUNING_WARM_PCT, warm);
	tune(req, KMC_TUNING_HOT_FACTOR, hundredths(hot_factor));
	tune(req, KMC_TUNING_WARM_FACTOR, hundredths(warm_factor));
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_mode(const struct args *args, struct kmc_request *req)
{
	bool segmented = kmc_token_is(args->arg[1], "segmented");

	if (!segmented && !kmc_token_is(args->arg[1], "flat"))
		return KMC_REPLY_ERROR;
	tune(req, KMC_TUNING_SEGMENTED, segmented);
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_temp_ttl(const struct args *args, struct kmc_request *req)
{
	s32 ttl;

	if (!parse_signed(args->arg[1], &ttl))
		return KMC_REPLY_ERROR;
	tune(req, KMC_TUNING_TEMP_LRU, ttl >= 0);
	if (ttl >= 0)
		tune(req, KMC_TUNING_TEMP_TTL, ttl);
	return KMC_REPLY_NONE;
}

/**
 * kmc_admin_parse_lru() - parse what follows ``lru``
 * @args: the rest of the line
 * @req: the result, with its op set
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_admin_parse_lru(struct kmc_span args, struct kmc_request *req)
{
	struct args all;

	split(args, &all, req);
	if (all.nr >= 5 && kmc_token_is(all.arg[0], "tune"))
		return parse_tune(&all, req);
	if (all.nr >= 2 && kmc_token_is(all.arg[0], "mode"))
		return parse_mode(&all, req);
	if (all.nr >= 2 && kmc_token_is(all.arg[0], "temp_ttl"))
		return parse_temp_ttl(&all, req);
	return KMC_REPLY_ERROR;
}

/* The next of some numbers with commas between them; false: there are no more. */
static bool next_in_list(struct kmc_span *list, struct kmc_span *number)
{
	const char *end;

	while (list->len && *list->p == ',') {
		list->p++;
		list->len--;
	}
	end = list->len ? memchr(list->p, ',', list->len) : NULL;
	if (!end)
		end = list->p + list->len;
	number->p = list->p;
	number->len = end - list->p;
	list->p = end;
	list->len -= number->len;
	return number->len;
}

static enum kmc_reply parse_class_list(struct kmc_span list, u64 *classes)
{
	struct kmc_span number;
	bool any = false;
	u64 class;

	while (next_in_list(&list, &number)) {
		if (!kmc_num_parse_loose_u64(number.p, number.len, &class) || !class ||
		    class >= KMC_ADMIN_CLASSES)
			return KMC_REPLY_BAD_CLASS;
		classes[class / 64] |= 1ULL << class % 64;
		any = true;
	}
	return any ? KMC_REPLY_NONE : KMC_REPLY_NO_CLASS;
}

/* "hash" is another order of all, which here is the only one. */
static enum kmc_reply parse_classes(struct kmc_span word, struct kmc_request *req)
{
	if (kmc_token_is(word, "hash") && req->op == KMC_OP_CRAWL)
		return KMC_REPLY_CRAWL_FAILED;
	if (!kmc_token_is(word, "all") && !kmc_token_is(word, "hash"))
		return parse_class_list(word, req->admin.classes);
	memset(req->admin.classes, 0xff, sizeof(req->admin.classes));
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_sleep(struct kmc_span arg, struct kmc_request *req)
{
	u32 sleep;

	if (!parse_u32(arg, &sleep))
		return KMC_REPLY_BAD_FORMAT;
	if (sleep > SLEEP_MAX)
		return KMC_REPLY_BAD_SLEEP;
	tune(req, KMC_TUNING_CRAWLER_SLEEP, sleep);
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_tocrawl(struct kmc_span arg, struct kmc_request *req)
{
	u32 count;

	if (!parse_u32(arg, &count))
		return KMC_REPLY_BAD_FORMAT;
	tune(req, KMC_TUNING_CRAWLER_TOCRAWL, count);
	return KMC_REPLY_NONE;
}

static enum kmc_reply parse_switch(struct kmc_span word, struct kmc_request *req)
{
	if (kmc_token_is(word, "enable")) {
		req->op = KMC_OP_CRAWLER_ON;
		return KMC_REPLY_NONE;
	}
	if (!kmc_token_is(word, "disable"))
		return KMC_REPLY_ERROR;
	tune(req, KMC_TUNING_CRAWLER_OFF, true);
	return KMC_REPLY_NONE;
}

/**
 * kmc_admin_parse_crawler() - parse what follows ``lru_crawler``
 * @args: the rest of the line
 * @req: the result, with its op set
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_admin_parse_crawler(struct kmc_span args, struct kmc_request *req)
{
	static const struct {
		const char	*word;
		enum kmc_op	op;
	} lists[] = {
		{ "metadump", KMC_OP_METADUMP },
		{ "mgdump", KMC_OP_MGDUMP },
		{ "crawl", KMC_OP_CRAWL },
	};
	struct args all;
	size_t i;

	split(args, &all, req);
	if (all.nr == 1)
		return parse_switch(all.arg[0], req);
	if (all.nr != 2)
		return KMC_REPLY_ERROR;
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (!kmc_token_is(all.arg[0], lists[i].word))
			continue;
		req->op = lists[i].op;
		return parse_classes(all.arg[1], req);
	}
	if (kmc_token_is(all.arg[0], "sleep"))
		return parse_sleep(all.arg[1], req);
	if (kmc_token_is(all.arg[0], "tocrawl"))
		return parse_tocrawl(all.arg[1], req);
	return KMC_REPLY_ERROR;
}

/**
 * kmc_admin_parse_mem_limit() - parse what follows ``cache_memlimit``
 * @args: the rest of the line
 * @req: the result, with its op set
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_admin_parse_mem_limit(struct kmc_span args, struct kmc_request *req)
{
	struct args all;

	split(args, &all, req);
	if (!parse_u32(all.arg[0], &req->admin.limit))
		return KMC_REPLY_ERROR;
	if (req->admin.limit < LIMIT_MIN)
		return KMC_REPLY_LIMIT_LOW;
	if (req->admin.limit > LIMIT_BYTES)
		return KMC_REPLY_LIMIT_BYTES;
	return KMC_REPLY_NONE;
}

/**
 * kmc_admin_parse_shutdown() - refuse ``shutdown``
 * @args: the rest of the line
 * @req: the result, with its op set
 *
 * Return: what to answer, as a memcached does that was not started with ``-A``.
 */
enum kmc_reply kmc_admin_parse_shutdown(struct kmc_span args, struct kmc_request *req)
{
	struct args all;

	split(args, &all, req);
	return KMC_REPLY_NO_SHUTDOWN;
}

/**
 * kmc_admin_parse_cachedump() - parse what follows ``stats cachedump``
 * @args: the rest of the line
 * @req: the result; its op becomes %KMC_OP_CACHEDUMP
 *
 * Class 0 is none here as in memcached, and yet no mistake.
 *
 * Return: %KMC_REPLY_NONE or the error to answer.
 */
enum kmc_reply kmc_admin_parse_cachedump(struct kmc_span args, struct kmc_request *req)
{
	struct args all;
	u32 class;

	split(args, &all, req);
	/* as all of "stats" */
	req->noreply = false;
	req->op = KMC_OP_CACHEDUMP;
	if (all.nr < 2)
		return KMC_REPLY_BAD_LINE;
	if (!parse_u32(all.arg[0], &class) || !parse_u32(all.arg[1], &req->admin.limit))
		return KMC_REPLY_BAD_FORMAT;
	if (class >= KMC_ADMIN_CLASSES)
		return KMC_REPLY_BAD_SLAB;
	if (class)
		req->admin.classes[class / 64] |= 1ULL << class % 64;
	return KMC_REPLY_NONE;
}
