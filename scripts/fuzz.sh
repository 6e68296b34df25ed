#!/bin/sh
# Fuzzes every reader under AddressSanitizer and UndefinedBehaviorSanitizer, with clang's libFuzzer.
#
#   scripts/fuzz.sh [SECONDS a target, 600] [TARGETS, all]
#
# Needs clang and its runtime (Debian: clang libclang-rt-dev), and what make setup installs. What it finds is left in build-fuzz/found/.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-600}
[ $# -gt 0 ] && shift
command -v clang++ >/dev/null || { echo "fuzz.sh: needs clang++ (apt install clang libclang-rt-dev)" >&2; exit 2; }
mkdir -p build-fuzz
cmake -S . -B build-fuzz -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
  -DTANDEM_SANITIZE=ON -DTANDEM_FUZZ=ON -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >build-fuzz/configure.log 2>&1 || { cat build-fuzz/configure.log >&2; exit 2; }
targets=${*:-$(ls tests/fuzz | sed -n 's/_fuzz\.cpp$//p')}
failed=
for target in $targets; do
  cmake --build build-fuzz --target "${target}_fuzz" >build-fuzz/build.log || { tail -n 20 build-fuzz/build.log >&2; exit 2; }
  mkdir -p "build-fuzz/corpus/$target" build-fuzz/found
  echo "$target, $seconds s"
  if ! ASAN_OPTIONS=detect_leaks=0:detect_odr_violation=0 "build-fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 \
       -artifact_prefix="build-fuzz/found/$target-" -seed_inputs="@build-fuzz/seeds/$target" "build-fuzz/corpus/$target" 2>"build-fuzz/$target.log"; then
    failed="$failed $target"
  fi
  tail -n 2 "build-fuzz/$target.log"
done
[ -z "$failed" ] || { echo "fuzz.sh: found faults in:$failed; see build-fuzz/found/" >&2; exit 1; }
