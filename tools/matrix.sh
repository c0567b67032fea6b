#!/bin/sh
# The same bytes from gcc and clang, at -O2 and -O3: each of the four builds passes the cover of tests/cli/test_cover.sh (25 rows, so
# 100 in all; every pair of levels of all factors) against the bytes of the first. FULL=1: every combination, 800 rows a build, for hours;
# FULL=most: 700 a build, without those of a minute each (tests/cli/test_cover.sh).
#   tools/matrix.sh
cd "$(dirname "$0")/.." || exit 1
root=$PWD
reference=$root/build/matrix.bytes
rm -f "$reference"
status=0
for compiler in gcc clang; do
    command -v $compiler >/dev/null 2>&1 || { echo "$compiler is not installed: its rows are left out"; continue; }
    for level in -O2 -O3; do
        folder=build-matrix-$compiler$level
        if ! { cmake -S . -B "$folder" -G Ninja -DCMAKE_C_COMPILER=$compiler -DCMAKE_BUILD_TYPE=Release \
            -DCMAKE_C_FLAGS_RELEASE="$level -g" -DISLET_KERNEL_OPTIMISE=$level && ninja -C "$folder" islet_command json_check faults; } \
            >"$folder.log" 2>&1; then
            cat "$folder.log"
            status=1
            continue
        fi
        ninja -C "$folder" islet_mpi >/dev/null 2>&1 && mpi=$root/$folder/islet-mpi || mpi=""
        echo "$compiler $level"
        ISLET_REFERENCE=$reference ISLET_FAULTS=$root/$folder/libfaults.so ISLET_MPI=$mpi \
            sh tests/cli/test_cover.sh "$root/$folder/islet" "$root" "$root/$folder/json_check" || status=1
    done
done
exit $status
