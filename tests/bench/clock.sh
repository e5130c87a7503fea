#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# clock.sh: how much is served in a second, and how long it takes, in a guest, as root.
# Prints lines "SERVER OPERATIONS NANOSECONDS IDLE HALF MOST NEARLY_ALL", the servers in
# turn, so that what else the host does meets all of them.
set -euo pipefail
. "$(dirname "$0")/servers.bash"

cpus=$(nproc)
rounds=${KMC_ROUNDS:-5}
# Half of the CPUs ask.
askers=$((cpus > 1 ? cpus / 2 : 1))

start_memcached "$cpus"
start_kmemcached
fill
for ((i = 0; i < rounds; i++)); do
	for server in "${servers[@]}"; do
		result=$(ask "$server" mix -c 50 -j "$askers" -w 2000 -t "${KMC_SECONDS:-4}" -l)
		echo "$server $result"
	done
done
