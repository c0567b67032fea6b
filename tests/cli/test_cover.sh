#!/bin/sh
# The same bytes: a cover of threads, engine, interruption, libm's code path and MPI ranks. Rows are those of the orthogonal
# array L25 (five levels, five factors): every pair of levels of any two factors is in a row. Fewer levels are repeated.
#   ISLET_MPI=PATH     islet-mpi, where it was built; else ranks are left out
#   ISLET_FAULTS=PATH  library that disturbs a run at an exact call (tests/faults/preload.c)
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml
run="run $protocol --patients 18 --years 0.02 --quiet" # two batches
engines=$("$islet" doctor --csv | sed -n 's/^engines,\([^,]*\),.*/\1/p')
tunables="glibc.cpu.hwcaps=-FMA,-AVX2,-AVX2_Usable,-FMA_Usable"
[ -n "$ISLET_FAULTS" ] || { echo "ISLET_FAULTS is not set"; exit 2; }
mpirun=""
[ -n "$ISLET_MPI" ] && mpirun="mpirun --oversubscribe --bind-to none --quiet"
[ -n "$mpirun" ] && [ "$(id -u)" = 0 ] && mpirun="$mpirun --allow-run-as-root"

# level INDEX LIST...: the level of a factor, lists shorter than five begin again
level() {
    index=$1
    shift
    shift $((index % $#))
    echo "$1"
}

# start RANKS FAULT ENGINE THREADS OPTIONS...
start() {
    ranks=$1 fault=$2 engine=$3 threads=$4
    shift 4
    words="$run --engine $engine --threads $threads"
    if [ "$ranks" = 0 ]; then
        env ${fault:+LD_PRELOAD=$ISLET_FAULTS ISLET_FAULT=$fault} "$islet" $words "$@"
    else
        $mpirun -n "$ranks" ${fault:+-x LD_PRELOAD=$ISLET_FAULTS -x ISLET_FAULT=$fault} "$ISLET_MPI" $words "$@"
    fi >/dev/null 2>err.txt
}

expect 0 "$islet" $run --out whole.db --report whole.html
bytes whole
rows=0 interrupted=0
for i in 0 1 2 3 4; do
    for j in 0 1 2 3 4; do
        rows=$((rows + 1))
        threads=$(level $i 1 2 3 7 16)
        ranks=0
        [ -n "$mpirun" ] && ranks=$(level $j 0 1 2 3 5)
        engine=$(level $((i + j)) $engines)
        fault=$(level $((i + 2 * j)) none kill@200 int@160 none kill@300)
        libm=$(level $((i + 3 * j)) usual other)
        # portable's fma is libm's, which without the instruction is computed in software, a hundred times slower: FULL=1 only
        [ "$engine" = portable ] && [ -z "$FULL" ] && libm=usual
        row="threads $threads, ranks $ranks, $engine, $fault, $libm libm"
        unset GLIBC_TUNABLES
        [ "$libm" = other ] && export GLIBC_TUNABLES=$tunables
        [ "$fault" = none ] && fault=""
        rm -f c.*
        start "$ranks" "$fault" "$engine" "$threads" --out c.db --report c.html
        status=$?
        if [ -n "$fault" ]; then # continued by another number of threads on another engine, with or without ranks
            [ $status != 0 ] && interrupted=$((interrupted + 1))
            case $status in 137 | 130 | 0) ;; *) fail "$row: exit status $status"; cat err.txt ;; esac
            [ "$ranks" = 0 ] && [ $status = 0 ] && fail "$row: was not interrupted"
            start "$(level $((j + 1)) "$ranks" 0)" "" "$(level $((i + j + 1)) $engines)" "$(level $((i + 1)) 1 2 3 7 16)" \
                --resume --out c.db --report c.html
            status=$?
        fi
        [ $status = 0 ] || { fail "$row: exit status $status"; cat err.txt; continue; }
        bytes c
        cmp -s whole.bytes c.bytes || fail "$row: other bytes"
    done
done
unset GLIBC_TUNABLES
echo "$rows rows, $interrupted of them interrupted, ${mpirun:-no MPI}"
[ $rows -ge 20 ] && [ $interrupted -ge 8 ] || fail "only $rows rows, $interrupted interrupted"
finish
