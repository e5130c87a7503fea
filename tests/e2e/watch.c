// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
// sources: tests/e2e/counters.c
//
// watch: who asks for it is told what the server does.
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "counters.h"
#include "table.h"

/* memcached's limit. */
#define WATCHERS_MAX 20

#define PIPELINED "ERROR cannot pipeline other commands before watch\r\n"

static const struct row rows[] = {
	{ "watch something else", .whole = true, .steps = {
		STEP("watch bogus\r\n", "ERROR\r\n"),
		STEP("watch fetchers bogus\r\nmn\r\n", "ERROR\r\nMN\r\n"),
		STEP("watch fetch\r\n", "ERROR\r\n"),
		STEP("watch Fetchers\r\n", "ERROR\r\n"),
		STEP("watch fetchers,mutations\r\n", "ERROR\r\n"),
		STEP("watch noreply\r\n", ""),
	} },
	{ "who may not watch is still answered", .steps = {
		STEP("watch bogus\r\n", "ERROR\r\n"),
		STEP("set @a 0 0 1\r\n1\r\nget @a\r\n", "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\n"),
	} },
	{ "watch behind what is not answered yet", .since = CLIENT_TARGET, .whole = true, .steps = {
		STEP("get @a\r\nwatch fetchers\r\nget @b\r\n", "END\r\n" PIPELINED "END\r\n"),
	} },
};

/**
 * struct watcher - a client that watches
 * @c: the client
 * @got: what it got and nobody has looked at yet
 */
struct watcher {
	struct client *c;
	struct bytes got;
};

static bool ask_to_watch(struct client *c, const char *request)
{
	char reply[4];

	client_send(c, request, strlen(request));
	return client_recv(c, reply, sizeof(reply)) == sizeof(reply) && !memcmp(reply, "OK\r\n", 4);
}

static struct watcher watch(const char *request)
{
	struct watcher watcher = { .c = client_open() };

	if (!ask_to_watch(watcher.c, request))
		client_fail("this was not answered OK: %s", request);
	return watcher;
}

/* The next line, without its end; false: none comes. */
static bool next_line(struct watcher *watcher, char *line, size_t size, int timeout_ms)
{
	for (;;) {
		char *end = watcher->got.len ? memchr(watcher->got.data, '\n', watcher->got.len) :
					       NULL;
		size_t len;
		ssize_t got;

		if (end) {
			len = end - watcher->got.data;
			assert_true(len < size);
			memcpy(line, watcher->got.data, len);
			line[len] = '\0';
			watcher->got.len -= len + 1;
			memmove(watcher->got.data, end + 1, watcher->got.len);
			return true;
		}
		if (!client_wait(watcher->c, POLLIN, timeout_ms))
			return false;
		got = read(watcher->c->fd, bytes_room(&watcher->got, 1 << 16), 1 << 16);
		if (got <= 0)
			return false;
		watcher->got.len += got;
	}
}

/* Replace the number that follows a word: by a sign if it is not 0. */
static void blur(char *line, const char *word)
{
	char *at = strstr(line, word), *end;

	if (!at)
		return;
	at += strlen(word);
	end = at + strspn(at, "0123456789");
	assert_true(end > at);
	if (end - at == 1 && *at == '0')
		return;
	*at = '+';
	memmove(at + 1, end, strlen(end) + 1);
}

/* What every line begins with is checked, and taken away; what nobody can know is blurred. */
static void strip(char *line)
{
	unsigned long long seconds, gid;
	unsigned int usec;
	int at = 0;

	if (sscanf(line, "ts=%llu.%u gid=%llu %n", &seconds, &usec, &gid, &at) != 3 || !at)
		client_fail("no beginning of a line: %s", line);
	assert_true(usec < 1000000 && gid && seconds > 1000000000);
	memmove(line, line + at, strlen(line + at) + 1);
	blur(line, " clsid=");
	blur(line, " cfd=");
	blur(line, " la=");
}

/* The next line about a key of this test. */
static bool next_own_line(struct watcher *watcher, char *line, size_t size)
{
	while (next_line(watcher, line, size, CLIENT_DEADLINE_MS)) {
		if (!strstr(line, script_prefix()))
			continue;
		strip(line);
		return true;
	}
	return false;
}

