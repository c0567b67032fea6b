#!/bin/sh
# islet evidence: lists, filters and exports what was published; rows of one's own are checked the same way.
. "$(dirname "$0")/lib.sh"

expect 0 "$islet" evidence
says out.txt "ZIM_FORWARD"
says err.txt "340 of 340 rows"
expect 0 "$islet" evidence --trial ZIM_FORWARD --role calibrate --csv
[ "$(wc -l <out.txt)" = 4 ] || fail "three rows of the zimislecel cohort may set the model"
says out.txt "c_peptide_stimulated_nmol_l,nmol/L,365,12,1.274"
expect 0 "$islet" evidence --endpoint insulin_independent --cells islets --people hypoglyc --explain
says out.txt "http"
expect 0 "$islet" evidence --people "no such people"
says err.txt "0 of 340 rows"
expect 2 "$islet" evidence --trial ZIM_FORWAD
says err.txt "did you mean 'ZIM_FORWARD'?"
expect 2 "$islet" evidence --role fitted
expect 2 "$islet" evidence --endpoint hba1c_pc
says err.txt "did you mean 'hba1c_pct'?"
expect 2 "$islet" evidence --table claim
says err.txt "claims"
expect 2 "$islet" evidence --table claims --role validate
for table in outcomes outcomes_original claims meta_pooled meta_inputs parameters graft_parameters; do
    expect 0 "$islet" evidence --table $table
    expect 0 "$islet" evidence --table $table --json
    is_json out.txt
    rows=$(($("$islet" evidence --table $table --csv | wc -l) - 1))
    [ "$rows" = "$(grep -c '^,*{"[a-z_]*":' out.txt | awk '{print $1 - 1}')" ] || fail "$table: CSV has $rows rows, JSON another number"
    expect 0 "$islet" check "$source/data/evidence/$table.csv"
    says out.txt "evidence"
done

# what is exported is read again, and gives the same
expect 0 "$islet" evidence --csv --out rows.csv
expect 0 "$islet" check rows.csv
says out.txt "evidence rows, valid"
expect 0 "$islet" evidence rows.csv --csv --out again.csv
same rows.csv again.csv
"$islet" evidence - --csv <rows.csv >piped.csv 2>err.txt
same rows.csv piped.csv

# a row of one's own with a slip: place, what, and nothing listed
sed 's/,10,validate,/,13,validate,/' rows.csv >slip.csv
expect 3 "$islet" evidence slip.csv
silent out.txt
says err.txt "events is '13'; expected no more events than people"
expect 3 "$islet" check slip.csv
says out.txt "evidence rows, "
finish
