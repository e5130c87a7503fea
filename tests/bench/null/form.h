/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* What the null responder answers to what. */
#ifndef KMC_NULL_FORM_H
#define KMC_NULL_FORM_H

#include <linux/list.h>
#include <linux/types.h>

/**
 * struct null_form - requests that begin with the same byte
 * @node: in the list of all that there ever were
 * @request_size: bytes of such a request
 * @reply_size: bytes of what is answered
 * @reply: what is answered
 *
 * It never changes, and is there until the module goes: replies may be under way.
 */
struct null_form {
	struct list_head	node;
	u32			request_size;
	u32			reply_size;
	char			reply[];
};

const struct null_form *null_form_find(u8 first);
int null_form_module_init(void);
void null_form_module_uninit(void);

#endif
