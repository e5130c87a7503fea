#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# lower.sh [FROM TO]: how long it takes until the system has its memory back when a limit
# is lowered, in MiB, while a client writes; and what that client sees. In a guest, as root.
# shellcheck disable=SC2317 # functions are called by wait_for
set -euo pipefail
. "$(dirname "$0")/common.bash"

from=${1:-1024}
to=${2:-64}

# Values of 1 KiB; more of them than are written while the limit is lowered.
writes=400000

fill() {
	"$programs/../e2e/fill" $host $port "$@"
}

is_full() {
	(($(stat_of mem_used) > from * 1048576 * 95 / 100))
}

is_writing() {
	(($(server_stat cmd_set) > before))
}

# What the cache may take, and 4 MiB for what is not the cache.
is_lower() {
	memory_back $((to * 1024 * 102 / 100 + 4 * 1024)) >/dev/null
}

ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

unload
modprobe kmemcached
memory_settle
fill 0 0 >/dev/null 2>&1 || true
memory_before=$(memory_free)
serve kmemcached "$from"
fill $((from * 105)) 10240 100 >/dev/null 2>>"$scratch/errors"
before=$(server_stat cmd_set)
is_full || { echo "the cache is not full: $(stat_of mem_used) bytes" >&2; exit 1; }
fill $writes 1024 100 >"$scratch/fill" 2>&1 &
client=$!
wait_for 20 is_writing
begin=$(ms)
kmcctl set-limit "${to}M"
kept=$(ms)
wait_for 30 is_lower
back=$(ms)
still=no
! kill -0 $client 2>/dev/null || still=yes
status=0
wait $client || status=$?
echo "A limit of $from MiB is lowered to $to MiB while a client stores values of 1 KiB."
echo "set-limit returns after $((kept - begin)) ms, the memory is back after $((back - begin)) ms"
echo "the client still wrote then: $still; it says: $(tail -n 1 "$scratch/fill") (status $status)"
