#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# kmcctl conns and disconnect; and that nobody who watches keeps anything from going:
# listener, namespace, module. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11341

hold_pid=
busy_pid=
clean_up() {
	[[ -z $busy_pid ]] || kill "$busy_pid" 2>/dev/null || true
	[[ -z $hold_pid ]] || kill "$hold_pid" 2>/dev/null || true
	ip netns del kmc-a 2>/dev/null || true
}

# watch [NETNS] WORDS: a connection that watches, on descriptor $watcher. What it gets is
# left unread.
watchers=()
watch() {
	local fd answer

	exec {fd}<>"/dev/tcp/127.0.0.1/$port"
	printf 'watch %s\r\n' "$1" >&"$fd"
	read -r -t $((10 * patience)) -u "$fd" answer
	[[ $answer == $'OK\r' ]] || return 1
	watchers+=("$fd")
}

# All of them are closed by the other side.
watchers_end() {
	local fd status

	for fd in "${watchers[@]}"; do
		status=0
		timeout $((10 * patience)) cat <&"$fd" >/dev/null 2>&1 || status=$?
		exec {fd}>&-
		((status != 124)) || { echo "descriptor $fd is still open"; return 1; }
	done
	watchers=()
}

state_counts() {
	kmcctl conns | sed 1d | awk '{ print $4 }' | sort | uniq -c | awk '{ print $2 "=" $1 }' |
		tr '\n' ' '
}

states_are() {
	[[ $(state_counts) == "$1" ]]
}

ids_of() {
	kmcctl conns | awk -v state="$1" 'NR > 1 && $4 == state { print $1 }'
}

shows() {
	same "nobody is connected at first" "" "$(kmcctl conns)"
	same "nobody, in JSON" "[]" "$(kmcctl conns -j)"
	check "listen" kmcctl listen "$port"
	same "a listener is no connection" "[]" "$(kmcctl conns -j)"
	check "12 connections in the middle of everything" hold 127.0.0.1 "$port" 12 mix 300
	check "all of them are shown" wait_for 10 count_is 12
	check "each has an id of its own" ids_differ
	check "somebody watches" watch fetchers
	check "he is shown" wait_for 10 state_has watching
	check "the ids are those of stats conns" ids_are_fds
	same "in JSON they have all members" "$(kmcctl conns -j | tr '{' '\n' | grep -c '"id"')" \
		"$(kmcctl conns -j | tr '{' '\n' | grep -cE \
		'"id":[0-9]+,"address":"127.0.0.1","port":[0-9]+,"family":"inet","listener":"127.0.0.1:'$port'","state":"[a-z]+","age":[0-9]+,"idle":[0-9]+')"
}

count_is() {
	[[ $(kmcctl conns | sed 1d | wc -l) == "$1" ]]
}

state_has() {
	[[ -n $(ids_of "$1") ]]
}

ids_differ() {
	[[ $(kmcctl conns | awk 'NR > 1 { print $1 }' | sort -u | wc -l) == 12 ]]
}

ids_are_fds() {
	local id

	id=$(ids_of watching)
	talk 127.0.0.1 "$port" 'stats conns\r\n' | grep -qx "STAT $id:state conn_watch"
}

is_gone() {
	! kmcctl conns | awk -v id="$1" '$1 == id { found = 1 } END { exit !found }'
}

disconnects() {
	local id

	refuses "disconnect whom there is not" 1 'there is no such connection' \
		kmcctl disconnect 2147483647
	refuses "nor a listener" 1 'there is no such connection' \
		kmcctl disconnect "$(talk 127.0.0.1 "$port" 'stats conns\r\n' |
		sed -n 's/^STAT \([0-9]*\):state conn_listening$/\1/p')"
	refuses "0 is no id" 2 'not an id' kmcctl disconnect 0
	refuses "nor is a word" 2 'not an id' kmcctl disconnect one
	refuses "one is missing" 2 'is missing' kmcctl disconnect
	id=$(ids_of watching)
	check "disconnect who watches" kmcctl disconnect "$id"
	check "he is gone" wait_for 10 is_gone "$id"
	check "he has noticed" watchers_end
	refuses "he cannot be disconnected twice" 1 'there is no such connection' \
		kmcctl disconnect "$id"
	same "nobody watches any more" 0 "$(stat_of log_watchers)"
	check "the others are still there" count_is 12
	check "disconnect all" kmcctl disconnect all
	check "nobody is left" wait_for 10 count_is 0
	hold_end
	same "all of them have noticed" "closed 12 of 12" "$held"
	check "the listener still serves" store 127.0.0.1 "$port" key value
}

# Something to tell, all the time.
keep_busy() {
	"$programs/fill" 127.0.0.1 "$port" 100000000 1024 >"$scratch/fill" 2>&1 &
	busy_pid=$!
}

busy_end() {
	kill "$busy_pid" 2>/dev/null || true
	wait "$busy_pid" 2>/dev/null || true
	busy_pid=
}

some_are_skipped() {
	(($(stat_of log_watcher_skipped) > 0))
}

# With the little memory there is, more is stored than fits.
evictions_are_told() {
	local line pattern count=30000

	((patience == 1)) || count=10000
	# Where each item is an allocation, it takes the next power of two.
	[[ $(</sys/module/kmemcached/parameters/debug_slab) == N ]] || count=6000
	pattern='^ts=[0-9]+\.[0-9]{6} gid=[0-9]+ type=eviction key=[^ ]+ fetch=(yes|no) ttl=-1 '
	# what was stored before may have to go first
	pattern+='la=[0-9]+ clsid=[0-9]+ size=[0-9]+$'
	check "a small memory limit" kmcctl set-limit 8M
	check "somebody watches evictions" watch evictions
	check "more is stored than fits" "$programs/fill" 127.0.0.1 "$port" \
		"$count" 1024
	line=
	read -r -t $((10 * patience)) -u "${watchers[0]}" line || true
	check "he is told of what had to go" grep -qE "$pattern" <<<"$line"
	check "evictions are counted, too" evicted
	check "he goes" kmcctl disconnect all
	check "he has noticed" watchers_end
}

