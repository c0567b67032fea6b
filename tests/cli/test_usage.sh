#!/bin/sh
# Help, mistakes on the command line, and the texts made from the tables of verbs and options.
. "$(dirname "$0")/lib.sh"

# alone: about twenty lines with one example that can be run
expect 0 "$islet"
says out.txt "islet run examples/zimislecel.yaml"
lines=$(wc -l <out.txt)
[ "$lines" -ge 15 ] && [ "$lines" -le 30 ] || fail "islet alone prints $lines lines"
expect 0 "$islet" --help
expect 0 "$islet" help

# a verb that does not exist, or not yet, is named and refused
for verb in power cost cgm fit serve nonsense; do
    expect 2 "$islet" $verb
    says err.txt "unknown verb '$verb'"
    silent out.txt
done
expect 2 "$islet" rnu
says err.txt "did you mean 'run'?"

# options
expect 2 "$islet" run
says err.txt "takes PROTOCOL.yaml"
expect 2 "$islet" run a b
expect 2 "$islet" run a.yaml --sed 3
says err.txt "did you mean --seed?"
expect 2 "$islet" run a.yaml --dryrun
says err.txt "did you mean --dry-run?"
expect 2 "$islet" run a.yaml -x
expect 2 "$islet" params --resume
says err.txt "it belongs to: islet run"
expect 2 "$islet" run a.yaml --json --csv
says err.txt "choose one"
expect 2 "$islet" run a.yaml --seed
says err.txt "--seed needs a value"
expect 2 "$islet" run a.yaml --seed 1e3
says err.txt "write digits alone, such as --seed 7"
printf 'yi,vi\n1,2\n1.1,2\n1.2,2\n' >studies.csv
expect 0 "$islet" meta studies.csv --correlation -0.5
expect 2 "$islet" run a.yaml --json=1
says err.txt "takes no value"
expect 2 "$islet" run a.yaml --out -
for value in -1 1.5 0x10 18446744073709551616 seven '' ' 1' 1e3; do
    expect 2 "$islet" run a.yaml "--seed=$value"
    says err.txt "expected a whole number from 0"
done
for value in 0 -1 31 0,5 1e400 nan inf .5 5. ''; do
    expect 2 "$islet" run a.yaml "--years=$value"
    says err.txt "--years: found '$value'"
done
for value in 0 10000001 1.5 many; do expect 2 "$islet" run a.yaml --patients "$value"; done
for value in 0 4097 -1; do expect 2 "$islet" run a.yaml --threads "$value"; done
expect 2 "$islet" run a.yaml --engine warp
says err.txt "this machine has:"
expect 5 "$islet" run --seed 1 -- --seed
says err.txt "--seed"

# help of every verb, the manual page and completion name every option
for verb in $("$islet" help --csv | sed -n 's/^\([a-z]*\),,.*/\1/p'); do
    expect 0 "$islet" help $verb
    says out.txt "islet $verb"
    says out.txt "--json"
    expect 0 "$islet" $verb --help
done
expect 2 "$islet" help nonsense
expect 2 "$islet" help nonsense --json
expect 0 "$islet" help run --csv
[ "$(sed 1d out.txt | cut -d, -f1 | sort -u)" = run ] || fail "help run --csv is not about run alone"
for page in man bash zsh; do
    expect 0 "$islet" help $page
    cp out.txt page.$page
done
for option in $("$islet" help --csv | sed -n 's/^[a-z]*,--\([a-z-]*\),.*/\1/p' | sort -u); do
    says page.bash "--$option"
    says page.zsh "--$option["
    says page.man "$(printf %s "--$option" | sed 's/-/\\-/g')"
done
command -v bash >/dev/null && { bash -n page.bash || fail "the completion of bash is not bash"; }
command -v zsh >/dev/null && { zsh -n page.zsh || fail "the completion of zsh is not zsh"; }
command -v groff >/dev/null && { [ -z "$(groff -man -Tutf8 -ww -z page.man 2>&1)" ] || fail "groff has something to say about the manual page"; }

# no output takes the place of what is read, or of another output, however the name is written; devices are shared
cp "$source/data/evidence/outcomes.csv" rows.csv
cp "$source/examples/zimislecel.yaml" trial.yaml
cp "$source/tests/badinputs/control_studies.csv" studies.csv
ln -s studies.csv link.csv
mkdir folder
for command in "evidence rows.csv --csv --out rows.csv" "check trial.yaml --out ./trial.yaml" "meta studies.csv --out link.csv" \
    "meta studies.csv --report folder/../studies.csv" "meta studies.csv --out x.html --report folder/../x.html" \
    "screen trial.yaml --protocol trial.yaml --out trial.yaml" "run trial.yaml --dry-run --out study.db --report ./study.db" \
    "run trial.yaml --params studies.csv --report studies.csv" "claims rows.csv --report rows.csv"; do
    # shellcheck disable=SC2086 # words on purpose
    expect 2 "$islet" $command
    says err.txt "choose another name"
done
same rows.csv "$source/data/evidence/outcomes.csv"
same trial.yaml "$source/examples/zimislecel.yaml"
same studies.csv "$source/tests/badinputs/control_studies.csv"
absent x.html study.db
expect 0 "$islet" meta studies.csv --out /dev/null --report report.html
expect 0 "$islet" params portal_potency --out portal_potency # a name of a thing is no file that is read

# a link leads an output to its place, also where nothing is there yet
mkdir place
ln -s place/later.csv dangling.csv
expect 0 "$islet" params portal_potency --csv --out dangling.csv
present place/later.csv
[ -L dangling.csv ] || fail "the link is gone"
expect 0 "$islet" params portal_potency --json --out dangling.csv
[ -L dangling.csv ] || fail "the link to a file is gone"

# version and help as data
for verb in version help doctor params products; do
    expect 0 "$islet" $verb --json
    is_json out.txt
    says out.txt "\"schema\":\"islet.$verb/1\""
    expect 0 "$islet" $verb --csv
done
finish
