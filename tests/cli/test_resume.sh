#!/bin/sh
# islet run --resume: after kill -9 at random times, SIGINT and a full disk the result has the same bytes as a run that
# nothing disturbed; another run is refused. ISLET_KILLS says how many kills there are (make torture: 1,000).
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml
small="--patients 96 --years 0.2" # six batches

resume_count() { "$islet" report "$1.db" --out - | grep -A3 resume_count | tr -dc '0-9\n' | grep -m1 '[0-9]'; }

expect 0 "$islet" run "$protocol" $small --quiet --out whole.db --report whole.html
bytes whole
grep -q '<aside id="build"' whole.html || fail "the report has no block about the build"
grep -q '<aside id="build"' whole.bytes && fail "the block about the build was compared"

# begins where there is nothing; says so when nothing is left; refuses another run and names what differs
expect 0 "$islet" run "$protocol" $small --resume --quiet --out new.db --report new.html
bytes new
same whole.bytes new.bytes
expect 0 "$islet" run "$protocol" $small --resume --out new.db --report new.html
says err.txt "complete already"

# without --resume a run is replaced, and that is said
expect 0 "$islet" run "$protocol" $small --out new.db --report new.html
says err.txt "new.db: holds a run (complete), which this one replaces when it is complete"

# ranges asked for too late are shown, and the complete store stays as it is
cp whole.db kept.db
expect 0 "$islet" run "$protocol" $small --resume --alternatives --out whole.db --report ranges.html
says out.txt "Rival accounts"
says err.txt "without --resume keeps them"
same whole.db kept.db
cp new.db new.before
expect 3 "$islet" run "$protocol" $small --resume --seed 99 --out new.db --report new.html
says err.txt "run seed was"
expect 3 "$islet" run "$protocol" --patients 95 --years 0.2 --resume --out new.db --report new.html
says err.txt "run patients was '96' and is '95'"
sed 's/^title: .*/title: Another/' "$protocol" >other.yaml
expect 3 "$islet" run other.yaml $small --resume --out new.db --report new.html
says err.txt "protocol_sha256"
same new.db new.before

# kill -9 at random times, resumed with other threads, killed again, until it is done
round=0 kills=0 wanted=${ISLET_KILLS:-20}
while [ $kills -lt $wanted ] && [ $round -lt $((3 * wanted)) ]; do
    round=$((round + 1)) attempt=0
    rm -f k.db*
    while :; do
        attempt=$((attempt + 1))
        "$islet" run "$protocol" $small --resume --quiet --threads $((1 + (round + attempt) % 3)) --out k.db --report k.html >/dev/null 2>err.txt &
        pid=$!
        if [ $attempt -lt 7 ]; then
            sleep "0.$(awk -v s="$$$round$attempt" 'BEGIN { srand(s); printf "%03d", 20 + 600 * rand() }')"
            kill -9 $pid 2>/dev/null
        fi
        wait $pid
        status=$?
        [ $status = 0 ] && break
        kills=$((kills + 1))
        [ $status = 137 ] || { fail "killed run $round.$attempt: exit status $status"; cat err.txt; break; }
        [ -e k.db ] && expect 0 "$islet" check k.db # the name holds a whole store or none
    done
    bytes k
    same whole.bytes k.bytes
    absent k.db.part k.db.part-journal
done
[ $kills -ge $wanted ] || fail "only $kills kills in $round runs"

# stopped by the user, then resumed, twice
large="--patients 240 --years 0.2"
expect 0 "$islet" run "$protocol" $large --quiet --out large.db --report large.html
bytes large
for turn in 1 2; do
    "$islet" run "$protocol" $large --resume --threads 1 --out stop.db --report stop.html >/dev/null 2>err.txt &
    pid=$!
    sleep 0.3
    kill -INT $pid
    wait $pid
    [ $? = 130 ] || fail "interrupted run $turn did not end with 130"
    says err.txt "--resume continues"
    present stop.db
    expect 0 "$islet" check stop.db
    expect 3 "$islet" run "$protocol" $large --resume --seed 99 --out stop.db --report stop.html
    present stop.db
    absent stop.db.part
done
cp stop.db lost.db
expect 0 "$islet" run "$protocol" $small --out lost.db --report lost.html
says err.txt "holds a run (interrupted), which this one replaces when it is complete; with --resume it would be continued"
expect 0 "$islet" run "$protocol" $large --resume --quiet --out stop.db --report stop.html
bytes stop
same large.bytes stop.bytes
[ "$(resume_count stop)" = 2 ] || fail "the report does not tell that the run was continued twice but $(resume_count stop)"

# no room: clear, status 5, what stood there stays, what is finished is kept and continued
for blocks in 200 2000 4000; do
    cp whole.db full.db
    (ulimit -f $blocks && exec "$islet" run "$protocol" $large --out full.db --report full.html >/dev/null 2>err.txt)
    status=$?
    [ $status = 5 ] || fail "$blocks blocks: exit status $status instead of 5"
    says err.txt "full.db.part"
    same whole.db full.db
    [ $blocks = 200 ] || { present full.db.part; says err.txt "--resume continues"; }
    again=--resume
    [ $blocks = 200 ] && again= # nothing was finished; what stands under the name is another run
    expect 0 "$islet" run "$protocol" $large $again --quiet --out full.db --report full.html
    bytes full
    same large.bytes full.bytes
    absent full.db.part full.db.part-journal
done

finish
