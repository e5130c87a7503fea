/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Who is there: connections and listeners by number. */
#ifndef KMC_NET_ROSTER_H
#define KMC_NET_ROSTER_H

#include "../exec/conns.h"
#include "../exec/env.h"
#include "../proto/log.h"

struct kmc_conn;
struct kmc_listener;

/**
 * struct kmc_member - somebody who is on the roster
 * @id: his number; no other has it while he is there, nor soon after
 * @is_listener: he is a &struct kmc_listener, or else a &struct kmc_conn
 * @since: since when he has been there, jiffies
 */
struct kmc_member {
	u32		id;
	bool		is_listener;
	unsigned long	since;
};

void kmc_roster_init(struct kmc_env *env);
int kmc_roster_reserve(struct kmc_env *env, struct kmc_member *member, bool is_listener);
void kmc_roster_add(struct kmc_env *env, struct kmc_member *member);
void kmc_roster_remove(struct kmc_env *env, struct kmc_member *member);
bool kmc_roster_find(struct kmc_env *env, u32 from, struct kmc_conn_view *view);
int kmc_roster_kill(struct kmc_env *env, u32 id);
void kmc_roster_kill_all(struct kmc_env *env);
void kmc_roster_tell_new(const struct kmc_conn *conn);
void kmc_roster_tell_close(const struct kmc_conn *conn);

#endif
