#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Each setting has its effect, also when it is made before there is a cache, and is
# refused for its reason; each event is told, where it happens and nowhere else. Runs
# as root in a guest, and unloads the module.
#
# That the kernel takes memory is not made to happen here.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11361
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "--inh-caps=-all")

monitor_pid=
clean_up() {
	[[ -z $monitor_pid ]] || kill "$monitor_pid" 2>/dev/null || true
	ip netns del kmc-e 2>/dev/null || true
}

# Those of clients are the subject of clients.sh.
of_clients='"item_size_max":1048576,"max_connections":1024,"idle_timeout":0,"stuck_timeout":0,"prefix_delimiter":":","requests_per_turn":256'
defaults='{"limit":67108864,"evict":true,"shrink":true,"shrink_floor":0,"large":16384,'"$of_clients}"
others='{"limit":33554432,"evict":false,"shrink":false,"shrink_floor":10485760,"large":4096,'"$of_clients}"

# setting_of NAME: as memcached's clients see it.
setting_of() {
	talk 127.0.0.1 "$port" "stats settings\r\n" | sed -n "s/^STAT $1 //p"
}

before_anybody_listens() {
	same "the defaults" "$defaults" "$(kmcctl -j show)"
	check "set all of them" \
		kmcctl set evict off shrink off shrink-floor 10M large 4K limit 32M
	same "show them" "$others" "$(kmcctl show --json)"
	same "show them as text" \
		"limit 33554432|evict off|shrink off|shrink-floor 10485760|large 4096|" \
		"$(kmcctl show | head -n 5 | sed 's/  */ /g' | tr '\n' '|')"
	check "listen" kmcctl listen "$port"
	same "they have stayed" "$others" "$(kmcctl show -j)"
	same "the cache has the limit" 33554432 "$(stat_of limit_maxbytes)"
	same "the cache does not evict" off "$(setting_of evictions)"
	check "set some of them" kmcctl set shrink on evict on
	same "the others have stayed" \
		"$(sed 's/"evict":false,"shrink":false/"evict":true,"shrink":true/' <<<"$others")" \
		"$(kmcctl show -j)"
	same "the cache evicts" on "$(setting_of evictions)"
}

refusals() {
	local before

	before=$(kmcctl show)
	refuses "a limit that is too small" 1 '^kmcctl: set limit 8191K: .*below 8 MiB$' \
		kmcctl set limit 8191K
	refuses "a limit beyond the machine's memory" 1 "above the machine's memory$" \
		kmcctl set limit 100T
	refuses "a floor beyond the machine's memory" 1 \
		"^kmcctl: set shrink-floor 100T: .*floor cannot be above the machine's memory$" \
		kmcctl set shrink-floor 100T
	refuses "large is too small" 1 '^kmcctl: set large 1023: .*1 KiB to 16 KiB$' \
		kmcctl set large 1023
	refuses "large is too large" 1 '1 KiB to 16 KiB$' kmcctl set large 16385
	refuses "one of several" 1 '1 KiB to 16 KiB$' \
		kmcctl set limit 100M evict off shrink off shrink-floor 1M large 64
	refuses "the first of several" 1 'below 8 MiB$' \
		kmcctl set limit 1 evict off shrink off shrink-floor 1M large 2K
	same "nothing was set" "$before" "$(kmcctl show)"
	check "the smallest" kmcctl set limit 8M large 1K shrink-floor 0
	check "the largest" kmcctl set large 16K limit 64M

	refuses "nothing" 2 '^kmcctl: set: a setting and its value are missing' kmcctl set
	refuses "no value" 2 "^kmcctl: set: 'evict': its value is missing$" kmcctl set evict
	refuses "an unknown setting" 2 "^kmcctl: set: 'evicts': there is no such setting" \
		kmcctl set shrink off evicts on
	refuses "not a switch" 2 "^kmcctl: set: 'no': write on or off$" kmcctl set evict no
	refuses "not a size" 2 "^kmcctl: set: 'on': not a size" kmcctl set limit on
	refuses "a size of more than 32 bits" 2 "'4G': .* 32 bits$" kmcctl set large 4G
	refuses "twice" 2 "^kmcctl: set: 'evict': it is set twice$" kmcctl set evict on evict on
	refuses "one word too many" 2 "'now': this word is one too many$" kmcctl show now
	same "nothing was set by that" "$defaults" "$(kmcctl show -j)"

	refuses "an ordinary user: set" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl set evict off
	refuses "an ordinary user: show" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl show
	refuses "an ordinary user: monitor" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl monitor
	refuses "root of another user namespace: monitor" 1 CAP_NET_ADMIN unshare -r kmcctl monitor
}

