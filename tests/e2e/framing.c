// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// How command lines begin, end and are taken apart, whichever the command.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

static const struct row rows[] = {
	/* Line ends. */
	{ "a line may end with LF alone", .steps = {
		STEP("set @a 0 0 1\nx\r\nget @a\n", "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "a data block does not end with LF alone", .steps = {
		STEP("set @a 0 0 1\r\nx\nget @a\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "a CR not followed by LF belongs to the key", .steps = {
		STEP("set @a\rb 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("get @a @a\rb\r\n", "VALUE @a\rb 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "only one CR is dropped before LF", .steps = {
		STEP("set @a\r 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("get @a\r\r\n", "VALUE @a\r 0 1\r\nx\r\nEND\r\n"),
		STEP("get @a\r\n", "END\r\n"),
	} },

	/* Short and empty lines. */
	{ "an empty line", .since = CLIENT_TARGET, .steps = { STEP("\r\n", BAD_LINE) } },
	{ "a line of LF only", .since = CLIENT_TARGET, .steps = { STEP("\n", BAD_LINE) } },
	{ "a line of one space", .since = CLIENT_TARGET, .steps = { STEP(" \n", BAD_LINE) } },
	{ "a line of one letter", .since = CLIENT_TARGET, .steps = { STEP("a\r\n", BAD_LINE) } },
	{ "three bytes with the line end are too short", .since = CLIENT_TARGET, .steps = {
		STEP("ab\n", BAD_LINE),
	} },
	{ "four bytes with the line end are a command", .steps = {
		STEP("ab\r\n", "ERROR\r\n"),
		STEP("abc\n", "ERROR\r\n"),
	} },
	{ "a line of spaces only", .steps = { STEP("     \r\n", "ERROR\r\n") } },
	{ "blank lines between commands", .since = CLIENT_TARGET, .steps = {
		STEP("\r\nset @a 0 0 1\r\nx\r\n\r\n\r\nget @a\r\n\n",
		     BAD_LINE "STORED\r\n" BAD_LINE BAD_LINE "VALUE @a 0 1\r\nx\r\nEND\r\n"
		     BAD_LINE),
	} },

	/* What separates words. */
	{ "several spaces separate as one", .steps = {
		STEP("set  @a   1    0 1\r\nx\r\nget   @b  @a\r\n",
		     "STORED\r\nVALUE @a 1 1\r\nx\r\nEND\r\n"),
	} },
	{ "spaces at the end of a line", .steps = {
		STEP("set @a 0 0 1   \r\nx\r\nget @a   \r\n",
		     "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n"),
		STEP("incr @a 1  \r\ndelete @a \r\n", NOT_A_NUMBER "DELETED\r\n"),
	} },
	{ "a space at the beginning of a line", .since = CLIENT_TARGET, .steps = {
		STEP(" get @a\r\n", "ERROR\r\n"),
		STEP("  version\r\n", "ERROR\r\n"),
	} },
	{ "a TAB belongs to the key", .steps = {
		STEP("set @a\tb 0 0 1\r\nx\r\nget @a @a\tb\r\n",
		     "STORED\r\nVALUE @a\tb 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "a TAB does not separate", .steps = {
		STEP("get\t@a\r\n", "ERROR\r\n"),
		STEP("version\t\r\n", "ERROR\r\n"),
	} },

	/* Command words. */
	{ "commands in capitals are unknown", .steps = {
		STEP("GET @a\r\n", "ERROR\r\n"),
		STEP("Get @a\r\n", "ERROR\r\n"),
		STEP("SET @a 0 0 2\r\n", "ERROR\r\n"),
		STEP("VERSION\r\n", "ERROR\r\n"),
		STEP("INCR @a 1\r\n", "ERROR\r\n"),
		STEP("QUIT\r\n", "ERROR\r\n"),
	} },
	{ "beginnings of commands are unknown", .steps = {
		STEP("ge @a\r\n", "ERROR\r\n"),
		STEP("versio\r\n", "ERROR\r\n"),
		STEP("flush_al\r\n", "ERROR\r\n"),
		STEP("delet @a\r\n", "ERROR\r\n"),
		STEP("sets @a 0 0 0\r\n", "ERROR\r\n"),
		STEP("incrx @a 1\r\n", "ERROR\r\n"),
	} },
	{ "longer words are unknown", .steps = {
		STEP("getx @a\r\n", "ERROR\r\n"),
		STEP("getss @a\r\n", "ERROR\r\n"),
		STEP("gatss 0 @a\r\n", "ERROR\r\n"),
		STEP("versions\r\n", "ERROR\r\n"),
		STEP("deletes @a\r\n", "ERROR\r\n"),
		STEP("flush_all_now\r\n", "ERROR\r\n"),
	} },
	{ "a NUL byte is no line end", .since = CLIENT_TARGET, .steps = {
		STEP("version\0\r\n", "ERROR\r\n"),
	} },

	/* HTTP. */
	{ "an HTTP request is not answered", .whole = true, .steps = {
		STEP("GET / HTTP/1.1\r\n", "{close}"),
	} },
	{ "whatever HTTP request", .whole = true, .steps = {
		STEP("POST /set HTTP/1.0\r\n", "{close}"),
	} },
	{ "replies before an HTTP request are delivered", .quirk = true, .whole = true, .steps = {
		STEP("set @a 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("get @a\r\nHEAD / HTTP/1.1\r\n", "VALUE @a 0 1\r\nx\r\nEND\r\n{close}"),
	} },
	{ "HTTP alone", .since = CLIENT_TARGET, .steps = {
		STEP("HTTP/1.1\r\n", "ERROR\r\n"),
	} },
	{ "HTTP elsewhere than in the last word", .steps = {
		STEP("GET HTTP/1.1 /\r\n", "ERROR\r\n"),
		STEP("GET /HTTP/1.1\r\n", "ERROR\r\n"),
	} },

	/* Too few and too many words. */
	{ "too few words", .since = CLIENT_TARGET, .steps = {
		STEP("get\r\ngets\r\ngat\r\ngats\r\ngat 0\r\ngats 0\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("incr\r\nincr @a\r\ndecr\r\ndecr @a\r\ntouch\r\ntouch @a\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("delete\r\nverbosity\r\n", BAD_LINE BAD_LINE),
	} },
	{ "too few words to store", .since = CLIENT_TARGET, .steps = {
		STEP("set\r\nset @a\r\nset @a 0\r\nset @a 0 0\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("add @a 0 0\r\nreplace @a 0 0\r\nappend @a 0 0\r\nprepend @a 0 0\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("cas @a 0 0\r\n", BAD_LINE),
	} },
	{ "words too many are ignored", .steps = {
		STEP("set @a 0 0 1 junk\r\n5\r\n", "STORED\r\n"),
		STEP("incr @a 1 junk\r\n", "6\r\n"),
		STEP("decr @a 1 junk\r\n", "5\r\n"),
		STEP("touch @a 0 junk\r\n", "TOUCHED\r\n"),
		STEP("verbosity 0 junk\r\n", "OK\r\n"),
		STEP("gets @a\r\ncas @a 0 0 1 0 junk\r\ny\r\n",
		     "VALUE @a 0 1 {d}\r\n5\r\nEND\r\nEXISTS\r\n"),
	} },
	/* 1.6.18 knows only one. */
	{ "several words too many are ignored", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1 more junk\r\n5\r\n", "STORED\r\n"),
		STEP("incr @a 1 much more junk\r\n", "6\r\n"),
		STEP("touch @a 0 more junk\r\n", "TOUCHED\r\n"),
		STEP("verbosity 0 much more junk\r\n", "OK\r\n"),
	} },
	{ "a word after version", .steps = { STEP("version foo\r\n", "VERSION {d}.{d}.{d}\r\n") } },

	/* Keys. */
	{ "a key of 250 bytes", .steps = {
		STEP("set {250} 0 0 1\r\n1\r\n", "STORED\r\n"),
		STEP("get {250}\r\n", "VALUE {250} 0 1\r\n1\r\nEND\r\n"),
		STEP("append {250} 0 0 1\r\n2\r\nincr {250} 1\r\n", "STORED\r\n13\r\n"),
		STEP("gat 0 {250}\r\n", "VALUE {250} 0 2\r\n13\r\nEND\r\n"),
		STEP("touch {250} 0\r\n", "TOUCHED\r\n"),
		STEP("delete {250}\r\n", "DELETED\r\n"),
	} },
	{ "a key of 249 bytes is another one", .steps = {
		STEP("set {249} 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("get {250} {249}\r\n", "VALUE {249} 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "a key of one byte", .steps = {
		STEP("set ~ 0 0 1\r\nx\r\nget ~\r\n", "STORED\r\nVALUE ~ 0 1\r\nx\r\nEND\r\n"),
		STEP("delete ~\r\n", "DELETED\r\n"),
	} },
	{ "get of a key of 251 bytes", .quirk = true, .steps = {
		STEP("get {251}\r\n", BAD_LINE),
		STEP("gets {251}\r\n", BAD_LINE),
		STEP("gat 0 {251}\r\n", BAD_LINE),
		STEP("gats 0 {251}\r\n", BAD_LINE),
	} },
	{ "change of a key of 251 bytes", .steps = {
		STEP("delete {251}\r\n", BAD_LINE),
		STEP("incr {251} 1\r\n", BAD_LINE),
		STEP("decr {251} 1\r\n", BAD_LINE),
		STEP("touch {251} 0\r\n", BAD_LINE),
	} },
	/* 1.6.18 takes the data for commands. */
	{ "store to a key of 251 bytes", .since = CLIENT_TARGET, .steps = {
		STEP("set {251} 0 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("add {251} 0 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("replace {251} 0 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("append {251} 0 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("prepend {251} 0 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("cas {251} 0 0 9 1\r\nversion\r\n\r\n", BAD_LINE),
	} },
	{ "a much too long key", .quirk = true, .steps = {
		STEP("get {1900}\r\n", BAD_LINE),
		STEP("delete {1900}\r\n", BAD_LINE),
	} },
	{ "NUL in a key", .since = CLIENT_TARGET, .steps = {
		STEP("set @a\0b 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("set @a\0c 0 0 1\r\ny\r\n", "STORED\r\n"),
		STEP("get @a @a\0c @a\0b @a\0\r\n",
		     "VALUE @a\0c 0 1\r\ny\r\nVALUE @a\0b 0 1\r\nx\r\nEND\r\n"),
		STEP("delete @a\0b\r\nget @a\0b\r\n", "DELETED\r\nEND\r\n"),
	} },
	{ "8-bit bytes in a key", .steps = {
		STEP("set @\xc3\xa4\xff\x80 0 0 1\r\nx\r\nget @\xc3\xa4\xff\x80 @\xc3\xa4\r\n",
		     "STORED\r\nVALUE @\xc3\xa4\xff\x80 0 1\r\nx\r\nEND\r\n"),
	} },

	/* noreply. */
	{ "noreply to storing", .steps = {
		STEP("set @a 0 0 1 noreply\r\n1\r\nget @a\r\n", "VALUE @a 0 1\r\n1\r\nEND\r\n"),
		STEP("add @a 0 0 1 noreply\r\n2\r\nadd @b 0 0 1 noreply\r\n3\r\nget @a @b\r\n",
		     "VALUE @a 0 1\r\n1\r\nVALUE @b 0 1\r\n3\r\nEND\r\n"),
		STEP("replace @a 0 0 1 noreply\r\n4\r\nreplace @c 0 0 1 noreply\r\n5\r\n"
		     "get @a @c\r\n", "VALUE @a 0 1\r\n4\r\nEND\r\n"),
		STEP("append @a 0 0 1 noreply\r\n5\r\nprepend @a 0 0 1 noreply\r\n3\r\n"
		     "append @c 0 0 1 noreply\r\n5\r\nget @a @c\r\n",
		     "VALUE @a 0 3\r\n345\r\nEND\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 3 {cas}\r\n345\r\nEND\r\n"),
		STEP("cas @a 0 0 1 {cas} noreply\r\n6\r\ncas @a 0 0 1 {cas} noreply\r\n7\r\n"
		     "cas @c 0 0 1 {cas} noreply\r\n8\r\nget @a @c\r\n",
		     "VALUE @a 0 1\r\n6\r\nEND\r\n"),
	} },
	{ "noreply to other commands", .steps = {
		STEP("set @a 0 0 1\r\n5\r\nincr @a 3 noreply\r\ndecr @a 1 noreply\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n7\r\nEND\r\n"),
		STEP("incr @b 1 noreply\r\ndecr @b 1 noreply\r\n", ""),
		STEP("touch @a 0 noreply\r\ntouch @b 0 noreply\r\nverbosity 0 noreply\r\n", ""),
		STEP("delete @a noreply\r\ndelete @a noreply\r\nget @a\r\n", "END\r\n"),
	} },
	{ "noreply hides errors", .steps = {
		STEP("set @a 0 0 1\r\nx\r\nincr @a 1 noreply\r\n", "STORED\r\n"),
		STEP("incr @a junk noreply\r\n", ""),
		STEP("touch @a junk noreply\r\n", ""),
		STEP("incr {251} 1 noreply\r\n", ""),
		STEP("delete {251} noreply\r\n", ""),
	} },
	{ "noreply hides refused storing, whose data is swallowed", .since = CLIENT_TARGET,
	  .steps = {
		STEP("set {251} 0 0 9 noreply\r\nversion\r\n\r\n", ""),
		STEP("set @a junk 0 9 noreply\r\nversion\r\n\r\n", ""),
		STEP("cas @a 0 0 9 junk noreply\r\nversion\r\n\r\n", ""),
	} },
	{ "noreply in place of the cas number", .since = CLIENT_TARGET, .steps = {
		STEP("cas @a 0 0 9 noreply\r\nversion\r\n\r\n", ""),
	} },
	{ "noreply, and nobody knows how long the value is", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 noreply\r\n", "CLIENT_ERROR bad command line format\r\n"),
		STEP("set @a 0 0 junk noreply\r\n", "CLIENT_ERROR bad command line format\r\n"),
		STEP("cas @a 0 0 -1 1 noreply\r\n", "CLIENT_ERROR bad command line format\r\n"),
	} },
	{ "noreply to what is unknown", .since = CLIENT_TARGET, .steps = {
		STEP("unknown @a noreply\r\n", ""),
		STEP(" get @a noreply\r\n", ""),
		STEP("noreply\r\n", ""),
	} },
	{ "noreply and a bad data chunk", .steps = {
		STEP("set @a 0 0 1 noreply\r\nxyzuv\r\nget @a\r\n", "ERROR\r\nEND\r\n"),
	} },
	{ "noreply that is not the last word", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1 noreply junk\r\n5\r\n", "STORED\r\n"),
		STEP("incr @a 1 noreply junk\r\n", "6\r\n"),
		STEP("touch @a 0 noreply junk\r\n", "TOUCHED\r\n"),
	} },
	{ "noreply after a word too many", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1 junk noreply\r\n5\r\nget @a\r\n",
		     "VALUE @a 0 1\r\n5\r\nEND\r\n"),
		STEP("incr @a 1 junk noreply\r\nget @a\r\n", "VALUE @a 0 1\r\n6\r\nEND\r\n"),
	} },
	{ "spaces after noreply", .steps = {
		STEP("set @a 0 0 1 noreply  \r\n5\r\nget @a\r\n", "VALUE @a 0 1\r\n5\r\nEND\r\n"),
	} },
	{ "NOREPLY and noreplyx are no noreply", .steps = {
		STEP("set @a 0 0 1 NOREPLY\r\nx\r\n", "STORED\r\n"),
		STEP("set @a 0 0 1 noreplyx\r\nx\r\n", "STORED\r\n"),
		STEP("set @a 0 0 1 noreply0\r\nx\r\n", "STORED\r\n"),
	} },
	{ "get has no noreply", .steps = {
		STEP("set @a 0 0 1\r\nx\r\nset noreply 0 0 1\r\ny\r\n", "STORED\r\nSTORED\r\n"),
		STEP("get @a noreply\r\n",
		     "VALUE @a 0 1\r\nx\r\nVALUE noreply 0 1\r\ny\r\nEND\r\n"),
	} },

	/* Numbers. */
	{ "flags with a sign or zeroes in front", .steps = {
		STEP("set @a +7 0 1\r\nx\r\nset @b 007 0 1\r\nx\r\n", "STORED\r\nSTORED\r\n"),
		STEP("get @a @b\r\n",
		     "VALUE @a 7 1\r\nx\r\nVALUE @b 7 1\r\nx\r\nEND\r\n"),
	} },
	{ "the largest flags", .steps = {
		STEP("set @a 4294967295 0 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 4294967295 1\r\nx\r\nEND\r\n"),
		STEP("set @a 2147483648 0 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 2147483648 1\r\nx\r\nEND\r\n"),
	} },
	{ "flags beyond 32 bits are cut", .steps = {
		STEP("set @a 4294967296 0 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n"),
		STEP("set @a 4294967303 0 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 7 1\r\nx\r\nEND\r\n"),
	} },
	{ "flags that are no number", .since = CLIENT_TARGET, .steps = {
		STEP("set @a -1 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a x 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 1x 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 0x1 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 1.5 0 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "an exptime that is no number", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 x 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("set @a 0 1x 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("add @a 0 - 9\r\nversion\r\n\r\n", BAD_LINE),
		STEP("get @a\r\n", "END\r\n"),
	} },
	{ "an exptime with a sign", .steps = {
		STEP("set @a 0 +60 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "an exptime to store is cut to 32 bits", .steps = {
		STEP("set @a 0 2147483648 1\r\nx\r\nget @a\r\n", "STORED\r\nEND\r\n"),
		STEP("set @a 0 4294967296 1\r\nx\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "an exptime to touch must fit", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1\r\nx\r\ntouch @a 2147483648\r\n", "STORED\r\n" BAD_EXPTIME),
		STEP("touch @a 4294967296\r\n", BAD_EXPTIME),
		STEP("touch @a -2147483649\r\n", BAD_EXPTIME),
		STEP("gat 2147483648 @a\r\n", BAD_EXPTIME),
		STEP("gats 9223372036854775808 @a\r\n", BAD_EXPTIME),
		STEP("get @a\r\n", "VALUE @a 0 1\r\nx\r\nEND\r\n"),
	} },
	{ "a length with zeroes in front", .steps = {
		STEP("set @a 0 0 0001\r\nx\r\n", "STORED\r\n"),
	} },
	{ "a delta with zeroes in front", .steps = {
		STEP("set @a 0 0 1\r\n5\r\nincr @a 0003\r\n", "STORED\r\n8\r\n"),
	} },
	{ "a delta with a sign", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 1\r\n5\r\nincr @a +3\r\n", "STORED\r\n" BAD_DELTA),
	} },

	/* Several requests at once. */
	{ "requests in a row are answered in order", .steps = {
		STEP("set @a 0 0 1\r\n1\r\nget @a\r\nbogus\r\nincr @a 1\r\ndelete @a\r\nget @a\r\n",
		     "STORED\r\nVALUE @a 0 1\r\n1\r\nEND\r\nERROR\r\n2\r\nDELETED\r\nEND\r\n"),
	} },

	/* Long lines. */
	{ "a line of 2040 bytes is a line", .steps = {
		STEP("{x2040}\r\n", "ERROR\r\n"),
	} },
	{ "an endless line closes the connection", .whole = true, .steps = {
		STEP("{x2100}", "{close}"),
	} },
	{ "an endless line of a known command too", .whole = true, .steps = {
		STEP("set {x2100}", "{close}"),
	} },
	{ "an endless line of spaces", .whole = true, .steps = {
		STEP("                                                                      "
		     "                                        {x2000}", "{close}"),
	} },
	{ "replies before an endless line are delivered", .quirk = true, .whole = true, .steps = {
		STEP("set @a 0 0 1\r\nx\r\nget @a\r\n{x2100}",
		     "STORED\r\nVALUE @a 0 1\r\nx\r\nEND\r\n{close}"),
	} },
};

/* Every byte value but those that end a key. */
static void test_key_bytes(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (int byte = 1; byte < 256; byte++) {
		struct bytes request = { 0 }, wanted = { 0 };
		const char *key = script_prefix();

		if (byte == ' ' || byte == '\n')
			continue;
		bytes_printf(&request, "set %s%cz 0 0 3\r\n%3d\r\n", key, byte, byte);
		bytes_printf(&request, "get %s%cz\r\n", key, byte);
		bytes_printf(&wanted, "STORED\r\nVALUE %s%cz 0 3\r\n%3d\r\nEND\r\n", key, byte,
			     byte);
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
	}
}

static void add_keys(struct bytes *b, unsigned int begin, unsigned int end)
{
	for (unsigned int i = begin; i < end; i++)
		bytes_printf(b, " %s%u", script_prefix(), i);
}

static void check_long_line(const char *command, bool bytewise)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	bytes_printf(&request, "set %s299 3 0 4\r\nlast\r\n%s", script_prefix(), command);
	add_keys(&request, 0, 300);
	bytes_add(&request, "\r\n", 2);
	assert_true(request.len > 3 * 1024);
	bytes_printf(&wanted, "STORED\r\nVALUE %s299 3 4\r\nlast\r\nEND\r\n", script_prefix());
	c->bytewise = bytewise;
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_long_get(void **state)
{
	(void)state;
	check_long_line("get", false);
	check_long_line("get", true);
}

/* memcached takes gat lines of any length only if they arrive at once. */
static void test_long_gat(void **state)
{
	(void)state;
	check_long_line("gat 0", false);
	if (!client_is_since(CLIENT_TARGET) || client_is_upstream())
		return;
	check_long_line("gat 0", true);
}

/*
 * A bad key may be met when values before it are already on their way; a server that has kept
 * them back may forget them. Either way one error line follows and then nothing.
 */
static void check_bad_key_in_long_line(const char *length_of_bad_key)
{
	struct bytes request = { 0 }, reply = { 0 }, only = { 0 }, after = { 0 };
	struct client *c = client_open();

	expect(c, "set @0 0 0 5\r\nfirst\r\n", "STORED\r\n");
	bytes_printf(&request, "get");
	add_keys(&request, 0, 100);
	bytes_add(&request, " ", 1);
	script_expand(&request, length_of_bad_key, strlen(length_of_bad_key));
	add_keys(&request, 0, 100);
	bytes_add(&request, "\r\n", 2);
	bytes_printf(&only, BAD_LINE);
	bytes_printf(&after, "VALUE %s0 0 5\r\nfirst\r\n" BAD_LINE, script_prefix());
	client_fence(c, request.data, request.len, &reply, only.len);
	if (reply.len != only.len || memcmp(reply.data, only.data, only.len))
		expect_bytes(&reply, &after);
	bytes_free(&request);
	bytes_free(&reply);
	bytes_free(&only);
	bytes_free(&after);
}

static void test_bad_key_in_long_get(void **state)
{
	(void)state;
	check_bad_key_in_long_line("{251}");
	check_bad_key_in_long_line("{5000}");
}

static const struct table_test tests[] = {
	{ "every byte but space and line feed in a key", .function = test_key_bytes },
	{ "get lines longer than 2048 bytes", .function = test_long_get },
	{ "gat lines longer than 2048 bytes", .function = test_long_gat },
	/* memcached's error line is followed by an empty one. */
	{ "a bad key in a long get line", .function = test_bad_key_in_long_get, .quirk = true },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("framing", rows, table_length(rows), tests, table_length(tests));
}
