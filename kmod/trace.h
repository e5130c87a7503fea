/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Tracepoints, below /sys/kernel/tracing/events/kmemcached/: README.md lists them. A leaf:
 * includes nothing of the module.
 *
 * Where nobody traces, each costs an instruction that does nothing: whoever has to compute
 * what he tells asks trace_kmc_..._enabled() first. A key is any bytes of a client's choice,
 * and is shown with dots in the place of what is not printable.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kmemcached

#if !defined(KMC_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define KMC_TRACE_H

#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

/* The longest name of a command or a reason, with its NUL. */
#define KMC_TRACE_WORD 16

/* So much of a key is kept, with a NUL. */
#define KMC_TRACE_KEY 65

extern bool kmc_trace_evictions;

void kmc_trace_copy_key(char *to, const char *key, size_t len);
int kmc_trace_evict_on(void);
void kmc_trace_evict_off(void);

TRACE_EVENT(kmc_accept,

	TP_PROTO(u32 netns, u32 conn, const struct sockaddr_storage *peer, u16 port),

	TP_ARGS(netns, conn, peer, port),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, conn)
		__field(u16, port)
		__array(u8, peer, sizeof(struct sockaddr_in6))
	),

	TP_fast_assign(
		__entry->netns = netns;
		__entry->conn = conn;
		__entry->port = port;
		memcpy(__entry->peer, peer, sizeof(struct sockaddr_in6));
	),

	TP_printk("netns=%u conn=%u port=%u peer=%pISpc",
		  __entry->netns, __entry->conn, __entry->port, __entry->peer)
);

TRACE_EVENT(kmc_request,

	TP_PROTO(u32 netns, u32 conn, const char *cmd, const char *key, size_t key_len),

	TP_ARGS(netns, conn, cmd, key, key_len),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, conn)
		__field(u32, key_len)
		__array(char, cmd, KMC_TRACE_WORD)
		__array(char, key, KMC_TRACE_KEY)
	),

	TP_fast_assign(
		__entry->netns = netns;
		__entry->conn = conn;
		__entry->key_len = key_len;
		strscpy(__entry->cmd, cmd, KMC_TRACE_WORD);
		kmc_trace_copy_key(__entry->key, key, key_len);
	),

	TP_printk("netns=%u conn=%u cmd=%s key_len=%u key=%s",
		  __entry->netns, __entry->conn, __entry->cmd, __entry->key_len, __entry->key)
);

TRACE_EVENT(kmc_reply,

	TP_PROTO(u32 netns, u32 conn, int sent, size_t left),

	TP_ARGS(netns, conn, sent, left),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, conn)
		__field(int, sent)
		__field(u32, left)
	),

	TP_fast_assign(
		__entry->netns = netns;
		__entry->conn = conn;
		__entry->sent = sent;
		__entry->left = left;
	),

	TP_printk("netns=%u conn=%u sent=%d left=%u",
		  __entry->netns, __entry->conn, __entry->sent, __entry->left)
);

/* The store is asked to tell of evictions only while somebody traces them. */
TRACE_EVENT_FN(kmc_evict,

	TP_PROTO(u32 netns, const char *key, size_t key_len, u32 value_len, u32 age, bool fetched),

	TP_ARGS(netns, key, key_len, value_len, age, fetched),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, value_len)
		__field(u32, age)
		__field(u8, fetched)
		__field(u32, key_len)
		__array(char, key, KMC_TRACE_KEY)
	),

	TP_fast_assign(
		__entry->netns = netns;
		__entry->value_len = value_len;
		__entry->age = age;
		__entry->fetched = fetched;
		__entry->key_len = key_len;
		kmc_trace_copy_key(__entry->key, key, key_len);
	),

	TP_printk("netns=%u value_len=%u age=%u fetched=%d key_len=%u key=%s",
		  __entry->netns, __entry->value_len, __entry->age, __entry->fetched,
		  __entry->key_len, __entry->key),

	kmc_trace_evict_on, kmc_trace_evict_off
);

TRACE_EVENT(kmc_close,

	TP_PROTO(u32 netns, u32 conn, const char *reason),

	TP_ARGS(netns, conn, reason),

	TP_STRUCT__entry(
		__field(u32, netns)
		__field(u32, conn)
		__array(char, reason, KMC_TRACE_WORD)
	),

	TP_fast_assign(
		__entry->netns = netns;
		__entry->conn = conn;
		strscpy(__entry->reason, reason, KMC_TRACE_WORD);
	),

	TP_printk("netns=%u conn=%u reason=%s",
		  __entry->netns, __entry->conn, __entry->reason)
);

#endif

/* Kbuild adds this folder to where trace.c looks for headers. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
