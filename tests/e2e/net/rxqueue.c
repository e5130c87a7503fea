// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "rxqueue.h"

#include <stdio.h>

static int find_in(const char *path, unsigned int port, unsigned int peer_port)
{
	unsigned int own, peer, length;
	FILE *file = fopen(path, "r");
	char line[256];
	int found = -1;

	while (file && found < 0 && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*d: %*x:%x %*x:%x %*x %*x:%x", &own, &peer, &length) == 3 &&
		    own == port && peer == peer_port)
			found = length;
	}
	if (file)
		fclose(file);
	return found;
}

/**
 * rxqueue_length() - how much waits in a socket
 * @port: its port
 * @peer_port: the port of the other side; 0 for a socket that listens
 *
 * A server behind "*" has sockets of IPv6.
 *
 * Return: the number of bytes that are not read, or of connections that are not accepted; -1 if
 * there is no such socket.
 */
int rxqueue_length(unsigned int port, unsigned int peer_port)
{
	int found = find_in("/proc/net/tcp", port, peer_port);

	return found < 0 ? find_in("/proc/net/tcp6", port, peer_port) : found;
}
