#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# The man page and the completion have every verb that kmcctl has. Needs no module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

folder=$(cd "$(dirname "$0")/../../../kmcctl" && pwd)
mapfile -t verbs <<<"$(kmcctl --verbs)"

# The page's entries: the line behind .TP, without fonts, in the section VERBS.
entries() {
	awk '/^\.SH/ { here = /VERBS/ } /^\.TP$/ && here && !inner { getline; print }
	     /^\.RS/ { inner = 1 } /^\.RE/ { inner = 0 }' "$folder/kmcctl.8" |
		sed 's/\\f[A-Z]//g; s/\\-/-/g; s/^\.B //'
}

usages() {
	local verb

	for verb in "${verbs[@]}"; do
		kmcctl help "$verb" | sed -n 's/^usage: kmcctl //p'
	done
}

# complete_line LINE: what the completion offers at its end, on one line.
complete_line() (
	COMP_LINE=$1
	COMP_POINT=${#1}
	COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
	# shellcheck source=../../../kmcctl/kmcctl.bash
	. "$folder/kmcctl.bash"
	_kmcctl
	echo "${COMPREPLY[*]}"
)

check "there are verbs" test "${#verbs[@]}" -ge 8
same "the man page has every verb with its arguments" "$(usages)" "$(entries)"
same "completion offers every verb" "${verbs[*]}" "$(complete_line "kmcctl ")"
same "completion goes on with a verb" "listen listeners" "$(complete_line "kmcctl -j lis")"
same "completion offers verbs to help" "${verbs[*]}" "$(complete_line "kmcctl help ")"
same "completion offers what may follow an address" "backlog=" \
	"$(complete_line "kmcctl listen 127.0.0.1:1 b")"
same "completion offers all that may" "backlog= protocol= auth= inline= noflush nodump nowatch" \
	"$(complete_line "kmcctl listen 127.0.0.1:1 nodump ")"
same "completion offers what can be changed" "inline=" \
	"$(complete_line "kmcctl set-listener 127.0.0.1:1 ")"
same "completion offers protocols" "auto text binary" \
	"$(complete_line "kmcctl listen 127.0.0.1:1 protocol=")"
same "completion offers no tokens" "none" "$(complete_line "kmcctl auth ")"
same "completion offers kinds of statistics" "latency" "$(complete_line "kmcctl stats ")"
same "completion offers settings" "limit evict shrink shrink-floor large item-size-max \
max-connections idle-timeout stuck-timeout prefix-delimiter requests-per-turn" \
	"$(complete_line "kmcctl set ")"
same "completion offers a setting's values" "on off" "$(complete_line "kmcctl set limit 1G evict ")"
same "completion goes on with a second setting" "shrink shrink-floor" \
	"$(complete_line "kmcctl -j set evict on shr")"
same "completion offers nothing where nothing may follow" "" "$(complete_line "kmcctl show ")"
same "completion offers options" "-j --json -n --netns -b --batch -h --help -V --version" \
	"$(complete_line "kmcctl listeners -")"

for verb in "${verbs[@]}"; do
	check "kmcctl $verb --help" kmcctl "$verb" --help
done
same "the version is the same everywhere" "$(kmcctl version)" "$(kmcctl -V)"
refuses "no verb" 2 '^kmcctl: the verb is missing' kmcctl
refuses "an unknown verb" 2 "^kmcctl: 'serve': " kmcctl serve
refuses "an abbreviated verb" 2 "^kmcctl: 'unlis': " kmcctl unlis all
refuses "an unknown option" 2 "^kmcctl: bad option '-x'" kmcctl stats -x
refuses "an option without its value" 2 "^kmcctl: option '-n' needs" kmcctl stats -n
refuses "help on an unknown verb" 2 "'serve'" kmcctl help serve

refuses "a batch with a verb" 2 "^kmcctl: 'stats': " kmcctl -b - stats
refuses "a batch that is not there" 1 "^kmcctl: /none: No such file" kmcctl -b /none
same "a batch" "$(kmcctl version; kmcctl help flush)" \
	"$(printf '# comment\n\n version # too\nhelp\tflush' | kmcctl -b -)"
status=0
printf 'version\nhelp nothing\nversion\n' >"$scratch/batch"
kmcctl -j -b "$scratch/batch" >"$scratch/output" 2>"$scratch/stderr" || status=$?
same "a batch ends where it fails" "$(kmcctl version -j)" "$(<"$scratch/output")"
same "with that status" 2 "$status"
same "and says where" "kmcctl: $scratch/batch: line 2 failed" "$(tail -n 1 "$scratch/stderr")"

full() {
	kmcctl help >/dev/full
}
refuses "a full disk" 1 '^kmcctl: cannot write the output: No space left on device$' full
closed() {
	kmcctl help >&-
}
refuses "a closed standard output" 1 '^kmcctl: cannot write the output: ' closed

tap_done
