// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "dump.h"

#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/timekeeping.h>

#include "../cache/cache.h"
#include "../proto/num.h"
#include "../stats.h"
#include "binary_reply.h"
#include "classes.h"
#include "conns.h"
#include "keys.h"
#include "latency.h"

/* How something that clients can set is shown; for all but %NOT_TUNED it is there. */
enum style { NOT_TUNED, AS_NUMBER, AS_YES, AS_NO, AS_HUNDREDTHS };

/**
 * struct line - one line of a reply
 * @name: its name
 * @text: its value, if that is always the same
 * @read: what computes its value, if that is a number
 * @say: what computes its value, if that is a word
 * @ask: the same, if that depends on where the client came by
 * @is_on: if it says no, the line is left out
 * @style: if it is @tuning, how that is shown
 * @tuning: then, which
 * @stat: otherwise, the statistic that is its value
 *
 * A line with none of these is 0: memcached has it, tools may look for it, and it
 * has no meaning here.
 */
struct line {
	const char	*name;
	const char	*text;
	u64		(*read)(const struct kmc_env *env);
	const char	*(*say)(const struct kmc_env *env);
	const char	*(*ask)(const struct kmc_session *session);
	bool		(*is_on)(const struct kmc_env *env);
	enum style	style;
	enum kmc_tuning	tuning;
	enum kmc_stat	stat;
};

static u64 read_time(const struct kmc_env *env)
{
	return ktime_get_real_seconds();
}

static u64 read_pointer_bits(const struct kmc_env *env)
{
	return BITS_PER_LONG;
}

static u64 read_cpus(const struct kmc_env *env)
{
	return num_online_cpus();
}

static u64 read_one(const struct kmc_env *env)
{
	return 1;
}

static u64 read_hash_power(const struct kmc_env *env)
{
	return ilog2(kmc_dump_read_stat(env, KMC_STAT_HASH_BUCKETS));
}

static u64 read_item_size_max(const struct kmc_env *env)
{
	return READ_ONCE(env->item_size_max);
}

static u64 read_flags_bytes(const struct kmc_env *env)
{
	return sizeof(u32);
}

static const char *say_evict(const struct kmc_env *env)
{
	struct kmc_cache_config config;

	kmc_cache_read_config(env->cache, &config);
	return config.evict ? "on" : "off";
}

static u64 read_requests_per_turn(const struct kmc_env *env)
{
	return READ_ONCE(env->requests_per_turn);
}

static u64 read_idle_timeout(const struct kmc_env *env)
{
	return READ_ONCE(env->idle_timeout);
}

static bool has_idle_timeout(const struct kmc_env *env)
{
	return READ_ONCE(env->idle_timeout);
}

/* One byte and a NUL that stays: while it is changed it is the old one or the new one. */
static const char *say_prefix_delimiter(const struct kmc_env *env)
{
	return env->prefix_delimiter;
}

static const char *yes_or_no(bool yes)
{
	return yes ? "yes" : "no";
}

static const char *ask_protocol(const struct kmc_session *session)
{
	switch (session->access->protocol) {
	case KMC_PROTOCOL_TEXT:
		return "ascii";
	case KMC_PROTOCOL_BINARY:
		return "binary";
	default:
		return "auto-negotiate";
	}
}

static const char *ask_auth_sasl(const struct kmc_session *session)
{
	return yes_or_no(session->access->auth &&
			 session->access->protocol != KMC_PROTOCOL_TEXT);
}

static const char *ask_auth_ascii(const struct kmc_session *session)
{
	return yes_or_no(session->access->auth &&
			 session->access->protocol != KMC_PROTOCOL_BINARY);
}

static const char *ask_flush(const struct kmc_session *session)
{
	return yes_or_no(kmc_session_may(session, KMC_CAP_FLUSH));
}

static const char *ask_dump(const struct kmc_session *session)
{
	return yes_or_no(kmc_session_may(session, KMC_CAP_DUMP));
}

static const char *say_detail(const struct kmc_env *env)
{
	return yes_or_no(kmc_prefixes_is_on(&env->prefixes));
}

static u64 read_watcher_bytes(const struct kmc_env *env)
{
	return KMC_WATCHER_BYTES;
}

