#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# churn.sh [ROUNDS]: connect and disconnect ROUNDS times (100,000): all are counted, none is
# forgotten, and the memory is back. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../ctl/tap.sh"
. "$(dirname "$0")/wire.sh"

rounds=${1:-100000}
warm_up=$((rounds / 10))

clean_up() {
	wire_cut
}

# What is missing may be something else's. A byte lost in each round would be no more than a tenth
# of a megabyte; an object is more than 40.
tolerance=$((6 * 1024))

churn() {
	near "$net/churn" 127.0.0.1 "$port" "$1" 32 8
}

unload
memory_settle
wire_make
# A pair of ports waits for a minute after its connection; it may be used again after a second.
setting kmc-near ip_local_port_range "1024 65000"
setting kmc-near tcp_tw_reuse 1
check "listen" serve

# Once before it is measured: what stays after the first time stays once.
check "$warm_up rounds" churn "$warm_up"
check "all connections are gone" wait_for 20 is_deserted
memory_before=$(memory_free)
told "$rounds rounds" churn "$rounds"
check "all connections are gone, again" wait_for 20 is_deserted
same "each was counted" $((warm_up + rounds)) "$(near_stat total_connections)"
same "none was turned away" 0 "$(near_stat rejected_connections)"
check "unlisten" quick 5000 kmcctl -n kmc-near unlisten all
check "delete the namespace" ip netns del kmc-near
check "it goes" wait_for 20 near_is_gone
memory_is_back "the memory is back" 20 "$tolerance"
echo "# $((memory_before - $(memory_free))) KiB less are free than before"
check "unload" unload
tap_done
