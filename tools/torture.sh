#!/bin/sh
# The long form of the tests that disturb a run: 1,000 kills, every call that changes a file, every allocation, and the power
# cut at every such call with eight outcomes each. About an hour; a failure prints what was done and what was found.
#   tools/torture.sh [KILLS]
cd "$(dirname "$0")/.." || exit 1
kills=${1:-1000} status=0 root=$PWD
echo "every write, allocation and power cut"
(cd build && ./test_faults all) || status=1
echo "$kills kills"
ISLET_KILLS=$kills sh tests/cli/test_resume.sh "$root/build/islet" "$root" "$root/build/json_check" || status=1
exit $status
