#!/bin/sh
# islet-mpi: the same bytes for 1, 2, 3 and 5 ranks as for one process; a dead rank, Ctrl-C and bad input. Skipped without MPI.
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml
[ -n "$ISLET_MPI" ] && command -v mpirun >/dev/null 2>&1 || { echo "no MPI here"; exit 77; }
mpirun="mpirun --oversubscribe --bind-to none"
[ "$(id -u)" = 0 ] && mpirun="$mpirun --allow-run-as-root"
run="run $protocol --patients 70 --years 0.05 --quiet" # five batches

expect 0 "$islet" $run --out whole.db --report whole.html
bytes whole
for ranks in 1 2 3 5; do
    expect 0 $mpirun -n $ranks "$ISLET_MPI" $run --threads 2 --out r.db --report r.html
    bytes r
    same whole.bytes r.bytes
    rm -f r.*
done
expect 0 $mpirun -n 2 "$ISLET_MPI" $run --independent-arms --out r.db --report r.html
expect 0 "$islet" $run --independent-arms --out i.db --report i.html
bytes r
bytes i
same i.bytes r.bytes

# what only the run-in shows is required: candidates are screened by all ranks together
screened="run $source/examples/t2d_standard_care.yaml --patients 40 --years 0.05 --quiet"
expect 0 "$islet" $screened --out s.db --report s.html
bytes s
for ranks in 2 3; do
    expect 0 $mpirun -n $ranks "$ISLET_MPI" $screened --threads 1 --out q.db --report q.html
    bytes q
    same s.bytes q.bytes
    rm -f q.*
done

# nothing to simulate, and what the keeper refuses, ends all ranks
expect 0 $mpirun -n 3 "$ISLET_MPI" $run --resume --independent-arms --out r.db --report r.html
expect 3 $mpirun -n 2 "$ISLET_MPI" $run --resume --out r.db --report r.html
says err.txt "not the same run"
echo "islet: 1" >bad.yaml
expect 3 $mpirun -n 2 "$ISLET_MPI" run bad.yaml
says err.txt "bad.yaml:"
expect 0 $mpirun -n 2 "$ISLET_MPI" version

# rank VARIABLE: process number of the rank of our job that is $1
rank_pid() {
    for pid in $(pgrep -f "$ISLET_MPI run .*--out $work/k.db"); do
        tr '\0' '\n' <"/proc/$pid/environ" 2>/dev/null | grep -qx "OMPI_COMM_WORLD_RANK=$1" && echo "$pid"
    done
}

# a rank dies: what was written stays, any number of ranks continues
large="run $protocol --patients 240 --years 0.05 --quiet"
expect 0 "$islet" $large --out large.db --report large.html
bytes large
for dies in 1 0 2; do
    rm -f k.*
    $mpirun -n 3 "$ISLET_MPI" $large --threads 1 --out "$work/k.db" --report k.html >/dev/null 2>err.txt &
    job=$!
    for turn in $(seq 100); do
        sleep 0.1
        [ "$(stat -c %s k.db.part 2>/dev/null || echo 0)" -gt 400000 ] && break
    done
    kill -9 $(rank_pid $dies) 2>/dev/null
    wait $job
    [ $? != 0 ] || fail "the job went on without rank $dies"
    # mpirun asks the other ranks to end: the keeper then does as after Ctrl-C; or it was the one that died
    [ -s k.db.part ] || [ -s k.db ] || fail "what was written before rank $dies died is gone"
    [ -e k.db ] && expect 0 "$islet" check k.db
    expect 0 $mpirun -n $((dies + 1)) "$ISLET_MPI" $large --resume --out "$work/k.db" --report k.html
    bytes k
    same large.bytes k.bytes
done

# Ctrl-C
rm -f k.*
$mpirun -n 2 "$ISLET_MPI" $large --threads 1 --out "$work/k.db" --report k.html >/dev/null 2>err.txt &
job=$!
for turn in $(seq 100); do
    sleep 0.1
    [ "$(stat -c %s k.db.part 2>/dev/null || echo 0)" -gt 400000 ] && break
done
kill -INT $job
wait $job
[ $? != 0 ] || fail "Ctrl-C did not end the job"
expect 0 "$islet" $large --resume --out "$work/k.db" --report k.html
bytes k
same large.bytes k.bytes
finish
