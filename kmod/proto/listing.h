/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lines of a list of keys. Pure. */
#ifndef KMC_PROTO_LISTING_H
#define KMC_PROTO_LISTING_H

#include "meta.h"
#include "uri.h"

/* Room for the longest line: that of metadump, with a key that is all escapes. */
#define KMC_LISTING_LINE_MAX (KMC_URI_LEN(255) + 195)

size_t kmc_listing_compose_meta(char *buf, const struct kmc_meta_view *view, s64 unix_now);
size_t kmc_listing_compose_mg(char *buf, const struct kmc_meta_view *view);
size_t kmc_listing_compose_cache(char *buf, const struct kmc_meta_view *view, s64 unix_now);

#endif
