#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# index.sh: the index grows and shrinks without losing an item, stays as it is when it fits, and
# does not take the place of items when the limit is lowered.
# Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11371

fill() {
	"$programs/fill" 127.0.0.1 "$port" "$1" 2 >"$scratch/fill"
}

at_rest() {
	[[ $(stat_of hash_is_expanding) == 0 ]]
}

has_come() {
	(($(stat_of uptime) >= $1))
}

# seconds COUNT: of the server's clock, by which the index is looked at once a second.
seconds() {
	local end=$(($(stat_of uptime) + $1))

	# the clock cannot have come there before; then it is asked
	sleep "$1"
	wait_for 20 has_come "$end"
}

# If it was not to become smaller when that was last considered, it is left alone for 5 seconds.
rest() {
	wait_for 20 at_rest
	seconds 7
	wait_for 20 at_rest
}

holds() {
	check "store $1 items" fill "$1"
	check "the index is at rest" rest
	same "all of them are there" "$1" "$(stat_of curr_items)"
	same "none was pushed out" 0 "$(stat_of evictions)"
	buckets=$(stat_of hash_buckets)
	seconds 2
	same "the index stays as it is" "$buckets" "$(stat_of hash_buckets)"
}

is_smaller() {
	(($(stat_of hash_buckets) < largest / 4))
}

# Each comes with the index that the one before has left.
stages=(1000 9000 14000 20000 120000)

unload
check "listen" kmcctl listen "$port"
for count in "${stages[@]}"; do
	holds "$count"
done
largest=$(stat_of hash_buckets)
check "flush" kmcctl flush
check "the index shrinks when the items are gone" wait_for 20 is_smaller
check "unload" unload

# A full cache holds some 24,000 such items for each MiB. How full the index is after a step, and
# whether it is to become smaller just then, differs from step to step. With one CPU it becomes
# smaller only if that is waited for.
check "listen again" kmcctl listen "$port"
check "store many items" fill 350000
same "a large index grows without pushing items out" 0 "$(stat_of evictions)"
echo 0 >/sys/devices/system/cpu/cpu1/online
for limit in 13 12 11 10 9 8; do
	check "lower the limit to $limit MiB" kmcctl set-limit "${limit}M"
	left=$(stat_of curr_items)
	echo "# $left items are left"
	check "the index does not take the place of items" test "$left" -ge $((limit * 22500))
done
echo 1 >/sys/devices/system/cpu/cpu1/online
check "unload again" unload
tap_done
