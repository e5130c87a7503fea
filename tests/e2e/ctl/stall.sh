#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# stall.sh: clients that announce values and do not send them hold memory that
# cannot be evicted. They must not be able to push out what is stored, nor to keep
# others from storing, nor to hold up the control of the server. Runs as root in a
# guest, and unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11351
limit=$((64 << 20))

hold_pid=
clean_up() {
	[[ -z $hold_pid ]] || kill "$hold_pid" 2>/dev/null || true
}

at_least() {
	(($1 >= $2)) || { echo "$1, expected at least $2"; return 1; }
}

# 20,000 items of 1 KiB take 40 MiB.
half_is_left() {
	at_least "$(stat_of curr_items)" 13000
}

# One client that stalls in each slab, with what others have stored: in the middle of its value,
# or before the end of the line behind it.
stall_everywhere() {
	local template value sent client other fd

	value=$(printf '%100s' '')
	template=$(for i in {1..130}; do printf 'set #.%d 0 0 100 noreply\r\n%s\r\n' "$i" "$value"; done)
	exec {other}<>"/dev/tcp/127.0.0.1/$port"
	for client in {1..450}; do
		exec {fd}<>"/dev/tcp/127.0.0.1/$port"
		stalled+=("$fd")
		((client % 2)) && sent=$value || sent=abc
		printf 'set stalled%d 0 0 100\r\n%s' "$client" "$sent" >&"$fd"
		printf '%s\r\n' "${template//#/$client}" >&"$other"
	done
	printf 'version\r\n' >&"$other"
	grep -qam 1 VERSION <&"$other"
	exec {other}>&-
}

end_stalls() {
	local fd

	for fd in "${stalled[@]}"; do
		exec {fd}>&-
	done
}

# A slab whose items are gone must be free for other sizes.
stalled_in_slabs() {
	stalled=()
	check "a limit of 8 MiB" kmcctl set-limit 8M
	check "450 clients stall in a small value each" stall_everywhere
	check "values of another size are stored" "$programs/fill" 127.0.0.1 "$port" 8000 3000 500
	check "there is room for most of what fits" at_least "$(stat_of curr_items)" 1400
	end_stalls
}

unload
check "listen" kmcctl listen "$port"
check "set-limit" kmcctl set-limit "$limit"
check "store 20,000 values" "$programs/fill" 127.0.0.1 "$port" 20000 1024 1000
check "they are there" at_least "$(stat_of curr_items)" 20000
check "100 clients stall in the middle of a megabyte" \
	hold 127.0.0.1 "$port" 100 set 300
check "they hold no more than half of the limit" half_is_left
check "the limit is kept" at_least "$limit" "$(stat_of mem_used)"
check "beyond that, values are refused" at_least "$(stat_of store_no_memory)" 1
check "others can store" quick 5000 store 127.0.0.1 "$port" key value
check "and read" quick 5000 has 127.0.0.1 "$port" key value
check "many others can store" "$programs/fill" 127.0.0.1 "$port" 50000 1024 1000
check "what is stored is still half of it" half_is_left
check "one more is stored" store 127.0.0.1 "$port" newest value
check "the server can be controlled" quick 5000 kmcctl set-limit 128M
check "and the limit lowered again" quick 5000 kmcctl set-limit "$limit"
check "unlisten" quick 5000 kmcctl unlisten all
hold_end
diag <<<"$held"
check "listen again" kmcctl listen "$port"
check "what was stored is there" has 127.0.0.1 "$port" newest value
stalled_in_slabs
check "unload" quick 5000 unload
tap_done
