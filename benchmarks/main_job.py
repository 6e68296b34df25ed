"""Times the main job beside what a user would write in Python, in one run, on the same weights, pictures and captions.

    ENV/bin/python benchmarks/main_job.py --data DIR --features FEATURES [--program build/tandem] [--pictures 1000]

ENV holds tests/reference/requirements.txt. DIR is a Flickr8k folder, of which --pictures are
encoded by both; FEATURES is a store of all of it (`tandem encode`), for training and recall.
Answers are compared before they are timed: fp32 features must agree to 1e-3, recall to 0.2 points.
Times are processor time, of all threads together, so that a busy machine disturbs little. Both
sides may use all cores. Training and recall are whole processes on both sides; encoding is a whole
process for tandem and the loops alone for the rival, which favours the rival. The start of the
program alone is by the clock.
"""

import argparse
import csv
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent / "peers"))
import encode_in_python  # noqa: E402
from stopwatch import seconds_on  # noqa: E402
from store import load_store  # noqa: E402

EPOCHS = 4
ROOT = pathlib.Path(__file__).resolve().parent.parent


def seconds_of_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def timed(words):
    """What the process printed, and its processor time."""
    before = seconds_of_children()
    result = subprocess.run([*map(str, words)], check=True, capture_output=True, text=True)
    return result.stdout, seconds_of_children() - before


def tandem(program, *words):
    return timed([program, *words])


def start_of(program):
    begin = time.perf_counter()
    timed([program, "--help"])
    return time.perf_counter() - begin


def subset_csv(data, folder, pictures):
    """The first pictures of each split list with their captions, as a CSV beside a link to the pictures."""
    captions = {}
    for line in (data / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines():
        name, caption = line.split("\t")
        captions.setdefault(name.split("#")[0], []).append(caption.strip())
    (folder / "Images").symlink_to(data.resolve() / "Images")
    rows = []
    for split, share in (("train", 0.6), ("dev", 0.2), ("test", 0.2)):
        names = (data / f"Flickr_8k.{split}Images.txt").read_text().split()[: int(pictures * share)]
        rows += [(f"Images/{name}", caption, split) for name in names for caption in captions[name]]
    with open(folder / "subset.csv", "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(("image", "caption", "split"))
        writer.writerows(rows)
    return folder / "subset.csv"


def rival(name, *words):
    return timed([sys.executable, pathlib.Path(__file__).parent / "peers" / name, *words])


def row(name, ours, theirs, what):
    print(f"| {name} | {ours:.2f} s | {theirs:.2f} s | {theirs / ours:.2f} | {what} |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build" / "tandem"))
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--features", type=pathlib.Path, required=True)
    parser.add_argument("--pictures", type=int, default=1000)
    arguments = parser.parse_args()
    models = ROOT / "models"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        source = subset_csv(arguments.data, scratch, arguments.pictures)
        store = scratch / "features"
        encode = (
            "encode",
            "--data",
            f"csv:{source}",
            "--image-encoder",
            models / "efficientnet-lite0",
            "--text-encoder",
            models / "all-MiniLM-L6-v2",
            "--text-pooling",
            "mean",
        )
        _, encode_s = tandem(arguments.program, *encode, "--dtype", "fp32", "--out", store)
        _, default_s = tandem(arguments.program, *encode, "--out", scratch / "default")
        manifest, image, text = load_store(store)
        start = seconds_on("cpu")
        their_image = encode_in_python.images(manifest["images"]["file"], models / "efficientnet-lite0")
        their_text = encode_in_python.texts(manifest["captions"]["text"], models / "all-MiniLM-L6-v2")
        their_encode_s = seconds_on("cpu") - start
        for name, ours, theirs in (("image", image, their_image), ("text", text, their_text)):
            error = (ours - theirs).abs().max().item()
            assert error < 1e-3, f"{name} features differ by {error}"

        print("| work, CPU seconds | tandem | rival | rival / tandem | rival is |\n|---|---|---|---|---|")
        work = f"encode {len(image)} pictures, {len(text)} captions"
        row(
            f"{work}, `--dtype fp32`",
            encode_s,
            their_encode_s,
            "PIL + PyTorch + transformers, fp32, batches of 32 sorted by length",
        )
        row(f"{work}, default (bf16 where the processor has it)", default_s, their_encode_s, "the same, fp32")

        run, features = scratch / "run", arguments.features
        _, train_s = tandem(arguments.program, "train", features, "--out", run, "--epochs", EPOCHS, "--json")
        _, their_train_s = rival("train_in_python.py", features, EPOCHS)
        row(
            f"train {EPOCHS} epochs (tandem also measures dev after each)",
            train_s,
            their_train_s,
            "the same heads, noise and loss in PyTorch",
        )
        ours, eval_s = tandem(arguments.program, "eval", run, "--json")
        theirs, their_eval_s = rival("recall_in_python.py", run, features)
        ours, theirs = json.loads(ours), json.loads(theirs)
        for way in ("image_to_text", "text_to_image"):
            for key in ("r1", "r5", "r10"):
                assert abs(ours[way][key] - theirs[way][key]) < 0.2, (way, key, ours[way], theirs[way])
        row("recall both ways on the test split", eval_s, their_eval_s, "heads in PyTorch, NumPy argsort as in VSE++")
        starts = sorted(start_of(arguments.program) for _ in range(5))
        print(f"\n`tandem --help`: {starts[0]:.2f} to {starts[-1]:.2f} s, median {np.median(starts):.2f} s")


if __name__ == "__main__":
    main()
