#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# hits.sh: how often what is asked for is there, of both servers, with the same
# limit. A miss is followed by a set. In a guest, as root.
set -euo pipefail
. "$(dirname "$0")/common.bash"
requests=${KMC_REQUESTS:-5000000}

# hits WORKLOAD SIZES: one row.
hits() {
	local keys server row counts all found sets refused missed=() size=

	[[ $2 == *-* ]] || size=$2
	keys=$(keys_of "$1" "$size")
	if [[ -z $keys ]]; then
		echo "$1: skipped, there is no such trace (KMC_TRACES)"
		return
	fi
	printf -v row '%-10s %6s %8s' "$1" "$(copies_of "$keys")" "$2"
	for server in $servers; do
		serve "$server" "$limit"
		counts=$(replay "$keys" "$2" "$requests")
		read -r all found sets refused <<<"$counts"
		((found + sets == all)) || { echo "$1: requests are missing" >&2; exit 1; }
		printf -v row '%s %10s %8d' "$row" "$(ratio "$found" "$all")" "$refused"
		missed+=("$sets")
	done
	echo "$row $(quotient "${missed[1]}" "${missed[0]}") $all"
}

# quotient A B
quotient() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%8.3f\n", b ? a / b : 0 }'
}

# Of the rows that are there: one that was skipped has fewer words.
mean() {
	awk 'NF == 9 { sum += $8; rows++ }
		END { if (rows) printf "%-65s %8.3f\n", "mean", sum / rows }' "$scratch/rows"
}

echo "Hits in percent of all requests, and misses, of memcached's 1; $limit MiB."
for sizes in ${KMC_SIZES:-100 1000 64-8000}; do
	: >"$scratch/rows"
	printf '%-10s %6s %8s %10s %8s %10s %8s %8s %s\n' workload copies values memcached \
		refused kmemcached refused misses requests
	for workload in oltp orm web07 multi3 loop zipf0.8 zipf0.99 zipf1.2 scan0.99; do
		# not in a subshell: it knows which servers there are
		hits "$workload" "$sizes" >"$scratch/row"
		tee -a "$scratch/rows" <"$scratch/row"
	done
	mean
done
