#!/bin/sh
# islet meta: text, JSON and CSV of a real table; refusals by place and exit status.
. "$(dirname "$0")/lib.sh"
data=$source/tests/data/meta

expect 0 "$islet" meta "$data/dat.bcg.txt"
says out.txt "Frimodt-Moller et al"
says out.txt "pooled   -0.7145  0.1798  -1.0669  -0.3622"
says out.txt "of a new study 0.1546 to 1.5490"
expect 0 "$islet" meta --json "$data/dat.bcg.txt" --method DL
is_json out.txt
says out.txt '{"schema":"islet.meta/1","measure":"RR","method":"DL","k":13,'
expect 0 "$islet" meta --csv "$data/dat.colditz1994.txt" --measure OR --method ML --moderators ablat
says out.txt "ablat,-0.0327"
expect 0 "$islet" meta "$data/dat.yusuf1985.txt" --method PETO --only table=6 --out pooled.txt
says pooled.txt "as a ratio 0.9332, 95 % interval 0.7385 to 1.1792"

printf 'ai,n1i,ci,n2i\n1,10,2,10\n12,10,2,10\n' >events.csv
expect 3 "$islet" meta events.csv
says err.txt "events.csv:3:1: ai is 12; expected no more events than people"
silent out.txt
printf 'yi,vi\n1,2\n' >one.csv
expect 3 "$islet" meta one.csv
says err.txt "1 studies with an effect and a variance"
expect 3 "$islet" meta events.csv --measure SMD
says err.txt "events.csv:1:1: "
expect 5 "$islet" meta absent.csv
finish
