#!/usr/bin/env bash
# The main job on real pictures: a measured model in one command, then looking at it and searching.
#   scripts/demo.sh PROGRAM DATA FOLDER
set -euo pipefail
program=$1 data=$2 folder=$3
model=$folder/model
started=$SECONDS
step() { printf '\n== %s\n' "$1"; }

mkdir -p "$folder"
step "1/5 a model of '$data' (interrupted, it goes on where it stopped)"
"$program" fit "$data" --out "$model" --overwrite
step "2/5 captions that look wrong"
"$program" audit "$model" --out "$folder/audit.html" --count 3
step "3/5 figures for print"
"$program" figures "$model" --out "$folder/figures"
step "4/5 a map of the space to explore"
"$program" map "$model" --out "$folder/atlas.html"
step "5/5 searching: \"a dog running on grass\""
"$program" search "$model" "a dog running on grass" -k 5

printf '\nDone in %d s. Look at:\n' $((SECONDS - started))
printf '  %s\n' "$model/report.html" "$folder/atlas.html" "$folder/audit.html" "$folder/figures" "$model/README.md"
printf 'Search on: %s search %s "your words"\n' "$program" "$model"
