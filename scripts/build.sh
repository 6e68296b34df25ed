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

# Reads ninja's lines, "[12/89] Building ...", and shows the counts.
show_count() {
  local line count=
  while IFS= read -r line; do
    [[ $line =~ ^\[([0-9]+)/([0-9]+)\] ]] || continue
    count="${BASH_REMATCH[1]} of ${BASH_REMATCH[2]} steps"
    if [[ -t 1 ]]; then printf '\rbuilding %s: %s\033[K' "$target" "$count"; fi
  done
  if [[ -n $count && -t 1 ]]; then printf '\r'; fi
  if [[ -n $count ]]; then printf 'built %s: %s, %d s' "$target" "$count" "$SECONDS"; fi
  if [[ -n $count && -t 1 ]]; then printf '\033[K'; fi
  if [[ -n $count ]]; then printf '\n'; fi
}

log=$folder/build.log
status=0
cmake --build "$folder" --parallel "$(nproc)" --target "$target" 2>&1 | tee "$log" | show_count || status=$?
if [[ $status -ne 0 ]] || grep -q 'warning:' "$log"; then cat "$log" >&2; fi
exit "$status"
