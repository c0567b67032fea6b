# Read by the tests of the command: sh test_x.sh ISLET SOURCE JSON_CHECK
# Each test works in a folder of its own that is removed at the end.
islet=$1 source=$2 json_check=$3
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failures=0

fail() {
    printf 'FAILED: %s\n' "$*"
    failures=$((failures + 1))
}

# expect STATUS COMMAND...: runs it, keeps out.txt and err.txt, compares the exit status
expect() {
    expected=$1
    shift
    "$@" >out.txt 2>err.txt
    status=$?
    [ $status = "$expected" ] && return
    fail "exit status $status instead of $expected: $*"
    head -5 err.txt
}

# says FILE TEXT: FILE holds TEXT
says() { grep -qF -- "$2" "$1" || { fail "$1 does not say '$2' but:"; head -5 "$1"; }; }
silent() { [ -s "$1" ] && { fail "$1 should be empty but says:"; head -5 "$1"; }; }
is_json() { "$json_check" <"$1" || fail "$1 is not JSON"; }
same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
absent() { for file; do [ -e "$file" ] && fail "$file was written"; done; }
present() { for file; do [ -s "$file" ] || fail "$file is missing or empty"; done; }

# bytes NAME: what must not depend on how a run was made, into NAME.bytes: content hash of NAME.db, and NAME.html but for
# its block about this build and day
bytes() {
    "$islet" check --hash "$1.db" | cut -d' ' -f1 >"$1.bytes"
    sed '/<aside id="build"/,/<\/aside>/d' "$1.html" >>"$1.bytes"
}

finish() {
    [ $failures = 0 ] && { echo "passed"; exit 0; }
    echo "$failures failed"
    exit 1
}
