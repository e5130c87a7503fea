/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Growing arrays of bytes, NUL bytes included. */
#ifndef E2E_BYTES_H
#define E2E_BYTES_H

#include <stddef.h>

/**
 * struct bytes - a growing array
 * @data: the bytes; NULL while nothing was ever added
 * @len: how many there are
 * @size: how many fit before it grows
 *
 * An all-zero one is empty and needs no other initialisation.
 */
struct bytes {
	char *data;
	size_t len;
	size_t size;
};

char *bytes_room(struct bytes *b, size_t len);
void bytes_add(struct bytes *b, const void *data, size_t len);
void bytes_fill(struct bytes *b, char c, size_t len);
void bytes_printf(struct bytes *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bytes_free(struct bytes *b);
void bytes_explain(const char *what, const char *data, size_t len, size_t around);

#endif
