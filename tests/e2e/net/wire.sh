# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# What the scripts beside this one share: it is sourced, after tap.sh, and no test itself.
#
# A wire between two network namespaces: the clients are in kmc-far, 10.78.0.1 and fd78::1, the
# server is in kmc-near, 10.78.0.2 and fd78::2.

port=11341
# shellcheck disable=SC2034 # for who sources this
near=10.78.0.2 near6=fd78::2 net=$programs/net

wire_cut() {
	local pid

	for pid in $(ip netns pids kmc-far 2>/dev/null) $(ip netns pids kmc-near 2>/dev/null); do
		kill -9 "$pid" 2>/dev/null || true
	done
	ip netns del kmc-far 2>/dev/null || true
	ip netns del kmc-near 2>/dev/null || true
}

# wire_end NETNS NUMBER
wire_end() {
	ip -n "$1" link set lo up
	ip -n "$1" addr add "10.78.0.$2/24" dev eth0
	ip -n "$1" addr add "fd78::$2/64" dev eth0 nodad
	ip -n "$1" link set eth0 up
}

wire_make() {
	ip netns add kmc-far
	ip netns add kmc-near
	ip -n kmc-far link add eth0 type veth peer name eth0 netns kmc-near
	wire_end kmc-far 1
	wire_end kmc-near 2
	# Segments are lost one by one, and not 64 KiB of them at once.
	ip -n kmc-far link set eth0 gso_max_segs 1
	ip -n kmc-near link set eth0 gso_max_segs 1
}

far() {
	ip netns exec kmc-far "$@"
}

near() {
	ip netns exec kmc-near "$@"
}

# fault NETNS NETEM...: what happens to what it sends; nothing any more, without NETEM.
fault() {
	local netns=$1
	shift

	tc -n "$netns" qdisc del dev eth0 root 2>/dev/null || true
	[[ $# == 0 ]] || tc -n "$netns" qdisc add dev eth0 root netem limit 20000 "$@"
}

fault_both() {
	fault kmc-far "$@"
	fault kmc-near "$@"
}

# counter NETNS NAME: a counter of its TCP, or, "dropped", of the queue before its wire: what that
# has no room for TCP has never counted as sent.
counter() {
	if [[ $2 == dropped ]]; then
		tc -n "$1" -s qdisc show dev eth0 | sed -n 's/.*(dropped \([0-9]*\),.*/\1/p'
		return
	fi
	ip netns exec "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

# near_stat NAME: a statistic of the server.
near_stat() {
	kmcctl -n kmc-near stats -j | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

# serve [OPTION...]: the module is loaded, and has a server at the near end.
serve() {
	kmcctl -n kmc-near listen "*:$port" "$@"
}

is_deserted() {
	[[ $(near_stat curr_connections) == 0 ]]
}

# setting NETNS NAME VALUE: of net.ipv4
setting() {
	# shellcheck disable=SC2016 # for the shell inside
	ip netns exec "$1" bash -c 'echo "$2" >"/proc/sys/net/ipv4/$1"' bash "$2" "$3"
}

# told TEXT COMMAND...: check, which tells what the command said also if it was successful.
told() {
	local failed=$tap_failed

	check "$@"
	((tap_failed > failed)) || diag <"$scratch/output"
}

# has_no_wire NETNS: it is there, and its end of the wire is not.
has_no_wire() {
	local links

	links=$(ip -n "$1" link) && [[ $links != *eth0* ]]
}

# The namespace is gone altogether, and not only its name: its end of the wire goes last, and ours
# with it.
near_is_gone() {
	has_no_wire kmc-far
}

far_is_gone() {
	has_no_wire kmc-near
}
