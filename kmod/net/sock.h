/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Kernel sockets: taking their callbacks, giving them back, closing them. */
#ifndef KMC_NET_SOCK_H
#define KMC_NET_SOCK_H

#include <linux/types.h>

struct kmc_conn;
struct kmc_listener;
struct sock;
struct socket;

/**
 * struct kmc_sock_saved - a socket's own callbacks
 * @data_ready: something has arrived
 * @write_space: there is room to send
 * @state_change: the state of the TCP connection has changed
 */
struct kmc_sock_saved {
	void	(*data_ready)(struct sock *sk);
	void	(*write_space)(struct sock *sk);
	void	(*state_change)(struct sock *sk);
};

void kmc_sock_install_listener(struct socket *sock, struct kmc_listener *listener,
			       struct kmc_sock_saved *saved);
void kmc_sock_restore_listener(struct socket *sock, const struct kmc_sock_saved *saved);
void kmc_sock_adopt(struct socket *sock, const struct kmc_sock_saved *listener_saved);
void __kmc_sock_install_conn(struct socket *sock, struct kmc_conn *conn,
			     struct kmc_sock_saved *saved);
void __kmc_sock_restore_conn(struct socket *sock, const struct kmc_sock_saved *saved);
bool kmc_sock_shut(struct socket *sock);
void kmc_sock_release(struct socket *sock, bool abort);

#endif
