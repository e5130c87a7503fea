// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
// sources: tests/e2e/bytes.c tests/e2e/client.c tests/e2e/script.c tests/e2e/table.c
//
// The meta commands: mg, ms, md, ma, me and mn.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "replies.h"
#include "table.h"

#define BAD_TOKEN "CLIENT_ERROR bad token in command line format\r\n"
#define DUPLICATE "CLIENT_ERROR duplicate flag\r\n"
#define INVALID "CLIENT_ERROR invalid flag\r\n"
#define TOO_MANY "CLIENT_ERROR options flags are too long\r\n"
#define BAD_KEY "CLIENT_ERROR error decoding key\r\n"
#define LONG_OPAQUE "CLIENT_ERROR opaque token too long\r\n"
#define BAD_SET_MODE "CLIENT_ERROR invalid mode for ms M token\r\n"
#define BAD_DELTA_MODE "CLIENT_ERROR invalid mode for ma M token\r\n"
#define BAD_FLAGS "CLIENT_ERROR invalid or duplicate flag\r\n"
#define BAD_INITIAL "CLIENT_ERROR invalid numeric initial value\r\n"
#define BAD_DELTA_VALUE "CLIENT_ERROR invalid numeric delta value\r\n"
#define O31 "1234567890123456789012345678901"

