#!/bin/bash
# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# What the clients of a listener may do, and who they must be. Runs as root in a guest, and
# unloads the module.
# shellcheck disable=SC2317 # functions are called by check
set -euo pipefail
. "$(dirname "$0")/tap.sh"

port=11371
open=$port
closed=$((port + 1))
nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "--inh-caps=-all")

clean_up() {
	ip netns del kmc-a 2>/dev/null || true
}

# programs_say TEXT PORT WHAT: all tests of the program pass; each counts here.
programs_say() {
	local text=$1 line wanted=none

	"$programs/access" 127.0.0.1 "$2" "$3" 2>&1 | grep -v '^# \(not \)\?ok - ' \
		>"$scratch/program" || true
	while read -r line; do
		case $line in
		ok*) tap "$text: ${line#*- }" 0 ;;
		not*) tap "$text: ${line#*- }" 1 ;;
		1..*) wanted=${line#1..} ;;
		"#"*) echo "$line" ;;
		*) echo "# $line" ;;
		esac
	done <"$scratch/program"
	same "$text: all of them ran" "$wanted" "$(grep -c '^\(not \)\?ok ' "$scratch/program")"
}

# listener_on PORT: as listeners shows it, but for the connections.
listener_on() {
	kmcctl listeners | sed 's/  */ /g' | grep ":$1 " | cut -d ' ' -f 3-
}

# The most bytes that a name and a password may have together: as access.c has them.
longest() {
	printf 'n%99s:%153sp' '' '' | tr ' ' x
}

listeners_differ() {
	check "one for everybody" kmcctl listen "$open"
	check "one that asks who comes" kmcctl listen "$closed" auth=on
	check "no flush" kmcctl listen $((port + 2)) noflush
	check "no dump" kmcctl listen $((port + 3)) nodump backlog=7
	check "text" kmcctl listen $((port + 4)) protocol=text nowatch
	check "binary" kmcctl listen $((port + 5)) protocol=binary
	check "all at once" kmcctl listen $((port + 6)) auth=on nowatch protocol=text noflush nodump
	check "what is so anyway" kmcctl listen $((port + 7)) auth=off protocol=auto
	same "listeners: everybody" "1024 on auto off -" "$(listener_on "$open")"
	same "listeners: auth" "1024 on auto on -" "$(listener_on "$closed")"
	same "listeners: noflush" "1024 on auto off noflush" "$(listener_on $((port + 2)))"
	same "listeners: nodump" "7 on auto off nodump" "$(listener_on $((port + 3)))"
	same "listeners: text" "1024 on text off nowatch" "$(listener_on $((port + 4)))"
	same "listeners: binary" "1024 on binary off -" "$(listener_on $((port + 5)))"
	same "listeners: all" "1024 on text on noflush,nodump,nowatch" "$(listener_on $((port + 6)))"
	same "listeners: nothing" "1024 on auto off -" "$(listener_on $((port + 7)))"
	kmcctl -j listeners >"$scratch/json"
	check "listeners in JSON" grep -qF \
		'"protocol":"text","auth":true,"flush":false,"dump":false,"watch":false}' "$scratch/json"

	refuses "an unknown protocol" 2 "'protocol=ascii': the protocol must be auto" \
		kmcctl listen 11399 protocol=ascii
	refuses "neither on nor off" 2 "'auth=maybe': write auth=on or auth=off" \
		kmcctl listen 11399 auth=maybe
	refuses "an unknown option" 2 "'flush': only backlog" kmcctl listen 11399 flush
	same "nobody listens there" "" "$(listener_on 11399)"
}

# The settings that the clients of one listener see.
seen_on() {
	talk 127.0.0.1 "$1" "stats settings\r\n" | awk '
		$2 ~ /^(binding_protocol|auth_enabled_(sasl|ascii)|(flush|dump)_enabled)$/ {
			printf "%s ", $3
		}'
}

settings_are_the_listeners() {
	same "everybody" "auto-negotiate no no yes yes " "$(seen_on "$open")"
	same "no flush" "auto-negotiate no no no yes " "$(seen_on $((port + 2)))"
	same "no dump" "auto-negotiate no no yes no " "$(seen_on $((port + 3)))"
	same "text" "ascii no no yes yes " "$(seen_on $((port + 4)))"
	same "who comes" "auto-negotiate yes yes yes yes" "$(login "$closed" foo bar \
		"stats settings\r\n" | awk '
		$2 ~ /^(binding_protocol|auth_enabled_(sasl|ascii)|(flush|dump)_enabled)$/ {
			printf "%s%s", sep, $3; sep = " "
		}')"
}

