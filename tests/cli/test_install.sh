#!/bin/sh
# An installation in a folder of its own: command, header, library, pkg-config, manual page, completion, example.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$islet")
prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" >install.txt 2>&1 || { fail "cmake --install failed"; tail -5 install.txt; finish; }
export PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig)

present "$prefix/bin/islet" "$prefix/include/islet.h" "$prefix/share/man/man1/islet.1" \
    "$prefix/share/bash-completion/completions/islet" "$prefix/share/zsh/site-functions/_islet" \
    "$prefix/share/islet/examples/zimislecel.yaml" "$prefix/share/islet/examples/run_trial.c"
expect 0 "$prefix/bin/islet" version
[ "$(pkg-config --modversion islet)" = "$("$prefix/bin/islet" version --csv | sed -n '2s/,.*//p')" ] ||
    fail "pkg-config and the command tell different versions"

# the example program, built as a user would
lines=$(wc -l <"$source/examples/run_trial.c")
[ "$lines" -lt 60 ] || fail "examples/run_trial.c has $lines lines"
# shellcheck disable=SC2046 # flags are words
${CC:-cc} -std=c11 -Wall -Wextra -Wpedantic -Werror "$prefix/share/islet/examples/run_trial.c" $(pkg-config --cflags --libs islet) \
    $EXTRA_CFLAGS -Wl,-rpath,"$(pkg-config --variable=libdir islet)" -o run_trial || fail "the example does not compile"
expect 0 ./run_trial "$prefix/share/islet/examples/zimislecel.yaml" small.db
says out.txt "insulin_independent"
expect 0 "$prefix/bin/islet" check small.db
expect 2 ./run_trial
finish
