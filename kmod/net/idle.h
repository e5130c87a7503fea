/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Connections on which nothing happens. */
#ifndef KMC_NET_IDLE_H
#define KMC_NET_IDLE_H

#include <linux/jiffies.h>

struct kmc_conn;
struct kmc_listener;

/* How often is looked. */
#define KMC_IDLE_INTERVAL HZ

/**
 * enum kmc_idle - whether a connection is to be ended because nothing happens on it
 * @KMC_IDLE_NOT: it is not
 * @KMC_IDLE_UNUSED: no request has come for too long
 * @KMC_IDLE_STUCK: a value or a reply that is on its way has not moved for too long
 */
enum kmc_idle {
	KMC_IDLE_NOT,
	KMC_IDLE_UNUSED,
	KMC_IDLE_STUCK,
};

void kmc_idle_init(struct kmc_conn *conn);
void kmc_idle_note(struct kmc_conn *conn);
enum kmc_idle kmc_idle_check(struct kmc_conn *conn);
bool kmc_idle_scan(struct kmc_listener *listener);

#endif