/**
 * struct telling - what watchers are told of a request
 * @name: what this shows
 * @since: not for servers older than this CLIENT_VERSION()
 * @quirk: memcached itself has its own way
 * @watch: what is watched
 * @before: an exchange that comes before that, or none
 * @step: the exchange
 * @lines: the lines, without their beginning, with '@' as in requests
 */
struct telling {
	const char *name;
	unsigned int since;
	bool quirk;
	const char *watch;
	struct step before;
	struct step step;
	const char *lines[6];
};

#define GET(key, status, class, size) \
	"type=item_get key=@" key " status=" status " clsid=" class " cfd=+ size=" size
#define MISS(key)	GET(key, "not_found", "0", "0")
#define STORE(key, status, cmd, ttl, size) \
	"type=item_store key=@" key " status=" status " cmd=" cmd " ttl=" ttl \
	" clsid=+ cfd=+ size=" size
#define SET_A	STEP("set @a 0 0 3\r\nabc\r\n", "STORED\r\n")

static const struct telling tellings[] = {
	{ "get", .watch = "watch\r\n", .before = SET_A,
	  .step = STEP("get @a @b\r\n", "VALUE @a 0 3\r\nabc\r\nEND\r\n"),
	  .lines = { GET("a", "found", "+", "3"), MISS("b") } },
	{ "gets, gat and gats", .watch = "watch fetchers\r\n", .before = SET_A,
	  .step = STEP("gets @b\r\ngat 100 @a\r\ngats 100 @b @b\r\n",
		       "END\r\nVALUE @a 0 3\r\nabc\r\nEND\r\nEND\r\n"),
	  .lines = { MISS("b"), GET("a", "found", "+", "3"), MISS("b"), MISS("b") } },
	{ "touch and incr", .watch = "watch fetchers\r\n",
	  .before = STEP("set @n 0 0 1\r\n7\r\n", "STORED\r\n"),
	  .step = STEP("touch @n 0\r\ntouch @b 0\r\nincr @n 1\r\ndecr @b 1\r\n",
		       "TOUCHED\r\nNOT_FOUND\r\n8\r\nNOT_FOUND\r\n"),
	  .lines = { GET("n", "found", "+", "1"), MISS("b"), GET("n", "found", "+", "1"),
		     MISS("b") } },
	{ "meta commands", .watch = "watch fetchers\r\n", .before = SET_A,
	  .step = STEP("mg @a\r\nmg @b v\r\nme @b\r\nmd @b\r\nma @b\r\n",
		       "HD\r\nEN\r\nEN\r\nNF\r\nNF\r\n"),
	  .lines = { GET("a", "found", "+", "3"), MISS("b"), MISS("b"), MISS("b"), MISS("b") } },
	{ "a store looks, too", .watch = "watch fetchers mutations\r\n",
	  .step = STEP("set @a 0 50 3\r\nabc\r\n", "STORED\r\n"),
	  .lines = { MISS("a"), STORE("a", "stored", "set", "50", "3") } },
	{ "stores that succeed", .watch = "watch mutations\r\n",
	  .step = STEP("add @a 0 0 3\r\nabc\r\nreplace @a 0 0 1\r\nd\r\nappend @a 0 0 2\r\nef\r\n"
		       "prepend @a 0 0 0\r\n\r\nms @a 1\r\ng\r\n",
		       "STORED\r\nSTORED\r\nSTORED\r\nSTORED\r\nHD\r\n"),
	  .lines = { STORE("a", "stored", "add", "0", "3"),
		     STORE("a", "stored", "replace", "0", "1"),
		     STORE("a", "stored", "append", "0", "3"),
		     STORE("a", "stored", "prepend", "0", "3"),
		     STORE("a", "stored", "set", "0", "1") } },
	{ "stores that do not", .watch = "watch mutations\r\n", .before = SET_A,
	  .step = STEP("add @a 0 0 1\r\nd\r\nreplace @b 0 0 1\r\nd\r\nappend @b 0 0 1\r\nd\r\n"
		       "cas @b 0 0 1 1\r\nd\r\ncas @a 0 0 1 99999999\r\nd\r\n"
		       "ms @a 1 C99999999\r\nd\r\n",
		       "NOT_STORED\r\nNOT_STORED\r\nNOT_STORED\r\nNOT_FOUND\r\nEXISTS\r\nEX\r\n"),
	  .lines = { STORE("a", "not_stored", "add", "0", "1"),
		     STORE("b", "not_stored", "replace", "0", "1"),
		     STORE("b", "not_stored", "append", "0", "1"),
		     STORE("b", "not_found", "cas", "0", "1"),
		     STORE("a", "exists", "cas", "0", "1"),
		     STORE("a", "exists", "cas", "0", "1") } },
	{ "a number that is made", .watch = "watch mutations\r\n",
	  .step = STEP("ma @n N0 J12\r\n", "HD\r\n"),
	  .lines = { STORE("n", "stored", "add", "0", "2") } },
	{ "what is too large", .since = CLIENT_TARGET, .watch = "watch mutations\r\n",
	  .step = STEP("set @a 0 0 1048577\r\n{x1048577}\r\n",
		       "SERVER_ERROR object too large for cache\r\n"),
	  .lines = { "type=item_store key=@a status=too_large cmd=set ttl=0 clsid=0 cfd=+ "
		     "size=0" } },
	{ "delete", .since = CLIENT_TARGET, .watch = "watch deletions\r\n",
	  .before = STEP("set @a 0 0 3\r\nabc\r\nset @b 0 0 1\r\n1\r\n", "STORED\r\nSTORED\r\n"),
	  .step = STEP("delete @c\r\ndelete @a\r\ndelete @a\r\nmd @b\r\nmd @b\r\n",
		       "NOT_FOUND\r\nDELETED\r\nNOT_FOUND\r\nHD\r\nNF\r\n"),
	  .lines = { "type=deleted key=@a cmd=delete clsid=+ size=3",
		     "type=deleted key=@b cmd=md clsid=+ size=1" } },
	{ "keys are written so that they are words", .watch = "watch fetchers\r\n",
	  .step = STEP("get @%/\t\xff:\r\n", "END\r\n"), .lines = { MISS("%25%2F%09%FF%3A") } },
};

