/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Connections of the null responder. */
#ifndef KMC_NULL_CONN_H
#define KMC_NULL_CONN_H

struct sock;
struct socket;

int null_conn_module_init(void);
void null_conn_create(struct socket *sock, void (*data_ready)(struct sock *sk));
void null_conn_module_uninit(void);

#endif
