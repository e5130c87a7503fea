/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Threads, one after the other on each CPU, and the timers of all CPUs. */
#ifndef KMC_TORTURE_CREW_H
#define KMC_TORTURE_CREW_H

#include <linux/types.h>

typedef void torture_work_fn(unsigned int number);

int torture_crew_start(unsigned int count, torture_work_fn *work);
void torture_crew_wait(void);
void torture_crew_join(void);
bool torture_crew_must_end(void);
unsigned int torture_crew_softirqs(void);
int torture_crew_start_softirq(torture_work_fn *work);
void torture_crew_stop_softirq(void);

#endif
