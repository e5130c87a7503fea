// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "log.h"

#include <linux/string.h>

#include "num.h"
#include "uri.h"

/* In microseconds. */
#define SECOND 1000000U

static u32 find_kind(struct kmc_span word)
{
	static const struct {
		const char	*word;
		u32		kind;
	} kinds[] = {
		{ "fetchers",	KMC_LOG_FETCHERS },
		{ "mutations",	KMC_LOG_MUTATIONS },
		{ "evictions",	KMC_LOG_EVICTIONS },
		{ "connevents",	KMC_LOG_CONNEVENTS },
		{ "deletions",	KMC_LOG_DELETIONS },
		{ "sysevents",	KMC_LOG_SYSEVENTS },
		{ "rawcmds",	KMC_LOG_RAWCMDS },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kmc_token_is(word, kinds[i].word))
			return kinds[i].kind;
	return 0;
}

/**
 * kmc_log_parse_kinds() - what somebody wants to watch
 * @words: the words, or nothing for %KMC_LOG_FETCHERS
 *
 * Return: a set of kinds; 0 if there is a word that is none.
 */
u32 kmc_log_parse_kinds(struct kmc_span words)
{
	struct kmc_span word;
	u32 kinds = 0, kind;

	if (!kmc_token_next(&words, &word))
		return KMC_LOG_FETCHERS;
	do {
		kind = find_kind(word);
		kinds |= kind;
	} while (kind && kmc_token_next(&words, &word));
	return kind ? kinds : 0;
}

static size_t put_word(char *buf, size_t at, const char *word)
{
	size_t len = strlen(word);

	memcpy(buf + at, word, len);
	return at + len;
}

static size_t put_number(char *buf, size_t at, const char *name, u64 number)
{
	at = put_word(buf, at, name);
	return at + kmc_num_compose(buf + at, number);
}

static size_t put_signed(char *buf, size_t at, const char *name, s64 number)
{
	at = put_word(buf, at, name);
	if (number < 0)
		buf[at++] = '-';
	return at + kmc_num_compose(buf + at, number < 0 ? -(u64)number : (u64)number);
}

/*
 * memcached writes the microseconds without leading zeroes, so that who reads a decimal
 * fraction is wrong every tenth time. Nobody can depend on that: here they have six digits.
 */
static size_t put_time(char *buf, size_t at, u64 usec)
{
	u64 rest = usec % SECOND, unit;

	at = put_number(buf, at, "ts=", usec / SECOND);
	buf[at++] = '.';
	for (unit = SECOND / 10; unit; unit /= 10)
		buf[at++] = (char)('0' + rest / unit % 10);
	return at;
}

static size_t put_key(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_word(buf, at, " key=");
	return at + kmc_uri_encode(buf + at, text, log->text_len);
}

static size_t put_status(char *buf, size_t at, const struct kmc_log *log)
{
	static const char * const words[] = {
		[KMC_LOG_NOT_FOUND]	= "not_found",
		[KMC_LOG_FOUND]		= "found",
		[KMC_LOG_FLUSHED]	= "flushed",
		[KMC_LOG_EXPIRED]	= "expired",
		[KMC_LOG_STORED]	= "stored",
		[KMC_LOG_NOT_STORED]	= "not_stored",
		[KMC_LOG_EXISTS]	= "exists",
		[KMC_LOG_TOO_LARGE]	= "too_large",
		[KMC_LOG_NO_MEMORY]	= "no_memory",
	};

	return put_word(buf, put_word(buf, at, " status="), words[log->status]);
}

static size_t put_cmd(char *buf, size_t at, const struct kmc_log *log)
{
	static const char * const words[] = {
		[KMC_LOG_CMD_SET]	= "set",
		[KMC_LOG_CMD_ADD]	= "add",
		[KMC_LOG_CMD_REPLACE]	= "replace",
		[KMC_LOG_CMD_APPEND]	= "append",
		[KMC_LOG_CMD_PREPEND]	= "prepend",
		[KMC_LOG_CMD_CAS]	= "cas",
		[KMC_LOG_CMD_DELETE]	= "delete",
		[KMC_LOG_CMD_MD]	= "md",
	};

	return put_word(buf, put_word(buf, at, " cmd="), words[log->cmd]);
}

