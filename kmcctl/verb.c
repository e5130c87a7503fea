// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
/* The one table of verbs. Dispatch, help and completion come from it. */
#include <stdio.h>
#include <string.h>

#include "verb.h"

#define ADDRESS_DETAILS \
	"  127.0.0.1:11211  that IPv4 address\n" \
	"  [::1]:11211      that IPv6 address\n" \
	"  *:11211          every address, IPv4 and IPv6\n" \
	"  11211            the same as 127.0.0.1:11211\n" \
	"The port has no default and names are not looked up.\n"

const struct kmc_verb kmc_verbs[] = {
	{
		.name = "listen",
		.arguments = "ADDR:PORT [OPTION]...",
		.summary = "serve memcached clients on a TCP address",
		.details = ADDRESS_DETAILS
			"Options:\n"
			"  backlog=N        connections that may wait to be accepted; 1024\n"
			"  protocol=text|binary|auto  what is spoken; auto: the client chooses\n"
			"  auth=on|off      clients must say who they are, see 'kmcctl help auth'\n"
			"  noflush          they may not flush\n"
			"  nodump           they may not have keys listed\n"
			"  nowatch          they may not watch what others do\n"
			"  inline=on|off    short requests are answered in the softirq that has\n"
			"                   received them; else, as all others, by a work item; on\n",
		.missing = "an address is missing, as in 127.0.0.1:11211",
		.min = 1,
		.max = 8,
		.run = kmc_listener_add,
	},
	{
		.name = "unlisten",
		.arguments = "ADDR:PORT|all",
		.summary = "stop serving there and close the connections accepted there",
		.details = ADDRESS_DETAILS
			"The items stay. When the command returns, the listeners are gone.\n",
		.missing = "an address, or 'all', is missing",
		.min = 1,
		.max = 1,
		.run = kmc_listener_remove,
	},
	{
		.name = "listeners",
		.arguments = "",
		.summary = "show where clients are served",
		.run = kmc_listener_show,
	},
	{
		.name = "auth",
		.arguments = "FILE|none",
		.summary = "replace the names and passwords of clients",
		.details = "Each line of the file is USER:PASSWORD; -: standard input. Who has\n"
			"come already stays. Listeners ask that were made with auth=on.\n",
		.missing = "a file, or 'none', is missing",
		.min = 1,
		.max = 1,
		.run = kmc_auth_set,
	},
	{
		.name = "conns",
		.arguments = "",
		.summary = "show who is connected, where, and what he is doing",
		.details = "The id is that of 'disconnect', of 'stats conns' and of 'watch'.\n"
			"Age and idle are in seconds.\n",
		.run = kmc_conn_show,
	},
	{
		.name = "disconnect",
		.arguments = "ID|all",
		.summary = "close a connection, or all of them",
		.details = "The client gets a reset. He may connect again.\n",
		.missing = "an id, as conns shows it, or 'all', is missing",
		.min = 1,
		.max = 1,
		.run = kmc_conn_remove,
	},
	{
		.name = "set-listener",
		.arguments = "ADDR:PORT inline=on|off",
		.summary = "change how clients are served there",
		.details = ADDRESS_DETAILS
			"It holds for the connections that are open, too.\n",
		.missing = "an address and what to change are missing, as in 11211 inline=off",
		.min = 2,
		.max = 2,
		.run = kmc_listener_change,
	},
	{
		.name = "set-limit",
		.arguments = "SIZE",
		.summary = "limit all the memory that the cache takes",
		.details = "SIZE is in bytes, or a number with K, M, G or T, as in 512M.\n",
		.missing = "a size is missing, as in 512M",
		.min = 1,
		.max = 1,
		.run = kmc_settings_set_limit,
	},
	{
		.name = "set",
		.arguments = "NAME VALUE [NAME VALUE]...",
		.summary = "change settings, all of them or none",
		.details = "SIZE is in bytes, or a number with K, M, G or T, as in 512M.\n",
		.missing = "a setting and its value are missing, as in evict off",
		.min = 1,
		.max = KMC_SETTINGS_WORDS_MAX,
		.run = kmc_settings_set,
		.explain = kmc_settings_explain,
	},
	{
		.name = "show",
		.arguments = "",
		.summary = "show all settings",
		.run = kmc_settings_show,
	},
	{
		.name = "flush",
		.arguments = "[SECONDS]",
		.summary = "invalidate all items, now or after SECONDS",
		.details = "A later flush replaces one that is still pending.\n",
		.max = 1,
		.run = kmc_flush_run,
	},
	{
		.name = "stats",
		.arguments = "[latency]",
		.summary = "show statistics, under the names memcached gives them",
		.details = "With 'latency', for how long requests wait in the server, in\n"
			"microseconds. Requests of one turn of a connection in 61 are counted.\n",
		.max = 1,
		.run = kmc_stats_show,
		.explain = kmc_stats_explain,
	},
	{
		.name = "monitor",
		.arguments = "",
		.summary = "show what happens, a line an event, until it is interrupted",
		.details = "Listeners that come and go, a memory limit that is reached, clients\n"
			"that are turned away, and memory that the kernel has taken back.\n",
		.run = kmc_monitor_run,
	},
	{
		.name = "help",
		.arguments = "[VERB]",
		.summary = "show all verbs, or more about one",
		.max = 1,
		.run = kmc_help_run,
	},
	{
		.name = "version",
		.arguments = "",
		.summary = "show the version of kmcctl and, if loaded, of the module's interface",
		.run = kmc_version_show,
	},
	{ }
};

/**
 * kmc_verb_find() - look a verb up
 * @name: the whole word
 *
 * Return: the verb, or NULL.
 */
const struct kmc_verb *kmc_verb_find(const char *name)
{
	const struct kmc_verb *verb;

	for (verb = kmc_verbs; verb->name; verb++) {
		if (!strcmp(verb->name, name))
			return verb;
	}
	return NULL;
}

/**
 * kmc_verb_run() - do what words say
 * @ctl: this run
 * @count: how many words there are
 *
 * Return: the exit status.
 */
enum kmc_status kmc_verb_run(struct kmc_ctl *ctl, unsigned int count)
{
	const struct kmc_verb *verb;

	if (!count) {
		fputs("kmcctl: the verb is missing; see 'kmcctl help'\n", stderr);
		return KMC_USAGE;
	}
	verb = kmc_verb_find(ctl->words[0]);
	if (!verb) {
		fprintf(stderr, "kmcctl: '%s': there is no such verb; see 'kmcctl help'\n",
			ctl->words[0]);
		return KMC_USAGE;
	}
	if (count - 1 < verb->min)
		return kmc_ctl_bad_word(ctl, NULL, verb->missing);
	if (count - 1 > verb->max)
		return kmc_ctl_bad_word(ctl, ctl->words[verb->max + 1],
					"this word is one too many");
	return verb->run(ctl);
}
