// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/*
 * One way to print for people and for programs, so that neither is forgotten.
 * Text waits in cells until an object or list is complete, because only then
 * the widths of its columns are known; JSON goes out at once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

struct kmc_out_cell {
	char *label;
	char *value;
	size_t width;	/* in the first row of a table: that of the column */
};

static void fail(struct kmc_out *out, int error)
{
	if (!out->error)
		out->error = error;
}

/**
 * kmc_out_start() - prepare to print
 * @out: what to initialize
 * @file: where to print
 * @json: print JSON
 */
void kmc_out_start(struct kmc_out *out, FILE *file, bool json)
{
	memset(out, 0, sizeof(*out));
	out->file = file;
	out->json = json;
}

/**
 * kmc_out_finish() - make sure that everything was written
 * @out: what was printed to
 *
 * Return: 0, or the negative errno of the first thing that went wrong.
 */
int kmc_out_finish(struct kmc_out *out)
{
	/* What a failed write of an earlier flush was is not kept by stdio. */
	if (fflush(out->file))
		fail(out, -errno);
	else if (ferror(out->file))
		fail(out, -EIO);
	return out->error;
}

/*
 * How many bytes the valid UTF-8 sequence at text has; 0 when it is not valid.
 * The table gives the range of the second byte where it is narrower than usual,
 * which excludes overlong forms, surrogates and what is beyond Unicode.
 */
