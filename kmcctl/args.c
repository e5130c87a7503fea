// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * The words of the command line, turned into values. Nothing here has a side
 * effect. A parser returns NULL, or a sentence that says what is wrong; the
 * caller puts the word in front of it.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <linux/kmemcached.h>

#include "args.h"

#define PORT_MISSING	"the port is missing, as in 127.0.0.1:11211 or [::1]:11211"
#define BAD_PORT	"the port must be a number from 1 to 65535"
#define BAD_ADDR	"must be ADDR:PORT, [IPV6]:PORT, *:PORT or PORT"
#define BAD_V4		"the part before the colon is not an IPv4 address (names are not looked up)"
#define BAD_V6		"the part in brackets is not an IPv6 address (zones are not supported)"
#define NO_HOST		"the address is missing; *:PORT means all addresses, PORT means 127.0.0.1"
#define NO_BRACKETS	"an IPv6 address needs brackets, as in [::1]:11211"
#define OPEN_BRACKET	"the closing bracket is missing, as in [::1]:11211"
#define BAD_BACKLOG	"the backlog must be a number from 1 to 65535"
#define BAD_OPTION	"only backlog=N, protocol=, auth=, inline=, noflush, nodump and nowatch may follow"
#define BAD_PROTOCOL	"the protocol must be auto, text or binary"
#define BAD_AUTH	"write auth=on or auth=off"
#define BAD_INLINE	"write inline=on or inline=off"
#define BAD_COUNT	"not a number from 0 to 4294967295"
#define BAD_CHARACTER	"write one character"
#define BAD_TOKEN	"write USER:PASSWORD"
#define LONG_TOKEN	"name and password may have 254 bytes together"
#define BAD_ID		"not an id; write a number that conns shows, or all"
#define BAD_SECONDS	"not a number of seconds from 0 to 4294967295"
#define BAD_SIZE	"not a size; write bytes, or a number with K, M, G or T, as in 512M"
#define BAD_SWITCH	"write on or off"
#define HUGE_SIZE	"the size does not fit in 64 bits"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/*
 * Reads the digits at the start of *text and moves *text behind them. Not
 * strtoull(), which takes white space, signs and, by locale, more. False: there
 * are no digits, or the number does not fit; then *text stays.
 */
static bool take_number(const char **text, uint64_t *number)
{
	const char *at = *text;
	uint64_t value = 0;

	if (!is_digit(*at))
		return false;
	for (; is_digit(*at); at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return false;
	}
	*text = at;
	*number = value;
	return true;
}

static bool parse_number(const char *word, uint64_t min, uint64_t max, uint64_t *number)
{
	if (!take_number(&word, number))
		return false;
	return !*word && *number >= min && *number <= max;
}

static const char *parse_port(const char *word, struct kmc_addr *addr)
{
	uint64_t port;

	if (!*word)
		return PORT_MISSING;
	if (!parse_number(word, 1, UINT16_MAX, &port))
		return BAD_PORT;
	addr->port = port;
	return NULL;
}

/* Converts the size bytes at text, which do not end there, to an address. */
static bool parse_host(int family, const char *text, size_t size, struct kmc_addr *addr)
{
	char host[INET6_ADDRSTRLEN];

	if (size >= sizeof(host))
		return false;
	memcpy(host, text, size);
	host[size] = '\0';
	addr->size = family == AF_INET ? 4 : 16;
	return inet_pton(family, host, addr->bytes) == 1;
}

static const char *parse_bracketed(const char *word, struct kmc_addr *addr)
{
	const char *end = strchr(word, ']');

	if (!end)
		return OPEN_BRACKET;
	if (!parse_host(AF_INET6, word + 1, end - word - 1, addr))
		return BAD_V6;
	if (!end[1])
		return PORT_MISSING;
	if (end[1] != ':')
		return BAD_ADDR;
	return parse_port(end + 2, addr);
}

static const char *parse_bare(const char *word, struct kmc_addr *addr)
{
	struct kmc_addr unused;

	if (!strcmp(word, "*") || parse_host(AF_INET, word, strlen(word), &unused))
		return PORT_MISSING;
	if (word[strspn(word, "0123456789")])
		return BAD_ADDR;
	parse_host(AF_INET, "127.0.0.1", strlen("127.0.0.1"), addr);
	return parse_port(word, addr);
}

