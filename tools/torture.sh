#!/bin/sh
# The long form of the tests that disturb a run: 1,000 kills, every call that changes a file in three ways, the power cut at every such
# call with eight outcomes each, and one in 23 of the allocations; FULL=1: every allocation, for hours. The kills go on beside the rest; each
# works in a folder of its own. A failure prints what was done and what was found.
#   tools/torture.sh [KILLS]
cd "$(dirname "$0")/.." || exit 1
kills=${1:-1000} status=0 root=$PWD
extent=most
[ -n "$FULL" ] && extent=all
said=$(mktemp) || exit 1
trap 'rm -f "$said"' EXIT
ISLET_KILLS=$kills sh tests/cli/test_resume.sh "$root/build/islet" "$root" "$root/build/json_check" >"$said" 2>&1 &
killing=$!
echo "writes, power cuts and allocations"
(cd build && ./test_faults $extent) || status=1
echo "$kills kills"
wait $killing || status=1
cat "$said"
exit $status
