// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include <stdio.h>

#include "verb.h"

#define USAGE \
	"usage: kmcctl [-j] [-n NETNS] VERB [ARGUMENT]...\n" \
	"       kmcctl [-j] [-n NETNS] -b FILE\n" \
	"\n" \
	"  -j, --json         print JSON\n" \
	"  -n, --netns NETNS  work in that network namespace (name or path)\n" \
	"  -b, --batch FILE   do what the lines of a file say (-: standard input)\n" \
	"  -h, --help         the same as the verb help\n" \
	"  -V, --version      the same as the verb version\n" \
	"\n"

static void print_verb(struct kmc_out *out, const struct kmc_verb *verb)
{
	char usage[64];

	snprintf(usage, sizeof(usage), "%s%s%s", verb->name, *verb->arguments ? " " : "",
		 verb->arguments);
	kmc_out_open_object(out);
	kmc_out_str(out, "verb", NULL, verb->name);
	kmc_out_str(out, "arguments", NULL, verb->arguments);
	kmc_out_str(out, "summary", NULL, verb->summary);
	kmc_out_str(out, NULL, "verb", usage);
	kmc_out_str(out, NULL, "what it does", verb->summary);
	kmc_out_close_object(out);
}

static enum kmc_status print_all(struct kmc_out *out)
{
	const struct kmc_verb *verb;

	if (!out->json)
		fputs(USAGE, out->file);
	kmc_out_open_list(out);
	for (verb = kmc_verbs; verb->name; verb++)
		print_verb(out, verb);
	kmc_out_close_list(out);
	return KMC_DONE;
}

static void print_one(struct kmc_out *out, const struct kmc_verb *verb)
{
	fprintf(out->file, "usage: kmcctl %s%s%s\n\n%s.\n", verb->name,
		*verb->arguments ? " " : "", verb->arguments, verb->summary);
	if (verb->details)
		fprintf(out->file, "\n%s", verb->details);
	if (!verb->explain)
		return;
	fputc('\n', out->file);
	verb->explain(out);
}

/**
 * kmc_help_run() - the verb help
 * @ctl: this run
 *
 * Return: the exit status.
 */
enum kmc_status kmc_help_run(struct kmc_ctl *ctl)
{
	const char *name = ctl->words[1];
	const struct kmc_verb *verb;

	if (!name)
		return print_all(&ctl->out);
	verb = kmc_verb_find(name);
	if (!verb)
		return kmc_ctl_bad_word(ctl, name, "there is no such verb; see 'kmcctl help'");
	if (ctl->out.json)
		print_verb(&ctl->out, verb);
	else
		print_one(&ctl->out, verb);
	return KMC_DONE;
}
