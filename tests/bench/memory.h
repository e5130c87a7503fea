/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The memory of the machine. */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

unsigned long memory_free_kib(void);

#endif
