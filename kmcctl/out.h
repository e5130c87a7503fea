/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_OUT_H
#define KMCCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct kmc_out_cell;

/**
 * struct kmc_out - what a verb prints, as text or as JSON
 * @file: where it goes
 * @json: JSON instead of text
 * @in_list: between open_list and close_list
 * @first_object: the next object is the first of its list
 * @first_member: the next member is the first of its object
 * @error: 0, or the negative errno of what went wrong first
 * @cells: text only: what was printed and waits for the column widths
 * @count: how many cells there are
 * @room: how many cells there is memory for
 * @columns: how many cells the first object of a list has
 *
 * A verb prints either one object or one list of objects, and describes each
 * member once, for both forms.
 */
struct kmc_out {
	FILE *file;
	bool json;
	bool in_list;
	bool first_object;
	bool first_member;
	int error;
	struct kmc_out_cell *cells;
	size_t count;
	size_t room;
	size_t columns;
};

void kmc_out_start(struct kmc_out *out, FILE *file, bool json);
int kmc_out_finish(struct kmc_out *out);

void kmc_out_open_list(struct kmc_out *out);
void kmc_out_close_list(struct kmc_out *out);
void kmc_out_open_object(struct kmc_out *out);
void kmc_out_close_object(struct kmc_out *out);

void kmc_out_str(struct kmc_out *out, const char *name, const char *label, const char *value);
void kmc_out_bool(struct kmc_out *out, const char *name, const char *label, bool value);
void kmc_out_u64(struct kmc_out *out, const char *name, const char *label, uint64_t value);
void kmc_out_u64_list(struct kmc_out *out, const char *name, const uint64_t *values,
		      size_t count);

#endif /* KMCCTL_OUT_H */
