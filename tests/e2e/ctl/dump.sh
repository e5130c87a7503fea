#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# dump.sh [COUNT]: lists of COUNT keys (100,000) to clients that read slowly or not at all,
# while others store, read and remove, and the index grows and shrinks: every key that is
# there all the time is listed once, and memory does not grow with the list. Then what
# memcached-tool makes of the server. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

count=${1:-100000}
port=11381
tool=/usr/share/memcached/scripts/memcached-tool
# Clients that do not read.
stalled=100

# requests FORMAT COUNT: a printf format of awk, with a number for each %d in it.
requests() {
	awk -v format="$1" -v count="$2" 'BEGIN {
		for (i = 0; i < count; i++)
			printf format, i, i
		printf "mn\r\n"
	}'
}

# ask FORMAT COUNT: sends requests that are not answered, and waits until they are done.
ask() (
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	requests "$@" >&3
	grep -qam 1 MN <&3
)

# list_begin: a list in $list, of which nothing is read yet.
list_begin() {
	exec {list}<>"/dev/tcp/127.0.0.1/$port"
	printf 'lru_crawler metadump all\r\nquit\r\n' >&"$list"
}

# list_some BYTES: goes on with it.
list_some() {
	head -c "$1" <&"$list" >>"$scratch/list"
}

# list_end: to its end.
list_end() {
	timeout $((120 * patience)) sed '/^END\r$/q' <&"$list" >>"$scratch/list"
	exec {list}>&-
}

# Each key once, and nothing twice.
all_are_listed() {
	sed -n 's/^key=\(k[0-9]*\) .*/\1/p' "$scratch/list" | sort >"$scratch/got"
	requests 'k%d\n' "$count" | grep '^k' | sort >"$scratch/wanted"
	cmp "$scratch/wanted" "$scratch/got"
}

ends() {
	[[ $(tail -c 5 "$scratch/list") == $'END\r' ]]
}

at_most() {
	(($1 <= $2)) || { echo "$1, allowed are $2"; return 1; }
}

buckets() {
	stat_of hash_buckets
}

is_larger() {
	(($(buckets) > $1))
}

is_smaller() {
	(($(buckets) < $1))
}

size_of_list() {
	talk 127.0.0.1 "$port" 'lru_crawler metadump all\r\n' | wc -c
}

stall() {
	local i fd

	lists=()
	for ((i = 0; i < stalled; i++)); do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		printf 'lru_crawler metadump all\r\n' >&"$fd"
		lists+=("$fd")
	done
}

end_stall() {
	local fd

	for fd in "${lists[@]}"; do
		exec {fd}>&-
	done
}

others_are_answered() {
	check "others store" quick 5000 store 127.0.0.1 "$port" other "$1"
	check "and read" quick 5000 has 127.0.0.1 "$port" other "$1"
}

# What the system lacks besides what the cache says it takes, in KiB.
taken_by_others() {
	echo $((-$(memory_free) - $(stat_of mem_used) / 1024))
}

# Sockets that keep less than a list, on both ends: 64 KiB.
small_sockets() {
	cat /proc/sys/net/ipv4/tcp_rmem /proc/sys/net/ipv4/tcp_wmem >"$scratch/sockets"
	tee /proc/sys/net/ipv4/tcp_rmem /proc/sys/net/ipv4/tcp_wmem <<<"4096 16384 65536"
}

large_sockets() {
	{
		read -r line && echo "$line" >/proc/sys/net/ipv4/tcp_rmem
		read -r line && echo "$line" >/proc/sys/net/ipv4/tcp_wmem
	} <"$scratch/sockets"
}

# A batch of 16 KiB and its pages, and what TCP keeps, on both ends.
with_clients_that_do_not_read() {
	local before begun after

	memory_settle
	before=$(taken_by_others)
	check "$stalled clients ask for lists and do not read" stall
	others_are_answered first
	# not to wait for anything: sockets fill while nobody looks
	sleep 2
	begun=$(taken_by_others)
	echo "# they take $(((begun - before) / stalled)) KiB each, with their own sockets"
	check "what they take is bounded" at_most $((begun - before)) $((stalled * 400))
	check "all values are replaced" ask 'set k%d 0 0 1 noreply\r\n2\r\n' "$count"
	others_are_answered second
	after=$(taken_by_others)
	echo "# $((after - begun)) KiB more after that"
	check "memory does not grow meanwhile" at_most $((after - begun)) 8192
	check "they end" end_stall
}

