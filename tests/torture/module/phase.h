/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The parts of a run, in their order. */
#ifndef KMC_TORTURE_PHASE_H
#define KMC_TORTURE_PHASE_H

#include "tally.h"

int torture_phase_exact(struct torture_tally *tally);
int torture_phase_race(struct torture_tally *tally);
int torture_phase_storm(struct torture_tally *tally, unsigned int seconds);

#endif
