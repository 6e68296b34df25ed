"""Completes command lines in the shells themselves: completion_test.py bash|zsh|fish --tandem build/tandem

What a person would type and press Tab after is given to bash's own machinery (COMP_WORDS as bash splits words), to
zsh's completion on a pseudo-terminal, and to fish's `complete --do-complete`.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from pseudo_terminal import Terminal

# What is typed, words that must be offered, words that must not be.
CASES = (
    ("tandem tr", {"train"}, {"encode", "map"}),
    ("tandem ", {"encode", "train", "help", "completion"}, {"a.txt"}),
    ("tandem train --wid", {"--width"}, {"--weight-decay"}),
    ("tandem train features --loss s", {"siglip", "soft-target"}, {"dcl", "a.txt"}),
    ("tandem encode --dtype ", {"auto", "fp32", "bf16", "fp16"}, {"a.txt"}),
    ("tandem encode --out f --data fl", {"flickr8k:", "flickr30k:"}, {"csv:"}),
    ("tandem data c", {"csv:", "coco:", "captions.csv"}, {"a.txt"}),
    ("tandem eval run --split t", {"train", "test"}, {"dev"}),
    ("tandem help sea", {"search"}, {"train"}),
    ("tandem completion ", {"bash", "zsh", "fish"}, {"a.txt"}),
    ("tandem search a", {"a.txt"}, {"audit"}),
    ("tandem map run --out a", {"a.txt"}, {"audit"}),
    ("tandem --log log.txt tr", {"train"}, {"encode"}),
)
BASH_CASES = (
    ("tandem encode --data=fl", {"flickr8k:"}, {"csv:"}),
    ("tandem encode --data csv:cap", {"captions.csv"}, {"a.txt", "csv:captions.csv"}),
    ("tandem data openclipart: --st", {"--strict"}, {"captions.csv"}),
    ("tandem train --epochs ", set(), {"a.txt"}),
)


def script_of(tandem, shell):
    return subprocess.run([tandem, "completion", shell], check=True, capture_output=True, text=True).stdout


def files_in(folder):
    for name in ("a.txt", "captions.csv", "two words.txt"):
        (folder / name).write_text("")


def check(shell, typed, offered, wanted, unwanted):
    missing = sorted(wanted - offered)
    assert not missing, f"{shell}: after {typed!r} {missing} is missing from {sorted(offered)[:20]}"
    assert not unwanted & offered, f"{shell}: after {typed!r} there is {sorted(unwanted & offered)}"


def bash_words(typed):
    """The words as bash splits a line before completion: at blanks, and at : and =, which are words of their own."""
    words = []
    for word in typed.split(" "):
        words += [part for part in re.split(r"([:=]+)", word) if part] or [""]
    return words


def bash(tandem, folder):
    script = folder / "tandem.bash"
    script.write_text(script_of(tandem, "bash"))
    for typed, wanted, unwanted in (*CASES, *BASH_CASES):
        quoted = " ".join("'" + word + "'" for word in bash_words(typed))
        said = subprocess.run(
            [
                *("bash", "--norc", "-c"),
                f"source {script}; set -u; COMP_LINE='{typed}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({quoted}); "
                'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _tandem; printf "%s\\n" "${COMPREPLY[@]}"',
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
        )
        assert not said.stderr, said.stderr
        check("bash", typed, set(said.stdout.splitlines()) - {""}, wanted, unwanted)
    press_tab_in_bash(tandem, folder, script)


def press_tab_in_bash(tandem, folder, script):
    """The same by readline, with names that have blanks."""
    environment = {"PS1": "ready> ", "INPUTRC": "/dev/null", "PATH": f"{tandem.parent}:{os.environ['PATH']}"}
    os.chdir(folder)
    terminal = Terminal(["bash", "--norc", "--noprofile", "-i"], 200, environment, everything=True)
    terminal.wait_for("ready> ")
    terminal.type(f"source {script}; echo so''urced\n")
    terminal.wait_for("sourced\r?\n")
    for typed, completed in (
        ("tandem compl", r"tandem completion "),
        ("tandem encode --data csv:capt", r"csv:captions\.csv "),
        ("tandem search tw", r"tandem search two\\ words\.txt "),
        ("tandem train --patie", r"tandem train --patience "),
    ):
        at = len(terminal.shown)
        terminal.type(typed + "\t")
        terminal.wait_for(re.escape(terminal.shown[:at]) + "(?s:.*)" + completed, seconds=20)
        terminal.type("\x15")  # clears the line
    terminal.type("exit\n")
    terminal.finish(20)


ZSH_RC = """
autoload -Uz compinit
compinit -u -D
source {script}
zstyle ':completion:*' list-prompt ''
setopt NO_LIST_BEEP NO_BEEP
LISTMAX=10000
PS1='ready> '
"""


def zsh(tandem, folder):
    """Lists the choices with Ctrl-D, and completes one."""
    script = folder / "_tandem"
    script.write_text(script_of(tandem, "zsh"))
    subprocess.run(["zsh", "-n", script], check=True)
    (folder / ".zshrc").write_text(ZSH_RC.format(script=script))
    files_in(folder)
    os.chdir(folder)
    for typed, wanted, unwanted in CASES[:-1]:
        terminal = Terminal(["zsh", "-i"], 200, {"ZDOTDIR": str(folder), "HOME": str(folder)}, everything=True)
        terminal.wait_for("ready> ")
        at = len(terminal.shown)
        terminal.type(typed)
        terminal.type("\x04" if len(wanted) > 1 else "\t")
        for word in wanted:
            terminal.wait_for(re.escape(terminal.shown[:at]) + r"(?s:.*)" + re.escape(word), seconds=20)
        offered = set(re.findall(r"[\w.:-]+", terminal.shown[at:]))
        check("zsh", typed, offered | wanted, wanted, unwanted)
        terminal.type("\x15\x04exit\n")
        terminal.process.kill()
        terminal.finish(20)


def fish(tandem, folder):
    script = folder / "tandem.fish"
    script.write_text(script_of(tandem, "fish"))
    subprocess.run(["fish", "--no-execute", script], check=True)
    for typed, wanted, unwanted in CASES[:-1]:
        said = subprocess.run(
            ["fish", "--no-config", "-c", f"source {script}; complete --do-complete '{typed}'"],
            check=True,
            capture_output=True,
            text=True,
            cwd=folder,
            env={**os.environ, "HOME": str(folder)},
        )
        check("fish", typed, {line.split("\t")[0] for line in said.stdout.splitlines()}, wanted, unwanted)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shell", choices=("bash", "zsh", "fish"))
    parser.add_argument("--tandem", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    if shutil.which(arguments.shell) is None:
        print(f"SKIPPED: no {arguments.shell} on this machine")
        return
    with tempfile.TemporaryDirectory() as folder:
        files_in(pathlib.Path(folder))
        globals()[arguments.shell](arguments.tandem.resolve(), pathlib.Path(folder).resolve())


if __name__ == "__main__":
    main()
