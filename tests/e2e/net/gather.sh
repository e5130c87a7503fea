#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# gather.sh: values that arrive in small segments, of which TCP is to tell only when there are many
# (SO_RCVLOWAT): that it does, that what comes slowly is not taken for nothing, and what stops is
# noticed as ever. Runs as root in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/../ctl/tap.sh"
. "$(dirname "$0")/wire.sh"

clean_up() {
	wire_cut
}

# pieces LENGTH,PIECE,PAUSE[,COUNT]
pieces() {
	far "$net/pieces" "$near" "$port" "$1"
}

# turns_of COMMAND...: how often a connection's work had a turn for it
turns_of() {
	local before

	before=$(near_stat turns_work)
	"$@" >&2 || return
	echo $(($(near_stat turns_work) - before))
}

# 51 segments, and the line before them; there are some for the get, and two connections, too.
few_turns() {
	local turns

	turns=$(turns_of pieces 50000,1000,0)
	echo "$turns turns"
	((turns >= 1 && turns <= 25))
}

unload
wire_make
check "listen" serve
check "a value in small segments takes few turns" few_turns
check "a large one" pieces 1000000,20000,0
check "longer segments than there are" pieces 300000,65536,0
# somebody looks once a second, and once more for twice the time if its bytes are taken for ours
check "a timeout" kmcctl -n kmc-near set stuck-timeout 5
told "a value that does not go on is noticed" quick 10000 pieces 50000,1000,0,5
same "it is counted" 1 "$(near_stat stuck_kicks)"
check "one that comes slowly arrives" pieces 1000,125,1500
same "it was not taken for one that does not" 1 "$(near_stat stuck_kicks)"
check "unload" unload
tap_done
