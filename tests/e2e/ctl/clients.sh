#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# The settings that clients feel: how large an item may be, how many connections there may be,
# how long they may do nothing, and how much they may do at a time. Runs as root in a guest,
# and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11381

# setting_of NAME: as memcached's clients see it.
setting_of() {
	talk 127.0.0.1 "$port" "stats settings\r\n" | sed -n "s/^STAT $1 //p"
}

shown() {
	kmcctl show | sed -n "s/^$1  *//p"
}

# One value that needs no guessing, in a file of its own.
make_value() {
	head -c "$1" /dev/urandom >"$scratch/value"
}

# put KEY [COMMAND]: stores the file; shows the answer.
put() (
	exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
	{
		printf '%s %s 0 0 %d\r\n' "${2-set}" "$1" "$(stat -c %s "$scratch/value")"
		cat "$scratch/value"
		printf '\r\n'
	} >&3
	IFS= read -r -t $((60 * patience)) -u 3 answer
	echo "${answer%$'\r'}"
)

# holds KEY: the value that is stored there is the file, to the last byte.
holds() (
	{
		printf 'VALUE %s 0 %d\r\n' "$1" "$(stat -c %s "$scratch/value")"
		cat "$scratch/value"
		printf '\r\nEND\r\n'
	} >"$scratch/wanted"
	exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
	printf 'get %s\r\nquit\r\n' "$1" >&3
	timeout $((60 * patience)) cmp "$scratch/wanted" - <&3
)

before_anybody_listens() {
	check "set all of them" kmcctl set item-size-max 8M max-connections 70 idle-timeout 1000 \
		stuck-timeout 2000 prefix-delimiter / requests-per-turn 20
	check "listen" kmcctl listen "$port"
	same "item-size-max" "8388608 8388608" "$(shown item-size-max) $(setting_of item_size_max)"
	same "max-connections" "70 70" "$(shown max-connections) $(setting_of maxconns)"
	same "idle-timeout" "1000 1000" "$(shown idle-timeout) $(setting_of idle_timeout)"
	same "stuck-timeout" 2000 "$(shown stuck-timeout)"
	same "prefix-delimiter" "/ /" "$(shown prefix-delimiter) $(setting_of stat_key_prefix)"
	same "requests-per-turn" "20 20" "$(shown requests-per-turn) $(setting_of reqs_per_event)"
	same "stats has the connections" 70 "$(talk 127.0.0.1 "$port" "stats\r\n" |
		sed -n 's/^STAT max_connections //p')"
	check "set them back" kmcctl set item-size-max 1M max-connections 1024 idle-timeout 0 \
		stuck-timeout 0 prefix-delimiter : requests-per-turn 256
	same "idle_kicks is only there when it is on" "" \
		"$(talk 127.0.0.1 "$port" "stats\r\n" | grep idle_kicks || true)"
}

refusals() {
	local before

	before=$(kmcctl show)
	refuses "an item of less than 1 KiB" 1 '1 KiB to 1 GiB$' kmcctl set item-size-max 1023
	refuses "an item of more than 1 GiB" 1 '1 KiB to 1 GiB$' kmcctl set item-size-max 1025M
	refuses "an item of more than half of the limit" 1 \
		'may take half of the memory limit, but not more$' kmcctl set item-size-max 33M
	refuses "a limit of less than two of the largest items" 1 \
		'may take half of the memory limit, but not more$' \
		kmcctl set limit 15M item-size-max 8M
	refuses "nobody may come" 1 '1 to 1000000 connections$' kmcctl set max-connections 0
	refuses "too many may come" 1 '1 to 1000000 connections$' kmcctl set max-connections 1000001
	refuses "more than a day" 1 'at most a day' kmcctl set idle-timeout 86401
	refuses "more than a day" 1 'at most a day' kmcctl set stuck-timeout 86401
	refuses "nothing a turn" 1 '1 to 65536 requests$' kmcctl set requests-per-turn 0
	refuses "too much a turn" 1 '1 to 65536 requests$' kmcctl set requests-per-turn 65537
	refuses "a space" 1 'delimiter is a character of ASCII$' kmcctl set prefix-delimiter ' '
	refuses "a control character" 1 'delimiter is a character of ASCII$' \
		kmcctl set prefix-delimiter $'\t'
	refuses "not ASCII" 1 'delimiter is a character of ASCII$' kmcctl set prefix-delimiter $'\xe4'
	refuses "two characters" 2 "'::': write one character$" kmcctl set prefix-delimiter ::
	refuses "not a number" 2 "not a number" kmcctl set idle-timeout 1m
	refuses "one of several" 1 'at most a day' \
		kmcctl set max-connections 5 item-size-max 2M idle-timeout 86401
	same "nothing was set" "$before" "$(kmcctl show)"
	check "a limit with its item" kmcctl set limit 16M item-size-max 8M
	refuses "then a lower limit" 1 'half of the memory limit' kmcctl set-limit 15M
	check "back" kmcctl set limit 64M item-size-max 1M
}

