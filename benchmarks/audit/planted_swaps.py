r"""How many swapped captions does `tandem audit` find? Average precision over seeds, as a Markdown table and as JSON.

    python3 benchmarks/audit/planted_swaps.py RUN --split test --seeds 11 12 13 14 15 \
        --out results/audit_flickr8k_test.json
    python3 benchmarks/audit/planted_swaps.py RUN --split train --seeds 11 --out results/audit_flickr8k_train.json

Each seed swaps 5% of the captions: single captions are permuted among as many different pictures,
so that every picture keeps its others. On the training split the heads of the audit are trained
with the swaps present.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def measured(options, seed):
    command = [
        str(options.tandem),
        "audit",
        options.run,
        "--split",
        options.split,
        "--plant",
        str(options.plant),
        "--seed",
        str(seed),
        "--json",
        "--count",
        "1",
    ]
    if options.split in ("train", "all"):
        command += ["--folds", str(options.folds)] + (["--epochs", str(options.epochs)] if options.epochs else [])
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run")
    parser.add_argument("--split", default="test")
    parser.add_argument("--plant", type=float, default=0.05)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=0)
    parser.add_argument("--tandem", type=pathlib.Path, default=ROOT / "build" / "tandem")
    parser.add_argument("--out", type=pathlib.Path, help="where to write the numbers as JSON")
    options = parser.parse_args()

    seeds = []
    print(
        "| split | seed | swapped | average precision | by similarity | by chance "
        "| estimated share of wrong captions |\n"
        "|---|---|---|---|---|---|---|"
    )
    for seed in options.seeds:
        audit = measured(options, seed)
        planted = audit["planted"]
        seeds.append({**planted, "wrong_share": audit["wrong_share"], "counts": audit["counts"]})
        print(
            f"| {options.split} | {seed} | {planted['captions']} of {audit['captions']} "
            f"| {planted['average_precision']:.3f} | {planted['by_similarity']:.3f} "
            f"| {planted['chance']:.3f} | {audit['wrong_share']:.3f} |",
            flush=True,
        )
    mean = {
        name: statistics.mean(seed[name] for seed in seeds)
        for name in ("average_precision", "by_similarity", "chance", "wrong_share")
    }
    print(
        f"| {options.split} | mean | | {mean['average_precision']:.3f} | {mean['by_similarity']:.3f} "
        f"| {mean['chance']:.3f} | {mean['wrong_share']:.3f} |"
    )
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        seed_words = " ".join(map(str, options.seeds))
        command = (
            f"python3 benchmarks/audit/planted_swaps.py RUN --split {options.split} --plant {options.plant} "
            f"--seeds {seed_words}"
        )
        if options.split in ("train", "all"):
            command += f" --folds {options.folds}" + (f" --epochs {options.epochs}" if options.epochs else "")
        result = {
            "command": command,
            "data": audit["data"],
            "split": options.split,
            "captions": audit["captions"],
            "folds": audit["folds"],
            "mean": mean,
            "seeds": seeds,
        }
        options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
