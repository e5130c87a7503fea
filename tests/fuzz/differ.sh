#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# differ.sh [COMMANDS [SEED [OPTION...]]]: memcached and the module answer the same to whatever the
# differential fuzzer (diff.c, with the options) sends, and it notices a byte that is not the same.
# Runs as root in a guest, where the module listens on port 11211 or does not yet.
set -euo pipefail
. "$(dirname "$0")/../e2e/ctl/tap.sh"

diff=$(cd "$(dirname "$0")/../.." && pwd)/build/fuzz/diff
theirs=11371
ours=11372

clean_up() {
	kill "$server" 2>/dev/null || true
	kmcctl unlisten "$ours" >/dev/null 2>&1 || true
}

# Its threads that look after the order of eviction hold items for a moment, and then an incr
# does not pad the number: without them, memcached answers the same to the same.
memcached -u root -l 127.0.0.1 -p "$theirs" -U 0 -m 256 \
	-o no_lru_maintainer,no_lru_crawler 2>/dev/null &
server=$!

agree() {
	"$diff" 127.0.0.1 "$1" 127.0.0.1 "$2" "${@:3}" >"$scratch/diff" 2>&1
}

is_there() {
	(: <"/dev/tcp/127.0.0.1/$theirs")
}

check "memcached listens" wait_for 20 is_there
check "the module listens" kmcctl listen "$ours"
status=0
agree "$theirs" "$ours" "${2:-1}" "${1:-20000}" "${@:3}" || status=$?
tap "memcached and the module answer the same" $status
grep '^# ' "$scratch/diff" || true
check "memcached answers the same as itself" agree "$theirs" "$theirs" 1 500
check "a wrong byte is noticed" not agree "$theirs" "$theirs" 1 500 --lie 2000
tap_done
