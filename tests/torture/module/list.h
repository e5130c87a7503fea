/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Lists of all items, while they and the index change. */
#ifndef KMC_TORTURE_LIST_H
#define KMC_TORTURE_LIST_H

#include "tally.h"

int torture_list_exact(struct torture_tally *tally);

#endif
