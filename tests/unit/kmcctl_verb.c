// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmcctl/verb.c kmcctl/ctl.c kmcctl/netns.c kmcctl/args.c kmcctl/out.c
// sources: kmcctl/listener.c kmcctl/settings.c kmcctl/flush.c kmcctl/stats.c
// sources: kmcctl/help.c kmcctl/version.c kmcctl/monitor.c kmcctl/auth.c kmcctl/conn.c
// sources: kmcctl/latency.c kmcctl/histogram.c
/*
 * The verbs, on top of a netlink that only exists here: it writes down what it
 * is asked and answers what the test wants.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <linux/kmemcached.h>

#include "kmcctl/verb.h"

/* One message of an answer. */
struct kmc_nl_reply {
	unsigned char addr[20];
	size_t addr_size;
	uint16_t port;
	uint32_t conns;
	uint32_t backlog;
	uint32_t protocol;
	uint32_t denied;
	uint8_t is_inline;
	uint8_t auth;
	unsigned int stat_count;
	unsigned int stats[4];
	uint64_t value;
	bool settings;		/* all but the limit */
	uint64_t limit;		/* unless it is 0 */
	uint32_t event;
	uint32_t id;		/* of a connection, whose address is the same */
	uint32_t activity;
	uint32_t class;
};

struct kmc_nl {
	int unused;
};

/* What the module is like in this test. */
static struct {
	int find_error;
	unsigned int version;
	int errors[2];		/* of the first and second request */
	const char *sentence;
	const struct kmc_nl_reply *replies;
	size_t reply_count;
} module;

static char asked[2048];	/* the requests, written down */
static unsigned int ask_count;
static struct kmc_nl socket_here;

int kmc_nl_open(struct kmc_nl **nlp)
{
	*nlp = &socket_here;
	return 0;
}

void kmc_nl_close(struct kmc_nl *nl)
{
	(void)nl;
}

int kmc_nl_find_module(struct kmc_nl *nl, bool load, unsigned int *version)
{
	(void)nl;
	(void)load;
	*version = module.version;
	return module.find_error;
}

const char *kmc_nl_sentence(const struct kmc_nl *nl)
{
	return nl ? module.sentence : NULL;
}

static void note(const char *format, ...)
{
	size_t size = strlen(asked);
	va_list list;

	va_start(list, format);
	vsnprintf(asked + size, sizeof(asked) - size, format, list);
	va_end(list);
}

struct kmc_nl_request *kmc_nl_request_create(struct kmc_nl *nl, unsigned int command)
{
	note("%scommand %u", *asked ? "; " : "", command);
	return (struct kmc_nl_request *)nl;
}

void kmc_nl_put(struct kmc_nl_request *request, unsigned int attr, const void *data, size_t size)
{
	const unsigned char *byte = data;

	(void)request;
	note(", %u=", attr);
	while (size--)
		note("%02x", *byte++);
}

void kmc_nl_open_nest(struct kmc_nl_request *request, unsigned int attr)
{
	(void)request;
	note(", %u{", attr);
}

void kmc_nl_close_nest(struct kmc_nl_request *request)
{
	(void)request;
	note("}");
}

void kmc_nl_drop(struct kmc_nl_request *request)
{
	(void)request;
	note(", dropped");
}

int kmc_nl_do(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context)
{
	int err = module.errors[ask_count++];
	size_t at;

	(void)request;
	for (at = 0; !err && reply && at < module.reply_count; at++)
		reply(&module.replies[at], context);
	return err;
}

int kmc_nl_dump(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context)
{
	return kmc_nl_do(request, reply, context);
}

int kmc_nl_join(struct kmc_nl *nl)
{
	(void)nl;
	note("join");
	return module.errors[0];
}

/* All events at once, then an error if there is one, and then it is time to stop. */
int kmc_nl_next(struct kmc_nl *nl, int stop, kmc_nl_reply_fn *event, void *context)
{
	size_t at;

	(void)nl;
	(void)stop;
	ask_count++;
	if (ask_count > 2)
		return 1;
	if (ask_count == 2)
		return module.errors[1];
	for (at = 0; at < module.reply_count; at++)
		event(&module.replies[at], context);
	return 0;
}

