"""The Dockerfile is well formed, and its image has the packages that the programs link to: image_test.py PROGRAM...

Building the image needs a container engine; this test needs none.
"""

import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IN_EVERY_DEBIAN = {"libc6", "libgcc-s1"}


def listed_packages():
    lines = (ROOT / "scripts" / "debian_packages_run.txt").read_text().splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert names == sorted(set(names)), "debian_packages_run.txt: expected sorted names, each once"
    return set(names)


def output_of(*words):
    return subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout


def packages_of(program):
    """The Debian packages of the shared libraries that the program itself names; LibTorch is installed with it."""
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", output_of("readelf", "-d", program)))
    places = dict(re.findall(r"(\S+) => (/\S+)", output_of("ldd", program)))
    packages = set()
    for name in needed:
        # Debian 12 knows files of /usr/lib by this name or, where they came before the merge, without /usr.
        place = pathlib.Path(places[name]).resolve()
        for path in (place, pathlib.Path("/") / place.relative_to("/usr") if place.is_relative_to("/usr") else place):
            found = subprocess.run(["dpkg-query", "-S", path], capture_output=True, text=True)
            if found.returncode == 0:
                packages.add(found.stdout.split(":")[0])
                break
        else:
            assert "torch" in str(place) or "c10" in name, f"{name} is of no Debian package: {place}"
    return packages - IN_EVERY_DEBIAN


def check_dockerfile():
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text())
    steps = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    froms = [words for step, words in steps if step == "FROM"]
    assert froms == ["debian:12-slim AS build", "debian:12-slim"], froms
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    for step, words in steps:
        if step != "COPY" or words.startswith("--from="):
            continue
        for source in words.split()[:-1]:
            assert (ROOT / source).exists(), f"Dockerfile: COPY of {source}, which is not there"
            assert source not in ignored, f".dockerignore leaves out {source}, which the Dockerfile copies"
    assert {".git", ".venv", "build", "models"} <= set(ignored)
    hadolint = shutil.which("hadolint", path=f"{pathlib.Path(sys.executable).parent}") or shutil.which("hadolint")
    if hadolint is None:
        print("hadolint is not installed (requirements-test.txt)")
        return
    lint = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert lint.returncode == 0, lint.stdout + lint.stderr


def main():
    check_dockerfile()
    if shutil.which("dpkg-query") is None or shutil.which("readelf") is None:
        print("no Debian system: the packages of libraries are unknown")
        return
    needed = set().union(*(packages_of(pathlib.Path(program)) for program in sys.argv[1:]))
    missing = needed - listed_packages()
    assert not missing, f"scripts/debian_packages_run.txt lacks {', '.join(sorted(missing))}"


if __name__ == "__main__":
    main()
