/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Does the system have its memory back? */
#ifndef LIFE_MEMORY_H
#define LIFE_MEMORY_H

void memory_settle(void);
long memory_free(void);
void memory_check(long before);

#endif
