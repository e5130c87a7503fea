// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * life SECONDS [SEED [FIRST [LAST]]]: everything that can happen to the module, in
 * an order that follows from SEED, while clients make load. Runs as root in a
 * guest. FIRST and LAST are numbers of actions of the lane "life": only these are
 * done. KMC_PATIENCE says how many times slower than usual the machine may be.
 *
 * Three lanes act at once, each a sequence of its own: "life" loads, unloads,
 * listens, unlistens, makes and deletes namespaces, and kills clients; "rule" sets
 * limits, flushes and asks; "cpu" takes CPUs away and gives them back. This
 * process watches all others: what takes too long is reported with what the kernel
 * is waiting for.
 */
// sources: tests/life/burst.c tests/life/control.c tests/life/cpu.c
// sources: tests/life/lifecycle.c tests/life/load.c tests/life/memory.c tests/life/netns.c
// sources: tests/life/quiet.c tests/life/rule.c tests/life/shared.c
// sources: tests/e2e/bytes.c kmcctl/nl.c
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lanes.h"
#include "netns.h"
#include "shared.h"

/* How often it is looked whether everybody moves, and how long a killed one may take. */
#define LOOK_MS		200
#define KILL_MS		5000

/* So long a run has done everything. */
#define LONG_RUN_S	60

static const char * const checks[CHECKS] = {
	[CHECK_ACTION] = "every action was done, or refused as it should be",
	[CHECK_REPLY] = "every reply and every value was right",
	[CHECK_CLOSED] = "no connection was closed without a reason",
	[CHECK_HANG] = "everything came to an end in time",
	[CHECK_LIMIT] = "the memory limit was kept",
	[CHECK_QUIET] = "nothing was left when all clients had closed",
	[CHECK_GONE] = "every deleted namespace went",
	[CHECK_UNLOAD] = "the module could be unloaded at any moment",
	[CHECK_MEMORY] = "the memory is back",
	[CHECK_TEST] = "the test itself did what it should",
};

static const char * const counts[COUNTS] = {
	[COUNT_ACTIONS] = "actions",
	[COUNT_CONNECTIONS] = "connections",
	[COUNT_REPLIES] = "replies",
	[COUNT_VALUES] = "values compared",
	[COUNT_NO_MEMORY] = "refusals for want of memory",
	[COUNT_CUT] = "exchanges cut by what was done",
	[COUNT_UNLOADS] = "unloads",
	[COUNT_UNLOAD_MS] = "ms for the longest unload",
	[COUNT_NETNS] = "namespaces gone",
	[COUNT_HOTPLUG] = "CPUs went or came",
	[COUNT_LIMITS] = "limits set",
	[COUNT_FLUSHES] = "flushes",
	[COUNT_KILLS] = "clients killed",
	[COUNT_QUIET] = "looks while all was quiet",
};

static unsigned long parse_number(const char *word, unsigned long least)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(word, &end, 10);
	if (!errno && end != word && !*end && value >= least)
		return value;
	fprintf(stderr, "life: not a number, or too small: %s\n", word);
	exit(2);
}

static void share(void)
{
	static struct task nobody;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		exit(2);
	}
	me = &nobody;
	atomic_store(&shared->places[0].peak, KMC_MEM_LIMIT_DEFAULT);
}

static void start_lane(enum lane lane, void (*run)(void), int output)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (pid) {
		atomic_store(&shared->lanes[lane].pid, pid);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* a pipe: who hangs must not keep our own output from ending */
	dup2(output, STDOUT_FILENO);
	close(output);
	me = &shared->lanes[lane];
	atomic_store(&me->pid, getpid());
	run();
}

static void pass_on(int input, int timeout_ms)
{
	struct pollfd fd = { .fd = input, .events = POLLIN };
	char text[4096];
	ssize_t got;

	while (poll(&fd, 1, timeout_ms) == 1) {
		got = read(input, text, sizeof(text));
		if (got <= 0 || write(STDOUT_FILENO, text, got) != got)
			return;
		timeout_ms = 0;
	}
}

static void show_file(const char *path, const char *title)
{
	char line[256];
	FILE *file = fopen(path, "re");

	if (!file)
		return;
	say("%s", title);
	while (fgets(line, sizeof(line), file))
		printf("#     %s", line);
	fflush(stdout);
	fclose(file);
}

/* Where a task is in the kernel. */
static void show_task(const char *name, const struct task *task)
{
	char path[64], title[WHAT_SIZE + 64];

	if (!atomic_load(&task->pid))
		return;
	snprintf(path, sizeof(path), "/proc/%d/stack", (int)atomic_load(&task->pid));
	snprintf(title, sizeof(title), "%s, process %d%s, last: %s", name,
		 (int)atomic_load(&task->pid), atomic_load(&task->until) ? ", busy" : "",
		 task->what);
	show_file(path, title);
}

static void show_all(void)
{
	static const char * const names[] = { "life", "rule", "cpu" };
	int fd = open("/proc/sysrq-trigger", O_WRONLY | O_CLOEXEC);
	unsigned int i;
	char name[32];

	for (i = 0; i < LANES; i++)
		show_task(names[i], &shared->lanes[i]);
	for (i = 0; i < CLIENTS; i++) {
		snprintf(name, sizeof(name), "client %u", i);
		show_task(name, &shared->clients[i]);
	}
	/* all who wait, into the kernel's log */
	if (fd < 0 || write(fd, "w", 1) != 1)
		say("no sysrq");
	if (fd >= 0)
		close(fd);
}

