/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_BATCH_H
#define KMCCTL_BATCH_H

#include "ctl.h"

enum kmc_status kmc_batch_run(struct kmc_ctl *ctl, const char *path);

#endif /* KMCCTL_BATCH_H */
