/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What must hold when all clients have closed. */
#ifndef LIFE_QUIET_H
#define LIFE_QUIET_H

#include <stdbool.h>

bool quiet_begin(void);
void quiet_end(void);
void quiet_check(unsigned int place, bool flush);

#endif
