#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# peers.sh: clients that vanish without a word, that are half there, and namespaces deleted in the
# middle of transfers, on either side. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../ctl/tap.sh"
. "$(dirname "$0")/wire.sh"

connections=18

hold_pid=
busy_pid=
clean_up() {
	[[ -z $hold_pid ]] || kill -9 "$hold_pid" 2>/dev/null || true
	[[ -z $busy_pid ]] || kill -9 "$busy_pid" 2>/dev/null || true
	wire_cut
}

# TCP gives up soon: an idle connection after two unanswered questions, a busy one after three
# retransmissions, a closed one after four.
impatient() {
	setting kmc-near tcp_keepalive_time 1
	setting kmc-near tcp_keepalive_intvl 1
	setting kmc-near tcp_keepalive_probes 2
	setting kmc-near tcp_retries2 3
	setting kmc-near tcp_orphan_retries 4
	setting kmc-near tcp_synack_retries 2
	# so that the clients' namespace does not wait for what they have closed
	setting kmc-far tcp_orphan_retries 1
}

# For a wire that loses things: two questions lost in a row are no reason to give up.
patient() {
	setting kmc-near tcp_keepalive_time 300
	setting kmc-near tcp_retries2 15
}

begin() {
	wire_make
	impatient
	check "listen ($1)" serve
}

connected() {
	[[ $(near_stat curr_connections) == "$1" ]]
}

# clients NETNS HOST: connections in the middle of everything, and others that really do something.
clients() {
	hold_by ip netns exec "$1" "$programs/hold" "$2" "$port" "$connections" mix 300
	check "connections in the middle of everything" wait_for 120 grep -q ready "$scratch/hold"
	ip netns exec "$1" "$net/traffic" "$2" "$port" 4 300 65536 >"$scratch/traffic" 2>&1 &
	busy_pid=$!
	check "and some that are busy" wait_for 60 connected $((connections + 4))
}

clients_end() {
	local pid

	for pid in $hold_pid $busy_pid; do
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	hold_pid=
	busy_pid=
}

cut_wire() {
	fault_both loss 100%
}

served() {
	far "$net/lastword" "$near" "$port" 3 1
}

vanished_noticed() {
	begin "vanished"
	clients kmc-far "$near"
	check "the clients vanish" cut_wire
	clients_end
	check "the server notices" wait_for 60 is_deserted
	fault_both
	check "it serves the next one" served
	wire_cut
}

vanished_unlistened() {
	begin "vanished, unlistened"
	clients kmc-far "$near"
	check "the clients vanish" cut_wire
	clients_end
	check "unlisten does not wait for them" quick 3000 kmcctl -n kmc-near unlisten all
	same "all of them are gone" 0 "$(near_stat curr_connections)"
	check "listen again" serve
	wire_cut
}

# Who knocks does not hear the answer.
half_open() {
	begin "half open"
	check "it serves" served
	fault kmc-near loss 100%
	ip netns exec kmc-far "$net/lastword" "$near" "$port" 40 40 >"$scratch/lastword" 2>&1 &
	busy_pid=$!
	check "half connections" wait_for 20 half_connected
	check "unlisten does not wait for them" quick 3000 kmcctl -n kmc-near unlisten all
	clients_end
	wire_cut
}

half_connected() {
	near ss -Htn state syn-recv "sport = :$port" | grep -q .
}

# The server's last segments do not arrive. It has forgotten these connections, TCP has not.
goodbye_unheard() {
	begin "goodbye unheard"
	hold_by ip netns exec kmc-far "$programs/hold" "$near" "$port" "$connections" line 300
	check "connections" wait_for 60 grep -q ready "$scratch/hold"
	# what the server sends is lost from now on, what the clients send is not
	fault kmc-near loss 100%
	kill -9 "$hold_pid"
	wait "$hold_pid" 2>/dev/null || true
	hold_pid=
	check "the server closes" wait_for 20 is_deserted
	check "TCP does not give up at once" closing
	check "the namespace is deleted" ip netns del kmc-near
	check "it goes when TCP has given up" wait_for 60 near_is_gone
	wire_cut
}

closing() {
	near ss -Htn state last-ack "sport = :$port" | grep -q .
}

# On a wire that is slow and loses things, which the last words have to cross.
near_deleted() {
	begin "server's namespace deleted"
	patient
	fault_both delay 30ms 10ms loss 3%
	clients kmc-far "$near"
	check "delete the server's namespace" ip netns del kmc-near
	check "it goes, with its server" wait_for 20 near_is_gone
	clients_end
	wire_cut
}

near_deleted_with_clients_inside() {
	begin "server's namespace deleted, clients inside"
	patient
	near tc qdisc add dev lo root netem delay 10ms 5ms loss 2%
	clients kmc-near 127.0.0.1
	check "delete the namespace" ip netns del kmc-near
	clients_end
	check "it goes with its last process" wait_for 20 near_is_gone
	wire_cut
}

# The wire goes with it: the server cannot even say that it has a route no more.
far_deleted() {
	begin "clients' namespace deleted"
	fault_both delay 30ms 10ms
	clients kmc-far "$near"
	ip -n kmc-far link set eth0 down
	clients_end
	check "delete the clients' namespace" ip netns del kmc-far
	check "the wire is gone" wait_for 20 far_is_gone
	check "the server notices" wait_for 60 is_deserted
	check "and can still be controlled" quick 3000 kmcctl -n kmc-near unlisten all
	wire_cut
}

unload
vanished_noticed
vanished_unlistened
half_open
goodbye_unheard
near_deleted
near_deleted_with_clients_inside
far_deleted
check "unload" unload
tap_done
