/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What differs between the kernels this module is built for. Written for the
 * newer one; the older is adapted. Kbuild includes it before everything else and
 * probes for what a version number cannot tell, because Debian backports.
 */
#ifndef KMC_COMPAT_H
#define KMC_COMPAT_H

#include <net/net_namespace.h>
#include <net/sock.h>

#ifndef CONFIG_64BIT
#error "kmemcached counts in unsigned long and is for 64-bit kernels only"
#endif

#ifndef KMC_HAVE_SK_NET_REFCNT_UPGRADE
/* As in net/core/sock.c of later kernels, in the terms of 6.1. */
static inline void sk_net_refcnt_upgrade(struct sock *sk)
{
	struct net *net = sock_net(sk);

	sk->sk_net_refcnt = 1;
	get_net_track(net, &sk->ns_tracker, GFP_KERNEL);
	sock_inuse_add(net, 1);
}
#endif

#endif