/* All lines of these and no other: the last one is about a key that only ends it. */
static void test_telling(void **state)
{
	const struct telling *telling = *state;
	struct client *c = client_open();
	struct watcher watcher;
	char line[2048];
	int at;

	if (telling->before.request)
		script_expect(c, &telling->before, telling->name, 1);
	watcher = watch(telling->watch);
	script_expect(c, &telling->step, telling->name, 2);
	for (at = 0; at < 6 && telling->lines[at]; at++) {
		struct bytes wanted = { 0 }, got = { 0 };

		script_expand(&wanted, telling->lines[at], strlen(telling->lines[at]));
		assert_true(next_own_line(&watcher, line, sizeof(line)));
		bytes_add(&got, line, strlen(line));
		script_compare(&got, &wanted, telling->name, at);
		bytes_free(&wanted);
		bytes_free(&got);
	}
	expect(c, "set @z 0 0 1\r\n1\r\nget @z\r\ndelete @z\r\n",
	       "STORED\r\nVALUE @z 0 1\r\n1\r\nEND\r\nDELETED\r\n");
	assert_true(next_own_line(&watcher, line, sizeof(line)));
	if (!strstr(line, "z "))
		client_fail("a line too many: %s", line);
	bytes_free(&watcher.got);
}

static void test_longest_key(void **state)
{
	struct watcher watcher = watch("watch fetchers\r\n");
	struct bytes request = { 0 };
	char line[2048];

	(void)state;
	bytes_printf(&request, "get ");
	bytes_fill(&request, '#', 250 - strlen(script_prefix()));
	bytes_printf(&request, "%s\r\n", script_prefix());
	client_send(client_open(), request.data, request.len);
	assert_true(next_own_line(&watcher, line, sizeof(line)));
	assert_int_equal(strcspn(strstr(line, " key=") + 5, " "),
			 3 * 250 - 2 * strlen(script_prefix()));
	bytes_free(&request);
	bytes_free(&watcher.got);
}

/* The id in the next line of this type about the client's own port; 0: none comes. */
static int next_event(struct watcher *watcher, const char *type, int port, char *rest, size_t size)
{
	char wanted[96], line[512], *at;

	snprintf(wanted, sizeof(wanted), " type=%s rip=", type);
	while (next_line(watcher, line, sizeof(line), CLIENT_DEADLINE_MS)) {
		at = strstr(line, " rport=");
		if (!strstr(line, wanted) || !at || atoi(at + 7) != port)
			continue;
		snprintf(rest, size, "%s", strchr(at + 1, ' '));
		return atoi(strstr(line, " cfd=") + 5);
	}
	return 0;
}

