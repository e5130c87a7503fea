/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* TCP connections to the server under test, which send exactly what they are told. */
#ifndef E2E_CLIENT_H
#define E2E_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "bytes.h"

/* The server may run on an emulated machine: it has failed when nothing moves for this long. */
#define CLIENT_DEADLINE_MS (10000 * client_patience)

/* How many times slower than usual the server may be: the environment's KMC_PATIENCE. */
extern int client_patience;

#define CLIENT_VERSION(major, minor, patch) (((major) << 16) | ((minor) << 8) | (patch))

/* What the rows that describe the behaviour we aim at ask for. */
#define CLIENT_TARGET CLIENT_VERSION(1, 6, 45)

/* Fail the running test and say why; used as printf is. */
#define client_fail(...) \
	do { \
		printf("# " __VA_ARGS__); \
		printf("\n"); \
		fail(); \
	} while (0)

/**
 * enum client_end - how an exchange ended
 * @CLIENT_COMPLETE: everything was sent, and the wanted end arrived
 * @CLIENT_CLOSED: the server closed or reset the connection
 * @CLIENT_STALLED: nothing moved until the deadline
 */
enum client_end {
	CLIENT_COMPLETE,
	CLIENT_CLOSED,
	CLIENT_STALLED,
};

/**
 * struct client - one connection
 * @fd: the non-blocking socket
 * @bytewise: send one byte a segment (to a slow server, only the ends of each request so)
 * @next: the next one in the list of open connections
 */
struct client {
	int fd;
	bool bytewise;
	struct client *next;
};

extern const char *client_host;
extern const char *client_port;
extern const char *client_argument;
extern const char *client_version;

void client_find(int argc, char **argv);
struct client *client_open_first(void);
void client_learn(struct client *c);
void client_init(int argc, char **argv);
int client_local_port(const struct client *c);
bool client_is_since(unsigned int version);
bool client_is_upstream(void);
struct client *client_open(void);
struct client *client_try_open(void);
void client_close(struct client *c);
int client_close_all(void **state);
void client_reset(struct client *c);
long client_now_ms(void);
bool client_wait(struct client *c, short events, int timeout_ms);
bool client_has_time(void);
int client_rounds(int count);
size_t client_pieces(size_t size);
void client_send(struct client *c, const void *data, size_t len);
size_t client_recv(struct client *c, void *data, size_t len);
enum client_end client_exchange(struct client *c, const void *request, size_t request_len,
				struct bytes *reply, size_t min, const char *end);
void client_exchange_pieces(struct client *c, const struct bytes *request, size_t size,
			    struct bytes *reply);
enum client_end client_fence(struct client *c, const void *request, size_t len,
			     struct bytes *reply, size_t min);
bool client_alive(struct client *c);

#endif