static size_t utf8_size(const unsigned char *text)
{
	static const struct {
		unsigned char first, last, low, high, size;
	} rows[] = {
		{ 0x00, 0x7f, 0x00, 0x00, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t row, at;

	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		if (*text >= rows[row].first && *text <= rows[row].last)
			break;
	}
	if (row == sizeof(rows) / sizeof(rows[0]))
		return 0;
	if (rows[row].size > 1 && (text[1] < rows[row].low || text[1] > rows[row].high))
		return 0;
	for (at = 2; at < rows[row].size; at++) {
		if ((text[at] & 0xc0) != 0x80)
			return 0;
	}
	return rows[row].size;
}

static void put_json_string(FILE *file, const char *string)
{
	const unsigned char *at = (const unsigned char *)string;
	size_t size;

	fputc('"', file);
	for (; *at; at += size ? size : 1) {
		size = utf8_size(at);
		if (!size)
			fputs("\\ufffd", file);
		else if (*at == '"' || *at == '\\')
			fprintf(file, "\\%c", *at);
		else if (*at < 0x20)
			fprintf(file, "\\u%04x", *at);
		else
			fwrite(at, 1, size, file);
	}
	fputc('"', file);
}

static void put_json_name(struct kmc_out *out, const char *name)
{
	if (!out->first_member)
		fputc(',', out->file);
	out->first_member = false;
	put_json_string(out->file, name);
	fputc(':', out->file);
}

static void add_cell(struct kmc_out *out, const char *label, const char *value)
{
	struct kmc_out_cell *cells = out->cells;

	if (out->count == out->room) {
		out->room = out->room ? 2 * out->room : 64;
		cells = reallocarray(cells, out->room, sizeof(*cells));
		if (!cells)
			goto fail;
		out->cells = cells;
	}
	cells[out->count].label = strdup(label);
	cells[out->count].value = strdup(value);
	out->count++;
	if (cells[out->count - 1].label && cells[out->count - 1].value)
		return;
fail:
	/* A verb that cannot print has nothing else to do. */
	fprintf(stderr, "kmcctl: out of memory\n");
	exit(1);
}

static void drop_cells(struct kmc_out *out)
{
	size_t at;

	for (at = 0; at < out->count; at++) {
		free(out->cells[at].label);
		free(out->cells[at].value);
	}
	free(out->cells);
	out->cells = NULL;
	out->count = 0;
	out->room = 0;
	out->columns = 0;
}

static size_t longest(size_t length, const char *text)
{
	return strlen(text) > length ? strlen(text) : length;
}

/* One object: a line a member, label first. */
static void print_members(struct kmc_out *out)
{
	size_t width = 0, at;

	for (at = 0; at < out->count; at++)
		width = longest(width, out->cells[at].label);
	for (at = 0; at < out->count; at++)
		fprintf(out->file, "%-*s  %s\n", (int)width, out->cells[at].label,
			out->cells[at].value);
}

static void print_cell(struct kmc_out *out, size_t column, const char *text)
{
	if (column + 1 == out->columns)
		fprintf(out->file, "%s\n", text);
	else
		fprintf(out->file, "%-*s  ", (int)out->cells[column].width, text);
}

/* A list: a line an object, below a line of labels. */
static void print_table(struct kmc_out *out)
{
	size_t at, column;

	for (at = 0; at < out->columns; at++)
		out->cells[at].width = strlen(out->cells[at].label);
	for (at = 0; at < out->count; at++) {
		column = at % out->columns;
		out->cells[column].width = longest(out->cells[column].width, out->cells[at].value);
	}
	for (at = 0; at < out->columns; at++)
		print_cell(out, at, out->cells[at].label);
	for (at = 0; at < out->count; at++)
		print_cell(out, at % out->columns, out->cells[at].value);
}

/**
 * kmc_out_open_list() - begin the list that is all a verb prints
 * @out: where to print
 *
 * As text it is a table, whose columns are the members of its first object; the
 * others must have the same.
 */
void kmc_out_open_list(struct kmc_out *out)
{
	out->in_list = true;
	out->first_object = true;
	if (out->json)
		fputc('[', out->file);
}

/**
 * kmc_out_close_list() - end a list
 * @out: where to print
 */
void kmc_out_close_list(struct kmc_out *out)
{
	out->in_list = false;
	if (out->json)
		fputs("]\n", out->file);
	else
		print_table(out);
	drop_cells(out);
}

/**
 * kmc_out_open_object() - begin an object, of a list or alone
 * @out: where to print
 */
void kmc_out_open_object(struct kmc_out *out)
{
	if (out->json)
		fputs(out->in_list && !out->first_object ? ",{" : "{", out->file);
	out->first_member = true;
}

/**
 * kmc_out_close_object() - end an object
 * @out: where to print
 */
void kmc_out_close_object(struct kmc_out *out)
{
	if (out->in_list && out->first_object)
		out->columns = out->count;
	out->first_object = false;
	if (out->json)
		fputs(out->in_list ? "}" : "}\n", out->file);
	else if (!out->in_list)
		print_members(out);
	if (!out->in_list)
		drop_cells(out);
}

/**
 * kmc_out_str() - print a member that is a string
 * @out: where to print
 * @name: its name in JSON; NULL: not there
 * @label: its label as text; NULL: not there
 * @value: any bytes; in JSON, what is not UTF-8 is replaced
 */
void kmc_out_str(struct kmc_out *out, const char *name, const char *label, const char *value)
{
	if (!out->json && label)
		add_cell(out, label, value);
	if (!out->json || !name)
		return;
	put_json_name(out, name);
	put_json_string(out->file, value);
}

/**
 * kmc_out_bool() - print a member that is true or false; as text, on or off
 * @out: where to print
 * @name: its name in JSON; NULL: not there
 * @label: its label as text; NULL: not there
 * @value: which
 */
void kmc_out_bool(struct kmc_out *out, const char *name, const char *label, bool value)
{
	if (!out->json && label)
		add_cell(out, label, value ? "on" : "off");
	if (!out->json || !name)
		return;
	put_json_name(out, name);
	fputs(value ? "true" : "false", out->file);
}

/**
 * kmc_out_u64() - print a member that is a number
 * @out: where to print
 * @name: its name in JSON; NULL: not there
 * @label: its label as text; NULL: not there
 * @value: the number
 */
void kmc_out_u64(struct kmc_out *out, const char *name, const char *label, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, value);
	if (!out->json && label)
		add_cell(out, label, text);
	if (!out->json || !name)
		return;
	put_json_name(out, name);
	fputs(text, out->file);
}

/**
 * kmc_out_u64_list() - print a member that is a list of numbers; in JSON only
 * @out: where to print
 * @name: its name
 * @values: the numbers
 * @count: how many
 */
void kmc_out_u64_list(struct kmc_out *out, const char *name, const uint64_t *values,
		      size_t count)
{
	size_t at;

	if (!out->json)
		return;
	put_json_name(out, name);
	fputc('[', out->file);
	for (at = 0; at < count; at++)
		fprintf(out->file, "%s%" PRIu64, at ? "," : "", values[at]);
	fputc(']', out->file);
}
