#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# memory.sh [COUNT]: COUNT values of 1 KiB (a million) go through a cache of 64 MiB.
# None is refused, the newest are there, and the memory the system is short of at
# any moment stays below the limit, and soon below a lower one that is set then.
# Runs as root in a guest, and unloads the module.
#
# What the cache takes is what the system lacks since before it was there:
#
#	MemFree + Buffers + Cached + SReclaimable	then, less the same now
#
# and the free pages that CPUs keep, which go to MemFree little by little. Buffers
# and the next two are there because files that are read in between move pages from
# MemFree to them. What else takes memory meanwhile is the client and this script
# (two processes), the sockets (the client never has more than 40 KB under way)
# and slabs of the network: that is what the constant is for.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

count=${1:-1000000}
port=11341
limit=$((64 * 1024))

fill_pid=
clean_up() {
	[[ -z $fill_pid ]] || kill "$fill_pid" 2>/dev/null || true
}

# Remembers the most of what is taken and of what the module says it takes.
most_taken=0
most_said=0
sample() {
	local taken=$((memory_before - $(memory_free))) said

	said=$(($(stat_of mem_used) / 1024))
	((taken <= most_taken)) || most_taken=$taken
	((said <= most_said)) || most_said=$said
}

# What may be taken at a limit.
allowed() {
	echo $(($1 + $1 / 20 + 4 * 1024))
}

at_most() {
	(($1 <= $2)) || { echo "$1 KiB, allowed are $2"; return 1; }
}

unload
modprobe kmemcached
memory_settle
# Runs once what runs later, so that its pages are in the cache.
"$programs/fill" 127.0.0.1 1 0 0 >/dev/null 2>&1 || true
kmcctl stats >/dev/null 2>&1 || true
memory_before=$(memory_free)

check "listen" kmcctl listen "$port"
check "set-limit" kmcctl set-limit "${limit}K"
"$programs/fill" 127.0.0.1 "$port" "$count" 1024 1000 >"$scratch/fill" 2>&1 &
fill_pid=$!
# Not to wait for anything: this is how often it is looked.
while kill -0 "$fill_pid" 2>/dev/null; do
	sample
	sleep 1
done
status=0
wait "$fill_pid" || status=$?
sample
diag <"$scratch/fill"
same "all values were stored, and the newest 1000 are there" 0 "$status"
echo "# at most $most_taken KiB were taken, $most_said KiB by the module's own account"
check "the memory taken stays at the limit" at_most "$most_taken" "$(allowed $limit)"
check "so does the module's own account" at_most "$most_said" "$limit"
# Else the numbers above would mean nothing.
if ((count * 1024 > 2 * limit * 1024)); then
	check "the limit was reached" at_most $((limit * 8 / 10)) "$most_taken"
	check "values were evicted" test "$(stat_of evictions)" -gt 0
fi
limit=$((limit / 4))
check "set-limit to a quarter" kmcctl set-limit "${limit}K"
check "the module's own account is below it at once" at_most $(($(stat_of mem_used) / 1024)) $limit
check "the memory is given back" wait_for 10 memory_back "$(allowed $limit)"
check "unload" unload
check "the memory is back" wait_for 30 memory_back 4096
echo "# $((memory_before - $(memory_free))) KiB less are free than before"
tap_done
