#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# faults.sh [SECONDS [COUNT [LARGEST]]]: whatever the network does, TCP and the server make up for
# it: what arrives is what was stored, to the byte, and the last reply before the end arrives, too.
# SECONDS for each fault (2), COUNT short connections (100), no value larger than LARGEST (1048064).
# Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../ctl/tap.sh"
. "$(dirname "$0")/wire.sh"

seconds=${1:-2}
count=${2:-100}
largest=${3:-1048064}

clean_up() {
	wire_cut
}

# traffic CONNECTIONS LARGEST [MSS]
traffic() {
	far "$net/traffic" "$near" "$port" "$1" "$seconds" \
		$(($2 < largest ? $2 : largest)) "${@:3}"
}

# until_moved NETNS COUNTER COMMAND...: the command succeeds, and does so again until the counter
# has moved.
until_moved() {
	local netns=$1 name=$2 before deadline=$((SECONDS + 10 * patience))
	shift 2

	before=$(counter "$netns" "$name")
	while "$@"; do
		(($(counter "$netns" "$name") == before)) || return 0
		((SECONDS < deadline)) || { echo "$name has not moved"; return 1; }
	done
	return 1
}

# under TEXT NETNS COUNTER COMMAND...: it succeeds, and a counter says that there was reason for it
# not to.
under() {
	told "$1" until_moved "${@:2}"
	fault_both
}

without_faults() {
	told "no fault, values to 1 MiB" traffic 3 1048064
}

lossy() {
	fault kmc-near loss 5%
	fault kmc-far loss 5%
	# what comes while replies are sent was not told once: it was seen within 10 s or so
	seconds=$((10 * seconds)) under "loss of 5 % both ways" kmc-near TcpRetransSegs traffic 4 65536
	fault kmc-near loss 20%
	under "loss of 20 % of what the server sends" kmc-near TcpRetransSegs \
		traffic 16 8192
	fault kmc-far loss 20%
	under "loss of 20 % of what the clients send" kmc-far TcpRetransSegs \
		traffic 16 8192
	fault_both loss 1%
	under "loss of 1 %, values to 1 MiB" kmc-near TcpRetransSegs traffic 2 1048064
	fault_both loss 3%
	near=$near6 under "loss of 3 %, by IPv6" kmc-near TcpRetransSegs \
		traffic 4 65536
}

disorderly() {
	fault_both delay 4ms reorder 75% 50%
	under "reordering" kmc-near TcpExtTCPOFOQueue traffic 3 1048064
	fault_both duplicate 20%
	under "duplication" kmc-near TcpExtTCPDSACKRecv traffic 3 1048064
	fault_both delay 10ms 8ms
	under "delay and jitter" kmc-near TcpExtTCPOFOQueue traffic 4 262144
	fault_both corrupt 5%
	under "corruption" kmc-near TcpInCsumErrors traffic 4 65536
	fault_both delay 5ms 4ms loss 3% duplicate 5% corrupt 2% reorder 20%
	under "all of it" kmc-near TcpInCsumErrors traffic 16 32768
}

# The queue before the wire is full.
slow() {
	tc -n kmc-near qdisc add dev eth0 root netem rate 8mbit limit 3
	under "a slow wire with a short queue" kmc-near dropped traffic 6 16384
	tc -n kmc-far qdisc add dev eth0 root netem rate 4mbit limit 3
	under "a slow wire to the server" kmc-far dropped traffic 6 16384
}

tiny() {
	told "a segment size of 88" traffic 4 32768 88
	fault_both loss 2%
	under "a segment size of 88, with loss" kmc-near TcpRetransSegs \
		traffic 8 16384 88
	far ip route change 10.78.0.0/24 dev eth0 advmss 48
	told "an announced segment size of 48" traffic 6 16384
	far ip route change 10.78.0.0/24 dev eth0
	# below what IPv6 can live with, which leaves the device
	ip -n kmc-near link set eth0 mtu 100
	ip -n kmc-far link set eth0 mtu 100
	told "an MTU of 100" traffic 6 16384
	ip -n kmc-near link set eth0 mtu 1500
	ip -n kmc-far link set eth0 mtu 1500
}

lastword() {
	far "$net/lastword" "$near" "$port" "$@"
}

# The server waits for the end of what it throws away, but not for long: on a slow kernel fewer send
# at once.
last_words() {
	fault kmc-near loss 20%
	under "the last reply arrives, with a loss of 20 %" kmc-near TcpRetransSegs \
		lastword "$count" 50
	fault_both loss 10% delay 2ms 2ms
	under "the last reply arrives, with loss both ways, out of order" kmc-near \
		TcpRetransSegs lastword "$count" 50
	fault_both delay 5ms 5ms
	under "the last reply arrives, while the client still sends" kmc-far TcpExtTCPOFOQueue \
		lastword "$count" $((50 / patience + 1)) junk
}

unload
wire_make
check "listen" serve
check "set-limit" kmcctl -n kmc-near set-limit 256M
without_faults
lossy
disorderly
slow
tiny
last_words
check "all connections are gone" wait_for 30 is_deserted
same "none was turned away" 0 "$(near_stat rejected_connections)"
check "unlisten" quick 5000 kmcctl -n kmc-near unlisten all
check "delete the server's namespace" ip netns del kmc-near
check "it goes" wait_for 20 near_is_gone
check "unload" unload
tap_done
