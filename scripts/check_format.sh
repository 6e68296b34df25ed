#!/usr/bin/env bash
# Refuses sources that clang-format (.clang-format) or ruff (ruff.toml) would change, and lines over 120 columns.
#   scripts/check_format.sh [FILES]          all tracked files, or these
#   scripts/check_format.sh --fix [FILES]    changes them
set -euo pipefail
export LC_ALL=C.UTF-8  # columns, not bytes
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tool() {
  if [[ -x .venv/bin/$1 ]]; then
    echo ".venv/bin/$1"
  else
    command -v "$1" || { echo "check_format: $1 is missing; 'make test' installs it (requirements-test.txt)" >&2; exit 2; }
  fi
}
clang_format=$(tool clang-format)
ruff=$(tool ruff)
fix=0
[[ ${1:-} == --fix ]] && { fix=1; shift; }
if [[ $# -gt 0 ]]; then
  all=("$@")
else
  mapfile -t all < <(git ls-files '*.cpp' '*.h' '*.py' 2>/dev/null ||
    find apps benchmarks cmake examples scripts tandem tests -name '*.cpp' -o -name '*.h' -o -name '*.py')
fi
cpp=() py=()
for file in "${all[@]}"; do
  [[ -f $file ]] || continue
  case $file in
    *.cpp | *.h) cpp+=("$file") ;;
    *.py) py+=("$file") ;;
  esac
done
status=0
if [[ ${#cpp[@]} -gt 0 ]]; then
  if [[ $fix == 1 ]]; then
    "$clang_format" -i "${cpp[@]}"
  else
    "$clang_format" --dry-run -Werror "${cpp[@]}" || status=1
  fi
  if grep -nE '^.{121,}' "${cpp[@]}" /dev/null; then
    echo "check_format: the lines above are longer than 120 columns" >&2
    status=1
  fi
fi
if [[ ${#py[@]} -gt 0 ]]; then
  if [[ $fix == 1 ]]; then
    "$ruff" format --quiet "${py[@]}"
    "$ruff" check --quiet --fix "${py[@]}" || status=1
  else
    "$ruff" format --quiet --check "${py[@]}" || { echo "check_format: ruff would format Python differently" >&2; status=1; }
    "$ruff" check --quiet "${py[@]}" || status=1
  fi
fi
[[ $status == 0 ]] && echo "format: ${#cpp[@]} C++ and ${#py[@]} Python files are as clang-format and ruff leave them"
exit $status
