/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* The meta commands: a line -> a request, and what was found -> a reply. Pure. */
#ifndef KMC_PROTO_META_H
#define KMC_PROTO_META_H

#include "reply.h"
#include "request.h"

/**
 * struct kmc_meta_view - what a reply can tell of an item
 * @code: the two letters that the reply begins with
 * @answers: the flags that are answered, if they were asked for
 * @has_value: the length of the value is behind @code
 * @value_len: that length
 * @key: the key
 * @is_binary: it is to be written as base64
 * @flags: client flags
 * @cas: cas id
 * @ttl: seconds until it expires, before the request; negative: never
 * @ttl_touch: the same when ``T`` has done its work
 * @ttl_vivify: the same when ``N`` has done its work
 * @is_new: the request has made the item, so that ``N`` has work to do
 * @age: what ``l`` is answered with, seconds
 * @was_read: it was read before
 * @is_sent: somebody else was told to fetch the value anew
 * @is_stale: its value was declared stale
 * @is_won: this reader is told to fetch the value anew
 * @class: what ``me`` tells as its class
 * @size: what ``me`` tells as its size, bytes
 */
struct kmc_meta_view {
	const char	*code;
	const char	*answers;
	bool		has_value;
	u32		value_len;
	struct kmc_span	key;
	bool		is_binary;
	u32		flags;
	u64		cas;
	s64		ttl;
	s64		ttl_touch;
	s64		ttl_vivify;
	bool		is_new;
	u32		age;
	bool		was_read;
	bool		is_sent;
	bool		is_stale;
	bool		is_won;
	u32		class;
	u64		size;
};

enum kmc_reply kmc_meta_parse(struct kmc_span args, struct kmc_request *req);
size_t kmc_meta_compose(char *buf, const struct kmc_meta_ask *ask,
			const struct kmc_meta_view *view);
size_t kmc_meta_compose_debug(char *buf, const struct kmc_meta_view *view);

#endif