# pour FIRST COUNT SIZE: stores values under keys with these numbers; shows how many of
# each answer there were.
pour() (
	exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
	awk -v first="$1" -v count="$2" -v size="$3" 'BEGIN {
		value = sprintf("%" size "s", "")
		for (at = first; at < first + count; at++)
			printf "set k%d 0 0 %d\r\n%s\r\n", at, size, value
		printf "quit\r\n"
	}' >&3 &
	timeout $((60 * patience)) tr -d '\r' <&3 | sort | uniq -c | sed 's/^ *//'
	wait
)

# found FIRST COUNT: how many of the keys are there.
found() (
	exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
	awk -v first="$1" -v count="$2" 'BEGIN {
		for (at = first; at < first + count; at++)
			printf "touch k%d 0\r\n", at
		printf "quit\r\n"
	}' >&3 &
	timeout $((60 * patience)) grep -c ^TOUCHED <&3 || true
	wait
)

only_stored_and_refused() {
	! grep -Ev '^[0-9]+ (STORED|SERVER_ERROR out of memory storing object)$' "$scratch/poured"
}

count_of() {
	sed -n "s/^\([0-9]*\) $1.*/\1/p" "$scratch/poured"
}

limit_is_kept() {
	(($(stat_of limit_pending) == 0))
}

# The sum over all sizes.
out_of_memory() {
	talk 127.0.0.1 "$port" "stats items\r\n" |
		awk '/:outofmemory / { sum += $3 } END { print sum + 0 }'
}

no_eviction() {
	local stored

	check "flush" kmcctl flush
	check "a small limit, and no eviction" kmcctl set limit 8M evict off
	pour 0 12000 1000 >"$scratch/poured"
	diag <"$scratch/poured"
	check "values are stored or refused, with memcached's words" only_stored_and_refused
	stored=$(count_of STORED)
	check "some are refused" test "$(count_of SERVER_ERROR)" -gt 1000
	check "most of the limit is used" test "${stored:-0}" -gt 6000
	check "the limit is kept" test "$(stat_of mem_used)" -le 8388608
	same "nothing was evicted" 0 "$(stat_of evictions)"
	same "all that was stored is there" "$stored" "$(found 0 12000)"
	check "the first is" not lacks 127.0.0.1 "$port" k0
	same "one more is refused" "SERVER_ERROR out of memory storing object" \
		"$(talk 127.0.0.1 "$port" "set more 0 0 1000\r\n$(printf '%1000s' '')\r\n")"
	check "the refusals are counted" test "$(stat_of store_no_memory)" -gt 1000
	check "by size, too" test "$(out_of_memory)" -gt 1000
	same "stats reset" RESET "$(talk 127.0.0.1 "$port" "stats reset\r\n")"
	same "begins to count again" 0 "$(out_of_memory)"
	check "delete some" test "$(talk 127.0.0.1 "$port" \
		"$(printf 'delete k%d noreply\\r\\n' {0..1999})version\r\n" | wc -l)" -eq 1
	check "there is room again" wait_for 10 store 127.0.0.1 "$port" again value

	check "flush" kmcctl flush
	pour 0 260000 2 >"$scratch/poured"
	diag <"$scratch/poured"
	check "small values, so many that the index cannot grow" only_stored_and_refused
	check "some are refused" test "$(count_of SERVER_ERROR)" -gt 0
	same "nothing was evicted for that either" 0 "$(stat_of evictions)"
	same "all that was stored is there" "$(count_of STORED)" "$(found 0 260000)"

	check "evict" kmcctl set evict on
	same "then all are stored" "5000 STORED" "$(pour 20000 5000 1000)"
	check "by eviction" test "$(stat_of evictions)" -gt 0
}

nothing_stored() {
	(($(stat_of curr_items) == 0 && $(stat_of mem_used) < 4 << 20))
}

lower_limit_without_eviction() {
	local items

	check "flush" kmcctl flush
	check "memory is given back" wait_for 20 nothing_stored
	check "a limit of 32 MiB" kmcctl set limit 32M
	same "store 20 MB" "20000 STORED" "$(pour 0 20000 1000)"
	same "no limit is pending" 0 "$(stat_of limit_pending)"
	items=$(stat_of curr_items)
	check "a lower limit, without eviction" quick 5000 kmcctl set evict off limit 16M
	same "it is pending" 1 "$(stat_of limit_pending)"
	same "nothing is removed" "$items" "$(stat_of curr_items)"
	check "evict" kmcctl set evict on
	check "then the limit is kept" wait_for 20 limit_is_kept
	check "by the module's account" test "$(stat_of mem_used)" -le 16777216
	check "set-limit" kmcctl set-limit 64M
}

# What 4000 values of 5000 bytes take.
taken_by_values() {
	local before

	before=$(stat_of mem_used)
	pour 0 4000 5000 >"$scratch/poured"
	echo $(($(stat_of mem_used) - before))
}

