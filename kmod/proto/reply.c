// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#include "reply.h"

#include <linux/string.h>

#include "num.h"
#include "word.h"

#define TEXT(str) { .p = str "\r\n", .len = sizeof(str "\r\n") - 1 }

static const struct kmc_span texts[] = {
	[KMC_REPLY_NONE]		= { .p = "", .len = 0 },
	[KMC_REPLY_STORED]		= TEXT("STORED"),
	[KMC_REPLY_NOT_STORED]		= TEXT("NOT_STORED"),
	[KMC_REPLY_EXISTS]		= TEXT("EXISTS"),
	[KMC_REPLY_NOT_FOUND]		= TEXT("NOT_FOUND"),
	[KMC_REPLY_DELETED]		= TEXT("DELETED"),
	[KMC_REPLY_TOUCHED]		= TEXT("TOUCHED"),
	[KMC_REPLY_OK]			= TEXT("OK"),
	[KMC_REPLY_END]			= TEXT("END"),
	[KMC_REPLY_RESET]		= TEXT("RESET"),
	[KMC_REPLY_VERSION]		= TEXT("VERSION " KMC_PROTO_VERSION),
	[KMC_REPLY_ERROR]		= TEXT("ERROR"),
	[KMC_REPLY_BAD_FORMAT]		= TEXT("CLIENT_ERROR bad command line format"),
	[KMC_REPLY_BAD_DELETE]	=
		TEXT("CLIENT_ERROR bad command line format.  Usage: delete <key> [noreply]"),
	[KMC_REPLY_BAD_CHUNK]		= TEXT("CLIENT_ERROR bad data chunk"),
	[KMC_REPLY_BAD_EXPTIME]		= TEXT("CLIENT_ERROR invalid exptime argument"),
	[KMC_REPLY_BAD_DELTA]		= TEXT("CLIENT_ERROR invalid numeric delta argument"),
	[KMC_REPLY_NON_NUMERIC]	=
		TEXT("CLIENT_ERROR cannot increment or decrement non-numeric value"),
	[KMC_REPLY_TOO_LARGE]		= TEXT("SERVER_ERROR object too large for cache"),
	[KMC_REPLY_NO_MEMORY]		= TEXT("SERVER_ERROR out of memory storing object"),
	[KMC_REPLY_NO_MEMORY_DELTA]	= TEXT("SERVER_ERROR out of memory"),
	[KMC_REPLY_NO_MEMORY_READ]	= TEXT("SERVER_ERROR out of memory reading request"),
	[KMC_REPLY_TOO_MANY_CONNS]	= TEXT("ERROR Too many open connections"),
	[KMC_REPLY_NOOP]		= TEXT("MN"),
	[KMC_REPLY_MISS]		= TEXT("EN"),
	[KMC_REPLY_BAD_TOKEN]		= TEXT("CLIENT_ERROR bad token in command line format"),
	[KMC_REPLY_DUPLICATE_FLAG]	= TEXT("CLIENT_ERROR duplicate flag"),
	[KMC_REPLY_INVALID_FLAG]	= TEXT("CLIENT_ERROR invalid flag"),
	[KMC_REPLY_TOO_MANY_FLAGS]	= TEXT("CLIENT_ERROR options flags are too long"),
	[KMC_REPLY_BAD_KEY]		= TEXT("CLIENT_ERROR error decoding key"),
	[KMC_REPLY_OPAQUE_TOO_LONG]	= TEXT("CLIENT_ERROR opaque token too long"),
	[KMC_REPLY_BAD_MODE_SET]	= TEXT("CLIENT_ERROR invalid mode for ms M token"),
	[KMC_REPLY_BAD_MODE_DELTA]	= TEXT("CLIENT_ERROR invalid mode for ma M token"),
	[KMC_REPLY_BAD_INITIAL]		= TEXT("CLIENT_ERROR invalid numeric initial value"),
	[KMC_REPLY_BAD_DELTA_VALUE]	= TEXT("CLIENT_ERROR invalid numeric delta value"),
	[KMC_REPLY_BAD_FLAGS]		= TEXT("CLIENT_ERROR invalid or duplicate flag"),
	[KMC_REPLY_NO_MEMORY_GET]	= TEXT("SERVER_ERROR out of memory writing get response"),
	[KMC_REPLY_NO_MEMORY_NUMBER]	= TEXT("SERVER_ERROR Out of memory allocating new item"),
	[KMC_REPLY_BAD_CLASS]		= TEXT("BADCLASS invalid class id"),
	[KMC_REPLY_NO_CLASS]		= TEXT("NOTSTARTED no items to crawl"),
	[KMC_REPLY_CRAWL_FAILED]	= TEXT("ERROR an unknown error happened"),
	[KMC_REPLY_CRAWLER_OFF]		= TEXT("CLIENT_ERROR lru crawler disabled"),
	[KMC_REPLY_CRAWLER_ON]		= TEXT("ERROR failed to start lru crawler thread"),
	[KMC_REPLY_BAD_SLEEP]		= TEXT("CLIENT_ERROR sleep must be one second or less"),
	[KMC_REPLY_BAD_REASSIGN]	= TEXT("BADCLASS invalid src or dst class id"),
	[KMC_REPLY_NO_SPARE]		= TEXT("NOSPARE source class has no spare pages"),
	[KMC_REPLY_SAME_CLASS]		= TEXT("SAME src and dst class are identical"),
	[KMC_REPLY_BAD_WINDOW]		= TEXT("CLIENT_ERROR automove window too low or too high"),
	[KMC_REPLY_BAD_PERCENT]		= TEXT("ERROR hot and warm pcts must not exceed 80"),
	[KMC_REPLY_BAD_FACTOR]		= TEXT("ERROR hot/warm age factors must be greater than 0"),
	[KMC_REPLY_LIMIT_LOW]	=
		TEXT("MEMLIMIT_TOO_SMALL cannot set maxbytes to less than 8m"),
	[KMC_REPLY_LIMIT_BYTES]	=
		TEXT("MEMLIMIT_ADJUST_FAILED input value is megabytes not bytes"),
	[KMC_REPLY_LIMIT_HIGH]	=
		TEXT("MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust"),
	[KMC_REPLY_NO_SHUTDOWN]		= TEXT("SERVER_ERROR: shutdown not enabled"),
	[KMC_REPLY_BAD_LINE]		= TEXT("CLIENT_ERROR bad command line"),
	[KMC_REPLY_BAD_SLAB]		= TEXT("CLIENT_ERROR Illegal slab id"),
	[KMC_REPLY_DETAIL_USAGE]	= TEXT("CLIENT_ERROR usage: stats detail on|off|dump"),
	[KMC_REPLY_WATCH_PIPELINED]	=
		TEXT("ERROR cannot pipeline other commands before watch"),
	[KMC_REPLY_TOO_MANY_WATCHERS]	= TEXT("WATCHER_TOO_MANY log watcher limit reached"),
	[KMC_REPLY_NO_WATCHER]		= TEXT("WATCHER_FAILED failed to add log watcher"),
	[KMC_REPLY_HANGUP]		= { .p = "", .len = 0 },
	[KMC_REPLY_AUTHENTICATED]	= TEXT("STORED"),
	[KMC_REPLY_AUTH_FAILURE]	= TEXT("CLIENT_ERROR authentication failure"),
	[KMC_REPLY_UNAUTHENTICATED]	= TEXT("CLIENT_ERROR unauthenticated"),
	[KMC_REPLY_AUTH_TOO_LONG]	= TEXT("CLIENT_ERROR auth token too long"),
	[KMC_REPLY_BAD_AUTH]		= TEXT("CLIENT_ERROR bad authentication token format"),
	[KMC_REPLY_BAD_AUTH_END]	= TEXT("CLIENT_ERROR bad command line termination"),
	[KMC_REPLY_AUTH_CONTINUE]	= { .p = "", .len = 0 },
	[KMC_REPLY_AUTH_LIST]		= { .p = "", .len = 0 },
	[KMC_REPLY_DENIED_FLUSH]	= TEXT("CLIENT_ERROR flush_all not allowed"),
	[KMC_REPLY_DENIED_DETAIL]	= TEXT("CLIENT_ERROR stats detail not allowed"),
	[KMC_REPLY_DENIED_CACHEDUMP]	= TEXT("CLIENT_ERROR stats cachedump not allowed"),
	[KMC_REPLY_DENIED_WATCH]	= TEXT("CLIENT_ERROR watch commands not allowed"),
	[KMC_REPLY_DENIED_METADUMP]	= TEXT("ERROR metadump not allowed"),
	[KMC_REPLY_DENIED_MGDUMP]	= TEXT("ERROR key dump not allowed"),
};

