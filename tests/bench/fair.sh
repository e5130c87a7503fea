#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# fair.sh [inline=off|inline=on]: while 200 connections send 64 requests at a time and
# never stop, kmcctl is answered, and so is a client of another listener. In a guest, as
# root. TAP; the numbers are in its comments.
set -euo pipefail
. "$(dirname "$0")/servers.bash"

busy=11421
quiet=11422
word=${1-}
flood=

clean_up() {
	end_flood
	stop_servers
}

end_flood() {
	[[ -n $flood ]] || return 0
	kill "$flood" 2>/dev/null || true
	wait "$flood" 2>/dev/null || true
	flood=
}

# listen PORT
listen() {
	kmcctl listen "127.0.0.1:$1" ${word:+"$word"}
}

start_flood() {
	load -c 200 -d 64 -t 1000000 127.0.0.1 $busy get &
	flood=$!
	wait_for 60 eval '(($(stat_of curr_connections) >= 200))'
	sleep 1
}

# How many requests were answered, of everybody.
answered() {
	stat_of cmd_get
}

# Milliseconds that one kmcctl stats needs, of twenty: the middle one and the longest.
asked() {
	local i begin

	for ((i = 0; i < 20; i++)); do
		begin=$(now_ms)
		kmcctl stats >/dev/null
		echo $(($(now_ms) - begin))
	done | sort -n | awk '{ ms[NR] = $1 } END { print ms[int(NR / 2)], ms[NR] }'
}

# A client of the quiet listener: microseconds, half and all but 1 %.
waited() {
	load -l -n 200 -w 10 127.0.0.1 $quiet get | awk '{ print int($4 / 1000), int($5 / 1000) }'
}

modprobe kmemcached
listen $busy
listen $quiet
load -s 127.0.0.1 $busy get
read -r half most <<<"$(waited)"
echo "# alone: a get needs $half us, 99 % of them at most $most"

start_flood
before=$(answered)
begin=$(now_ms)
read -r middle longest <<<"$(asked)"
echo "# beside the flood: kmcctl stats needs $middle ms, at most $longest"
check "kmcctl stats is answered within 100 ms" test "$longest" -le $((100 * patience))
read -r half most <<<"$(waited)"
echo "# beside the flood: a get needs $half us, 99 % of them at most $most"
check "a client of another listener has 99 % of its replies within 100 ms" \
	test "$most" -le $((100000 * patience))
spent=$(($(now_ms) - begin))
served=$(($(answered) - before))
echo "# the flood: $served requests in $spent ms"
check "the flood was served all the while" test "$served" -gt "$spent"
check "the flood had nothing to complain about" kill -0 "$flood"
end_flood
tap_done
