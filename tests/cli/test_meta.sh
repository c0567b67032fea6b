#!/bin/sh
# islet meta: text, JSON and CSV of a real table; refusals by place and exit status.
. "$(dirname "$0")/lib.sh"
data=$source/tests/data/meta

expect 0 "$islet" meta "$data/dat.bcg.txt"
says out.txt "Frimodt-Moller et al"
says out.txt "pooled   -0.7145  0.1798  -1.0669  -0.3622"
says out.txt "of a new study 0.1546 to 1.5490"
expect 0 "$islet" meta --json "$data/dat.bcg.txt" --method DL
is_json out.txt
says out.txt '{"schema":"islet.meta/1","measure":"RR","method":"DL","k":13,'
mv out.txt upper.json
expect 0 "$islet" meta --json "$data/dat.bcg.txt" --method dl --measure rr --seed 3 --threads 1
same upper.json out.txt
expect 0 "$islet" meta "$data/dat.bcg.txt" --method Peto --out private.txt --report private.html
for file in private.txt private.html; do
    [ "$(stat -c %a $file)" = 600 ] || fail "$file can be read by others: $(stat -c %a $file)"
done
expect 0 "$islet" meta --csv "$data/dat.colditz1994.txt" --measure OR --method ML --moderators ablat
says out.txt "ablat,-0.0327"
expect 0 "$islet" meta "$data/dat.yusuf1985.txt" --method PETO --only table=6 --out pooled.txt
says pooled.txt "as a ratio 0.9332, 95 % interval 0.7385 to 1.1792"

printf 'ai,n1i,ci,n2i\n1,10,2,10\n12,10,2,10\n' >events.csv
expect 3 "$islet" meta events.csv
says err.txt "events.csv:3:1: ai is 12; expected no more events than people"
silent out.txt
printf 'yi,vi\n1,2\n' >one.csv
expect 1 "$islet" meta one.csv
says out.txt "not pooled (too_few): 1 study with an effect and a variance"
expect 1 "$islet" meta one.csv --json
is_json out.txt
says out.txt '"refusal":"too_few"'
says out.txt '"estimate":null'
expect 2 "$islet" meta one.csv --measure HR
says err.txt "measure 'HR'; expected RR, OR"
expect 2 "$islet" meta one.csv --method XX
expect 2 "$islet" meta one.csv --correlation 2

# a tiny p is small and not nothing
expect 0 "$islet" meta "$data/dat.bcg.txt" --json
says out.txt '"q_p":1.996764'
expect 0 "$islet" meta "$data/dat.bcg.txt"
says out.txt "(p <0.0001)"

# several treatments at once
expect 0 "$islet" meta "$data/dat.senn2013.txt"
says out.txt "26 studies, 53 arms, 10 treatments"
says out.txt "between designs (inconsistency) 22.5342 on 7"
expect 0 "$islet" meta "$data/dat.senn2013.txt" --json --reference metformin
is_json out.txt
says out.txt '"analysis":"network"'
says out.txt '"reference":"metformin"'
expect 0 "$islet" meta "$data/dat.senn2013.txt" --csv
says out.txt "treatment,against,estimate"
expect 2 "$islet" meta "$data/dat.senn2013.txt" --reference insulin

# before and after, subgroups
printf 'study,mpre,sdpre,mpost,sdpost,ni,dose\nA,8,1,7,1,20,low\nB,9,1,7,1,30,low\nC,8,1,5,1,20,high\nD,9,1,6,1,30,high\n' >prepost.csv
expect 0 "$islet" meta prepost.csv --subgroups dose
says out.txt "assumed where none is reported: 0.5"
says out.txt "test between subgroups: Q "
expect 0 "$islet" meta prepost.csv --correlation 0.7
says out.txt "assumed where none is reported: 0.7"
for design in design Design study_type; do
    printf "yi,vi,$design\n1,1,Single-arm\n2,1,RCT\n" >mixed.csv
    expect 1 "$islet" meta mixed.csv
done
printf 'yi,vi,design\n1,1,single\n2,1,randomised\n' >mixed.csv
expect 1 "$islet" meta mixed.csv --csv
says out.txt "not_comparable,,,,,,refusal,"
says out.txt "the rows mix single-arm and controlled evidence"

# a study counts once
printf 'study,ai,n1i,ci,n2i\nA,5,20,3,20\nA,5,20,3,20\nB,2,30,3,20\n' >twice.csv
expect 3 "$islet" meta twice.csv
says err.txt "twice.csv:3:1: study 'A' stands in line 2 too"
printf 'study,ai,n1i,ci,n2i\nA,5,20,3,20\nA,5,20,4,20\nB,2,30,3,20\n' >twice.csv
expect 0 "$islet" meta twice.csv

