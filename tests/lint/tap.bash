# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
#
# For the checks of this folder: a check takes the tree to look at as its only
# argument (default: the one it lies in), goes there and prints TAP.

# The last part of a pipe runs in this shell, so that check can count.
shopt -s lastpipe

tap_tests=0
tap_failed=0

cd "${1:-$(dirname "${BASH_SOURCE[0]}")/../..}" || exit

# check NAME: one test. It passes if there is nothing on standard input; every
# line there is a violation and becomes a diagnostic.
check() {
	local violations

	violations=$(cat)
	tap_tests=$((tap_tests + 1))
	if [[ -z $violations ]]; then
		echo "ok $tap_tests - $1"
		return
	fi
	echo "not ok $tap_tests - $1"
	echo "#   ${violations//$'\n'/$'\n#   '}"
	tap_failed=$((tap_failed + 1))
}

# skip NAME REASON: one test that cannot be run here.
skip() {
	tap_tests=$((tap_tests + 1))
	echo "ok $tap_tests - $1 # SKIP $2"
}

finish() {
	echo "1..$tap_tests"
	exit $((tap_failed > 0))
}

# files [DIR...]: the text files of the tree, or of some of its folders. What fuzzers have found
# is no text.
files() {
	[[ $# -gt 0 ]] || set -- .
	find "$@" -name .git -prune -o -path ./build -prune -o -path '*/fuzz/corpus' -prune -o -type f -size +0 -print |
		sed 's|^\./||' | sort
}

# c_files [DIR...]: those of them that are C.
c_files() {
	files "$@" | search '\.[ch]$'
}

# search ARG...: grep, to which finding nothing is a success.
search() {
	grep "$@" || [[ $? -eq 1 ]]
}
