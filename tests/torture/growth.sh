#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# growth.sh [ITEMS]: how long calls of the store take while so many items (5 million) are
# stored, and removed again, by one thread: while its index grows or shrinks, and while
# it does not. Prints TAP. Runs as root in a guest that was started with --icount, where a
# second is so many instructions, and with memory for the items: some 60 bytes each.
# tests/torture/build was run for its kernel.
set -euo pipefail
. "$(dirname "$0")/../e2e/ctl/tap.sh"
. "$(dirname "$0")/load.sh"

late() {
	said '#' | awk '/ late$/ { sum += $(NF - 1); lines++ } END { print lines + 0 ": " sum + 0 }'
}

run() {
	torture "growth=${1:-5000000}" limit=1024 || { cat "$scratch/insmod"; return 1; }
}

resized() {
	said '#' | grep -q 'growing: .* [1-9][0-9]* resizes seen$'
}

check "items come and go" run "$@"
said '#'
check "the index has grown" resized
same "no call takes more than a millisecond while it does" "4: 0" "$(late)"
tap_done
