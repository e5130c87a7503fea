# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# What the tables beside this one share, in the guest: the servers, one at a time, and
# the workloads. It is sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# wait_for, talk, unload, memory_settle and others; the numbers here are no TAP.
. "$here/../e2e/ctl/tap.sh"
programs=$here/../../build/bench
# Where store has put them.
traces=${KMC_EXPANDED:-$programs/traces}

export servers="memcached kmemcached"
host=127.0.0.1
port=11411
memcached_pid=
: >"$scratch/errors"

# Of a run. The limit in MiB is of the tables that compare hits.
export requests=${KMC_REQUESTS:-300000}
limit=${KMC_LIMIT:-16}

# What the programs have said is of interest when one of them has failed.
clean_up() {
	local status=$?

	((status == 0)) || cat "$scratch/errors" >&2
	stop_serving
}

answers() {
	[[ $(talk $host $port "version\r\n") == VERSION* ]]
}

# serve SERVER MIB: an empty one listens on $port.
serve() {
	stop_serving
	if [[ $1 == memcached ]]; then
		memcached -u root -l $host -p $port -U 0 -m "$2" -t 2 </dev/null >/dev/null 2>&1 &
		memcached_pid=$!
	else
		modprobe kmemcached
		kmcctl listen "$host:$port"
		kmcctl set-limit "$2M"
	fi
	wait_for 20 answers || { echo "$1 does not answer" >&2; exit 1; }
}

stop_serving() {
	if [[ -n $memcached_pid ]]; then
		kill "$memcached_pid"
		wait "$memcached_pid" || true
		memcached_pid=
	fi
	unload
}

# One statistic of the server that is served.
server_stat() {
	talk $host $port "stats\r\n" | awk -v name="$1" '$2 == name { print $3 }'
}

# replay KEYS SIZES REQUESTS [WINDOW [OFFSET]], write COUNT SIZES [KEY_LENGTH [FIRST]]
replay() {
	"$programs/replay" $host $port "$@" 2>>"$scratch/errors"
}

write() {
	"$programs/write" $host $port "$@" 2>>"$scratch/errors"
}

# ratio A B: A of B in percent.
ratio() {
	if (($2 == 0)); then
		echo -
		return
	fi
	printf '%d.%02d\n' $((100 * $1 / $2)) $((10000 * $1 / $2 % 100))
}

# average_size SIZES: of a value, of the two that are in use.
average_size() {
	case $1 in
	64-8000) echo 1643 ;;
	*) echo "$1" ;;
	esac
}

# trace_keys NAME PERCENT SIZE: the sequence of a trace, of which each key has so many
# copies that values of SIZE bytes make the cache at most PERCENT of them all. Nothing
# if the trace is not there.
trace_keys() {
	local count different

	[[ -e $traces/$1.count ]] || return 0
	read -r count different <"$traces/$1.count"
	((count > 0)) || return 0
	echo "trace:$traces/$1:$(((limit * 1048576 * 100 / $2 + different * ($3 + 100) - 1) /
		(different * ($3 + 100))))"
}

# keys_of WORKLOAD [SIZE]: its sequence. What is made has so many keys that the cache is at
# most 6 % of them at that many bytes a value: 1000.
keys_of() {
	local size=${2:-1000}
	local many=$((limit * 16000 * 1100 / (size + 100)))

	case $1 in
	oltp | orm | web07 | multi3) trace_keys "$1" 20 "$size" ;;
	loop) trace_keys "$1" 80 "$size" ;;
	zipf*) echo "zipf:${1#zipf}:$many" ;;
	scan*) echo "scan:${1#scan}:$many:$((many / 5)):$((many / 5))" ;;
	esac
}

# copies_of KEYS: as a word of a table.
copies_of() {
	case $1 in
	trace:*) echo "x${1##*:}" ;;
	*) echo - ;;
	esac
}
