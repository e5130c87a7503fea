#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# succession.sh: hits of workloads with different sizes of values, one after the
# other on the same server, and each on a fresh one. In a guest, as root.
set -euo pipefail
. "$(dirname "$0")/common.bash"

# What is asked for, and the sizes of values.
succession=("oltp 1000" "zipf0.99 100" "orm 4000" "web07 64-8000" "multi3 300" "scan0.99 2000"
	"oltp 300")

# visit PLACE: the hits of that part of the succession, or nothing if its trace is
# not there.
visit() {
	local workload sizes keys counts all found refused

	read -r workload sizes <<<"${succession[$1]}"
	keys=$(keys_of "$workload")
	[[ -n $keys ]] || return 0
	counts=$(replay "$keys" "$sizes" "$requests" 0 $(($1 * 1000000000000)))
	read -r all found _ refused <<<"$counts"
	echo "$(ratio "$found" "$all") $refused"
}

declare -A result
for server in $servers; do
	serve "$server" "$limit"
	for place in "${!succession[@]}"; do
		result[$server-$place]=$(visit "$place")
	done
	for place in "${!succession[@]}"; do
		serve "$server" "$limit"
		result[$server-$place-fresh]=$(visit "$place")
	done
done

echo "Hits in percent, one workload after the other on the same server and on a fresh one; $limit MiB."
printf '%-10s %8s' workload values
for server in $servers; do
	printf ' %10s %8s %8s %8s' "$server" refused fresh refused
done
echo
for place in "${!succession[@]}"; do
	read -r workload sizes <<<"${succession[place]}"
	if [[ -z ${result[memcached-$place]} ]]; then
		echo "$workload: skipped, there is no such trace (KMC_TRACES)"
		continue
	fi
	printf '%-10s %8s' "$workload" "$sizes"
	for server in $servers; do
		read -r found refused <<<"${result[$server-$place]}"
		read -r fresh_found fresh_refused <<<"${result[$server-$place-fresh]}"
		printf ' %10s %8s %8s %8s' "$found" "$refused" "$fresh_found" "$fresh_refused"
	done
	echo
done
