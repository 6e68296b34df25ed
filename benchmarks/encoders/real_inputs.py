"""Captions and pictures as they come, from text and files to one vector each, beside what a user writes in Python.

    ENV/bin/python benchmarks/encoders/real_inputs.py --data FLICKR8K_DIR [--deit DIR] [--thin-resnet DIR]
        [--threads 2] [--captions 2000] [--pictures 300]

Captions: DistilBERT's shape with random weights and MiniLM's vocabulary, and MiniLM itself; the
rival is a DataLoader with the fast tokenizer, padding to the longest of 32, and transformers.
Pictures: EfficientNet-Lite0 and -Lite2 as set-up installs them, DeiT-tiny, and a thin ResNet-50
(benchmarks/quality/thin_resnet.py); the rival is PIL, transformers' processor (for the others PIL's
resize), and PyTorch. Both sides have the same threads, and multiply in bf16 where the processor
does, else in fp32. Speeds are items a second of processor time, of all threads together.

Before anything is timed, the fp32 vectors of both sides must agree to a cosine of 0.9999. Two
roundings to bf16 of one vector may differ by more than either does from fp32, so in bf16 each side
is compared with the fp32 vectors: tandem's least and mean cosine may fall short of 1 by no more
than twice the rival's. The second table has these cosines.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import engines
import numpy as np
import random_models
import torch
import transformers
from PIL import Image
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
from encode_in_python import EfficientNetLite  # noqa: E402
from stopwatch import seconds_on  # noqa: E402

BATCH, ROUNDS = 32, 3
PRECISION = engines.precisions()[-1]
TYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


def tandem(encoder, kind, items, threads, seconds, precision=PRECISION):
    with tempfile.TemporaryDirectory() as folder:
        listing, out = pathlib.Path(folder) / "items.txt", pathlib.Path(folder) / "answer.safetensors"
        listing.write_text("\n".join(map(str, items)) + "\n", encoding="utf-8")
        words = [
            ROOT / "build" / "encoder_speed",
            encoder,
            f"--{kind}",
            listing,
            "--dtype",
            precision,
            "--threads",
            threads,
            "--seconds",
            seconds,
            "--out",
            out,
        ]
        result = subprocess.run([*map(str, words)], check=True, capture_output=True, text=True)
        return json.loads(result.stdout)["items_per_second"], load_file(out)["answer"]


class Captions:
    def __init__(self, folder, captions, precision):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModel.from_pretrained(folder, dtype=TYPES[precision]).eval()

        def collate(rows):
            return self.tokenizer(rows, padding=True, truncation=True, return_tensors="pt")

        self.loader = torch.utils.data.DataLoader(captions, batch_size=BATCH, collate_fn=collate)

    def __call__(self):
        rows = []
        with torch.inference_mode():
            for batch in self.loader:
                batch.pop("token_type_ids", None)
                states, mask = self.model(**batch).last_hidden_state.float(), batch["attention_mask"].unsqueeze(-1)
                rows.append((states * mask).sum(1) / mask.sum(1))
        return torch.cat(rows).numpy()


class DeitPictures:
    def __init__(self, folder, files, precision):
        self.files, self.type = files, TYPES[precision]
        self.processor = transformers.AutoImageProcessor.from_pretrained(folder)
        self.model = transformers.ViTModel.from_pretrained(folder, dtype=self.type, add_pooling_layer=False).eval()

    def __call__(self):
        rows = []
        with torch.inference_mode():
            for begin in range(0, len(self.files), BATCH):
                pictures = [Image.open(file).convert("RGB") for file in self.files[begin : begin + BATCH]]
                pixels = self.processor(pictures, return_tensors="pt")["pixel_values"].to(self.type)
                rows.append(self.model(pixels).last_hidden_state[:, 1:].float().mean(1))
        return torch.cat(rows).numpy()


class ResNetPictures:
    def __init__(self, folder, files, precision):
        self.files, self.type = files, TYPES[precision]
        self.model = transformers.ResNetModel.from_pretrained(folder, dtype=self.type).eval()
        self.processor = json.loads((folder / "preprocessor_config.json").read_text())

    def __call__(self):
        rows, side = [], self.processor["size"]["height"]
        cut = (side - self.processor["crop_size"]["height"]) // 2
        scale, mean, deviation = (
            self.processor["rescale_factor"],
            *(torch.tensor(self.processor[name]).view(3, 1, 1) for name in ("image_mean", "image_std")),
        )
        with torch.inference_mode():
            for begin in range(0, len(self.files), BATCH):
                pixels = [
                    np.asarray(
                        Image.open(file)
                        .convert("RGB")
                        .resize((side, side), Image.Resampling(self.processor["resample"]))
                    )
                    for file in self.files[begin : begin + BATCH]
                ]
                pixels = [picture[cut : side - cut, cut : side - cut] for picture in pixels]
                batch = (
                    (torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() * scale - mean) / deviation
                ).to(self.type)
                rows.append(self.model(batch).last_hidden_state.float().mean((2, 3)))
        return torch.cat(rows).numpy()


class LitePictures:
    def __init__(self, folder, files, precision):
        self.files, self.network, self.type = files, EfficientNetLite(folder), TYPES[precision]
        self.network.weights = {key: value.to(self.type) for key, value in self.network.weights.items()}
        self.side = json.loads((folder / "preprocessor_config.json").read_text())["size"]["height"]

    def __call__(self):
        rows = []
        with torch.inference_mode():
            for begin in range(0, len(self.files), BATCH):
                pixels = [
                    np.asarray(Image.open(file).convert("RGB").resize((self.side, self.side), Image.BICUBIC))
                    for file in self.files[begin : begin + BATCH]
                ]
                batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float().sub(127).div(128).to(self.type)
                rows.append(self.network(batch.contiguous(memory_format=torch.channels_last)).float())
        return torch.cat(rows).numpy()


def cosines(a, b):
    return (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def check(what, encoder, kind, items, make_rival, threads):
    """Least and mean cosine to fp32 in bf16 of tandem and of the rival; nothing where bf16 is not multiplied."""
    ours, theirs = tandem(encoder, kind, items, threads, 0.1, "fp32")[1], make_rival("fp32")()
    least = cosines(ours, theirs).min()
    assert least > 0.9999, f"{what}: a cosine of {least} in fp32"
    if PRECISION == "fp32":
        return None
    rounded, rival_rounded = (
        cosines(tandem(encoder, kind, items, threads, 0.1)[1], ours),
        cosines(make_rival(PRECISION)(), theirs),
    )
    for name, found, other in (
        ("least", rounded.min(), rival_rounded.min()),
        ("mean", rounded.mean(), rival_rounded.mean()),
    ):
        assert 1 - found <= 2 * (1 - other) + 1e-5, (
            f"{what}: a {name} cosine of {found} in {PRECISION} to fp32, and {other} by the rival"
        )
    return rounded.min(), rounded.mean(), rival_rounded.min(), rival_rounded.mean()


def report(what, encoder, kind, items, make_rival, threads):
    found = check(what, encoder, kind, items, make_rival, threads)
    rival = make_rival(PRECISION)
    rival()  # warms up
    speeds = ([], [])
    for _ in range(ROUNDS):
        speeds[0].append(tandem(encoder, kind, items, threads, 4)[0])
        start = seconds_on("cpu")
        rival()
        speeds[1].append(len(items) / (seconds_on("cpu") - start))
    mine, other = map(statistics.median, speeds)
    print(f"| {what} | {mine:.0f} | {other:.0f} | {mine / other:.2f} |", flush=True)
    return what, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--deit", type=pathlib.Path)
    parser.add_argument("--thin-resnet", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--captions", type=int, default=2000)
    parser.add_argument("--pictures", type=int, default=300)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows = [
        line.split("\t") for line in (arguments.data / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines()
    ]
    captions = [row[1].strip() for row in rows[: arguments.captions]]
    files = sorted((arguments.data / "Images").glob("*.jpg"))[: arguments.pictures]
    minilm = ROOT / "models" / "all-MiniLM-L6-v2"
    print(f"| items a CPU second, {PRECISION} | tandem | rival | tandem / rival |\n|---|---|---|---|")
    told = []

    def measure(what, encoder, kind, items, rival):
        told.append(
            report(what, encoder, kind, items, lambda precision: rival(encoder, items, precision), arguments.threads)
        )

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        random_models.make("DistilBERT", folder)
        shutil.copy(minilm / "vocab.txt", folder / "vocab.txt")
        measure("captions, DistilBERT", folder, "captions", captions, Captions)
    measure("captions, MiniLM", minilm, "captions", captions, Captions)
    for number in (0, 2):
        measure(
            f"pictures, EfficientNet-Lite{number}",
            ROOT / "models" / f"efficientnet-lite{number}",
            "pictures",
            files,
            LitePictures,
        )
    if arguments.deit:
        measure("pictures, DeiT-tiny", arguments.deit, "pictures", files, DeitPictures)
    if arguments.thin_resnet:
        measure("pictures, thin ResNet-50", arguments.thin_resnet, "pictures", files, ResNetPictures)
    if PRECISION == "bf16":
        print("\n| cosine of bf16 to fp32, least and mean | tandem | rival |\n|---|---|---|")
        for what, (least, mean, rival_least, rival_mean) in told:
            print(f"| {what} | {least:.4f}, {mean:.4f} | {rival_least:.4f}, {rival_mean:.4f} |")


if __name__ == "__main__":
    main()
