#!/usr/bin/env bash
# The main job on real pictures: encode, train, measure, look, search.
#   scripts/demo.sh PROGRAM DATA FOLDER
set -euo pipefail
program=$1 data=$2 folder=$3
features=$folder/features heads=$folder/heads linear=$folder/linear run=$folder/run
started=$SECONDS
step() { printf '\n== %s\n' "$1"; }

mkdir -p "$folder"
step "1/6 encoding pictures and captions of '$data' once (interrupted, it goes on where it stopped)"
"$program" encode --data "$data" --out "$features" --overwrite
step "2/6 learning the shared space"
"$program" train "$features" --out "$heads" --overwrite
"$program" cca "$features" --out "$linear" --overwrite
"$program" ensemble "$heads" "$linear" --out "$run" --weights dev --overwrite
step "3/6 measuring retrieval on the test split"
"$program" eval "$run"
step "4/6 drawing maps of the space"
"$program" map "$run" --method pca --out "$folder/map_pca.png"
"$program" map "$run" --method tsne --out "$folder/map_tsne.png" --out "$folder/atlas.html"
step "5/6 pairs aligned best, nearly and worst"
"$program" examples "$run" --out "$folder/examples.html"
step "6/6 searching: \"a dog running on grass\""
"$program" search "$run" "a dog running on grass" -k 5

printf '\nDone in %d s. Look at:\n' $((SECONDS - started))
printf '  %s\n' "$folder/atlas.html" "$folder/map_tsne.png" "$folder/map_pca.png" "$folder/examples.html" "$heads/curves.svg"
printf 'Search on: %s search %s "your words"\n' "$program" "$run"
