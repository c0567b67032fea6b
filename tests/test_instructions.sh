#!/bin/sh
# Instructions of a patient-day in the AVX2 kernel under callgrind, within 3 % of what they were when this was written: the same
# on a busy machine as on an idle one. sh test_instructions.sh KERNEL_DAYS COMPILER
# A number belongs to a compiler: others are reported as skipped, as is a machine without valgrind or AVX2.
program=$1 compiler=$2
expected=245270
[ "$compiler" = GNU-12 ] || { echo "no number for $compiler"; exit 77; }
command -v valgrind >/dev/null 2>&1 || { echo "no valgrind here"; exit 77; }
"$program" avx2 1 || { echo "no AVX2 here"; exit 77; }
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# all instructions of a run of $1 days
instructions() {
    valgrind --tool=callgrind --callgrind-out-file="$work/out" "$program" avx2 "$1" >"$work/log" 2>&1 || { cat "$work/log"; exit 2; }
    sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$work/log"
}
# two more days, so that starting and preparing people drop out
short=$(instructions 1) && long=$(instructions 3) && [ -n "$short" ] && [ -n "$long" ] || { echo "callgrind failed"; exit 2; }
found=$(((long - short) / (2 * 30)))
echo "$found instructions a patient-day; $expected within 3 % expected"
[ $((found * 100)) -ge $((expected * 97)) ] && [ $((found * 100)) -le $((expected * 103)) ]
