#!/bin/sh
# The same bytes: a cover of threads, engine, interruption, libm's code path and MPI ranks. Rows are those of the orthogonal
# array L25 (five levels, five factors): every pair of levels of any two factors is in a row. Fewer levels are repeated.
#   ISLET_MPI=PATH     islet-mpi, where it was built; else ranks are left out
#   ISLET_REFERENCE=F  bytes of another build to be equal to; written where there are none
#   FULL=1             every combination; FULL=most: but those of portable with libm's other path, a minute each
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
if [ -n "$ISLET_REFERENCE" ]; then # of another build (make matrix)
    [ -e "$ISLET_REFERENCE" ] || cp whole.bytes "$ISLET_REFERENCE"
    same "$ISLET_REFERENCE" whole.bytes
fi
rows=0 interrupted=0

# row THREADS RANKS ENGINE FAULT LIBM, then threads, ranks and engine of the run that continues
row() {
    name="threads $1, ranks $2, $3, $4, $5 libm"
    fault=$4
    rows=$((rows + 1))
    unset GLIBC_TUNABLES
    [ "$5" = other ] && export GLIBC_TUNABLES=$tunables
    [ "$fault" = none ] && fault=""
    rm -f c.*
    start "$2" "$fault" "$3" "$1" --out c.db --report c.html
    status=$?
    if [ -n "$fault" ]; then
        [ $status != 0 ] && interrupted=$((interrupted + 1))
        case $status in 137 | 130 | 0) ;; *) fail "$name: exit status $status"; cat err.txt ;; esac
        [ "$2" = 0 ] && [ $status = 0 ] && fail "$name: was not interrupted"
        start "$7" "" "$8" "$6" --resume --out c.db --report c.html
        status=$?
    fi
    unset GLIBC_TUNABLES
    [ $status = 0 ] || { fail "$name: exit status $status"; cat err.txt; return; }
    bytes c
    cmp -s whole.bytes c.bytes || fail "$name: other bytes"
}

all_ranks=0
[ -n "$mpirun" ] && all_ranks="0 1 2 3 5"
if [ -n "$FULL" ]; then # names of their own: those of `row` and `start` are the same variables to sh
    for a_threads in 1 2 3 7 16; do for a_ranks in $all_ranks; do for an_engine in $engines; do
        for a_fault in none kill@200 int@160 kill@300; do for a_libm in usual other; do
            [ "$FULL" = most ] && [ $an_engine = portable ] && [ $a_libm = other ] && continue
            row $a_threads $a_ranks $an_engine $a_fault $a_libm 2 0 "$(level 0 $engines)"
        done; done
    done; done; done
else
    for i in 0 1 2 3 4; do for j in 0 1 2 3 4; do
        engine=$(level $((i + j)) $engines) libm=$(level $((i + 3 * j)) usual other) ranks=$(level $j $all_ranks)
        # portable's fma is libm's, which without the instruction is computed in software, a hundred times slower: FULL only
        [ "$engine" = portable ] && libm=usual
        row "$(level $i 1 2 3 7 16)" "$ranks" "$engine" "$(level $((i + 2 * j)) none kill@200 int@160 none kill@300)" $libm \
            "$(level $((i + 1)) 1 2 3 7 16)" "$(level $((j + 1)) "$ranks" 0)" "$(level $((i + j + 1)) $engines)"
    done; done
fi
echo "$rows rows, $interrupted of them interrupted, ${mpirun:-no MPI}"
[ $rows -ge 20 ] && [ $interrupted -ge 8 ] || fail "only $rows rows, $interrupted interrupted"
finish
