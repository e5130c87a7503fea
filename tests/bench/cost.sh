#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# cost.sh [ROW...]: what a request costs, in a guest that counts instructions, as root.
# Prints lines "ROW SERVER OPERATIONS NANOSECONDS IDLE", three for each server, and for
# the null responder, which then looks at the clock itself, another one,
# "ROW client OPERATIONS NANOSECONDS IDLE SERVING".
set -euo pipefail
. "$(dirname "$0")/servers.bash"
. "$(dirname "$0")/rows.bash"

times=${KMC_TIMES:-3}
wanted=" $* "

# row NAME OPERATIONS WORKLOAD OPTION...
row() {
	local name=$1 count=$2 workload=$3 server result i
	shift 3

	[[ $wanted == "  " || $wanted == *" $name "* ]] || return 0
	set -- -n "$count" -w "$((count / 4))" "$@"
	for ((i = 0; i < times; i++)); do
		for server in "${servers[@]}"; do
			result=$(ask "$server" "$workload" "$@")
			echo "$name $server $result"
		done
	done
	echo 1 >$null/timed
	result=$(ask null "$workload" -b $null/busy "$@")
	echo 0 >$null/timed
	echo "$name client $result"
}

start_memcached 1
start_kmemcached
start_null
warm_up
rows
