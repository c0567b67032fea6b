#!/bin/sh
# Further peers on the bench's workload, where they are installed:   sh bench/peers.sh [BUILD_FOLDER]
#
#   simglucose   pip install simglucose    or a checkout of jxx123/simglucose named in PYTHONPATH, with numpy, scipy, pandas
#   deSolve      apt install r-base-core r-cran-desolve    or install.packages("deSolve") in R
#
# simglucose carries its own equations: the same people, meals by the same rule, its own draws of them, no error. deSolve is given islet's
# right-hand side and days, and its error is shown. mrgsolve and rxode2 want the model in a language of their own: no second copy
# of the equations is kept here, so they are not run. Processor time of one core; PYTHON names another python3.
here=$(cd "$(dirname "$0")" && pwd) || exit 1
build=${1:-$here/../build}
python=${PYTHON:-python3}
status=0

[ -x "$build/islet" ] || { echo "no islet in $build: build it first (sh tools/build.sh), or name the folder"; exit 2; }
"$build/islet" bench || status=1
echo

if "$python" -c 'import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, ("simglucose", "numpy", "scipy", "pandas"))))' 2>/dev/null
then "$python" "$here/peers/simglucose_days.py" 6 1 || { echo "simglucose: failed"; status=1; }
else echo "simglucose: not found by $python (pip install simglucose)"
fi

if ! command -v Rscript >/dev/null 2>&1 || ! Rscript -e 'quit(status = !requireNamespace("deSolve", quietly = TRUE))' >/dev/null 2>&1
then echo "deSolve: not found (apt install r-base-core r-cran-desolve)"
elif cmake --build "$build" --target desolve_days >"$build/desolve_days.log" 2>&1
then Rscript "$here/peers/desolve_days.R" "$build/desolve_days.so" 6 7 || { echo "deSolve: failed"; status=1; }
else echo "deSolve: its model is not built (SUNDIALS for the reference is absent, or see $build/desolve_days.log)"
fi

echo "mrgsolve, rxode2: not run (the model would have to be written in their languages; see the head of this script)"
exit $status
