#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# calcification.sh: what becomes of a cache when the size of values changes. It is
# filled with values of 100 bytes; then values of 4 KiB are asked for, and stored
# where they are missing; then values of 100 bytes, then of 64 to 8000. Each time
# compared to a fresh server that was filled with values of the new size. In a guest,
# as root.
set -euo pipefail
. "$(dirname "$0")/common.bash"

windows=10

# Items of some SIZES that would fit if each took 60 bytes beside the value.
fit() {
	echo $((limit * 1048576 / ($(average_size "$1") + 60)))
}

# fill SIZES: twice what fits, of keys that nobody asks for.
fill() {
	write $((2 * $(fit "$1"))) "$1" 20 1000000000000 >/dev/null
}

# ask SIZES STAGE: three times the keys that fit, with a Zipf distribution. Leaves a
# line a window in $scratch/NAME, and the items in $items.
ask() {
	local name=$3 keys=$((3 * $(fit "$1"))) total

	total=$((4 * keys < requests ? 4 * keys : requests))
	replay "zipf:0.99:$keys" "$1" "$total" $((total / windows)) $(($2 * 10000000000)) |
		sed '$d' >"$scratch/$name"
	items=$(server_stat curr_items)
}

# compare WHAT SERVER: one row, from the windows of both.
compare() {
	paste -d ' ' "$scratch/fresh" "$scratch/changed" | awk -v what="$1" -v server="$2" \
		-v fresh_items="$fresh_items" -v items="$items" '
	{
		fresh = 100 * $2 / $1
		changed = 100 * $6 / $5
		last[NR] = changed
		sets += $7
		refused += $8
		after[NR] = sets
	}
	END {
		writes = "never"
		for (i = NR; i > 0 && last[i] >= 0.98 * fresh; i--)
			writes = after[i]
		printf "%-11s %-16s %8.2f %8.2f %8.2f %9s %8d %9d %9d\n", server, what, fresh,
			last[1], changed, writes, refused, fresh_items, items
	}'
}

# Each stage of the server that goes on is measured before any fresh one, for that
# takes its place.
measure() {
	local server=$1 stage sizes=(4096 100 64-8000) stages=("100 to 4096" "to 100" "to 64-8000")
	local changed_items=()

	serve "$server" "$limit"
	fill 100
	for stage in 0 1 2; do
		ask "${sizes[stage]}" "$stage" "changed-$stage"
		changed_items+=("$items")
	done
	for stage in 0 1 2; do
		serve "$server" "$limit"
		fill "${sizes[stage]}"
		ask "${sizes[stage]}" "$stage" fresh
		fresh_items=$items
		items=${changed_items[stage]}
		mv "$scratch/changed-$stage" "$scratch/changed"
		compare "${stages[stage]}" "$server"
	done
}

echo "Hits in percent after the size of values has changed; $limit MiB. 'fresh' is a server that"
echo "had only the new size, in its last window of $windows; 'first' and 'last' are windows of the"
echo "changed one, 'writes' how many it took until it stayed at 98 % of 'fresh'."
printf '%-11s %-16s %8s %8s %8s %9s %8s %9s %9s\n' server values fresh first last writes refused \
	items\* items
for server in $servers; do
	measure "$server"
done
echo "items*: of the fresh server."
