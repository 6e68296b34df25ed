"""Writes doc/commands.md from what `tandem --help` and `tandem COMMAND --help-all` print.

python3 scripts/make_command_reference.py build/tandem            # writes it
python3 scripts/make_command_reference.py build/tandem --check    # fails if the file says anything else
"""

import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "doc" / "commands.md"
HEAD = """# Commands

`tandem COMMAND --help` shows the options that most people need, `--help-all` all of them, as here. Made from the
program's own help by `python3 scripts/make_command_reference.py build/tandem`; do not edit it by hand.
"""


def help_of(program, *command):
    run = subprocess.run([program, *command, "--help-all"], check=True, capture_output=True, text=True)
    return run.stdout.replace(program, "tandem").rstrip()


def commands_of(text):
    """The commands, which stand in groups before the options of the program."""
    return re.findall(r"^  ([a-z]+)\b", text[: text.index("\nOptions:\n")], re.MULTILINE)


def page(program):
    whole = help_of(program)
    parts = [HEAD, f"## tandem\n\n```text\n{whole}\n```\n"]
    for command in commands_of(whole):
        parts.append(f"## tandem {command}\n\n```text\n{help_of(program, command)}\n```\n")
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="build/tandem")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    made = page(arguments.program)
    if not arguments.check:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made:
        print("doc/commands.md is what --help prints")
        return 0
    print(
        f"doc/commands.md is stale; run: python3 scripts/make_command_reference.py {arguments.program}", file=sys.stderr
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
