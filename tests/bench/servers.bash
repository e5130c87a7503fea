# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The servers that run compares, in the guest, all of them at once. It is sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# wait_for, talk, unload, memory_free and others; the numbers here are no TAP.
. "$here/../e2e/ctl/tap.sh"
build=$here/../../build
null=/sys/module/kmc_null/parameters
memcached_pid=
# Those that are here, in the order of the columns.
export servers=()

# What each one listens on, at 127.0.0.1.
port_of() {
	case $1 in
	memcached) echo 11411 ;;
	inline=off) echo 11412 ;;
	inline=on) echo 11413 ;;
	null) echo 11311 ;;
	esac
}

load() {
	"$build/bench/load" "$@"
}

answers() {
	[[ $(talk 127.0.0.1 "$1" "version\r\n") == VERSION* ]]
}

start_memcached() {
	memcached -u root -l 127.0.0.1 -p "$(port_of memcached)" -U 0 -m 1024 -t "$1" -c 20000 \
		</dev/null >/dev/null 2>&1 &
	memcached_pid=$!
	wait_for 20 answers "$(port_of memcached)"
	servers+=(memcached)
}

# With a listener for each way to serve that kmcctl knows the word for.
start_kmemcached() {
	modprobe kmemcached
	if kmcctl listen "127.0.0.1:$(port_of inline=on)" inline=on 2>/dev/null; then
		kmcctl listen "127.0.0.1:$(port_of inline=off)" inline=off
		servers+=(inline=off inline=on)
	else
		kmcctl listen "127.0.0.1:$(port_of inline=off)"
		servers+=(inline=off)
	fi
	kmcctl set-limit 1024M
}

start_null() {
	insmod "$build/$(uname -r)/kmc_null.ko"
	servers+=(null)
}

stop_servers() {
	if [[ -n $memcached_pid ]]; then
		kill "$memcached_pid"
		wait "$memcached_pid" || true
		memcached_pid=
	fi
	[[ ! -e $null ]] || rmmod kmc_null
	unload
	servers=()
}

clean_up() {
	stop_servers
}

# ask SERVER WORKLOAD OPTION...: load against one of them, whatever that needs.
ask() {
	local server=$1 workload=$2
	shift 2

	[[ $server != null ]] || set -- -r /dev/kmc_null "$@"
	load "$@" 127.0.0.1 "$(port_of "$server")" "$workload"
}

# fill OPTION...: each server has all the values; of kmemcached, there is one cache.
fill() {
	local server

	for server in "${servers[@]}"; do
		[[ $server == null || $server == inline=on ]] || ask "$server" get -s "$@"
	done
}