static const struct row rows[] = {
	{ "mn", .steps = {
		STEP("mn\r\n", "MN\r\n"),
		STEP("mn\r\nmn\r\nmn foo\r\n", "MN\r\nMN\r\nMN\r\n"),
	} },
	/* mg */
	{ "mg without flags asks whether the key is there", .steps = {
		STEP("mg @a\r\n", "EN\r\n"),
		STEP("set @a 7 0 2\r\nhi\r\nmg @a\r\n", "STORED\r\nHD\r\n"),
		STEP("mg @a\nmg  @a  \r\n", "HD\r\nHD\r\n"),
	} },
	{ "mg: the value", .steps = {
		STEP("set @a 7 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a v\r\n", "VA 2\r\nhi\r\n"),
		STEP("set @a 7 0 0\r\n\r\nmg @a v\r\n", "STORED\r\nVA 0\r\n\r\n"),
		STEP("set @a 7 0 4\r\n\r\n\r\n\r\nmg @a v\r\n", "STORED\r\nVA 4\r\n\r\n\r\n\r\n"),
	} },
	{ "mg: answers in the order of the flags", .steps = {
		STEP("set @a 4294967295 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("gets @a\r\n", "VALUE @a 4294967295 2 {cas}\r\nhi\r\nEND\r\n"),
		STEP("mg @a s t c f k Oabc v\r\n",
		     "VA 2 s2 t-1 c{cas} f4294967295 k@a Oabc\r\nhi\r\n"),
		STEP("mg @a v Oabc k f c t s\r\n",
		     "VA 2 Oabc k@a f4294967295 c{cas} t-1 s2\r\nhi\r\n"),
		STEP("mg @a k s\r\n", "HD k@a s2\r\n"),
		STEP("mg @a kx sx Px Lx/ q\r\n", "HD k@a s2\r\n"),
		STEP("set @a 0 100 2\r\nhi\r\nmg @a f t\r\n", "STORED\r\nHD f0 t{d}\r\n"),
	} },
	{ "mg: has it been read before, and when", .steps = {
		STEP("set @a 0 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a h l\r\n", "HD h0 l{d}\r\n"),
		STEP("mg @a h l\r\n", "HD h1 l{d}\r\n"),
		STEP("set @a 0 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a u h v\r\n", "VA 2 h0\r\nhi\r\n"),
		STEP("mg @a u\r\nmg @a u T0\r\n", "HD\r\nHD\r\n"),
		STEP("mg @a h\r\n", "HD h0\r\n"),
		STEP("set @a 0 0 2\r\nhi\r\nget @a\r\nmg @a h\r\n",
		     "STORED\r\nVALUE @a 0 2\r\nhi\r\nEND\r\nHD h1\r\n"),
	} },
	{ "mg: a miss", .steps = {
		STEP("mg @a v s t c f h l k Oabc T10 R10\r\n", "EN k@a Oabc\r\n"),
		STEP("mg @a O k\r\n", "EN O k@a\r\n"),
		STEP("mg @a q\r\nmg @a q k Oabc v\r\nmn\r\n", "MN\r\n"),
	} },
	{ "mg h: an add that fails reads nothing", .steps = {
		STEP("set @a 0 0 2\r\nhi\r\nadd @a 0 0 1\r\nx\r\n", "STORED\r\nNOT_STORED\r\n"),
		STEP("ms @a 1 ME\r\nx\r\n", "NS\r\n"),
		STEP("mg @a h\r\n", "HD h0\r\n"),
	} },
	{ "mg: q hides nothing but a miss", .steps = {
		STEP("set @a 0 0 2\r\nhi\r\nmg @a q v\r\nmg @b q v\r\nmg @a q\r\nmn\r\n",
		     "STORED\r\nVA 2\r\nhi\r\nHD\r\nMN\r\n"),
		STEP("mg @a q q\r\nmg @a q z\r\n", DUPLICATE INVALID),
	} },
	{ "mg T: a new time to live", .steps = {
		STEP("set @a 0 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a t T100\r\n", "HD t-1\r\n"),
		STEP("mg @a t\r\n", "HD t{d}\r\n"),
		STEP("mg @a T0 t v\r\n", "VA 2 t-1\r\nhi\r\n"),
		STEP("mg @a T{now+100} t\r\n", "HD t{d}\r\n"),
		STEP("mg @a T-1\r\nmg @a\r\n", "HD\r\nEN\r\n"),
		STEP("mg @b T100\r\n", "EN\r\n"),
	} },
	{ "mg N: what is missing is made, and one is told so", .steps = {
		STEP("mg @a N100 v s f k Oabc\r\n", "VA 0 s0 f0 k@a Oabc W\r\n\r\n"),
		STEP("mg @a N100 v t\r\n", "VA 0 t{d} Z\r\n\r\n"),
		STEP("mg @a\r\n", "HD Z\r\n"),
		STEP("ms @a 2 T0\r\nhi\r\n", "HD\r\n"),
		STEP("mg @a N100 v t\r\n", "VA 2 t-1\r\nhi\r\n"),
	} },
	{ "mg N: the order of t and N", .steps = {
		STEP("mg @a t N100\r\n", "HD t-1 W\r\n"),
		STEP("mg @a t\r\n", "HD t{d} Z\r\n"),
		STEP("mg @b N100 t v k\r\n", "VA 0 t{d} k@b W\r\n\r\n"),
		STEP("mg @c N0 t\r\nmg @c t\r\n", "HD t-1 W\r\nHD t-1 Z\r\n"),
		STEP("mg @d T0 N100 t\r\nmg @d t\r\n", "HD t{d} W\r\nHD t{d} Z\r\n"),
		STEP("mg @e N100 T0 t\r\nmg @e t\r\n", "HD t-1 W\r\nHD t-1 Z\r\n"),
		STEP("mg @f N-1\r\nmg @f\r\n", "HD W\r\nEN\r\n"),
	} },
	{ "mg N: what is made is an item like others", .steps = {
		STEP("mg @a N0 q v\r\n", "VA 0 W\r\n\r\n"),
		STEP("get @a\r\n", "VALUE @a 0 0\r\n\r\nEND\r\n"),
		STEP("add @a 0 0 1\r\nx\r\n", "NOT_STORED\r\n"),
		STEP("mg @a N0 v\r\n", "VA 0 Z\r\n\r\n"),
		STEP("set @a 0 0 1\r\nx\r\n", "STORED\r\n"),
		STEP("mg @a N0 v\r\n", "VA 1\r\nx\r\n"),
		STEP("mg @b N0\r\n", "HD W\r\n"),
		STEP("delete @b\r\nmg @b N0\r\n", "DELETED\r\nHD W\r\n"),
	} },
	{ "mg N does nothing to what is there", .steps = {
		STEP("set @a 5 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a N100 v f t\r\n", "VA 2 f5 t-1\r\nhi\r\n"),
		STEP("mg @a t\r\n", "HD t-1\r\n"),
	} },
	{ "mg R: the first reader of what expires soon is told so", .steps = {
		STEP("set @a 0 100 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a R10 v\r\n", "VA 2\r\nhi\r\n"),
		STEP("mg @a R1000 v\r\n", "VA 2 W\r\nhi\r\n"),
		STEP("mg @a R1000 v\r\n", "VA 2 Z\r\nhi\r\n"),
		STEP("mg @a v\r\n", "VA 2 Z\r\nhi\r\n"),
		STEP("ms @a 2 T100\r\nho\r\n", "HD\r\n"),
		STEP("mg @a v\r\n", "VA 2\r\nho\r\n"),
		STEP("mg @a R1000 v\r\n", "VA 2 W\r\nho\r\n"),
	} },
	{ "mg R: not what never expires", .steps = {
		STEP("set @a 0 0 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a R1000\r\n", "HD\r\n"),
		STEP("set @a 0 100 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a R0\r\nmg @a R-1\r\n", "HD\r\nHD\r\n"),
		STEP("mg @b R100\r\n", "EN\r\n"),
	} },
	{ "mg R: the order of T and R", .steps = {
		STEP("set @a 0 100 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a T2000 R1000\r\n", "HD\r\n"),
		STEP("mg @a T100 R1000\r\n", "HD W\r\n"),
		STEP("set @a 0 100 2\r\nhi\r\n", "STORED\r\n"),
		STEP("mg @a R1000 T2000\r\n", "HD W\r\n"),
	} },
	{ "mg N and R", .steps = {
		STEP("mg @a N100 R1000\r\n", "HD W\r\n"),
		STEP("mg @a N100 R1000\r\n", "HD Z\r\n"),
	} },
	{ "mg C: no value for who has it", .since = CLIENT_TARGET, .steps = {
		STEP("set @a 0 0 2\r\nhi\r\nmg @a c\r\n", "STORED\r\nHD c{cas}\r\n"),
		STEP("mg @a v C{cas} k\r\n", "HD k@a\r\n"),
		STEP("set @a 0 0 2\r\nho\r\n", "STORED\r\n"),
		STEP("mg @a v C{cas} k\r\n", "VA 2 k@a\r\nho\r\n"),
		STEP("mg @a C1\r\nmg @b v C1\r\n", "HD\r\nEN\r\n"),
	} },
	{ "mg E: the cas id of what is made", .since = CLIENT_TARGET, .steps = {
		STEP("mg @a N0 E1000000 c\r\n", "HD c1000000 W\r\n"),
		STEP("mg @a N0 E2000000 c\r\n", "HD c1000000 Z\r\n"),
		STEP("mg @b E5 c\r\n", "EN\r\n"),
	} },
	{ "mg: mistakes", .steps = {
		STEP("mg @a v v\r\nmg @a T1 T2\r\n", DUPLICATE DUPLICATE),
		STEP("mg @a z\r\nmg @a S2\r\nmg @a 5\r\nmg @a noreply\r\n",
		     INVALID INVALID INVALID INVALID),
		STEP("mg @a Tx\r\nmg @a Nx\r\nmg @a Rx\r\nmg @a Cx\r\nmg @a T\r\n",
		     BAD_TOKEN BAD_TOKEN BAD_TOKEN BAD_TOKEN BAD_TOKEN),
		STEP("mg @a Fx\r\nmg @a Fx Tx\r\nmg @a Tx Fx\r\n", BAD_LINE BAD_TOKEN BAD_TOKEN),
		STEP("mg @a Jx\r\nmg @a Dx\r\nmg @a C-1\r\nmg @a T2147483648\r\n",
		     BAD_INITIAL BAD_DELTA_VALUE BAD_TOKEN BAD_TOKEN),
		STEP("mg @a c f h k l s t u v q C1 N1 O R1 T1 I c c c c c\r\n", TOO_MANY),
		STEP("mg {251}\r\nmg {251} v\r\n", BAD_LINE BAD_LINE),
		STEP("mg {250} k\r\nmg\r\n", "EN k{250}\r\n" BAD_LINE),
	}, .since = CLIENT_TARGET },
	{ "mg: mistakes that older servers know, too", .steps = {
		STEP("mg @a v v\r\nmg @a T1 T2\r\n", DUPLICATE DUPLICATE),
		STEP("mg @a z\r\nmg @a S2\r\nmg @a 5\r\nmg @a noreply\r\n",
		     INVALID INVALID INVALID INVALID),
		STEP("mg @a Tx\r\nmg @a Nx\r\nmg @a Rx\r\nmg @a Cx\r\n",
		     BAD_TOKEN BAD_TOKEN BAD_TOKEN BAD_TOKEN),
		STEP("mg @a Fx\r\nmg @a Fx Tx\r\nmg @a Tx Fx\r\n", BAD_LINE BAD_TOKEN BAD_TOKEN),
		STEP("mg @a Jx\r\nmg @a Dx\r\n", BAD_INITIAL BAD_DELTA_VALUE),
		STEP("mg @a c f h k l s t u v q C1 N1 O R1 T1 I c c c c c\r\n", TOO_MANY),
		STEP("mg {251} v\r\nmg {250} k\r\n", BAD_LINE "EN k{250}\r\n"),
	} },
	{ "a flag that is no letter", .since = CLIENT_TARGET, .steps = {
		STEP("mg @a !\r\nmg @a v v !\r\nmd @a !\r\nma @a !\r\nme @a !\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
	} },
	/* memcached takes the value for commands. */
	{ "ms: a flag that is no letter", .since = CLIENT_TARGET, .quirk = true, .steps = {
		STEP("ms @a 7 !\r\nversion\r\nmn\r\n", BAD_LINE "MN\r\n"),
	} },
	{ "an opaque", .steps = {
		STEP("set @a 0 0 1\r\n5\r\n", "STORED\r\n"),
		STEP("mg @a O" O31 "\r\nmg @b O" O31 "\r\n", "HD O" O31 "\r\nEN O" O31 "\r\n"),
		STEP("ma @a O" O31 "\r\nms @a 1 O" O31 "\r\n1\r\nmd @a O" O31 "\r\n",
		     "HD O" O31 "\r\nHD O" O31 "\r\nHD O" O31 "\r\n"),
		STEP("mg @a O" O31 "2\r\nmd @a O" O31 "2\r\nms @a 2 O" O31 "2\r\nhi\r\nmn\r\n",
		     LONG_OPAQUE LONG_OPAQUE LONG_OPAQUE "MN\r\n"),
		STEP("mg @a O!$%&()=\tx\r\n", "EN O!$%&()=\tx\r\n"),
	} },
	/* memcached has done its work before it looks at the opaque. */
	{ "too long an opaque changes nothing", .since = CLIENT_TARGET, .quirk = true, .steps = {
		STEP("set @a 0 0 1\r\n5\r\n", "STORED\r\n"),
		STEP("mg @a T-1 O" O31 "2\r\nma @a O" O31 "2\r\n", LONG_OPAQUE LONG_OPAQUE),
		STEP("mg @a t v\r\n", "VA 1 t-1\r\n5\r\n"),
	} },

	/* ms */
	{ "ms and get", .steps = {
		STEP("ms @a 2\r\nhi\r\nget @a\r\n", "HD\r\nVALUE @a 0 2\r\nhi\r\nEND\r\n"),
		STEP("ms @a 3 F5 T100\r\nyes\r\n", "HD\r\n"),
		STEP("mg @a f s v t\r\n", "VA 3 f5 s3 t{d}\r\nyes\r\n"),
		STEP("ms @a 0\r\n\r\nmg @a f s v t\r\n", "HD\r\nVA 0 f0 s0 t-1\r\n\r\n"),
		STEP("ms @a 2 T-1\r\nhi\r\nmg @a\r\n", "HD\r\nEN\r\n"),
		STEP("ms @a 2 T{now+100} F4294967295\r\nhi\r\n", "HD\r\n"),
		STEP("mg @a f t\r\n", "HD f4294967295 t{d}\r\n"),
		STEP("ms @a 2 T{now-5}\r\nhi\r\nmg @a\r\n", "HD\r\nEN\r\n"),
	} },
	{ "ms: what is answered", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 k Oabc s c\r\nhi\r\n", "HD k@a Oabc s2 c{cas}\r\n"),
		STEP("mg @a c\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 ME c s k Oabc\r\nhi\r\n", "NS c0 s2 k@a Oabc\r\n"),
		STEP("ms @a 2 t h l f v Px Lx k\r\nhi\r\n", "HD k@a\r\n"),
	} },
	{ "ms: what older servers answer", .steps = {
		STEP("ms @a 2 k Oabc c\r\nhi\r\n", "HD k@a Oabc c{cas}\r\n"),
		STEP("mg @a c\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 ME k Oabc\r\nhi\r\n", "NS k@a Oabc\r\n"),
		STEP("ms @a 2 t h l f v Px Lx k\r\nhi\r\n", "HD k@a\r\n"),
	} },
	{ "ms: q hides nothing but success", .steps = {
		STEP("ms @a 2 q k\r\nhi\r\nms @a 2 q ME k\r\nho\r\nms @b 2 q MR\r\nho\r\nmn\r\n",
		     "NS k@a\r\nNS\r\nMN\r\n"),
		STEP("ms @a 2 q C1\r\nho\r\nms @b 2 q C1\r\nho\r\n", "EX\r\nNF\r\n"),
		STEP("ms @a 2 q\r\nhi there\r\nms @a 2 q Mx\r\nhi\r\n", BAD_CHUNK "ERROR\r\n"
		     BAD_SET_MODE),
		STEP("mg @a v\r\n", "VA 2\r\nhi\r\n"),
	}, .since = CLIENT_TARGET },
	{ "ms: modes", .steps = {
		STEP("ms @a 1 MR\r\nx\r\nms @a 1 MA\r\nx\r\nms @a 1 MP\r\nx\r\n",
		     "NS\r\nNS\r\nNS\r\n"),
		STEP("ms @a 1 ME F3\r\nb\r\nms @a 1 ME\r\nx\r\n", "HD\r\nNS\r\n"),
		STEP("ms @a 2 MA F4 T100\r\nc \r\nms @a 2 MP F4 T100\r\n a\r\n", "HD\r\nHD\r\n"),
		STEP("mg @a v f t\r\n", "VA 5 f3 t-1\r\n abc \r\n"),
		STEP("ms @a 1 MR F5\r\nr\r\nmg @a v f\r\n", "HD\r\nVA 1 f5\r\nr\r\n"),
		STEP("ms @a 1 MS F6\r\ns\r\nmg @a v f\r\n", "HD\r\nVA 1 f6\r\ns\r\n"),
	} },
	{ "ms: longer and unknown modes", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 1 MEx\r\nx\r\nms @a 1 MSet\r\ny\r\n", "HD\r\nHD\r\n"),
		STEP("ms @a 1 M\r\nx\r\nms @a 1 Ms\r\nx\r\nms @a 1 Mx\r\nx\r\nms @a 1 M1\r\nx\r\n",
		     BAD_SET_MODE BAD_SET_MODE BAD_SET_MODE BAD_SET_MODE),
		STEP("mg @a v\r\n", "VA 1\r\ny\r\n"),
	} },
	{ "ms: append makes what is missing", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 MA N100 T0 F5 s c\r\nhi\r\n", "HD s2 c{cas}\r\n"),
		STEP("mg @a v f t c\r\n", "VA 2 f5 t{d} c{cas}\r\nhi\r\n"),
		STEP("ms @a 3 MA N0 F6 s c\r\n yo\r\n", "HD s5 c{cas}\r\n"),
		STEP("mg @a v f t c\r\n", "VA 5 f5 t{d} c{cas}\r\nhi yo\r\n"),
		STEP("ms @b 2 MP N0 s C5\r\nhi\r\nms @b 2 MP N0 s\r\noh\r\nmg @b v t\r\n",
		     "HD s2\r\nHD s4\r\nVA 4 t-1\r\nohhi\r\n"),
	} },
	{ "ms C: if the item has not changed", .steps = {
		STEP("ms @a 2 C5\r\nhi\r\nms @a 2 C0\r\nhi\r\n", "NF\r\nNF\r\n"),
		STEP("ms @a 2 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 C0\r\nxx\r\n", "EX\r\n"),
		STEP("ms @a 2 C{cas} c\r\nho\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 MR C{cas} c\r\nha\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 MS C{cas}\r\nhe\r\n", "HD\r\n"),
		STEP("ms @a 2 C{cas} k\r\nxx\r\nms @b 2 MR C{cas} k\r\nxx\r\n",
		     "EX k@a\r\nNF k@b\r\n"),
		STEP("mg @a v\r\n", "VA 2\r\nhe\r\n"),
	} },
	{ "ms C: append and add", .steps = {
		STEP("ms @a 2 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 1 MA C{cas} c\r\n!\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 1 MP C{cas}\r\n!\r\n", "HD\r\n"),
		STEP("ms @a 1 MP C{cas}\r\nx\r\nms @a 1 MA C{cas}\r\nx\r\n", "EX\r\nEX\r\n"),
		STEP("ms @a 1 MA C0\r\n?\r\nms @b 1 MA C1\r\n?\r\n", "HD\r\nNS\r\n"),
		STEP("ms @a 1 ME C{cas}\r\nx\r\nms @c 1 ME C{cas}\r\nx\r\n", "NS\r\nHD\r\n"),
		STEP("mg @a v\r\n", "VA 5\r\n!hi!?\r\n"),
	} },
	{ "ms E: a cas id of the client's", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 E18446744073709551615 c\r\nhi\r\n", "HD c18446744073709551615\r\n"),
		STEP("gets @a\r\n", "VALUE @a 0 2 18446744073709551615\r\nhi\r\nEND\r\n"),
		STEP("cas @a 7 0 2 18446744073709551615\r\nho\r\n", "STORED\r\n"),
		STEP("ms @a 2 E1 c F9\r\nhi\r\nms @a 1 MA E2 c\r\n!\r\nmg @a c v f\r\n",
		     "HD c1\r\nHD c2\r\nVA 3 c2 f9\r\nhi!\r\n"),
		STEP("ms @a 2 C2 E3 c\r\nhu\r\nms @b 2 ME E4 c\r\nhu\r\nms @b 2 MR E5 c\r\nhu\r\n",
		     "HD c3\r\nHD c4\r\nHD c5\r\n"),
		STEP("ms @a 2 C3\r\nhi\r\nms @a 2 C3\r\nhi\r\n", "HD\r\nEX\r\n"),
		STEP("ms @b 2 E0 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("ms @b 2 C{cas}\r\nho\r\n", "HD\r\n"),
	} },
	{ "ms: mistakes, and the value is passed over", .steps = {
		STEP("ms @a 7 Tx\r\nversion\r\nms @a 7 Fx\r\nversion\r\n", BAD_TOKEN BAD_LINE),
		STEP("ms @a 7 z\r\nversion\r\nms @a 7 c c\r\nversion\r\n", INVALID DUPLICATE),
		STEP("ms @a 7 S7\r\nversion\r\nms @a 7 C\r\nversion\r\n", INVALID BAD_TOKEN),
		STEP("ms {251} 7\r\nversion\r\nmn\r\n", BAD_LINE "MN\r\n"),
		STEP("ms {250} 7 k\r\nversion\r\n", "HD k{250}\r\n"),
		STEP("ms @a 2 c f h k l s t u v q C1 N1 O R1 T1 I c c c c\r\nhi\r\n", TOO_MANY),
	}, .since = CLIENT_TARGET },
	{ "ms: mistakes that older servers know, too", .steps = {
		STEP("ms @a 7 Tx\r\nversion\r\nms @a 7 Fx\r\nversion\r\n", BAD_TOKEN BAD_LINE),
		STEP("ms @a 7 z\r\nversion\r\nms @a 7 c c\r\nversion\r\n", INVALID DUPLICATE),
		STEP("ms @a 7 S7\r\nversion\r\nmn\r\n", INVALID "MN\r\n"),
	} },
	{ "a minus sign alone is 0", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a - T-\r\n\r\nmg @a v t\r\n", "HD\r\nVA 0 t-1\r\n\r\n"),
		STEP("set @a 0 0 -\r\n\r\ntouch @a -\r\ngat - @a\r\n",
		     "STORED\r\nTOUCHED\r\nVALUE @a 0 0\r\n\r\nEND\r\n"),
	} },
	{ "ms: a length of minus zero", .steps = {
		STEP("ms @a -0\r\n\r\nmg @a v\r\n", "HD\r\nVA 0\r\n\r\n"),
	} },
	{ "ms: a length that is none", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a x\r\nms @a -1\r\nms @a 2147483646\r\nms @a 4294967297\r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("ms @a\r\nmn\r\n", BAD_LINE "MN\r\n"),
	} },
	{ "ms: no line end behind the value", .steps = {
		STEP("ms @a 2\r\nhi\r\n", "HD\r\n"),
		STEP("ms @a 2 k\r\nhello there\r\n", BAD_CHUNK "ERROR\r\n"),
		STEP("ms @a 4 k\r\nhe\r\n\r\n", "HD k@a\r\n"),
		STEP("mg @a v\r\n", "VA 4\r\nhe\r\n\r\n"),
	} },

	/* Stale values. */
	{ "md I: the first reader is told to fetch a new value", .steps = {
		STEP("ms @a 2 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("md @a I\r\n", "HD\r\n"),
		STEP("mg @a v t\r\n", "VA 2 t-1 X W\r\nhi\r\n"),
		STEP("mg @a v t\r\n", "VA 2 t-1 Z X\r\nhi\r\n"),
		STEP("mg @a\r\n", "HD Z X\r\n"),
		STEP("ms @a 2 C{cas}\r\nho\r\n", "EX\r\n"),
		STEP("mg @a c\r\n", "HD c{cas} Z X\r\n"),
		STEP("ms @a 2 C{cas}\r\nho\r\nmg @a v\r\n", "HD\r\nVA 2\r\nho\r\n"),
	} },
	{ "md I T: the time that is left to do it", .steps = {
		STEP("ms @a 2 T0 F9\r\nhi\r\nmd @a I T100\r\n", "HD\r\nHD\r\n"),
		STEP("mg @a t v f\r\n", "VA 2 t{d} f9 X W\r\nhi\r\n"),
		STEP("md @a I T0\r\n", "HD\r\n"),
		STEP("mg @a t\r\n", "HD t-1 X W\r\n"),
		STEP("md @a I T-1\r\nmg @a\r\n", "HD\r\nEN\r\n"),
		STEP("ms @b 2 T100\r\nhi\r\nmd @b T-1\r\nmg @b\r\n", "HD\r\nHD\r\nEN\r\n"),
	} },
	{ "md I again: there is another winner", .steps = {
		STEP("ms @a 2\r\nhi\r\nmd @a I\r\n", "HD\r\nHD\r\n"),
		STEP("mg @a\r\n", "HD X W\r\n"),
		STEP("mg @a\r\n", "HD Z X\r\n"),
		STEP("md @a I\r\n", "HD\r\n"),
		STEP("mg @a\r\n", "HD X W\r\n"),
		STEP("mg @a\r\n", "HD Z X\r\n"),
	} },
	{ "md I keeps whether it was read", .steps = {
		STEP("ms @a 2\r\nhi\r\nmd @a I\r\n", "HD\r\nHD\r\n"),
		STEP("mg @a h\r\n", "HD h0 X W\r\n"),
		STEP("md @a I\r\n", "HD\r\n"),
		STEP("mg @a h\r\n", "HD h1 X W\r\n"),
	} },
	{ "who won by R does not win again", .steps = {
		STEP("ms @a 2 T100\r\nhi\r\n", "HD\r\n"),
		STEP("mg @a R1000\r\n", "HD W\r\n"),
		STEP("md @a I\r\n", "HD\r\n"),
		STEP("mg @a R1000\r\n", "HD X W\r\n"),
		STEP("mg @a R1000\r\n", "HD Z X\r\n"),
	} },
	{ "what makes a stale item fresh", .steps = {
		STEP("ms @a 2\r\nhi\r\nmd @a I\r\n", "HD\r\nHD\r\n"),
		STEP("set @a 0 0 2\r\nho\r\n", "STORED\r\n"),
		STEP("mg @a v\r\n", "VA 2\r\nho\r\n"),
		STEP("md @a I\r\nappend @a 0 0 1\r\n!\r\n", "HD\r\nSTORED\r\n"),
		STEP("mg @a v\r\n", "VA 3\r\nho!\r\n"),
		STEP("md @a I\r\nreplace @a 0 0 1\r\n9\r\n", "HD\r\nSTORED\r\n"),
		STEP("mg @a v\r\n", "VA 1\r\n9\r\n"),
		STEP("md @a I\r\nincr @a 1\r\nmg @a v\r\n", "HD\r\n10\r\nVA 2\r\n10\r\n"),
	} },
	{ "what does not", .steps = {
		STEP("ms @a 2\r\n10\r\nmd @a I\r\n", "HD\r\nHD\r\n"),
		STEP("add @a 0 0 2\r\nho\r\ntouch @a 0\r\n", "NOT_STORED\r\nTOUCHED\r\n"),
		STEP("incr @a 1\r\n", "11\r\n"),
		STEP("mg @a v\r\n", "VA 2 X W\r\n11\r\n"),
		STEP("decr @a 2\r\n", "9\r\n"),
		STEP("mg @a v\r\n", "VA 2 Z X\r\n9 \r\n"),
	} },
	{ "classic commands know nothing of it", .steps = {
		STEP("ms @a 2\r\nhi\r\nmd @a I\r\nget @a\r\n",
		     "HD\r\nHD\r\nVALUE @a 0 2\r\nhi\r\nEND\r\n"),
		STEP("mg @a\r\n", "HD X W\r\n"),
	} },
	{ "ms I C: late, but better than nothing", .steps = {
		STEP("ms @a 2 c T100\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("md @a I T0\r\n", "HD\r\n"),
		STEP("ms @a 3 I C{cas} T100\r\nnew\r\n", "HD\r\n"),
		STEP("mg @a v t\r\n", "VA 3 t-1 X W\r\nnew\r\n"),
		STEP("ms @a 3 I C{cas} T100\r\nold\r\n", "HD\r\n"),
		STEP("mg @a v t\r\n", "VA 3 t-1 Z X\r\nold\r\n"),
		STEP("ms @a 3 C{cas}\r\nnot\r\n", "EX\r\n"),
		STEP("mg @a c\r\n", "HD c{cas} Z X\r\n"),
	} },
	{ "ms I C: the right id, a higher one, none", .steps = {
		STEP("ms @a 2 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("ms @a 2 I C18446744073709551615\r\nxx\r\nms @a 2 I C0\r\nxx\r\n",
		     "EX\r\nEX\r\n"),
		STEP("ms @a 2 I C{cas}\r\nho\r\nmg @a v\r\n", "HD\r\nVA 2\r\nho\r\n"),
		STEP("ms @a 2 I C1\r\nhe\r\nmg @a v\r\n", "HD\r\nVA 2 X W\r\nhe\r\n"),
		STEP("ms @a 2 I\r\nhu\r\nmg @a v\r\n", "HD\r\nVA 2\r\nhu\r\n"),
		STEP("ms @b 2 I C1\r\nhu\r\n", "NF\r\n"),
		STEP("ms @a 2 MA I C1\r\nxx\r\n", "EX\r\n"),
	} },

	/* md */
	{ "md", .steps = {
		STEP("md @a\r\nms @a 2\r\nhi\r\nmd @a\r\nmg @a\r\n", "NF\r\nHD\r\nHD\r\nEN\r\n"),
		STEP("md @a k Oabc\r\nms @a 2\r\nhi\r\nmd @a Oabc k\r\n",
		     "NF k@a Oabc\r\nHD\r\nHD Oabc k@a\r\n"),
		STEP("md @a q\r\nms @a 2 q\r\nhi\r\nmd @a q k Oabc\r\nmn\r\n", "NF\r\nMN\r\n"),
		STEP("ms @a 2 q\r\nhi\r\nmd @a I q\r\nmd @a q C1\r\nmn\r\n", "EX\r\nMN\r\n"),
		STEP("md @b I\r\nmd @b I T100 q\r\n", "NF\r\nNF\r\n"),
		STEP("md @a t c s v f h l u Px Lx N1 R1 D1 J1 M\r\n", "HD\r\n"),
	}, .since = CLIENT_TARGET },
	{ "md as older servers do it, too", .steps = {
		STEP("md @a\r\nms @a 2\r\nhi\r\nmd @a\r\nmg @a\r\n", "NF\r\nHD\r\nHD\r\nEN\r\n"),
		STEP("md @a k Oabc\r\nms @a 2\r\nhi\r\nmd @a Oabc k\r\n",
		     "NF k@a Oabc\r\nHD\r\nHD Oabc k@a\r\n"),
		STEP("md @b I\r\nmd @b I T100 q\r\n", "NF\r\nNF\r\n"),
	} },
	{ "md C", .steps = {
		STEP("ms @a 2 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("md @a C1 k\r\nmd @a C0\r\nmd @b C1 k\r\nmd @a C1 I\r\n",
		     "EX k@a\r\nEX\r\nNF k@b\r\nEX\r\n"),
		STEP("md @a C{cas} I\r\n", "HD\r\n"),
		STEP("md @a C{cas}\r\n", "EX\r\n"),
		STEP("mg @a c\r\n", "HD c{cas} X W\r\n"),
		STEP("md @a C{cas}\r\nmg @a\r\n", "HD\r\nEN\r\n"),
	} },
	{ "md I E", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2\r\nhi\r\nmd @a I E77\r\nmg @a c v\r\n",
		     "HD\r\nHD\r\nVA 2 c77 X W\r\nhi\r\n"),
		STEP("md @a I C77\r\n", "HD\r\n"),
		STEP("md @a I C77\r\nmd @a I E0\r\nmg @a c\r\n", "EX\r\nHD\r\nHD c0 X W\r\n"),
		STEP("md @a I C0 E18446744073709551615\r\nmg @a c\r\n",
		     "HD\r\nHD c18446744073709551615 X W\r\n"),
		STEP("md @a E5\r\nmg @a\r\n", "HD\r\nEN\r\n"),
	} },
	{ "md x: the value goes, the item stays", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 F7 T100 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("md @a x k Oabc\r\n", "HD k@a Oabc\r\n"),
		STEP("mg @a v f t c s h\r\n", "VA 0 f0 t-1 c{cas} s0 h0\r\n\r\n"),
		STEP("ms @a 2 C{cas} F7\r\nho\r\n", "HD\r\n"),
		STEP("md @a x T100 E99 C1\r\n", "EX\r\n"),
		STEP("md @a x T100 E99 F3 q\r\n", ""),
		STEP("mg @a v f t c\r\n", "VA 0 f3 t{d} c99\r\n\r\n"),
		STEP("md @b x\r\nmd @b x q\r\n", "NF\r\nNF\r\n"),
	} },
	{ "md x I", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 F7 T100 c\r\nhi\r\n", "HD c{cas}\r\n"),
		STEP("md @a x I\r\n", "HD\r\n"),
		STEP("ms @a 2 C{cas}\r\nxx\r\n", "EX\r\n"),
		STEP("mg @a v t f\r\n", "VA 0 t-1 f0 X W\r\n\r\n"),
		STEP("md @a x\r\n", "HD\r\n"),
		STEP("mg @a v\r\n", "VA 0\r\n\r\n"),
	} },
	{ "md: mistakes", .since = CLIENT_TARGET, .steps = {
		STEP("md @a v v\r\nmd @a z\r\nmd @a Tx\r\nmd @a Cx\r\nmd {251} q\r\n",
		     DUPLICATE INVALID BAD_TOKEN BAD_TOKEN BAD_LINE),
		STEP("md @a c f h k l s t u v q C1 N1 O R1 T1 I c c c c c\r\n", TOO_MANY),
	} },
	{ "no key", .since = CLIENT_TARGET, .steps = {
		STEP("mg\r\nms\r\nmd\r\nma\r\nme\r\nmg \r\n",
		     BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE BAD_LINE),
		STEP("mx @a\r\nmgx @a\r\nMG @a\r\n", "ERROR\r\nERROR\r\nERROR\r\n"),
	} },

	/* ma */
	{ "ma", .steps = {
		STEP("ma @a\r\nms @a 1\r\n5\r\nma @a\r\n", "NF\r\nHD\r\nHD\r\n"),
		STEP("ma @a v\r\n", "VA 1\r\n7\r\n"),
		STEP("ma @a v D10\r\n", "VA 2\r\n17\r\n"),
		STEP("ma @a v MI D3\r\nma @a v M+\r\n", "VA 2\r\n20\r\nVA 2\r\n21\r\n"),
		STEP("ma @a v MD\r\nma @a v M- D15\r\n", "VA 2\r\n20\r\nVA 1\r\n5\r\n"),
		STEP("get @a\r\n", "VALUE @a 0 2\r\n5 \r\nEND\r\n"),
		STEP("ma @a v MD D100\r\nma @a v D0\r\n", "VA 1\r\n0\r\nVA 1\r\n0\r\n"),
	} },
	{ "ma: the ends of numbers", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 20 F3\r\n18446744073709551615\r\n", "HD\r\n"),
		STEP("ma @a v D2\r\n", "VA 1\r\n1\r\n"),
		STEP("get @a\r\n", "VALUE @a 3 20\r\n1                   \r\nEND\r\n"),
		STEP("ma @a v D18446744073709551615 MD\r\n", "VA 1\r\n0\r\n"),
		STEP("ma @a v D18446744073709551615\r\n",
		     "VA 20\r\n18446744073709551615\r\n"),
	} },
	{ "ma: what is answered", .steps = {
		STEP("ms @a 1 T0\r\n5\r\n", "HD\r\n"),
		STEP("ma @a t c k Oabc v\r\n", "VA 1 t-1 c{cas} k@a Oabc\r\n6\r\n"),
		STEP("mg @a c\r\n", "HD c{cas}\r\n"),
		STEP("ma @a Oabc k s f h l Px Lx\r\n", "HD Oabc k@a\r\n"),
		STEP("ma @b Oabc k c t v\r\n", "NF Oabc k@b\r\n"),
	} },
	{ "ma: q hides success", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 1\r\n5\r\nma @a q\r\nma @a q v\r\nma @b q N0 J5 v k\r\nmn\r\n",
		     "HD\r\nMN\r\n"),
		STEP("ma @c q\r\nma @a q C1\r\nms @d 1\r\nx\r\nma @d q\r\nma @a q Dx\r\n",
		     "NF\r\nEX\r\nHD\r\n" NOT_A_NUMBER BAD_FLAGS),
		STEP("mg @a v\r\nmg @b v\r\n", "VA 1\r\n7\r\nVA 1\r\n5\r\n"),
	} },
	{ "ma T", .steps = {
		STEP("ms @a 1 T0\r\n1\r\n", "HD\r\n"),
		STEP("ma @a t T100\r\n", "HD t-1\r\n"),
		STEP("mg @a t\r\n", "HD t{d}\r\n"),
		STEP("ma @a T0 t\r\nma @a T100 t\r\n", "HD t-1\r\nHD t{d}\r\n"),
		STEP("ma @a\r\nmg @a t\r\n", "HD\r\nHD t{d}\r\n"),
		STEP("ma @a T-1\r\nmg @a\r\n", "HD\r\nEN\r\n"),
	} },
	{ "ma N and J: what is missing is made", .steps = {
		STEP("ma @a N0 v\r\n", "VA 1\r\n0\r\n"),
		STEP("ma @a N0 v J5 D2\r\n", "VA 1\r\n2\r\n"),
		STEP("ma @b N0 J13 v t k c D5 MD\r\n", "VA 2 t-1 k@b c{cas}\r\n13\r\n"),
		STEP("mg @b v c f\r\n", "VA 2 c{cas} f0\r\n13\r\n"),
		STEP("ma @c N100 t\r\nmg @c t v\r\n", "HD t{d}\r\nVA 1 t{d}\r\n0\r\n"),
		STEP("ma @d t N100\r\nma @d t\r\n", "HD t-1\r\nHD t{d}\r\n"),
		STEP("ma @e N100 T0 t\r\nma @f T0 N100 t\r\n", "HD t-1\r\nHD t{d}\r\n"),
		STEP("ma @g J18446744073709551615 N0 v\r\nma @h J5\r\n",
		     "VA 20\r\n18446744073709551615\r\nNF\r\n"),
	} },
	{ "ma C", .steps = {
		STEP("ms @a 1 c\r\n5\r\n", "HD c{cas}\r\n"),
		STEP("ma @a C1 k v\r\n", "EX k@a\r\n"),
		STEP("ma @a C{cas} c v\r\n", "VA 1 c{cas}\r\n6\r\n"),
		STEP("ma @a C{cas}\r\n", "HD\r\n"),
		STEP("ma @a C{cas}\r\nma @a C0 v\r\nma @b C1\r\n", "EX\r\nVA 1\r\n8\r\nNF\r\n"),
	} },
	{ "ma E", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 1\r\n5\r\nma @a E88 c\r\nmg @a c\r\n", "HD\r\nHD c88\r\nHD c88\r\n"),
		STEP("ma @a C88 v c\r\n", "VA 1 c{cas}\r\n7\r\n"),
		STEP("ma @a C88\r\nma @a C{cas}\r\n", "EX\r\nHD\r\n"),
		STEP("ma @b N0 E90 c\r\nma @b C90\r\n", "HD c90\r\nHD\r\n"),
	} },
	/* memcached gives both to the old item when the number needs more room. */
	{ "ma T and E, and a longer number", .since = CLIENT_TARGET, .quirk = true, .steps = {
		STEP("ms @a 1\r\n9\r\nma @a E88 T100 c\r\n", "HD\r\nHD c88\r\n"),
		STEP("mg @a c t v\r\n", "VA 2 c88 t{d}\r\n10\r\n"),
		STEP("ma @a D90 T-1\r\nmg @a\r\n", "HD\r\nEN\r\n"),
	} },
	{ "ma: not a number", .steps = {
		STEP("ms @a 1\r\nx\r\nma @a\r\nma @a v k q N0\r\n", "HD\r\n" NOT_A_NUMBER
		     NOT_A_NUMBER),
		STEP("ms @b 0\r\n\r\nma @b\r\nma @b C1\r\nma @a C1\r\n",
		     "HD\r\n" NOT_A_NUMBER NOT_A_NUMBER "EX\r\n"),
		STEP("ms @a 3\r\n 5 \r\nma @a v\r\n", "HD\r\nVA 1\r\n6\r\n"),
	} },
	{ "ma keeps flags", .steps = {
		STEP("ms @a 1 F7\r\n9\r\nma @a\r\nma @a v\r\nmg @a f v\r\n",
		     "HD\r\nHD\r\nVA 2\r\n11\r\nVA 2 f7\r\n11\r\n"),
	} },
	{ "ma keeps a stale item stale", .steps = {
		STEP("ms @a 1\r\n5\r\nmd @a I\r\n", "HD\r\nHD\r\n"),
		STEP("ma @a v\r\n", "VA 1\r\n6\r\n"),
		STEP("mg @a\r\n", "HD X W\r\n"),
		STEP("ma @a v\r\n", "VA 1\r\n7\r\n"),
		STEP("mg @a\r\n", "HD Z X\r\n"),
	} },
	{ "ma: mistakes", .since = CLIENT_TARGET, .steps = {
		STEP("ma @a v v\r\nma @a z\r\nma @a Tx\r\nma @a Dx\r\nma @a D-1\r\nma @a Jx\r\n",
		     BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS),
		STEP("ma @a D18446744073709551616\r\nma {251}\r\nma !! b\r\nma @a Fx\r\n",
		     BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS),
		STEP("ma @a c f h k l s t u v q C1 N1 O R1 T1 I c c c c c\r\n", BAD_FLAGS),
		STEP("ma @a Mx\r\nma @a M\r\nma @a Md\r\nma @a MIncr\r\n",
		     BAD_DELTA_MODE BAD_DELTA_MODE BAD_DELTA_MODE "NF\r\n"),
	} },
	{ "ma: mistakes that older servers know, too", .steps = {
		STEP("ma @a v v\r\nma @a z\r\nma @a Tx\r\nma @a Dx\r\nma @a Jx\r\n",
		     BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS BAD_FLAGS),
		STEP("ma @a Mx\r\n", BAD_DELTA_MODE),
	} },

	/* me */
	{ "me", .steps = {
		STEP("me @a\r\n", "EN\r\n"),
		STEP("ms @a 2\r\nhi\r\nme @a\r\n",
		     "HD\r\nME @a exp=-1 la={d} cas={d} fetch=no cls={d} size={d}\r\n"),
		STEP("mg @a c\r\n", "HD c{cas}\r\n"),
		STEP("me @a\r\nme @a junk\r\n",
		     "ME @a exp=-1 la={d} cas={cas} fetch=yes cls={d} size={d}\r\n"
		     "ME @a exp=-1 la={d} cas={cas} fetch=yes cls={d} size={d}\r\n"),
		STEP("me {251}\r\n", BAD_LINE),
	} },
	{ "me: what expires", .since = CLIENT_TARGET, .steps = {
		STEP("ms @a 2 T100\r\nhi\r\nme @a\r\n",
		     "HD\r\nME @a exp={d} la={d} cas={d} fetch=no cls={d} size={d}\r\n"),
	} },
	{ "me does not count as reading", .steps = {
		STEP("ms @a 2\r\nhi\r\nme @a\r\nmg @a h\r\n",
		     "HD\r\nME @a exp=-1 la={d} cas={d} fetch=no cls={d} size={d}\r\nHD h0\r\n"),
	} },

	/* Keys that are base64. */
	{ "b: a key that is base64", .steps = {
		STEP("ms {b64} 2 b k c\r\nhi\r\n", "HD k{b64} b c{cas}\r\n"),
		STEP("get @\r\n", "VALUE @ 0 2\r\nhi\r\nEND\r\n"),
		STEP("mg {b64} b k v c\r\n", "VA 2 k{b64} b c{cas}\r\nhi\r\n"),
		STEP("mg {b64} k b s\r\n", "HD k{b64} b s2\r\n"),
		STEP("mg {b64} k\r\n", "EN k{b64}\r\n"),
		STEP("me {b64} b\r\n",
		     "ME {b64} exp=-1 la={d} cas={cas} fetch=yes cls={d} size={d}\r\n"),
		STEP("md {b64} b k\r\nmd {b64} k b\r\n", "HD k{b64} b\r\nNF k{b64} b\r\n"),
		STEP("mg {b64} b k Ox\r\nget @\r\n", "EN k{b64} b Ox\r\nEND\r\n"),
	} },
	{ "b: the item remembers it", .steps = {
		STEP("ms {b64} 2 b\r\nhi\r\nmg @ k\r\n", "HD\r\nHD k{b64} b\r\n"),
		STEP("me @\r\n",
		     "ME {b64} exp=-1 la={d} cas={d} fetch=yes cls={d} size={d}\r\n"),
		STEP("ms @ 2 k\r\nhi\r\nmg {b64} b k\r\n", "HD k@\r\nHD k@\r\n"),
	} },
	/* memcached forgets it whenever it makes another item, and then k gives raw bytes. */
	{ "b: it is not forgotten", .quirk = true, .since = CLIENT_TARGET, .steps = {
		STEP("mg {b64} b k N0\r\nmg @ k\r\n", "HD k{b64} b W\r\nHD k{b64} b Z\r\n"),
		STEP("ms {b64} 1 b MA\r\n9\r\nma {b64} b k v\r\nmg @ k\r\n",
		     "HD\r\nVA 2 k{b64} b\r\n10\r\nHD k{b64} b\r\n"),
		STEP("append @ 0 0 1\r\n1\r\nmg @ k v\r\n", "STORED\r\nVA 3 k{b64} b\r\n101\r\n"),
		STEP("md @ I\r\nmg @ k\r\n", "HD\r\nHD k{b64} b X W\r\n"),
		STEP("md {b64} b x\r\nmg @ k\r\n", "HD\r\nHD k{b64} b\r\n"),
		STEP("md @\r\nma {b64} b N0 k\r\nmg @ k\r\n",
		     "HD\r\nHD k{b64} b\r\nHD k{b64} b\r\n"),
	} },
	{ "b: a key that is none", .since = CLIENT_TARGET, .steps = {
		STEP("mg !! b\r\nmg a b\r\nmg Zg= b\r\nmg Z=== b\r\nmd !! b\r\nms !! 2 b\r\nhi\r\n",
		     BAD_KEY BAD_KEY BAD_KEY BAD_KEY BAD_KEY BAD_KEY),
		STEP("mg !! b Tx\r\nme !! b\r\nma !! b\r\n", BAD_TOKEN BAD_LINE BAD_FLAGS),
	} },

	{ "b: a key that is none, for older servers, too", .steps = {
		STEP("mg !! b\r\nmg a b\r\nmg Zg= b\r\nmg Z=== b\r\nms !! 2 b\r\nhi\r\n",
		     BAD_KEY BAD_KEY BAD_KEY BAD_KEY BAD_KEY),
		STEP("mg !! b Tx\r\nme !! b\r\nma !! b\r\n", BAD_TOKEN BAD_LINE BAD_FLAGS),
	} },

	/* Both protocols. */
	{ "classic and meta commands in one write", .steps = {
		STEP("set @a 1 0 1\r\n1\r\nmg @a v f\r\nincr @a 1\r\nma @a v\r\nget @a\r\nmd @a\r\n"
		     "get @a\r\nmg @a\r\nbogus\r\nmn\r\nversion @\r\nmg @a q\r\nmn\r\n",
		     "STORED\r\nVA 1 f1\r\n1\r\n2\r\nVA 1\r\n3\r\nVALUE @a 1 1\r\n3\r\nEND\r\n"
		     "HD\r\nEND\r\nEN\r\nERROR\r\nMN\r\nVERSION {d}.{d}.{d}\r\nMN\r\n"),
	} },
	{ "a meta key called noreply", .steps = {
		STEP("ms noreply 2\r\nhi\r\nmg noreply v\r\nmd noreply\r\n",
		     "HD\r\nVA 2\r\nhi\r\nHD\r\n"),
	} },
	{ "a line that is too long", .whole = true, .steps = {
		STEP("mg @a O{x2100}\r\n", "{close}"),
	}, .since = CLIENT_TARGET },
};