static size_t copy(void *data, size_t room, const void *from, size_t size)
{
	if (size > room)
		return 0;
	memcpy(data, from, size);
	return size;
}

size_t kmc_nl_get(const struct kmc_nl_reply *reply, unsigned int attr, void *data, size_t size)
{
	const uint64_t floor = 12345;
	const uint8_t on = attr == KMC_A_EVICT;

	switch (attr) {
	case KMC_A_LISTENER_ADDR:
	case KMC_A_CONN_ADDR:
		return copy(data, size, reply->addr, reply->addr_size);
	case KMC_A_MEM_LIMIT:
		return copy(data, size, &reply->limit, reply->limit ? sizeof(reply->limit) : 0);
	case KMC_A_EVICT:
	case KMC_A_SHRINK:
		return copy(data, size, &on, reply->settings ? sizeof(on) : 0);
	case KMC_A_LISTENER_AUTH:
		return copy(data, size, &reply->auth, sizeof(reply->auth));
	case KMC_A_LISTENER_INLINE:
		return copy(data, size, &reply->is_inline, sizeof(reply->is_inline));
	case KMC_A_PREFIX_DELIMITER:
		return copy(data, size, "/", reply->settings ? 1 : 0);
	case KMC_A_SHRINK_FLOOR:
		return copy(data, size, &floor, reply->settings ? sizeof(floor) : 0);
	default:
		fail_msg("attribute %u", attr);
		return 0;
	}
}

bool kmc_nl_get_u16(const struct kmc_nl_reply *reply, unsigned int attr, uint16_t *value)
{
	if (attr != KMC_A_CONN_PORT)
		assert_int_equal(attr, KMC_A_LISTENER_PORT);
	*value = reply->port + (attr == KMC_A_CONN_PORT);
	return true;
}

bool kmc_nl_get_u32(const struct kmc_nl_reply *reply, unsigned int attr, uint32_t *value)
{
	switch (attr) {
	case KMC_A_LISTENER_CONNS:
		*value = reply->conns;
		return true;
	case KMC_A_LISTENER_BACKLOG:
		*value = reply->backlog;
		return true;
	case KMC_A_LISTENER_PROTOCOL:
		*value = reply->protocol;
		return true;
	case KMC_A_LISTENER_DENY:
		*value = reply->denied;
		return true;
	case KMC_A_LARGE:
		*value = 4096;
		return reply->settings;
	case KMC_A_ITEM_SIZE_MAX:
	case KMC_A_MAX_CONNECTIONS:
	case KMC_A_IDLE_TIMEOUT:
	case KMC_A_STUCK_TIMEOUT:
	case KMC_A_REQUESTS_PER_TURN:
		*value = 100 + attr - KMC_A_ITEM_SIZE_MAX;
		return reply->settings;
	case KMC_A_EVENT:
		*value = reply->event;
		return true;
	case KMC_A_CONN_ID:
		*value = reply->id;
		return true;
	case KMC_A_CONN_ACTIVITY:
		*value = reply->activity;
		return true;
	case KMC_A_LATENCY_CLASS:
		*value = reply->class;
		return true;
	case KMC_A_LATENCY_TURNS:
		*value = 61;
		return true;
	case KMC_A_CONN_AGE:
	case KMC_A_CONN_IDLE:
		*value = attr == KMC_A_CONN_AGE ? 100 : 7;
		return true;
	default:
		fail_msg("attribute %u", attr);
		return false;
	}
}

void kmc_nl_get_nest(const struct kmc_nl_reply *reply, unsigned int attr, kmc_nl_u64_fn *fn,
		     void *context)
{
	unsigned int at;

	assert_int_equal(attr, reply->class ? KMC_A_LATENCY_BUCKETS : KMC_A_STATS);
	for (at = 0; at < reply->stat_count; at++)
		fn(reply->stats[at], reply->value + at, context);
}

