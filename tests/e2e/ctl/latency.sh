#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# kmcctl stats latency: each class of requests is counted where it should be, in both ways of
# serving and both protocols, and what is shown adds up. Runs as root in a guest.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11401
address=127.0.0.1:$port
# Of one turn in 61 on each CPU something is seen: so of this many turns at least once, also if a
# few come in between.
turns=$((61 * ($(nproc) + 1)))

# look EXPRESSION: of the list of classes, as "classes", and the counts by class, as "count".
look() {
	kmcctl stats latency -j | python3 -c '
import json, sys
classes = json.load(sys.stdin)
count = {c["class"]: c["count"] for c in classes}
print(eval(sys.argv[1]))' "$1"
}

# count_of_each: a line "CLASS COUNT" for each class.
count_of_each() {
	kmcctl stats latency | awk 'NR > 1 { print $1, $2 }'
}

# From now on, counted names the classes of which more was seen.
remember() {
	count_of_each >"$scratch/before"
}

counted() {
	count_of_each | grep -vxFf "$scratch/before" | cut -d ' ' -f 1 | sort | tr '\n' ' ' |
		sed 's/ $//'
}

# Sends each request when the one before is answered, and at once: a turn for each. A shell would
# write it line by line, with a turn for each line, in the last of which it is counted. All of them
# again and again, on one CPU, where the server then serves them, too: since 61 is a prime, no place
# in a cycle is passed over. A reply of the binary protocol has 24 bytes; of one of several lines
# the last is neither VALUE nor the value.
# closely REQUEST...
closely() {
	taskset -c 0 python3 -c '
import socket, sys
port, patience, turns, *requests = sys.argv[1:]
requests = [r.encode().decode("unicode_escape").encode("latin-1") for r in requests]
sock = socket.create_connection(("127.0.0.1", int(port)), timeout=10 * int(patience))
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
replies = sock.makefile("rb")
def answered(request):
    if request.startswith(b"\x80"):
        return replies.read(24)[23:]
    while (line := replies.readline()).startswith((b"VALUE", b"b")):
        pass
    return line
for request in requests * int(turns):
    sock.sendall(request)
    assert answered(request), request' $port "${KMC_PATIENCE:-1}" $turns "$@"
}

# A get and a set, of which the value comes when the get is answered: so that is a turn of its own.
# On any CPU; of those turns some are looked at, for there are many.
cut_sets() {
	python3 -c '
import socket, sys
port, patience, turns = map(int, sys.argv[1:])
sock = socket.create_connection(("127.0.0.1", port), timeout=10 * patience)
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
replies = sock.makefile("rb")
for turn in range(turns):
    sock.sendall(b"get nothing\r\nset a 0 0 1\r\n")
    assert replies.readline() == b"END\r\n"
    sock.sendall(b"b\r\n")
    assert replies.readline() == b"STORED\r\n"' $port "${KMC_PATIENCE:-1}" $((10 * turns))
}

# counts CLASS REQUEST: such requests are counted there, and nowhere else.
counts() {
	remember
	closely "$2"
	same "$1: ${2%%\\r*}" "$1" "$(counted)"
}

adds_up() {
	look 'all(len(c["buckets"]) == 36 and sum(c["buckets"]) == c["count"] for c in classes)'
}

in_order() {
	look 'all(0 <= c["p50_ns"] <= c["p90_ns"] <= c["p99_ns"] <= c["p999_ns"] <= c["max_ns"]
		for c in classes)'
}

# The maximum is that of the last bucket that is not empty.
has_maximum() {
	look 'all(c["max_ns"] == max([2 << i for i in range(36) if c["buckets"][i]] or [0])
		for c in classes)'
}

unload
names='["get", "touch", "store", "delta", "delete", "meta_get", "meta", "other"]'
same "before anybody listens there is nothing" True "$(look 'not any(count.values())')"
same "of all classes" True "$(look "[c['class'] for c in classes] == $names")"
check "listen" kmcctl listen $address
check "store a value" store 127.0.0.1 $port a b
check "store a number" store 127.0.0.1 $port n 1
counts get 'get a\r\n'
counts get 'get a b c\r\n'
counts store 'set a 0 0 1\r\nb\r\n'
counts touch 'touch a 0\r\n'
counts delta 'incr n 1\r\n'
counts delete 'delete nothing\r\n'
counts meta_get 'mg a\r\n'
counts meta 'ms a 1\r\nb\r\n'
counts meta 'md nothing\r\n'
counts other 'version\r\n'
counts other 'set a 0 0 junk\r\n'
check "by work items" kmcctl set-listener $address inline=off
counts get 'get a\r\n'
counts store 'set a 0 0 1\r\nb\r\n'
remember
cut_sets
same "a set that comes in two parts" "get store" "$(counted)"
check "in softirq" kmcctl set-listener $address inline=on
remember
closely '\x80\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'
same "other: of the binary protocol" other "$(counted)"
remember
closely 'set a 0 0 1\r\nb\r\n' 'get a\r\n' 'get a\r\n'
same "what comes in turn is seen, each" "get store" "$(counted)"
kmcctl stats latency | diag
same "the buckets are all there, and are the count" True "$(adds_up)"
same "the percentiles are in order" True "$(in_order)"
same "the maximum is right" True "$(has_maximum)"
same "nothing has taken longer than eight seconds" True \
	"$(look 'all(sum(c["buckets"][33:]) == 0 for c in classes)')"
same "as text, a line a class" "class count p50 p90 p99 p99.9 max|9|get" \
	"$(kmcctl stats latency | tr -s ' ' | awk 'NR == 1 { head = $0 } NR == 2 { row = $1 }
		END { print head "|" NR "|" row }')"
check "much was counted" test "$(look 'sum(count.values())')" -gt 10
talk 127.0.0.1 $port 'stats reset\r\n' >/dev/null
# that and quit, if it was their turn
same "after stats reset nothing" True "$(look 'sum(count.values()) <= 2')"
refuses "other words" 2 "'latencies'" kmcctl stats latencies
refuses "an ordinary user" 1 CAP_NET_ADMIN setpriv --reuid 65534 --regid 65534 --clear-groups \
	"--inh-caps=-all" kmcctl stats latency
check "unload" unload
tap_done
