#!/bin/sh
# Every number of tests/data/meta/meta_reference.csv and senn2013_network.csv through the command itself: islet meta --json of the
# table as it was published agrees with metafor within half a unit of the last printed digit or 1e-4 of the number, whichever is larger.
. "$(dirname "$0")/lib.sh"
data=$source/tests/data/meta
held=0

# number KEY: the first number of that name in out.txt; list KEY N: the Nth of a list
number() { sed -n "s/.*\"$1\":\(-\{0,1\}[0-9.][-+0-9.eE]*\).*/\1/p" first.txt; }
list() { sed -n "s/.*\"$1\":\[\([^]]*\)\].*/\1/p" first.txt | cut -d, -f"$2"; }

# agrees PRINTED FOUND WHAT
agrees() {
    [ -n "$1" ] || return 0
    held=$((held + 1))
    awk -v a="$1" -v b="$2" 'BEGIN {
        digits = index(a, ".") ? length(a) - index(a, ".") : 0
        half = 0.5000001 * 10 ^ -digits; share = 1e-4 * (a < 0 ? -a : a + 0); off = b - a; if (off < 0) off = -off
        exit !(b != "" && off <= (half > share ? half : share)) }' || fail "$3: $1 expected, '$2' found"
}

# the keys of estimate, se, interval, tau2, Q and I2 by what a row of the reference is of
keys() {
    estimate=estimate se=se interval=ci95 tau2=tau2 q=q i2=i2 p=
    case $1 in
    ratio) estimate=shown interval=shown_ci95 ;;
    ratio_pi) estimate=shown interval=shown_pi95 ;;
    pi) interval=pi95 ;;
    egger) estimate=egger_z p=egger_p ;;
    rank) estimate=rank_tau p=rank_p ;;
    fill) estimate=trim_fill_estimate se=trim_fill_se interval=trim_fill_ci95 tau2=trim_fill_tau2 q=trim_fill_q i2=trim_fill_i2 ;;
    tau_q) estimate=tau2 interval=tau2_ci95 ;;
    tau_profile) estimate=tau2 interval=tau2_profile_ci95 ;;
    esac
}

# row READING SET,MEASURE,METHOD FILE OPTIONS...: one row of the reference
row() {
    reading=$1 name=$2 file=$3
    shift 3
    expect 0 "$islet" meta --json "$data/$file" "$@"
    is_json out.txt
    head -n 1 out.txt >first.txt
    [ "$reading" = slope ] && grep '"name":"ablat"' out.txt >first.txt
    line=$(grep -F -- "$name," "$data/meta_reference.csv")
    [ "$(printf '%s\n' "$line" | grep -c .)" = 1 ] || fail "'$name' is not one row"
    printf '%s\n' "$name" >>asked.txt
    keys "$reading"
    cell() { printf '%s\n' "$line" | cut -d, -f"$1"; }
    times=1
    [ "$reading" = hundred ] && times=100
    scaled() { awk -v x="$1" -v t=$times 'BEGIN { if (x != "") printf "%.12g", x * t }'; }
    agrees "$(cell 4)" "$(scaled "$(number $estimate)")" "$name: estimate"
    agrees "$(cell 5)" "$(number $se)" "$name: se"
    agrees "$(cell 6)" "$(scaled "$(list $interval 1)")" "$name: low"
    agrees "$(cell 7)" "$(scaled "$(list $interval 2)")" "$name: high"
    [ "$reading" = slope ] && return # the pool's, held with the intercept
    agrees "$(cell 8)" "$(number $tau2)" "$name: tau2"
    agrees "$(cell 9)" "$(number $q)" "$name: Q"
    agrees "$(cell 10)" "$(number $i2)" "$name: I2"
    [ -n "$p" ] && agrees "$(cell 11 | sed -n 's/.*(p \([0-9.]*\)).*/\1/p')" "$(number $p)" "$name: p"
    return 0
}

for method in EE DL REML; do row pooled "dat.bcg,log RR,$method" dat.bcg.txt --measure RR --method $method; done
for method in EE DL; do
    row pooled "dat.bcg,log OR,$method" dat.bcg.txt --measure OR --method $method
    row pooled "dat.bcg,RD,$method" dat.bcg.txt --measure RD --method $method
