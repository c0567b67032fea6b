#!/bin/sh
# Every parameter, and every value of a product, regimen or population file, is read somewhere in src/ (tools/reads.sh):
# a number that a user can set and that changes nothing would be a lie.
#   tools/check_params.sh [ROOT]
cd "${1:-$(dirname "$0")/..}" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

# lists made by PARAM(key, ...) in params.def and by ENTRY(key, ...) in a macro of a header
{
    sed -n "s|^PARAM(\([A-Za-z0-9_]*\),.*|\1 src/base/params.def|p" src/base/params.def
    for pair in PRODUCT_VALUES:src/therapy/product.h DEVICE_VALUES:src/therapy/product.h SIGNAL_VALUES:src/therapy/product.h HARM_VALUES:src/therapy/product.h REGIMEN_VALUES:src/therapy/product.h POPULATION_VALUES:src/patient/population.h CONDITIONING_VALUES:src/therapy/conditioning.h POPULATION_ALTERNATIVES:src/patient/population.h; do
        macro=${pair%%:*} header=${pair#*:}
        awk -v macro="$macro" -v header="$header" '
            $0 ~ "^#define " macro "\\(ENTRY\\)" { inside = 1; next }
            inside && /ENTRY\(/ { key = $0; sub(/^.*ENTRY\(/, "", key); sub(/,.*$/, "", key); print key, header " " macro }
            inside && !/\\$/ { inside = 0 }' "$header"
    done
} >"$work/keys"
[ -s "$work/keys" ] || { echo "no list of parameters was found"; exit 1; }
sh tools/reads.sh . | sed 's/ .*//' | sort -u >"$work/read"

status=0
while read -r key list; do
    grep -qx "$key" "$work/read" || { echo "$list: $key is never read; use it in the model or delete it"; status=1; }
done <"$work/keys"
[ $status = 0 ] && echo "parameters: all $(wc -l <"$work/keys") are read"
exit $status
