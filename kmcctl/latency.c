// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>

#include <linux/kmemcached.h>

#include "histogram.h"
#include "verb.h"

/* The columns; a maximum is where all of them are. */
static const struct {
	const char *name;
	const char *label;
	unsigned int per_mille;
} columns[] = {
	{ "p50_ns", "p50", 500 },
	{ "p90_ns", "p90", 900 },
	{ "p99_ns", "p99", 990 },
	{ "p999_ns", "p99.9", 999 },
	{ "max_ns", "max", 1000 },
};

static const char *name_of(uint32_t class)
{
	static const char * const names[] = {
		[KMC_LATENCY_UNSPEC] = "unknown",
		[KMC_LATENCY_GET] = "get",
		[KMC_LATENCY_TOUCH] = "touch",
		[KMC_LATENCY_STORE] = "store",
		[KMC_LATENCY_DELTA] = "delta",
		[KMC_LATENCY_DELETE] = "delete",
		[KMC_LATENCY_META_GET] = "meta_get",
		[KMC_LATENCY_META] = "meta",
		[KMC_LATENCY_OTHER] = "other",
	};

	_Static_assert(sizeof(names) == (KMC_LATENCY_MAX + 1) * sizeof(names[0]),
		       "a class has no name");
	return names[class <= KMC_LATENCY_MAX ? class : KMC_LATENCY_UNSPEC];
}

static void take_count(unsigned int attr, uint64_t value, void *context)
{
	uint64_t *counts = context;

	if (attr >= 1 && attr <= KMC_LATENCY_BUCKETS)
		counts[attr - 1] = value;
}

static void print_bounds(struct kmc_out *out, const uint64_t *counts)
{
	char text[KMC_HISTOGRAM_TEXT_SIZE];
	size_t at, bucket;

	for (at = 0; at < sizeof(columns) / sizeof(columns[0]); at++) {
		bucket = kmc_histogram_find(counts, KMC_LATENCY_BUCKETS, columns[at].per_mille);
		kmc_histogram_compose(bucket, KMC_LATENCY_BUCKETS, text);
		kmc_out_str(out, NULL, columns[at].label, text);
		kmc_out_u64(out, columns[at].name, NULL,
			    kmc_histogram_bound(bucket, KMC_LATENCY_BUCKETS));
	}
}

static void print_class(const struct kmc_nl_reply *reply, void *context)
{
	uint64_t counts[KMC_LATENCY_BUCKETS] = { 0 };
	uint32_t class = 0, turns = 0;
	struct kmc_out *out = context;

	kmc_nl_get_u32(reply, KMC_A_LATENCY_CLASS, &class);
	kmc_nl_get_u32(reply, KMC_A_LATENCY_TURNS, &turns);
	kmc_nl_get_nest(reply, KMC_A_LATENCY_BUCKETS, take_count, counts);

	if (!out->in_list)
		kmc_out_open_list(out);
	kmc_out_open_object(out);
	kmc_out_str(out, "class", "class", name_of(class));
	kmc_out_u64(out, "count", "count", kmc_histogram_total(counts, KMC_LATENCY_BUCKETS));
	print_bounds(out, counts);
	kmc_out_u64(out, "turns", NULL, turns);
	kmc_out_u64_list(out, "buckets", counts, KMC_LATENCY_BUCKETS);
	kmc_out_close_object(out);
}

/**
 * kmc_latency_show() - stats latency
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_latency_show(struct kmc_ctl *ctl)
{
	return kmc_ctl_show_list(ctl, KMC_CMD_LATENCY_GET, print_class);
}
