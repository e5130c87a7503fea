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

# row NAME OPERATIONS WORKLOAD OPTION...
row() {
	local name=$1 count=$(($2 * 2)) workload=$3 cost
	shift 3

	[[ $name == "$wanted" ]] || return 0
	set -- -n "$count" -w "$((count / 50))" "$@"
	cost=$(ask "$server" "$workload" "$@" | awk '{ print $2 / $1 }')
	[[ $server != null ]] || set -- -r /dev/kmc_null "$@"
	perf record -q -a -g -e cpu-clock -c 50000 -o "$scratch/data" "$build/bench/load" "$@" \
		127.0.0.1 "$(port_of "$server")" "$workload" >/dev/null
	perf script -i "$scratch/data" -F comm,ip,sym |
		awk -v cost="$cost" -v lines="$lines" -f "$here/profile.awk"
}

start_memcached 1
start_kmemcached
start_null
warm_up
rows
