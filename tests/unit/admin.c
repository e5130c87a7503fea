// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: kmod/proto/admin.c kmod/proto/text.c kmod/proto/token.c kmod/proto/num.c
// sources: kmod/proto/reply.c kmod/proto/meta.c kmod/proto/base64.c
//
// slabs, lru, lru_crawler, cache_memlimit, shutdown and stats cachedump.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/text.h"

#define count_of(array) (sizeof(array) / sizeof((array)[0]))

/* A line that is not executed: what is answered, and whether that is wanted. */
struct bad {
	const char *line;
	enum kmc_reply reply;
	bool noreply;
};

static const struct bad bads[] = {
	/* slabs */
	{ "slabs", .reply = KMC_REPLY_ERROR },
	{ "slabs noreply", .reply = KMC_REPLY_ERROR, .noreply = true },
	{ "slabs junk", .reply = KMC_REPLY_ERROR },
	{ "slabs junk 1 2", .reply = KMC_REPLY_ERROR },
	{ "slabs reassign", .reply = KMC_REPLY_ERROR },
	{ "slabs reassign 1", .reply = KMC_REPLY_ERROR },
	{ "slabs reassign 1 2 3", .reply = KMC_REPLY_ERROR },
	{ "slabs reass 1 2", .reply = KMC_REPLY_ERROR },
	{ "slabs reassign x 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs reassign 1 x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs reassign 2147483648 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs reassign -2147483649 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs reassign 1 2 noreply", .reply = KMC_REPLY_ERROR, .noreply = true },
	{ "slabs automove", .reply = KMC_REPLY_ERROR },
	{ "slabs automove x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs automove -1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs automove 4294967296", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs automove 3", .reply = KMC_REPLY_ERROR },
	{ "slabs automove noreply", .reply = KMC_REPLY_BAD_FORMAT, .noreply = true },
	{ "slabs automove ratio", .reply = KMC_REPLY_ERROR },
	{ "slabs automove ratio x", .reply = KMC_REPLY_ERROR },
	{ "slabs automove freeratio", .reply = KMC_REPLY_ERROR },
	{ "slabs automove freeratio 0.1.2", .reply = KMC_REPLY_ERROR },
	{ "slabs automove window", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs automove window x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "slabs automove window 2", .reply = KMC_REPLY_BAD_WINDOW },
	{ "slabs automove window 1801", .reply = KMC_REPLY_BAD_WINDOW },
	/* lru */
	{ "lru", .reply = KMC_REPLY_ERROR },
	{ "lru ", .reply = KMC_REPLY_ERROR },
	{ "lru junk", .reply = KMC_REPLY_ERROR },
	{ "lru mode", .reply = KMC_REPLY_ERROR },
	{ "lru mode junk", .reply = KMC_REPLY_ERROR },
	{ "lru mode fla", .reply = KMC_REPLY_ERROR },
	{ "lru temp_ttl", .reply = KMC_REPLY_ERROR },
	{ "lru temp_ttl x", .reply = KMC_REPLY_ERROR },
	{ "lru temp_ttl 2147483648", .reply = KMC_REPLY_ERROR },
	{ "lru tune", .reply = KMC_REPLY_ERROR },
	{ "lru tune 10 20 1", .reply = KMC_REPLY_ERROR },
	{ "lru tune x 20 1 1", .reply = KMC_REPLY_ERROR },
	{ "lru tune 10 -1 1 1", .reply = KMC_REPLY_ERROR },
	{ "lru tune 10 20 x 1", .reply = KMC_REPLY_ERROR },
	{ "lru tune 10 20 1 .", .reply = KMC_REPLY_ERROR },
	{ "lru tune 40 41 1 1", .reply = KMC_REPLY_BAD_PERCENT },
	{ "lru tune 4294967295 2 1 1", .reply = KMC_REPLY_BAD_PERCENT },
	{ "lru tune 10 20 0 1", .reply = KMC_REPLY_BAD_FACTOR },
	{ "lru tune 10 20 1 -0.5", .reply = KMC_REPLY_BAD_FACTOR },
	/* lru_crawler */
	{ "lru_crawler", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler junk", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler e", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler enable junk", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler enable noreply", .reply = KMC_REPLY_ERROR, .noreply = true },
	{ "lru_crawler junk junk", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler sleep", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler sleep 1 2", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler sleep x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "lru_crawler sleep -1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "lru_crawler sleep 4294967296", .reply = KMC_REPLY_BAD_FORMAT },
	{ "lru_crawler sleep 1000001", .reply = KMC_REPLY_BAD_SLEEP },
	{ "lru_crawler tocrawl", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler tocrawl x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "lru_crawler crawl", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler crawl all all", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler crawl hash", .reply = KMC_REPLY_CRAWL_FAILED },
	{ "lru_crawler crawl 0", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler metadump all junk", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler metadump all noreply", .reply = KMC_REPLY_ERROR, .noreply = true },
	{ "lru_crawler metadump noreply", .reply = KMC_REPLY_BAD_CLASS, .noreply = true },
	{ "lru_crawler metadump 0", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump 128", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump -1", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump 1x", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump 1,x", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump 1,0,2", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump 18446744073709551617", .reply = KMC_REPLY_BAD_CLASS },
	{ "lru_crawler metadump ,", .reply = KMC_REPLY_NO_CLASS },
	{ "lru_crawler metadump ,,,", .reply = KMC_REPLY_NO_CLASS },
	{ "lru_crawler mgdump", .reply = KMC_REPLY_ERROR },
	{ "lru_crawler mgdump ALL", .reply = KMC_REPLY_BAD_CLASS },
	/* cache_memlimit */
	{ "cache_memlimit", .reply = KMC_REPLY_ERROR },
	{ "cache_memlimit noreply", .reply = KMC_REPLY_ERROR, .noreply = true },
	{ "cache_memlimit x", .reply = KMC_REPLY_ERROR },
	{ "cache_memlimit -1", .reply = KMC_REPLY_ERROR },
	{ "cache_memlimit 64m", .reply = KMC_REPLY_ERROR },
	{ "cache_memlimit 4294967296", .reply = KMC_REPLY_ERROR },
	{ "cache_memlimit 0", .reply = KMC_REPLY_LIMIT_LOW },
	{ "cache_memlimit 7", .reply = KMC_REPLY_LIMIT_LOW },
	{ "cache_memlimit 7 noreply", .reply = KMC_REPLY_LIMIT_LOW, .noreply = true },
	{ "cache_memlimit 1000000001", .reply = KMC_REPLY_LIMIT_BYTES },
	/* shutdown */
	{ "shutdown", .reply = KMC_REPLY_NO_SHUTDOWN },
	{ "shutdown graceful", .reply = KMC_REPLY_NO_SHUTDOWN },
	{ "shutdown junk junk", .reply = KMC_REPLY_NO_SHUTDOWN },
	{ "shutdown 1 2 3 4 5 6 7 noreply", .reply = KMC_REPLY_NO_SHUTDOWN, .noreply = true },
	{ "shut", .reply = KMC_REPLY_ERROR },
	/* stats cachedump */
	{ "stats cachedump", .reply = KMC_REPLY_BAD_LINE },
	{ "stats cachedump 1", .reply = KMC_REPLY_BAD_LINE },
	{ "stats cachedump x 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "stats cachedump 1 x", .reply = KMC_REPLY_BAD_FORMAT },
	{ "stats cachedump -1 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "stats cachedump 1 -1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "stats cachedump 4294967297 1", .reply = KMC_REPLY_BAD_FORMAT },
	{ "stats cachedump 128 1", .reply = KMC_REPLY_BAD_SLAB },
	{ "stats cachedump 1 noreply", .reply = KMC_REPLY_BAD_FORMAT },
};

/* A line that is. Of what is set, the values in the order of the line. */
struct good {
	const char *line;
	enum kmc_op op;
	u64 low;
	u64 high;
	u32 limit;
	s32 from;
	s32 to;
	struct {
		enum kmc_tuning what;
		u32 value;
	} tune[KMC_ADMIN_TUNINGS];
	u8 nr;
	bool noreply;
};

static const struct good goods[] = {
	{ "slabs reassign 1 2", .op = KMC_OP_REASSIGN, .from = 1, .to = 2 },
	{ "slabs  reassign  -1  2147483647 \r", .op = KMC_OP_REASSIGN, .from = -1,
	  .to = 2147483647 },
	{ "slabs automove 0", .op = KMC_OP_TUNE, .nr = 1, .tune = { { KMC_TUNING_AUTOMOVE, 0 } } },
	{ "slabs automove 2 junk", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE, 2 } } },
	{ "slabs automove 1 noreply", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE, 1 } }, .noreply = true },
	{ "slabs automove ratio 0.8", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE_RATIO, 80 } } },
	{ "slabs automove ratio -1", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE_RATIO, 0 } } },
	{ "slabs automove freeratio .01", .op = KMC_OP_TUNE },
	{ "slabs automove window 3", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE_WINDOW, 3 } } },
	{ "slabs automove window 1800", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_AUTOMOVE_WINDOW, 1800 } } },
	{ "lru mode flat", .op = KMC_OP_TUNE, .nr = 1, .tune = { { KMC_TUNING_SEGMENTED, 0 } } },
	{ "lru mode segmented junk", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_SEGMENTED, 1 } } },
	{ "lru temp_ttl -1", .op = KMC_OP_TUNE, .nr = 1, .tune = { { KMC_TUNING_TEMP_LRU, 0 } } },
	{ "lru temp_ttl 60", .op = KMC_OP_TUNE, .nr = 2,
	  .tune = { { KMC_TUNING_TEMP_LRU, 1 }, { KMC_TUNING_TEMP_TTL, 60 } } },
	{ "lru tune 40 40 0.1 2.5 junk", .op = KMC_OP_TUNE, .nr = 4,
	  .tune = { { KMC_TUNING_HOT_PCT, 40 }, { KMC_TUNING_WARM_PCT, 40 },
		    { KMC_TUNING_HOT_FACTOR, 10 }, { KMC_TUNING_WARM_FACTOR, 250 } } },
	{ "lru_crawler enable", .op = KMC_OP_CRAWLER_ON },
	{ "lru_crawler disable", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_CRAWLER_OFF, 1 } } },
	{ "lru_crawler sleep 1000000", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_CRAWLER_SLEEP, 1000000 } } },
	{ "lru_crawler tocrawl 4294967295", .op = KMC_OP_TUNE, .nr = 1,
	  .tune = { { KMC_TUNING_CRAWLER_TOCRAWL, 4294967295U } } },
	{ "lru_crawler crawl all", .op = KMC_OP_CRAWL, .low = UINT64_MAX, .high = UINT64_MAX },
	{ "lru_crawler crawl 1", .op = KMC_OP_CRAWL, .low = 2 },
	{ "lru_crawler metadump all\r", .op = KMC_OP_METADUMP, .low = UINT64_MAX,
	  .high = UINT64_MAX },
	{ "lru_crawler metadump hash", .op = KMC_OP_METADUMP, .low = UINT64_MAX,
	  .high = UINT64_MAX },
	{ "lru_crawler metadump 63", .op = KMC_OP_METADUMP, .low = 1ULL << 63 },
	{ "lru_crawler metadump ,1,,64,127,", .op = KMC_OP_METADUMP, .low = 2,
	  .high = 1 | 1ULL << 63 },
	{ "lru_crawler metadump 1,1", .op = KMC_OP_METADUMP, .low = 2 },
	{ "lru_crawler mgdump 2,3", .op = KMC_OP_MGDUMP, .low = 12 },
	{ "cache_memlimit 8", .op = KMC_OP_MEM_LIMIT, .limit = 8 },
	{ "cache_memlimit 1000000000 noreply", .op = KMC_OP_MEM_LIMIT, .limit = 1000000000,
	  .noreply = true },
	{ "cache_memlimit 64 junk junk", .op = KMC_OP_MEM_LIMIT, .limit = 64 },
	{ "stats cachedump 0 0", .op = KMC_OP_CACHEDUMP },
	{ "stats cachedump 1 4294967295", .op = KMC_OP_CACHEDUMP, .low = 2, .limit = 4294967295U },
	{ "stats cachedump 127 1 junk noreply", .op = KMC_OP_CACHEDUMP, .high = 1ULL << 63,
	  .limit = 1 },
};

