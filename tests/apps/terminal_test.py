"""What tandem says on a terminal and to a log: terminal_test.py CASE --tandem build/tandem"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

import numpy
from pseudo_terminal import Terminal, drawn_lines

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "examples"))

import trained_shapes  # noqa: E402

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S")


def output_of(*command, code=0):
    run = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert run.returncode == code, f"{command} ended with {run.returncode}:\n{run.stdout}\n{run.stderr}"
    return run


def features_in(tandem, folder, pictures=500):
    """Imported features of two widths with a hidden cause in common."""
    chance = numpy.random.default_rng(7)
    cause = chance.standard_normal((pictures, 6)).astype("f4")
    numpy.save(folder / "image.npy", cause @ chance.standard_normal((6, 24)).astype("f4"))
    numpy.save(folder / "text.npy", cause @ chance.standard_normal((6, 16)).astype("f4"))
    splits = [["train", "train", "train", "dev", "test"][i % 5] for i in range(pictures)]
    (folder / "split.txt").write_text("\n".join(splits) + "\n")
    output_of(
        *(tandem, "import", "--image", folder / "image.npy", "--text", folder / "text.npy"),
        *("--split", folder / "split.txt", "--out", folder / "features"),
    )
    return folder / "features"


def training(tandem, features, out, epochs):
    return [
        *(tandem, "train", features, "--out", out, "--epochs", str(epochs), "--batch-size", "16"),
        *("--hidden", "64", "--width", "24", "--threads", "1", "--patience", "0"),
    ]


def width(tandem, folder):
    """Progress lines fit the terminal, also after its size has changed."""
    features = features_in(tandem, folder)
    for columns in (80, 40):
        terminal = Terminal(training(tandem, features, folder / f"run{columns}", 60), columns)
        assert terminal.finish() == 0, terminal.shown
        live = [line for line in drawn_lines(terminal.shown) if line.startswith("epoch ")]
        assert live, terminal.shown
        assert max(map(len, live)) < columns, max(live, key=len)
        assert any("left" in line and "loss" in line for line in live), live[:3]
    terminal = Terminal(training(tandem, features, folder / "resized", 200), 120)
    terminal.wait_for("dev .* left")
    terminal.resize(50)
    at = len(terminal.shown)
    assert terminal.finish() == 0
    later = [line for line in drawn_lines(terminal.shown[at:]) if line.startswith("epoch ")]
    assert len(later) > 2
    assert max(map(len, later[2:])) < 50, "lines stay wide after the window has become narrow"


def quiet(tandem, folder):
    """With --quiet there is nothing but the result; errors are still told."""
    features = features_in(tandem, folder)
    loud = output_of(*training(tandem, features, folder / "loud", 2))
    assert "training on 300 pictures" in loud.stderr and "pairs/s" in loud.stdout
    terminal = Terminal([*training(tandem, features, folder / "run", 2), "--quiet"], out=subprocess.PIPE)
    assert terminal.finish() == 0
    assert terminal.shown == "", terminal.shown
    told = terminal.process.stdout.read().decode().splitlines()
    assert len(told) == 1 and "chosen on dev" in told[0], told
    before = output_of(tandem, "-q", "eval", folder / "none", code=2)
    assert before.stderr.startswith("tandem: ") and before.stderr.count("\n") == 1, before.stderr
    assert output_of(tandem, "train", "--quiet", "--widht", "3", code=2).stderr.startswith("tandem train: ")


def verbose(tandem, folder):
    """With --verbose the stages are told with their time and memory, on a terminal or not."""
    table, _ = trained_shapes.write_pictures(folder)
    run = output_of(*trained_shapes.encode_command(tandem, table, folder / "features"), "--verbose")
    lines = run.stderr.splitlines()
    assert lines[0].startswith("tandem ") and "encode --data" in lines[0], lines
    stage = r"encoding pictures: 60 of 60 pictures in \d+\.\d s; peak memory [\d,]+ MB"
    assert any(re.fullmatch(stage, line) for line in lines), lines
    assert re.fullmatch(r"encode: \d+\.\d s, \d+\.\d s of processor time, peak memory [\d,]+ MB", lines[-1]), lines
    assert json.loads(run.stdout)["images"] == 60
    assert "peak memory" not in output_of(tandem, "encoders").stderr


def log(tandem, folder):
    """The log gets every line with the time, after those of earlier commands."""
    features = features_in(tandem, folder)
    path = folder / "log.txt"
    terminal = Terminal([*training(tandem, features, folder / "run", 3), "--log", path], 100)
    assert terminal.finish() == 0
    output_of(tandem, "--quiet", *training(tandem, features, folder / "again", 2)[1:], "--log", path)
    output_of(tandem, "eval", folder / "none", "--log", path, code=2)
    output_of(tandem, "train", features, "--widht", "3", "--log", path, code=2)
    lines = path.read_text().splitlines()
    assert all(STAMP.match(line) for line in lines), lines
    assert "\033" not in path.read_text() and "\r" not in path.read_text()
    assert sum("training on 300 pictures" in line for line in lines) == 2, lines
    assert "tandem: " in lines[-2] and "none" in lines[-2], lines
    assert lines[-1].endswith("(did you mean '--width'?); see 'tandem train --help'"), lines
    refused = output_of(tandem, "encoders", "--log", folder / "no" / "log.txt", code=2)
    assert "log.txt: expected a file that --log can append to" in refused.stderr, refused.stderr


def stop(tandem, folder):
    """Ctrl-C tells that the work stops, what is kept and how to go on; pressed again it ends at once."""
    features = features_in(tandem, folder)
    path = folder / "log.txt"
    run = folder / "run"
    terminal = Terminal([*training(tandem, features, run, 5000), "--log", path], everything=True)
    terminal.wait_for("dev .* left")
    terminal.type("\x03")
    assert terminal.finish() == 128 + signal.SIGINT
    assert "stopping after this step" in terminal.shown, terminal.shown
    kept = f"tandem: interrupted by SIGINT: {run} keeps a checkpoint; go on with: tandem train --resume {run}"
    assert drawn_lines(terminal.shown)[-1] == kept, drawn_lines(terminal.shown)[-3:]
    assert path.read_text().splitlines()[-1][21:] == kept
    gallery = folder / "big"
    gallery.mkdir()
    big = features_in(tandem, gallery, 4000)
    output_of(*training(tandem, big, folder / "model", 1))
    page = folder / "map.png"
    drawing = [tandem, "map", folder / "model", "--out", page, "--split", "all", "--iterations", "100000"]
    terminal = Terminal(drawing)
    terminal.wait_for("iterations|steps|left")
    terminal.interrupt()
    assert terminal.finish() == 130, terminal.shown
    last = drawn_lines(terminal.shown)[-1]
    again = " ".join(map(str, drawing))
    expected = f"the map is not written, an older one is as it was; to do it again: {again}"
    assert last == f"tandem: interrupted by SIGINT: {expected}", last
    assert not page.exists()


def colours(tandem, folder):
    """Colours are for terminals without NO_COLOR, and are modest."""
    red, bold = "\033[1;31m", "\033[1m"

    def shown(*words, **environment):
        terminal = Terminal([tandem, *words], 100, environment, everything=True)
        terminal.finish()
        return terminal.shown

    wrong = ("eval", folder / "none")
    assert shown(*wrong, NO_COLOR="").startswith(red + "tandem:\033[0m "), shown(*wrong)
    for off in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\033" not in shown(*wrong, **off)
        assert "\033" not in shown("train", "--help", **off)
    assert "\033" not in output_of(tandem, *wrong, code=2).stderr
    assert bold + "Usage:" in shown("train", "--help", NO_COLOR="")
    assert "\033" not in output_of(tandem, "train", "--help").stdout


def unreadable(tandem, folder):
    """encode names the first picture that it cannot read at once, and counts them."""
    table, pictures = trained_shapes.write_pictures(folder)
    names = sorted(os.listdir(pictures))
    for name in (names[5], names[7]):
        (pictures / name).write_text("no drawing")
    command = [word for word in trained_shapes.encode_command(tandem, table, folder / "features") if word != "--strict"]
    terminal = Terminal(command, 120)
    assert terminal.finish() == 0, terminal.shown
    lines = drawn_lines(terminal.shown)
    assert sum(line.startswith("  cannot read: ") for line in lines) == 1, lines
    assert any(line.startswith("encoding pictures") and line.endswith("2 unreadable") for line in lines), lines
    strict = output_of(*trained_shapes.encode_command(tandem, table, folder / "strict"), code=2)
    last = strict.stderr.splitlines()[-1]
    assert last.count(names[5]) + last.count(names[7]) == 1, f"told twice: {last}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=("width", "quiet", "verbose", "log", "stop", "colours", "unreadable"))
    parser.add_argument("--tandem", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        globals()[arguments.case](arguments.tandem, pathlib.Path(folder))


if __name__ == "__main__":
    main()
