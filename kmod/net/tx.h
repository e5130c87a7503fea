/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Replies -> socket. */
#ifndef KMC_NET_TX_H
#define KMC_NET_TX_H

struct kmc_conn;
struct kmc_rx_budget;

int kmc_tx_run(struct kmc_conn *conn, struct kmc_rx_budget *budget);

#endif
