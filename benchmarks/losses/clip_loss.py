"""The contrastive loss with its gradients: tandem against open_clip's ClipLoss.

    ENV/bin/python benchmarks/losses/clip_loss.py [--batches 1024 4096 16384] [--width 512]
        [--threads 1] [--scale 14.3] [--device cuda:0]

ENV holds benchmarks/losses/requirements.txt. Every measurement is a process of its own and counts
CPU seconds, forward and back; tandem and its rivals take turns, so that a busy machine disturbs all
of them, and the table has medians. Before anything is timed, tandem's value must agree with
open_clip's to 1e-5 and its gradients to 1e-5 of the largest number (bf16: cosine of 0.999). "extra"
is the peak of memory beyond inputs and gradients. "share" is what 8 B^2 D floating-point operations
(four products; open_clip makes six) in that time are of the best rate of matrix products seen in
the same runs. bf16 is measured where the processor, or the GPU, multiplies it; a GPU's seconds are
by the clock, its memory is its own, fp32 is without TF32 on both sides.
"""

import argparse
import ctypes
import importlib.util
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
from processor import multiplies_bf16  # noqa: E402
from stopwatch import seconds_on  # noqa: E402


def memory_mib(field):
    for line in open("/proc/self/status"):
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024


def memory_begun(device):
    """The peak is counted from here on; MiB in use."""
    if device.type != "cpu":
        torch.cuda.reset_peak_memory_stats()
        return torch.cuda.memory_allocated() / 2**20
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before is no memory in use
    pathlib.Path("/proc/self/clear_refs").write_text("5")
    return memory_mib("VmRSS")


def memory_peak(device):
    return memory_mib("VmHWM") if device.type == "cpu" else torch.cuda.max_memory_allocated() / 2**20


def clip_loss():
    """open_clip's own file, without the package around it, which wants torchvision."""
    folder = importlib.util.find_spec("open_clip").submodule_search_locations[0]
    spec = importlib.util.spec_from_file_location("open_clip_loss", pathlib.Path(folder) / "loss.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ClipLoss()


def run_rival(arguments):
    """What loss_speed does, by open_clip; the same JSON."""
    torch.set_num_threads(arguments.threads)
    device = torch.device(arguments.device)
    batch = load_file(arguments.rival)
    image, text, log_scale = (
        batch[name].clone().to(device).requires_grad_() for name in ("image", "text", "log_scale")
    )
    loss = clip_loss()

    def once(rows):
        with torch.autocast(device.type, torch.bfloat16, enabled=arguments.products == "bf16"):
            value = loss(image[:rows], text[:rows], log_scale.exp())
        value.backward()
        return value

    once(min(600, len(image)))
    image.grad = text.grad = log_scale.grad = None
    before, seconds, peak = memory_begun(device), [], None
    for _ in range(arguments.rounds):
        image.grad = text.grad = log_scale.grad = None
        start = seconds_on(device)
        value = once(len(image))
        seconds.append(seconds_on(device) - start)
        peak = peak or memory_peak(device) - before
    save_file(
        {"value": value.detach().reshape(1).cpu(), "image": image.grad.cpu(), "text": text.grad.cpu()}, arguments.out
    )
    print(json.dumps({"seconds": seconds, "extra_mib": peak - 2 * image.numel() * 4 / 2**20}))


def check(found, expected, precision, what):
    for name in ("value", "image", "text"):
        a, b = found[name].double(), expected[name].double()
        if precision == "fp32":
            error = float((a - b).abs().max() / b.abs().max())
            assert error < 1e-5, f"{what} differs by {error} in {name}"
        elif name != "value":
            cosine = float((a * b).sum() / a.norm() / b.norm())
            assert cosine > 0.999, f"{what} has a cosine of {cosine} in {name}"
        else:
            assert abs(float(a / b) - 1) < 1e-2, f"{what} gives {float(a)}, not {float(b)}"


class Runner:
    def __init__(self, name, precision, words):
        self.name, self.precision, self.words = name, precision, [str(word) for word in words]
        self.seconds, self.extra, self.rates = [], 0, []

    def run(self, rounds):
        result = json.loads(
            subprocess.run([*self.words, "--rounds", str(rounds)], check=True, capture_output=True, text=True).stdout
        )
        self.seconds += result["seconds"]
        self.extra = max(self.extra, result["extra_mib"])
        self.rates.append(result.get("gflops", 0))


def measure(rows, arguments, folder):
    torch.manual_seed(0)
    text = torch.nn.functional.normalize(torch.randn(rows, arguments.width), dim=1)
    image = torch.nn.functional.normalize(
        0.3 * text + torch.nn.functional.normalize(torch.randn(rows, arguments.width), dim=1), dim=1
    )
    batch = folder / "batch.safetensors"
    save_file(
        {
            "image": image,
            "text": text,
            "log_scale": torch.tensor(arguments.scale).log(),
            "bias": torch.tensor(-10.0),
            "image_id": torch.arange(rows),
        },
        batch,
    )
    runners = []
    for precision in ("fp32", "bf16") if multiplies_bf16() or arguments.device != "cpu" else ("fp32",):
        common = ["--products", precision, "--threads", arguments.threads, "--device", arguments.device]
        runners.append(
            Runner(
                "open_clip",
                precision,
                [sys.executable, __file__, "--rival", batch, *common, "--out", folder / f"open_clip-{precision}"],
            )
        )
        runners.append(
            Runner(
                "tandem",
                precision,
                [ROOT / "build" / "loss_speed", batch, *common, "--out", folder / f"tandem-{precision}"],
            )
        )
    turns, rounds = {True: (3, 5), False: (3, 1)}[rows <= 2048]
    for turn in range(1 if rows > 8192 else turns):
        for runner in runners:
            runner.run(rounds)
        if turn == 0:
            for runner in runners[1:]:
                check(
                    load_file(folder / f"{runner.name}-{runner.precision}"),
                    load_file(folder / "open_clip-fp32"),
                    runner.precision,
                    f"{runner.name} {runner.precision}, B = {rows}",
                )
    rival = statistics.median(runners[0].seconds)
    rate = max(rate for runner in runners for rate in runner.rates)
    for runner in runners:
        seconds = statistics.median(runner.seconds)
        share = (
            8 * rows * rows * arguments.width / seconds / 1e9 / rate
            if runner.name == "tandem" and runner.precision == "fp32"
            else None
        )
        print(
            f"| {rows:,} | {runner.name} {runner.precision} | {seconds:.3f} | {rival / seconds:.2f} "
            f"| {runner.extra:,.0f} |"
            f" {'' if share is None else f'{share:.0%} of {rate:.0f} GFLOP/s'} |",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batches", type=int, nargs="+", default=[1024, 4096, 16384])
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu or cuda:0")
    parser.add_argument("--scale", type=float, default=1 / 0.07, help="factor on cosine similarity")
    parser.add_argument("--rival", help="for the program's own use: time open_clip on this batch")
    parser.add_argument("--products", default="fp32")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    if arguments.rival:
        return run_rival(arguments)
    print(
        "| B | loss, forward and back | s | times open_clip fp32 | extra, MiB | share of the best product rate |\n"
        "|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        for rows in arguments.batches:
            measure(rows, arguments, pathlib.Path(folder))
    if not multiplies_bf16() and arguments.device == "cpu":
        print("\nbf16: not measured, this processor does not multiply it.")


if __name__ == "__main__":
    main()
