// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <linux/slab.h>
#include <linux/string.h>

#include "../server.h"
#include "family.h"

static struct kmc_span span_of(const struct nlattr *attr)
{
	return (struct kmc_span){ .p = nla_data(attr), .len = nla_len(attr) };
}

static int parse_token(struct genl_info *info, struct nlattr *token, struct kmc_auth_pair *pair)
{
	struct nlattr *attrs[KMC_TOKEN_A_MAX + 1];
	int err;

	/* its policy was that of the request, and has seen it */
	err = nla_parse_nested(attrs, KMC_TOKEN_A_MAX, token, NULL, info->extack);
	if (err)
		return err;
	if (!attrs[KMC_TOKEN_A_USER] || !attrs[KMC_TOKEN_A_PASSWORD]) {
		NL_SET_ERR_MSG_ATTR(info->extack, token, "a token is a name and a password");
		return -EINVAL;
	}
	pair->user = span_of(attrs[KMC_TOKEN_A_USER]);
	pair->password = span_of(attrs[KMC_TOKEN_A_PASSWORD]);
	return 0;
}

static int parse_tokens(struct genl_info *info, struct kmc_auth_pair *pairs, size_t *count)
{
	struct nlattr *at;
	int left, err;

	nla_for_each_attr(at, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), left) {
		if (nla_type(at) != KMC_A_AUTH_TOKEN)
			continue;
		if (*count == KMC_TOKENS_MAX) {
			NL_SET_ERR_MSG_ATTR(info->extack, at, "there are more than 64 tokens");
			return -E2BIG;
		}
		err = parse_token(info, at, &pairs[*count]);
		if (err)
			return err;
		++*count;
	}
	return 0;
}

/* The message is ours, and nobody needs it any more. */
static void wipe(struct genl_info *info)
{
	struct nlattr *at;
	int left;

	nla_for_each_attr(at, genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), left)
		if (nla_type(at) == KMC_A_AUTH_TOKEN)
			memzero_explicit(nla_data(at), nla_len(at));
}

/**
 * kmc_auth_set_doit() - %KMC_CMD_AUTH_SET
 * @skb: the request
 * @info: the request, parsed
 *
 * Return: 0 or a negative errno.
 */
int kmc_auth_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct kmc_server *server = kmc_server_of(genl_info_net(info));
	struct kmc_auth_pair *pairs;
	size_t count = 0;
	int err;

	pairs = kcalloc(KMC_TOKENS_MAX, sizeof(*pairs), GFP_KERNEL);
	if (!pairs) {
		GENL_SET_ERR_MSG(info, "no memory for the tokens");
		err = -ENOMEM;
		goto out_wipe;
	}
	err = parse_tokens(info, pairs, &count);
	if (err)
		goto out_free_pairs;
	err = kmc_server_set_auth(server, pairs, count);
	if (err == -EINVAL)
		GENL_SET_ERR_MSG(info, "a name and a password have 254 bytes at most, and no NUL");
	else if (err)
		GENL_SET_ERR_MSG(info, "no memory for the tokens");
out_free_pairs:
	kfree(pairs);
out_wipe:
	wipe(info);
	return err;
}
