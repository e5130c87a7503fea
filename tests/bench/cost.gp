# SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
#
# gnuplot -c cost.gp DATA COLUMNS: a picture, as SVG.
set terminal svg size 800,420 font "sans,11" noenhanced
set title "Instructions for an operation, client included; memcached is 100"
set style data histograms
set style histogram clustered gap 1
set style fill solid 0.8 noborder
set boxwidth 0.9
set yrange [0:*]
set ytics 20
set grid ytics
set xtics rotate by -35 left nomirror
set key outside top center horizontal
plot for [i = 2:ARG2 + 0] ARG1 using i:xtic(1) title columnheader(i), \
	100 title "memcached" lc rgb "#c0392b" dt 2 with lines
