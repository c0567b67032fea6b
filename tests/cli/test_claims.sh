#!/bin/sh
# islet claims: the shipped claims as JSON, a user's single claim with its exit status, refusals.
. "$(dirname "$0")/lib.sh"

expect 0 "$islet" claims --patients 8 --json
is_json out.txt
says out.txt '{"schema":"islet.claims/1","tested":'
says out.txt '"claim_id":"HD10","claim":"Treatment helps over 93% of T2D patients.","verdict":"unsupported","reviewer_verdict":"unsupported"'
says out.txt '"simulated":{"endpoint":"hba1c_below_7","day":365,'
says out.txt 'too few: a prediction interval needs three comparable trials'

expect 0 "$islet" claims --dry-run --patients 8 --json
is_json out.txt
says out.txt '{"schema":"islet.trials_plan/1","protocols":'
says out.txt '"people":8,"draws":0,"draw_people":0,"patient_days":'
expect 0 "$islet" claims --dry-run
says out.txt "Nothing was simulated."

echo 'claim_id,claim,test,from,needed,unit,endpoint,day' >mine.csv
echo 'A1,HbA1c falls by three points,effect,ZANG2022:UC-MSC:PLACEBO,-3,%,hba1c_pct,336' >>mine.csv
expect 1 "$islet" claims mine.csv --report page.html
says out.txt "partly"
says out.txt "needed -3"
says page.html "There is something to it, but less"
says page.html "0.67 %.</p>"
echo 'claim_id,claim,test,from,needed,endpoint,day' >mine.csv
echo 'A1,HbA1c falls by half a point,effect,ZANG2022:UC-MSC:PLACEBO,-0.5,hba1c_pct,336' >>mine.csv
expect 0 "$islet" claims mine.csv
says out.txt "supported"
says out.txt "1 claim, 1 with a test"
echo 'A2,It cures everybody,,,,,' >>mine.csv
expect 0 "$islet" claims mine.csv
says out.txt "To test a claim, write beside it"
expect 0 "$islet" claims mine.csv --csv
says out.txt "A2,It cures everybody,untestable"
echo 'A2,again,,,,,' >>mine.csv
expect 3 "$islet" claims mine.csv
says err.txt "mine.csv:4: claim_id: 'A2' stands in line 3"
expect 5 "$islet" claims absent.csv
echo "claim_id,claim,test,from,needed,unit,endpoint,day,protocol,treated,control" >mine.csv
echo "A3,Most stop <b>insulin</b>,sole,ZIM_FORWARD:BC_full_0.8e9,0.9,fraction,insulin_independent,365,protocols/zimislecel.yaml,full dose," >>mine.csv
expect 1 "$islet" claims mine.csv --patients 8 --report page.html # 83 found, 90 claimed: partly
says page.html "83 of 100 people: found in the studies"
says page.html "It was 10 of 12 people, so it may be anything from 52 to 98 of 100" # the interval in words, and as dots
says page.html 'aria-label="83 of 100 people, between 52 and 98"'
says page.html 'fill-opacity="0.45"'
says page.html 'stroke-opacity="0.6"'
says page.html "90 of 100 people: claimed"
says page.html "had a harm by then"
says page.html "&lt;b&gt;insulin"
cp "$source/examples/half_dose.yaml" own.yaml
sed -i 's|protocols/zimislecel.yaml|own.yaml|; s|full dose|Full dose|' mine.csv
expect 3 "$islet" claims mine.csv --patients 8
says err.txt "is no arm of own.yaml; it has"
sed -i 's|Full dose|full dose|' mine.csv
expect 1 "$islet" claims mine.csv --patients 8
says out.txt "simulated: full dose"
expect 5 "$islet" claims mine.csv --patients 8 --report /nowhere/page.html
# deaths are no success, and not in its colour
echo "claim_id,claim,test,from,needed,unit,endpoint,day,protocol,treated,control" >mine.csv
echo "A4,Nobody dies,never,ZIM_FORWARD:AllParts;VOLTARELLI2007:AHSCT,,fraction,death,,,," >>mine.csv
expect 1 "$islet" claims mine.csv --report page.html
says page.html '#b83280'
grep -q 'fill="#11543a"' page.html && fail "a death has the colour of success"
finish
