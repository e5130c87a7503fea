#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# profile.sh ROW SERVER: where the instructions of a row of cost.sh are spent, in a guest
# that counts them, as root. A timer looks every 50,000 instructions. Prints functions:
# instructions for an operation, in the function itself and with what it calls.
set -euo pipefail
. "$(dirname "$0")/servers.bash"
. "$(dirname "$0")/rows.bash"

wanted=$1
server=$2
lines=${KMC_LINES:-45}
perf=

clean_up() {
	[[ -z $perf ]] || kill "$perf" 2>/dev/null || true
	stop_servers
}

# row NAME OPERATIONS WORKLOAD OPTION...
row() {
	local name=$1 count=$(($2 * 4)) workload=$3 cost
	shift 3

	[[ $name == "$wanted" ]] || return 0
	set -- -n "$count" -w "$((count / 50))" "$@"
	cost=$(ask "$server" "$workload" "$@" | awk '{ print $2 / $1 }')
	perf record -q -a -g -e cpu-clock -c 50000 -o "$scratch/data" 2>"$scratch/errors" &
	perf=$!
	sleep 0.5
	ask "$server" "$workload" "$@" >/dev/null
	kill -INT "$perf"
	wait "$perf" || true
	perf=
	perf script -i "$scratch/data" -F comm,ip,sym 2>>"$scratch/errors" |
		awk -v cost="$cost" -v lines="$lines" -f "$here/profile.awk" ||
		cat "$scratch/errors" >&2
}

start_memcached 1
start_kmemcached
start_null
warm_up
rows
