/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Network namespaces with a wire to the first one. */
#ifndef LIFE_NETNS_H
#define LIFE_NETNS_H

#include <stdbool.h>
#include <stdint.h>

void netns_init(void);
int netns_create(unsigned int number);
int netns_enter(int fd);
void netns_leave(void);
bool netns_is_gone(unsigned int number);
uint32_t netns_address(unsigned int number);

#endif