static size_t put_class(char *buf, size_t at, const struct kmc_log *log)
{
	return put_number(buf, at, " clsid=", log->class);
}

static size_t put_id(char *buf, size_t at, const struct kmc_log *log)
{
	return put_number(buf, at, " cfd=", log->id);
}

static size_t put_size(char *buf, size_t at, const struct kmc_log *log)
{
	return put_number(buf, at, " size=", log->size);
}

static size_t put_item_get(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_key(buf, put_word(buf, at, " type=item_get"), log, text);
	at = put_class(buf, put_status(buf, at, log), log);
	return put_size(buf, put_id(buf, at, log), log);
}

/* memcached counts the time to live in 32 unsigned bits: one that is over is a large number. */
static size_t put_item_store(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_key(buf, put_word(buf, at, " type=item_store"), log, text);
	at = put_cmd(buf, put_status(buf, at, log), log);
	at = put_class(buf, put_number(buf, at, " ttl=", (u32)log->ttl), log);
	return put_size(buf, put_id(buf, at, log), log);
}

static size_t put_eviction(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_key(buf, put_word(buf, at, " type=eviction"), log, text);
	at = put_word(buf, at, log->was_read ? " fetch=yes" : " fetch=no");
	at = put_number(buf, put_signed(buf, at, " ttl=", log->ttl), " la=", log->age);
	return put_size(buf, put_class(buf, at, log), log);
}

/* As in memcached, this one does not say which connection it was. */
static size_t put_deleted(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_key(buf, put_word(buf, at, " type=deleted"), log, text);
	return put_size(buf, put_class(buf, put_cmd(buf, at, log), log), log);
}

static size_t put_client(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_word(buf, at, " rip=");
	memcpy(buf + at, text, log->text_len);
	at = put_number(buf, at + log->text_len, " rport=", log->port);
	return put_word(buf, at, " transport=tcp");
}

static size_t put_conn_new(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	at = put_client(buf, put_word(buf, at, " type=conn_new"), log, text);
	return put_id(buf, at, log);
}

static size_t put_conn_close(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	static const char * const words[] = {
		[KMC_LOG_REASON_ERROR]		= "error",
		[KMC_LOG_REASON_NORMAL]		= "normal",
		[KMC_LOG_REASON_IDLE]		= "idle_timeout",
		[KMC_LOG_REASON_SHUTDOWN]	= "shutdown",
	};

	at = put_client(buf, put_word(buf, at, " type=conn_close"), log, text);
	at = put_word(buf, put_word(buf, at, " reason="), words[log->reason]);
	return put_id(buf, at, log);
}

static size_t put_rest(char *buf, size_t at, const struct kmc_log *log, const char *text)
{
	switch (log->type) {
	case KMC_LOG_ITEM_GET:
		return put_item_get(buf, at, log, text);
	case KMC_LOG_ITEM_STORE:
		return put_item_store(buf, at, log, text);
	case KMC_LOG_EVICTION:
		return put_eviction(buf, at, log, text);
	case KMC_LOG_DELETED:
		return put_deleted(buf, at, log, text);
	case KMC_LOG_CONN_NEW:
		return put_conn_new(buf, at, log, text);
	default:
		return put_conn_close(buf, at, log, text);
	}
}

/**
 * kmc_log_compose() - the line that tells what has happened
 * @buf: at least %KMC_LOG_LINE_MAX bytes
 * @log: what has happened
 * @text: its key, which is written URI encoded, or the client's address
 *
 * Return: length of the line, with the LF that alone ends it.
 */
size_t kmc_log_compose(char *buf, const struct kmc_log *log, const char *text)
{
	size_t at;

	if (log->type == KMC_LOG_SKIPPED) {
		at = put_number(buf, 0, "skipped=", log->gid);
	} else {
		at = put_number(buf, put_time(buf, 0, log->usec), " gid=", log->gid);
		at = put_rest(buf, at, log, text);
	}
	buf[at++] = '\n';
	return at;
}
