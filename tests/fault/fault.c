// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * fault each N [SCENARIO...]: fail each path to memory once, N of them in a round, until
 *	a round has no new one; and once more where a scenario wants that
 * fault nth FROM TO [SCENARIO...]: fail the FROMth allocation, then the next, until a
 *	round has fewer allocations, or TO
 * fault rate N SEED ROUNDS [SCENARIO...]: fail N of 10000 in so many rounds
 *
 * A round is a process that goes through a scenario. Runs as root in a guest that has
 * kmc_fail.ko, with the file of the module in KMC_FAULT_MODULE, and prints TAP.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inject.h"
#include "model.h"
#include "steps.h"

/* A process that takes longer than this hangs; the environment's KMC_PATIENCE is a factor. */
#define ROUND_SECONDS 20

/* So many failures are to be expected of a rate before none is no bad luck any more. */
#define RATE_FAILURES 20

/* Other things are going on in a kernel: how often nothing new may come before we believe it. */
#define QUIET_ROUNDS 2

/**
 * struct plan - what the command line asks for
 * @mode: "each", "nth" or "rate"
 * @from: the first round's number
 * @to: the last one's
 * @rate: each: how many in a round, rate: how many of 10000
 * @seed: rate: of the first round; the next is one more
 */
struct plan {
	const char *mode;
	unsigned long from;
	unsigned long to;
	unsigned long rate;
	unsigned long seed;
};

static unsigned int tests;
static unsigned int failures;

static bool is_mode(const struct plan *plan, const char *mode)
{
	return !strcmp(plan->mode, mode);
}

static void arm(const struct plan *plan, unsigned long number)
{
	if (is_mode(plan, "each"))
		inject_arm("each %lu", plan->rate);
	else if (is_mode(plan, "nth"))
		inject_arm("nth %lu", number);
	else
		inject_arm("rate %lu %lu", plan->rate, plan->seed + number);
}

/* In a process of its own. Each failure may be noticed once, and no more. */
static void go_through(const struct plan *plan, const struct scenario *scenario,
		       unsigned long number)
{
	struct inject_status status;

	scenario->before();
	arm(plan, number);
	scenario->run();
	inject_arm("off");
	inject_read_status(&status);
	if (model_complaints > status.failed)
		wrong("%u complaints about %lu failures", model_complaints, status.failed);
	scenario->after();
}

/* Return whether it went well; @status: what was failed in it. */
static bool run_round(const struct plan *plan, const struct scenario *scenario,
		      unsigned long number, struct inject_status *status)
{
	struct bytes path = { 0 };
	int ended = 0;
	char *line;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("fork");
		exit(2);
	}
	if (!pid) {
		alarm(ROUND_SECONDS * steps_patience());
		go_through(plan, scenario, number);
		exit(0);
	}
	waitpid(pid, &ended, 0);
	inject_arm("off");
	inject_read_status(status);
	if (WIFEXITED(ended) && !WEXITSTATUS(ended))
		return true;
	if (WIFSIGNALED(ended))
		printf("# %s\n", WTERMSIG(ended) == SIGALRM ? "it hangs" :
		       strsignal(WTERMSIG(ended)));
	printf("# in round %lu of %s; %lu of %lu allocations failed, the last ones were:\n", number,
	       scenario->name, status->failed, status->seen);
	inject_read("last", &path);
	for (line = strtok(path.data, "\n"); line; line = strtok(NULL, "\n"))
		printf("# %s\n", line);
	bytes_free(&path);
	return false;
}

/* Is there another round to come after one in which nothing new was failed? */
static bool is_over(const struct plan *plan, unsigned long number, unsigned int quiet)
{
	if (is_mode(plan, "each"))
		return quiet == QUIET_ROUNDS;
	if (is_mode(plan, "nth"))
		return quiet || number >= plan->to;
	return number >= plan->to;
}

/* Should some have failed, of so many allocations? */
static bool must_fail(const struct plan *plan, unsigned long seen)
{
	return !is_mode(plan, "rate") || seen * plan->rate >= RATE_FAILURES * 10000;
}

static void test(const struct plan *plan, const struct scenario *scenario)
{
	unsigned long number = plan->from, seen = 0, failed = 0, most = 0, bad = 0;
	unsigned int quiet = 0;

	if (scenario->again)
		inject_arm("again %s", scenario->again);
	for (;; number++) {
		struct inject_status status = { 0 };

		bad += !run_round(plan, scenario, number, &status);
		seen += status.seen;
		failed += status.failed;
		most = status.seen > most ? status.seen : most;
		quiet = status.failed ? 0 : quiet + 1;
		if (is_over(plan, number, quiet) || bad == 10)
			break;
	}
	if (!failed && must_fail(plan, seen)) {
		printf("# none of %lu allocations failed\n", seen);
		bad++;
	}
	failures += !!bad;
	printf("%sok %u - %s (%s): %lu failures in %lu rounds of up to %lu allocations\n",
	       bad ? "not " : "", ++tests, scenario->name, scenario->about, failed,
	       number - plan->from + 1, most);
}

static int usage(void)
{
	fprintf(stderr, "usage: fault each N|nth FROM TO|rate N SEED ROUNDS [SCENARIO...]\n");
	return 2;
}

/* Return how many words of the command line that takes, or 0. */
static int read_plan(struct plan *plan, int argc, char **argv)
{
	*plan = (struct plan){ .mode = argc > 1 ? argv[1] : "", .from = 1 };
	if (is_mode(plan, "each") && argc > 2) {
		plan->rate = strtoul(argv[2], NULL, 10);
		return plan->rate ? 3 : 0;
	}
	if (is_mode(plan, "nth") && argc > 3) {
		plan->from = strtoul(argv[2], NULL, 10);
		plan->to = strtoul(argv[3], NULL, 10);
		return 4;
	}
	if (is_mode(plan, "rate") && argc > 4) {
		plan->rate = strtoul(argv[2], NULL, 10);
		plan->seed = strtoul(argv[3], NULL, 10);
		plan->to = strtoul(argv[4], NULL, 10);
		return 5;
	}
	return 0;
}

static bool is_wanted(const char *name, char **names, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(name, names[i]))
			return true;
	return !count;
}

int main(int argc, char **argv)
{
	struct plan plan;
	int words = read_plan(&plan, argc, argv);
	size_t i;

	if (!words)
		return usage();
	for (i = 0; i < scenario_count; i++)
		if (is_wanted(scenarios[i]->name, argv + words, argc - words))
			test(&plan, scenarios[i]);
	printf("1..%u\n", tests);
	return failures || !tests;
}