static int forget(void **state)
{
	(void)state;
	memset(&module, 0, sizeof(module));
	module.version = KMC_GENL_VERSION;
	asked[0] = '\0';
	ask_count = 0;
	return 0;
}

/*
 * Runs a verb that is given its words, the last of them NULL, and checks what it
 * returns and prints.
 */
static void run(char **words, bool json, enum kmc_status status, const char *text)
{
	const struct kmc_verb *verb = kmc_verb_find(words[0]);
	struct kmc_ctl ctl = { .words = words };
	char *printed;
	size_t size;
	FILE *file;

	assert_non_null(verb);
	file = open_memstream(&printed, &size);
	assert_non_null(file);
	kmc_out_start(&ctl.out, file, json);
	assert_int_equal(verb->run(&ctl), status);
	assert_int_equal(kmc_out_finish(&ctl.out), 0);
	fclose(file);
	if (text)
		assert_string_equal(printed, text);
	free(printed);
}

#define WORDS(...)	((char *[]){ __VA_ARGS__, NULL })

static void requests_say_what_the_words_say(void **state)
{
	static const struct {
		char *words[12];
		const char *asked;
	} rows[] = {
		{ { "listen", "1.2.3.4:258" }, "command 1, 1=01020304, 2=0201" },
		{ { "listen", "258" }, "command 1, 1=7f000001, 2=0201" },
		{ { "listen", "[::1]:258", "backlog=3" },
		  "command 1, 1=00000000000000000000000000000001, 2=0201, 3=03000000" },
		{ { "listen", "*:258" }, "command 1, 1=00000000000000000000000000000000, 2=0201" },
		{ { "listen", "258", "protocol=auto", "auth=off" },
		  "command 1, 1=7f000001, 2=0201" },
		{ { "listen", "258", "protocol=text", "auth=on", "noflush" },
		  "command 1, 1=7f000001, 2=0201, 14=01000000, 15=01, 16=01000000" },
		{ { "listen", "258", "nodump", "nowatch", "backlog=1", "protocol=binary" },
		  "command 1, 1=7f000001, 2=0201, 3=01000000, 14=02000000, 16=06000000" },
		{ { "unlisten", "1.2.3.4:258" }, "command 2, 1=01020304, 2=0201" },
		{ { "unlisten", "all" }, "command 2" },
		{ { "listeners" }, "command 3" },
		{ { "set-limit", "64M" }, "command 5, 5=0000000400000000" },
		{ { "set", "limit", "64M" }, "command 5, 5=0000000400000000" },
		{ { "set", "evict", "off" }, "command 5, 9=00" },
		{ { "set", "evict", "on" }, "command 5, 9=01" },
		{ { "set", "shrink", "off" }, "command 5, 10=00" },
		{ { "set", "shrink-floor", "1M" }, "command 5, 11=0000100000000000" },
		{ { "set", "large", "4K" }, "command 5, 12=00100000" },
		{ { "set", "large", "2K", "shrink", "on", "evict", "off", "limit", "1",
		    "shrink-floor", "0" },
		  "command 5, 5=0100000000000000, 9=00, 10=01, "
		  "11=0000000000000000, 12=00080000" },
		{ { "set", "item-size-max", "8M" }, "command 5, 18=00008000" },
		{ { "set", "max-connections", "70000", "idle-timeout", "0", "stuck-timeout", "30" },
		  "command 5, 19=70110100, 20=00000000, 21=1e000000" },
		{ { "set", "prefix-delimiter", "/", "requests-per-turn", "20" },
		  "command 5, 22=2f, 23=14000000" },
		{ { "set-listener", "258", "inline=off" },
		  "command 12, 1=7f000001, 2=0201, 30=00" },
		{ { "auth", "none" }, "command 9" },
		{ { "show" }, "command 4" },
		{ { "flush" }, "command 6" },
		{ { "flush", "0" }, "command 6, 6=00000000" },
		{ { "flush", "2" }, "command 6, 6=02000000" },
		{ { "stats" }, "command 7" },
		{ { "stats", "latency" }, "command 13" },
		{ { "conns" }, "command 10" },
		{ { "disconnect", "258" }, "command 11, 24=02010000" },
		{ { "disconnect", "all" }, "command 11" },
	};
	size_t row;

	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		forget(state);
		run((char **)rows[row].words, false, KMC_DONE, "");
		assert_string_equal(asked, rows[row].asked);
	}
}

