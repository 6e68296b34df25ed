"""Has another project link to tandem, and runs what it built.

install_test.py find_package ...      installs what is built; the project and examples/cpp link to that
install_test.py add_subdirectory ...  the project builds tandem's losses from these sources
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "examples"))

import trained_shapes  # noqa: E402

OWN_FLAGS = ("-Wall", "-Wshadow", "-fopenmp", "-fno-math-errno")  # none of them may reach another project


def output_of(*words, **options):
    run = subprocess.run(list(map(str, words)), capture_output=True, text=True, **options)
    assert run.returncode == 0, f"{words} ended with exit code {run.returncode}:\n{run.stdout}\n{run.stderr}"
    return run.stdout


class Project:
    """A folder of sources with a CMakeLists.txt, configured in a folder of its own."""

    def __init__(self, arguments, source, folder, *options):
        self.cmake, self.folder = arguments.cmake, folder
        output_of(
            *(self.cmake, "-S", source, "-B", folder, "-G", arguments.generator),
            *(f"-DCMAKE_CXX_COMPILER={arguments.compiler}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON"),
            *("-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_CXX_FLAGS_DEBUG=-O0"),
            *options,
        )

    def build(self, target):
        output_of(self.cmake, "--build", self.folder, "--target", target)

    def flags_of(self, source):
        commands = json.loads((self.folder / "compile_commands.json").read_text())
        (command,) = [entry["command"] for entry in commands if entry["file"].endswith(source)]
        return command.split()


def check_consumer(project):
    project.build("consumer")
    leaked = [flag for flag in OWN_FLAGS if flag in project.flags_of("consumer.cpp")]
    assert not leaked, f"{leaked} reach a project that links to tandem"
    said = output_of(project.folder / "consumer")
    paired, exchanged = map(float, re.fullmatch(r"paired (\S+), exchanged (\S+)\n", said).groups())
    assert paired < 1 < exchanged, said


def check_program(prefix, libtorch_installed, folder):
    """The installed program runs, and loads and starts what was installed with it."""
    program = prefix / "bin" / "tandem"
    bare = {"PATH": os.environ["PATH"]}
    assert output_of(program, "--version", env=bare).startswith("tandem ")
    loaded = re.findall(r"(lib(?:torch|c10|gomp)\S*) => (\S+)", output_of("ldd", program, env=bare))
    assert {"libtorch_cpu.so", "libc10.so"} <= {name for name, _ in loaded}, loaded
    if libtorch_installed:
        outside = [path for _, path in loaded if not pathlib.Path(path).resolve().is_relative_to(prefix.resolve())]
        assert not outside, f"loaded from outside of {prefix}: {outside}"

    table, _ = trained_shapes.write_pictures(folder)
    drawer = prefix / "libexec" / "tandem" / "tandem_draw"
    output_of(*trained_shapes.encode_command(program, table, folder / "features"), env=bare)
    drawer.rename(drawer.with_suffix(".aside"))
    drawer.symlink_to("/bin/false")  # so that the error names the program that was started
    command = trained_shapes.encode_command(program, table, folder / "again")
    refused = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=bare)
    assert f"{drawer}: expected the program that draws SVG" in refused.stderr, refused.stderr
    drawer.unlink()
    drawer.with_suffix(".aside").rename(drawer)


def find_package(arguments, folder):
    prefix = folder / "prefix"
    output_of(arguments.cmake, "--install", arguments.build, "--prefix", prefix)
    for name in (
        *("lib/libtandem_losses.a", "include/tandem/model/model.h", "lib/cmake/tandem/tandemConfig.cmake"),
        *("share/doc/tandem/LICENSE", "share/doc/tandem/doc/building.md"),
        *("share/bash-completion/completions/tandem", "share/zsh/site-functions/_tandem"),
        *("share/fish/vendor_completions.d/tandem.fish", "share/tandem/installed_files.txt"),
    ):
        assert (prefix / name).is_file(), f"{name} was not installed"
    check_program(prefix, arguments.libtorch_installed, folder / "drawn")

    options = [f"-DCMAKE_PREFIX_PATH={prefix}"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    check_consumer(Project(arguments, HERE / "consumer", folder / "consumer", *options))
    examples = Project(arguments, ROOT / "examples" / "cpp", folder / "examples", *options)
    examples.build("example_embed_and_search")
    run, pictures = trained_shapes.train(prefix / "bin" / "tandem", folder / "trained")
    said = output_of(examples.folder / "example_embed_and_search", run, pictures, "a red ball")
    assert "60 pictures" in said and "red-ball" in said, said
    check_uninstall(prefix, arguments.libtorch_installed, folder)


def check_uninstall(prefix, libtorch_installed, folder):
    """A moved installation works; what is not of tandem survives its removal."""
    moved = folder / "moved here"
    prefix.rename(moved)
    if libtorch_installed:
        assert output_of(moved / "bin" / "tandem", "--version", env={"PATH": "/usr/bin"}).startswith("tandem ")
    listed = (moved / "share" / "tandem" / "installed_files.txt").read_text().splitlines()
    there = sorted(str(path.relative_to(moved)) for path in moved.rglob("*") if not path.is_dir())
    assert sorted(listed) == there, set(listed) ^ set(there)
    (moved / "share" / "other").write_text("of another program")
    said = output_of(ROOT / "scripts" / "uninstall.sh", moved)
    assert f"{len(there)} files removed" in said, said
    assert [str(path.relative_to(moved)) for path in sorted(moved.rglob("*"))] == ["share", "share/other"]
    again = subprocess.run([ROOT / "scripts" / "uninstall.sh", moved], capture_output=True, text=True)
    assert again.returncode == 2 and "expected the list that 'make install' leaves" in again.stderr, again.stderr
    hostile = moved / "share" / "tandem"
    hostile.mkdir()
    (hostile / "installed_files.txt").write_text("share/other\n../outside\n")
    (folder / "outside").write_text("")
    again = subprocess.run([ROOT / "scripts" / "uninstall.sh", moved], capture_output=True, text=True)
    assert again.returncode == 2 and "found ../outside" in again.stderr, again.stderr
    assert (folder / "outside").exists() and (moved / "share" / "other").exists()


def add_subdirectory(arguments, folder):
    project = Project(arguments, HERE / "consumer", folder / "consumer", f"-DTANDEM_SOURCE={ROOT}")
    assert not (project.folder / "tandem" / "tests").exists(), "tests are defined in another project"
    check_consumer(project)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=("find_package", "add_subdirectory"))
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--generator", required=True)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="where tandem was built")
    parser.add_argument(
        "--libtorch-installed", type=int, required=True, help="1: LibTorch's libraries are installed too"
    )
    arguments = parser.parse_args()
    # The folder is the same each time, so that ccache finds what it compiled before.
    folder = arguments.build / "install-test" / arguments.way
    shutil.rmtree(folder, ignore_errors=True)
    try:
        globals()[arguments.way](arguments, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