with_an_index_that_changes() {
	local part=$(($(size_of_list) / 4)) before

	: >"$scratch/list"
	before=$(buckets)
	list_begin
	check "a quarter of a list is read" list_some "$part"
	check "as many keys again, twice" ask 'set g%d 0 0 1 noreply\r\n1\r\n' $((2 * count))
	check "the index has grown" wait_for 20 is_larger "$before"
	before=$(buckets)
	check "another quarter is read" list_some "$part"
	check "all values are replaced" ask 'set k%d 0 0 3 noreply\r\nabc\r\n' "$count"
	check "the other keys are removed" ask 'delete g%d noreply\r\n' $((2 * count))
	check "the index has shrunk" wait_for 30 is_smaller "$before"
	others_are_answered third
	check "the rest is read" list_end
	check "the list has its end" ends
	check "every key that was there all the time is in it once" all_are_listed
}

# All at the same time, and in no order.
with_an_index_that_changes_all_the_time() {
	local changing

	check "large sockets" large_sockets
	: >"$scratch/list"
	while :; do
		ask 'set g%d 0 0 1 noreply\r\n1\r\n' $((2 * count))
		ask 'delete g%d noreply\r\n' $((2 * count))
		ask 'set k%d 0 0 2 noreply\r\nab\r\n' "$count"
	done &
	changing=$!
	list_begin
	while ! list_is_over; do
		list_some 1000000
	done
	exec {list}>&-
	kill "$changing"
	wait "$changing" 2>/dev/null || true
	check "the list has its end" ends
	check "every key that was there all the time is in it once" all_are_listed
}

list_is_over() {
	[[ $(tail -c 6 "$scratch/list") == $'\nEND\r' ]]
}

run_tool() {
	"$tool" "127.0.0.1:$port" "$@" 2>/dev/null
}

tool_says() {
	run_tool "$1" | grep "$2"
}

tool_dumps() {
	[[ $(run_tool dump | tr -d '\r' | LC_ALL=C sort) == $'1\nabc\nadd a 5 0 3\nadd b:c/% 0 0 1' ]]
}

tool_displays() {
	run_tool display | awk 'NR > 1 && $1 ~ /^[0-9]+$/ { items += $5 } END { exit items != 2 }'
}

with_memcached_tool() {
	if [[ ! -x $tool ]]; then
		tap_skip "memcached-tool" "it is not installed"
		return
	fi
	check "store one item" talk 127.0.0.1 "$port" 'set a 5 0 3\r\nabc\r\n'
	check "and one with a key to be escaped" talk 127.0.0.1 "$port" 'set b:c/%% 0 0 1\r\n1\r\n'
	check "memcached-tool dump" tool_dumps
	check "memcached-tool keys" tool_says keys '^key=b%3Ac%2F%25 '
	check "memcached-tool display" tool_displays
	check "memcached-tool settings" tool_says settings ' dump_enabled  *yes'
	check "memcached-tool sizes" tool_says sizes ' sizes_status  *disabled'
	check "memcached-tool stats" tool_says stats ' curr_items  *2[^0-9]*$'
}

clean_up() {
	[[ ! -e $scratch/sockets ]] || large_sockets
}

unload
check "listen" kmcctl listen "$port"
with_memcached_tool
check "unload" unload

check "listen again" kmcctl listen "$port"
check "a limit that is not reached" kmcctl set-limit 256M
check "store $count items" ask 'set k%d 0 0 1 noreply\r\n1\r\n' "$count"
same "they are there" "$count" "$(stat_of curr_items)"
check "small sockets" small_sockets
with_clients_that_do_not_read
check "remove what the others stored" talk 127.0.0.1 "$port" 'delete other\r\n'
with_an_index_that_changes
with_an_index_that_changes_all_the_time
same "nothing was evicted" 0 "$(stat_of evictions)"
check "unload with a list under way" list_begin
check "it unloads" quick 5000 unload
tap_done
