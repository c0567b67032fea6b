#!/bin/sh
# The accelerator's compiler takes the equations and the kernel; where islet-cuda-days was built (make cuda) and a device is at hand, its
# people have the processor's bits. Else skipped, and said so.
#   test_cuda.sh SOURCE PROGRAM NVCC OPTIONS...
source=$1 program=$2
shift 2
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
"$@" -ptx "$source/cuda/days.cu" -o "$folder/days.ptx" || { echo "nvcc does not take cuda/days.cu"; exit 1; }
grep -q '\.visible \.entry.*live' "$folder/days.ptx" || { echo "nothing was compiled for the device"; exit 1; }
[ -x "$program" ] || { echo "compiled; islet-cuda-days was not built (make cuda): not run"; exit 77; }
"$program" 3000 1
status=$?
[ $status = 77 ] && echo "compiled and linked; no device: not run"
exit $status
