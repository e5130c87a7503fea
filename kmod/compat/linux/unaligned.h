/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* 6.1 has this under another name; Kbuild looks here only if there is none of this name. */
#ifndef KMC_COMPAT_LINUX_UNALIGNED_H
#define KMC_COMPAT_LINUX_UNALIGNED_H

#include <asm/unaligned.h>

#endif
