#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# The tracepoints: each tells what it is to tell, nothing once it is off, and the module can be
# unloaded while all are on, clients are served, and somebody reads. Runs as root in a guest.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11391
tracing=/sys/kernel/tracing
events=$tracing/events/kmemcached
reader=
client=

clean_up() {
	[[ -z $reader ]] || kill "$reader" 2>/dev/null || true
	[[ -z $client ]] || kill "$client" 2>/dev/null || true
	return 0
}

# trace_on [EVENT...]: those, or all; what was there before is forgotten.
trace_on() {
	local event

	: >$tracing/trace
	[[ $# -gt 0 ]] || set -- .
	for event; do
		echo 1 >"$events/$event/enable"
	done
}

trace_off() {
	echo 0 >$events/enable
}

# lines [EVENT]: what was traced, from the name of the event on.
lines() {
	sed -n "s/^.* \\(kmc_${1-[a-z]*}: .*\\)/\\1/p" $tracing/trace
}

# traced PATTERN: a line has it, all of it.
traced() {
	lines | grep -Ex -- "$1"
}

# field LINE NAME
field() {
	sed -n "s/.* $2=\\([^ ]*\\).*/\\1/p" <<<"$1"
}

fields_of() {
	sed -n '/^print/d; /common_/d; s/^\tfield:.* \**\([a-z_]*\)\(\[[^]]*\]\)\?;.*/\1/p' \
		"$events/$1/format" | tr '\n' ' '
}

# The session is over when the line of its end is there.
closed() {
	[[ $(lines close | wc -l) -ge $1 ]]
}

one_session() {
	local accept conn netns reply

	trace_on
	reply=$(talk 127.0.0.1 $port \
		'set trace:key 0 0 5\r\nvalue\r\nget trace:key missing\r\nincr n 1\r\nbogus\r\n')
	check "the end is told" wait_for 10 closed 1
	trace_off
	lines >"$scratch/lines"
	diag <"$scratch/lines"
	accept=$(head -n 1 "$scratch/lines")
	conn=$(field "$accept" conn)
	netns=$(stat -Lc %i /proc/self/ns/net)
	check "first that a client has come, from where, and to which port" \
		grep -Ex "kmc_accept: netns=$netns conn=[0-9]+ port=$port peer=127.0.0.1:[0-9]+" <<<"$accept"
	check "all is of one connection" not grep -v " netns=$netns conn=$conn " "$scratch/lines"
	same "each request, and each key of one" "\
cmd=set key_len=9 key=trace:key
cmd=get key_len=9 key=trace:key
cmd=get key_len=7 key=missing
cmd=incr key_len=1 key=n
cmd=refused key_len=0 key=
cmd=quit key_len=0 key=" "$(sed -n 's/^kmc_request: .* cmd=/cmd=/p' "$scratch/lines")"
	same "what was sent is what came" \
		"$(printf '%s\n' "$reply" | sed 's/$/\r/' | wc -c)" \
		"$(sed -n 's/^kmc_reply: .* sent=\([0-9]*\) .*/\1/p' "$scratch/lines" |
			awk '{ sum += $1 } END { print sum }')"
	check "and nothing is left" not grep 'left=[^0]' "$scratch/lines"
	same "last that it has ended, and why" "kmc_close: netns=$netns conn=$conn reason=normal" \
		"$(tail -n 1 "$scratch/lines")"
}

any_key() {
	local long

	long=$(printf '%0250d' 0)
	trace_on kmc_request
	talk 127.0.0.1 $port "get a\\001\\377b\\r\\nget $long\\r\\n" >/dev/null
	trace_off
	check "of a key, what is not printable is a dot" \
		traced 'kmc_request: .* cmd=get key_len=4 key=a\.\.b'
	check "a long key is cut" traced 'kmc_request: .* cmd=get key_len=250 key=0{64}'
	same "only what was asked for is told" "" "$(lines '[^r][a-z]*')"
}

evictions() {
	local before

	check "a small store" kmcctl set-limit 8M
	check "with nothing in it that was read" kmcctl flush
	trace_on kmc_evict
	check "fill it beyond its limit" "$programs/fill" 127.0.0.1 $port 12000 1000 1
	trace_off
	lines evict >"$scratch/evictions"
	check "evictions are told" test -s "$scratch/evictions"
	head -n 2 "$scratch/evictions" | diag
	check "each with its key, size, age, and that nobody has read it" not grep -Evx \
		"kmc_evict: netns=[0-9]+ value_len=1000 age=[0-9]+ fetched=0 key_len=[1-9][0-9]* key=[!-~]+" \
		"$scratch/evictions"
	before=$(stat_of evictions)
	: >$tracing/trace
	check "fill it again" "$programs/fill" 127.0.0.1 $port 12000 1000 1
	check "items are evicted" test "$(stat_of evictions)" -gt "$before"
	same "nobody is told any more" "" "$(lines)"
}

store_large() (
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	{
		printf 'set large 0 0 1000000\r\n'
		head -c 1000000 /dev/zero | tr '\0' x
		printf '\r\nquit\r\n'
	} >&3
	grep -qa STORED <&3
)

is_partly_sent() {
	traced 'kmc_reply: .* sent=[1-9][0-9]* left=[1-9][0-9]*' ||
		traced 'kmc_reply: .* sent=-11 left=[1-9][0-9]*'
}

slow_reader() {
	check "store a large value" store_large
	trace_on
	exec {slow}<>"/dev/tcp/127.0.0.1/$port"
	for _ in {1..16}; do
		printf 'get large\r\n' >&"$slow"
	done
	check "what a client does not read is left" wait_for 10 is_partly_sent
	check "disconnect it" kmcctl disconnect all
	check "why it has ended is told" wait_for 10 traced 'kmc_close: .* reason=shutdown'
	exec {slow}>&-
	trace_off
}

serve_all_the_time() {
	while :; do
		talk 127.0.0.1 $port 'set a 0 0 1\r\nb\r\nget a\r\n' >/dev/null 2>&1 || true
	done
}

unload_while_on() {
	trace_on
	cat $tracing/trace_pipe >"$scratch/pipe" &
	reader=$!
	serve_all_the_time &
	client=$!
	check "there is something to read" wait_for 20 grep -q kmc_reply "$scratch/pipe"
	check "unload while all are on" unload
	kill "$client" "$reader" 2>/dev/null || true
	wait "$client" "$reader" 2>/dev/null || true
	client=
	reader=
	check "the events are gone" test ! -e $events
	check "what they have left can be read" cat $tracing/trace
}

unload
[[ -e $tracing/trace ]] || mount -t tracefs tracefs $tracing
check "listen" kmcctl listen 127.0.0.1:$port
same "there are these" "kmc_accept kmc_close kmc_evict kmc_reply kmc_request " \
	"$(cd $events && printf '%s\n' */ | tr -d / | tr '\n' ' ')"
same "a request has these fields" "netns conn key_len cmd key " "$(fields_of kmc_request)"
one_session
any_key
evictions
slow_reader
unload_while_on
check "load it again" kmcctl listen 127.0.0.1:$port
one_session
check "unload" unload
tap_done