large_items() {
	local chunks pages

	check "flush" kmcctl flush
	check "memory is given back" wait_for 20 nothing_stored
	chunks=$(taken_by_values)
	check "flush" kmcctl flush
	check "memory is given back" wait_for 20 nothing_stored
	check "items above 4 KiB have pages" kmcctl set large 4K
	pages=$(taken_by_values)
	echo "# 4000 values of 5000 bytes take $chunks bytes in chunks, $pages in pages"
	check "in chunks there is little lost" test "$chunks" -lt $((4000 * 7000))
	# two pages each, less what the index and what was kept of the chunks give back
	check "pages take more" test "$pages" -gt $((chunks + 4000 * 1500))
	same "they can be read" 5000 "$(fetch 127.0.0.1 "$port" k77 | tr -d '\n' | wc -c)"
	check "they can be changed" test \
		"$(talk 127.0.0.1 "$port" "append k77 0 0 1\r\nx\r\n")" = STORED
	same "the change is there" 5001 "$(fetch 127.0.0.1 "$port" k77 | tr -d '\n' | wc -c)"
	check "large back" kmcctl set large 16K
	same "they are still there" 4000 "$(found 0 4000)"
}

# monitor ARGUMENT...: in the background. It is ready when it has shown something.
monitor() {
	monitored=("$@")
	: >"$scratch/events"
	kmcctl "$@" monitor >"$scratch/events" 2>"$scratch/monitor" &
	monitor_pid=$!
	wait_for 20 monitor_shows "$@"
}

monitor_shows() {
	kmcctl "$@" set limit 64M && [[ -s $scratch/events ]]
}

# Nothing else is about this port.
mark=11399

marks() {
	grep -c "$mark" "$scratch/events" || true
}

has_marks() {
	(($(marks) >= $1))
}

# Two events, behind which no earlier one can come: they are told in their order.
mark_events() {
	local wanted=$(($(marks) + 2))

	kmcctl "${monitored[@]}" listen "127.0.0.1:$mark"
	kmcctl "${monitored[@]}" unlisten "127.0.0.1:$mark"
	wait_for 20 has_marks "$wanted"
}

heard_lines() {
	grep -vc "$mark" "$scratch/events" || true
}

# Forgets what was heard; what was under way has come.
forget() {
	mark_events
	heard_before=$(wc -l <"$scratch/events")
	lines_before=$(heard_lines)
}

# heard_nothing TEXT: since forget.
heard_nothing() {
	check "$1: the monitor is there" mark_events
	same "$1" "$lines_before" "$(heard_lines)"
}

heard() {
	tail -n +$((heard_before + 1)) "$scratch/events" | grep -qxF -- "$1"
}

# hears TEXT LINE COMMAND...: the command has the monitor show the line.
hears() {
	local text=$1 line=$2
	shift 2

	forget
	check "$text" "$@"
	check "$text: the event" wait_for 10 heard "$line"
}

monitor_ended() {
	! kill -0 "$monitor_pid" 2>/dev/null
}

# ends TEXT STATUS: the monitor does, with that status.
ends() {
	local status=0

	check "$1" wait_for 10 monitor_ended
	wait "$monitor_pid" || status=$?
	monitor_pid=
	same "$1: status" "$2" "$status"
}

events() {
	check "monitor" monitor
	same "the first event was the limit's" "limit done  67108864" "$(head -n 1 "$scratch/events")"
	hears "listen" "listener up  127.0.0.1:11362" kmcctl listen 11362
	hears "unlisten" "listener down  127.0.0.1:11362" kmcctl unlisten 11362
	hears "listen on IPv6" "listener up  [::1]:11362" kmcctl listen '[::1]:11362'
	hears "raise the limit" "limit done  104857600" kmcctl set limit 100M
	hears "the same limit" "limit done  104857600" kmcctl set-limit 100M
	hears "unlisten all" "listener down  [::1]:11362" kmcctl unlisten all
	check "listen" kmcctl listen "$port"
	same "store 20 MB" "20000 STORED" "$(pour 0 20000 1000)"
	hears "lower the limit" "limit done  8388608" kmcctl set limit 8M
	check "then it is kept" limit_is_kept
	hears "raise it again" "limit done  67108864" kmcctl set limit 64M
	same "store 20 MB" "20000 STORED" "$(pour 0 20000 1000)"
	forget
	check "a lower limit, without eviction" kmcctl set evict off limit 8M
	same "is pending" 1 "$(stat_of limit_pending)"
	heard_nothing "and not done"
	hears "with it" "limit done  8388608" kmcctl set evict on
	forget
	refuses "a refusal" 1 already kmcctl listen "$port"
	refuses "another one" 1 'below 8 MiB' kmcctl set limit 1
	heard_nothing "a refusal is no event"
	kill -TERM "$monitor_pid"
	ends "SIGTERM ends it" 0
	check "limit back" kmcctl set limit 64M
}

