#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# random.sh [SEED [RATE [ROUNDS]]]: RATE of 10000 allocations of the module are refused
# (default 200) while all that clients do is done: first by a client that knows what it
# may be told (ROUNDS of fault.c's "serve" and "netns"), then by the end-to-end programs,
# whose verdict does not count, for they want exact answers. Afterwards, with memory
# again, it does. The same SEED chooses the same numbers; what is allocated in which
# order differs a little from run to run. Runs as root in a guest of the kernel "debug",
# for which tests/fault/build and make e2e-build were run.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../e2e/ctl/tap.sh"
. "$(dirname "$0")/load.sh"

seed=${1:-$RANDOM}
rate=${2:-200}
rounds=${3:-2}
port=11342

# For how long each end-to-end program may run, whatever it thinks of the server.
load_seconds=5

clean_up() {
	[[ ! -d $debugfs ]] || echo off >"$debugfs/arm"
}

arm() {
	echo "$*" >"$debugfs/arm"
}

failed() {
	sed 's/.*failed=\([0-9]*\).*/\1/' "$debugfs/status"
}

tolerant_client() {
	"$fault" rate "$rate" "$seed" "$rounds" serve netns
}

# Only what a program does counts, not what it says.
under_load() {
	local name

	arm rate "$rate" "$seed"
	for name in framing storage retrieval arithmetic concurrent; do
		timeout "$load_seconds" "$programs/$name" 127.0.0.1 "$port" >"$scratch/$name" 2>&1 || true
	done
	echo off >"$debugfs/arm"
	echo "# $(failed) failures under the end-to-end programs"
	(($(failed) > 0))
}

nobody_connected() {
	(($(stat_of curr_connections) == 0))
}

echo "# seed $seed, $rate of 10000"
load
check "a client that knows what to expect" tolerant_client
check "listen" kmcctl listen "$port"
check "allocations fail under load" under_load
check "all connections end" wait_for 30 nobody_connected
for name in storage arithmetic; do
	check "$name, with memory again" "$programs/$name" 127.0.0.1 "$port"
done
check "rmmod" quick 5000 rmmod kmemcached
tap_done
