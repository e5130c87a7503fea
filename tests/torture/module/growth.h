/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* How long calls take while the index changes its size. */
#ifndef KMC_TORTURE_GROWTH_H
#define KMC_TORTURE_GROWTH_H

int torture_growth(unsigned long items);

#endif
