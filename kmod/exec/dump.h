/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* stats: replies of many lines. */
#ifndef KMC_EXEC_DUMP_H
#define KMC_EXEC_DUMP_H

#include <linux/kmemcached.h>

#include "session.h"

enum kmc_next kmc_dump_begin(struct kmc_session *session, struct kmc_span arg,
			     struct kmc_out *out);
size_t kmc_dump_put(char *buf, size_t at, const char *text);
bool kmc_dump_next(struct kmc_session *session, struct kmc_out *out);
u64 kmc_dump_read_stat(const struct kmc_env *env, enum kmc_stat stat);

#endif