#define NUM(_name, _stat)	{ .name = _name, .stat = KMC_STAT_##_stat }
#define CALL(_name, _read)	{ .name = _name, .read = _read }
#define SAY(_name, _say)	{ .name = _name, .say = _say }
#define ASK(_name, _ask)	{ .name = _name, .ask = _ask }
#define TEXT(_name, _text)	{ .name = _name, .text = _text }
#define ZERO(_name)		{ .name = _name }
#define TUNING(_name, _tuning, _style) \
	{ .name = _name, .tuning = KMC_TUNING_##_tuning, .style = _style }

/* In memcached's order. The kernel's time is not accounted per module: rusage is 0. */
static const struct line stats_lines[] = {
	ZERO("pid"),
	NUM("uptime", UPTIME),
	CALL("time", read_time),
	TEXT("version", KMC_PROTO_VERSION),
	TEXT("libevent", "none"),
	CALL("pointer_size", read_pointer_bits),
	TEXT("rusage_user", "0.000000"),
	TEXT("rusage_system", "0.000000"),
	NUM("max_connections", MAX_CONNECTIONS),
	NUM("curr_connections", CURR_CONNECTIONS),
	NUM("total_connections", TOTAL_CONNECTIONS),
	NUM("rejected_connections", REJECTED_CONNECTIONS),
	NUM("connection_structures", CURR_CONNECTIONS),
	ZERO("response_obj_oom"),
	ZERO("response_obj_count"),
	ZERO("response_obj_bytes"),
	ZERO("read_buf_count"),
	ZERO("read_buf_bytes"),
	ZERO("read_buf_bytes_free"),
	ZERO("read_buf_oom"),
	ZERO("reserved_fds"),
	NUM("cmd_get", CMD_GET),
	NUM("cmd_set", CMD_SET),
	NUM("cmd_flush", CMD_FLUSH),
	NUM("cmd_touch", CMD_TOUCH),
	NUM("cmd_meta", CMD_META),
	NUM("get_hits", GET_HITS),
	NUM("get_misses", GET_MISSES),
	NUM("get_expired", GET_EXPIRED),
	NUM("get_flushed", GET_FLUSHED),
	NUM("delete_misses", DELETE_MISSES),
	NUM("delete_hits", DELETE_HITS),
	NUM("incr_misses", INCR_MISSES),
	NUM("incr_hits", INCR_HITS),
	NUM("decr_misses", DECR_MISSES),
	NUM("decr_hits", DECR_HITS),
	NUM("cas_misses", CAS_MISSES),
	NUM("cas_hits", CAS_HITS),
	NUM("cas_badval", CAS_BADVAL),
	NUM("touch_hits", TOUCH_HITS),
	NUM("touch_misses", TOUCH_MISSES),
	NUM("store_too_large", STORE_TOO_LARGE),
	NUM("store_no_memory", STORE_NO_MEMORY),
	NUM("auth_cmds", AUTH_CMDS),
	NUM("auth_errors", AUTH_ERRORS),
	{ .name = "idle_kicks", .stat = KMC_STAT_IDLE_KICKS, .is_on = has_idle_timeout },
	NUM("bytes_read", BYTES_READ),
	NUM("bytes_written", BYTES_WRITTEN),
	NUM("limit_maxbytes", LIMIT_MAXBYTES),
	CALL("accepting_conns", read_one),
	ZERO("listen_disabled_num"),
	ZERO("time_in_listen_disabled_us"),
	CALL("threads", read_cpus),
	NUM("conn_yields", CONN_YIELDS),
	CALL("hash_power_level", read_hash_power),
	NUM("hash_bytes", HASH_BYTES),
	NUM("hash_is_expanding", HASH_IS_EXPANDING),
	ZERO("slab_reassign_rescues"),
	ZERO("slab_reassign_chunk_rescues"),
	ZERO("slab_reassign_inline_reclaim"),
	ZERO("slab_reassign_busy_items"),
	ZERO("slab_reassign_busy_deletes"),
	ZERO("slab_reassign_busy_nomem"),
	ZERO("slab_reassign_last_busy_status"),
	ZERO("slab_reassign_running"),
	ZERO("slabs_moved"),
	ZERO("lru_crawler_running"),
	ZERO("lru_crawler_starts"),
	ZERO("lru_maintainer_juggles"),
	ZERO("malloc_fails"),
	NUM("log_worker_dropped", LOG_WORKER_DROPPED),
	NUM("log_worker_written", LOG_WORKER_WRITTEN),
	NUM("log_watcher_skipped", LOG_WATCHER_SKIPPED),
	NUM("log_watcher_sent", LOG_WATCHER_SENT),
	NUM("log_watchers", LOG_WATCHERS),
	ZERO("unexpected_napi_ids"),
	ZERO("round_robin_fallback"),
	NUM("bytes", BYTES),
	NUM("curr_items", CURR_ITEMS),
	NUM("total_items", TOTAL_ITEMS),
	ZERO("slab_global_page_pool"),
	NUM("expired_unfetched", EXPIRED_UNFETCHED),
	NUM("evicted_unfetched", EVICTED_UNFETCHED),
	ZERO("evicted_active"),
	NUM("evictions", EVICTIONS),
	NUM("reclaimed", RECLAIMED),
	ZERO("crawler_reclaimed"),
	ZERO("crawler_items_checked"),
	ZERO("lrutail_reflocked"),
	ZERO("moves_to_cold"),
	ZERO("moves_to_warm"),
	ZERO("moves_within_lru"),
	ZERO("direct_reclaims"),
	ZERO("lru_bumps_dropped"),
};

static const struct line settings_lines[] = {
	NUM("maxbytes", LIMIT_MAXBYTES),
	NUM("maxconns", MAX_CONNECTIONS),
	ZERO("tcpport"),
	ZERO("udpport"),
	TEXT("inter", "NULL"),
	ZERO("verbosity"),
	ZERO("oldest"),
	SAY("evictions", say_evict),
	TEXT("domain_socket", "NULL"),
	TEXT("umask", "700"),
	TEXT("shutdown_command", "no"),
	TEXT("growth_factor", "1.25"),
	TEXT("chunk_size", "48"),
	CALL("num_threads", read_cpus),
	ZERO("num_threads_per_udp"),
	SAY("stat_key_prefix", say_prefix_delimiter),
	SAY("detail_enabled", say_detail),
	CALL("reqs_per_event", read_requests_per_turn),
	TEXT("cas_enabled", "yes"),
	TEXT("tcp_backlog", "1024"),
	ASK("binding_protocol", ask_protocol),
	ASK("auth_enabled_sasl", ask_auth_sasl),
	ASK("auth_enabled_ascii", ask_auth_ascii),
	CALL("item_size_max", read_item_size_max),
	TEXT("maxconns_fast", "yes"),
	TEXT("hashpower_init", "12"),
	TEXT("slab_reassign", "yes"),
	TUNING("slab_automove", AUTOMOVE, AS_NUMBER),
	TUNING("slab_automove_ratio", AUTOMOVE_RATIO, AS_HUNDREDTHS),
	TUNING("slab_automove_window", AUTOMOVE_WINDOW, AS_NUMBER),
	ZERO("slab_chunk_max"),
	TUNING("lru_crawler", CRAWLER_OFF, AS_NO),
	TUNING("lru_crawler_sleep", CRAWLER_SLEEP, AS_NUMBER),
	TUNING("lru_crawler_tocrawl", CRAWLER_TOCRAWL, AS_NUMBER),
	ZERO("tail_repair_time"),
	ASK("flush_enabled", ask_flush),
	ASK("dump_enabled", ask_dump),
	TEXT("hash_algorithm", "hsiphash"),
	TEXT("lru_maintainer_thread", "yes"),
	TUNING("lru_segmented", SEGMENTED, AS_YES),
	TUNING("hot_lru_pct", HOT_PCT, AS_NUMBER),
	TUNING("warm_lru_pct", WARM_PCT, AS_NUMBER),
	TUNING("hot_max_factor", HOT_FACTOR, AS_HUNDREDTHS),
	TUNING("warm_max_factor", WARM_FACTOR, AS_HUNDREDTHS),
	TUNING("temp_lru", TEMP_LRU, AS_YES),
	TUNING("temporary_ttl", TEMP_TTL, AS_NUMBER),
	CALL("idle_timeout", read_idle_timeout),
	CALL("watcher_logbuf_size", read_watcher_bytes),
	ZERO("worker_logbuf_size"),
	ZERO("read_buf_mem_limit"),
	TEXT("track_sizes", "no"),
	TEXT("inline_ascii_response", "no"),
	ZERO("num_napi_ids"),
	TEXT("memory_file", "(null)"),
	CALL("client_flags_size", read_flags_bytes),
};

/**
 * kmc_dump_read_stat() - one statistic, counter or state
 * @env: the server
 * @stat: which
 *
 * Return: its value.
 */
u64 kmc_dump_read_stat(const struct kmc_env *env, enum kmc_stat stat)
{
	struct kmc_cache_usage usage;

	kmc_cache_read_usage(env->cache, &usage);
	switch (stat) {
	case KMC_STAT_UPTIME:
		return usage.uptime;
	case KMC_STAT_CURR_CONNECTIONS:
		return atomic_read(&env->connections);
	case KMC_STAT_MAX_CONNECTIONS:
		return READ_ONCE(env->max_connections);
	case KMC_STAT_CURR_ITEMS:
		return usage.items;
	case KMC_STAT_BYTES:
		return usage.bytes;
	case KMC_STAT_LIMIT_MAXBYTES:
		return usage.limit;
	case KMC_STAT_MEM_USED:
		return usage.mem_used;
	case KMC_STAT_HASH_BUCKETS:
		return usage.buckets;
	case KMC_STAT_HASH_BYTES:
		return usage.index_bytes;
	case KMC_STAT_HASH_IS_EXPANDING:
		return usage.expanding;
	case KMC_STAT_LOG_WATCHERS:
		return READ_ONCE(env->watch.nr);
	case KMC_STAT_LIMIT_PENDING:
		return usage.mem_used > usage.limit;
	default:
		return kmc_stats_read(env->stats, stat);
	}
}

/* Prefixes may be many, and are removed by and by. */
static enum kmc_reply reset(struct kmc_session *session)
{
	struct kmc_env *env = session->env;

	kmc_stats_reset(env->stats);
	kmc_latency_reset(env->latency);
	kmc_cache_reset_classes(env->cache);
	if (kmc_prefixes_is_empty(&env->prefixes))
		return KMC_REPLY_RESET;
	session->dump = KMC_DUMP_RESET;
	session->dump_line = 0;
	return KMC_REPLY_NONE;
}

/**
 * kmc_dump_begin() - execute stats
 * @session: the connection's protocol state
 * @arg: the word after ``stats``; memcached takes any beginning of a word it knows,
 *	so that ``stats res`` resets; here it must be the word
 * @rest: what follows that
 *
 * Return: %KMC_REPLY_NONE, and kmc_dump_next() makes the reply; %KMC_REPLY_RESET; what to
 * answer to ``stats detail``, that it is not allowed included; or %KMC_REPLY_ERROR if there
 * is no such word.
 */
enum kmc_reply kmc_dump_begin(struct kmc_session *session, struct kmc_span arg,
			      struct kmc_span rest)
{
	static const struct {
		const char *word;
		enum kmc_dump dump;
	} dumps[] = {
		{ "", KMC_DUMP_STATS },
		{ "settings", KMC_DUMP_SETTINGS },
		{ "items", KMC_DUMP_ITEMS },
		{ "slabs", KMC_DUMP_SLABS },
		{ "sizes", KMC_DUMP_SIZES },
		{ "conns", KMC_DUMP_CONNS },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		if (!kmc_token_is(arg, dumps[i].word))
			continue;
		/* memcached does not have it in the binary protocol */
		if (dumps[i].dump == KMC_DUMP_CONNS && session->is_binary)
			return KMC_REPLY_ERROR;
		session->dump = dumps[i].dump;
		session->dump_line = 0;
		return KMC_REPLY_NONE;
	}
	if (kmc_token_is(arg, "detail")) {
		if (!kmc_session_may(session, KMC_CAP_DUMP))
			return KMC_REPLY_DENIED_DETAIL;
		kmc_token_next(&rest, &arg);
		return kmc_prefixes_command(session, arg);
	}
	return kmc_token_is(arg, "reset") ? reset(session) : KMC_REPLY_ERROR;
}

/**
 * kmc_dump_put() - append text to a line
 * @buf: the line, with room for it
 * @at: its length
 * @text: the text
 *
 * Return: its new length.
 */
size_t kmc_dump_put(char *buf, size_t at, const char *text)
{
	size_t len = strlen(text);

	memcpy(buf + at, text, len);
	return at + len;
}

static size_t put_span(char *buf, size_t at, struct kmc_span span)
{
	memcpy(buf + at, span.p, span.len);
	return at + span.len;
}

/**
 * kmc_dump_add() - add a statistic to the reply
 * @session: the connection's protocol state
 * @name: its name
 * @value: its value
 * @out: a batch with room
 */
void kmc_dump_add(struct kmc_session *session, struct kmc_span name, struct kmc_span value,
		  struct kmc_out *out)
{
	char *buf;
	size_t at;

	if (session->is_binary) {
		kmc_binary_reply_add_stat(session, name, value, out);
		return;
	}
	buf = kmc_out_line(out);
	at = kmc_dump_put(buf, 0, "STAT ");
	at = put_span(buf, at, name);
	at = kmc_dump_put(buf, at, " ");
	at = put_span(buf, at, value);
	kmc_out_commit(out, kmc_dump_put(buf, at, "\r\n"));
}

/**
 * kmc_dump_add_number() - add a statistic that is a number
 * @session: the connection's protocol state
 * @name: its name
 * @value: its value
 * @out: a batch with room
 */
void kmc_dump_add_number(struct kmc_session *session, struct kmc_span name, u64 value,
			 struct kmc_out *out)
{
	char text[KMC_NUM_DIGITS_MAX];
	struct kmc_span span = { .p = text, .len = kmc_num_compose(text, value) };

	kmc_dump_add(session, name, span, out);
}

/**
 * kmc_dump_end() - there are no more statistics
 * @session: the connection's protocol state
 * @out: a batch with room
 */
void kmc_dump_end(struct kmc_session *session, struct kmc_out *out)
{
	struct kmc_span nothing = { .p = "", .len = 0 };

	if (session->is_binary)
		kmc_binary_reply_add_stat(session, nothing, nothing, out);
	else
		kmc_out_add_reply(out, KMC_REPLY_END);
	session->dump = KMC_DUMP_NONE;
}

static struct kmc_span span_of(const char *text)
{
	return (struct kmc_span){ .p = text, .len = strlen(text) };
}

static void add_hundredths(struct kmc_session *session, struct kmc_span name, u32 value,
			   struct kmc_out *out)
{
	char text[KMC_NUM_DIGITS_MAX + 3];
	size_t at = kmc_num_compose(text, value / 100);

	text[at++] = '.';
	text[at++] = '0' + value / 10 % 10;
	text[at++] = '0' + value % 10;
	kmc_dump_add(session, name, (struct kmc_span){ .p = text, .len = at }, out);
}

static void add_tuning(struct kmc_session *session, const struct line *line, struct kmc_out *out)
{
	u32 value = READ_ONCE(session->env->tuning[line->tuning]);
	struct kmc_span name = span_of(line->name);
	bool is_yes = !value == (line->style == AS_NO);

	if (line->style == AS_NUMBER)
		kmc_dump_add_number(session, name, value, out);
	else if (line->style == AS_HUNDREDTHS)
		add_hundredths(session, name, value, out);
	else
		kmc_dump_add(session, name, span_of(is_yes ? "yes" : "no"), out);
}

static void add_line(struct kmc_session *session, const struct line *line, struct kmc_out *out)
{
	const struct kmc_env *env = session->env;
	struct kmc_span name = span_of(line->name);

	if (line->is_on && !line->is_on(env))
		return;
	if (line->text)
		kmc_dump_add(session, name, span_of(line->text), out);
	else if (line->say)
		kmc_dump_add(session, name, span_of(line->say(env)), out);
	else if (line->ask)
		kmc_dump_add(session, name, span_of(line->ask(session)), out);
	else if (line->read)
		kmc_dump_add_number(session, name, line->read(env), out);
	else if (line->style)
		add_tuning(session, line, out);
	else if (line->stat)
		kmc_dump_add_number(session, name, kmc_dump_read_stat(env, line->stat), out);
	else
		kmc_dump_add_number(session, name, 0, out);
}

/* As memcached without -o track_sizes. */
static const struct line sizes_lines[] = {
	TEXT("sizes_status", "disabled"),
};

static const struct line *lines_of(enum kmc_dump dump, size_t *count)
{
	switch (dump) {
	case KMC_DUMP_SETTINGS:
		*count = ARRAY_SIZE(settings_lines);
		return settings_lines;
	case KMC_DUMP_SIZES:
		*count = ARRAY_SIZE(sizes_lines);
		return sizes_lines;
	default:
		*count = ARRAY_SIZE(stats_lines);
		return stats_lines;
	}
}

/**
 * kmc_dump_next() - go on with a reply of many lines
 * @session: the connection's protocol state
 * @out: gets as much of it as there is room for
 *
 * Return: true if it is complete.
 */
bool kmc_dump_next(struct kmc_session *session, struct kmc_out *out)
{
	const struct line *lines;
	size_t count;

	switch (session->dump) {
	case KMC_DUMP_ITEMS:
	case KMC_DUMP_SLABS:
		return kmc_classes_next(session, out);
	case KMC_DUMP_METADUMP:
	case KMC_DUMP_MGDUMP:
	case KMC_DUMP_CACHEDUMP:
		return kmc_keys_next(session, out);
	case KMC_DUMP_CONNS:
		return kmc_conns_next(session, out);
	case KMC_DUMP_PREFIXES:
		return kmc_prefixes_next(session, out);
	case KMC_DUMP_RESET:
		return kmc_prefixes_reset_next(session, out);
	default:
		break;
	}
	lines = lines_of(session->dump, &count);
	while (kmc_out_has_room(out)) {
		if (session->dump_line == count) {
			kmc_dump_end(session, out);
			return true;
		}
		add_line(session, &lines[session->dump_line++], out);
	}
	return false;
}