done
row pooled "dat.bcg,log RR,MH" dat.bcg.txt --measure RR --method MH
row pooled "dat.bcg,log OR,MH" dat.bcg.txt --measure OR --method MH
row pooled "dat.bcg,RD,MH" dat.bcg.txt --measure RD --method MH
row pooled "dat.bcg,log OR,Peto" dat.bcg.txt --method PETO
row ratio_pi "dat.bcg,RR,REML prediction interval" dat.bcg.txt
row egger "dat.bcg,log RR,REML Egger z" dat.bcg.txt
row rank "dat.bcg,log RR,REML rank tau" dat.bcg.txt
row fill "dat.bcg,log RR,REML trim-and-fill" dat.bcg.txt
says out.txt '"trim_fill_added":1,"trim_fill_side":"right"'
colditz="dat.colditz1994.txt --measure OR --method ML"
row ratio "dat.colditz1994,OR,ML" $colditz
row ratio "dat.colditz1994,OR,ML+Knapp-Hartung" $colditz --knapp-hartung
row tau_q "dat.colditz1994,tau2,Q-profile CI" $colditz
row tau_profile "dat.colditz1994,tau2,profile-likelihood CI" $colditz
row pooled "dat.colditz1994,log OR,ML meta-regression intercept" $colditz --moderators ablat
agrees 98.6691 "$(number r2)" "R2 of the meta-regression"
row slope "dat.colditz1994,log OR,ML meta-regression slope" $colditz --moderators ablat
for method in EE DL REML; do
    row hundred "dat.hine1989,RD x100,EE=DL=REML" dat.hine1989.txt --measure RD --method $method
    row pooled "dat.normand1999,MD (pooled SD),$method" dat.normand1999.txt --measure MDH --method $method
done
row egger "dat.egger2001,log OR,Egger z (REML)" dat.egger2001.txt --measure OR
row rank "dat.egger2001,log OR,rank tau" dat.egger2001.txt --measure OR
row ratio "dat.yusuf1985 table 6,OR,Peto" dat.yusuf1985.txt --method PETO --only table=6
senn="dat.senn2013 metformin-placebo (4 trials),MD HbA1c"
pair="dat.senn2013.txt --contrast metformin,placebo"
for method in EE DL REML ML PM SJ HE HS EB; do row pooled "$senn,$method" $pair --method $method; done
row pooled "$senn,REML+Knapp-Hartung" $pair --knapp-hartung
row pi "$senn,REML prediction interval (z)" $pair
row pooled "dat.begg1989 controlled (4),2-year DFS difference,DL" dat.begg1989.txt --contrast BMT,CMO --method DL
says err.txt "12 arms of the contrast have no other arm in their study"
row pooled "dat.begg1989 BMT arms,2-year DFS,REML" dat.begg1989.txt --only trt=BMT
row pooled "dat.begg1989 CMO arms,2-year DFS,REML" dat.begg1989.txt --only trt=CMO

rows=$(grep -vc '^#' "$data/meta_reference.csv")
asked=$(sort -u asked.txt | wc -l)
[ "$rows" = 42 ] && [ "$asked" = 42 ] || fail "$asked of $rows rows of the reference were asked for"

# the network
expect 0 "$islet" meta --json "$data/dat.senn2013.txt"
head -n 1 out.txt >first.txt
agrees 96.98407 "$(number q)" "network: Q"
agrees 18 "$(number q_df)" "network: degrees of freedom"
agrees 0.099914544 "$(number tau2)" "network: tau2"
sed '/"league"/q' out.txt >contrasts.txt
grep -v '^#\|^treatment,' "$data/senn2013_network.csv" >network.csv
while IFS=, read -r treatment fe fe_se re re_se; do
    grep -F "{\"treatment\":\"$treatment\"" contrasts.txt >first.txt
    agrees "$fe" "$(number fixed)" "$treatment, fixed"
    agrees "$fe_se" "$(number fixed_se)" "$treatment, fixed, se"
    agrees "$re" "$(number estimate)" "$treatment"
    agrees "$re_se" "$(number se)" "$treatment, se"
done <network.csv
echo "$held numbers held"
[ "$held" = 252 ] || fail "$held numbers were held"

# arms that are no pair are refused by place, and a pair that is none
printf 'study,trt,yi,vi\nA,x,1,1\nA,x,2,1\nA,y,0,1\n' >twice.csv
expect 3 "$islet" meta twice.csv --contrast x,y
says err.txt "twice.csv:3:3: a treatment twice in a study"
printf 'study,trt,yi,vi\nA,x,1,-1\nA,y,0,1\n' >negative.csv
expect 3 "$islet" meta negative.csv --contrast x,y
says err.txt "negative.csv:2:7: '-1'; expected 0 or more"
expect 2 "$islet" meta "$data/dat.senn2013.txt" --contrast metformin,insulin
says err.txt "contrast 'metformin,insulin'; expected two treatments of the table"
expect 2 "$islet" meta "$data/dat.senn2013.txt" --contrast metformin,placebo --network
expect 3 "$islet" meta "$data/dat.bcg.txt" --contrast metformin,placebo
says err.txt "the columns of arms are not in the header"
# counts side by side; what both arms say stays
printf 'study,treatment,xi,ni,region\nA,X,1,10,east\nA,Y,3,10,east\nB,Y,4,20,west\nB,x,2,20,west\nC,X,2,9,east\n' >counts.csv
expect 0 "$islet" meta counts.csv --contrast x,Y --method MH --json
says out.txt '"measure":"RR","method":"MH","k":2'
agrees 0.428571 "$(sed -n 's/.*"shown":\([0-9.]*\).*/\1/p' out.txt)" "risk ratio of counts"
expect 1 "$islet" meta counts.csv --contrast X,Y --only region=west
says out.txt "not pooled (too_few)"
finish