static bool is_late(const struct task *task)
{
	long long until = atomic_load(&task->until);

	return until && now_ms() > until;
}

static const struct task *find_late(void)
{
	unsigned int i;

	for (i = 0; i < LANES; i++) {
		if (is_late(&shared->lanes[i]))
			return &shared->lanes[i];
	}
	for (i = 0; i < CLIENTS; i++) {
		if (is_late(&shared->clients[i]))
			return &shared->clients[i];
	}
	return NULL;
}

/* Forgets lanes that have ended. False: the one that cleans up has. */
static bool look_for_ended(void)
{
	int status;
	pid_t pid;
	int lane;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (lane = 0; lane < LANES; lane++) {
			if (atomic_load(&shared->lanes[lane].pid) == pid)
				break;
		}
		if (status)
			flunk(CHECK_TEST, "lane %d ended with status %d", lane, status);
		if (lane == LANES)
			continue;
		atomic_store(&shared->lanes[lane].until, 0);
		atomic_store(&shared->lanes[lane].pid, 0);
		if (lane == LANE_LIFE)
			return false;
	}
	return true;
}

/* Something hangs, or nobody is there to clean up. */
static void kill_all(void)
{
	long long deadline = now_ms() + KILL_MS;
	unsigned int i;

	for (i = 0; i < CLIENTS; i++) {
		if (atomic_load(&shared->clients[i].pid))
			kill(atomic_load(&shared->clients[i].pid), SIGKILL);
	}
	for (i = 0; i < LANES; i++) {
		if (atomic_load(&shared->lanes[i].pid))
			kill(atomic_load(&shared->lanes[i].pid), SIGKILL);
	}
	while (now_ms() < deadline && waitpid(-1, NULL, WNOHANG) >= 0)
		nap_ms(50);
}

static void watch(int input)
{
	const struct task *late = NULL;

	while (look_for_ended() && !late) {
		pass_on(input, LOOK_MS);
		late = find_late();
	}
	if (late) {
		flunk(CHECK_HANG, "this takes too long: %s", late->what);
		show_all();
	}
	pass_on(input, 0);
	kill_all();
	pass_on(input, 0);
}

static unsigned int tap(unsigned int number, const char *text, bool passed)
{
	printf("%sok %u - %s\n", passed ? "" : "not ", number, text);
	return !passed;
}

/* A run that has not done everything proves less than it seems to; two of them are luck. */
static bool did_everything(void)
{
	bool all = true;
	unsigned int i;

	for (i = 0; i < COUNTS; i++) {
		if (i == COUNT_NO_MEMORY || i == COUNT_CUT || atomic_load(&shared->counts[i]))
			continue;
		if (i == COUNT_HOTPLUG && sysconf(_SC_NPROCESSORS_CONF) < 2)
			continue;
		say("none: %s", counts[i]);
		all = false;
	}
	return all;
}

static int report(bool is_long)
{
	unsigned int failed = 0, number = 0, i;

	for (i = 0; i < COUNTS; i++)
		say("%lu %s", atomic_load(&shared->counts[i]), counts[i]);
	for (i = 0; i < CHECKS; i++)
		failed += tap(++number, checks[i], !atomic_load(&shared->failures[i]));
	failed += tap(++number, "all CPUs are online", cpu_all_online());
	if (is_long && !failed)
		failed += tap(++number, "everything has happened", did_everything());
	if (failed)
		say("to do it again: life SECONDS %llu", (unsigned long long)shared->seed);
	printf("1..%u\n", number);
	return failed ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *patience = getenv("KMC_PATIENCE");
	unsigned long seconds;
	int fds[2];

	if (argc < 2 || argc > 5) {
		fprintf(stderr, "usage: life SECONDS [SEED [FIRST [LAST]]]\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	share();
	seconds = parse_number(argv[1], 1);
	if (argc > 2)
		shared->seed = parse_number(argv[2], 0);
	else if (getrandom(&shared->seed, 4, 0) != 4)
		return 2;
	shared->first = argc > 3 ? parse_number(argv[3], 1) : 1;
	shared->last = argc > 4 ? parse_number(argv[4], 1) : ULONG_MAX;
	shared->patience = patience ? parse_number(patience, 1) : 1;
	shared->deadline = now_ms() + 1000LL * seconds;
	signal(SIGPIPE, SIG_IGN);
	netns_init();
	say("life %lu, seed %llu, patience %u", seconds, (unsigned long long)shared->seed,
	    shared->patience);
	if (pipe(fds)) {
		perror("pipe");
		return 2;
	}
	start_lane(LANE_LIFE, life_run, fds[1]);
	start_lane(LANE_RULE, rule_run, fds[1]);
	start_lane(LANE_CPU, cpu_run, fds[1]);
	watch(fds[0]);
	return report(seconds >= LONG_RUN_S && shared->first == 1 && shared->last == ULONG_MAX);
}
