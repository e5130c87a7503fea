/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Socket -> requests. */
#ifndef KMC_NET_RX_H
#define KMC_NET_RX_H

#include <linux/types.h>

struct kmc_conn;

/**
 * struct kmc_rx_budget - what a connection may still do in this turn
 * @steps: steps of requests: a line, a key, a packet, a value
 * @bytes: bytes read, sent, or copied within the cache
 * @gfp: how to allocate for it
 * @since: since when the connection was to have this turn, by local_clock(); 0: not known
 */
struct kmc_rx_budget {
	int	steps;
	long	bytes;
	gfp_t	gfp;
	u64	since;
};

int kmc_rx_run(struct kmc_conn *conn, struct kmc_rx_budget *budget);
bool kmc_rx_is_at_urgent(const struct kmc_conn *conn);
int kmc_rx_skip_urgent(struct kmc_conn *conn);
size_t kmc_rx_discard(struct kmc_conn *conn);
void kmc_rx_clear_low_water(struct kmc_conn *conn);
void kmc_rx_set_low_water(struct kmc_conn *conn);

#endif
