// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "tune.h"

#include <linux/sizes.h>

#include "../cache/cache.h"

/**
 * kmc_tune_is_crawler_off() - has a client said ``lru_crawler disable``?
 * @env: the server
 *
 * What has expired is removed all the same.
 *
 * Return: true if crawls and dumps are to be refused.
 */
bool kmc_tune_is_crawler_off(const struct kmc_env *env)
{
	return READ_ONCE(env->tuning[KMC_TUNING_CRAWLER_OFF]);
}

/* memcached fails to start what is running. */
static enum kmc_reply switch_crawler_on(struct kmc_env *env)
{
	return xchg(&env->tuning[KMC_TUNING_CRAWLER_OFF], 0) ? KMC_REPLY_OK :
							       KMC_REPLY_CRAWLER_ON;
}

static enum kmc_reply set(struct kmc_env *env, const struct kmc_admin *admin)
{
	u8 i;

	for (i = 0; i < admin->nr; i++)
		WRITE_ONCE(env->tuning[admin->tune[i].what], admin->tune[i].value);
	return KMC_REPLY_OK;
}

/* Classes that there are; 0 is memory that belongs to none. */
static bool is_class(const struct kmc_env *env, s32 number)
{
	return number >= 0 && number <= kmc_cache_classes(env->cache);
}

static bool has_spare(const struct kmc_env *env, s32 number)
{
	struct kmc_cache_class class;

	if (!number)
		return false;
	kmc_cache_read_class(env->cache, number - 1, &class);
	return class.slabs > 1;
}

/* -1 is whichever has a slab to spare. */
static s32 choose(const struct kmc_env *env, const struct kmc_admin *admin)
{
	s32 number;

	for (number = 1; is_class(env, number); number++)
		if (number != admin->to && has_spare(env, number))
			return number;
	return -1;
}

/* Memory goes to who needs it; who asks for that is told what memcached would say. */
static enum kmc_reply reassign(const struct kmc_env *env, const struct kmc_admin *admin)
{
	s32 from = admin->from;

	if (from == admin->to)
		return KMC_REPLY_SAME_CLASS;
	if (from == -1 && is_class(env, admin->to))
		from = choose(env, admin);
	if (!is_class(env, from) || !is_class(env, admin->to))
		return KMC_REPLY_BAD_REASSIGN;
	return has_spare(env, from) ? KMC_REPLY_OK : KMC_REPLY_NO_SPARE;
}

static enum kmc_reply change_limit(struct kmc_env *env, u32 megabytes)
{
	u64 limit = (u64)megabytes * SZ_1M;

	/* what the server would refuse: see check_config() there */
	if (limit > READ_ONCE(env->mem_limit_max) ||
	    limit / 2 < READ_ONCE(env->item_size_max))
		return KMC_REPLY_LIMIT_HIGH;
	env->request_limit(env, limit);
	return KMC_REPLY_OK;
}

/**
 * kmc_tune() - execute a command about the server
 * @env: the server
 * @req: the request
 *
 * Context: any but hard interrupts.
 *
 * Return: what to answer; %KMC_REPLY_ERROR if it is none of them.
 */
enum kmc_reply kmc_tune(struct kmc_env *env, const struct kmc_request *req)
{
	switch (req->op) {
	case KMC_OP_CRAWL:
		return kmc_tune_is_crawler_off(env) ? KMC_REPLY_CRAWLER_OFF : KMC_REPLY_OK;
	case KMC_OP_CRAWLER_ON:
		return switch_crawler_on(env);
	case KMC_OP_TUNE:
		return set(env, &req->admin);
	case KMC_OP_REASSIGN:
		return reassign(env, &req->admin);
	case KMC_OP_MEM_LIMIT:
		return change_limit(env, req->admin.limit);
	default:
		return KMC_REPLY_ERROR;
	}
}