/**
 * kmc_reply_text() - the bytes of a fixed reply
 * @reply: which
 *
 * Return: constant bytes, with CRLF.
 */
struct kmc_span kmc_reply_text(enum kmc_reply reply)
{
	return texts[reply];
}

/* Of constant length, so that these need no call. */
static __always_inline size_t put_end(char *buf, size_t at)
{
	buf[at++] = '\r';
	buf[at++] = '\n';
	return at;
}

/* "VALUE <key> <flags> <length>", without its end. */
static __always_inline size_t put_value(char *buf, struct kmc_span key, u32 flags, u32 value_len)
{
	size_t at = 6;

	memcpy(buf, "VALUE ", 6);
	kmc_word_copy(buf + at, key.p, key.len);
	at += key.len;
	buf[at++] = ' ';
	at += kmc_num_compose(buf + at, flags);
	buf[at++] = ' ';
	return at + kmc_num_compose(buf + at, value_len);
}

/**
 * kmc_reply_compose_value() - the line before a value
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @flags: client flags
 * @value_len: length of the value without CRLF
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_reply_compose_value(char *buf, struct kmc_span key, u32 flags, u32 value_len)
{
	return put_end(buf, put_value(buf, key, flags, value_len));
}

/**
 * kmc_reply_compose_value_cas() - the line before a value, with the cas id
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @key: the key, at most %KMC_KEY_MAX bytes
 * @flags: client flags
 * @value_len: length of the value without CRLF
 * @cas: cas id
 *
 * Return: length of the line with CRLF.
 */
size_t kmc_reply_compose_value_cas(char *buf, struct kmc_span key, u32 flags, u32 value_len,
				   u64 cas)
{
	size_t at = put_value(buf, key, flags, value_len);

	buf[at++] = ' ';
	at += kmc_num_compose(buf + at, cas);
	return put_end(buf, at);
}

/**
 * kmc_reply_compose_number() - a number as a reply of its own
 * @buf: at least %KMC_REPLY_LINE_MAX bytes
 * @number: the number
 *
 * Return: length with CRLF.
 */
size_t kmc_reply_compose_number(char *buf, u64 number)
{
	return put_end(buf, kmc_num_compose(buf, number));
}