static void bad_words_are_not_sent(void **state)
{
	(void)state;
	run(WORDS("listen", "1.2.3.4"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "backlog=0"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "backlog"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "backlogs=1"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "backlog=1", "protocol=ascii"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "protocol="), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "auth"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "auth=yes"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "inline=yes"), false, KMC_USAGE, "");
	run(WORDS("set-listener", "1", "backlog=5"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "noflush=on"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", "nodumps"), false, KMC_USAGE, "");
	run(WORDS("listen", "1", ""), false, KMC_USAGE, "");
	run(WORDS("unlisten", "All"), false, KMC_USAGE, "");
	run(WORDS("set-limit", "12x"), false, KMC_USAGE, "");
	run(WORDS("flush", "-1"), false, KMC_USAGE, "");
	run(WORDS("set", "evict"), false, KMC_USAGE, "");
	run(WORDS("set", "evict", "1"), false, KMC_USAGE, "");
	run(WORDS("set", "evict", "on", "evict", "off"), false, KMC_USAGE, "");
	run(WORDS("set", "evict", "on", "shrink"), false, KMC_USAGE, "");
	run(WORDS("set", "evict", "on", "shrinks", "on"), false, KMC_USAGE, "");
	run(WORDS("set", "Evict", "on"), false, KMC_USAGE, "");
	run(WORDS("set", "limit", "on"), false, KMC_USAGE, "");
	run(WORDS("set", "shrink-floor", "-1"), false, KMC_USAGE, "");
	run(WORDS("set", "large", "4G"), false, KMC_USAGE, "");
	run(WORDS("set", "", "on"), false, KMC_USAGE, "");
	run(WORDS("set", "item-size-max", "4G"), false, KMC_USAGE, "");
	run(WORDS("set", "max-connections", "1K"), false, KMC_USAGE, "");
	run(WORDS("set", "idle-timeout", "off"), false, KMC_USAGE, "");
	run(WORDS("set", "stuck-timeout", "4294967296"), false, KMC_USAGE, "");
	run(WORDS("set", "prefix-delimiter", ""), false, KMC_USAGE, "");
	run(WORDS("set", "prefix-delimiter", "::"), false, KMC_USAGE, "");
	run(WORDS("disconnect", "0"), false, KMC_USAGE, "");
	run(WORDS("disconnect", "2147483648"), false, KMC_USAGE, "");
	run(WORDS("disconnect", "1.2.3.4:5"), false, KMC_USAGE, "");
	run(WORDS("help", "lis"), false, KMC_USAGE, "");
	assert_string_equal(asked, "");
}

/* Writes a file, has it read, and compares what was asked for. */
static void load_tokens(const char *text, size_t size, enum kmc_status status,
			const char *wanted)
{
	char path[] = "/tmp/kmcctl-auth-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	close(fd);
	forget(NULL);
	run(WORDS("auth", path), false, status, "");
	unlink(path);
	assert_string_equal(asked, wanted);
}

#define load(text, ...) load_tokens(text, sizeof(text) - 1, __VA_ARGS__)

static void tokens_are_read(void **state)
{
	static const char token[] = ", 17{, 1=61, 2=62}";
	char many[65 * 4], wanted[65 * sizeof(token) + 32] = "command 9";
	int at;

	(void)state;
	load("a:b\n", KMC_DONE, "command 9, 17{, 1=61, 2=62}");
	load("a:b", KMC_DONE, "command 9, 17{, 1=61, 2=62}");
	load("a:b\r\nc:d:e\r\n", KMC_DONE, "command 9, 17{, 1=61, 2=62}, 17{, 1=63, 2=643a65}");
	load("a: b \n", KMC_DONE, "command 9, 17{, 1=61, 2=206220}");
	load("", KMC_DONE, "command 9");

	load("ab\n", KMC_REFUSED, "command 9, dropped");
	load(":b\n", KMC_REFUSED, "command 9, dropped");
	load("a:\n", KMC_REFUSED, "command 9, dropped");
	load("a:\r\n", KMC_REFUSED, "command 9, dropped");
	load("a:b\rc\n", KMC_REFUSED, "command 9, dropped");
	load("a:\0b\n", KMC_REFUSED, "command 9, dropped");
	load("a:b\n\nc:d\n", KMC_REFUSED, "command 9, 17{, 1=61, 2=62}, dropped");

	for (at = 0; at < 65; at++)
		memcpy(many + 4 * at, "a:b\n", 4);
	for (at = 0; at < 64; at++)
		strcat(wanted, token);
	load_tokens(many, 64 * 4, KMC_DONE, wanted);
	strcat(wanted, ", dropped");
	load_tokens(many, 65 * 4, KMC_REFUSED, wanted);

	forget(state);
	run(WORDS("auth", "/nonexistent/file"), false, KMC_REFUSED, "");
	assert_string_equal(asked, "command 9, dropped");
}

static void star_falls_back_to_ipv4(void **state)
{
	module.errors[0] = -EAFNOSUPPORT;
	run(WORDS("listen", "*:258", "backlog=1"), false, KMC_DONE, "");
	assert_non_null(strstr(asked, "; command 1, 1=00000000, 2=0201, 3=01000000"));

	forget(state);
	module.errors[0] = -ENOENT;
	run(WORDS("unlisten", "*:258"), false, KMC_DONE, "");
	assert_non_null(strstr(asked, "; command 2, 1=00000000, 2=0201"));

	forget(state);
	module.errors[0] = -EAFNOSUPPORT;
	run(WORDS("unlisten", "*:258"), false, KMC_DONE, "");
	assert_non_null(strstr(asked, "; command 2, 1=00000000, 2=0201"));

	/* But nothing else does, and not for another reason. */
	forget(state);
	module.errors[0] = -EAFNOSUPPORT;
	run(WORDS("listen", "[::]:258"), false, KMC_REFUSED, "");
	assert_null(strstr(asked, ";"));

	forget(state);
	module.errors[0] = -EADDRINUSE;
	run(WORDS("listen", "*:258"), false, KMC_REFUSED, "");
	assert_null(strstr(asked, ";"));
}

static void refusals_have_their_status(void **state)
{
	module.errors[0] = -EPERM;
	run(WORDS("listeners"), true, KMC_REFUSED, "");

	forget(state);
	module.errors[0] = -ENOENT;
	module.sentence = "there is no such listener";
	run(WORDS("unlisten", "1"), false, KMC_REFUSED, "");

	/* Without a sentence it is the family that is gone. */
	forget(state);
	module.errors[0] = -ENOENT;
	run(WORDS("stats"), true, KMC_NO_MODULE, "");

	forget(state);
	module.find_error = -ENOENT;
	run(WORDS("stats"), false, KMC_NO_MODULE, "");

	forget(state);
	module.version = KMC_GENL_VERSION + 1;
	run(WORDS("flush"), false, KMC_NO_MODULE, "");
	assert_string_equal(asked, "");
}

static void statistics_are_printed(void **state)
{
	static const struct kmc_nl_reply reply = {
		.stat_count = 4,
		.stats = { KMC_STAT_UPTIME, KMC_STAT_LIMIT_MAXBYTES, KMC_STAT_MAX + 1, 0 },
		.value = UINT32_MAX,
	};
	char text[128];

	module.replies = &reply;
	module.reply_count = 1;
	snprintf(text, sizeof(text),
		 "{\"uptime\":4294967295,\"limit_maxbytes\":4294967296,\"stat_%u\":4294967297,\"stat_0\":4294967298}\n",
		 KMC_STAT_MAX + 1);
	run(WORDS("stats"), true, KMC_DONE, text);

	forget(state);
	module.replies = &reply;
	module.reply_count = 1;
	snprintf(text, sizeof(text),
		 "uptime          4294967295\n"
		 "limit_maxbytes  4294967296\n"
		 "stat_%u         4294967297\n"
		 "stat_0          4294967298\n", KMC_STAT_MAX + 1);
	run(WORDS("stats"), false, KMC_DONE, text);
}

/* Of the attributes in the nest, 0 and one too many are not buckets. */
static void latencies_are_printed(void **state)
{
	static const struct kmc_nl_reply replies[] = {
		{
			.class = KMC_LATENCY_GET,
			.stat_count = 4,
			.stats = { 0, 10, 11, KMC_LATENCY_BUCKETS + 1 },
			.value = 8,
		},
		{ .class = KMC_LATENCY_MAX + 1 },
	};

	module.replies = replies;
	module.reply_count = 2;
	run(WORDS("stats", "latency"), true, KMC_DONE,
	    "[{\"class\":\"get\",\"count\":19,\"p50_ns\":2048,\"p90_ns\":2048,\"p99_ns\":2048,"
	    "\"p999_ns\":2048,\"max_ns\":2048,\"turns\":61,\"buckets\":"
	    "[0,0,0,0,0,0,0,0,0,9,10,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]},"
	    "{\"class\":\"unknown\",\"count\":0,\"p50_ns\":0,\"p90_ns\":0,\"p99_ns\":0,"
	    "\"p999_ns\":0,\"max_ns\":0,\"turns\":61,\"buckets\":"
	    "[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}]\n");

	forget(state);
	module.replies = replies;
	module.reply_count = 2;
	run(WORDS("stats", "latency"), false, KMC_DONE,
	    "class    count  p50    p90    p99    p99.9  max\n"
	    "get      19     2.048  2.048  2.048  2.048  2.048\n"
	    "unknown  0      -      -      -      -      -\n");
	forget(state);
	run(WORDS("stats", "latencies"), false, KMC_USAGE, "");
	assert_string_equal(asked, "");
}

static void every_statistic_has_a_name(void **state)
{
	static struct kmc_nl_reply replies[1] = { { .stat_count = 1 } };
	char text[64];

	(void)state;
	module.replies = replies;
	module.reply_count = 1;
	for (replies[0].stats[0] = 1; replies[0].stats[0] <= KMC_STAT_MAX; replies[0].stats[0]++) {
		struct kmc_ctl ctl = { .words = WORDS("stats") };
		FILE *file = fmemopen(text, sizeof(text), "w");

		assert_non_null(file);
		ask_count = 0;
		asked[0] = '\0';
		kmc_out_start(&ctl.out, file, true);
		assert_int_equal(kmc_stats_show(&ctl), KMC_DONE);
		fclose(file);
		assert_null(strstr(text, "stat_"));
	}
}

static const struct kmc_nl_reply listeners[] = {
	{ .addr_size = 4, .port = 11211, .conns = 3, .backlog = 1024, .is_inline = 1 },
	{ .addr_size = 7 },	/* no address: not shown */
	{ .addr_size = 20 },
	{ .addr_size = 0 },
	{ .addr = { [15] = 1 }, .addr_size = 16, .port = 80, .backlog = 5,
	  .protocol = KMC_PROTOCOL_BINARY, .auth = 1, .denied = KMC_CAP_FLUSH | KMC_CAP_WATCH },
};

static void listeners_are_printed(void **state)
{
	module.replies = listeners;
	module.reply_count = 5;
	run(WORDS("listeners"), true, KMC_DONE,
	    "[{\"address\":\"0.0.0.0\",\"port\":11211,\"family\":\"inet\",\"connections\":3,\"backlog\":1024,"
	    "\"inline\":true,\"protocol\":\"auto\",\"auth\":false,\"flush\":true,\"dump\":true,\"watch\":true},"
	    "{\"address\":\"::1\",\"port\":80,\"family\":\"inet6\",\"connections\":0,\"backlog\":5,"
	    "\"inline\":false,\"protocol\":\"binary\",\"auth\":true,\"flush\":false,\"dump\":true,\"watch\":false}]\n");

	forget(state);
	module.replies = listeners;
	module.reply_count = 5;
	run(WORDS("listeners"), false, KMC_DONE,
	    "address        connections  backlog  inline  protocol  auth  denied\n"
	    "0.0.0.0:11211  3            1024     on      auto      off   -\n"
	    "[::1]:80       0            5        off     binary    on    noflush,nowatch\n");

	forget(state);
	run(WORDS("listeners"), true, KMC_DONE, "[]\n");
}

static const struct kmc_nl_reply conns[] = {
	{ .addr_size = 4, .port = 11211, .id = 5, .activity = KMC_ACTIVITY_WATCHING },
	{ .addr_size = 7, .id = 6 },	/* no address: not shown */
	{ .addr = { [15] = 1 }, .addr_size = 16, .port = 80, .id = INT32_MAX,
	  .activity = KMC_ACTIVITY_MAX + 1 },
};

static void conns_are_printed(void **state)
{
	module.replies = conns;
	module.reply_count = 3;
	run(WORDS("conns"), true, KMC_DONE,
	    "[{\"id\":5,\"address\":\"0.0.0.0\",\"port\":11212,\"family\":\"inet\","
	    "\"listener\":\"0.0.0.0:11211\",\"state\":\"watching\",\"age\":100,\"idle\":7},"
	    "{\"id\":2147483647,\"address\":\"::1\",\"port\":81,\"family\":\"inet6\","
	    "\"listener\":\"[::1]:80\",\"state\":\"unknown\",\"age\":100,\"idle\":7}]\n");

	forget(state);
	module.replies = conns;
	module.reply_count = 1;
	run(WORDS("conns"), false, KMC_DONE,
	    "id  client         listener       state     age  idle\n"
	    "5   0.0.0.0:11212  0.0.0.0:11211  watching  100  7\n");

	forget(state);
	run(WORDS("conns"), true, KMC_DONE, "[]\n");
}

static void settings_are_printed(void **state)
{
	static const struct kmc_nl_reply all = { .settings = true, .limit = UINT64_MAX };
	static const struct kmc_nl_reply few = { .limit = 1 };

	module.replies = &all;
	module.reply_count = 1;
	run(WORDS("show"), true, KMC_DONE,
	    "{\"limit\":18446744073709551615,\"evict\":true,\"shrink\":false,"
	    "\"shrink_floor\":12345,\"large\":4096,\"item_size_max\":100,"
	    "\"max_connections\":101,\"idle_timeout\":102,\"stuck_timeout\":103,"
	    "\"prefix_delimiter\":\"/\",\"requests_per_turn\":105}\n");
	ask_count = 0;
	run(WORDS("show"), false, KMC_DONE,
	    "limit              18446744073709551615\n"
	    "evict              on\n"
	    "shrink             off\n"
	    "shrink-floor       12345\n"
	    "large              4096\n"
	    "item-size-max      100\n"
	    "max-connections    101\n"
	    "idle-timeout       102\n"
	    "stuck-timeout      103\n"
	    "prefix-delimiter   /\n"
	    "requests-per-turn  105\n");

	/* An older module knows fewer of them. */
	forget(state);
	module.replies = &few;
	module.reply_count = 1;
	run(WORDS("show"), true, KMC_DONE, "{\"limit\":1}\n");
}

static const struct kmc_nl_reply events[] = {
	{ .event = KMC_EVENT_LISTENER_UP, .addr_size = 4, .port = 11211 },
	{ .event = KMC_EVENT_LISTENER_DOWN, .addr = { [15] = 1 }, .addr_size = 16, .port = 80 },
	{ .event = KMC_EVENT_LIMIT_DONE, .limit = 8 << 20 },
	{ .event = KMC_EVENT_CONN_LIMIT },
	{ .event = KMC_EVENT_MEM_PRESSURE },
	{ .event = KMC_EVENT_MAX + 1 },
	{ .event = 0 },
};

static void events_are_printed(void **state)
{
	char text[512];

	module.replies = events;
	module.reply_count = 7;
	snprintf(text, sizeof(text),
		 "{\"event\":\"listener_up\",\"address\":\"0.0.0.0\",\"port\":11211,\"family\":\"inet\"}\n"
		 "{\"event\":\"listener_down\",\"address\":\"::1\",\"port\":80,\"family\":\"inet6\"}\n"
		 "{\"event\":\"limit_done\",\"limit\":8388608}\n"
		 "{\"event\":\"conn_limit\"}\n"
		 "{\"event\":\"mem_pressure\"}\n"
		 "{\"event\":\"event_%u\"}\n"
		 "{\"event\":\"event_0\"}\n", KMC_EVENT_MAX + 1);
	run(WORDS("monitor"), true, KMC_DONE, text);
	assert_string_equal(asked, "join");

	forget(state);
	module.replies = events;
	module.reply_count = 5;
	run(WORDS("monitor"), false, KMC_DONE,
	    "listener up  0.0.0.0:11211\n"
	    "listener down  [::1]:80\n"
	    "limit done  8388608\n"
	    "connection limit  clients are turned away\n"
	    "memory pressure  the kernel has taken items\n");
}

static void monitor_ends_with_its_reason(void **state)
{
	module.errors[0] = -EPERM;
	run(WORDS("monitor"), false, KMC_REFUSED, "");

	/* The module is unloaded. */
	forget(state);
	module.errors[1] = -ENOENT;
	run(WORDS("monitor"), false, KMC_NO_MODULE, "");

	forget(state);
	module.errors[1] = -EIO;
	run(WORDS("monitor"), false, KMC_REFUSED, "");

	/* What is lost is lost, and what follows may be not. */
	forget(state);
	module.errors[1] = -ENOBUFS;
	run(WORDS("monitor"), false, KMC_DONE, "");
	assert_int_equal(ask_count, 3);
}

static void version_needs_no_module(void **state)
{
	run(WORDS("version"), true, KMC_DONE,
	    "{\"kmcctl\":\"" KMCCTL_VERSION "\",\"interface\":1,\"module_interface\":1}\n");
	forget(state);
	module.find_error = -ENOENT;
	run(WORDS("version"), true, KMC_DONE,
	    "{\"kmcctl\":\"" KMCCTL_VERSION "\",\"interface\":1}\n");
}

static void table_of_verbs_is_sound(void **state)
{
	const struct kmc_verb *verb;

	(void)state;
	for (verb = kmc_verbs; verb->name; verb++) {
		assert_ptr_equal(kmc_verb_find(verb->name), verb);
		assert_non_null(verb->arguments);
		assert_non_null(verb->summary);
		assert_non_null(verb->run);
		assert_true(verb->min <= verb->max);
		assert_true(!verb->min == !verb->missing);
		assert_true(!verb->max == !*verb->arguments);
	}
	assert_null(kmc_verb_find("lis"));
	assert_null(kmc_verb_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(requests_say_what_the_words_say, forget),
		cmocka_unit_test_setup(bad_words_are_not_sent, forget),
		cmocka_unit_test_setup(tokens_are_read, forget),
		cmocka_unit_test_setup(star_falls_back_to_ipv4, forget),
		cmocka_unit_test_setup(refusals_have_their_status, forget),
		cmocka_unit_test_setup(statistics_are_printed, forget),
		cmocka_unit_test_setup(latencies_are_printed, forget),
		cmocka_unit_test_setup(every_statistic_has_a_name, forget),
		cmocka_unit_test_setup(listeners_are_printed, forget),
		cmocka_unit_test_setup(conns_are_printed, forget),
		cmocka_unit_test_setup(settings_are_printed, forget),
		cmocka_unit_test_setup(events_are_printed, forget),
		cmocka_unit_test_setup(monitor_ends_with_its_reason, forget),
		cmocka_unit_test_setup(version_needs_no_module, forget),
		cmocka_unit_test_setup(table_of_verbs_is_sound, forget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
