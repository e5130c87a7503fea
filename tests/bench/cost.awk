# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# What cost.sh prints, as two tables in Markdown; with -v plot=1, as data for a plot.

BEGIN {
	split("get1|get50|set|mix|pipe16|pipe64|mget10|mget100|meta|binary|miss|4k|64k|1m", rows, "|")
	split("get, 1 connection|get|set|90 % get, 10 % set|get, 16 at a time|get, 64 at a time|" \
	      "get of 10 keys, a key|get of 100 keys, a key|mg|binary get|get of what is not there|" \
	      "get, 4 KiB|get, 64 KiB, 8 connections|get, 1 MiB, 4 connections", titles, "|")
	split("memcached|inline=off|inline=on|null", servers, "|")
}

$2 == "client" {
	client[$1] = ($4 - $6) / $3
	next
}

{
	cost = $4 / $3
	key = $1 SUBSEP $2
	seen[$2] = 1
	sum[key] += cost
	count[key]++
	if (!(key in least) || cost < least[key])
		least[key] = cost
	if (cost > most[key])
		most[key] = cost
	if ($5 * 1000000 > $4 / 50)
		idle[$1] = 1
}

function mean(row, server) {
	return sum[row, server] / count[row, server]
}

function ratio(part, whole) {
	return whole > 0 ? sprintf("%.2f", part / whole) : "-"
}

# The widest of a row, in percent, if it was measured more than once.
function spread(row,   i, key, width, result) {
	if (count[row, "null"] < 2)
		return "-"
	for (i = 1; i in servers; i++) {
		key = row SUBSEP servers[i]
		if (!(key in sum))
			continue
		width = 100 * (most[key] - least[key]) * count[key] / sum[key]
		if (width > result)
			result = width
	}
	return sprintf("%.1f %%", result)
}

# Calls for each of our own servers: a cell of each.
function cells(row, what, base,   i, text, server) {
	for (i = 2; i <= 3; i++) {
		server = servers[i]
		if (server in seen)
			text = text " " ratio(mean(row, server) - base, what - base) " |"
	}
	return text
}

function heads(text,   i, result) {
	for (i = 2; i <= 3; i++)
		if (servers[i] in seen)
			result = result " " servers[i] text " |"
	return result
}

function rule(columns,   i, line) {
	line = "|---|"
	for (i = 0; i < columns; i++)
		line = line "--:|"
	return line
}

function numbers(row, base,   i, text) {
	for (i = 1; i in servers; i++)
		if (servers[i] in seen)
			text = text sprintf(" %d |", mean(row, servers[i]) - base)
	return text
}

function names(  i, text) {
	for (i = 1; i in servers; i++)
		if (servers[i] in seen)
			text = text " " servers[i] " |"
	return text
}

function print_plot(  i, j) {
	printf "row"
	for (j = 2; j in servers; j++)
		if (servers[j] in seen)
			printf " %s", servers[j]
	printf "\n"
	for (i = 1; i in rows; i++) {
		if (!((rows[i], "memcached") in sum))
			continue
		printf "\"%s\"", titles[i]
		for (j = 2; j in servers; j++)
			if (servers[j] in seen)
				printf " %.1f", 100 * mean(rows[i], servers[j]) / \
					mean(rows[i], "memcached")
		printf "\n"
	}
}

END {
	if (plot) {
		print_plot()
		exit
	}
	ours = ("inline=off" in seen) + ("inline=on" in seen)
	print "Instructions for an operation, in all: client, both ends of TCP, server.\n"
	print "| |" names() heads(" / memcached") heads(" / null") " spread |"
	print rule(3 + 3 * ours)
	for (i = 1; i in rows; i++)
		if ((rows[i], "null") in sum)
			print "| " titles[i] (rows[i] in idle ? " (waits)" : "") " |" \
				numbers(rows[i], 0) cells(rows[i], mean(rows[i], "memcached"), 0) \
				cells(rows[i], mean(rows[i], "null"), 0) " " spread(rows[i]) " |"
	print "\nThe server's part of it.\n"
	print "| |" names() heads(" / memcached") " client |"
	print rule(3 + 2 * ours)
	for (i = 1; i in rows; i++)
		if (rows[i] in client)
			print "| " titles[i] " |" numbers(rows[i], client[rows[i]]) \
				cells(rows[i], mean(rows[i], "memcached"), client[rows[i]]) \
				sprintf(" %d |", client[rows[i]])
}
