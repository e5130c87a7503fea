// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#define _GNU_SOURCE	/* setns() */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "netns.h"

/* Where iproute2 keeps named namespaces. */
#define NAMED_NETNS	"/run/netns/"

/**
 * kmc_netns_enter() - go on in another network namespace
 * @netns: its name, or a path if there is a slash in it
 *
 * Sockets belong to the namespace in which they are opened: call this first.
 *
 * Return: 0, or a negative errno; -EINVAL if @netns is something else.
 */
int kmc_netns_enter(const char *netns)
{
	const char *folder = strchr(netns, '/') ? "" : NAMED_NETNS;
	char path[PATH_MAX];
	int err = 0;
	int fd;

	if (snprintf(path, sizeof(path), "%s%s", folder, netns) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (setns(fd, CLONE_NEWNET))
		err = -errno;
	close(fd);
	return err;
}
