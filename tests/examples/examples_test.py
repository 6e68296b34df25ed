"""Runs one program of examples/cpp on small data and checks what it prints.

examples_test.py EXAMPLE FILE --tandem FILE
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

import numpy
import trained_shapes


def output_of(*words):
    run = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    print(run.stdout + run.stderr)
    assert run.returncode == 0, f"{words[0]} ended with exit code {run.returncode}"
    return run.stdout


def refusal_of(*words):
    run = subprocess.run(list(map(str, words)), capture_output=True, text=True)
    assert run.returncode != 0, f"{words} was not refused"
    return run.stderr


def numbers(pattern, text):
    return [float(number) for number in re.findall(pattern, text)]


def embed_and_search(example, tandem, folder):
    run, pictures = trained_shapes.train(tandem, folder)
    for words in ("a red ball", "a blue cat"):
        found = re.findall(r"\S+\.svg", output_of(example, run, pictures, words))
        _, colour, shape = words.split()
        assert len(found) == 5, found
        assert all(name.startswith(colour) for name in found[:3]), found
        assert found[0].startswith(f"{colour}-{shape}"), found
    assert "expected" in refusal_of(example, folder / "features", pictures, "a red ball")


def train_on_made_up_pairs(example, tandem, folder):
    said = output_of(example)
    losses = numbers(r"loss ([0-9.]+)", said)
    assert len(losses) == 10 and losses[-1] < losses[0] / 2, losses
    (recall,) = numbers(r"test: mean recall ([0-9.]+)%", said)
    assert recall > 50, recall


def evaluate_arrays(example, tandem, folder):
    chance = numpy.random.default_rng(1)
    image = chance.normal(size=(50, 12)).astype(numpy.float32)
    pairs = numpy.arange(100) // 2
    text = 3 * image[pairs] + chance.normal(size=(100, 12)).astype(numpy.float32)
    for name, array in {"image": image, "text": text, "pairs": pairs, "one": image[::-1].copy()}.items():
        numpy.save(folder / f"{name}.npy", array)
    similarity = image @ (text / numpy.linalg.norm(text, axis=1, keepdims=True)).T
    best = 100 * numpy.mean(pairs[similarity.argmax(axis=1)] == numpy.arange(50))
    said = output_of(example, folder / "image.npy", folder / "text.npy", folder / "pairs.npy")
    assert "50 pictures, 100 captions" in said
    (recall,) = numbers(r"image to text: recall@1 ([0-9.]+)%", said)
    assert abs(recall - best) < 0.01, (recall, best)
    assert numbers(r"text to image: .*by chance ([0-9.]+)%", said) == [2.0], said
    reversed_rows = output_of(example, folder / "image.npy", folder / "one.npy")
    assert numbers(r"recall@1 ([0-9.]+)%", reversed_rows) == [0.0, 0.0], reversed_rows
    assert "none.npy" in refusal_of(example, folder / "image.npy", folder / "none.npy")


def streaming_loss(example, tandem, folder):
    said = output_of(example)
    losses = numbers(r"step \d+: loss ([0-9.]+)", said)
    assert len(losses) == 5 and losses == sorted(losses, reverse=True), losses
    (streaming,), (plain,) = numbers(r"streaming ([0-9.]+)", said), numbers(r"plain ([0-9.]+)", said)
    assert abs(streaming - plain) < 1e-4 + 1e-3 * plain, (streaming, plain)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    examples = (embed_and_search, train_on_made_up_pairs, evaluate_arrays, streaming_loss)
    parser.add_argument("example", choices=[example.__name__ for example in examples])
    parser.add_argument("file", type=pathlib.Path, help="the compiled example")
    parser.add_argument("--tandem", type=pathlib.Path, required=True, help="the program that makes a model for it")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.tandem.parent, prefix="scratch-") as folder:
        globals()[arguments.example](arguments.file, arguments.tandem, pathlib.Path(folder))


if __name__ == "__main__":
    main()