/**
 * kmc_args_parse_addr() - parse an address and port
 * @word: ADDR:PORT, [IPV6]:PORT, *:PORT or PORT, which is on 127.0.0.1
 * @addr: where the result goes; undefined when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_addr(const char *word, struct kmc_addr *addr)
{
	const char *colon = strchr(word, ':');

	memset(addr, 0, sizeof(*addr));
	if (*word == '[')
		return parse_bracketed(word, addr);
	if (colon && strchr(colon + 1, ':'))
		return NO_BRACKETS;
	if (!*word || colon == word)
		return NO_HOST;
	if (!colon)
		return parse_bare(word, addr);
	if (colon - word == 1 && *word == '*') {
		addr->both = true;
		addr->size = 16;
	} else if (!parse_host(AF_INET, word, colon - word, addr)) {
		return BAD_V4;
	}
	return parse_port(colon + 1, addr);
}

/**
 * kmc_args_parse_backlog() - parse the value of backlog=
 * @word: what follows the equals sign
 * @backlog: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_backlog(const char *word, uint32_t *backlog)
{
	uint64_t number;

	if (!parse_number(word, 1, UINT16_MAX, &number))
		return BAD_BACKLOG;
	*backlog = number;
	return NULL;
}

/* Is it name=something? Then what. */
static const char *find_value(const char *word, const char *name)
{
	size_t size = strlen(name);

	return !strncmp(word, name, size) && word[size] == '=' ? word + size + 1 : NULL;
}

static const char *parse_protocol(const char *word, uint32_t *protocol)
{
	static const char *const names[] = {
		[KMC_PROTOCOL_AUTO] = "auto",
		[KMC_PROTOCOL_TEXT] = "text",
		[KMC_PROTOCOL_BINARY] = "binary",
	};
	uint32_t at;

	for (at = 0; at < sizeof(names) / sizeof(names[0]); at++) {
		if (strcmp(word, names[at]))
			continue;
		*protocol = at;
		return NULL;
	}
	return BAD_PROTOCOL;
}

/* Words that take something away. Returns the bit, or 0. */
static uint32_t parse_denied(const char *word)
{
	if (!strcmp(word, "noflush"))
		return KMC_CAP_FLUSH;
	if (!strcmp(word, "nodump"))
		return KMC_CAP_DUMP;
	return strcmp(word, "nowatch") ? 0 : KMC_CAP_WATCH;
}

/**
 * kmc_args_parse_option() - parse what stands behind an address
 * @word: one word of it
 * @options: where the result goes; what the word does not say stays
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_option(const char *word, struct kmc_listen_options *options)
{
	uint32_t denied = parse_denied(word);
	const char *value;

	options->denied |= denied;
	if (denied)
		return NULL;
	value = find_value(word, "backlog");
	if (value)
		return kmc_args_parse_backlog(value, &options->backlog);
	value = find_value(word, "protocol");
	if (value)
		return parse_protocol(value, &options->protocol);
	value = find_value(word, "auth");
	if (value)
		return kmc_args_parse_switch(value, &options->auth) ? BAD_AUTH : NULL;
	value = find_value(word, "inline");
	if (!value)
		return BAD_OPTION;
	options->has_inline = true;
	return kmc_args_parse_switch(value, &options->is_inline) ? BAD_INLINE : NULL;
}

/**
 * kmc_args_parse_id() - parse the id of a connection
 * @word: decimal digits
 * @id: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_id(const char *word, uint32_t *id)
{
	uint64_t number;

	if (!parse_number(word, 1, INT32_MAX, &number))
		return BAD_ID;
	*id = number;
	return NULL;
}

/**
 * kmc_args_parse_seconds() - parse a number of seconds
 * @word: decimal digits
 * @seconds: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_seconds(const char *word, uint32_t *seconds)
{
	uint64_t number;

	if (!parse_number(word, 0, UINT32_MAX, &number))
		return BAD_SECONDS;
	*seconds = number;
	return NULL;
}

/**
 * kmc_args_parse_count() - parse a number of something
 * @word: decimal digits
 * @count: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_count(const char *word, uint32_t *count)
{
	uint64_t number;

	if (!parse_number(word, 0, UINT32_MAX, &number))
		return BAD_COUNT;
	*count = number;
	return NULL;
}

/**
 * kmc_args_parse_character() - parse a character
 * @word: the character
 * @character: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_character(const char *word, uint8_t *character)
{
	if (strlen(word) != 1)
		return BAD_CHARACTER;
	*character = *word;
	return NULL;
}

/**
 * kmc_args_parse_token() - parse a line of a file that says who may come
 * @line: USER:PASSWORD, as memcached has it: the first colon divides, and a CR may end it
 * @token: where the result goes; undefined when refused
 *
 * Return: NULL, or what is wrong with @line, which is not shown.
 */