static void comes_and_goes(struct watcher *watcher, void (*go)(struct client *c),
			   const char *reason)
{
	struct client *c = client_open();
	int port = client_local_port(c), id;
	char rest[128], wanted[128];

	assert_true(client_alive(c));
	id = next_event(watcher, "conn_new", port, rest, sizeof(rest));
	assert_true(id > 0);
	snprintf(wanted, sizeof(wanted), " transport=tcp cfd=%d", id);
	assert_string_equal(rest, wanted);
	go(c);
	assert_int_equal(next_event(watcher, "conn_close", port, rest, sizeof(rest)), id);
	snprintf(wanted, sizeof(wanted), " transport=tcp reason=%s cfd=%d", reason, id);
	assert_string_equal(rest, wanted);
}

static void say_quit(struct client *c)
{
	client_send(c, "quit\r\n", 6);
	client_wait(c, POLLIN, CLIENT_DEADLINE_MS);
	client_close(c);
}

static void test_connections(void **state)
{
	struct watcher watcher = watch("watch connevents\r\n");

	(void)state;
	comes_and_goes(&watcher, say_quit, "normal");
	comes_and_goes(&watcher, client_close, "normal");
	comes_and_goes(&watcher, client_reset, "error");
	bytes_free(&watcher.got);
}

/* Nothing but lines comes, whatever it says. */
static void test_deaf(void **state)
{
	struct watcher watcher = watch("watch mutations\r\n");
	struct client *c = client_open();
	char line[2048];

	(void)state;
	client_send(watcher.c, "version\r\nquit\r\nset a 0 0 5\r\n", 27);
	client_send(watcher.c, "watch fetchers\r\n\r\n\x80\x0b", 20);
	expect(c, "set @a 0 0 1\r\n1\r\n", "STORED\r\n");
	assert_true(next_own_line(&watcher, line, sizeof(line)));
	assert_non_null(strstr(line, "type=item_store "));
	bytes_free(&watcher.got);
}

static unsigned long long read_stat(struct client *c, const char *name)
{
	struct counters *counters = malloc(sizeof(*counters));
	unsigned long long value;

	assert_non_null(counters);
	counters_read(c, "stats\r\n", counters);
	value = counters_number(counters, name);
	free(counters);
	return value;
}

static void wait_for_stat(struct client *c, const char *name, unsigned long long value)
{
	long end = client_now_ms() + CLIENT_DEADLINE_MS;

	while (read_stat(c, name) != value) {
		if (client_now_ms() > end)
			client_fail("%s is not %llu, but %llu", name, value, read_stat(c, name));
		poll(NULL, 0, 20);
	}
}

/* Those of earlier tests are noticed to be gone, and then there is room for so many. */
static void test_too_many(void **state)
{
	static const char full[] = "WATCHER_TOO_MANY log watcher limit reached\r\n";
	struct client *c = client_open(), *last = client_open();
	char reply[sizeof(full)] = "";

	(void)state;
	wait_for_stat(c, "log_watchers", 0);
	for (int i = 0; i < WATCHERS_MAX; i++)
		watch("watch evictions\r\n");
	wait_for_stat(c, "log_watchers", WATCHERS_MAX);
	client_send(last, "watch evictions\r\n", 17);
	client_recv(last, reply, strlen(full));
	assert_string_equal(reply, full);
	assert_true(client_alive(last));
}

#define GETS_KEYS 20

/* Look for keys that are long, so that there is much to tell. */
static void look_for_many(struct client *c, int requests)
{
	struct bytes request = { 0 }, reply = { 0 };

	bytes_printf(&request, "get");
	for (int i = 0; i < GETS_KEYS; i++) {
		bytes_printf(&request, " %s", script_prefix());
		bytes_fill(&request, '#', 180);
	}
	bytes_printf(&request, "\r\n");
	for (int i = 0; i < requests; i++) {
		reply.len = 0;
		assert_int_equal(client_exchange(c, request.data, request.len, &reply, 5,
						 "END\r\n"), CLIENT_COMPLETE);
	}
	bytes_free(&request);
	bytes_free(&reply);
}

#define SLOW_STEP 200
#define SLOW_STEPS_MAX 1000

