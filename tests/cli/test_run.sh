#!/bin/sh
# islet run: outputs, JSON and CSV, the same bytes for any threads and engine, existing files, plan, interruption.
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml
small="--patients 4 --years 0.1 --quiet"

# default outputs lie in the current folder
expect 0 "$islet" run "$protocol" $small
silent err.txt
present zimislecel.db zimislecel.html
says out.txt "95 % interval"
says out.txt "difference (95 %)"
says out.txt "Difference: from insulin alone, the control, person by person"
says out.txt "insulin alone"
expect 0 "$islet" check zimislecel.db
says out.txt ": store, valid"

# the same seed gives the same bytes for any number of threads and every engine; another seed does not
"$islet" check --hash zimislecel.db | cut -d' ' -f1 >first.hash
for threads in 1 2; do
    expect 0 "$islet" run "$protocol" $small --threads $threads --out t.db --report t.html
    "$islet" check --hash t.db | cut -d' ' -f1 >t.hash
    same first.hash t.hash
done
for engine in $("$islet" doctor --csv | sed -n 's/^engines,\([^,]*\),.*/\1/p'); do
    expect 0 "$islet" run "$protocol" $small --engine $engine --out e.db --report e.html
    "$islet" check --hash e.db | cut -d' ' -f1 >e.hash
    same first.hash e.hash
done
expect 0 "$islet" run "$protocol" $small --seed 99 --out s.db --report s.html
"$islet" check --hash s.db | cut -d' ' -f1 >s.hash
cmp -s first.hash s.hash && fail "another seed gave the same bytes"

# for programs
expect 0 "$islet" run "$protocol" $small --json
is_json out.txt
for part in '"schema":"islet.run/1"' '"seed":' '"patients":4' '"years":0.1' '"paired":true' '"store":"zimislecel.db"' \
    '"report":"zimislecel.html"' '"arms":[{"name":' '"differences":[' '"against":"insulin alone"' '"variance_share":0.' '"ci95":[' '"endpoint":"insulin_independent"'; do
    says out.txt "$part"
done
expect 0 "$islet" run "$protocol" $small --csv
[ "$(head -1 out.txt)" = "arm,endpoint,unit,day,value,ci_low,ci_high,n,comparator_arm" ] || fail "--csv has other columns"
cut -d, -f1 out.txt | grep -qx "full dose minus insulin alone" || fail "--csv has no difference between the arms"
head -1 out.txt | grep -q ",comparator_arm$" || fail "--csv does not name the arm compared with"
[ "$(grep -c ",insulin alone$" out.txt)" = "$(grep -c "^full dose minus insulin alone," out.txt)" ] || fail "not every difference names the arm compared with"
cut -d, -f1 out.txt | grep -q "^insulin alone minus" && fail "--csv compares the control with itself"
cut -d, -f4 out.txt | grep -qx 37 || fail "--years 0.1 has no visit on its last day, 37"
cut -d, -f4 out.txt | grep -qx 365 && fail "--years 0.1 has a visit after its end"
expect 0 "$islet" run "$protocol" $small --independent-arms --json --out i.db --report i.html
says out.txt '"paired":false'
expect 0 "$islet" run - $small --json --out stdin.db --report stdin.html <"$protocol"
"$islet" check --hash stdin.db | cut -d' ' -f1 >stdin.hash
present stdin.db stdin.html

# the report again, from the store
expect 0 "$islet" report zimislecel.db --out again.html
present again.html
expect 0 "$islet" report zimislecel.db --out -
same out.txt again.html
expect 0 "$islet" report zimislecel.db --json --out again.html
is_json out.txt
expect 2 "$islet" report zimislecel.db --out zimislecel.db
expect 5 "$islet" report zimislecel.db --out /nonexistent/x.html
expect 5 "$islet" report absent.db

