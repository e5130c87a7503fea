# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# What idle.sh prints, as a table in Markdown.

$1 == "slab" {
	slabs[$2] = slabs[$2] sprintf("%s%s %d", slabs[$2] ? ", " : "", $3, $4)
	# several of one kind a connection
	if ($5 >= 1.5 * count[$2])
		slabs[$2] = slabs[$2] sprintf(" x %.1f", $5 / count[$2])
	if ($2 == "null")
		common[$3] = 1
	else if (!($3 in common))
		own[$2] = own[$2] sprintf("%s%s %d", own[$2] ? ", " : "", $3, $4)
	next
}

{
	order[++servers] = $1
	count[$1] = $2
	bytes[$1] = $3 * 1024 / $2
}

END {
	print "| | connections | bytes a connection, both ends | beyond the null responder | slabs beyond its |"
	print "|---|--:|--:|--:|---|"
	for (i = 1; i <= servers; i++)
		printf "| %s | %d | %d | %s | %s |\n", order[i], count[order[i]], bytes[order[i]],
			order[i] == "null" ? "-" : int(bytes[order[i]] - bytes["null"]), own[order[i]]
	print "\nSlabs of which both ends of a connection to the null responder have one, with their sizes: " \
		slabs["null"] "."
}
