#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# nth.sh [each N | nth FROM TO | rate N SEED ROUNDS] [SCENARIO...]: memory that the
# module asks for is refused, and it lives through that: each request is answered, or
# refused properly, or the connection is closed; nothing is left behind, and it works
# as before. Without arguments: each 8, all scenarios. See fault.c for what the words
# mean, and fail/kmc_fail.c for how it is done. Runs as root in a guest of the kernel
# "debug", for which tests/fault/build was run.
set -euo pipefail
. "$(dirname "$0")/load.sh"

[[ $# -gt 0 ]] || set -- each 8

# What has asked for memory, by the function of the module and the one it called.
# Functions that are inlined go by the name of who called them.
show_sites() {
	awk '
	{
		called = site = ""
		for (at = 4; at <= NF; at++) {
			if ($at == "[kmemcached]") {
				site = $(at - 1)
				called = $(at - 3)
				break
			}
		}
		sub(/\+.*/, "", site)
		sub(/\+.*/, "", called)
		if (called == "" || called == "<" || called ~ /^[0-9]/)
			called = $3
		key = site " -> " called
		paths[key]++
		seen[key] += $2
		failed[key] += $1
		never[key] += !$1
	}
	END {
		for (key in paths)
			printf "# %-60s %3d paths, failed %3d of %5d%s\n", key, paths[key],
				failed[key], seen[key], never[key] ? ", " never[key] " never" : ""
	}' "$debugfs/paths" | sort
}

load
status=0
"$fault" "$@" || status=$?
counts=$(<"$debugfs/status")
echo "# $counts"
show_sites
if [[ $counts == *overflown* ]]; then
	echo "# wrong: there are more paths than kmc_fail can keep; the others never fail"
	status=1
fi
exit $status
