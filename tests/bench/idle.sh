#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# idle.sh [CONNECTIONS]: what connections keep that have each done one get and are idle,
# both ends of them, in a guest, as root. Prints for each server "SERVER CONNECTIONS KIB",
# by /proc/meminfo, and "slab SERVER NAME SIZE OBJECTS" for those slabs of which there are
# more than before, at least one for each tenth connection.
set -euo pipefail
. "$(dirname "$0")/servers.bash"

wanted=${1:-10000}

slabs() {
	awk 'NR > 2 { print $1, $4, $2 }' /proc/slabinfo | sort
}

# more_slabs SERVER CONNECTIONS: what there is more of than in $scratch/before.
more_slabs() {
	slabs | join "$scratch/before" - | awk -v server="$1" -v few=$(($2 / 10)) '
		$5 - $3 >= few { print "slab", server, $1, $2, $5 - $3 }'
}

# measure SERVER CONNECTIONS
measure() {
	local server=$1 count=$2 before

	# What is allocated only once.
	ask "$server" get -c 100 -n 1000 >/dev/null
	sleep 2
	slabs >"$scratch/before"
	before=$(memory_free)
	mkfifo "$scratch/hold-on"
	ask "$server" get -i -c "$count" <"$scratch/hold-on" >"$scratch/said" &
	exec 7>"$scratch/hold-on"
	wait_for 300 grep -q ready "$scratch/said" || { echo "$server: no" >&2; exit 1; }
	sleep 3
	echo "$server $count $((before - $(memory_free)))"
	more_slabs "$server" "$count"
	exec 7>&-
	wait $!
	rm "$scratch/hold-on"
}

memory_settle
sysctl -q net.ipv4.ip_local_port_range="10000 60000" net.core.somaxconn=4096
start_null
echo 1 >$null/trim
measure null "$wanted"
stop_servers
start_memcached 1
fill
measure memcached "$wanted"
stop_servers
start_kmemcached
fill
if ! kmcctl set max-connections $((wanted + 100)) 2>/dev/null; then
	granted=$(($(stat_of max_connections) - 24))
	((wanted <= granted)) || wanted=$granted
fi
for server in "${servers[@]}"; do
	measure "$server" "$wanted"
done
