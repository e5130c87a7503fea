/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Control of the server over netlink. What is refused for want of memory must say so,
 * in a sentence; then it counts as a complaint. Anything else is wrong, and ends the
 * process.
 */
#ifndef FAULT_CONTROL_H
#define FAULT_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/kmemcached.h>

/* Where it listens. */
#define CONTROL_PORT 11341
#define CONTROL_PORT_TEXT "11341"

/* How often something refused may be tried again before that is no bad luck any more. */
#define CONTROL_TRIES 100

/**
 * struct control_stats - all statistics
 * @value: by &enum kmc_stat
 */
struct control_stats {
	uint64_t value[KMC_STAT_MAX + 1];
};

void control_connect(bool load);

void control_listen_v4(void);
void control_listen_v6(void);
void control_listen_locked(void);
void control_set_inline(bool on);
void control_unlisten_all(void);
void control_show_listeners(unsigned int wanted);

void control_set_limit(uint64_t limit);
void control_set_evict(uint8_t evict);
void control_show_limit(uint64_t wanted);
void control_set_numbers(bool others);
void control_show_numbers(bool others);

void control_set_token(const char *user, const char *password);
unsigned int control_find_conn(int port);
int control_disconnect(unsigned int id);

void control_flush(void);
int control_read_stats(struct control_stats *stats);

#endif