# a plan writes nothing
mkdir plan && cd plan || exit 2
expect 0 "$islet" run "$protocol" --dry-run
says out.txt "patient-days"
says out.txt "about"
says out.txt "800000000  cells"
says out.txt "zimislecel"
expect 0 "$islet" run "$protocol" --dry-run --json
is_json out.txt
says out.txt '"schema":"islet.plan/1"'
absent zimislecel.db zimislecel.html
grep -q '"treatment"' out.txt && fail "people with type 1 diabetes have a treatment to hold"
# an arm of cells changes the care of all arms, and the plan says so
expect 0 "$islet" run "$source/examples/marrow_cells_type2.yaml" --dry-run
says out.txt "treatment: held"
expect 0 "$islet" run "$source/examples/t2d_standard_care.yaml" --dry-run --json
says out.txt '"treatment":"usual"'
cd .. || exit 2

# what is there and is not ours stays; so does the protocol
cp "$protocol" own.yaml
echo "notes of somebody" >own.db
cp own.db own.before
expect 5 "$islet" run own.yaml $small
says err.txt "own.db"
same own.db own.before
expect 2 "$islet" run own.yaml $small --out own.yaml
expect 2 "$islet" run own.yaml $small --out x.db --report x.db
cmp -s own.yaml "$protocol" || fail "the protocol was changed"
expect 5 "$islet" run own.yaml $small --out /nonexistent/own.db
expect 5 "$islet" run own.yaml $small --out x.db --report /nonexistent/own.html
absent x.db
"$islet" run own.yaml $small --out full.db --report full.html >/dev/full 2>err.txt
status=$?
[ $status = 5 ] || fail "table to a full disk: exit status $status instead of 5"
cp zimislecel.db limit.db
(ulimit -f 64 && exec "$islet" run own.yaml $small --seed 5 --out limit.db --report limit.html) >out.txt 2>err.txt
status=$?
[ $status = 5 ] || fail "store over a limit of size: exit status $status instead of 5"
says err.txt "limit.db"
same limit.db zimislecel.db
absent limit.html

# HOMA is missing on injected insulin: no mean of the few whom the treatment has picked, but their number
cat >homa.yaml <<END
islet: 1
title: homa
population: {of: t2d_insulin, n: 24}
arms: [{name: cells, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e7, day: 0}]}, {name: stopped, insulin: none}]
follow_up: {days: 120, visits_day: [0, 120]}
endpoints: [homa_ir]
END
expect 0 "$islet" run homa.yaml --quiet --csv --out homa.db --report homa.html
grep -q '^cells,homa_ir,1,120,,,,[1-9]' out.txt || fail "HOMA of a few is estimated, or nobody has one"
grep -q '^cells minus stopped,homa_ir,1,120,,,,' out.txt || fail "HOMA of a few is compared"
grep -q '^stopped,homa_ir,1,120,[0-9.]*,[0-9.]*,[0-9.]*,24,$' out.txt || fail "HOMA of everybody is not estimated"
expect 0 "$islet" run homa.yaml --quiet --out homa.db --report homa.html
says out.txt "treatment has picked them"

# a reaction of which no file gives a share is missing, not absent
sed 's/^endpoints:.*/endpoints: [fever]/' homa.yaml >fever.yaml
expect 0 "$islet" run fever.yaml --quiet --out fever.db --report fever.html
grep -q '^fever .* cells .* -  *0 ' out.txt || fail "fever after cells without a share is counted"
says out.txt "not modelled, no published share"

# an interrupted run ends soon, keeps and marks what is finished; without anything finished it is the same
for run in "2000 0.1 3" "1000 30 1"; do
    set -- $run
    rm -f stop.db
    "$islet" run "$protocol" --patients $1 --years $2 --out stop.db --report stop.html >out.txt 2>err.txt &
    pid=$!
    sleep $3
    absent stop.db
    kill -INT $pid
    asked=$(date +%s)
    wait $pid
    status=$?
    [ $status = 130 ] || fail "interrupted: exit status $status instead of 130"
    [ $(($(date +%s) - asked)) -le 5 ] || fail "an interrupted run took more than 5 seconds to end"
    says err.txt "interrupted"
    silent out.txt
    present stop.db
    absent stop.html
    expect 0 "$islet" check stop.db
done
expect 3 "$islet" report own.yaml
finish
