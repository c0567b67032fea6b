#!/bin/sh
# islet check: kinds of files, all errors at once with their place, exit status.
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml

expect 0 "$islet" check "$protocol"
says out.txt ": protocol, valid"
expect 0 "$islet" check --json "$protocol"
is_json out.txt
says out.txt '"kind":"protocol","valid":true'
expect 0 "$islet" check - <"$protocol"

# two errors, both named with line and column
sed -e 's/^title:/titel:/' -e 's/years: [0-9]*/years: -1/' "$protocol" >wrong.yaml
expect 3 "$islet" check wrong.yaml
[ "$(grep -c '^wrong.yaml:[0-9]*:[0-9]*: ' err.txt)" -ge 2 ] || { fail "not every error has its line and column"; cat err.txt; }
says err.txt titel
expect 3 "$islet" check --json wrong.yaml
is_json out.txt
says out.txt '"valid":false'
expect 3 "$islet" check "$protocol" wrong.yaml
says out.txt ": protocol, valid"

# other things: nothing there, a folder, bytes, a store of another program
expect 5 "$islet" check absent.yaml
says err.txt absent.yaml
expect 5 "$islet" check "$work"
printf '\211PNG\r\n\032\n\000\000' >picture.yaml
expect 3 "$islet" check picture.yaml
: >empty.yaml
expect 3 "$islet" check empty.yaml
expect 3 "$islet" check --hash "$protocol"

# tables: what none of the readers can use is no patient; claims and evidence rows are held to their own reader
printf 'foo,bar\n1,2\n' >table.csv
expect 3 "$islet" check table.csv
says out.txt "no file that islet knows"
says err.txt "claims (claim_id, claim)"
printf 'id,age_year\nA,40\n' >patient.csv
expect 0 "$islet" check patient.csv
says out.txt ": patient, valid"
printf 'claim_id,claim,test,from\nA1,it works,effect,TRIAL:a:b\n' >claims.csv
expect 3 "$islet" check claims.csv
says out.txt ": claims, 1 error"
says err.txt "claims.csv:2: needed"
expect 3 "$islet" claims claims.csv
printf 'claim_id,claim\nA1,it works\n' >claims.csv
expect 0 "$islet" check claims.csv
says out.txt ": claims, valid"
expect 0 "$islet" check "$source/data/evidence/claims.csv" "$source/data/evidence/claim_tests.csv"
says err.txt "it does nothing here" # of the marrow cells of cai2016
printf 'cohort_group,arm,endpoint,unit,day,value\ng,a,hba1c_pct,%%,0,8\n' >rows.csv
expect 3 "$islet" check rows.csv
says out.txt ": evidence rows"
says err.txt "no column 'trial_id'"
printf 'TRIAL_ID,ARM,ENDPOINT,UNIT,DAY\nt,a,hba1c_pct,%%,0\n' >rows.csv
expect 3 "$islet" check rows.csv
says out.txt ": evidence rows"
expect 3 "$islet" check "$source/data/evidence/expressed.csv"

# islet run says the same, and writes nothing
expect 3 "$islet" run wrong.yaml
says err.txt titel
silent out.txt
expect 5 "$islet" run absent.yaml
absent wrong.db wrong.html absent.db absent.html
finish
