#!/usr/bin/env bash
# Removes what 'make install PREFIX=DIR' installed, also after DIR was moved: scripts/uninstall.sh DIR
# Only files of DIR/share/tandem/installed_files.txt are removed. Others, and folders that still hold some, stay.
set -euo pipefail

die() { printf 'uninstall: %s\n' "$*" >&2; exit 2; }

[[ $# == 1 ]] || die "expected the folder that was the PREFIX of 'make install', found $# words."
prefix=${1%/}
list=$prefix/share/tandem/installed_files.txt
[[ -f $list ]] || die "$list: expected the list that 'make install' leaves, found none."
mapfile -t files < "$list"
for file in "${files[@]}"; do
  [[ $file != /* && /$file/ != */../* ]] || die "$list: expected paths below $prefix, found $file."
done

cd "$prefix"
rm -f -- "${files[@]}"
while read -r folder; do
  # Folders that other programs use too are left to them.
  [[ /$folder/ == */tandem/* || ($prefix != /usr && $prefix != /usr/local) ]] || continue
  [[ $folder == . ]] || rmdir --ignore-fail-on-non-empty -p -- "$folder" 2>/dev/null || true
done < <(printf '%s\n' "${files[@]}" | xargs -r -d '\n' dirname -- | sort -ru)
echo "uninstall: ${#files[@]} files removed from $prefix"
