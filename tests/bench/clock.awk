# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# What clock.sh prints, as a table in Markdown: of each number the middle one.

function middle(values,   list, count, i, j, held) {
	count = split(values, list, " ")
	for (i = 2; i <= count; i++)
		for (j = i; j > 1 && list[j - 1] + 0 > list[j] + 0; j--) {
			held = list[j]
			list[j] = list[j - 1]
			list[j - 1] = held
		}
	return list[int((count + 1) / 2)]
}

{
	if (!($1 in rate))
		order[++servers] = $1
	rate[$1] = rate[$1] " " $2 * 1e9 / $3
	half[$1] = half[$1] " " $5 / 1000
	most[$1] = most[$1] " " $6 / 1000
	nearly[$1] = nearly[$1] " " $7 / 1000
	if ($1 == "memcached")
		base = $6
	else if (base)
		ratios[$1] = ratios[$1] " " $6 / base
}

END {
	print cpus " CPUs, memcached with " cpus " threads, 50 connections, 90 % get, 10 % set:\n"
	print "| | operations a second | p50, us | p99, us | p99.9, us | p99 / memcached's of the same round |"
	print "|---|--:|--:|--:|--:|--:|"
	for (i = 1; i <= servers; i++)
		printf "| %s | %d | %d | %d | %d | %s |\n", order[i], middle(rate[order[i]]),
			middle(half[order[i]]), middle(most[order[i]]), middle(nearly[order[i]]),
			order[i] in ratios ? sprintf("%.2f", middle(ratios[order[i]])) : "1"
}
