/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What differs between the kernels this module is built for. Written for the
 * newer one; the older is adapted. Kbuild includes it before everything else and
 * probes for what a version number cannot tell, because Debian backports.
 */
#ifndef KMC_COMPAT_H
#define KMC_COMPAT_H

#include <linux/slab.h>
#include <linux/shrinker.h>	/* 6.1's needs what others include */
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#ifndef CONFIG_64BIT
#error "kmemcached counts in unsigned long and is for 64-bit kernels only"
#endif

/* A shrinker with something of its own; made and registered in one. */
#ifdef KMC_HAVE_SHRINKER_ALLOC
static inline struct shrinker *kmc_shrinker_create(const struct shrinker *ops, const char *name,
						   void *data)
{
	struct shrinker *shrinker = shrinker_alloc(0, "%s", name);

	if (!shrinker)
		return NULL;
	shrinker->count_objects = ops->count_objects;
	shrinker->scan_objects = ops->scan_objects;
	shrinker->private_data = data;
	shrinker_register(shrinker);
	return shrinker;
}

static inline void *kmc_shrinker_data(const struct shrinker *shrinker)
{
	return shrinker->private_data;
}

static inline void kmc_shrinker_destroy(struct shrinker *shrinker)
{
	shrinker_free(shrinker);
}
#else
struct kmc_shrinker {
	struct shrinker shrinker;
	void *data;
};

static inline struct shrinker *kmc_shrinker_create(const struct shrinker *ops, const char *name,
						   void *data)
{
	struct kmc_shrinker *own = kzalloc(sizeof(*own), GFP_KERNEL);

	if (!own)
		return NULL;
	own->shrinker = *ops;
	own->shrinker.seeks = DEFAULT_SEEKS;
	own->data = data;
	if (!register_shrinker(&own->shrinker, "%s", name))
		return &own->shrinker;
	kfree(own);
	return NULL;
}

static inline void *kmc_shrinker_data(const struct shrinker *shrinker)
{
	return container_of(shrinker, struct kmc_shrinker, shrinker)->data;
}

static inline void kmc_shrinker_destroy(struct shrinker *shrinker)
{
	unregister_shrinker(shrinker);
	kfree(container_of(shrinker, struct kmc_shrinker, shrinker));
}
#endif

/*
 * Have TCP send pages without copying them; it takes references. How many bytes it has
 * taken, or a negative errno. The socket is locked.
 */
#ifdef KMC_HAVE_SENDPAGE
static inline int kmc_send_pages(struct sock *sk, struct bio_vec *vec, size_t n, size_t bytes,
				 int flags)
{
	int sent = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		bool is_last = i == n - 1;
		int part = tcp_sendpage_locked(sk, vec[i].bv_page, vec[i].bv_offset, vec[i].bv_len,
					       is_last ? flags : flags | MSG_MORE);

		if (part > 0)
			sent += part;
		if (part < (int)vec[i].bv_len)
			return sent ?: part;
	}
	return sent;
}
#else
static inline int kmc_send_pages(struct sock *sk, struct bio_vec *vec, size_t n, size_t bytes,
				 int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_SPLICE_PAGES };

	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, vec, n, bytes);
	return tcp_sendmsg_locked(sk, &msg, bytes);
}
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