# The kernel asks all shrinkers for all they have.
press() {
	echo 2 >/proc/sys/vm/drop_caches
}

used_between() {
	local used

	used=$(stat_of mem_used)
	echo "$used bytes in use, wanted $1 to $2"
	((used >= $1 && used <= $2))
}

# One who frees memory himself just then is in the way of a shrinker, which lets him: the kernel
# asks again as long as it is short of some.
pressed_to() {
	press
	used_between "$@"
}

pressed_out() {
	pressed_to 0 $((3 << 20)) && (($(stat_of curr_items) == 0))
}

pressure() {
	local shrunk

	check "monitor" monitor
	same "store 20 MB" "20000 STORED" "$(pour 0 20000 1000)"
	check "shrink off" kmcctl set shrink off
	shrunk=$(stat_of shrunk_bytes)
	forget
	press
	same "then nothing is taken" "$shrunk" "$(stat_of shrunk_bytes)"
	heard_nothing "and nothing told"
	check "shrink on, down to 12 MiB" kmcctl set shrink on shrink-floor 12M
	hears "pressure" "memory pressure  the kernel has taken items" press
	check "that much is left" wait_for 10 pressed_to $((11 << 20)) $((13 << 20))
	check "what was taken is counted" test "$(stat_of shrunk_bytes)" -gt $((shrunk + (6 << 20)))
	check "without a floor" kmcctl set shrink-floor 0
	check "all of it goes" wait_for 10 pressed_out
	same "and again" "20000 STORED" "$(pour 0 20000 1000)"
	kill -INT "$monitor_pid"
	ends "the end" 0
}

# Beyond 1024 connections. Told at most once a second, and so less often than refused.
too_many_connections() {
	local rejected start=$SECONDS told

	rejected=$(stat_of rejected_connections)
	check "monitor, in JSON" monitor -j
	same "an event in JSON" '{"event":"limit_done","limit":67108864}' \
		"$(head -n 1 "$scratch/events")"
	forget
	check "more connections than there may be" \
		bash -c 'ulimit -n 4096; exec "$@"' bash "$programs/limit" 127.0.0.1 "$port" 1024
	check "the event" wait_for 10 heard '{"event":"conn_limit"}'
	rejected=$(($(stat_of rejected_connections) - rejected))
	told=$(grep -c conn_limit "$scratch/events")
	echo "# $rejected refused, $told told, within $((SECONDS - start)) s"
	check "some were refused" test "$rejected" -ge 10
	check "not each is told" test "$told" -lt "$rejected"
	check "it is told once a second" test "$told" -le $((SECONDS - start + 1))
	kill -INT "$monitor_pid"
	ends "SIGINT ends it" 0
}

other_namespaces() {
	ip netns add kmc-e
	ip -n kmc-e link set lo up
	check "monitor here" monitor
	forget
	check "listen in another namespace" kmcctl -n kmc-e listen 127.0.0.1:11363
	check "set the limit there" kmcctl -n kmc-e set limit 9M
	hears "listen here" "listener up  127.0.0.1:11364" kmcctl listen 11364
	check "what happens there is not told here" not grep -q -e 11363 -e 9437184 "$scratch/events"
	kill -INT "$monitor_pid"
	ends "the end" 0

	check "monitor there" monitor -n kmc-e
	hears "unlisten there" "listener down  127.0.0.1:11363" kmcctl -n kmc-e unlisten all
	forget
	check "unlisten here" kmcctl unlisten 11364
	heard_nothing "what happens here is not told there"
	kill -INT "$monitor_pid"
	ends "the end there" 0
	# As README.md says, to listen needs less than the commands.
	check "root of another user and network namespace may listen there" \
		timeout -s INT --preserve-status $((2 * patience)) unshare -rn kmcctl monitor
	check "listen there again" kmcctl -n kmc-e listen 127.0.0.1:11363
	check "delete the namespace with its listener" ip netns del kmc-e
}

full() {
	kmcctl monitor >/dev/full
}

# Events come until the monitor has heard one.
end_of_monitor() {
	(until [[ -e $scratch/full ]]; do kmcctl set limit 64M; done) &
	refuses "a full disk" 1 '^kmcctl: cannot write the output: No space left on device$' full
	touch "$scratch/full"
	wait
	check "monitor" monitor
	check "unload" unload
	ends "it ends with the module" 3
	same "and says so" "kmcctl: monitor: the kmemcached module has just been unloaded" \
		"$(<"$scratch/monitor")"
	check "load again" kmcctl listeners
	same "with the defaults" "$defaults" "$(kmcctl -j show)"
	check "unload" unload
}

unload
before_anybody_listens
refusals
no_eviction
lower_limit_without_eviction
large_items
events
pressure
too_many_connections
other_namespaces
end_of_monitor
tap_done