# login PORT USER PASSWORD [REQUEST]: what is answered to that. A client that is not let in would
# not be let go by "quit" either.
login() (
	value="$2 $3"
	exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
	# shellcheck disable=SC2059 # it is a format
	printf "set x 0 0 ${#value}\r\n%s\r\n" "$value" >&3
	IFS= read -r -t $((10 * patience)) -u 3 answer
	echo "${answer%$'\r'}"
	[[ $answer == STORED* && -n ${4-} ]] || exit 0
	# shellcheck disable=SC2059
	printf "$4quit\r\n" >&3
	timeout $((20 * patience)) tr -d '\r' <&3
)

failure="CLIENT_ERROR authentication failure"

nobody_without_tokens() {
	same "without tokens nobody gets in" "$failure" "$(login "$closed" foo bar)"
	same "not without a name" "$failure" "$(login "$closed" "" "")"
	printf 'foo:bar\n' >"$scratch/auth"
	check "a token" kmcctl auth "$scratch/auth"
	same "then he does" STORED "$(login "$closed" foo bar)"
	check "no tokens" kmcctl auth none
	same "and no more" "$failure" "$(login "$closed" foo bar)"
	check "an empty file" kmcctl auth /dev/null
	same "is no better" "$failure" "$(login "$closed" foo bar)"
	programs_say "without tokens" "$closed" sasl-locked
}

tokens_are_asked_for() {
	printf 'foo:bar\r\nabc:x:y\nu:p q\n%s' "$(longest)" >"$scratch/auth"
	check "tokens, the last without a line end" kmcctl auth "$scratch/auth"
	programs_say "text" "$closed" auth
	programs_say "binary" "$closed" sasl
	programs_say "binary, and wrong" "$closed" sasl-locked
	programs_say "text, and nothing else" $((port + 6)) auth
	check "from standard input" kmcctl auth - <<<"in:put"
	same "he gets in" STORED "$(login "$closed" in put)"
	same "and the ones before do not" "$failure" "$(login "$closed" foo bar)"
	check "in a batch" kmcctl -b - <<<"auth $scratch/auth"
	same "those again" STORED "$(login "$closed" abc x:y)"
	check "everybody else's listener does not ask" lacks 127.0.0.1 "$open" nothing
	same "nor does it know SASL" "80 81" "$(sasl_list "$open")"
}

# The magic and status of an answer to a list of mechanisms, as two numbers.
sasl_list() (
	exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
	printf '\x80\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' >&3
	timeout $((10 * patience)) head -c 8 <&3 | od -An -tu1 | awk '{ printf "%x %x", $1 - 1, $8 }'
)

who_is_in_stays() {
	printf 'foo:bar\n' >"$scratch/auth"
	check "a token" kmcctl auth "$scratch/auth"
	exec 4<>"/dev/tcp/127.0.0.1/$closed" 5<>"/dev/tcp/127.0.0.1/$closed"
	printf 'set x 0 0 7\r\nfoo bar\r\n' >&4
	read -r -t 10 -u 4 line
	same "one is in" STORED "${line%$'\r'}"
	# the other one is in the middle of saying it
	printf 'set x 0 0 7\r\nfoo b' >&5
	check "another token" kmcctl auth - <<<"new:one"
	printf 'set kept 0 0 2\r\nit\r\nget kept\r\n' >&4
	read -r -t 10 -u 4 line
	same "who is in stays" STORED "${line%$'\r'}"
	printf 'ar\r\n' >&5
	read -r -t 10 -u 5 line
	same "who is not is judged by the new ones" "$failure" "${line%$'\r'}"
	check "none" kmcctl auth none
	printf 'mn\r\n' >&4
	check "he stays still" grep -qm1 MN <&4
	exec 4>&- 5>&-
	same "his value is there" it "$(fetch 127.0.0.1 "$open" kept)"
}

