/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* stats items, stats slabs: the store by sizes of items. */
#ifndef KMC_EXEC_CLASSES_H
#define KMC_EXEC_CLASSES_H

#include "session.h"

bool kmc_classes_next(struct kmc_session *session, struct kmc_out *out);

#endif
