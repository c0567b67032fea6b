#!/bin/sh
# A test run twice at the same time in one folder passes twice: what tests write lies in folders of their own (tests/own_folder.h).
#   test_side_by_side.sh PROGRAM ARGUMENTS...
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
failures=0
for turn in 1 2 3; do
    "$@" >first.txt 2>&1 &
    first=$!
    "$@" >second.txt 2>&1 || { failures=$((failures + 1)); cat second.txt; }
    wait $first || { failures=$((failures + 1)); cat first.txt; }
done
rm -f first.txt second.txt
rmdir "$folder" 2>/dev/null || { echo "left behind:"; ls "$folder"; exit 1; }
trap - EXIT
[ $failures = 0 ]
