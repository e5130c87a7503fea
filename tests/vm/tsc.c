// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// tsc: how many thousand cycles the time stamp counter of this machine makes in a second. It is the
// guest's, too: QEMU hands it through.
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

struct moment {
	int64_t ns;
	uint64_t cycles;
};

/* Both clocks at once: of some pairs the one that was read in the shortest time. */
static struct moment read_moment(void)
{
	struct moment best = { 0 };
	uint64_t before, spent, least = UINT64_MAX;
	struct timespec now;

	for (int i = 0; i < 20; i++) {
		before = __rdtsc();
		clock_gettime(CLOCK_MONOTONIC_RAW, &now);
		spent = __rdtsc() - before;
		if (spent >= least)
			continue;
		least = spent;
		best.cycles = before + spent / 2;
		best.ns = now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
	}
	return best;
}

int main(void)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	struct moment from, to;

	from = read_moment();
	nanosleep(&pause, NULL);
	to = read_moment();
	printf("%.0f\n", (to.cycles - from.cycles) * 1e6 / (to.ns - from.ns));
	return 0;
}
