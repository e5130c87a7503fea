/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* User space stand-in for the kernel's header: what kmod/proto needs of it. */
#ifndef KMC_TEST_LINUX_MINMAX_H
#define KMC_TEST_LINUX_MINMAX_H

#include <linux/types.h>

#define min_t(type, x, y) ({		\
	type __min_x = (x);		\
	type __min_y = (y);		\
	__min_x < __min_y ? __min_x : __min_y; })

#define max_t(type, x, y) ({		\
	type __max_x = (x);		\
	type __max_y = (y);		\
	__max_x > __max_y ? __max_x : __max_y; })

#define min(x, y)	min_t(__typeof__((x) + (y)), x, y)
#define max(x, y)	max_t(__typeof__((x) + (y)), x, y)
#define min3(x, y, z)	min(min(x, y), z)
#define max3(x, y, z)	max(max(x, y), z)

#define clamp_t(type, val, lo, hi)	min_t(type, max_t(type, val, lo), hi)
#define clamp(val, lo, hi)	clamp_t(__typeof__(val), val, lo, hi)

#define swap(a, b) do {			\
	__typeof__(a) __swap = (a);	\
	(a) = (b);			\
	(b) = __swap;			\
} while (0)

#endif /* KMC_TEST_LINUX_MINMAX_H */
