#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Every verb does what it says, and says why when it does not. Runs as root in a
# guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

modprobe=$(</proc/sys/kernel/modprobe)
other=
clean_up() {
	echo "$modprobe" >/proc/sys/kernel/modprobe
	[[ -z $other ]] || kill "$other" 2>/dev/null || true
}

port=11311
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "--inh-caps=-all")

# listening PORT: something does, by IPv4.
listening() {
	grep -q ":$(printf %04X "$1") 00000000:0000 0A" /proc/net/tcp
}

# The addresses that kmcctl listeners shows, sorted, on one line.
addresses() {
	kmcctl listeners | sed 1d | cut -d ' ' -f 1 | sort | tr '\n' ' '
}

# A request is answered on the connection on file descriptor 4.
answered() {
	local line

	printf 'version\r\n' >&4 && read -r -t 10 -u 4 line && [[ $line == VERSION* ]]
}

open_connection() {
	exec 4<>"/dev/tcp/$1/$2" && answered
}

one_connection() {
	[[ $(kmcctl listeners | awk 'NR == 2 { print $2 }') == 1 ]]
}

# The server has closed it: reading fails, and not because it takes too long.
connection_closed() {
	local status=0

	read -r -t 10 -u 4 || status=$?
	exec 4>&-
	((status > 0 && status <= 128))
}

without_module() {
	echo /bin/false >/proc/sys/kernel/modprobe
	check "the module can be unloaded" unload
	refuses "no module, and it cannot be loaded" 3 \
		'^kmcctl: the kmemcached module is not loaded and could not be loaded' kmcctl stats
	refuses "no module, for an ordinary user" 3 'could not be loaded' \
		"${nobody[@]}" kmcctl listen "$port"
	check "kmcctl version needs no module" kmcctl version
	same "kmcctl version says that it is not loaded" "module interface not loaded" \
		"$(kmcctl version | sed -n '/^module/s/  */ /gp')"
	refuses "a bad word is found without a module" 2 'port is missing' kmcctl listen 127.0.0.1
	echo "$modprobe" >/proc/sys/kernel/modprobe

	kmcctl version >/dev/null
	check "kmcctl version loads nothing" unloaded
	check "a request loads the module" kmcctl listeners
	check "it is there" test -e /sys/module/kmemcached
	same "kmcctl version shows its interface" "module interface 1" \
		"$(kmcctl version | sed -n '/^module/s/  */ /gp')"
}

one_listener() {
	same "nobody listens at first" "" "$(kmcctl listeners)"
	same "nobody listens at first, in JSON" "[]" "$(kmcctl -j listeners)"
	refuses "unlisten where nobody listens" 1 "^kmcctl: unlisten $port: .* " \
		kmcctl unlisten "$port"
	check "set-limit before anybody listens" kmcctl set-limit 32M
	check "flush before anybody listens" kmcctl flush
	check "listen" kmcctl listen "127.0.0.1:$port"
	same "the limit is kept" 33554432 "$(stat_of limit_maxbytes)"
	check "set-limit while it serves" kmcctl set-limit 64M
	same "listeners" \
		"address connections backlog inline protocol auth denied|127.0.0.1:$port 0 1024 on auto off -|" \
		"$(kmcctl listeners | sed 's/  */ /g' | tr '\n' '|')"
	same "listeners in JSON" \
		"[{\"address\":\"127.0.0.1\",\"port\":$port,\"family\":\"inet\",\"connections\":0,\"backlog\":1024,\"inline\":true,\"protocol\":\"auto\",\"auth\":false,\"flush\":true,\"dump\":true,\"watch\":true}]" \
		"$(kmcctl listeners --json)"
	check "a value can be stored there" store 127.0.0.1 "$port" key value
	check "and read" has 127.0.0.1 "$port" key value
	refuses "listen twice" 1 "^kmcctl: listen $port: .*already" kmcctl listen "$port"

	check "a connection" open_connection 127.0.0.1 "$port"
	# The ones before may still be on their way out.
	check "listeners counts connections" wait_for 10 one_connection
	same "so does stats" 1 "$(stat_of curr_connections)"
	check "unlisten" kmcctl unlisten "127.0.0.1:$port"
	check "it closes the connections accepted there" connection_closed
	same "nobody listens" "[]" "$(kmcctl listeners -j)"
	check "the port is free" not listening "$port"
	refuses "unlisten twice" 1 "^kmcctl: unlisten $port: " kmcctl unlisten "$port"
	check "listen again, by the port alone" kmcctl listen "$port" backlog=7
	same "with another backlog" 7 "$(kmcctl listeners | awk 'NR == 2 { print $3 }')"
	check "set-listener" kmcctl set-listener "$port" inline=off
	same "it is set" off "$(kmcctl listeners | awk 'NR == 2 { print $4 }')"
	check "what was stored is there without softirqs" has 127.0.0.1 "$port" key value
	check "set-listener back" kmcctl set-listener "$port" inline=on
	refuses "set-listener of none" 1 'no listener' kmcctl set-listener 11313 inline=off
	refuses "set-listener of something else" 2 'only inline' \
		kmcctl set-listener "$port" backlog=5
	refuses "set-listener of neither on nor off" 2 "'inline=no': " \
		kmcctl set-listener "$port" inline=no
	check "the items have survived" has 127.0.0.1 "$port" key value
}

