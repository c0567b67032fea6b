#!/bin/sh
# The long form of the tests that disturb a run: 1,000 kills, every call that changes a file in three ways, the power cut at every such
# call with eight outcomes each, and one in 23 of the allocations; FULL=1: every allocation, for hours. A failure prints what was done and
# what was found. (Tests of the whole suite may run beside it: each works in a folder of its own.)
#   tools/torture.sh [KILLS]
cd "$(dirname "$0")/.." || exit 1
kills=${1:-1000} status=0 root=$PWD
echo "writes, power cuts and allocations"
extent=most
[ -n "$FULL" ] && extent=all
(cd build && ./test_faults $extent) || status=1
echo "$kills kills"
ISLET_KILLS=$kills sh tests/cli/test_resume.sh "$root/build/islet" "$root" "$root/build/json_check" || status=1
exit $status
