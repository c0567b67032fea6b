#!/bin/sh
# islet claims: the shipped claims as JSON, a user's single claim with its exit status, refusals.
. "$(dirname "$0")/lib.sh"

expect 0 "$islet" claims --patients 8 --json
is_json out.txt
says out.txt '{"schema":"islet.claims/1","tested":'
says out.txt '"claim_id":"HD10","claim":"Treatment helps over 93% of T2D patients.","verdict":"unsupported","reviewer_verdict":"unsupported"'
says out.txt '"simulated":{"endpoint":"hba1c_below_7","day":365,'
says out.txt 'too few: a prediction interval needs three comparable trials'

echo 'claim_id,claim,test,from,needed,endpoint,day' >mine.csv
echo 'A1,HbA1c falls by three points,effect,ZANG2022:UC-MSC:PLACEBO,-3,hba1c_pct,336' >>mine.csv
expect 1 "$islet" claims mine.csv
says out.txt "partly"
says out.txt "needed -3"
echo 'claim_id,claim,test,from,needed,endpoint,day' >mine.csv
echo 'A1,HbA1c falls by half a point,effect,ZANG2022:UC-MSC:PLACEBO,-0.5,hba1c_pct,336' >>mine.csv
expect 0 "$islet" claims mine.csv
says out.txt "supported"
echo 'A2,It cures everybody,,,,,' >>mine.csv
expect 0 "$islet" claims mine.csv --csv
says out.txt "A2,It cures everybody,untestable"
echo 'A2,again,,,,,' >>mine.csv
expect 3 "$islet" claims mine.csv
says err.txt "mine.csv:4: claim_id: 'A2' stands in line 3"
expect 5 "$islet" claims absent.csv
finish
