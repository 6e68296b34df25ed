"""One epoch of training on features against the same in PyTorch eager, in fp32 and under bf16 autocast.

    cmake --build build --target training_speed
    peers/training/bin/python benchmarks/training/training_speed.py

peers/training holds benchmarks/training/requirements.txt.

30,000 pairs of 2048-d and 768-d features, MLP heads to 512-d, batch 1,024, noise, dropout, InfoNCE,
gradient clip, AdamW (PyTorch's fused one). First both take some steps without noise and dropout
from the same weights, and their losses are compared. Then rounds of a few steps take turns, one
thread each, in CPU time; the ratio is the median over rounds.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
from processor import multiplies_bf16  # noqa: E402
from stopwatch import seconds_on  # noqa: E402

PROGRAM = ROOT / "build" / "training_speed"
PAIRS, BATCH, HIDDEN, WIDTH, NOISE, DROPOUT, SCALE, RATE, DECAY = 30_000, 1024, 1024, 512, 0.75, 0.6, 14.3, 2e-3, 0.05


class Head(nn.Module):
    """tandem's MLP head, as one writes it in PyTorch."""

    def __init__(self, features):
        super().__init__()
        self.register_buffer("mean", features.mean(0))
        self.register_buffer("deviation", features.std(0, unbiased=False))
        setattr(self, "in", nn.Linear(features.shape[1], HIDDEN))
        self.norm = nn.LayerNorm(HIDDEN)
        self.out = nn.Linear(HIDDEN, WIDTH)

    def forward(self, x, noise, dropout):
        x = (x - self.mean) / self.deviation
        if noise:
            x = x + noise * torch.randn_like(x)
        x = F.gelu(self.norm(getattr(self, "in")(x)))
        return F.normalize(self.out(F.dropout(x, dropout)).float(), dim=1)


class Eager:
    def __init__(self, image, text, heads, bf16):
        self.image, self.text, self.bf16, self.device = image, text, bf16, image.device
        self.heads = heads
        self.log_scale = nn.Parameter(torch.tensor(float(np.log(SCALE)), device=self.device))
        parameters = [p for head in heads for p in head.parameters()]
        self.clipped = parameters
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in parameters if p.dim() > 1], "weight_decay": DECAY},
                {"params": [p for p in parameters if p.dim() < 2] + [self.log_scale], "weight_decay": 0},
            ],
            lr=RATE,
            fused=True,
        )

    def step(self, rows, noise, dropout):
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.bf16):
            image = self.heads[0](self.image.index_select(0, rows), noise, dropout)
            text = self.heads[1](self.text.index_select(0, rows), noise, dropout)
            logits = self.log_scale.exp() * image @ text.T
            labels = torch.arange(len(rows), device=self.device)
            loss = (F.cross_entropy(logits.float(), labels) + F.cross_entropy(logits.float().T, labels)) / 2
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.clipped, 1.0)
        self.optimizer.step()
        return loss.item()


def tandem(folder, steps, noise, dropout, device, bf16=False):
    command = [
        PROGRAM,
        folder,
        "--steps",
        steps,
        "--batch",
        BATCH,
        "--noise",
        noise,
        "--dropout",
        dropout,
        "--threads",
        torch.get_num_threads(),
        "--device",
        device,
    ] + ["--bf16"] * bf16
    return json.loads(
        subprocess.run([str(word) for word in command], check=True, capture_output=True, text=True).stdout
    )


def make_files(folder):
    torch.manual_seed(1)
    cause = torch.randn(PAIRS, 64)
    image = F.relu(cause @ torch.randn(64, 2048) / 8 + torch.randn(PAIRS, 2048))
    text = cause @ torch.randn(64, 768) / 8 + torch.randn(PAIRS, 768)
    order = torch.randperm(PAIRS)
    heads = [Head(image), Head(text)]
    for name, tensor in {"image": image, "text": text, "order": order}.items():
        np.save(folder / f"{name}.npy", tensor.numpy())
    save_file(
        {
            f"{side}.{name}": tensor.clone()
            for side, head in zip(("image", "text"), heads)
            for name, tensor in head.state_dict().items()
        },
        folder / "heads.safetensors",
    )
    return image, text, order, [head.state_dict() for head in heads]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=8, help="a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--device", default="cpu", help="cpu or cuda:0; time on a GPU is by the clock, fp32 without TF32 on both sides"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    device, fast_bf16 = arguments.device, multiplies_bf16() or arguments.device != "cpu"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        image, text, order, weights = make_files(folder)

        def eager(bf16):
            heads = [Head(image).to(device), Head(text).to(device)]
            for head, state in zip(heads, weights):
                head.load_state_dict(state)
            return Eager(image.to(device), text.to(device), heads, bf16)

        rows = [order[i * BATCH : (i + 1) * BATCH].to(device) for i in range(arguments.steps)]
        ours = tandem(folder, 4, 0, 0, device)["losses"]
        rival = eager(False)
        theirs = [rival.step(rows[i], 0, 0) for i in range(4)]
        worst = max(abs(a - b) / b for a, b in zip(ours, theirs))
        if worst > 1e-4:
            raise SystemExit(f"the losses differ: {ours} and {theirs}")
        print(f"losses of 4 steps without noise and dropout agree to {worst:.1e}")
        rounded = tandem(folder, 4, 0, 0, device, bf16=True)["losses"]
        worst = max(abs(a - b) / b for a, b in zip(rounded, theirs))
        if worst > 2e-2:
            raise SystemExit(f"the losses in bf16 differ: {rounded} and {theirs}")
        print(f"in bf16 to {worst:.1e}\n")

        rivals = {"PyTorch eager fp32": eager(False), "PyTorch eager, bf16 autocast": eager(True)}
        kinds = {"tandem": False, **({"tandem, bf16": True} if fast_bf16 else {})}
        seconds = {name: [] for name in [*kinds, *rivals]}
        for _ in range(arguments.rounds):
            for name, bf16 in kinds.items():
                seconds[name].append(tandem(folder, arguments.steps, NOISE, DROPOUT, device, bf16)["seconds"])
            for name, rival in rivals.items():
                before = seconds_on(device)
                for batch in rows:
                    rival.step(batch, NOISE, DROPOUT)
                seconds[name].append(seconds_on(device) - before)
        epoch = PAIRS // BATCH / arguments.steps
        unit = "CPU seconds" if device == "cpu" else "seconds on " + device
        print(
            f"An epoch of {PAIRS // BATCH} steps, from {arguments.steps} steps in each of {arguments.rounds} rounds, "
            f"{arguments.threads} thread(s), {unit}, median:\n"
        )
        if not fast_bf16:
            print("This processor does not multiply bf16: tandem's bf16 was not timed, PyTorch's is emulated.\n")
        print("| | an epoch | pairs a second | rival / tandem |\n|---|---|---|---|")
        for name, times in seconds.items():
            ratio = statistics.median(t / o for t, o in zip(times, seconds["tandem"]))
            median = statistics.median(times)
            print(f"| {name} | {median * epoch:.2f} s | {arguments.steps * BATCH / median:,.0f} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