# sizes LIMIT ITEM BYTES: values of BYTES are stored, and larger ones are not.
sizes() {
	check "a limit of $1, items of $2" kmcctl set limit "$1" item-size-max "$2"
	make_value "$3"
	same "a value of $3 bytes" STORED "$(put large)"
	check "is there, to the last byte" holds large
	make_value "$3"
	same "others, for which some must go" "STORED STORED STORED" \
		"$(put a) $(put b) $(put large)"
	check "the last is there" holds large
	check "within the limit" test "$(stat_of mem_used)" -le "$(stat_of limit_maxbytes)"
	printf '%100s' '' >>"$scratch/value"
	same "100 bytes more are too large" "SERVER_ERROR object too large for cache" "$(put large)"
	check "and remove the value" lacks 127.0.0.1 "$port" large
	check "flush" kmcctl flush
}

item_sizes() {
	check "1 KiB" kmcctl set item-size-max 1K
	printf '%1000s' '' >"$scratch/value"
	same "1000 bytes are too large" "SERVER_ERROR object too large for cache" "$(put small)"
	printf '%900s' '' >"$scratch/value"
	same "900 bytes are not" STORED "$(put small)"
	same "nor are those of an append, but for the sum" NOT_STORED "$(put small append)"
	check "8 MiB" kmcctl set item-size-max 8M
	same "then they are" STORED "$(put small append)"
	sizes 64M 8M $((8 * 1024 * 1024 - 100))
	sizes 256M 64M $((64 * 1024 * 1024 - 100))
	make_value $((5 * 1024 * 1024))
	same "5 MiB" STORED "$(put sum)"
	same "and as much behind it" STORED "$(put sum append)"
	cat "$scratch/value" "$scratch/value" >"$scratch/both"
	mv "$scratch/both" "$scratch/value"
	check "is 10 MiB" holds sum
	check "what is stored stays when less is allowed" kmcctl set item-size-max 1M
	check "it does" holds sum
	same "but nothing is added to it" NOT_STORED \
		"$(printf x >"$scratch/value"; put sum append)"
	check "a small limit, and half of it" kmcctl set limit 8M item-size-max 4M
	make_value $((4 * 1024 * 1024 - 100))
	same "is enough for one" STORED "$(put half)"
	check "it is there" holds half
	check "back" kmcctl set limit 64M item-size-max 1M
	check "flush" kmcctl flush
}

nobody_is_there() {
	(($(stat_of curr_connections) == 0))
}

connections() {
	check "at most 20" kmcctl set max-connections 20
	check "nobody is there" wait_for 20 nobody_is_there
	check "20 come" hold 127.0.0.1 "$port" 20 idle 100
	same "one more is turned away" "ERROR Too many open connections" \
		"$(talk 127.0.0.1 "$port" "")"
	check "at most 10" kmcctl set max-connections 10
	same "those that are there stay" 20 "$(stat_of curr_connections)"
	check "at most 30" kmcctl set max-connections 30
	check "one more may come" lacks 127.0.0.1 "$port" nothing
	hold_end
	same "nobody was sent away" "closed 0 of 20" "$held"
	check "back" kmcctl set max-connections 1024
}

held_ended() {
	! kill -0 "$hold_pid" 2>/dev/null
}

# ended TEXT COUNTER: the server closes the four connections that are held, and counts them.
ended() {
	local before=$3

	check "$1: they end" wait_for 30 held_ended
	hold_end
	same "$1: all of them" "closed 4 of 4" "$held"
	same "$1: they are counted" $((before + 4)) "$(stat_of "$2")"
}

