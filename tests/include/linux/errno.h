/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* User space stand-in for the kernel's header: what kmod/proto needs of it. */
#ifndef KMC_TEST_LINUX_ERRNO_H
#define KMC_TEST_LINUX_ERRNO_H

/* Not <errno.h>: that one includes this file, and the kernel has no errno. */
#include_next <linux/errno.h>

#endif /* KMC_TEST_LINUX_ERRNO_H */
