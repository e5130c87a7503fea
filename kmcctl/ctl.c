// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* What verbs have in common: the way to the module, and how it refuses. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/kmemcached.h>

#include "ctl.h"
#include "netns.h"

/* Says what went wrong, behind the words of the command line it belongs to. */
static void complain(const struct kmc_ctl *ctl, const char *sentence)
{
	char **word;

	fputs("kmcctl:", stderr);
	for (word = ctl->words; *word; word++)
		fprintf(stderr, " %s", *word);
	fprintf(stderr, ": %s\n", sentence);
}

/**
 * kmc_ctl_bad_word() - complain about the command line
 * @ctl: this run
 * @word: the word that is wrong; NULL: one is missing
 * @why: what is wrong with it
 *
 * Return: the exit status.
 */
enum kmc_status kmc_ctl_bad_word(const struct kmc_ctl *ctl, const char *word, const char *why)
{
	if (word)
		fprintf(stderr, "kmcctl: %s: '%s': %s\n", ctl->words[0], word, why);
	else
		fprintf(stderr, "kmcctl: %s: %s\n", ctl->words[0], why);
	return KMC_USAGE;
}

/*
 * The module gives a sentence with every refusal. Without one it is netlink
 * that refused, before the module was asked.
 */
static const char *netlink_sentence(int err)
{
	switch (err) {
	case -EPERM:
		return "not permitted; CAP_NET_ADMIN in the initial user namespace is needed";
	case -EOPNOTSUPP:
		return "the kmemcached module does not know this command";
	default:
		return strerror(-err);
	}
}

/**
 * kmc_ctl_judge() - complain about what a request ended with
 * @ctl: this run
 * @err: 0 or a negative errno
 *
 * Return: the exit status.
 */
enum kmc_status kmc_ctl_judge(const struct kmc_ctl *ctl, int err)
{
	const char *sentence = kmc_nl_sentence(ctl->nl);

	if (!err)
		return KMC_DONE;
	/* The family was there when it was looked for. */
	if (err == -ENOENT && !sentence) {
		complain(ctl, "the kmemcached module has just been unloaded");
		return KMC_NO_MODULE;
	}
	complain(ctl, sentence ? sentence : netlink_sentence(err));
	return KMC_REFUSED;
}

static enum kmc_status enter_netns(const struct kmc_ctl *ctl)
{
	int err = kmc_netns_enter(ctl->netns);

	if (!err)
		return KMC_DONE;
	fprintf(stderr, "kmcctl: network namespace '%s': %s\n", ctl->netns,
		err == -EINVAL ? "not a network namespace" : strerror(-err));
	return KMC_REFUSED;
}

/**
 * kmc_ctl_connect() - get ready for requests to the module, and load it
 * @ctl: this run
 *
 * Complains if that fails. A second call does nothing.
 *
 * Return: the exit status so far.
 */
enum kmc_status kmc_ctl_connect(struct kmc_ctl *ctl)
{
	unsigned int version;
	int err;

	if (ctl->connected)
		return KMC_DONE;
	if (ctl->netns && enter_netns(ctl))
		return KMC_REFUSED;
	err = kmc_nl_open(&ctl->nl);
	if (err)
		return kmc_ctl_judge(ctl, err);
	err = kmc_nl_find_module(ctl->nl, true, &version);
	if (err == -ENOENT) {
		fputs("kmcctl: the kmemcached module is not loaded and could not be loaded "
		      "(modprobe kmemcached)\n", stderr);
		return KMC_NO_MODULE;
	}
	if (err)
		return kmc_ctl_judge(ctl, err);
	if (version != KMC_GENL_VERSION) {
		fprintf(stderr, "kmcctl: the kmemcached module has interface version %u, "
			"kmcctl has %u\n", version, KMC_GENL_VERSION);
		return KMC_NO_MODULE;
	}
	ctl->connected = true;
	return KMC_DONE;
}

/**
 * kmc_ctl_show_list() - a verb that asks for a list and prints it
 * @ctl: this run
 * @command: what to ask for
 * @print: prints one reply into the output, which is its context; opens the list before the first
 *
 * Return: the exit status.
 */
enum kmc_status kmc_ctl_show_list(struct kmc_ctl *ctl, unsigned int command,
				  kmc_nl_reply_fn *print)
{
	struct kmc_out *out = &ctl->out;
	enum kmc_status status;
	int err;

	status = kmc_ctl_connect(ctl);
	if (status)
		return status;
	err = kmc_nl_dump(kmc_nl_request_create(ctl->nl, command), print, out);
	if (err)
		return kmc_ctl_judge(ctl, err);
	/* Not before: what was refused prints nothing. */
	if (!out->in_list)
		kmc_out_open_list(out);
	kmc_out_close_list(out);
	return KMC_DONE;
}

/**
 * kmc_ctl_disconnect() - undo kmc_ctl_connect()
 * @ctl: this run
 */
void kmc_ctl_disconnect(struct kmc_ctl *ctl)
{
	kmc_nl_close(ctl->nl);
	ctl->nl = NULL;
	ctl->connected = false;
}
