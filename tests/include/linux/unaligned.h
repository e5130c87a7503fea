/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* User space stand-in for the kernel's header: what kmod/proto needs of it. */
#ifndef KMC_TEST_LINUX_UNALIGNED_H
#define KMC_TEST_LINUX_UNALIGNED_H

#include <endian.h>
#include <string.h>

#include <linux/types.h>

static inline u16 get_unaligned_be16(const void *p)
{
	u16 raw;

	memcpy(&raw, p, sizeof(raw));
	return be16toh(raw);
}

static inline u32 get_unaligned_be32(const void *p)
{
	u32 raw;

	memcpy(&raw, p, sizeof(raw));
	return be32toh(raw);
}

static inline u64 get_unaligned_be64(const void *p)
{
	u64 raw;

	memcpy(&raw, p, sizeof(raw));
	return be64toh(raw);
}

static inline void put_unaligned_be16(u16 value, void *p)
{
	u16 raw = htobe16(value);

	memcpy(p, &raw, sizeof(raw));
}

static inline void put_unaligned_be32(u32 value, void *p)
{
	u32 raw = htobe32(value);

	memcpy(p, &raw, sizeof(raw));
}

static inline void put_unaligned_be64(u64 value, void *p)
{
	u64 raw = htobe64(value);

	memcpy(p, &raw, sizeof(raw));
}

#endif /* KMC_TEST_LINUX_UNALIGNED_H */
