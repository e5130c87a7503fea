/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Any bytes, written as a part of a URI. Pure. */
#ifndef KMC_PROTO_URI_H
#define KMC_PROTO_URI_H

#include <linux/types.h>

/* What @len bytes become at the most. */
#define KMC_URI_LEN(len) ((len) * 3)

size_t kmc_uri_encode(char *buf, const char *p, size_t len);

#endif
