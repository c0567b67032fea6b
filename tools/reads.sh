#!/bin/sh
# Prints "key stage/file" for every member that the sources read: an occurrence of .key or ->key that is not the target
# of an assignment, outside comments. The tests and `islet params` ask it who reads a parameter.
#   tools/reads.sh [ROOT]
cd "${1:-$(dirname "$0")/..}/src" || exit 2
export LC_ALL=C
awk '
    # comments out: the rest of a /* goes on over lines
    FNR == 1 { inside = 0 }
    {
        line = $0
        code = ""
        while (length(line)) {
            if (inside) {
                end = index(line, "*/")
                if (!end) { line = ""; break }
                line = substr(line, end + 2)
                inside = 0
            } else {
                start = index(line, "/*")
                if (!start) { code = code line; break }
                code = code substr(line, 1, start - 1) " "
                line = substr(line, start + 2)
                inside = 1
            }
        }
        sub(/\/\/.*/, "", code)
        while (match(code, /(\.|->)[A-Za-z_][A-Za-z0-9_]*/)) {
            key = substr(code, RSTART, RLENGTH)
            code = substr(code, RSTART + RLENGTH)
            sub(/^(\.|->)/, "", key)
            if (code ~ /^[ \t]*=[^=]/) continue
            if (!((key, FILENAME) in seen)) print key, FILENAME
            seen[key, FILENAME] = 1
        }
    }' */*.[ch] | sort
