#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# items.sh [COUNT]: how many items with keys of 30 bytes and values of 100 a server
# has at 64 MiB after COUNT (a million) were stored. In a guest, as root.
set -euo pipefail
. "$(dirname "$0")/common.bash"

count=${1:-1000000}

echo "Items at 64 MiB after $count sets: keys of 30 bytes, values of 100."
printf '%-12s %10s %10s\n' server items refused
for server in $servers; do
	serve "$server" 64
	counts=$(write "$count" 100 30)
	read -r _ refused items <<<"$counts"
	printf '%-12s %10d %10d\n' "$server" "$items" "$refused"
done
