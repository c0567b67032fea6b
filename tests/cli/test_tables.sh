#!/bin/sh
# islet params, islet products: lists, single entries, names that do not exist; every write is checked.
. "$(dirname "$0")/lib.sh"

expect 0 "$islet" params
says out.txt "secretion_basal"
expect 0 "$islet" params secretion_basal
says out.txt "sentence"
says out.txt "source"
says out.txt "pmol/kg/min"
[ "$(wc -l <out.txt)" -lt 20 ] || fail "islet params KEY prints more than one entry"
says out.txt "patient/kinetics.c"
for key in adult.kabs child.kabs t1d_adult.age_year; do
    expect 0 "$islet" params $key
    says out.txt "spread"
    says out.txt "source"
done
expect 0 "$islet" doctor --json
is_json out.txt
says out.txt '"fine":true'
expect 2 "$islet" params secretion_bsal
says err.txt "did you mean 'secretion_basal'?"
expect 0 "$islet" params --explain
says out.txt "doi"
expect 0 "$islet" params --csv
says out.txt "key,value,unit"
rows=$(($(wc -l <out.txt) - 1))
listed=$("$islet" params --json | grep -c '"key":')
[ "$rows" = "$listed" ] || fail "CSV has $rows rows, JSON $listed"

expect 0 "$islet" products
says out.txt "zimislecel"
expect 0 "$islet" products zimislecel
says out.txt "viability_frac"
expect 0 "$islet" products viability_frac
says out.txt "zimislecel"
expect 2 "$islet" products zimislecell
says err.txt "did you mean 'zimislecel'?"

# a file appears whole or not at all; a full disk, a closed output, a place that cannot be
expect 0 "$islet" params --csv --out params.csv
present params.csv
"$islet" params --csv >direct.csv
same params.csv direct.csv
expect 5 "$islet" params --out /nonexistent/params.txt
says err.txt "cannot write /nonexistent/params.txt"
expect 5 "$islet" params --out .
for verb in version params products doctor help; do
    "$islet" $verb >/dev/full 2>err.txt
    status=$?
    [ $status = 5 ] || fail "islet $verb to a full disk: exit status $status instead of 5"
    says err.txt "cannot write standard output"
    "$islet" $verb >&- 2>err.txt
    status=$?
    [ $status = 5 ] || fail "islet $verb with closed output: exit status $status instead of 5"
done
expect 5 "$islet" params --out /dev/full
"$islet" params | head -1 >/dev/null # a reader that leaves is no crash
leftover=$(ls | grep -v -e '\.csv$' -e '\.txt$')
[ -z "$leftover" ] || fail "left behind: $leftover"
finish
