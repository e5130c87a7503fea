/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
#ifndef KMCCTL_NL_H
#define KMCCTL_NL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kmc_nl;
struct kmc_nl_reply;
struct kmc_nl_request;

/* Called for each message of an answer, when all of it is there; or for an event. */
typedef void kmc_nl_reply_fn(const struct kmc_nl_reply *reply, void *context);

/* Called for each attribute of a nest that is a u64. */
typedef void kmc_nl_u64_fn(unsigned int attr, uint64_t value, void *context);

int kmc_nl_open(struct kmc_nl **nlp);
void kmc_nl_close(struct kmc_nl *nl);
int kmc_nl_find_module(struct kmc_nl *nl, bool load, unsigned int *version);
const char *kmc_nl_sentence(const struct kmc_nl *nl);

struct kmc_nl_request *kmc_nl_request_create(struct kmc_nl *nl, unsigned int command);
void kmc_nl_put(struct kmc_nl_request *request, unsigned int attr, const void *data, size_t size);
void kmc_nl_open_nest(struct kmc_nl_request *request, unsigned int attr);
void kmc_nl_close_nest(struct kmc_nl_request *request);
void kmc_nl_drop(struct kmc_nl_request *request);
int kmc_nl_do(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context);
int kmc_nl_dump(struct kmc_nl_request *request, kmc_nl_reply_fn *reply, void *context);

int kmc_nl_join(struct kmc_nl *nl);
int kmc_nl_next(struct kmc_nl *nl, int stop, kmc_nl_reply_fn *event, void *context);

size_t kmc_nl_get(const struct kmc_nl_reply *reply, unsigned int attr, void *data, size_t size);
bool kmc_nl_get_u16(const struct kmc_nl_reply *reply, unsigned int attr, uint16_t *value);
bool kmc_nl_get_u32(const struct kmc_nl_reply *reply, unsigned int attr, uint32_t *value);
void kmc_nl_get_nest(const struct kmc_nl_reply *reply, unsigned int attr, kmc_nl_u64_fn *fn,
		     void *context);

#endif /* KMCCTL_NL_H */
