/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The module's control interface, and the module, without processes of their own. */
#ifndef LIFE_CONTROL_H
#define LIFE_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include <linux/kmemcached.h>

/**
 * struct control_addr - a TCP address
 * @text: for people
 * @size: 4 or 16
 * @bytes: the address, network order
 * @port: host order
 */
struct control_addr {
	const char *text;
	size_t size;
	unsigned char bytes[16];
	uint16_t port;
};

/* Kinds of requests that must be refused. */
#define CONTROL_NONSENSE	7

/* What a dump of the listeners may have. */
#define CONTROL_LISTENERS	32

/**
 * struct control_listeners - the listeners of a namespace
 * @count: how many they are
 * @connections: of all of them
 * @port: their ports
 */
struct control_listeners {
	unsigned int count;
	unsigned int connections;
	uint16_t port[CONTROL_LISTENERS];
};

int control_listen(const struct control_addr *addr, uint32_t backlog);
int control_unlisten(const struct control_addr *addr);
int control_set_limit(uint64_t bytes);
int control_flush(uint32_t seconds);
int control_stats(uint64_t *value);
int control_listeners(struct control_listeners *listeners);
int control_nonsense(unsigned int which);

int module_load(void);
int module_unload(void);

#endif
