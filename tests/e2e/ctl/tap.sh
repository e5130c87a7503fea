# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# What the scripts beside this one share: it is sourced, and no test itself.

tap_count=0
tap_failed=0

# tap TEXT STATUS: count one test; it passed if STATUS is 0.
tap() {
	tap_count=$((tap_count + 1))
	if (($2 == 0)); then
		echo "ok $tap_count - $1"
	else
		echo "not ok $tap_count - $1"
		tap_failed=$((tap_failed + 1))
	fi
}

tap_skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

tap_done() {
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}

# Shows what is piped in as a diagnostic.
diag() {
	sed 's/^/# /'
}

# check TEXT COMMAND...: the command succeeds. It may be a function that leaves
# something in this shell.
check() {
	local text=$1 status=0
	shift

	"$@" >"$scratch/output" 2>&1 || status=$?
	tap "$text" $status
	((status == 0)) || { echo "$* (status $status) said:"; cat "$scratch/output"; } | diag
}

not() {
	! "$@"
}

# same TEXT WANTED GOT
same() {
	local status=0

	[[ $2 == "$3" ]] || status=1
	tap "$1" $status
	((status == 0)) || printf '%s\n' "wanted:" "$2" "got:" "$3" | diag
}

# refuses TEXT STATUS PATTERN COMMAND...: the command ends with that status, says
# one line that matches on standard error, and nothing on standard output.
refuses() {
	local text=$1 wanted=$2 pattern=$3 status=0 output errors
	shift 3

	output=$("$@" 2>"$scratch/stderr") || status=$?
	errors=$(<"$scratch/stderr")
	if [[ $status == "$wanted" && -z $output && $errors =~ $pattern && $errors != *$'\n'* ]]; then
		tap "$text" 0
		return
	fi
	tap "$text" 1
	printf '%s\n' "$* ended with $status, wanted $wanted and: $pattern" "stdout: $output" \
		"stderr: $errors" | diag
}

# How many times longer than usual things may take here: a kernel that checks
# everything is slow.
patience=${KMC_PATIENCE:-1}

# wait_for SECONDS COMMAND...: until it succeeds; fails when the time is up.
wait_for() {
	local deadline=$((SECONDS + $1 * patience))
	shift

	until "$@" >/dev/null 2>&1; do
		((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

# talk HOST PORT REQUEST: what a server answers to REQUEST (a printf format) and
# quit, without the carriage returns.
talk() (
	exec 3<>"/dev/tcp/$1/$2" || exit 1
	# shellcheck disable=SC2059 # it is a format
	printf "$3quit\r\n" >&3
	timeout $((20 * ${KMC_PATIENCE:-1})) tr -d '\r' <&3
)

# answer_to HOST PORT REQUEST: leaves in $reply, as talk prints it, what is answered. It is short: a
# shell reads byte by byte, which is quicker than to start others where a kernel checks everything.
answer_to() {
	local fd line

	reply=
	exec {fd}<>"/dev/tcp/$1/$2" || return
	# shellcheck disable=SC2059 # it is a format
	printf "$3quit\r\n" >&"$fd"
	while IFS= read -r -t $((20 * ${KMC_PATIENCE:-1})) -u "$fd" line; do
		reply+=${reply:+$'\n'}${line%$'\r'}
	done
	exec {fd}>&-
}

# store HOST PORT KEY VALUE; fetch HOST PORT KEY
store() {
	answer_to "$1" "$2" "set $3 0 0 ${#4}\r\n$4\r\n" && [[ $reply == STORED ]]
}

fetch() {
	answer_to "$1" "$2" "get $3\r\n" && sed -n 2p <<<"$reply"
}

# has HOST PORT KEY VALUE; lacks HOST PORT KEY
has() {
	answer_to "$1" "$2" "get $3\r\n" && [[ $reply == "VALUE $3 "*$'\n'"$4"$'\nEND' ]]
}

lacks() {
	answer_to "$1" "$2" "get $3\r\n" && [[ $reply == END ]]
}

# The value of one statistic, or 0.
stat_of() {
	local stats

	stats=$(kmcctl stats -j) || true
	if [[ $stats =~ \"$1\":([0-9]+) ]]; then
		echo "${BASH_REMATCH[1]}"
	else
		echo 0
	fi
}

unloaded() {
	[[ ! -e /sys/module/kmemcached ]]
}

# No listener, no items, no module.
unload() {
	unloaded || rmmod kmemcached
}

now_ms() {
	date +%s%3N
}

# quick MILLISECONDS COMMAND...: it succeeds, and takes no longer.
quick() {
	local limit=$(($1 * patience)) start spent
	shift

	start=$(now_ms)
	"$@" || return
	spent=$(($(now_ms) - start))
	((spent <= limit)) || { echo "took $spent ms"; return 1; }
}

# hold_by COMMAND...: starts hold by this command. What another one has said is
# removed first, for the new one's shell may be late.
hold_by() {
	: >"$scratch/hold"
	"$@" >"$scratch/hold" 2>&1 &
	hold_pid=$!
}

# hold ARGUMENT...: starts the program, and returns when its connections are set
# up. hold_end stops it, and leaves in $held what it saw: not to be called in a
# subshell, which cannot wait for it.
hold() {
	hold_by "$programs/hold" "$@"
	wait_for 60 grep -q ready "$scratch/hold" || { cat "$scratch/hold"; return 1; }
}

hold_end() {
	kill "$hold_pid" 2>/dev/null || true
	wait "$hold_pid" || true
	# shellcheck disable=SC2034 # for who calls this
	held=$(sed 1d "$scratch/hold")
}

# What the system could give to somebody, in KiB: what is free, and what is only
# kept for as long as nobody wants it. A CPU keeps up to an eighth of the memory as
# its own free pages, for which there is no line in meminfo: "count" in zoneinfo.
memory_free() {
	awk '
	FILENAME ~ /meminfo/ && /^(MemFree|Buffers|Cached|SReclaimable):/ { sum += $2 }
	FILENAME ~ /zoneinfo/ && $1 == "count:" { sum += $2 * 4 }
	END { print sum }' /proc/meminfo /proc/zoneinfo
}

# What a CPU keeps as its own free pages shall be at most about a megabyte, once it
# has got rid of what it has.
memory_settle() {
	echo 1000 >/proc/sys/vm/percpu_pagelist_high_fraction
}

# memory_back KIB: all but this much is free again; $memory_before was taken with
# memory_free.
memory_back() {
	local missing=$((memory_before - $(memory_free)))

	((missing <= $1)) || { echo "$missing KiB are missing"; return 1; }
}

# memory_is_back TEXT SECONDS KIB: a test that all but this much is, within this time. KASAN keeps
# what is freed, up to a thirty-second of all memory.
memory_is_back() {
	if [[ -e /sys/kernel/debug/kmemleak ]]; then
		tap_skip "$1" "this kernel keeps what is freed, and kmemleak looks for the rest"
	else
		check "$1" wait_for "$2" memory_back "$3"
	fi
}

# Scripts that have more to undo define their own.
clean_up() {
	:
}

scratch=$(mktemp -d)
trap 'clean_up; rm -rf "$scratch"' EXIT

# hold and fill are there; shellcheck sees no use of it here.
programs=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)/build/e2e
export programs
