#!/bin/sh
# islet calibrate: a small fit, its parameter set read back, the same bytes again, and refusals.
. "$(dirname "$0")/lib.sh"
examples=$source/examples/validate

head -3 "$examples/stem_cell_islets.csv" >rows.csv
cp "$examples/stem_cell_islets.yaml" .
expect 0 "$islet" calibrate rows.csv --parameters zimislecel.secretion_gain --patients 8 --out set.yaml --dry-run --json
is_json out.txt
says out.txt '"schema":"islet.trials_plan/1"'
says out.txt '"draw_people":8'
absent set.yaml
expect 0 "$islet" calibrate rows.csv --parameters zimislecel.secretion_gain --patients 8 --out set.yaml
says out.txt "zimislecel.secretion_gain"
says out.txt "parameter set in set.yaml"
expect 0 "$islet" check set.yaml
says out.txt "parameter set"
cp set.yaml first.yaml
expect 0 "$islet" calibrate rows.csv --parameters zimislecel.secretion_gain --patients 8 --out set.yaml --threads 1 --json
is_json out.txt
says out.txt '"schema":"islet.calibrate/1"'
same set.yaml first.yaml
expect 0 "$islet" validate --trial rows.csv --patients 8 --params set.yaml --json
says out.txt '"parameter_draws":24'

# a row is fitted as what it is: a geometric mean of unlike people is below their mean
awk 'NR == 1 {print $0 ",statistic"} NR == 2 {print $0 ",mean"; print $0 ",geometric_mean"}' rows.csv >both.csv
expect 0 "$islet" calibrate both.csv --parameters zimislecel.secretion_gain --patients 8 --points 6 --out both.yaml --json
is_json out.txt
grep -o '"statistic":"[a-z_]*","day":90,"n":12,"observed":[0-9.]*,"observed_se":[a-z0-9.]*,"shipped":[0-9.]*' out.txt |
    awk -F'"shipped":' '{v[NR] = $2} END {exit !(NR == 2 && v[2] > 0 && v[2] < v[1])}' || fail "a geometric mean was fitted as a mean"

expect 3 "$islet" calibrate "$examples/stem_cell_islets.csv" --parameters portal_potency --out no.yaml
says err.txt "stem_cell_islets.csv:4: role: 'validate'; expected only rows of the role calibrate"
expect 2 "$islet" calibrate rows.csv --parameters nonsense --out no.yaml
says err.txt "'nonsense' is no parameter"
expect 2 "$islet" calibrate rows.csv --parameters portal_potency --out -
expect 5 "$islet" calibrate absent.csv --parameters portal_potency --out no.yaml
absent no.yaml
# the parameters of a shipped set; the graft's when nothing is named
expect 2 "$islet" calibrate --points 3
says err.txt "for 7 parameters"
expect 2 "$islet" calibrate --parameters natural --points 3
says err.txt "for 10 parameters"
finish
