// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include <linux/kmemcached.h>

#include "verb.h"

/**
 * struct stat_row - how a statistic is shown
 * @name: what memcached calls it
 * @unit: what is counted
 */
struct stat_row {
	const char *name;
	const char *unit;
};

/* In the order of &enum kmc_stat, which is also the order of an answer. */
static const struct stat_row stats[] = {
	[KMC_STAT_UNSPEC] = { NULL, NULL },
	[KMC_STAT_UPTIME] = { "uptime", "seconds" },
	[KMC_STAT_CURR_CONNECTIONS] = { "curr_connections", "connections, now" },
	[KMC_STAT_MAX_CONNECTIONS] = { "max_connections", "connections, the limit" },
	[KMC_STAT_TOTAL_CONNECTIONS] = { "total_connections", "connections" },
	[KMC_STAT_REJECTED_CONNECTIONS] = { "rejected_connections", "connections" },
	[KMC_STAT_CMD_GET] = { "cmd_get", "keys" },
	[KMC_STAT_CMD_SET] = { "cmd_set", "values" },
	[KMC_STAT_CMD_FLUSH] = { "cmd_flush", "commands" },
	[KMC_STAT_CMD_TOUCH] = { "cmd_touch", "keys" },
	[KMC_STAT_GET_HITS] = { "get_hits", "keys" },
	[KMC_STAT_GET_MISSES] = { "get_misses", "keys" },
	[KMC_STAT_GET_EXPIRED] = { "get_expired", "keys" },
	[KMC_STAT_GET_FLUSHED] = { "get_flushed", "keys" },
	[KMC_STAT_DELETE_HITS] = { "delete_hits", "keys" },
	[KMC_STAT_DELETE_MISSES] = { "delete_misses", "keys" },
	[KMC_STAT_INCR_HITS] = { "incr_hits", "keys" },
	[KMC_STAT_INCR_MISSES] = { "incr_misses", "keys" },
	[KMC_STAT_DECR_HITS] = { "decr_hits", "keys" },
	[KMC_STAT_DECR_MISSES] = { "decr_misses", "keys" },
	[KMC_STAT_CAS_HITS] = { "cas_hits", "keys" },
	[KMC_STAT_CAS_MISSES] = { "cas_misses", "keys" },
	[KMC_STAT_CAS_BADVAL] = { "cas_badval", "keys" },
	[KMC_STAT_TOUCH_HITS] = { "touch_hits", "keys" },
	[KMC_STAT_TOUCH_MISSES] = { "touch_misses", "keys" },
	[KMC_STAT_STORE_TOO_LARGE] = { "store_too_large", "values" },
	[KMC_STAT_STORE_NO_MEMORY] = { "store_no_memory", "values" },
	[KMC_STAT_BYTES_READ] = { "bytes_read", "bytes" },
	[KMC_STAT_BYTES_WRITTEN] = { "bytes_written", "bytes" },
	[KMC_STAT_CONN_YIELDS] = { "conn_yields", "times" },
	[KMC_STAT_CURR_ITEMS] = { "curr_items", "items, now" },
	[KMC_STAT_TOTAL_ITEMS] = { "total_items", "items" },
	[KMC_STAT_BYTES] = { "bytes", "bytes, now" },
	[KMC_STAT_LIMIT_MAXBYTES] = { "limit_maxbytes", "bytes, the limit" },
	[KMC_STAT_MEM_USED] = { "mem_used", "bytes, now" },
	[KMC_STAT_EVICTIONS] = { "evictions", "items" },
	[KMC_STAT_EXPIRED_UNFETCHED] = { "expired_unfetched", "items" },
	[KMC_STAT_EVICTED_UNFETCHED] = { "evicted_unfetched", "items" },
	[KMC_STAT_RECLAIMED] = { "reclaimed", "items" },
	[KMC_STAT_HASH_BUCKETS] = { "hash_buckets", "buckets, now" },
	[KMC_STAT_HASH_BYTES] = { "hash_bytes", "bytes, now" },
	[KMC_STAT_HASH_IS_EXPANDING] = { "hash_is_expanding", "1 while it is so, else 0" },
	[KMC_STAT_SHRUNK_BYTES] = { "shrunk_bytes", "bytes, given back in need" },
	[KMC_STAT_LIMIT_PENDING] = { "limit_pending", "1 while a lowered limit is not kept yet" },
	[KMC_STAT_CMD_META] = { "cmd_meta", "me commands" },
	[KMC_STAT_AUTH_CMDS] = { "auth_cmds", "attempts" },
	[KMC_STAT_AUTH_ERRORS] = { "auth_errors", "attempts that failed" },
	[KMC_STAT_IDLE_KICKS] = { "idle_kicks", "connections" },
	[KMC_STAT_STUCK_KICKS] = { "stuck_kicks", "connections" },
	[KMC_STAT_LOG_WATCHERS] = { "log_watchers", "connections, now" },
	[KMC_STAT_LOG_WORKER_DROPPED] = { "log_worker_dropped", "events" },
	[KMC_STAT_LOG_WORKER_WRITTEN] = { "log_worker_written", "events" },
	[KMC_STAT_LOG_WATCHER_SKIPPED] = { "log_watcher_skipped", "lines" },
	[KMC_STAT_LOG_WATCHER_SENT] = { "log_watcher_sent", "lines" },
	[KMC_STAT_TURNS_INLINE] = { "turns_inline", "times a connection was served in softirq" },
	[KMC_STAT_TURNS_WORK] = { "turns_work", "times one was served by its work item" },
};

#define STAT_COUNT	(sizeof(stats) / sizeof(stats[0]))

_Static_assert(sizeof(stats) == (KMC_STAT_MAX + 1) * sizeof(stats[0]), "a statistic has no row");

static void print_stat(unsigned int stat, uint64_t value, void *context)
{
	struct kmc_out *out = context;
	char number[24];
	const char *name;

	snprintf(number, sizeof(number), "stat_%u", stat);
	name = stat < STAT_COUNT && stats[stat].name ? stats[stat].name : number;
	kmc_out_u64(out, name, name, value);
}

static void print_stats(const struct kmc_nl_reply *reply, void *context)
{
	kmc_out_open_object(context);
	kmc_nl_get_nest(reply, KMC_A_STATS, print_stat, context);
	kmc_out_close_object(context);
}

/**
 * kmc_stats_show() - the verb stats
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_stats_show(struct kmc_ctl *ctl)
{
	const char *word = ctl->words[1];
	struct kmc_nl_request *request;
	enum kmc_status status;

	if (word && strcmp(word, "latency"))
		return kmc_ctl_bad_word(ctl, word, "there are no such statistics");
	if (word)
		return kmc_latency_show(ctl);
	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	request = kmc_nl_request_create(ctl->nl, KMC_CMD_STATS_GET);
	return kmc_ctl_judge(ctl, kmc_nl_do(request, print_stats, &ctl->out));
}

/**
 * kmc_stats_explain() - tell what the statistics count
 * @out: where to print
 */
void kmc_stats_explain(struct kmc_out *out)
{
	size_t stat;

	kmc_out_open_list(out);
	for (stat = KMC_STAT_UNSPEC + 1; stat < STAT_COUNT; stat++) {
		kmc_out_open_object(out);
		kmc_out_str(out, "name", "name", stats[stat].name);
		kmc_out_str(out, "unit", "counted in", stats[stat].unit);
		kmc_out_close_object(out);
	}
	kmc_out_close_list(out);
}