# The file is named, and its line; what is in it is not.
bad_files() {
	printf 'foo:bar\n' >"$scratch/auth"
	check "a token" kmcctl auth "$scratch/auth"
	printf 'good:one\nsecret\n' >"$scratch/bad"
	refuses "no colon" 1 "^kmcctl: auth: $scratch/bad: line 2: write USER:PASSWORD$" \
		kmcctl auth "$scratch/bad"
	printf ':secret\n' >"$scratch/bad"
	refuses "no name" 1 "line 1: write USER:PASSWORD$" kmcctl auth "$scratch/bad"
	printf 'secret:\r\n' >"$scratch/bad"
	refuses "no password" 1 "line 1: write USER:PASSWORD$" kmcctl auth "$scratch/bad"
	printf 'secret:se\0cret\n' >"$scratch/bad"
	refuses "a NUL" 1 "line 1: there is a NUL in it$" kmcctl auth "$scratch/bad"
	printf '%sx\n' "$(longest)" >"$scratch/bad"
	refuses "too long" 1 "line 1: name and password may have 254 bytes together$" \
		kmcctl auth "$scratch/bad"
	head -c 100000 /dev/zero | tr '\0' x >"$scratch/bad"
	refuses "much too long" 1 "line 1: write USER:PASSWORD$" kmcctl auth "$scratch/bad"
	seq -f 'user%g:password' 65 >"$scratch/bad"
	refuses "too many" 1 "line 65: there may be 64 of them$" kmcctl auth "$scratch/bad"
	refuses "no file" 1 "^kmcctl: auth: /nonexistent: No such file" kmcctl auth /nonexistent
	refuses "a folder" 1 "it cannot be read$" kmcctl auth /
	refuses "nothing" 2 "a file, or 'none', is missing" kmcctl auth
	refuses "an ordinary user" 1 CAP_NET_ADMIN "${nobody[@]}" kmcctl auth none
	same "the token is still the one before" STORED "$(login "$closed" foo bar)"
	seq -f 'user%g:password' 64 >"$scratch/auth"
	check "as many as there may be" kmcctl auth "$scratch/auth"
	same "the first" STORED "$(login "$closed" user1 password)"
	same "the last" STORED "$(login "$closed" user64 password)"
	same "none behind it" "$failure" "$(login "$closed" user65 password)"
}

what_is_not_allowed() {
	programs_say "no flush" $((port + 2)) noflush
	programs_say "no dump" $((port + 3)) nodump
	check "a value" store 127.0.0.1 $((port + 2)) key value
	same "another listener of the same items may flush" OK \
		"$(talk 127.0.0.1 "$open" "flush_all\r\n")"
	check "and has" lacks 127.0.0.1 $((port + 2)) key
	check "a value" store 127.0.0.1 $((port + 2)) key value
	check "and so may kmcctl" kmcctl flush
	check "and has" lacks 127.0.0.1 $((port + 2)) key
}

protocols() {
	programs_say "text only" $((port + 4)) text
	programs_say "binary only" $((port + 5)) binary
}

namespaces_have_their_own() {
	ip netns add kmc-a
	ip -n kmc-a link set lo up
	check "listen in another namespace" kmcctl -n kmc-a listen "$closed" auth=on
	check "tokens there" kmcctl -n kmc-a auth - <<<"other:one"
	same "are not known here" "$failure" "$(login "$closed" other one)"
	check "he gets in there" ip netns exec kmc-a bash -c \
		"exec 3<>/dev/tcp/127.0.0.1/$closed
		printf 'set x 0 0 9\r\nother one\r\n' >&3; read -r -t 10 -u 3 line; [[ \$line == STORED* ]]"
	check "the namespace goes" ip netns del kmc-a
}

# Clients that are let in and others, while tokens come and go.
replaced_all_the_time() {
	local at pids=()

	(
		for ((at = 0; at < 15; at++)); do
			kmcctl auth - <<<"foo:bar" || exit 1
			kmcctl auth - <<<"foo:baz" || exit 1
		done
	) &
	pids+=($!)
	(
		for ((at = 0; at < 40; at++)); do
			answer=$(login "$closed" foo bar)
			[[ $answer == STORED || $answer == "$failure" ]] || exit 1
			[[ $(login "$closed" foo bax) == "$failure" ]] || exit 1
		done
	) &
	pids+=($!)
	check "they are replaced" wait "${pids[0]}"
	check "and nobody else gets in" wait "${pids[1]}"
}

check "nothing is loaded" unload
listeners_differ
nobody_without_tokens
tokens_are_asked_for
settings_are_the_listeners
who_is_in_stays
bad_files
what_is_not_allowed
protocols
namespaces_have_their_own
replaced_all_the_time
check "unload" unload
tap_done
