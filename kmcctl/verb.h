/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_VERB_H
#define KMCCTL_VERB_H

#include "ctl.h"

struct kmc_addr;

/* All settings, each with its value. */
#define KMC_SETTINGS_WORDS_MAX	22

/**
 * struct kmc_verb - one of the things kmcctl can do
 * @name: the word
 * @arguments: what may follow, as shown to the user
 * @summary: what it does, in half a line
 * @details: more about it, whole lines, or NULL
 * @missing: what to say when there are fewer than @min arguments, or NULL
 * @min: how many arguments there must be
 * @max: how many there may be
 * @run: does it; @ctl->words are the verb and its arguments
 * @explain: prints even more about it, as text; or NULL
 */
struct kmc_verb {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *details;
	const char *missing;
	unsigned int min;
	unsigned int max;
	enum kmc_status (*run)(struct kmc_ctl *ctl);
	void (*explain)(struct kmc_out *out);
};

/* All verbs, in the order of the manual; ends with a row without a name. */
extern const struct kmc_verb kmc_verbs[];

const struct kmc_verb *kmc_verb_find(const char *name);
enum kmc_status kmc_verb_run(struct kmc_ctl *ctl, unsigned int count);

enum kmc_status kmc_auth_set(struct kmc_ctl *ctl);
enum kmc_status kmc_conn_remove(struct kmc_ctl *ctl);
enum kmc_status kmc_conn_show(struct kmc_ctl *ctl);
enum kmc_status kmc_flush_run(struct kmc_ctl *ctl);
enum kmc_status kmc_help_run(struct kmc_ctl *ctl);
enum kmc_status kmc_latency_show(struct kmc_ctl *ctl);
enum kmc_status kmc_listener_add(struct kmc_ctl *ctl);
enum kmc_status kmc_listener_change(struct kmc_ctl *ctl);
enum kmc_status kmc_listener_remove(struct kmc_ctl *ctl);
enum kmc_status kmc_listener_show(struct kmc_ctl *ctl);
enum kmc_status kmc_monitor_run(struct kmc_ctl *ctl);
enum kmc_status kmc_settings_set(struct kmc_ctl *ctl);
enum kmc_status kmc_settings_set_limit(struct kmc_ctl *ctl);
enum kmc_status kmc_settings_show(struct kmc_ctl *ctl);
enum kmc_status kmc_stats_show(struct kmc_ctl *ctl);
enum kmc_status kmc_version_show(struct kmc_ctl *ctl);

void kmc_settings_explain(struct kmc_out *out);
void kmc_stats_explain(struct kmc_out *out);

bool kmc_listener_get_addr(const struct kmc_nl_reply *reply, struct kmc_addr *addr);
void kmc_listener_print_addr(struct kmc_out *out, const char *label, const struct kmc_addr *addr);

#endif /* KMCCTL_VERB_H */
