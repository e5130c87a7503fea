/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Those who act, each in a process of its own. */
#ifndef LIFE_LANES_H
#define LIFE_LANES_H

#include <stdbool.h>

void life_run(void);
void rule_run(void);
void cpu_run(void);
bool cpu_all_online(void);

#endif
