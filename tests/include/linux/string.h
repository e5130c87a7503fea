/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* User space stand-in for the kernel's header: what kmod/proto needs of it. */
#ifndef KMC_TEST_LINUX_STRING_H
#define KMC_TEST_LINUX_STRING_H

#include_next <linux/string.h>

#include <string.h>
#include <strings.h>

#include <linux/types.h>

#endif /* KMC_TEST_LINUX_STRING_H */
