#!/usr/bin/env bash
# Configures once and builds: scripts/build.sh PRESET TARGET
# Prints one line with a count, on a terminal rewritten in place; the compiler's output if it fails or warns.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1:-release}
target=${2:-all}
folder=build
[[ $preset == release ]] || folder=build-$preset
mkdir -p "$folder"
if [[ ! -f $folder/build.ninja ]]; then
  log=$folder/configure.log
  cmake --preset "$preset" > "$log" 2>&1 || { cat "$log" >&2; exit 2; }
fi

# Of ninja's lines, "[12/89] Building ...", shows the counts in one line of the terminal.
show_count() {
  local line
  while IFS= read -r line; do
    if [[ -t 1 && $line =~ ^\[([0-9]+)/([0-9]+)\] ]]; then
      printf '\rbuilding %s: %s of %s steps\033[K' "$target" "${BASH_REMATCH[1]}" "${BASH_REMATCH[2]}"
    fi
  done
  if [[ -t 1 ]]; then printf '\r\033[K'; fi
}

log=$folder/build.log
status=0
cmake --build "$folder" --parallel "$(nproc)" --target "$target" 2>&1 | tee "$log" | show_count || status=$?
if [[ $status -ne 0 ]] || grep -q 'warning:' "$log"; then cat "$log" >&2; fi
steps=$(grep -cE '^\[[0-9]+/[0-9]+\]' "$log" || true)
if [[ $status -eq 0 && $steps -gt 0 ]]; then printf 'built %s: %s steps, %s s\n' "$target" "$steps" "$SECONDS"; fi
exit "$status"
