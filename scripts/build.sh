#!/usr/bin/env bash
# Configures once and builds: scripts/build.sh PRESET TARGET
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
folder=build
[[ $preset == release ]] || folder=build-$preset
log=$folder/configure.log
mkdir -p "$folder"
if [[ ! -f $folder/build.ninja ]]; then
  cmake --preset "$preset" > "$log" 2>&1 || { cat "$log" >&2; exit 2; }
fi
cmake --build "$folder" --parallel "$(nproc)" --target "${2:-all}"
