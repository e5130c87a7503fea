#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# run.sh [SECONDS [PARAMETER=VALUE...]]: tortures the store, for 10 seconds unless told
# otherwise, with parameters of the module kmc_torture (modinfo lists them). It prints
# the seed; seed=N repeats the same choices. Runs as root in a guest, for whose kernel
# tests/torture/build was run.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../e2e/ctl/tap.sh"
. "$(dirname "$0")/load.sh"

seconds=${1:-10}
shift $(($# > 0))

# A kernel that checks everything does less in its time, and needs less room to be full.
slow=()
((patience == 1)) || slow=(rounds=25 flush_ms=4000 limit=5 limit_low=3)

# What the kernel's log and the names of the threads may keep.
slack=4096

memory_settle
# The first time it is read from the disk, and stays in the cache of files.
cat "$module" >/dev/null
memory_before=$(memory_free)
status=0
torture "seconds=$seconds" "${slow[@]}" "$@" || status=$?

said '#' | diag
said '\(ok\|not ok\)' >"$scratch/verdicts"
while read -r verdict name text; do
	[[ $verdict != not ]] || { verdict=1; name=${text%% *}; text=${text#* }; }
	[[ $verdict != ok ]] || verdict=0
	tap "$name $text" "$verdict"
done <"$scratch/verdicts"
same "insmod succeeds" 0 "$status"
check "the kernel did not complain" nobody_complained
memory_is_back "all memory is back" 10 "$slack"
tap_done
