/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Keys as a line can have them. Pure. */
#ifndef KMC_PROTO_URI_H
#define KMC_PROTO_URI_H

#include <linux/types.h>

/* Each byte of a key may become three. */
#define KMC_URI_LEN(len) (3 * (len))

size_t kmc_uri_encode(char *buf, const char *p, size_t len);

#endif