const char *kmc_args_parse_token(const char *line, struct kmc_token *token)
{
	const char *colon = strchr(line, ':');

	if (!colon || colon == line)
		return BAD_TOKEN;
	token->user = line;
	token->user_size = colon - line;
	token->password = colon + 1;
	token->password_size = strcspn(colon + 1, "\r");
	if (!token->password_size || strlen(colon + 1) - token->password_size > 1)
		return BAD_TOKEN;
	if (token->user_size + token->password_size > KMC_TOKEN_SIZE_MAX)
		return LONG_TOKEN;
	return NULL;
}

/**
 * kmc_args_parse_switch() - parse on or off
 * @word: the word
 * @on: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_switch(const char *word, bool *on)
{
	bool is_on = !strcmp(word, "on");

	if (!is_on && strcmp(word, "off"))
		return BAD_SWITCH;
	*on = is_on;
	return NULL;
}

/* The power of two that a unit letter stands for; 0 when it is none. */
static unsigned int unit_shift(char unit)
{
	static const char units[] = "kmgt";
	const char *at = strchr(units, unit | 0x20);

	return at && *at ? 10 * (at - units + 1) : 0;
}

/**
 * kmc_args_parse_size() - parse a size in bytes
 * @word: decimal digits, then nothing, or K, M, G or T (powers of 1024, either
 *	case), which B or iB may follow
 * @bytes: where the result goes; untouched when refused
 *
 * Return: NULL, or what is wrong with @word.
 */
const char *kmc_args_parse_size(const char *word, uint64_t *bytes)
{
	unsigned int shift;
	uint64_t number;

	if (!take_number(&word, &number))
		return is_digit(*word) ? HUGE_SIZE : BAD_SIZE;
	shift = unit_shift(*word);
	if (shift)
		word++;
	if (shift && (!strcmp(word, "B") || !strcmp(word, "iB")))
		word += strlen(word);
	if (*word)
		return BAD_SIZE;
	if (__builtin_mul_overflow(number, 1ULL << shift, &number))
		return HUGE_SIZE;
	*bytes = number;
	return NULL;
}

/**
 * kmc_args_compose_host() - write an address without its port
 * @addr: the address; its size must be 4 or 16
 * @text: where the text goes
 */
void kmc_args_compose_host(const struct kmc_addr *addr, char text[KMC_ADDR_TEXT_SIZE])
{
	int family = addr->size == 4 ? AF_INET : AF_INET6;

	if (!inet_ntop(family, addr->bytes, text, KMC_ADDR_TEXT_SIZE))
		*text = '\0';
}

/**
 * kmc_args_compose_addr() - write an address and port as the parser takes them
 * @addr: the address; its size must be 4 or 16
 * @text: where the text goes
 */
void kmc_args_compose_addr(const struct kmc_addr *addr, char text[KMC_ADDR_TEXT_SIZE])
{
	char host[KMC_ADDR_TEXT_SIZE];

	kmc_args_compose_host(addr, host);
	/* The longest IPv6 text has 45 characters: it fits. */
	snprintf(text, KMC_ADDR_TEXT_SIZE, addr->size == 4 ? "%.46s:%u" : "[%.46s]:%u", host,
		 addr->port);
}
