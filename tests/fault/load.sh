# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# What the scripts beside this one share: it is sourced.

top=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
fault=$top/build/fault/fault
debugfs=/sys/kernel/debug/kmc_fail

export KMC_FAULT_MODULE=${KMC_FAULT_MODULE:-$top/build/$(uname -r)/kmemcached.ko}

# Both modules, with all counts at 0. The notifier of kmc_fail must see the other one come.
load() {
	[[ ! -e /sys/module/kmemcached ]] || rmmod kmemcached
	[[ -d $debugfs ]] || insmod "$top/build/fault/kmc_fail.ko"
	insmod "$KMC_FAULT_MODULE"
	echo forget >"$debugfs/arm"
}
