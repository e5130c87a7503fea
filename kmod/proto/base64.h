/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Keys that are no text, written as text. Pure. */
#ifndef KMC_PROTO_BASE64_H
#define KMC_PROTO_BASE64_H

#include <linux/types.h>

/* What @len bytes become. */
#define KMC_BASE64_LEN(len) (((len) + 2) / 3 * 4)

size_t kmc_base64_encode(char *buf, const char *p, size_t len);
size_t kmc_base64_decode(char *buf, const char *s, size_t len);

#endif