/* Of many readers of a stale item, one wins, wherever they come from. */
static void test_one_winner(void **state)
{
	struct client *c = client_open(), *readers[40];
	unsigned int winners = 0;

	(void)state;
	for (size_t i = 0; i < table_length(readers); i++)
		readers[i] = client_open();
	for (unsigned int round = 0; round < 20; round++) {
		struct bytes request = { 0 };

		if (round % 2)
			expect(c, "ms @a 2\r\nhi\r\nmd @a I\r\n", "HD\r\nHD\r\n");
		else
			expect(c, "ms @a 0 q\r\n\r\nmd @a\r\n", "HD\r\n");
		script_add(&request, "mg @a s N0\r\n");
		for (size_t i = 0; i < table_length(readers); i++)
			client_send(readers[i], request.data, request.len);
		for (size_t i = 0; i < table_length(readers); i++) {
			struct bytes reply = { 0 };

			client_exchange(readers[i], "", 0, &reply, 8, "\r\n");
			bytes_add(&reply, "", 1);
			if (strstr(reply.data, " W\r\n"))
				winners++;
			else if (!strstr(reply.data, " Z"))
				client_fail("neither won nor lost: %s", reply.data);
			bytes_free(&reply);
		}
		assert_int_equal(winners, round + 1);
		bytes_free(&request);
	}
}

