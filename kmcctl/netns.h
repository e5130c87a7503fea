/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_NETNS_H
#define KMCCTL_NETNS_H

int kmc_netns_enter(const char *netns);

#endif /* KMCCTL_NETNS_H */