/* A watcher that does not read keeps nobody waiting, and is told how much it has missed. */
static void test_slow(void **state)
{
	struct client *c = client_open(), *other = client_open();
	unsigned long long told = 0, skipped = 0, asked, wanted, before;
	struct watcher watcher;
	char line[2048];
	int steps;

	(void)state;
	wait_for_stat(other, "log_watchers", 0);
	before = read_stat(other, "log_watcher_skipped");
	watcher = watch("watch fetchers\r\n");
	for (steps = 0; read_stat(other, "log_watcher_skipped") == before; steps++) {
		assert_in_range(steps, 0, SLOW_STEPS_MAX);
		look_for_many(c, SLOW_STEP);
	}
	asked = (unsigned long long)steps * SLOW_STEP * GETS_KEYS;
	wanted = asked;
	while (told + skipped < wanted) {
		if (!next_line(&watcher, line, sizeof(line), 100 * client_patience)) {
			/* how much was skipped is told with what comes next */
			if (wanted > asked + 100)
				break;
			expect(c, "get @after\r\n", "END\r\n");
			wanted++;
		} else if (!strncmp(line, "skipped=", 8)) {
			skipped += strtoull(line + 8, NULL, 10);
		} else {
			assert_non_null(strstr(line, script_prefix()));
			strip(line);
			told++;
		}
	}
	printf("# %llu asked, %llu told, %llu skipped\n", wanted, told, skipped);
	assert_true(skipped > 0 && told > 0);
	/* memcached may lose some before they get that far, and does not say so to anybody */
	if (client_is_since(CLIENT_TARGET) && !client_is_upstream()) {
		assert_int_equal(told + skipped, wanted);
		assert_int_equal(read_stat(other, "log_watcher_skipped") - before, skipped);
	}
	bytes_free(&watcher.got);
}

static atomic_bool enough;

static void *go_on_looking(void *arg)
{
	static const char requests[] = "get a b\r\nset w 0 0 1\r\n1\r\ndelete w\r\n";
	struct client *c = arg;
	struct bytes reply = { 0 };

	while (!enough) {
		reply.len = 0;
		if (client_exchange(c, requests, strlen(requests), &reply, 20, "DELETED\r\n") !=
		    CLIENT_COMPLETE)
			break;
	}
	bytes_free(&reply);
	return NULL;
}

#define RUSH_ROUNDS 400

/* Watchers come, and go at any moment, while there is something to tell all the time. */
static void test_rush(void **state)
{
	struct client *watchers[WATCHERS_MAX - 4] = { 0 };
	struct client *c = client_open();
	pthread_t thread;
	char some[4096];

	(void)state;
	enough = false;
	assert_int_equal(pthread_create(&thread, NULL, go_on_looking, client_open()), 0);
	srand(1);
	for (int round = 0; round < RUSH_ROUNDS; round++) {
		struct client **w = &watchers[rand() % (WATCHERS_MAX - 4)];

		if (!*w) {
			*w = client_open();
			client_send(*w, "watch fetchers mutations connevents\r\n", 37);
			continue;
		}
		if (rand() % 2)
			(void)!read((*w)->fd, some, sizeof(some));
		if (rand() % 2)
			client_reset(*w);
		else
			client_close(*w);
		*w = NULL;
	}
	assert_true(client_alive(c));
	for (int i = 0; i < WATCHERS_MAX - 4; i++)
		if (watchers[i])
			client_close(watchers[i]);
	enough = true;
	pthread_join(thread, NULL);
	wait_for_stat(c, "log_watchers", 0);
}

static const struct table_test tests[] = {
	{ "the longest key", .function = test_longest_key },
	{ "connections that come and go", .function = test_connections },
	{ "what a watcher says is thrown away", .function = test_deaf },
	{ "too many watchers", .function = test_too_many },
	{ "a watcher that does not read", .function = test_slow },
	{ "watchers that come and go", .function = test_rush },
};

int main(int argc, char **argv)
{
	struct table_test all[table_length(tellings) + table_length(tests)];
	size_t count = 0;

	client_init(argc, argv);
	for (size_t i = 0; i < table_length(tellings); i++)
		all[count++] = (struct table_test){
			.name = tellings[i].name,
			.function = test_telling,
			.state = &tellings[i],
			.since = tellings[i].since,
			.quirk = tellings[i].quirk,
		};
	for (size_t i = 0; i < table_length(tests); i++)
		all[count++] = tests[i];
	return table_run("watch", rows, table_length(rows), all, count) ? 1 : 0;
}
