#!/bin/sh
# islet forecast: people like a patient, bands, chances and harms of 100, what was assumed; what is refused.
. "$(dirname "$0")/lib.sh"
patient=$source/tests/data/patients/eligible.yaml protocol=$source/examples/zimislecel.yaml

expect 0 "$islet" forecast "$patient" --protocol "$protocol" --against standard-care --patients 8 --years 0.3 --quiet --json
is_json out.txt
says out.txt '"schema":"islet.forecast/1"'
says out.txt '"assumed":['
says out.txt '"name":"full dose"'
says out.txt '"name":"standard care"'
says out.txt '"endpoint":"hba1c_pct"'
says out.txt '"p5":'
says out.txt '"chances":['
says out.txt '"endpoint":"portal_bleeding"'
says out.txt 'never advice'
says out.txt '"endpoint":"portal_bleeding","sentence":"bleeding after portal puncture","day":110,"of_100":0,"low":0,"high":0'
grep -q remission_t2d out.txt && fail "remission of type 2 diabetes is asked of people with type 1"
cp out.txt first.txt
expect 0 "$islet" forecast "$patient" --protocol "$protocol" --against standard-care --patients 8 --years 0.3 --quiet --csv
[ "$(grep -c '^band,.*,hba1c_pct,0,' out.txt)" = 3 ] || fail "not three arms before treatment"
[ "$(grep '^band,.*,hba1c_pct,0,' out.txt | cut -d, -f3- | sort -u | wc -l)" = 1 ] || fail "arms differ before treatment"
grep -q ',c_peptide.*,-' out.txt && fail "a negative C-peptide"
expect 0 "$islet" forecast "$patient" --protocol "$protocol" --against standard-care --patients 8 --years 0.3 --quiet --json --threads 1
same out.txt first.txt

# what is not known is said, and is as in the population
printf 'islet_patient: 1\nid: short\nweight_kg: 80\n' >short.yaml
expect 0 "$islet" forecast short.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says out.txt "not given: assumed"
says out.txt "An illustration"
expect 0 "$islet" forecast short.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet --csv --out rows.csv
says rows.csv "harm_of_100,full dose,death,37"

# people stand about the patient's value also where the population is dense on one side of it; where they cannot, that is said
printf 'islet_patient: 1\nid: high\ntype_2_diabetes: yes\nuses_insulin: yes\nhba1c_pct: 9.3\n' >high.yaml
expect 0 "$islet" forecast high.yaml --protocol "$source/examples/cord_cells_type2.yaml" --patients 16 --years 0.6 --quiet --json
mean=$(grep -o '"item":"hba1c_pct"[^}]*"people_mean":[0-9.]*' out.txt | sed 's/.*://')
awk -v mean="$mean" 'BEGIN { exit !(mean > 9.15 && mean < 9.45) }' || fail "people's mean $mean is not the patient's 9.3"

printf 'islet_patient: 1\nid: little\ntype_2_diabetes: yes\nuses_insulin: yes\ninsulin_u_per_kg_day: 0.01\n' >little.yaml
expect 0 "$islet" forecast little.yaml --protocol "$source/examples/cord_cells_type2.yaml" --patients 8 --years 0.6 --quiet --json
says out.txt "the people's mean is not the patient's value"

# whom next to nobody is like is refused soon, also where only the run-in shows it
{ grep -v '^insulin_u\|^uses_insulin' "$source/examples/patient.yaml"; echo 'insulin_u_per_kg_day: 0'; } >without.yaml
expect 3 timeout 300 "$islet" forecast without.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says err.txt "almost nobody like this patient"

# the plan alone, and where the numbers come from
expect 0 "$islet" forecast short.yaml --protocol "$protocol" --patients 8 --years 0.1 --against standard-care --dry-run --json
is_json out.txt
says out.txt '"schema":"islet.trials_plan/1"'
says out.txt '; standard care","years":'
says out.txt '"people":8'
expect 0 "$islet" forecast short.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet --explain
says out.txt "Parameters of the model and where they come from"
says out.txt "t1d_adult.age_year"
grep -q "t2d_new.age_year" out.txt && fail "--explain lists people who are not simulated"

# what screening says stands before anything else, and in the JSON
{ grep -v '^pregnant' "$patient"; echo 'pregnant: yes'; } >pregnant.yaml
expect 0 "$islet" forecast pregnant.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says out.txt "islet screen says: not now"
grep -E "[a-z]_[a-z]" out.txt | grep -v "yaml\|(.*_.*)" && fail "names of files stand where words for people should"
says out.txt "not met: pregnant: yes"
says out.txt "islet screen says not now"

# what is refused: above all people whom the population cannot hold
printf 'islet_patient: 1\nid: other\nweight_kg: 70\nhba1c_pct: 8.2\ntype_2_diabetes: yes\ntype_1_diabetes: no\n' >other.yaml
expect 3 "$islet" forecast other.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says err.txt "other.yaml:6: type 1 diabetes: no, and nobody of population 't1d_adult' is so"
silent out.txt
printf 'islet_patient: 1\nid: old\nage_year: 80\n' >old.yaml
expect 3 "$islet" forecast old.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says err.txt "age at enrolment: 80 year"
expect 2 "$islet" forecast short.yaml
expect 2 "$islet" forecast short.yaml --protocol "$protocol" --against nothing
expect 5 "$islet" forecast absent.yaml --protocol "$protocol" --quiet
printf 'islet_patient: 1\nid: nobody\nweight_kg: 299\n' >nobody.yaml
expect 3 "$islet" forecast nobody.yaml --protocol "$protocol" --patients 8 --years 0.1 --quiet
says err.txt "almost nobody like this patient"
finish
