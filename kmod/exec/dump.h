/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* stats: replies of many lines. */
#ifndef KMC_EXEC_DUMP_H
#define KMC_EXEC_DUMP_H

#include <linux/kmemcached.h>

#include "session.h"

/* Room for the longest name of a statistic. */
#define KMC_DUMP_NAME_MAX 64

enum kmc_reply kmc_dump_begin(struct kmc_session *session, struct kmc_span arg,
			      struct kmc_span rest);
size_t kmc_dump_put(char *buf, size_t at, const char *text);
void kmc_dump_add(struct kmc_session *session, struct kmc_span name, struct kmc_span value,
		  struct kmc_out *out);
void kmc_dump_add_number(struct kmc_session *session, struct kmc_span name, u64 value,
			 struct kmc_out *out);
void kmc_dump_end(struct kmc_session *session, struct kmc_out *out);
bool kmc_dump_next(struct kmc_session *session, struct kmc_out *out);
u64 kmc_dump_read_stat(const struct kmc_env *env, enum kmc_stat stat);

#endif
