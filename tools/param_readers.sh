#!/bin/sh
# Writes, for every parameter of the model, the files that read it: "key <tab> file, file". Part of the build; `islet params`
# shows it.
#   tools/param_readers.sh ROOT OUT
root=$1 out=$2
sh "$root/tools/reads.sh" "$root" | awk -v list="$root/src/base/params.def" '
    { readers[$1] = readers[$1] ? readers[$1] ", " $2 : $2 }
    END {
        while ((getline line < list) > 0) {
            if (line !~ /^PARAM\(/) continue
            key = line
            sub(/^PARAM\(/, "", key)
            sub(/,.*/, "", key)
            print key "\t" readers[key]
        }
    }' >"$out.new" && mv "$out.new" "$out"