static void test_vivified_expires(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "mg @a N1\r\nma @b N1\r\nms @c 1\r\nx\r\nmg @c T1\r\n",
	       "HD W\r\nHD\r\nHD\r\nHD\r\n");
	script_until_missing(c, "@a", 5);
	script_until_missing(c, "@b", 5);
	script_until_missing(c, "@c", 5);
	expect(c, "mg @a N100\r\n", "HD W\r\n");
}

/* A cas id that a client chooses says nothing about when the item was stored. */
static void test_chosen_id_and_flush(void **state)
{
	struct client *c = client_open();

	(void)state;
	expect(c, "ms @a 1 E18446744073709551615\r\nx\r\nmg @b N0 E18446744073709551615\r\n",
	       "HD\r\nHD W\r\n");
	expect(c, "flush_all\r\n", "OK\r\n");
	expect(c, "mg @a\r\nmg @b\r\n", "EN\r\nEN\r\n");
	expect(c, "ms @a 1 E1\r\nx\r\nmg @b N0 E1\r\nma @c N0 E1\r\n", "HD\r\nHD W\r\nHD\r\n");
	expect(c, "mg @a c\r\nmg @b c\r\nmg @c c\r\n", "HD c1\r\nHD c1 Z\r\nHD c1\r\n");
}

