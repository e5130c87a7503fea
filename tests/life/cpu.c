// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* The lane that takes CPUs away and gives them back; the first one stays. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lanes.h"
#include "shared.h"

static int open_cpu(unsigned int cpu, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/online", cpu);
	return open(path, flags | O_CLOEXEC);
}

static int set_online(unsigned int cpu, bool online)
{
	int fd = open_cpu(cpu, O_WRONLY), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, online ? "1" : "0", 1) != 1)
		err = -errno;
	close(fd);
	return err;
}

static bool is_online(unsigned int cpu)
{
	int fd = open_cpu(cpu, O_RDONLY);
	char byte = '1';

	if (fd < 0)
		return true;
	if (read(fd, &byte, 1) != 1)
		byte = '0';
	close(fd);
	return byte == '1';
}

/**
 * cpu_all_online() - bring all CPUs back
 *
 * Return: whether they are all there.
 */
bool cpu_all_online(void)
{
	long count = sysconf(_SC_NPROCESSORS_CONF), cpu;
	bool all = true;

	for (cpu = 1; cpu < count; cpu++) {
		if (!is_online(cpu))
			set_online(cpu, true);
		all = all && is_online(cpu);
	}
	return all;
}

static void act(unsigned long number, unsigned int cpu, bool online)
{
	long long start = now_ms();
	bool was = is_online(cpu);
	int err;

	begin(30, "cpu %lu: CPU %u %s", number, cpu, online ? "online" : "offline");
	err = set_online(cpu, online);
	end();
	say("cpu %lu: CPU %u %s: %d (%lld ms)", number, cpu, online ? "online" : "offline", err,
	    now_ms() - start);
	count(COUNT_ACTIONS);
	if (err || is_online(cpu) != online) {
		flunk(CHECK_ACTION, "cpu %lu: CPU %u %s: %s", number, cpu,
		      online ? "online" : "offline", strerror(-err));
	} else if (was != online) {
		count(COUNT_HOTPLUG);
	}
}

/**
 * cpu_run() - take CPUs away and give them back until everything is over
 */
void cpu_run(void)
{
	struct rng rng = rng_of(shared->seed, LANE_CPU);
	long count = sysconf(_SC_NPROCESSORS_CONF);
	unsigned long number;

	for (number = 1; rest(); number++) {
		unsigned int cpu = 1 + rng_below(&rng, count > 1 ? count - 1 : 1);
		bool online = rng_below(&rng, 2);
		unsigned int nap = rng_below(&rng, 1500);

		if (count > 1)
			act(number, cpu, online);
		nap_ms(nap);
	}
	begin(60, "cpu: all CPUs online");
	cpu_all_online();
	end();
	exit(0);
}
