# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
# shellcheck shell=bash
# The workloads that are counted. It is sourced, after servers.bash.

# Whatever is slow only once.
warm_up() {
	local server

	fill
	for server in "${servers[@]}"; do
		ask "$server" mix -c 50 -n 2000 >/dev/null
	done
}

# Calls "row NAME OPERATIONS WORKLOAD OPTION..." for each, with the values it needs in
# the servers. They are so many operations that each takes some 150 million instructions.
rows() {
	row get1 4000 get -c 1
	row get50 5000 get -c 50
	row set 4000 set -c 50
	row mix 5000 mix -c 50
	row pipe16 32000 get -c 50 -d 16
	row pipe64 64000 get -c 50 -d 64
	row mget10 30000 get -c 50 -m 10
	row mget100 100000 get -c 50 -m 100
	row meta 5000 meta -c 50
	row binary 5000 binary -c 50
	row miss 5000 miss -c 50
	fill -v 4096
	row 4k 4000 get -c 50 -v 4096
	fill -v 65536 -k 100
	row 64k 800 get -c 8 -v 65536 -k 100
	fill -v 1047552 -k 16
	row 1m 60 get -c 4 -v 1047552 -k 16
}