/* The line is in memory of its exact length, so that a read beyond it is seen. */
static enum kmc_reply parse(const char *text, struct kmc_request *req)
{
	size_t len = strlen(text);
	char *copy = malloc(len);
	struct kmc_span line = { .p = copy, .len = len };
	enum kmc_reply reply;

	memcpy(copy, text, len);
	/* what was there before must not matter */
	memset(req, 0xaa, sizeof(*req));
	reply = kmc_text_parse(line, req);
	free(copy);
	return reply;
}

static void test_bad(void **state)
{
	struct kmc_request req;

	(void)state;
	for (size_t i = 0; i < count_of(bads); i++) {
		enum kmc_reply reply = parse(bads[i].line, &req);

		if (reply != bads[i].reply || req.noreply != bads[i].noreply || req.has_value)
			fail_msg("\"%s\": reply %d noreply %d", bads[i].line, reply, req.noreply);
	}
}

static void check_good(const struct good *good)
{
	struct kmc_request req;
	enum kmc_reply reply = parse(good->line, &req);
	const struct kmc_admin *admin = &req.admin;

	if (reply || req.op != good->op || req.noreply != good->noreply ||
	    admin->classes[0] != good->low || admin->classes[1] != good->high ||
	    admin->limit != good->limit || admin->from != good->from || admin->to != good->to ||
	    admin->nr != good->nr)
		fail_msg("\"%s\": reply %d op %d nr %d", good->line, reply, req.op, admin->nr);
	for (u8 i = 0; i < good->nr; i++) {
		if (admin->tune[i].what != good->tune[i].what ||
		    admin->tune[i].value != good->tune[i].value)
			fail_msg("\"%s\": sets %d to %u", good->line, admin->tune[i].what,
				 admin->tune[i].value);
	}
}

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < count_of(goods); i++)
		check_good(&goods[i]);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_good),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("admin", tests, NULL, NULL);
}
