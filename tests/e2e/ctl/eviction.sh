#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# eviction.sh: what nobody asks for any more makes way for what is asked for now. The requests are
# the same each time, and hits differ by some tenths of a percent. Runs as root in a guest, and
# unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11381

# hits KEYS REQUESTS OFFSET: as tests/bench/replay has them, in percent; a miss is followed by a set.
hits() {
	"$programs/../bench/replay" 127.0.0.1 "$port" "$1" 1000 "$2" 0 "$3" |
		awk '{ printf "%d\n", 100 * $2 / $1 }'
}

# hits_at_least PERCENT KEYS REQUESTS OFFSET
hits_at_least() {
	local least=$1 percent

	shift
	percent=$(hits "$@")
	echo "$percent percent"
	((percent >= least))
}

begin() {
	unload
	check "$1: listen" kmcctl listen "$port"
	check "$1: a limit of 8 MiB" kmcctl set-limit 8M
}

# All of the 7000 keys fit, and 83.1 percent of these requests are not the first for theirs.
begin "fresh"
check "fresh: hits" hits_at_least 82 zipf:0.6:7000 40000 1000000
# 80.1; 75.6 if a slab that is not read any more goes when the visits of its items are used up
begin "after others"
check "others" hits_at_least 83 zipf:0.99:20000 150000 0
check "after others: hits" hits_at_least 78 zipf:0.6:7000 40000 1000000
check "unload" unload
tap_done
