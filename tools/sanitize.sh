#!/bin/sh
# Builds with AddressSanitizer and UndefinedBehaviorSanitizer and runs the suite: a finding fails the test it is in.
#   tools/sanitize.sh [short]     short leaves out what is labelled slow in tools/script_tests.cmake
cd "$(dirname "$0")/.." || exit 1
preset=asan
folder=build-asan
[ -f $folder/build.ninja ] || cmake --preset $preset >/dev/null || exit 1
export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:check_initialization_order=1:abort_on_error=0"
# leaks are found by tracing the program, which some containers forbid; then everything else is still looked for
if ! { echo 'int main(void) { return 0; }' | ${CC:-cc} -fsanitize=address -x c - -o $folder/probe && $folder/probe; } >/dev/null 2>&1; then
    echo "this machine does not let a program be traced: leaks are not looked for" >&2
    ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"
fi
ninja -C $folder >$folder/build.log 2>&1 || { cat $folder/build.log >&2; exit 1; }
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
if [ "$1" = short ]; then
    label="-LE slow"
    echo "short run under AddressSanitizer and UndefinedBehaviorSanitizer"
fi
# shellcheck disable=SC2086 # two words on purpose
ctest --test-dir $folder --output-on-failure --no-label-summary -j "$(nproc)" $label >$folder/test.log 2>&1
status=$?
[ $status = 0 ] && grep 'tests passed' $folder/test.log || cat $folder/test.log
exit $status