several_listeners() {
	printf 'listen 127.0.0.1:%s\n' {20000..20149} >"$scratch/batch"
	check "unlisten all" kmcctl unlisten all
	check "listen on IPv4" kmcctl listen "127.0.0.1:$port"
	check "listen on another address" kmcctl listen "127.0.0.2:$port"
	check "listen on IPv6" kmcctl listen "[::1]:$port"
	check "listen on all addresses" kmcctl listen "*:$((port + 1))"
	same "listeners shows all" "127.0.0.1:$port 127.0.0.2:$port [::1]:$port [::]:$((port + 1)) " \
		"$(addresses)"
	check "they share the items: IPv6" has ::1 "$port" key value
	check "they share the items: another address" has 127.0.0.2 "$port" key value
	check "all addresses: IPv4" has 127.0.0.1 "$((port + 1))" key value
	check "all addresses: IPv6" has ::1 "$((port + 1))" key value
	refuses "an address among all of them" 1 already kmcctl listen "127.0.0.1:$((port + 1))"

	check "a connection to one" open_connection ::1 "$port"
	check "unlisten another" kmcctl unlisten "127.0.0.1:$port"
	check "the connection stays" answered
	check "unlisten its own" kmcctl unlisten "[::1]:$port"
	check "the connection goes" connection_closed
	check "unlisten the star" kmcctl unlisten "*:$((port + 1))"
	same "one is left" "127.0.0.2:$port " "$(addresses)"

	check "150 more" kmcctl -b "$scratch/batch"
	same "many listeners" 151 "$(kmcctl listeners | sed 1d | wc -l)"
	check "the last one serves" has 127.0.0.1 20149 key value
	check "unlisten all" kmcctl unlisten all
	same "nobody listens now" "[]" "$(kmcctl -j listeners)"
	check "unlisten all again" kmcctl unlisten all
}

refusals() {
	check "listen" kmcctl listen "127.0.0.1:$port"
	refuses "an address of somebody else" 1 '^kmcctl: listen 192.0.2.1:1: .*address' \
		kmcctl listen 192.0.2.1:1
	refuses "an IPv6 address of somebody else" 1 '^kmcctl: listen .2001:db8::1.:1: .*address' \
		kmcctl listen '[2001:db8::1]:1'
	nc -l 127.0.0.1 11300 >/dev/null &
	other=$!
	check "another program listens" wait_for 10 listening 11300
	refuses "where another program listens" 1 '^kmcctl: listen 11300: .*already' \
		kmcctl listen 11300
	kill "$other"

	refuses "an ordinary user: listen" 1 \
		'^kmcctl: listen 11312: .*CAP_NET_ADMIN in the initial user namespace' \
		"${nobody[@]}" kmcctl listen 11312
	refuses "an ordinary user: unlisten" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl unlisten all
	refuses "an ordinary user: set-listener" 1 CAP_NET_ADMIN \
		"${nobody[@]}" kmcctl set-listener "$port" inline=off
	refuses "an ordinary user: listeners" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl -j listeners
	refuses "an ordinary user: set-limit" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl set-limit 1G
	refuses "an ordinary user: flush" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl flush
	refuses "an ordinary user: stats" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl stats
	refuses "root of another user namespace" 1 CAP_NET_ADMIN unshare -rn kmcctl listen 11312
	check "nothing of that was done" has 127.0.0.1 "$port" key value

	refuses "no address" 2 '^kmcctl: listen: an address is missing' kmcctl listen
	refuses "no port" 2 "'127.0.0.1': the port is missing" kmcctl listen 127.0.0.1
	refuses "port 0" 2 "'127.0.0.1:0': .*1 to 65535" kmcctl listen 127.0.0.1:0
	refuses "a name" 2 "'localhost:1': .*not looked up" kmcctl listen localhost:1
	refuses "IPv6 without brackets" 2 "'::1:1': .*brackets" kmcctl listen ::1:1
	refuses "a bad backlog" 2 "'backlog=0': " kmcctl listen 11312 backlog=0
	refuses "an unknown argument" 2 "'fast': " kmcctl listen 11312 fast
	refuses "one word too many" 2 "'everything': " kmcctl unlisten all everything
	refuses "a bad size" 2 "'12x': not a size" kmcctl set-limit 12x
	refuses "a bad number of seconds" 2 "'soon': not a number" kmcctl flush soon
	refuses "a network namespace that is not there" 1 "^kmcctl: network namespace 'nope': " \
		kmcctl -n nope stats
}

