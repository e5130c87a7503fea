// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "classes.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/stddef.h>

#include "../cache/cache.h"
#include "../proto/num.h"
#include "dump.h"

/**
 * struct row - one line of a class
 * @name: its name
 * @offset: where its value is in &struct kmc_cache_class
 * @is_use: it is a counter of requests instead
 * @use: which
 * @is_zero: it has none: memcached has it, tools may look for it, and it has no meaning here
 */
struct row {
	const char	*name;
	size_t		offset;
	bool		is_use;
	enum kmc_use	use;
	bool		is_zero;
};

#define FIELD(_name, _field) \
	{ .name = _name, .offset = offsetof(struct kmc_cache_class, _field) }
#define USE(_name, _use)	{ .name = _name, .is_use = true, .use = KMC_USE_##_use }
#define ZERO(_name)		{ .name = _name, .is_zero = true }

/* In memcached's order. It is one queue, for memcached's four. */
static const struct row items_rows[] = {
	FIELD("number", items),
	ZERO("number_hot"),
	ZERO("number_warm"),
	FIELD("number_cold", items),
	ZERO("age_hot"),
	ZERO("age_warm"),
	FIELD("age", age),
	FIELD("mem_requested", requested),
	FIELD("evicted", evicted),
	ZERO("evicted_nonzero"),
	FIELD("evicted_time", evicted_age),
	FIELD("outofmemory", no_memory),
	ZERO("tailrepairs"),
	FIELD("reclaimed", reclaimed),
	FIELD("expired_unfetched", expired_unfetched),
	FIELD("evicted_unfetched", evicted_unfetched),
	ZERO("evicted_active"),
	ZERO("crawler_reclaimed"),
	ZERO("crawler_items_checked"),
	ZERO("lrutail_reflocked"),
	ZERO("moves_to_cold"),
	ZERO("moves_to_warm"),
	ZERO("moves_within_lru"),
	ZERO("direct_reclaims"),
	ZERO("hits_to_hot"),
	ZERO("hits_to_warm"),
	ZERO("hits_to_cold"),
	ZERO("hits_to_temp"),
};

/* Of misses nobody knows the class. */
static const struct row slabs_rows[] = {
	FIELD("chunk_size", chunk_size),
	FIELD("chunks_per_page", slab_chunks),
	FIELD("total_pages", slabs),
	FIELD("total_chunks", chunks),
	FIELD("used_chunks", used),
	FIELD("free_chunks", free),
	ZERO("free_chunks_end"),
	USE("get_hits", GET),
	USE("cmd_set", SET),
	USE("delete_hits", DELETE),
	USE("incr_hits", INCR),
	USE("decr_hits", DECR),
	USE("cas_hits", CAS),
	USE("cas_badval", BADVAL),
	USE("touch_hits", TOUCH),
};

/* What stats slabs ends with. */
enum total { TOTAL_SLABS, TOTAL_BYTES, TOTALS };

static bool is_slabs(const struct kmc_session *session)
{
	return session->dump == KMC_DUMP_SLABS;
}

static const struct row *rows_of(const struct kmc_session *session, unsigned int *count)
{
	*count = is_slabs(session) ? ARRAY_SIZE(slabs_rows) : ARRAY_SIZE(items_rows);
	return is_slabs(session) ? slabs_rows : items_rows;
}

/* An item larger than all chunks has no chunk size: tools get the mean. */
static void read_class(const struct kmc_session *session, unsigned int number,
		       struct kmc_cache_class *class)
{
	kmc_cache_read_class(session->env->cache, number, class);
	if (!class->chunk_size && class->items)
		class->chunk_size = div64_u64(class->requested, class->items);
}

static u64 read_row(const struct kmc_session *session, unsigned int number,
		    const struct row *row, const struct kmc_cache_class *class)
{
	if (row->is_use)
		return kmc_cache_read_use(session->env->cache, number, row->use);
	return row->is_zero ? 0 : *(const u64 *)((const char *)class + row->offset);
}

/* What was done to a class is told, also when nothing of it is left. */
static bool is_shown(const struct kmc_session *session, unsigned int number,
		     const struct kmc_cache_class *class)
{
	return class->slabs ||
	       (is_slabs(session) && kmc_cache_is_class_used(session->env->cache, number));
}

static void add_row(struct kmc_session *session, struct kmc_out *out, unsigned int number,
		    const struct row *row, const struct kmc_cache_class *class)
{
	u64 value = read_row(session, number, row, class);
	char text[KMC_DUMP_NAME_MAX];
	struct kmc_span name = { .p = text };
	size_t at = kmc_dump_put(text, 0, is_slabs(session) ? "" : "items:");

	at += kmc_num_compose(text + at, number + 1);
	at = kmc_dump_put(text, at, ":");
	name.len = kmc_dump_put(text, at, row->name);
	kmc_dump_add_number(session, name, value, out);
}

static void add_total(struct kmc_session *session, struct kmc_out *out, enum total total)
{
	struct kmc_cache *cache = session->env->cache;
	struct kmc_cache_usage usage;
	struct kmc_cache_class class;
	unsigned int i;
	u64 active = 0;
	static const struct kmc_span names[TOTALS] = {
		[TOTAL_SLABS] = { .p = "active_slabs", .len = 12 },
		[TOTAL_BYTES] = { .p = "total_malloced", .len = 14 },
	};

	for (i = 0; i < kmc_cache_classes(cache); i++) {
		kmc_cache_read_class(cache, i, &class);
		active += class.slabs != 0;
	}
	kmc_cache_read_usage(cache, &usage);
	kmc_dump_add_number(session, names[total],
			    total == TOTAL_SLABS ? active : usage.mem_used, out);
}

/* The next line, or several classes passed over that hold nothing. False: there are no more. */
static bool next_line(struct kmc_session *session, struct kmc_out *out)
{
	struct kmc_cache_class class;
	unsigned int count, number, at;
	const struct row *rows = rows_of(session, &count);
	unsigned int end = kmc_cache_classes(session->env->cache) * count;

	while (session->dump_line < end) {
		number = session->dump_line / count;
		at = session->dump_line % count;
		read_class(session, number, &class);
		if (at || is_shown(session, number, &class)) {
			add_row(session, out, number, &rows[at], &class);
			session->dump_line++;
			return true;
		}
		session->dump_line += count;
	}
	at = session->dump_line - end;
	if (!is_slabs(session) || at == TOTALS)
		return false;
	add_total(session, out, at);
	session->dump_line++;
	return true;
}

/**
 * kmc_classes_next() - go on with ``stats items`` or ``stats slabs``
 * @session: the connection's protocol state
 * @out: gets as much of it as there is room for
 *
 * Return: true if it is complete.
 */
bool kmc_classes_next(struct kmc_session *session, struct kmc_out *out)
{
	while (kmc_out_has_room(out)) {
		if (next_line(session, out))
			continue;
		kmc_dump_end(session, out);
		return true;
	}
	return false;
}
