#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# broken.sh: does the torture notice what is wrong? Each run has one thing wrong on
# purpose (module/torture.h), and must fail, in the check that is for it. Runs as root
# in a guest, for whose kernel tests/torture/build was run.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../e2e/ctl/tap.sh"
. "$(dirname "$0")/load.sh"

# notices BREAK CHECK...: a run with that fails, and so does each of the checks.
notices() {
	local number=$1 name missed=0

	shift
	if torture seconds=2 rounds=20 seed=7 threads=3 flush_ms=200 limit_ms=100 break="$number"; then
		echo "insmod succeeded"
		missed=1
	fi
	for name; do
		grep -q "^kmc_torture: not ok $name:" "$scratch/log" && continue
		echo "$name has not failed"
		missed=1
	done
	((missed == 0)) || { cat "$scratch/insmod"; said '\(#\|not ok\)'; }
	return $missed
}

# What is wrong by its number in enum torture_break, and who must notice.
check "a byte differs" notices 1 bytes
check "flags differ" notices 2 flags
check "another key's item" notices 3 key
check "a store is lost" notices 4 exact stale full
check "a remove is lost" notices 5 usage removed remove-one
check "flushes are lost" notices 6 flush-exact flushed
check "items do not expire" notices 7 expired
check "bytes change under a reference" notices 8 held
check "an increment is lost" notices 9 increment
check "a cas does not compare" notices 10 cas-one
check "an add does not look" notices 11 add-one
check "the limit is not lowered" notices 12 limit
check "a store is counted twice" notices 13 stats
check "a part of a list is left out" notices 16 listed
check "nothing is done" notices 15 count-hits count-stores count-evictions held

memory_settle
cat "$module" >/dev/null
memory_before=$(memory_free)
torture seconds=1 rounds=5 break=14 || true
check "memory is lost" not memory_back 4096
tap_done
