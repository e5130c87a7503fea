// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#define _GNU_SOURCE	/* setns(), unshare() */
#include "netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>

#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#define OWN_NETNS	"/proc/self/ns/net"

static int first = -1;

/**
 * netns_init() - remember the first namespace
 */
void netns_init(void)
{
	first = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	if (first < 0) {
		perror(OWN_NETNS);
		exit(2);
	}
}

/**
 * netns_enter() - go to a namespace
 * @fd: the namespace
 *
 * Return: 0 or a negative errno.
 */
int netns_enter(int fd)
{
	return setns(fd, CLONE_NEWNET) ? -errno : 0;
}

/**
 * netns_leave() - go back to the first namespace
 */
void netns_leave(void)
{
	if (!setns(first, CLONE_NEWNET))
		return;
	perror("the first namespace");
	exit(2);
}

static void name_wire(unsigned int number, char *name)
{
	snprintf(name, IFNAMSIZ, "life%u", number);
}

/* Each gets a network of its own: routes to a dead one may still be there. */
static uint32_t host(unsigned int number, unsigned int last)
{
	return htonl(10U << 24 | (128 + (number >> 8) % 128) << 16 | (number & 255) << 8 | last);
}

/**
 * netns_address() - how a namespace is reached from the first one
 * @number: which namespace
 *
 * Return: an IPv4 address.
 */
uint32_t netns_address(unsigned int number)
{
	return host(number, 2);
}

static int add_half(struct nl_msg *msg, const char *name)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };

	return nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) ?:
	       nla_put_string(msg, IFLA_IFNAME, name);
}

/* A veth pair: @name here, eth0 in the namespace. */
static struct nl_msg *compose_wire(const char *name, int fd)
{
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	struct nlattr *info, *data, *peer;

	if (!msg || add_half(msg, name))
		return msg;
	info = nla_nest_start(msg, IFLA_LINKINFO);
	nla_put_string(msg, IFLA_INFO_KIND, "veth");
	data = nla_nest_start(msg, IFLA_INFO_DATA);
	peer = nla_nest_start(msg, VETH_INFO_PEER);
	add_half(msg, "eth0");
	nla_put_u32(msg, IFLA_NET_NS_FD, fd);
	nla_nest_end(msg, peer);
	nla_nest_end(msg, data);
	nla_nest_end(msg, info);
	return msg;
}

static int add_wire(const char *name, int fd)
{
	struct nl_sock *sock = nl_socket_alloc();
	int err = -ENOMEM;

	if (!sock)
		return err;
	err = nl_connect(sock, NETLINK_ROUTE);
	if (!err)
		/* frees the message, and waits */
		err = nl_send_sync(sock, compose_wire(name, fd));
	nl_socket_free(sock);
	return err ? -EIO : 0;
}

static int set_up(const char *name, uint32_t address)
{
	struct sockaddr_in *in;
	struct ifreq request;
	int fd, err = 0;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	memset(&request, 0, sizeof(request));
	strcpy(request.ifr_name, name);
	in = (struct sockaddr_in *)&request.ifr_addr;
	in->sin_family = AF_INET;
	if (address) {
		in->sin_addr.s_addr = address;
		err = ioctl(fd, SIOCSIFADDR, &request);
		in->sin_addr.s_addr = htonl(0xffffff00);
		err = err ?: ioctl(fd, SIOCSIFNETMASK, &request);
	}
	err = err ?: ioctl(fd, SIOCGIFFLAGS, &request);
	request.ifr_flags |= IFF_UP;
	err = err ?: ioctl(fd, SIOCSIFFLAGS, &request);
	err = err ? -errno : 0;
	close(fd);
	return err;
}

/**
 * netns_create() - make a namespace, and a wire to it
 * @number: which one it is
 *
 * Return: a file descriptor, which is all that keeps it, or a negative errno.
 */
int netns_create(unsigned int number)
{
	char name[IFNAMSIZ];
	int fd, err;

	name_wire(number, name);
	if (unshare(CLONE_NEWNET))
		return -errno;
	fd = open(OWN_NETNS, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : set_up("lo", 0);
	netns_leave();
	if (err)
		goto out_close;
	err = add_wire(name, fd) ?: set_up(name, host(number, 1)) ?: netns_enter(fd);
	if (err)
		goto out_close;
	err = set_up("eth0", host(number, 2));
	netns_leave();
	if (!err)
		return fd;
out_close:
	if (fd >= 0)
		close(fd);
	return err;
}

/**
 * netns_is_gone() - is nothing left of a namespace that nobody keeps any more?
 * @number: which one it was
 *
 * Its end of the wire goes late, after the servers in it have been told, and takes
 * ours along.
 *
 * Return: whether it is so.
 */
bool netns_is_gone(unsigned int number)
{
	char name[IFNAMSIZ], path[64];

	name_wire(number, name);
	/* to ask by its name what is not there would load a module for it */
	snprintf(path, sizeof(path), "/sys/class/net/%s", name);
	return access(path, F_OK);
}
