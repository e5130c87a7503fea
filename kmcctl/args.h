/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_ARGS_H
#define KMCCTL_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the text of any address and port, and its terminator. */
#define KMC_ADDR_TEXT_SIZE	64

/**
 * struct kmc_addr - where to listen
 * @bytes: the address, network order
 * @size: how many of @bytes are used: 4 for IPv4, 16 for IPv6
 * @port: host order
 * @both: it was written "*": every address of both families. @bytes is then
 *	the IPv6 one, which takes both.
 */
struct kmc_addr {
	unsigned char bytes[16];
	size_t size;
	uint16_t port;
	bool both;
};

/**
 * struct kmc_token - who may come
 * @user: a name, within the line it was in
 * @user_size: bytes of it
 * @password: its password, the same
 * @password_size: bytes of it
 */
struct kmc_token {
	const char *user;
	size_t user_size;
	const char *password;
	size_t password_size;
};

/* What may stand behind an address, as the words that are not there say nothing. */
struct kmc_listen_options {
	uint32_t backlog;	/* 0: it was not given */
	uint32_t protocol;	/* enum kmc_protocol */
	uint32_t denied;	/* bits of enum kmc_cap */
	bool auth;
	bool has_inline;	/* inline was given */
	bool is_inline;		/* as what */
};

const char *kmc_args_parse_addr(const char *word, struct kmc_addr *addr);
const char *kmc_args_parse_backlog(const char *word, uint32_t *backlog);
const char *kmc_args_parse_option(const char *word, struct kmc_listen_options *options);
const char *kmc_args_parse_id(const char *word, uint32_t *id);
const char *kmc_args_parse_seconds(const char *word, uint32_t *seconds);
const char *kmc_args_parse_count(const char *word, uint32_t *count);
const char *kmc_args_parse_character(const char *word, uint8_t *character);
const char *kmc_args_parse_switch(const char *word, bool *on);
const char *kmc_args_parse_size(const char *word, uint64_t *bytes);
const char *kmc_args_parse_token(const char *line, struct kmc_token *token);

void kmc_args_compose_host(const struct kmc_addr *addr, char text[KMC_ADDR_TEXT_SIZE]);
void kmc_args_compose_addr(const struct kmc_addr *addr, char text[KMC_ADDR_TEXT_SIZE]);

#endif /* KMCCTL_ARGS_H */
