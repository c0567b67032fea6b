#!/bin/sh
# islet screen: states, exit status, forms of the patient's file, and what is refused.
. "$(dirname "$0")/lib.sh"
patients=$source/tests/data/patients protocol=$source/examples/zimislecel.yaml

# gets STATE STATUS PATIENT [OPTIONS]
gets() {
    state=$1 wanted=$2 patient=$3
    shift 3
    expect "$wanted" "$islet" screen "$patients/$patient" --protocol "$protocol" --json "$@"
    is_json out.txt
    says out.txt "\"schema\":\"islet.screen/1\",\"state\":\"$state\""
}
gets eligible 0 eligible.json
gets eligible 0 eligible.yaml
gets not_now 1 pregnant.json
says out.txt '"id":"pregnancy","state":"not_met"'
gets not_now 1 acute_infection.json
says out.txt "Condition/pneumonia, 2026-11-08"
gets unknown 1 missing_c_peptide.json
says out.txt "missing: stimulated C-peptide"
gets needs_judgement 1 conflicting_egfr.json
says out.txt '"id":"egfr","state":"conflict"'
gets not_eligible 1 low_egfr.json
gets eligible 0 three.csv --row 1
gets not_eligible 1 three.csv --id bert
gets unknown 1 three.csv --row 3

"$islet" screen - --protocol "$protocol" --id anna --json <"$patients/three.csv" >out.txt || fail "standard input is not read"
says out.txt '"state":"eligible"'

# the public bundles: the latest HbA1c, none, hospice
gets unknown 1 cms122_numer.json
says out.txt "HbA1c at the end of the run-in: 9.1 %"
says out.txt "Condition/numer-CMS122-Condition onset 2009-01-16, counted to the bundle's last date 2019-10-17"
gets unknown 1 cms122_denom.json
says out.txt "missing: HbA1c"
gets needs_judgement 1 cms122_denomexcl.json
says out.txt '"id":"hospice_care","state":"needs_judgement"'

# type 2 diabetes: the population says which diabetes and whether insulin; drugs that nobody simulated takes are for a doctor
protocol=$source/examples/cord_cells_type2.yaml
gets eligible 0 type2_on_insulin.json
says out.txt '"id":"uses_insulin","state":"met"'
says out.txt "MedicationRequest/glargine, 2024-05-02"
gets needs_judgement 1 type2_on_tablets.json
says out.txt '"id":"uses_insulin","state":"unknown"'
says out.txt '"id":"uses_glp1_agonist","state":"needs_judgement"'
gets needs_judgement 1 type2_on_insulin.yaml
says out.txt '"id":"uses_insulin","state":"met"'
gets not_eligible 1 eligible.json
says out.txt '"id":"type_2_diabetes","state":"not_met"'
protocol=$source/examples/metabolic_syndrome.yaml
gets not_eligible 1 type2_on_tablets.json
says out.txt '"id":"type_2_diabetes","state":"not_met"'
protocol=$source/examples/t2d_insulin_start.yaml
gets not_eligible 1 type2_on_insulin.json
says out.txt '"id":"uses_insulin","state":"not_met"'
protocol=$source/examples/zimislecel.yaml

# the population's own: its diabetes, the bounds of its age and of the time since diagnosis, with the line of its file
cat >child.yaml <<'END'
islet: 1
title: Children
population: {of: t1d_child, n: 8}
arms: [{name: a, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0}]}]
follow_up: {years: 1}
END
protocol=child.yaml
gets not_eligible 1 eligible.yaml
says out.txt '"id":"population_age_year","state":"not_met"'
says out.txt 'data/populations/t1d_child.yaml:7'
protocol=$source/examples/fetal_cells.yaml
gets not_eligible 1 type2_on_insulin.yaml
says out.txt '"id":"type_1_diabetes","state":"unknown"'
says out.txt '"id":"type_2_diabetes","state":"not_met"'
protocol=$source/examples/zimislecel.yaml

# values that cannot both be true, each put into an eligible patient's file
contradicts() { # LINE ID
    { grep -v "^${1%%:*}:" "$patients/eligible.yaml"; printf '%s\n' "$1"; } >odd.yaml
    expect 1 "$islet" screen odd.yaml --protocol "$protocol" --json
    says out.txt '"state":"needs_judgement"'
    says out.txt "\"id\":\"$2\",\"state\":\"conflict\""
}
contradicts 'type_2_diabetes: yes' diabetes_type
contradicts 'pancreatectomy: yes' diabetes_type
contradicts 'duration_year: 50' duration_year
contradicts 'weight_kg: 180' bmi
contradicts 'uses_insulin: no' insulin_need
contradicts 'dialysis: yes' egfr

# for people and as rows
expect 0 "$islet" screen "$patients/eligible.json" --protocol "$protocol"
says out.txt "eligible: every criterion is met"
[ "$(grep -c 'research software' out.txt)" = 1 ] || fail "the kind of software is not said once"
expect 1 "$islet" screen "$patients/low_egfr.json" --protocol "$protocol"
says out.txt "not met  kidney function of 80 mL/min/1.73m2 or more"
grep -qE "not_met|population_diagnosed_after|needs_judgement" out.txt && fail "names of the program stand where words for people should"
expect 1 "$islet" screen "$patients/low_egfr.json" --protocol "$protocol" --explain
says out.txt "egfr: "
expect 1 "$islet" screen "$patients/low_egfr.json" --protocol "$protocol" --csv --out rows.csv
says rows.csv "egfr,not_met,needs"

# what is refused
expect 2 "$islet" screen "$patients/eligible.json"
expect 3 "$islet" screen "$patients/three.csv" --protocol "$protocol"
says err.txt "--row"
expect 3 "$islet" screen "$protocol" --protocol "$protocol"
expect 5 "$islet" screen absent.yaml --protocol "$protocol"
bad() { # STATUS FILE WORD
    expect "$1" "$islet" check "$patients/bad_$2.json"
    says err.txt "$3"
    expect "$(($1 == 0 ? 1 : $1))" "$islet" screen "$patients/bad_$2.json" --protocol "$protocol"
    says err.txt "$3"
}
bad 3 unit_contradiction mmol/L
bad 3 no_unit unit
bad 3 two_patients p2
bad 3 wrong_resource OperationOutcome
bad 0 comparator_low ": 3"
bad 0 entered_in_error ": 6"
bad 0 reference_cycle "no Patient"
finish
