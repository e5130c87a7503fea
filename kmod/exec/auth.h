/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* Clients that must say who they are. */
#ifndef KMC_EXEC_AUTH_H
#define KMC_EXEC_AUTH_H

#include "session.h"

struct kmc_auth_table;

/**
 * struct kmc_auth_pair - who may come
 * @user: a name
 * @password: its password
 */
struct kmc_auth_pair {
	struct kmc_span	user;
	struct kmc_span	password;
};

struct kmc_auth_table *kmc_auth_table_create(const struct kmc_auth_pair *pairs, size_t count);
void kmc_auth_table_destroy(struct kmc_auth_table *table);

enum kmc_next kmc_auth_line(struct kmc_session *session, const struct kmc_request *req,
			    enum kmc_reply parsed, struct kmc_out *out, gfp_t gfp);
bool kmc_auth_is_for(enum kmc_op op);
enum kmc_next kmc_auth_refuse(struct kmc_session *session, struct kmc_out *out);
enum kmc_next kmc_auth_packet(struct kmc_session *session, const struct kmc_request *req,
			      struct kmc_out *out, gfp_t gfp);
void kmc_auth_value(struct kmc_session *session, struct kmc_span part);
void kmc_auth_value_end(struct kmc_session *session, struct kmc_out *out);
void kmc_auth_forget(struct kmc_session *session);

#endif