settings() {
	local before

	check "set-limit" kmcctl set-limit 100M
	same "stats shows the limit" 104857600 "$(stat_of limit_maxbytes)"
	refuses "set-limit: too little" 1 '^kmcctl: set-limit 4M: .+' kmcctl set-limit 4M
	refuses "set-limit: more than there is" 1 '^kmcctl: set-limit 100T: .+' \
		kmcctl set-limit 100T
	refuses "set-limit: nothing" 1 '^kmcctl: set-limit 0: .+' kmcctl set-limit 0
	same "the limit has stayed" 104857600 "$(stat_of limit_maxbytes)"
	check "the smallest limit" kmcctl set-limit 8M
	same "stats shows it" 8388608 "$(stat_of limit_maxbytes)"
	check "set-limit back" kmcctl set-limit 64M

	before=$(stat_of get_hits)
	check "store one more" store 127.0.0.1 "$port" counted value
	check "read it" has 127.0.0.1 "$port" counted value
	same "stats counts" $((before + 1)) "$(stat_of get_hits)"
	check "stats in JSON is one object of numbers" \
		grep -Eqx '\{("[a-z_]+":[0-9]+,){30,}"[a-z_]+":[0-9]+\}' <<<"$(kmcctl stats -j)"
	same "both forms have the same names" \
		"$(kmcctl help stats | sed '1,/^name/d; s/ .*//')" \
		"$(kmcctl stats -j | sed 's/[{,]/\n/g' | sed -n 's/^"\([a-z_]*\)":.*/\1/p')"
}

is_empty() {
	(($(stat_of curr_items) == 0))
}

flushing() {
	check "store one more" store 127.0.0.1 "$port" old value
	check "flush" kmcctl flush
	check "the item is gone" lacks 127.0.0.1 "$port" old
	check "a new one can be stored" store 127.0.0.1 "$port" new value
	check "and stays" has 127.0.0.1 "$port" new value

	check "flush much later" kmcctl flush 1000
	check "flush in 4 seconds" kmcctl flush 4
	check "the item is still there" has 127.0.0.1 "$port" new value
	check "the item goes" wait_for 10 lacks 127.0.0.1 "$port" new
	check "a new one stays" store 127.0.0.1 "$port" newer value
	check "indeed" has 127.0.0.1 "$port" newer value

	check "flush in 1 second" kmcctl flush 1
	check "nobody need ask for an item" wait_for 10 is_empty
}

worker_is_seen() {
	grep -qs "^kworker.*kmc/127\.0\.0\.1:$port" /proc/[0-9]*/comm
}

# A workqueue of its own is what makes a listener's load visible: in the names of the
# kernel threads that run its work, as ps shows them. One keeps the name until it works
# for somebody else, so look while there is work.
workqueue_is_seen() {
	local status=0

	"$programs/fill" 127.0.0.1 "$port" 100000000 1 >/dev/null 2>&1 &
	other=$!
	wait_for 20 worker_is_seen || status=$?
	kill "$other"
	return $status
}

without_module
one_listener
several_listeners
refusals
settings
flushing
check "a listener has a workqueue named after its address" workqueue_is_seen
check "unload with a listener" unload
check "the port is free" not listening "$port"
check "autoload after that" kmcctl listen "$port"
check "nothing is left of what was stored" lacks 127.0.0.1 "$port" newer
check "unload" unload
tap_done
