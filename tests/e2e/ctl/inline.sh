#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# inline.sh [SECONDS]: serving in softirq, on and off, as root in a guest: that it happens, that it
# does not, and that values stay right when it changes under load, for that long at least.
set -euo pipefail
. "$(dirname "$0")/tap.sh"

seconds=${1:-0}
port=11311
address=127.0.0.1:$port
load=

clean_up() {
	[[ -z $load ]] || kill "$load" 2>/dev/null || true
	return 0
}

turns() {
	stat_of "turns_$1"
}

# How many turns, inline or work, some requests take.
turns_of() {
	local before

	before=$(turns "$1")
	talk 127.0.0.1 $port "get a\r\nget a\r\nmn\r\n" >/dev/null
	echo $(($(turns "$1") - before))
}

some() {
	[[ $(turns_of inline) -gt 0 ]]
}

none() {
	[[ $(turns_of inline) -eq 0 ]]
}

# Values are stored and compared, once.
start_load() {
	build/e2e/concurrent 127.0.0.1 $port >"$scratch/concurrent" 2>&1 &
	load=$!
}

end_load() {
	local status=0

	wait "$load" || status=$?
	load=
	return $status
}

# While they are, change it back and forth.
switch_under_load() {
	local switched=0 loads=0 end=$((SECONDS + seconds))

	until ((loads && SECONDS >= end)); do
		start_load
		while kill -0 "$load" 2>/dev/null; do
			kmcctl set-listener $address inline=off
			kmcctl set-listener $address inline=on
			switched=$((switched + 1))
		done
		end_load || return
		loads=$((loads + 1))
	done
	echo "# switched $switched times in $loads loads"
}

cd "$(dirname "$0")/../../.."
unload
check "listen" kmcctl listen $address
check "store a value" store 127.0.0.1 $port a value
check "it is answered in softirq" wait_for 10 some
check "listen without" kmcctl set-listener $address inline=off
check "nothing is, then" none
check "but it is answered" has 127.0.0.1 $port a value
check "and again" kmcctl set-listener $address inline=on
check "it is" wait_for 10 some
check "values are right while it changes" switch_under_load
sed 's/^/# /' "$scratch/concurrent" | tail -n 3
check "listen from the beginning without" kmcctl listen 127.0.0.1:$((port + 1)) inline=off
same "it says so" off "$(kmcctl listeners | awk -v a=127.0.0.1:$((port + 1)) '$1 == a { print $4 }')"
check "unload" unload
tap_done
