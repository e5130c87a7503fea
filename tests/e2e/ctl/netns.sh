#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Each network namespace has a server of its own, which goes with it. Runs as root
# in a guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

hold_pid=
clean_up() {
	[[ -z $hold_pid ]] || kill "$hold_pid" 2>/dev/null || true
	ip netns del kmc-a 2>/dev/null || true
	ip netns del kmc-b 2>/dev/null || true
}

port=11321

# inside NETNS COMMAND...: what tap.sh has can be used there, too.
inside() {
	local netns=$1
	shift

	ip netns exec "$netns" bash -c '"$@"' bash "$@"
}
export -f answer_to talk store fetch has lacks

listeners_of() {
	kmcctl "$@" listeners -j
}

# make NETNS NUMBER: a namespace with a way in, from 10.77.NUMBER.1 to .2.
make() {
	ip netns add "$1"
	ip -n "$1" link set lo up
	ip link add "kmcv$2" type veth peer name eth0 netns "$1"
	ip addr add "10.77.$2.1/24" dev "kmcv$2"
	ip link set "kmcv$2" up
	ip -n "$1" addr add "10.77.$2.2/24" dev eth0
	ip -n "$1" link set eth0 up
}

# The namespace behind is gone altogether: its end of the wire went last, so ours
# went, too. A server that kept the namespace alive would keep it here.
gone() {
	[[ ! -e /sys/class/net/kmcv$1 ]]
}

own_listeners() {
	same "nobody listens in a new namespace" "[]" "$(listeners_of -n kmc-a)"
	check "listen in a namespace, by its name" kmcctl -n kmc-a listen "127.0.0.1:$port"
	same "it is there" "127.0.0.1:$port" "$(kmcctl -n kmc-a listeners | awk 'NR == 2 { print $1 }')"
	same "seen by its path" "$(listeners_of -n kmc-a)" "$(listeners_of -n /run/netns/kmc-a)"
	same "seen from inside" "$(listeners_of -n kmc-a)" "$(inside kmc-a kmcctl listeners -j)"
	same "not seen from here" "[]" "$(listeners_of)"
	same "not seen in the other" "[]" "$(listeners_of -n kmc-b)"
	check "nothing can be reached from here" not store 127.0.0.1 "$port" key x
	refuses "an address of another namespace" 1 address kmcctl -n kmc-a listen 10.77.1.2:1
	refuses "unlisten what is in another" 1 '^kmcctl: unlisten ' kmcctl unlisten "$port"
}

own_items() {
	check "the same address, in the other" inside kmc-b kmcctl listen "127.0.0.1:$port"
	check "and here" kmcctl listen "127.0.0.1:$port"
	check "store in one" inside kmc-a store 127.0.0.1 "$port" key "of a"
	check "store in the other" inside kmc-b store 127.0.0.1 "$port" key "of b"
	check "store here" store 127.0.0.1 "$port" key "of none"
	check "each has its own: one" inside kmc-a has 127.0.0.1 "$port" key "of a"
	check "each has its own: the other" inside kmc-b has 127.0.0.1 "$port" key "of b"
	check "each has its own: here" has 127.0.0.1 "$port" key "of none"

	check "flush one" kmcctl -n kmc-a flush
	check "its item is gone" inside kmc-a lacks 127.0.0.1 "$port" key
	check "the other's is not" inside kmc-b has 127.0.0.1 "$port" key "of b"
	check "set-limit in one" kmcctl -n kmc-a set-limit 100M
	same "it is set there" 104857600 "$(inside kmc-a kmcctl stats | awk '/^limit_max/ { print $2 }')"
	same "not in the other" 67108864 "$(inside kmc-b kmcctl stats | awk '/^limit_max/ { print $2 }')"
	check "unlisten all in one" kmcctl -n kmc-a unlisten all
	check "the others still serve" has 127.0.0.1 "$port" key "of none"
}

# The namespace goes at once: our end of the connections is elsewhere.
deleted_with_clients_outside() {
	check "listen on the wire" kmcctl -n kmc-a listen "10.77.0.2:$port"
	check "connections in the middle of everything" hold 10.77.0.2 "$port" 12 mix 300
	check "delete the namespace" ip netns del kmc-a
	check "it goes, with its server" wait_for 20 gone 0
	hold_end
	check "the others still serve" has 127.0.0.1 "$port" key "of none"
}

# It goes when the last process in it does.
deleted_with_clients_inside() {
	hold_by ip netns exec kmc-b "$programs/hold" 127.0.0.1 "$port" 12 mix 300
	check "connections inside a namespace" wait_for 60 grep -q ready "$scratch/hold"
	check "delete the namespace" ip netns del kmc-b
	check "end its last process" kill -9 "$hold_pid"
	wait "$hold_pid" 2>/dev/null || true
	check "it goes, with its server" wait_for 20 gone 1
}

unload_below_namespaces() {
	make kmc-a 0
	same "a new namespace of the old name is empty" "[]" "$(listeners_of -n kmc-a)"
	check "listen there" kmcctl -n kmc-a listen "*:$port"
	check "it serves, and has nothing" lacks 10.77.0.2 "$port" key
	check "connections to it" hold 10.77.0.2 "$port" 12 mix 300
	check "the module can be unloaded within $((5 * patience)) s" quick 5000 rmmod kmemcached
	hold_end
	same "all of them were closed" "closed 12 of 12" "$held"
	same "nobody listens there after the next load" "[]" "$(listeners_of -n kmc-a)"
	check "delete the namespace" ip netns del kmc-a
	check "it goes" wait_for 20 gone 0
	check "unload" unload
}

unload
make kmc-a 0
make kmc-b 1
own_listeners
own_items
deleted_with_clients_outside
deleted_with_clients_inside
unload_below_namespaces
tap_done
