"""Runs clang-tidy (.clang-tidy) over the sources that changed, or over all of them.

    python3 scripts/tidy.py                  # what the last commit and the working tree change
    python3 scripts/tidy.py --since v0.1     # what was changed since
    python3 scripts/tidy.py --all            # everything; takes long
    python3 scripts/tidy.py tandem/losses    # what lies there

Sources are checked as they are compiled, several of a folder as one, without precompiled headers,
which clang does not share with gcc. A header is checked with the source of its name. --seconds
bounds the time: no source is begun after it, and the number of those left out is printed.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build-tidy"


def configure():
    if (BUILD / "compile_commands.json").exists() and up_to_date():
        return
    options = [
        "CMAKE_BUILD_TYPE=Release",
        "CMAKE_DISABLE_PRECOMPILE_HEADERS=ON",
        "CCACHE_PROGRAM=CCACHE_PROGRAM-NOTFOUND",
    ]
    run = subprocess.run(
        ["cmake", "-S", ROOT, "-B", BUILD, "-G", "Ninja", *[f"-D{option}" for option in options]],
        capture_output=True,
        text=True,
    )
    if run.returncode != 0:
        sys.exit(f"tidy: the build cannot be configured:\n{run.stderr}")
    # Sources that the build makes.
    subprocess.run(["ninja", "-C", BUILD, "layers/figures/page_sources.cpp"], check=True, stdout=subprocess.DEVNULL)


def up_to_date():
    made = (BUILD / "compile_commands.json").stat().st_mtime
    lists = subprocess.run(
        ["git", "ls-files", "*CMakeLists.txt", "*.cmake"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return all((ROOT / name).stat().st_mtime < made for name in lists.stdout.split() if (ROOT / name).exists())


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True).stdout.split()


def changed_files(since):
    """What differs from that commit, working tree included; nothing if the history does not have it."""
    return git("diff", "--name-only", since)


def sources_of_units():
    """Compiled file -> the sources in it, relative to the root."""
    units = {}
    for entry in json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8")):
        unit = pathlib.Path(entry["file"])
        if unit.name.startswith("unity_"):
            names = re.findall(r'#include "([^"]+)"', unit.read_text(encoding="utf-8"))
        else:
            names = [str(unit)]
        units[unit] = [os.path.relpath(name, ROOT) for name in names]
    return {unit: names for unit, names in units.items() if not all(name.startswith("build") for name in names)}


def chosen_units(units, files):
    headers = {name for name in files if name.endswith(".h")}
    chosen = []
    for unit, names in units.items():
        if any(name in files or str(pathlib.Path(name).with_suffix(".h")) in headers for name in names):
            chosen.append(unit)
    return chosen


def lies_in(name, places):
    return any(name == place or name.startswith(place + "/") for place in places)


def check(tool, unit, extra):
    run = subprocess.run([tool, "-p", BUILD, "--quiet", *extra, unit], capture_output=True, text=True)
    return run.returncode, run.stdout + (run.stderr if run.returncode and not run.stdout else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="*", help="files or folders instead of what changed")
    parser.add_argument("--all", action="store_true", help="everything")
    parser.add_argument("--since", default="HEAD~1", help="the commit that changes are counted from (HEAD~1)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no source after this time")
    installed = ROOT / ".venv/bin/clang-tidy"
    parser.add_argument(
        "--clang-tidy",
        default=str(installed) if installed.exists() else "clang-tidy",
        help="the program (requirements-test.txt)",
    )
    arguments = parser.parse_args()
    start = time.monotonic()
    configure()
    units = sources_of_units()
    if arguments.all:
        chosen = list(units)
    elif arguments.paths:
        places = [os.path.relpath(path, ROOT) for path in arguments.paths]
        chosen = [unit for unit, names in units.items() if any(lies_in(name, places) for name in names)]
    else:
        chosen = chosen_units(units, set(changed_files(arguments.since)))
    extra = ["--extra-arg=-Wno-everything", "--extra-arg=-fno-openmp"]  # clang comes without omp.h
    failed = left_out = 0

    def check_in_time(unit):
        return None if time.monotonic() - start > arguments.seconds else check(arguments.clang_tidy, unit, extra)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(check_in_time, chosen):
            if outcome is None:
                left_out += 1
            elif outcome[0] != 0:
                failed += 1
                print(outcome[1])
    words = f"clang-tidy: {len(chosen) - left_out} of {len(units)} compiled files"
    words += f"; {left_out} more changed ones are left to 'make tidy'" if left_out else ""
    print(words + (f"; {failed} with complaints" if failed else ", nothing found"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