static void add_exchange(struct bytes *request, struct bytes *wanted, const char *before,
			 const struct bytes *key, const char *behind, const char *reply,
			 const char *reply_behind)
{
	bytes_printf(request, "%s", before);
	script_add_base64(request, key->data, key->len);
	bytes_printf(request, "%s", behind);
	bytes_printf(wanted, "%s", reply);
	if (reply_behind) {
		script_add_base64(wanted, key->data, key->len);
		bytes_printf(wanted, "%s", reply_behind);
	}
}

/* Keys of all lengths, of bytes that would be the end of something if they were text. */
static void test_binary_keys(void **state)
{
	struct client *c = client_open();

	(void)state;
	for (size_t len = 1; len <= 150; len += len < 10 ? 1 : 35) {
		struct bytes request = { 0 }, wanted = { 0 }, key = { 0 };

		script_add(&key, "@");
		for (size_t i = 0; i < len; i++)
			bytes_add(&key, &"\r\n \0\xff"[i % 5], 1);
		add_exchange(&request, &wanted, "ms ", &key, " 1 b k\r\n7\r\n", "HD k",
			     " b\r\n");
		add_exchange(&request, &wanted, "mg ", &key, " b k v s\r\n", "VA 1 k",
			     " b s1\r\n7\r\n");
		add_exchange(&request, &wanted, "ma ", &key, " v b k\r\n", "VA 1 k",
			     " b\r\n8\r\n");
		add_exchange(&request, &wanted, "md ", &key, " b k I\r\n", "HD k", " b\r\n");
		add_exchange(&request, &wanted, "mg ", &key, " v b\r\n", "VA 1 X W\r\n8\r\n",
			     NULL);
		add_exchange(&request, &wanted, "md ", &key, " k b\r\n", "HD k", " b\r\n");
		add_exchange(&request, &wanted, "mg ", &key, " b v k\r\n", "EN k", " b\r\n");
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
		bytes_free(&key);
	}
}

