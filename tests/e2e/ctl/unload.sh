#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# unload.sh [ROUNDS]: the module can be unloaded at any moment, soon, and leaves
# nothing behind. Runs as root in a guest.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

rounds=${1:-20}
port=11331

# Connections of one kind, and of all kinds. A kernel that checks everything needs some
# tenths of a second for one of them to be set up and to go.
few=40
many=300
((patience == 1)) || { few=12; many=100; }

hold_pid=
busy_pid=
clean_up() {
	[[ -z $hold_pid ]] || kill "$hold_pid" 2>/dev/null || true
	[[ -z $busy_pid ]] || kill "$busy_pid" 2>/dev/null || true
}

# What is missing may be something else's: shells that ran, sockets that wait for
# their time to end, slabs that are not full.
tolerance=$((6 * 1024))

rmmod_soon() {
	quick 5000 rmmod kmemcached
}

# in_the_middle_of MODE COUNT
in_the_middle_of() {
	check "listen ($1)" kmcctl listen "$port"
	check "$2 connections ($1)" hold 127.0.0.1 "$port" "$2" "$1" 300
	check "rmmod within $((5 * patience)) s ($1)" rmmod_soon
	hold_end
	same "all connections were closed ($1)" "closed $2 of $2" "$held"
}

is_storing() {
	(($(stat_of cmd_set) > 2000))
}

while_storing() {
	local status=0

	check "listen (storing)" kmcctl listen "$port"
	"$programs/fill" 127.0.0.1 "$port" 100000000 1024 >"$scratch/fill" 2>&1 &
	busy_pid=$!
	check "values are being stored" wait_for 30 is_storing
	check "rmmod within $((5 * patience)) s (storing)" rmmod_soon
	wait "$busy_pid" || status=$?
	same "the client was told" 1 "$status"
}

# Requests load the module again and again, while it is being unloaded.
ask_on_and_on() {
	local status

	until [[ -e $scratch/enough ]]; do
		status=0
		kmcctl stats >/dev/null 2>>"$scratch/said" || status=$?
		echo "$status" >>"$scratch/statuses"
	done
}

while_asking() {
	local at

	ask_on_and_on &
	busy_pid=$!
	for ((at = 0; at < rounds; at++)); do
		wait_for 10 test -e /sys/module/kmemcached || break
		# It refuses while a request is being answered.
		wait_for 10 rmmod kmemcached || break
	done
	touch "$scratch/enough"
	wait "$busy_pid"
	same "rmmod $rounds times while requests load it" "$rounds" "$at"
	same "each request was answered or refused properly" "" \
		"$(sort -u "$scratch/statuses" | grep -vx '[013]' || true)"
	check "some were answered" grep -qx 0 "$scratch/statuses"
	unload
}

serve_once() {
	kmcctl listen "$port" &&
		store 127.0.0.1 "$port" key "of round $1" &&
		has 127.0.0.1 "$port" key "of round $1" &&
		rmmod_soon
}

# serve FROM TO
serve() {
	local at

	for ((at = $1; at <= $2; at++)); do
		serve_once "$at" || { echo "in round $at"; return 1; }
	done
}

unload
memory_settle

# Once before it is measured: what stays after the first time stays once.
in_the_middle_of mix $((many / 5))
memory_before=$(memory_free)

for mode in set get line idle pipeline; do
	in_the_middle_of "$mode" "$few"
done
in_the_middle_of mix "$many"
while_storing
memory_is_back "the memory is back" 30 "$tolerance"
while_asking

from=1
while ((from <= rounds)); do
	to=$((from + 4 < rounds ? from + 4 : rounds))
	check "load, serve, unload: rounds $from to $to" serve "$from" "$to"
	from=$((to + 1))
done
memory_is_back "the memory is back again" 30 "$tolerance"
echo "# $((memory_before - $(memory_free))) KiB less are free than before"
tap_done
