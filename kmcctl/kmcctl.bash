# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# Completion of kmcctl for bash. The verbs come from kmcctl itself.

# Sets COMPREPLY to those of the words in $1 that start with $2. Unlike what
# compgen does to a list, nothing in the words is expanded: "*" stays a star.
_kmcctl_offer() {
	local word

	while read -r word; do
		[[ -n $word && $word == "$2"* ]] && COMPREPLY+=("$word")
	done <<<"$1"
	return 0
}

_kmcctl_addresses() {
	kmcctl "$@" listeners 2>/dev/null | while read -r address _; do
		[[ $address == address ]] || echo "$address"
	done
}

_kmcctl_conns() {
	kmcctl "$@" conns 2>/dev/null | while read -r id _; do
		[[ $id == id ]] || echo "$id"
	done
}

# Names of settings, or, if the last of the words is one, its values.
_kmcctl_settings() {
	if (($# % 2 == 0)); then
		_kmcctl_offer "$(kmcctl help set | sed '1,/^setting /d; s/ .*//')" "$current"
	elif [[ ${*: -1} == evict || ${*: -1} == shrink ]]; then
		_kmcctl_offer $'on\noff' "$current"
	fi
}

# What may stand behind an address.
_kmcctl_options() {
	case $1 in
	protocol=*)
		_kmcctl_offer $'protocol=auto\nprotocol=text\nprotocol=binary' "$1"
		;;
	auth=*)
		_kmcctl_offer $'auth=on\nauth=off' "$1"
		;;
	inline=*)
		_kmcctl_offer $'inline=on\ninline=off' "$1"
		;;
	*)
		_kmcctl_offer $'backlog=\nprotocol=\nauth=\ninline=\nnoflush\nnodump\nnowatch' "$1"
		[[ ${COMPREPLY-} != *= ]] || compopt -o nospace 2>/dev/null || :
		;;
	esac
}

_kmcctl() {
	local IFS=$' \t\n' line=${COMP_LINE:0:COMP_POINT} current at
	local -a words netns=() plain=()

	# Not COMP_WORDS, which is cut at every colon.
	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	current=${words[-1]}
	COMPREPLY=()
	for ((at = 1; at < ${#words[@]} - 1; at++)); do
		case ${words[at]} in
		-n|--netns)
			((++at))
			netns=(-n "${words[at]}")
			;;
		-b|--batch)
			((++at))
			;;
		-*)
			;;
		*)
			plain+=("${words[at]}")
			;;
		esac
	done

	if [[ ${words[-2]} == -n || ${words[-2]} == --netns ]]; then
		_kmcctl_offer "$(ls /run/netns 2>/dev/null)" "$current"
	elif [[ ${words[-2]} == -b || ${words[-2]} == --batch ]]; then
		compopt -o default 2>/dev/null || :
	elif [[ $current == -* ]]; then
		_kmcctl_offer $'-j\n--json\n-n\n--netns\n-b\n--batch\n-h\n--help\n-V\n--version' "$current"
	elif ((${#plain[@]} == 0)); then
		_kmcctl_offer "$(kmcctl --verbs)" "$current"
	else
		case "${plain[0]}/${#plain[@]}" in
		disconnect/1)
			_kmcctl_offer "$(_kmcctl_conns "${netns[@]}"; echo all)" "$current"
			;;
		help/1)
			_kmcctl_offer "$(kmcctl --verbs)" "$current"
			;;
		listen/1)
			;;
		listen/*)
			_kmcctl_options "$current"
			;;
		auth/1)
			_kmcctl_offer none "$current"
			compopt -o default 2>/dev/null || :
			;;
		set/*)
			_kmcctl_settings "${plain[@]:1}"
			;;
		set-listener/1)
			_kmcctl_offer "$(_kmcctl_addresses "${netns[@]}")" "$current"
			;;
		set-listener/2)
			_kmcctl_offer "inline=" "$current"
			compopt -o nospace 2>/dev/null || :
			;;
		stats/1)
			_kmcctl_offer latency "$current"
			;;
		unlisten/1)
			_kmcctl_offer "$(_kmcctl_addresses "${netns[@]}"; echo all)" "$current"
			;;
		esac
	fi

	# Readline replaces only what follows the last colon or equals sign.
	at=${current%"${current##*[:=]}"}
	if [[ -n $at && $COMP_WORDBREAKS == *"${at: -1}"* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"$at"}")
	fi
	return 0
}

complete -F _kmcctl kmcctl
