"""Networks alone: random weights, the same batch in every engine, one worker a thread, in items a
second of processor time.

    ENV/bin/python benchmarks/encoders/networks.py [--threads 1] [--rounds 3] [--seconds 4]
        [--models BERT-base ResNet-50]

ENV holds benchmarks/encoders/requirements.txt; engines that are not in it are skipped with a word.
Engines take turns, so that a busy machine disturbs all of them; the table has medians. bf16 is
timed where the processor multiplies it. Before anything is timed an fp32 engine must agree with
PyTorch to 1e-3 of the largest number, a bf16 engine to a cosine of 0.999.
"""

import argparse
import copy
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import engines
import numpy as np
import random_models
import torch
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
from stopwatch import seconds_on  # noqa: E402


class Tandem:
    """The native program; a process a measurement, of which only the encoding is timed."""

    def __init__(self, folder, precision, threads):
        self.words = [
            ROOT / "build" / "encoder_speed",
            folder,
            "--batches",
            folder / "batch.safetensors",
            "--dtype",
            precision,
            "--threads",
            str(threads),
            "--out",
            folder / f"answer-{precision}.safetensors",
        ]

    def speed(self, seconds):
        result = subprocess.run(
            [*map(str, self.words), "--seconds", str(seconds)], check=True, capture_output=True, text=True
        )
        return json.loads(result.stdout)["items_per_second"]

    def __call__(self):
        self.speed(0.1)
        return load_file(self.words[-1])["answer"]


class InProcess:
    """As many copies of an engine as threads, each with one."""

    def __init__(self, make, threads, items):
        self.copies, self.items = [make() for _ in range(threads)], items

    def speed(self, seconds):
        start = seconds_on("cpu")
        engines.in_threads(self.copies, 1)
        rounds = max(1, int(seconds / (seconds_on("cpu") - start)))
        start = seconds_on("cpu")
        engines.in_threads(self.copies, rounds)
        return rounds * len(self.copies) * self.items / (seconds_on("cpu") - start)

    def __call__(self):
        return self.copies[0]()


def comparable(states, name):
    """[items, numbers]: ResNet's [B, C, H, W] in the order of [B, H W, C]; of the ViT the patches
    and the class token alike."""
    if states.ndim == 4:
        states = states.reshape(*states.shape[:2], -1).transpose(0, 2, 1)
    return states.reshape(len(states), -1)


def check(found, expected, name, engine, precision):
    found, expected = comparable(found, name), comparable(expected, name)
    if precision == "fp32":
        error = np.abs(found - expected).max() / np.abs(expected).max()
        assert error < 1e-3, f"{engine} differs by {error} on {name}"
    else:
        cosine = ((found * expected).sum(1) / np.linalg.norm(found, axis=1) / np.linalg.norm(expected, axis=1)).min()
        assert cosine > 0.999, f"{engine} has a cosine of {cosine} on {name}"


def runners(name, folder, threads):
    model, batch = random_models.make(name, folder)
    items = len(next(iter(batch.values())))
    with torch.inference_mode():
        expected = model(**batch).last_hidden_state.numpy()
    found = {("tandem", p): Tandem(folder, p, threads) for p in engines.precisions()}
    for p in engines.precisions():
        found["PyTorch", p] = InProcess(lambda p=p: engines.Torch(copy.deepcopy(model), batch, p), threads, items)
    try:
        engines.export(model, batch, folder / "model.onnx")
        found["ONNX Runtime", "fp32"] = InProcess(
            lambda: engines.OnnxRuntime(folder / "model.onnx", batch), threads, items
        )
        for p in engines.precisions():
            found["OpenVINO", p] = InProcess(
                lambda p=p: engines.OpenVino(folder / "model.onnx", batch, p), threads, items
            )
    except ImportError as error:
        print(f"skipped: {error.name} is not installed")
    for (engine, precision), runner in found.items():
        check(runner(), expected, name, engine, precision)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--models", nargs="+", default=list(random_models.MODELS), choices=list(random_models.MODELS))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    print(
        "| items a CPU second | " + " | ".join(arguments.models) + " |\n|" + "---|" * (len(arguments.models) + 1),
        flush=True,
    )
    table = {}
    for name in arguments.models:
        with tempfile.TemporaryDirectory() as folder:
            found = runners(name, pathlib.Path(folder), arguments.threads)
            speeds = {key: [] for key in found}
            for _ in range(arguments.rounds):
                for key, runner in found.items():
                    speeds[key].append(runner.speed(arguments.seconds))
        print(f"{name}: timed", file=sys.stderr)
        for key, values in speeds.items():
            table.setdefault(key, {})[name] = statistics.median(values)
    for engine, precision in table:
        cells = " | ".join(f"{table[engine, precision].get(name, float('nan')):.1f}" for name in arguments.models)
        print(f"| {engine} {precision} | {cells} |")
    for ours, theirs in (
        (("tandem", "bf16"), ("OpenVINO", "bf16")),
        (("tandem", "bf16"), ("ONNX Runtime", "fp32")),
        (("tandem", "fp32"), ("ONNX Runtime", "fp32")),
        (("tandem", "fp32"), ("OpenVINO", "fp32")),
        (("tandem", "fp32"), ("PyTorch", "fp32")),
    ):
        if ours in table and theirs in table:
            ratios = " | ".join(f"{table[ours][name] / table[theirs][name]:.2f}" for name in arguments.models)
            print(f"| {' '.join(ours)} / {' '.join(theirs)} | {ratios} |")
    for p in engines.precisions():
        work = " | ".join(
            f"{table['tandem', p][name] * random_models.gigaflops(name):.0f}" for name in arguments.models
        )
        print(f"| tandem {p}, GFLOP a CPU second | {work} |")


if __name__ == "__main__":
    main()
