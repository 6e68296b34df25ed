"""Gives every test case of a doctest program a ctest label: its test suite ("slow", "data", "gpu"), else "fast".

    python3 cmake/label_tests.py PROGRAM PREFIX OUT.cmake

One run of the program lists all cases; doctest's own ADD_LABELS runs it once per case.
"""

import pathlib
import subprocess
import sys
import xml.etree.ElementTree as ElementTree


def main():
    program, prefix, out = sys.argv[1:]
    listing = subprocess.run(
        [program, "--list-test-cases", "--reporters=xml"], check=True, capture_output=True, text=True
    )
    lines = []
    for case in ElementTree.fromstring(listing.stdout).iter("TestCase"):
        label = case.get("testsuite") or "fast"
        lines.append(f"set_tests_properties([==[{prefix}{case.get('name')}]==] PROPERTIES LABELS {label})\n")
    pathlib.Path(out).write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
