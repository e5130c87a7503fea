// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmcctl/verb.c kmcctl/ctl.c kmcctl/netns.c kmcctl/args.c kmcctl/out.c
// sources: kmcctl/listener.c kmcctl/settings.c kmcctl/flush.c kmcctl/stats.c
// sources: kmcctl/help.c kmcctl/version.c
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
	unsigned int stat_count;
	unsigned int stats[4];
	uint64_t value;
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

static char asked[256];		/* the requests, written down */
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

size_t kmc_nl_get(const struct kmc_nl_reply *reply, unsigned int attr, void *data, size_t size)
{
	assert_int_equal(attr, KMC_A_LISTENER_ADDR);
	if (reply->addr_size > size)
		return 0;
	memcpy(data, reply->addr, reply->addr_size);
	return reply->addr_size;
}

bool kmc_nl_get_u16(const struct kmc_nl_reply *reply, unsigned int attr, uint16_t *value)
{
	assert_int_equal(attr, KMC_A_LISTENER_PORT);
	*value = reply->port;
	return true;
}

bool kmc_nl_get_u32(const struct kmc_nl_reply *reply, unsigned int attr, uint32_t *value)
{
	*value = attr == KMC_A_LISTENER_CONNS ? reply->conns : reply->backlog;
	return true;
}

void kmc_nl_get_nest(const struct kmc_nl_reply *reply, unsigned int attr, kmc_nl_u64_fn *fn,
		     void *context)
{
	unsigned int at;

	assert_int_equal(attr, KMC_A_STATS);
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
		char *words[4];
		const char *asked;
	} rows[] = {
		{ { "listen", "1.2.3.4:258" }, "command 1, 1=01020304, 2=0201" },
		{ { "listen", "258" }, "command 1, 1=7f000001, 2=0201" },
		{ { "listen", "[::1]:258", "backlog=3" },
		  "command 1, 1=00000000000000000000000000000001, 2=0201, 3=03000000" },
		{ { "listen", "*:258" }, "command 1, 1=00000000000000000000000000000000, 2=0201" },
		{ { "unlisten", "1.2.3.4:258" }, "command 2, 1=01020304, 2=0201" },
		{ { "unlisten", "all" }, "command 2" },
		{ { "listeners" }, "command 3" },
		{ { "set-limit", "64M" }, "command 5, 5=0000000400000000" },
		{ { "flush" }, "command 6" },
		{ { "flush", "0" }, "command 6, 6=00000000" },
		{ { "flush", "2" }, "command 6, 6=02000000" },
		{ { "stats" }, "command 7" },
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
	run(WORDS("unlisten", "All"), false, KMC_USAGE, "");
	run(WORDS("set-limit", "12x"), false, KMC_USAGE, "");
	run(WORDS("flush", "-1"), false, KMC_USAGE, "");
	run(WORDS("help", "lis"), false, KMC_USAGE, "");
	assert_string_equal(asked, "");
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
	{ .addr_size = 4, .port = 11211, .conns = 3, .backlog = 1024 },
	{ .addr_size = 7 },	/* no address: not shown */
	{ .addr_size = 20 },
	{ .addr_size = 0 },
	{ .addr = { [15] = 1 }, .addr_size = 16, .port = 80, .backlog = 5 },
};

static void listeners_are_printed(void **state)
{
	module.replies = listeners;
	module.reply_count = 5;
	run(WORDS("listeners"), true, KMC_DONE,
	    "[{\"address\":\"0.0.0.0\",\"port\":11211,\"family\":\"inet\",\"connections\":3,\"backlog\":1024},"
	    "{\"address\":\"::1\",\"port\":80,\"family\":\"inet6\",\"connections\":0,\"backlog\":5}]\n");

	forget(state);
	module.replies = listeners;
	module.reply_count = 5;
	run(WORDS("listeners"), false, KMC_DONE,
	    "address        connections  backlog\n"
	    "0.0.0.0:11211  3            1024\n"
	    "[::1]:80       0            5\n");

	forget(state);
	run(WORDS("listeners"), true, KMC_DONE, "[]\n");
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
		cmocka_unit_test_setup(star_falls_back_to_ipv4, forget),
		cmocka_unit_test_setup(refusals_have_their_status, forget),
		cmocka_unit_test_setup(statistics_are_printed, forget),
		cmocka_unit_test_setup(every_statistic_has_a_name, forget),
		cmocka_unit_test_setup(listeners_are_printed, forget),
		cmocka_unit_test_setup(version_needs_no_module, forget),
		cmocka_unit_test_setup(table_of_verbs_is_sound, forget),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