timeouts() {
	local idle stuck mode

	for mode in idle line; do
		check "$mode: no idle timeout" kmcctl set idle-timeout 0 stuck-timeout 1
		idle=$(stat_of idle_kicks) stuck=$(stat_of stuck_kicks)
		check "$mode: hold" hold 127.0.0.1 "$port" 4 "$mode" 100
		sleep 4
		same "$mode: they stay, for nothing is on its way" "$idle $stuck 4" \
			"$(stat_of idle_kicks) $(stat_of stuck_kicks) $(stat_of curr_connections)"
		check "$mode: an idle timeout" kmcctl set idle-timeout 2
		ended "$mode" idle_kicks "$idle"
	done
	for mode in set get; do
		check "$mode: no stuck timeout" kmcctl set idle-timeout 1 stuck-timeout 0
		idle=$(stat_of idle_kicks) stuck=$(stat_of stuck_kicks)
		check "$mode: hold" hold 127.0.0.1 "$port" 4 "$mode" 100
		sleep 4
		same "$mode: they stay, for they are not idle" "$idle $stuck 4" \
			"$(stat_of idle_kicks) $(stat_of stuck_kicks) $(stat_of curr_connections)"
		check "$mode: a stuck timeout" kmcctl set stuck-timeout 2
		ended "$mode" stuck_kicks "$stuck"
	done
	same "stats has idle_kicks" "$(stat_of idle_kicks)" \
		"$(talk 127.0.0.1 "$port" "stats\r\n" | sed -n 's/^STAT idle_kicks //p')"
	same "nobody holds memory any more" 0 "$(stat_of curr_connections)"
}

# A byte of a request now and then is no request: it fails long before so many are sent.
slow_request() (
	trap '' PIPE
	exec 4<>"/dev/tcp/127.0.0.1/$port" || exit 1
	for ((at = 0; at < 40 * patience; at++)); do
		printf v >&4 || exit 0
		sleep 0.5
	done
	echo "it was not closed"
	exit 1
)

# Slow, but they move: something now and then, and for longer than the timeouts in all.
slow_clients() {
	local wait=$((6 * patience)) end line size=0

	check "both timeouts" kmcctl set idle-timeout "$wait" stuck-timeout "$wait"
	exec 4<>"/dev/tcp/127.0.0.1/$port" 5<>"/dev/tcp/127.0.0.1/$port"
	printf 'set slow 0 0 100\r\n' >&4
	for ((end = SECONDS + wait + 3; SECONDS < end && size < 99; size++)); do
		printf a >&4
		printf 'mn\r\n' >&5
		read -r -t 10 -u 5 line || true
		sleep 0.5
	done
	same "who asks now and then stays" MN "${line%$'\r'}"
	printf "%$((100 - size))s\\r\\n" '' >&4
	read -r -t 10 -u 4 line || true
	same "a value may come slowly" STORED "${line%$'\r'}"
	exec 4>&- 5>&-
	check "but a request may not" slow_request
	check "back" kmcctl set idle-timeout 0 stuck-timeout 0
}

# Turns are counted when there is more to do. In softirq there is not: this client sends a
# line at a time, and each is answered when it comes.
turns() {
	local few many

	check "by work items" kmcctl set-listener "$port" inline=off
	few=$(stat_of conn_yields)
	check "one request a turn" kmcctl set requests-per-turn 1
	talk 127.0.0.1 "$port" "$(printf 'mn\\r\\n%.0s' {1..500})" >"$scratch/answers"
	same "all are answered" 500 "$(grep -c MN "$scratch/answers")"
	few=$(($(stat_of conn_yields) - few))
	many=$(stat_of conn_yields)
	check "many" kmcctl set requests-per-turn 65536
	talk 127.0.0.1 "$port" "$(printf 'mn\\r\\n%.0s' {1..500})" >"$scratch/answers"
	same "all are answered" 500 "$(grep -c MN "$scratch/answers")"
	many=$(($(stat_of conn_yields) - many))
	echo "# $few turns were used up with one request, $many with 65536"
	check "that makes a difference" test "$few" -ge $((many + 100))
	check "in softirq again" kmcctl set-listener "$port" inline=on
	check "back" kmcctl set requests-per-turn 256
}

check "nothing is loaded" unload
before_anybody_listens
refusals
item_sizes
connections
timeouts
slow_clients
turns
check "unload" unload
tap_done