/* Sizes around those where values are kept and sent in another way. */
static void test_sizes(void **state)
{
	static const size_t sizes[] = { 200, 4000, 16000, 16384, 16385, 70000, 500000 };
	struct client *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(sizes); i++) {
		struct bytes request = { 0 }, wanted = { 0 };
		size_t len = sizes[i];

		bytes_printf(&request, "ms %s %zu c q F9 T100\r\n", script_prefix(), len);
		bytes_fill(&request, 'v', len);
		script_add(&request, "\r\nmg @ v f\r\nmd @ I T0\r\nmg @ v t Oabc\r\n"
			   "ms @ 1 MA q\r\n!\r\nmg @ v\r\nmg @ s\r\n");
		bytes_printf(&wanted, "VA %zu f9\r\n", len);
		bytes_fill(&wanted, 'v', len);
		bytes_printf(&wanted, "\r\nHD\r\nVA %zu t-1 Oabc X W\r\n", len);
		bytes_fill(&wanted, 'v', len);
		bytes_printf(&wanted, "\r\nVA %zu\r\n", len + 1);
		bytes_fill(&wanted, 'v', len);
		bytes_printf(&wanted, "!\r\nHD s%zu\r\n", len + 1);
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
	}
}

/* The binary protocol takes keys that no line has: a reply must not repeat them as they are. */
static void test_key_of_other_protocol(void **state)
{
	static const char tail[] = "\r\nEND\r\nVALUE x";
	struct bytes key = { 0 }, set = { 0 }, request = { 0 }, wanted = { 0 };
	unsigned char reply[24];
	struct client *c = client_open();

	(void)state;
	bytes_printf(&key, "%s%s", script_prefix(), tail);
	/* set, with eight bytes of extras and a value of one byte */
	bytes_add(&set, "\x80\x01\0", 3);
	bytes_printf(&set, "%c", (int)key.len);
	bytes_add(&set, "\x08\0\0\0\0\0\0", 7);
	bytes_printf(&set, "%c", (int)key.len + 9);
	bytes_fill(&set, 0, 20);
	bytes_add(&set, key.data, key.len);
	bytes_add(&set, "1", 1);
	client_send(c, set.data, set.len);
	assert_int_equal(client_recv(c, reply, sizeof(reply)), sizeof(reply));
	assert_int_equal(reply[7], 0);

	script_add(&request, "mg ");
	script_add_base64(&request, key.data, key.len);
	script_add(&request, " b k v\r\n");
	script_add(&wanted, "VA 1 k");
	script_add_base64(&wanted, key.data, key.len);
	script_add(&wanted, " b\r\n1\r\n");
	expect_reply(client_open(), &request, &wanted);
	bytes_free(&key);
	bytes_free(&set);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* What is refused for its size takes the old value with it, whatever the mode, and q or not. */
static void test_too_large(void **state)
{
	static const char * const modes[] = { "", " q", " ME", " MA", " MR q", " C1" };
	struct client *c = client_open();

	(void)state;
	for (size_t i = 0; i < table_length(modes); i++) {
		struct bytes request = { 0 }, wanted = { 0 };

		script_add(&request, "ms @ 1\r\nx\r\n");
		bytes_printf(&request, "ms %s 1048577 k%s\r\n", script_prefix(), modes[i]);
		bytes_fill(&request, 'v', 1048577);
		script_add(&request, "\r\nmg @\r\n");
		bytes_printf(&wanted, "HD\r\n" TOO_LARGE "EN\r\n");
		expect_reply(c, &request, &wanted);
		bytes_free(&request);
		bytes_free(&wanted);
	}
}

/* Many small replies, and long ones, in one write. */
static void test_many_at_once(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };

	(void)state;
	script_add(&request, "ms {250} 3 F1\r\nabc\r\n");
	script_add(&wanted, "HD\r\n");
	for (unsigned int i = 0; i < 3000; i++) {
		script_add(&request, "mg {250} s v k f O" O31 " t\r\nmg @x q\r\nmg {250}\r\n");
		script_add(&wanted, "VA 3 s3 k{250} f1 O" O31 " t-1\r\nabc\r\nHD\r\n");
		if (i % 3 == 0) {
			script_add(&request, "get {250}\r\n");
			script_add(&wanted, "VALUE {250} 1 3\r\nabc\r\nEND\r\n");
		}
		if (i % 50 == 0) {
			script_add(&request, "ms @b 9000 q\r\n{x9000}\r\nmg @b v k\r\n");
			script_add(&wanted, "VA 9000 k@b\r\n{x9000}\r\n");
		}
	}
	expect_reply(client_open(), &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

/* One of every kind, meta and classic. They leave the server as they find it. */
static const struct step pipeline[] = {
	STEP("ms @a 10 F5 T0\r\n0123456789\r\n", "HD\r\n"),
	STEP("mg @a v f k Oabc\r\n", "VA 10 f5 k@a Oabc\r\n0123456789\r\n"),
	STEP("get @a\r\n", "VALUE @a 5 10\r\n0123456789\r\nEND\r\n"),
	STEP("ms @a 4 q\r\n\r\n\r\n\r\n", ""),
	STEP("mg  @a  s  v \n", "VA 4 s4\r\n\r\n\r\n\r\n"),
	STEP("ms @a 3 ME k\r\nadd\r\n", "NS k@a\r\n"),
	STEP("append @a 0 0 2 noreply\r\nab\r\n", ""),
	STEP("ms @a 2 MP\r\ncd\r\n", "HD\r\n"),
	STEP("mg @a v t\r\n", "VA 8 t-1\r\ncd\r\n\r\nab\r\n"),
	STEP("set @a 7 0 1\r\n5\r\n", "STORED\r\n"),
	STEP("ma @a D37 v\r\n", "VA 2\r\n42\r\n"),
	STEP("ma @a MD q\r\n", ""),
	STEP("incr @a 1\r\n", "42\r\n"),
	STEP("ms @a 1 C1 k O\r\n5\r\n", "EX k@a O\r\n"),
	STEP("ms @a 3 Tx\r\nabc\r\n", BAD_TOKEN),
	STEP("ms @a 3\r\ntoo long\r\n", BAD_CHUNK "ERROR\r\n"),
	STEP("ms @a -1\r\n", BAD_LINE),
	STEP("mg @a z\r\n", INVALID),
	STEP("mg @b q v k\r\n", ""),
	STEP("md @b\r\n", "NF\r\n"),
	STEP("mn\r\n", "MN\r\n"),
	STEP("ms {b64} 1 b\r\nx\r\n", "HD\r\n"),
	STEP("mg {b64} v b k\r\n", "VA 1 k{b64} b\r\nx\r\n"),
	STEP("md {b64} b\r\n", "HD\r\n"),
	STEP("md @a q\r\n", ""),
	STEP("mg @a k\r\n", "EN k@a\r\n"),
	STEP("get @a\r\n", "END\r\n"),
};

static void add_pipeline(struct bytes *request, struct bytes *reply)
{
	for (size_t i = 0; i < table_length(pipeline); i++) {
		script_expand(request, pipeline[i].request, pipeline[i].request_len);
		script_expand(reply, pipeline[i].reply, pipeline[i].reply_len);
	}
}

static void test_pipeline_bytewise(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };
	struct client *c = client_open();

	(void)state;
	for (int i = 0; i < 5; i++)
		add_pipeline(&request, &wanted);
	expect_reply(c, &request, &wanted);
	c->bytewise = true;
	expect_reply(c, &request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static void test_every_cut(void **state)
{
	struct bytes request = { 0 }, wanted = { 0 };

	(void)state;
	add_pipeline(&request, &wanted);
	expect_reply_to_cut(&request, &wanted);
	bytes_free(&request);
	bytes_free(&wanted);
}

static const struct table_test tests[] = {
	{ "of many readers one wins", .function = test_one_winner },
	{ "what N has made expires", .function = test_vivified_expires },
	{ "a cas id of the client's, and flush_all", .function = test_chosen_id_and_flush,
	  .since = CLIENT_TARGET },
	{ "keys of all kinds of bytes", .function = test_binary_keys },
	{ "a key that no line has", .function = test_key_of_other_protocol,
	  .since = CLIENT_TARGET, .quirk = true },
	{ "values of many sizes", .function = test_sizes },
	{ "a value that is too large", .function = test_too_large },
	{ "many requests in one write", .function = test_many_at_once },
	{ "meta and classic commands, one byte a segment", .function = test_pipeline_bytewise },
	{ "meta and classic commands, cut in two at every byte", .function = test_every_cut },
};

int main(int argc, char **argv)
{
	client_init(argc, argv);
	return table_run("meta", rows, table_length(rows), tests, table_length(tests));
}
