#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# memory.sh [LIMIT...]: the most memory that the system lacks, by /proc/meminfo,
# while kmemcached is filled beyond its limit with values of one size, or of sizes
# that change. Limits in MiB: 16 64 1024. In a guest, as root.
set -euo pipefail
. "$(dirname "$0")/common.bash"

limits=("$@")
((${#limits[@]})) || limits=(16 64 1024)
# The last one is the largest round number whose item is no larger than 1 MiB.
read -ra single <<<"${KMC_SIZES:-1 100 1024 10240 102400 1047552}"

# pressed LIMIT WHAT SIZE...: one row.
pressed() {
	local limit=$1 what=$2 counts stored refused evicted taken
	shift 2

	unload
	modprobe kmemcached
	# What the one before has freed comes back in its own time.
	wait_for 20 memory_back 1024 || echo "(1 MiB of what was there at first is missing)"
	counts=$("$programs/press" $host $port "$limit" \
		"kmcctl listen $host:$port && kmcctl set-limit ${limit}M" "$@" 2>>"$scratch/errors")
	read -r stored refused evicted taken <<<"$counts"
	printf '%6d %8s %10d %8d %10d %10d %8s\n' "$limit" "$what" "$stored" "$refused" \
		"$evicted" "$taken" "$(ratio "$taken" $((limit * 1024)))"
}

unload
modprobe kmemcached
memory_settle
echo "Memory taken from the system at most, in KiB and percent of the limit."
printf '%6s %8s %10s %8s %10s %10s %8s\n' limit values stored refused evicted taken percent
# Once what is measured later, so that its pages are in the cache.
memory_before=$(memory_free)
pressed 16 100 100 >/dev/null
unload
modprobe kmemcached
sleep 2
memory_before=$(memory_free)
for limit in "${limits[@]}"; do
	for size in "${single[@]}"; do
		pressed "$limit" "$size" "$size"
	done
	pressed "$limit" shifting "${single[@]}"
done
