#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# resets.sh [ROUNDS]: connections end in every state they can be in: by the client's reset, at once
# and on a slow wire; by a reset from outside (ss -K) below the server; by urgent data. And windows
# that close and open again. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../ctl/tap.sh"
. "$(dirname "$0")/wire.sh"

rounds=${1:-3}
memcached_port=11342

hold_pid=
memcached_pid=
clean_up() {
	[[ -z $hold_pid ]] || kill "$hold_pid" 2>/dev/null || true
	[[ -z $memcached_pid ]] || kill "$memcached_pid" 2>/dev/null || true
	wire_cut
}

resets() {
	told "resets on one machine" near "$net/reset" 127.0.0.1 "$port" "$rounds"
	same "none of this was skipped" "" "$(grep SKIP "$scratch/output" || true)"
	fault_both delay 8ms 6ms
	told "resets on a slow wire, out of order" far "$net/reset" "$near" "$port" 1
	fault_both
}

# Nothing between, then window updates and probes get lost.
windows() {
	setting kmc-near tcp_rmem "4096 16384 65536"
	setting kmc-near tcp_wmem "4096 16384 65536"
	told "windows" far "$net/window" "$near" "$port" 2
	fault kmc-far loss 15%
	told "windows, and their updates are lost" far "$net/window" "$near" "$port" 1
	fault_both
	setting kmc-near tcp_rmem "4096 131072 6291456"
	setting kmc-near tcp_wmem "4096 16384 4194304"
}

memcached_answers() {
	near bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1"' bash "$memcached_port"
}

urgent() {
	told "urgent data" near "$net/urgent" 127.0.0.1 "$port"
	ip netns exec kmc-near memcached -u root -l 127.0.0.1 -p "$memcached_port" -U 0 -m 64 \
		2>"$scratch/memcached" &
	memcached_pid=$!
	check "memcached starts" wait_for 30 memcached_answers
	told "urgent data, to memcached" near "$net/urgent" 127.0.0.1 "$memcached_port"
	kill "$memcached_pid"
	wait "$memcached_pid" || true
	memcached_pid=
}

# All connections of the server, of which it is told by their callbacks only.
killed() {
	near ss -K state "$1" "sport = :$port" >"$scratch/killed"
	cat "$scratch/killed"
	grep -q ":$port" "$scratch/killed"
}

killed_below() {
	hold_by ip netns exec kmc-far "$programs/hold" "$near" "$port" 12 "$1" 300
	check "connections ($1)" wait_for 120 grep -q ready "$scratch/hold"
	check "ss -K kills them ($1)" killed connected
	check "the server has noticed ($1)" wait_for 20 is_deserted
	hold_end
	same "and so have the clients ($1)" "closed 12 of 12" "$held"
}

unload
wire_make
check "listen" serve
resets
windows
urgent
killed_below mix
killed_below get
check "all connections are gone" wait_for 20 is_deserted
same "none was turned away" 0 "$(near_stat rejected_connections)"
check "the listener can be removed" quick 5000 kmcctl -n kmc-near unlisten all
check "unload" unload
tap_done
