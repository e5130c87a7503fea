#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# eviction.sh: what nobody asks for any more makes way for what is asked for now. The requests are
# the same each time, and hits differ by some tenths of a percent. Runs as root in a guest, and
# unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11381

# hits KEYS REQUESTS OFFSET [SIZES]: as tests/bench/replay has them, in percent; a miss is followed
# by a set.
hits() {
	"$programs/../bench/replay" 127.0.0.1 "$port" "$1" "${4:-1000}" "$2" 0 "$3" |
		awk '{ printf "%d\n", 100 * $2 / $1 }'
}

# left_after_scan KEYS SCANNED VISITS: of so many keys, each stored and read three times, how many
# are left after so many others were stored once, with so many visits to one more key beside each.
left_after_scan() {
	python3 -c '
import socket, sys
port, patience, keys, scanned, visits = map(int, sys.argv[1:])
sock = socket.create_connection(("127.0.0.1", port), timeout=30 * patience)
answers = sock.makefile("rb")
def store(name, size):
    return b"set %s 0 0 %d noreply\r\n%s\r\n" % (name, size, bytes(size))
def read(names):
    sock.sendall(b"".join(b"mg %s\r\n" % name for name in names))
    return sum(answers.readline() == b"HD\r\n" for _ in names)
wanted = [b"wanted%d" % i for i in range(keys)]
sock.sendall(store(b"hot", 10))
for at in range(0, keys, 100):
    sock.sendall(b"".join(store(name, 1000) for name in wanted[at:at + 100]))
    for i in range(3):
        read(wanted[at:at + 100])
for at in range(0, scanned, 10):
    sock.sendall(b"".join(store(b"scanned%d" % i, 1000) for i in range(at, at + 10)))
    assert read([b"hot"] * 10 * visits) == 10 * visits
assert read([b"scanned%d" % i for i in range(scanned - 100, scanned)]) == 100
print(sum(read(wanted[at:at + 100]) for at in range(0, keys, 100)))' \
		"$port" "${KMC_PATIENCE:-1}" "$@"
}

# store COUNT SIZE FIRST: so many are stored, from that key on.
store() {
	local all refused

	read -r all refused _ <<<"$("$programs/../bench/write" 127.0.0.1 "$port" "$1" "$2" 20 "$3")"
	[[ $all == "$1" && $refused == 0 ]]
}

# items_below SIZE: how many are in classes whose chunks are smaller.
items_below() {
	talk 127.0.0.1 "$port" "stats slabs\r\n" | awk -v size="$1" '
		$2 ~ /:chunk_size$/ { small = $3 < size }
		$2 ~ /:used_chunks$/ && small { sum += $3 }
		$1 == "END\r" || $1 == "END" { printf "%d\n", sum }'
}

# at_least NUMBER COMMAND...: what the command says is no less.
at_least() {
	local least=$1 number

	shift
	number=$("$@") || return 1
	echo "# $number"
	[[ $number =~ ^[0-9]+$ && $number -ge $least ]]
}

# at_most NUMBER COMMAND...: what the command says is no more.
at_most() {
	local most=$1 number

	shift
	number=$("$@") || return 1
	echo "# $number"
	[[ $number =~ ^[0-9]+$ && $number -le $most ]]
}

begin() {
	unload
	check "$1: listen" kmcctl listen "$port"
	check "$1: a limit of 8 MiB" kmcctl set-limit 8M
}

# All of the 7000 keys fit, and 83.1 percent of these requests are not the first for theirs.
begin "fresh"
check "fresh: hits" at_least 82 hits zipf:0.6:7000 40000 1000000
# 80.1; 75.6 if a slab that is not read any more goes when the visits of its items are used up
begin "after others"
check "others" at_least 83 hits zipf:0.99:20000 150000 0
check "after others: hits" at_least 78 hits zipf:0.6:7000 40000 1000000
# What is looked at again and again says nothing of what is not. 3817 are left; 584 if every visit,
# not only those that an item can count, made time pass.
begin "beside a hot key"
check "beside a hot key: a scan takes nothing" at_least 3500 left_after_scan 4000 20000 3
# 57, as in the simulation: there it is 50.9 if what is small is not spared, 51.7 if what is large
# does not have to be read once more when it is stored again after it was evicted, 46.5 without either.
begin "many sizes"
check "many sizes: hits" at_least 54 hits zipf:0.6:20000 100000 0 64-8000
# Where nothing is read, what is small is not spared.
begin "larger ones"
check "larger ones: small ones are stored" store 50000 100 0
check "larger ones: they are there" at_least 40000 items_below 1000
check "larger ones: they are stored" store 8000 4000 100000
check "larger ones: none of the small ones is left" at_most 0 items_below 1000
check "unload" unload
tap_done