# Mantel and Haenszel: arms without events count in nothing (metafor's rma.mh: k 3, Q 2.893, I2 30.9), and nothing is filled in
printf 'study,ai,bi,ci,di\nA,0,20,0,25\nB,0,20,3,22\nC,5,15,5,20\nD,4,16,9,11\n' >empty.csv
expect 0 "$islet" meta empty.csv --measure OR --method MH --json
says out.txt '"k":3,'
says out.txt '"left_out":1,'
says out.txt '"q":2.89'
says out.txt '"i2":30.8'
says out.txt '"trim_fill_estimate":null'

# Everybody had the event in both arms of a: its people count in the pooled ratio, the half that its own effect would be made of not in Q
# (R, by the formulas: 0.288526311, SE 0.147186330, Q 0.885300389 on 2 degrees of freedom, p 0.642331859; of the difference 0.132725566, Q 0.615783323)
printf 'study,ai,n1i,ci,n2i\na,10,10,12,12\nb,8,20,5,20\nc,12,15,9,15\nd,0,9,0,11\ne,5,12,2,12\n' >all.csv
expect 0 "$islet" meta all.csv --measure RR --method MH --csv
says out.txt 'pooled,0.2885263105'
says out.txt ',0,0,0.885300388936,0.642331859031,4,'
expect 0 "$islet" meta all.csv --measure RD --method MH --csv
says out.txt 'pooled,0.13272556642'
says out.txt ',0.61578332298,'

# one row of a CSV is the pool with all that is said of it, then the studies
expect 0 "$islet" meta "$data/dat.bcg.txt" --csv
says out.txt "name,estimate,se,ci_low,ci_high,p,part,weight_pct,pi_low,pi_high,tau2,i2_pct,q,q_p,k,variance,note"
[ "$(grep -c ',study,' out.txt)" = 13 ] || fail "--csv has not the 13 studies"
grep '^pooled,' out.txt | cut -d, -f11- | grep -q '^0\.31.*,92\.2.*,152\.2.*,13,,$' || fail "--csv has no heterogeneity"
expect 0 "$islet" meta "$data/dat.bcg.txt" --knapp-hartung --json
cp out.txt kh.txt
expect 0 "$islet" meta "$data/dat.bcg.txt" --json
trim() { sed 's/.*"trim_fill_ci95":\[\([^]]*\)\].*/\1/' $1; }
[ "$(trim kh.txt)" = "$(trim out.txt)" ] && fail "trim and fill has not Knapp and Hartung's interval"

expect 1 "$islet" meta mixed.csv
says out.txt "not pooled (not_comparable): the rows mix single-arm and controlled evidence"
expect 3 "$islet" meta events.csv --measure SMD
says err.txt "events.csv:1:1: "
expect 5 "$islet" meta absent.csv

# the page: whole or not at all; a build without the figures' libraries says so
"$islet" meta "$data/dat.bcg.txt" --report page.html >out.txt 2>err.txt
if [ $? = 0 ]; then
    says page.html 'data-figure="forest"'
    says page.html 'data-figure="funnel"'
    expect 5 "$islet" meta "$data/dat.bcg.txt" --report /nonexistent/page.html
    expect 1 "$islet" meta one.csv --report refused.html
    says refused.html "Not pooled (too_few)"
else
    says err.txt "was not compiled in"
    absent page.html
fi
# shares end where their scale does, for people; the first of the cumulative pools is that study; words in the report
printf 'study,xi,ni\nA,0,10\nB,20,20\nC,5,12\n' >shares.csv
expect 0 "$islet" meta shares.csv
says out.txt "95 % prediction interval of a new study 0.0000 to 1.0000"
grep -E "^(A|B|C|pooled) " out.txt | grep -E " -[0-9]| 1\.[0-9]" && fail "a share is below 0 or above 1"
"$islet" meta shares.csv --report shares.html >report.txt 2>&1
if [ -s shares.html ]; then
    says shares.html "All but one study"
    says shares.html "The first studies, in the order of the table"
    grep -qE "leave_one_out|between before and after" shares.html && fail "the report says names of the program, or what is not there"
fi
expect 0 "$islet" meta shares.csv --json
says out.txt '"shown_pi95":[0,1]'
tr '{' '\n' <out.txt | grep '"analysis":"cumulative","study":"A"' | grep -q '"estimate":0.0454' || fail "the first cumulative pool is not the first study"
printf 'study,m1i,sd1i,n1i,m2i,sd2i,n2i\nA,1,1,12.5,2,1,10\n' >half.csv
expect 3 "$islet" meta half.csv
says err.txt "a whole number of people, 1 or more"
finish