# One who says nothing for too long is told of as that.
idle_end() {
	local idle line

	exec {idle}<>"/dev/tcp/127.0.0.1/$port"
	while read -r -t $((10 * patience)) -u "${watchers[0]}" line; do
		[[ $line != *type=conn_close*reason=idle_timeout* ]] || break
	done
	exec {idle}>&-
	[[ $line == *reason=idle_timeout* ]]
}

idle_ends_are_told() {
	check "a timeout" kmcctl set idle-timeout 1
	check "somebody watches connections" watch connevents
	check "he is told of one that was idle" idle_end
	check "no timeout" kmcctl set idle-timeout 0
	check "he goes" kmcctl disconnect all
	check "he has noticed" watchers_end
}

evicted() {
	(($(stat_of evictions) > 1000))
}

# Prefixes are forgotten when they would take too much of a lower limit.
prefixes_keep_the_limit() {
	local request=get at

	check "a larger one" kmcctl set-limit 64M
	check "prefixes are counted" detail_on
	for ((at = 0; at < 60000; at++)); do
		request+=" $at:"
	done
	same "60000 keys" END "$(talk 127.0.0.1 "$port" "$request\r\n")"
	check "of which most have a prefix" prefixes_are 30000 65536
	check "the small limit again" kmcctl set-limit 8M
	check "some of them are left" prefixes_are 1 20000
	same "and the limit is kept" 0 "$(stat_of limit_pending)"
	same "reset forgets them all" $'OK\nRESET\nEND' \
		"$(talk 127.0.0.1 "$port" 'stats detail off\r\nstats reset\r\nstats detail dump\r\n')"
}

prefixes_are() {
	local count

	count=$(talk 127.0.0.1 "$port" 'stats detail dump\r\n' | grep -c '^PREFIX ')
	((count >= $1 && count <= $2)) || { echo "$count"; return 1; }
}

# Watchers that do not read, with full rings, and one of each kind of event.
many_watch() {
	local kind

	for kind in fetchers mutations evictions connevents deletions "fetchers mutations"; do
		watch "$kind" || return 1
	done
}

unlisten_below_watchers() {
	keep_busy
	check "watchers of all kinds" many_watch
	check "they do not read, and miss something" wait_for 60 some_are_skipped
	same "they are counted" 6 "$(stat_of log_watchers)"
	check "unlisten within $((5 * patience)) s" quick 5000 kmcctl unlisten all
	check "they have noticed" watchers_end
	same "nobody watches any more" 0 "$(stat_of log_watchers)"
	busy_end
}

unload_below_watchers() {
	check "listen again" kmcctl listen "$port"
	keep_busy
	check "watchers of all kinds" many_watch
	check "and prefixes are counted" wait_for 10 detail_on
	check "they do not read, and miss something" wait_for 60 some_are_skipped
	check "rmmod within $((5 * patience)) s" quick 5000 rmmod kmemcached
	check "they have noticed" watchers_end
	busy_end
}

detail_on() {
	[[ $(talk 127.0.0.1 "$port" 'stats detail on\r\nget a:b c:d\r\n') == $'OK\nEND' ]]
}

# A process inside the namespace would keep it: the watcher is outside of it.
namespace_goes() {
	ip netns add kmc-a
	ip link add kmcv0 type veth peer name eth0 netns kmc-a
	ip addr add 10.77.0.1/24 dev kmcv0
	ip link set kmcv0 up
	ip -n kmc-a addr add 10.77.0.2/24 dev eth0
	ip -n kmc-a link set eth0 up
	check "listen in a namespace" kmcctl -n kmc-a listen "10.77.0.2:$port"
	check "somebody watches there" watch_in_namespace
	check "he is shown there" wait_for 10 shown_in_namespace
	same "and not here" "[]" "$(kmcctl conns -j)"
	refuses "nor can he be disconnected from here" 1 'there is no such connection' \
		kmcctl disconnect "$(kmcctl -n kmc-a conns | awk 'NR == 2 { print $1 }')"
	check "delete the namespace" ip netns del kmc-a
	check "it goes, with its server" wait_for 20 namespace_is_gone
	for fd in "${watchers[@]}"; do
		exec {fd}>&-
	done
	watchers=()
}

watch_in_namespace() {
	local fd answer

	exec {fd}<>"/dev/tcp/10.77.0.2/$port"
	printf 'watch connevents mutations\r\n' >&"$fd"
	read -r -t $((10 * patience)) -u "$fd" answer
	watchers+=("$fd")
	[[ $answer == $'OK\r' ]]
}

shown_in_namespace() {
	[[ $(kmcctl -n kmc-a conns | awk 'NR == 2 { print $4 }') == watching ]]
}

namespace_is_gone() {
	[[ ! -e /sys/class/net/kmcv0 ]]
}

unload
check "a request loads the module" kmcctl listeners
shows
disconnects
evictions_are_told
idle_ends_are_told
# A slow kernel takes minutes for that many, and has nothing of its own to say of them.
((patience > 1)) || prefixes_keep_the_limit
unlisten_below_watchers
unload_below_watchers
namespace_goes
check "unload" unload
tap_done
