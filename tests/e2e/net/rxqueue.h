/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What a TCP socket of this network namespace has in its queue; also one that is not ours. */
#ifndef E2E_NET_RXQUEUE_H
#define E2E_NET_RXQUEUE_H

int rxqueue_length(unsigned int port, unsigned int peer_port);

#endif
