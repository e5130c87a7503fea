// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

/* How much of a long text a diagnostic shows on either side of the interesting place. */
#define EXPLAIN_AROUND 100

/**
 * bytes_room() - make room at the end
 * @b: the array
 * @len: bytes of room
 *
 * Return: where the room begins; the array's length is the caller's to change.
 */
char *bytes_room(struct bytes *b, size_t len)
{
	if (b->len + len > b->size) {
		b->size = (b->len + len) * 2;
		b->data = realloc(b->data, b->size);
		if (!b->data)
			abort();
	}
	return b->data + b->len;
}

/**
 * bytes_add() - append a copy
 * @b: the array
 * @data: what to append
 * @len: its length in bytes
 */
void bytes_add(struct bytes *b, const void *data, size_t len)
{
	char *room = bytes_room(b, len + 1);

	if (len)
		memcpy(room, data, len);
	b->len += len;
}

/**
 * bytes_fill() - append the same byte many times
 * @b: the array
 * @c: the byte
 * @len: how many of it
 */
void bytes_fill(struct bytes *b, char c, size_t len)
{
	memset(bytes_room(b, len), c, len);
	b->len += len;
}

/**
 * bytes_printf() - append formatted text, without the NUL at its end
 * @b: the array
 * @format: as for printf
 */
void bytes_printf(struct bytes *b, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);

	va_start(args, format);
	vsnprintf(bytes_room(b, len + 1), len + 1, format, args);
	va_end(args);
	b->len += len;
}

/**
 * bytes_free() - empty an array and give its memory back
 * @b: the array, which may be used again
 */
void bytes_free(struct bytes *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}

static void escape_add(struct bytes *b, unsigned char c)
{
	if (c == '\r')
		bytes_add(b, "\\r", 2);
	else if (c == '\n')
		bytes_add(b, "\\n", 2);
	else if (c < ' ' || c >= 0x7f || c == '\\')
		bytes_printf(b, "\\x%02x", c);
	else
		bytes_add(b, &c, 1);
}

/**
 * bytes_explain() - print bytes as part of a test's diagnostics
 * @what: what they are
 * @data: the bytes; all but printable ones are shown escaped
 * @len: how many
 * @around: the interesting offset; of a long text only that place is shown
 */
void bytes_explain(const char *what, const char *data, size_t len, size_t around)
{
	size_t begin = around > EXPLAIN_AROUND ? around - EXPLAIN_AROUND : 0;
	size_t end = around < len && len - around > EXPLAIN_AROUND ? around + EXPLAIN_AROUND : len;
	struct bytes text = { 0 };

	for (size_t i = begin; i < end; i++)
		escape_add(&text, data[i]);
	bytes_add(&text, "", 1);
	printf("# %s (%zu bytes, %zu..%zu shown): %s\n", what, len, begin, end, text.data);
	bytes_free(&text);
}
