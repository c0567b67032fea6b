#!/bin/sh
# A file includes only from base/, stats/, its own stage and the stages to its left; leaves see only islet.h.
#   tools/check_layers.sh [ROOT]      prints every include that points the wrong way and exits 1
cd "${1:-$(dirname "$0")/..}" || exit 2
status=0
stages="patient therapy physiology trial evidence store report"

# place of a stage in the way of the data; base and stats come before all of them
place() {
    case $1 in base) echo 0; return ;; stats) echo 1; return ;; esac
    number=2
    for stage in $stages; do
        [ "$stage" = "$1" ] && { echo $number; return; }
        number=$((number + 1))
    done
    echo none
}

wrong() {
    printf '%s: includes "%s"; %s\n' "$1" "$2" "$3"
    status=1
}

for folder in src/*/; do
    stage=$(basename "$folder")
    own=$(place "$stage")
    [ "$own" = none ] && { echo "src/$stage: no stage of the way of the data; add it to tools/check_layers.sh or move it"; status=1; continue; }
    for file in "$folder"*.c "$folder"*.h "$folder"*.def; do
        [ -f "$file" ] || continue
        for target in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
            [ "$target" = islet.h ] && continue
            other=$(place "${target%%/*}")
            if [ "$other" = none ] || [ ! -f "src/$target" ]; then
                wrong "$file" "$target" "write it as stage/file.h, from a stage of src/"
            elif [ "$other" -gt "$own" ]; then
                wrong "$file" "$target" "$stage comes before ${target%%/*}"
            fi
        done
    done
done

for file in cli/*.c cli/*.h examples/*.c; do
    [ -f "$file" ] || continue
    for target in $(sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' "$file"); do
        [ "$target" = islet.h ] && continue
        case $file:$target in
        examples/*) wrong "$file" "$target" "examples see only islet.h" ;;
        *) [ -f "cli/$target" ] || wrong "$file" "$target" "the command sees only islet.h and its own files" ;;
        esac
    done
done
[ $status = 0 ] && echo "layers: every include points to the left"
exit $status
