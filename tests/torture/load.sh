# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# What the scripts beside this one share: it is sourced.

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
module=${KMC_TORTURE_MODULE:-$top/build/$(uname -r)/kmc_torture.ko}

# torture PARAMETER=VALUE...: a run. What it has written into the kernel's log is in
# $scratch/log, without what comes before the message. The status is insmod's.
torture() {
	local status=0 mark="kmc_torture: # begins $$.$SECONDS.$RANDOM"

	[[ ! -e /sys/module/kmc_torture ]] || rmmod kmc_torture
	echo "$mark" >/dev/kmsg
	insmod "$module" "$@" 2>"$scratch/insmod" || status=$?
	[[ ! -e /sys/module/kmc_torture ]] || rmmod kmc_torture
	dmesg | sed "1,/$mark/d; s/^\[ *[0-9.]*\] //" >"$scratch/log"
	return $status
}

# The lines of the last run that begin with a word.
said() {
	sed -n "s/^kmc_torture: \($1 .*\)/\1/p" "$scratch/log"
}

# The log of the last run has nothing that fails a guest.
nobody_complained() {
	"$top/tests/vm/vm" scan "$scratch/log"
}
