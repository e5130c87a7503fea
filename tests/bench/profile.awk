# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# Samples as perf script prints them: a line that names the process, one for each function
# from the inside out, and an empty one. What perf itself does, and waiting, is left out.

function name_of(line) {
	sub(/^[[:space:]]*[0-9a-f]+[[:space:]]+/, "", line)
	sub(/[[:space:]]*\(.*$/, "", line)
	return line
}

function end_sample(  i) {
	if (!depth || process ~ /^(perf|swapper|sleep)/)
		return
	samples++
	self[stack[1]]++
	for (i = 1; i <= depth; i++)
		if (!((samples, stack[i]) in counted)) {
			counted[samples, stack[i]] = 1
			all[stack[i]]++
		}
	for (i = 1; i <= depth; i++)
		delete counted[samples, stack[i]]
}

function show(title, counts,   name, sorted) {
	printf "\n%s\n\n", title
	sorted = "sort -rn | head -n " lines
	for (name in counts)
		printf "%9.0f %9.0f  %s\n", counts[name] * cost / samples,
			self[name] * cost / samples, name | sorted
	close(sorted)
}

/^[^[:space:]]/ {
	process = $1
	depth = 0
	next
}

NF == 0 {
	end_sample()
	depth = 0
	next
}

{
	stack[++depth] = name_of($0)
}

END {
	end_sample()
	if (!samples) {
		print "no samples"
		exit 1
	}
	printf "%d instructions for an operation; %d samples.\n", cost, samples
	for (name in self)
		own[name] = self[name]
	show("in the function itself (twice):", own)
	show("with what it calls, itself:", all)
}
