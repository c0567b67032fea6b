#!/bin/sh
# islet check: kinds of files, all errors at once with their place, exit status.
. "$(dirname "$0")/lib.sh"
protocol=$source/examples/zimislecel.yaml

expect 0 "$islet" check "$protocol"
says out.txt ": protocol, valid"
expect 0 "$islet" check --json "$protocol"
is_json out.txt
says out.txt '"kind":"protocol","valid":true'
expect 0 "$islet" check - <"$protocol"

# two errors, both named with line and column
sed -e 's/^title:/titel:/' -e 's/years: [0-9]*/years: -1/' "$protocol" >wrong.yaml
expect 3 "$islet" check wrong.yaml
[ "$(grep -c '^wrong.yaml:[0-9]*:[0-9]*: ' err.txt)" -ge 2 ] || { fail "not every error has its line and column"; cat err.txt; }
says err.txt titel
expect 3 "$islet" check --json wrong.yaml
is_json out.txt
says out.txt '"valid":false'
expect 3 "$islet" check "$protocol" wrong.yaml
says out.txt ": protocol, valid"

# other things: nothing there, a folder, bytes, a store of another program
expect 5 "$islet" check absent.yaml
says err.txt absent.yaml
expect 5 "$islet" check "$work"
printf '\211PNG\r\n\032\n\000\000' >picture.yaml
expect 3 "$islet" check picture.yaml
: >empty.yaml
expect 3 "$islet" check empty.yaml
expect 3 "$islet" check --hash "$protocol"

# islet run says the same, and writes nothing
expect 3 "$islet" run wrong.yaml
says err.txt titel
silent out.txt
expect 5 "$islet" run absent.yaml
absent wrong.db wrong.html absent.db absent.html
finish
