"""Captions and pictures as they come, from text and files to one vector each, beside what a user writes in Python.

    ENV/bin/python benchmarks/encoders/real_inputs.py --data FLICKR8K_DIR [--deit DIR] [--threads 2] [--captions 2000] [--pictures 300]

Captions: DistilBERT's shape with random weights and MiniLM's vocabulary, and MiniLM itself; the rival is a DataLoader with the
fast tokenizer, padding to the longest of 32, and transformers. Pictures: EfficientNet-Lite0 as set-up installs it, and
DeiT-tiny; the rival is PIL, transformers' processor (for Lite0 PIL's resize), and PyTorch. Both sides have the same threads, and
multiply in bf16 where the processor does, else in fp32. Before anything is timed, the vectors must agree to a cosine of 0.995.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import transformers
from PIL import Image
from safetensors.numpy import load_file

import engines
import random_models

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "benchmarks" / "peers"))
from encode_in_python import EfficientNetLite  # noqa: E402

BATCH, ROUNDS = 32, 3
PRECISION = engines.precisions()[-1]
DTYPE = torch.bfloat16 if PRECISION == "bf16" else torch.float32


def tandem(encoder, kind, items, threads, seconds):
    with tempfile.TemporaryDirectory() as folder:
        listing, out = pathlib.Path(folder) / "items.txt", pathlib.Path(folder) / "answer.safetensors"
        listing.write_text("\n".join(map(str, items)) + "\n", encoding="utf-8")
        words = [ROOT / "build" / "encoder_speed", encoder, f"--{kind}", listing, "--dtype", PRECISION, "--threads", threads,
                 "--seconds", seconds, "--out", out]
        result = subprocess.run([*map(str, words)], check=True, capture_output=True, text=True)
        return json.loads(result.stdout)["items_per_second"], load_file(out)["answer"]


class Captions:
    def __init__(self, folder, captions):
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        self.model = transformers.AutoModel.from_pretrained(folder, dtype=DTYPE).eval()
        collate = lambda rows: self.tokenizer(rows, padding=True, truncation=True, return_tensors="pt")
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
    def __init__(self, folder, files):
        self.files = files
        self.processor = transformers.AutoImageProcessor.from_pretrained(folder)
        self.model = transformers.ViTModel.from_pretrained(folder, dtype=DTYPE, add_pooling_layer=False).eval()

    def __call__(self):
        rows = []
        with torch.inference_mode():
            for begin in range(0, len(self.files), BATCH):
                pictures = [Image.open(file).convert("RGB") for file in self.files[begin:begin + BATCH]]
                pixels = self.processor(pictures, return_tensors="pt")["pixel_values"].to(DTYPE)
                rows.append(self.model(pixels).last_hidden_state[:, 1:].float().mean(1))
        return torch.cat(rows).numpy()


class LitePictures:
    def __init__(self, folder, files):
        self.files, self.network = files, EfficientNetLite(folder)
        self.network.weights = {key: value.to(DTYPE) for key, value in self.network.weights.items()}
        self.side = json.loads((folder / "preprocessor_config.json").read_text())["size"]["height"]

    def __call__(self):
        rows = []
        with torch.inference_mode():
            for begin in range(0, len(self.files), BATCH):
                pixels = [np.asarray(Image.open(file).convert("RGB").resize((self.side, self.side), Image.BICUBIC))
                          for file in self.files[begin:begin + BATCH]]
                batch = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float().sub(127).div(128).to(DTYPE)
                rows.append(self.network(batch.contiguous(memory_format=torch.channels_last)).float())
        return torch.cat(rows).numpy()


def report(what, encoder, kind, items, rival, threads):
    _, ours = tandem(encoder, kind, items, threads, 0.1)
    theirs = rival()  # also warms up
    cosine = ((ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)).min()
    assert cosine > 0.995, f"{what}: a cosine of {cosine}"
    speeds = ([], [])
    for _ in range(ROUNDS):
        speeds[0].append(tandem(encoder, kind, items, threads, 4)[0])
        start = time.perf_counter()
        rival()
        speeds[1].append(len(items) / (time.perf_counter() - start))
    mine, other = map(statistics.median, speeds)
    print(f"| {what} | {mine:.0f} | {other:.0f} | {mine / other:.2f} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--deit", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--captions", type=int, default=2000)
    parser.add_argument("--pictures", type=int, default=300)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows = [line.split("\t") for line in (arguments.data / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines()]
    captions = [row[1].strip() for row in rows[: arguments.captions]]
    files = sorted((arguments.data / "Images").glob("*.jpg"))[: arguments.pictures]
    minilm, lite = ROOT / "models" / "all-MiniLM-L6-v2", ROOT / "models" / "efficientnet-lite0"
    print(f"| items per second, {PRECISION} | tandem | rival | tandem / rival |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        random_models.make("DistilBERT", folder)
        shutil.copy(minilm / "vocab.txt", folder / "vocab.txt")
        report("captions, DistilBERT", folder, "captions", captions, Captions(folder, captions), arguments.threads)
    report("captions, MiniLM", minilm, "captions", captions, Captions(minilm, captions), arguments.threads)
    report("pictures, EfficientNet-Lite0", lite, "pictures", files, LitePictures(lite, files), arguments.threads)
    if arguments.deit:
        report("pictures, DeiT-tiny", arguments.deit, "pictures", files, DeitPictures(arguments.deit, files), arguments.threads)


if __name__ == "__main__":
    main()
