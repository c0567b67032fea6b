#!/bin/sh
# islet validate: the shipped examples, their JSON, the same bytes on any number of threads, and refusals by place.
. "$(dirname "$0")/lib.sh"
examples=$source/examples/validate

expect 0 "$islet" validate --dry-run
says out.txt "rows would be left out"
says out.txt "Nothing was simulated."
expect 0 "$islet" validate --dry-run --json --patients 40 --trial "$examples/stem_cell_islets.csv"
is_json out.txt
says out.txt '{"schema":"islet.trials_plan/1","protocols":'
says out.txt '"people":40,"draws":24,"draw_people":10,"patient_days":'

for example in "$examples"/*; do expect 0 "$islet" check "$example"; done
expect 0 "$islet" validate --trial "$examples/stem_cell_islets.csv" --patients 8
says out.txt "insulin_independent"
says out.txt "0.516 to 0.979"
says out.txt "skill"
expect 0 "$islet" validate --json --trial "$examples/stem_cell_islets.csv" --patients 8 --threads 1
cp out.txt one.json
is_json one.json
says one.json '{"schema":"islet.validate/1","seed":1,"patients":8,'
says one.json '"observed_ci95":[0.5159,0.9791]'
says one.json '"summary":{"calibrate":{"rows":2,'
expect 0 "$islet" validate --json --trial "$examples/stem_cell_islets.csv" --patients 8 --threads 2
same one.json out.txt
expect 0 "$islet" validate --json --trial "$examples/stem_cell_islets.csv" --patients 8 --seed 2
cmp -s one.json out.txt && fail "another seed gave the same"
expect 0 "$islet" validate --csv --trial "$examples/stem_cell_islets.csv" --patients 8
says out.txt "trial_id,cohort_group,arm_id,endpoint,unit,"

# the uncertainty of a parameter widens the intervals
cat >set.yaml <<'SET'
islet_params: 1
title: Two draws
values: {}
draws: {parameters: [zimislecel.secretion_gain], values: [[1], [9]]}
SET
head -3 "$examples/stem_cell_islets.csv" >c_peptide.csv
cp "$examples/stem_cell_islets.yaml" .
expect 0 "$islet" validate --csv --trial c_peptide.csv --patients 32 --params set.yaml
# bare95_low, bare95_high: without the discrepancy between trials and model; day 90, since later a larger graft lowers glucose and with it the C-peptide of each cell
width() { awk -F, 'NR == 2 {print ($21 - $20 > 0.9) ? "wide" : "narrow"}' "$1"; }
[ "$(width out.txt)" = wide ] || fail "the draws did not widen the interval"
expect 0 "$islet" validate --csv --trial c_peptide.csv --patients 32
[ "$(width out.txt)" = narrow ] || fail "the interval is wide without draws"
awk -F, 'NR > 1 && ($19 - $18 < $21 - $20) {exit 1}' out.txt || fail "the discrepancy narrowed an interval"


# a row of an immune reset counts from the infusion, the protocol from the mobilisation; of a sign only the sign is held against the simulation
cat >reset.yaml <<'RESET'
islet: 1
title: Reset
population: {of: t1d_new_onset, n: 8}
arms:
  - name: reset
    conditioning: {regimen: cyclophosphamide_atg, start_day: 0}
    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]
follow_up: {days: 40}
RESET
head -1 "$examples/stem_cell_islets.csv" >signs.csv
echo "T,t,reset,reset.yaml,hba1c_pct,%,20,12,7,,,,,,validate" >>signs.csv
echo "T,t,reset,reset.yaml,insulin_u_per_kg_day,U/kg/day,20,,-1,,,,,,direction" >>signs.csv
expect 0 "$islet" validate --json --trial signs.csv --patients 8
grep -q '"standardised_by":-\?[0-9]' out.txt && fail "a value before treatment that nobody published was used"
head -1 signs.csv >before.csv
echo "T,t,reset,reset.yaml,c_peptide_fasting_nmol_l,nmol/L,0,12,0.05,,,,,,validate" >>before.csv
echo "T,t,reset,reset.yaml,c_peptide_fasting_nmol_l,nmol/L,5,12,0.07,,,,,,validate" >>before.csv
expect 0 "$islet" validate --json --trial before.csv --patients 16
grep -q '"day":5,.*"standardised_by":-[0-9]' out.txt || fail "the C-peptide before treatment was not used"
expect 0 "$islet" validate --trial signs.csv --patients 8
says err.txt "day: 53 is after the end of"
says out.txt "1 rows carry only the sign"
# the discrepancy is estimated from calibration rows alone
expect 3 "$islet" validate --trial signs.csv --patients 8 --discrepancy d.csv --quiet
says err.txt "no row of the role calibrate"
absent d.csv
expect 2 "$islet" validate --trial c_peptide.csv --discrepancy - --quiet
# .. and a calibration row's interval from the other cohorts: one that lies far off widens those of the others and not its own
cat >alone.yaml <<'ALONE'
islet: 1
title: Insulin alone
population: {of: t1d_adult, n: 8}
arms: [{name: insulin alone}]
follow_up: {days: 28}
ALONE
head -1 "$examples/stem_cell_islets.csv" >cohorts.csv
for cohort in A:8.1 B:8.2 C:8.3 D:8.4 E:12.4; do
    echo "${cohort%:*},${cohort%:*},insulin alone,alone.yaml,hba1c_pct,%,28,500,${cohort#*:},0.1,,,,,calibrate" >>cohorts.csv
done
expect 0 "$islet" validate --csv --trial cohorts.csv --patients 32 --discrepancy d.csv --quiet
says d.csv "hba1c,5,5,"
awk -F, '$1 == "A" {others = $19 - $18} $1 == "E" {own = $19 - $18} END {exit !(own > 0 && own < 0.5 * others)}' out.txt || fail "a cohort widened its own interval"

# drugs of the immune system are something given: nothing to warn of in a blinded trial
cat >blinded.yaml <<'BLINDED'
islet: 1
title: Low-dose antithymocyte globulin against a sham
population: {of: t1d_new_onset, n: 8}
masking: blinded
arms:
  - {name: ATG, conditioning: atg_low_dose}
  - {name: sham, control: sham}
follow_up: {days: 40}
BLINDED
expect 0 "$islet" check blinded.yaml
grep -q "given nothing" err.txt && fail "a conditioning was taken for nothing"

# a run with the values of a set, and with predictive intervals over its draws; the store knows the set
cat >set.yaml <<'SET'
islet_params: 1
title: Other values
values: {run_in_day: 28, zimislecel.secretion_gain: 2.5}
draws: {parameters: [target_fasting_mg_dl], values: [[120], [190]]}
SET
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.05 --params set.yaml --uncertainty --json --out a.db --report a.html
is_json out.txt
says out.txt '"pi95":['
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.05 --params set.yaml --csv --out b.db --report b.html
says out.txt "arm,endpoint,unit,day,value,ci_low,ci_high,n"
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.05 --csv --out c.db --report c.html
expect 0 "$islet" check --hash a.db
cp out.txt a.txt
expect 0 "$islet" check --hash b.db
[ "$(grep -o '[0-9a-f]\{64\}' a.txt)" = "$(grep -o '[0-9a-f]\{64\}' out.txt)" ] && fail "--uncertainty left no ranges in the store"
says a.html "and what trials differ by"
says b.html "This run has none"
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.05 --params set.yaml --uncertainty --threads 1 --csv --out e.db --report e.html
says out.txt ",pi95_low,pi95_high"
expect 0 "$islet" check --hash e.db
[ "$(grep -o '[0-9a-f]\{64\}' a.txt)" = "$(grep -o '[0-9a-f]\{64\}' out.txt)" ] || fail "the ranges depend on threads"
expect 0 "$islet" check --hash c.db
[ "$(grep -o '[0-9a-f]\{64\}' a.txt)" = "$(grep -o '[0-9a-f]\{64\}' out.txt)" ] && fail "the parameter set is not in the store"

# rival accounts of the cells given move a graft
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.1 --alternatives --json --out f.db --report f.html
is_json out.txt
says out.txt '"alternatives":['
says f.html "rival accounts, from"
expect 0 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.1 --alternatives --csv --out g.db --report g.html
awk -F, '$2 == "graft_function_frac" && $4 == 37 && $10 > $9 {n++} END {exit n != 1}' out.txt || fail "rival accounts of a graft are alike"
awk -F, '$2 == "hba1c_pct" && $4 == 0 && $10 == $9 {n++} END {exit n != 1}' out.txt || fail "rival accounts of cells moved people before they had any"
expect 3 "$islet" run stem_cell_islets.yaml --patients 8 --years 0.05 --params c_peptide.csv --out d.db --report d.html

head -1 "$examples/stem_cell_islets.csv" >rows.csv
echo "T,t,no such arm,stem_cell_islets.yaml,hba1c_pct,%,90,12,7,,,,,,validate" >>rows.csv
expect 3 "$islet" validate --trial rows.csv
says err.txt "rows.csv:2:5: arm: 'no such arm' is no arm of stem_cell_islets.yaml; it has 'full dose'"
silent out.txt
head -1 "$examples/stem_cell_islets.csv" >rows.csv
echo "T,t,full dose,stem_cell_islets.yaml,insulin_independent,fraction,90,12,,,,,,13,validate" >>rows.csv
expect 3 "$islet" validate --trial rows.csv
says err.txt "rows.csv:2:"
expect 5 "$islet" validate --trial absent.csv
expect 2 "$islet" validate extra.csv
expect 3 "$islet" validate --trial c_peptide.csv --params rows.csv
# rows through a pipe: their protocols are found from where we are; a protocol that is not there is told with its row
cp "$examples/stem_cell_islets.yaml" .
sed 's/,sd,se,ci_low,ci_high//; s/^\(ZIM.*\),,,,,\([^,]*\),\([a-z]*\)$/\1,\2,\3/' "$examples/stem_cell_islets.csv" >fewer.csv
expect 0 sh -c 'cat fewer.csv | "$0" validate --trial - --patients 8 --csv' "$islet"
says out.txt "ZIM_FORWARD,zim_forward,full dose,c_peptide_stimulated_nmol_l"
printf 'trial_id,arm,protocol,endpoint,unit,day,n,value\nT,a,nope.yaml,hba1c_pct,%%,90,12,7\n' >rows.csv
expect 5 "$islet" validate --trial rows.csv
says err.txt "rows.csv:2:5: protocol: 'nope.yaml' cannot be used"
# the examples from the literature: nothing but the pages was used to write them
for trial in alefacept_new_onset cord_cells_weekly_type2 donor_islets_westmead; do
    expect 0 "$islet" validate --dry-run --trial "$examples/$trial.csv"
    says out.txt "$trial.yaml"
done
expect 0 "$islet" validate --trial "$examples/alefacept_new_onset.csv" --patients 8 --quiet --json
is_json out.txt
says out.txt '"comparator_arm":"placebo"'
finish
