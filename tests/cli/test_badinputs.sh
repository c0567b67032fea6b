#!/bin/sh
# Every file of tests/badinputs gets what manifest.tsv says: exit status, lines and words of the messages; controls pass in
# silence; no file is changed, none is left behind, nothing that a terminal would act on is printed.
. "$(dirname "$0")/lib.sh"
tab=$(printf '\t')
bad=$source/tests/badinputs

# no_traces FILE: neither a changed input nor anything beside what expect keeps
no_traces() {
    left=$(ls -A | grep -vx -e out.txt -e err.txt -e before -e made.yaml)
    [ -z "$left" ] || { fail "$1: left behind: $left"; rm -rf -- $left; }
    LC_ALL=C tr -d '\n\t' <err.txt | LC_ALL=C grep -q '[[:cntrl:]]' && fail "$1: control characters in the message"
    [ "$(wc -c <err.txt)" -le 65536 ] || fail "$1: more than 64 KiB of messages"
}

# judge FILE EXPECTED LINES WORDS
judge() {
    status=0
    [ "$2" = error ] && status=3
    cp "$1" before
    expect $status timeout 10 "$islet" check "$1"
    same "$1" before
    rm before
    no_traces "$1"
    [ "$2" = accept ] && { silent err.txt; return; }
    for line in $(echo "$3" | tr ';' ' '); do
        grep -qE ":($line):" err.txt || { fail "$1: line $line is not named but:"; head -5 err.txt; }
    done
    grep -qE -- "$4" err.txt || { fail "$1: the message lacks /$4/ but says:"; head -5 err.txt; }
}

cases=0
while IFS= read -r row; do
    # fields may be empty, which IFS=tab would swallow
    file=${row%%"$tab"*} row=${row#*"$tab"}
    expected=${row%%"$tab"*} row=${row#*"$tab"}
    lines=${row%%"$tab"*} row=${row#*"$tab"}
    words=${row%%"$tab"*}
    judge "$bad/$file" "$expected" "$lines" "$words" </dev/null
    cases=$((cases + 1))
done <"$bad/manifest.tsv"
[ $cases -gt 100 ] || fail "only $cases cases in the manifest"

# a protocol that is refused is refused by run too, and nothing is written
for file in "$bad"/yaml_n_zero.yaml "$bad"/yaml_many_errors.yaml "$bad"/yaml_alias_bomb.yaml; do
    expect 3 timeout 10 "$islet" run "$file" --out study.db --report study.html
    no_traces "$file"
done

# large ones are made here: a text, a key, nested lists, a file above the limit
control=$bad/control_protocol.yaml
long=$(head -c 100000 /dev/zero | tr '\0' n)
open=$(head -c 5000 /dev/zero | tr '\0' '[')
{ sed '/^title:/d' "$control"; echo "title: $long"; } >made.yaml
judge made.yaml error "" "long|limit"
{ cat "$control"; echo "$long: 1"; } >made.yaml
judge made.yaml error "" "long|limit|key"
{ cat "$control"; echo "x: $open"; } >made.yaml
judge made.yaml error "" "depth|nest"
{ cat "$control"; for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "# $long"; done; } >made.yaml
judge made.yaml error "" "limit"

# what is no regular file
expect 5 timeout 10 "$islet" check /dev/zero
says err.txt "regular file"
expect 5 timeout 10 "$islet" check .
says err.txt "folder"
expect 5 timeout 10 "$islet" check absent.yaml
says err.txt "absent.yaml"

# every file printed in the documentation
blocks=$(grep -c '^```yaml$' "$source/docs/formats.md")
[ "$blocks" -gt 2 ] || fail "docs/formats.md shows $blocks files"
for block in $(seq "$blocks"); do
    awk -v want="$block" '/^```yaml$/ { n++; inside = 1; next } /^```$/ { inside = 0 } inside && n == want' \
        "$source/docs/formats.md" >made.yaml
    judge made.yaml accept "" ""
done
finish
