/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Clients that talk to whatever listens. */
#ifndef LIFE_LOAD_H
#define LIFE_LOAD_H

#include "control.h"

/* The bits of the addresses that are reached from another namespace. */
#define ADDRS_WIRE	((1U << 4) | (1U << 5))

extern const struct control_addr load_addrs[];

void load_run(unsigned int client, unsigned int place, uint64_t life) __attribute__((noreturn));

#endif
