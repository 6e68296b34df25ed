r"""The best retrieval that frozen small encoders gave on Flickr8k, what each ingredient adds, and the control.

    python3 -m venv peers/quality && peers/quality/bin/pip install -r benchmarks/quality/requirements.txt
    peers/quality/bin/python benchmarks/quality/thin_resnet.py OPEN_NSFW.onnx resnet-50-thin
    peers/quality/bin/python benchmarks/quality/flickr8k.py --data FLICKR8K --deit DEIT_TINY \
        --thin-resnet resnet-50-thin --work WORK

Encodes (some 45 minutes on two cores), then trains heads (some 4 minutes a pair of heads): five
ensembles of five pairs, each pair with a seed of its own, joined with the heads that CCA solves
for, and measured on test; what each part adds, with the first ensemble and with seed 1, measured on
dev; the controls, whose captions were shuffled among pictures. Whatever was chosen was chosen on
dev. Work that is there is not done again: called again, it goes on; --only-train ends before
anything is measured. Writes results/quality_flickr8k.json.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]

# Every view that is encoded, with its width, in the order of the columns.
MIRRORED = [
    ("efficientnet-lite0", "mean", 1280),
    ("efficientnet-lite2", "mean", 1280),
    ("deit-tiny", "cls", 192),
    ("deit-tiny", "mean", 192),
    ("resnet-50-thin", "mean", 1024),
]
PLAIN = MIRRORED[:4]
UPPER = [("minilm", view, 384) for view in ("mean", "mean@-2", "mean@-3", "max", "max@-2")]
CAPTIONS = UPPER + [("minilm", view, 384) for view in ("mean@-4", "mean@-5", "mean@-6", "mean@-7")]


def columns(views, kept):
    """The columns of the views in `kept`."""
    chosen, begin = [], 0
    for view in views:
        if view in kept:
            chosen.append(np.arange(begin, begin + view[2]))
        begin += view[2]
    return np.concatenate(chosen)


def poolings(views, encoder, suffix=""):
    return ",".join(view + suffix for name, view, _ in views if name == encoder)


def names(views):
    return [f"{encoder} {view}" for encoder, view, _ in views]


class Work:
    def __init__(self, options):
        self.options, self.folder, self.told = options, options.work.resolve(), {}
        self.folder.mkdir(parents=True, exist_ok=True)

    def tandem(self, *words):
        command = [str(self.options.tandem), *map(str, words)]
        print("  " + " ".join(command[1:]), flush=True)
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {done.returncode}")
        return done.stdout

    def arrays(self, views):
        """These views of their encoders, encoded (which resumes by itself) and written out once."""
        name, suffix = ("mirrored", "+mirror") if views is MIRRORED else ("plain", "")
        folders = {
            "efficientnet-lite0": self.options.models / "efficientnet-lite0",
            "efficientnet-lite2": self.options.models / "efficientnet-lite2",
            "deit-tiny": self.options.deit,
            "resnet-50-thin": self.options.thin_resnet,
        }
        encoders = list(dict.fromkeys(encoder for encoder, _, _ in views))
        arrays = self.folder / f"{name}-arrays"
        if not arrays.exists():
            store = self.folder / name
            self.tandem(
                "encode",
                "--data",
                f"flickr8k:{self.options.data}",
                "--out",
                store,
                "--image-encoder",
                *(folders[encoder] for encoder in encoders),
                "--image-pooling",
                *(poolings(views, encoder, suffix) for encoder in encoders),
                "--text-encoder",
                self.options.models / "all-MiniLM-L6-v2",
                "--text-pooling",
                poolings(CAPTIONS, "minilm"),
            )
            self.tandem("export", store, "--out", arrays.with_suffix(".part"))
            arrays.with_suffix(".part").rename(arrays)
        return arrays

    def features(self, recipe):
        """A feature store of the recipe's views alone."""
        image, text, encoded = recipe["image"], recipe["text"], recipe["encoded"]
        store = self.folder / "features" / recipe["features"]
        if not (store / "manifest.json").exists():
            arrays, part = self.arrays(encoded), self.folder / "part"
            part.mkdir(exist_ok=True)
            for side, views, kept in (("image", encoded, image), ("text", CAPTIONS, text)):
                whole = np.load(arrays / f"{side}.npy", mmap_mode="r")
                assert whole.shape[1] == sum(width for _, _, width in views), f"{side}: {whole.shape[1]} columns"
                np.save(part / f"{side}.npy", np.ascontiguousarray(whole[:, columns(views, kept)]))
            self.tandem(
                "import",
                "--image",
                part / "image.npy",
                "--text",
                part / "text.npy",
                "--ids",
                arrays / "ids.json",
                "--captions",
                arrays / "captions.jsonl",
                "--split",
                arrays / "split.txt",
                "--name",
                "flickr8k",
                "--out",
                store,
            )
            shutil.rmtree(part)
        return store

    def train(self, name, recipe, words, threads):
        run = self.folder / "runs" / name
        if not (run / "run.json").exists():
            self.tandem(
                "train",
                self.features(recipe),
                "--out",
                run,
                "--json",
                "--threads",
                threads,
                *settings(recipe["train"] + words),
                *(["--shuffled"] if name == "control" else []),
            )
        return run

    def solve(self, name, recipe):
        run = self.folder / "runs" / name
        if not (run / "run.json").exists():
            self.tandem(
                "cca",
                self.features(recipe),
                "--out",
                run,
                "--json",
                *CCA,
                *(["--shuffled", "--seed", 1] if name.startswith("control") else []),
            )
        return run

    def ensemble(self, name, members, weights=()):
        run = self.folder / "runs" / name
        if not (run / "run.json").exists():
            self.tandem("ensemble", *members, "--out", run, "--json", *(["--weights", *weights] if weights else []))
        return run

    def measured(self, run, split, corrected):
        """Recall both ways; with `corrected` after the correction for hubs that training queries give."""
        if corrected and not (run / "hubness.json").exists():
            self.tandem("correct", run, "--method", "nnn", "--json")
            self.told.pop((run, split), None)
        if (run, split) not in self.told:
            self.told[run, split] = json.loads(self.tandem("eval", run, "--split", split, "--samples", 0, "--json"))
        told = self.told[run, split]
        if corrected:
            told = told["corrected"]
            assert told["transductive"] is False and told["method"] == "nnn"
        return {
            way: {k: told[way][k] for k in ("r1", "r5", "r10", "median_rank")}
            for way in ("image_to_text", "text_to_image")
        }


def mean_recall(measured):
    return statistics.mean(measured[way][k] for way in measured for k in ("r1", "r5", "r10"))


def average(all_measured):
    return {
        way: {
            k: {
                "mean": statistics.mean(one[way][k] for one in all_measured),
                "deviation": statistics.stdev(one[way][k] for one in all_measured),
            }
            for k in ("r1", "r5", "r10")
        }
        for way in ("image_to_text", "text_to_image")
    }


def text_of(measured):
    return "  ".join(
        f"{way.replace('_', ' ')} " + " / ".join(f"{measured[way][k]:.1f}" for k in ("r1", "r5", "r10"))
        for way in measured
    )


# Chosen on dev; those of CCA and the weights (trained heads, solved ones) by what the first two
# ensembles and their first pairs had there after the correction.
TRAIN = ["--hidden", "2048", "--epochs", "12"]
CCA = ["--regularisation", "1", "--power", "0.5"]
WEIGHTS = ["1", "1.5"]
ONE = {"features": "whole", "encoded": MIRRORED, "image": MIRRORED, "text": CAPTIONS, "train": TRAIN, "corrected": True}
ENSEMBLES, MEMBERS = 5, 5


def but(encoder, views=MIRRORED):
    return [view for view in views if view[0] != encoder]


# What one pair of heads would be without one of the parts, or two.
ABLATIONS = {
    "without the correction for hubs": {"corrected": False},
    "without MiniLM's lower layers": {"features": "upper", "text": UPPER},
    "without ResNet-50-thin": {"features": "no-resnet", "image": but("resnet-50-thin")},
    "without ResNet-50-thin and mirror images": {"features": "plain", "encoded": PLAIN, "image": PLAIN},
}


def member_seeds(ensemble):
    """Seeds of an ensemble's members; no two ensembles share one."""
    return range(ensemble * MEMBERS + 1, (ensemble + 1) * MEMBERS + 1)


def settings(words):
    """Options with a later one in place of an earlier one of the same name."""
    return [word for pair in dict(zip(words[::2], words[1::2])).items() for word in pair]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--data", type=pathlib.Path, required=True, help="Flickr8k: Images, Flickr8k.token.txt and the lists of splits"
    )
    parser.add_argument("--deit", type=pathlib.Path, required=True, help="DeiT-tiny, as transformers writes it")
    parser.add_argument("--thin-resnet", type=pathlib.Path, required=True, help="made by thin_resnet.py")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "models")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="folder for features and runs, some 6 GB")
    parser.add_argument("--only-train", action="store_true", help="train all heads and measure nothing")
    parser.add_argument("--jobs", type=int, default=2, help="trainings at once, which share the cores")
    parser.add_argument("--tandem", type=pathlib.Path, default=ROOT / "build" / "tandem")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "results" / "quality_flickr8k.json")
    options = parser.parse_args()

    work = Work(options)
    alone = {"one pair of heads": ONE, **{name: {**ONE, **change} for name, change in ABLATIONS.items()}}
    trainings = {
        f"seed-{seed}": (ONE, ["--seed", str(seed)]) for ensemble in range(ENSEMBLES) for seed in member_seeds(ensemble)
    }
    trainings["control"] = (ONE, ["--seed", "1", "--epochs", "4"])  # nothing is to be learned there
    run_of = {}
    for name, recipe in alone.items():
        run_of[name] = "seed-1" if recipe["features"] == "whole" else name.replace(" ", "-").replace("'", "")
        trainings.setdefault(run_of[name], (recipe, ["--seed", "1"]))
    for recipe in alone.values():
        work.features(recipe)
    with ThreadPoolExecutor(options.jobs) as pool:
        threads = max(1, (os.cpu_count() or 1) // options.jobs)
        runs = dict(zip(trainings, pool.map(lambda name: work.train(name, *trainings[name], threads), trainings)))
    if options.only_train:
        return
    seeds_of = [list(member_seeds(ensemble)) for ensemble in range(ENSEMBLES)]
    solved = work.solve("cca", ONE)
    trained = [
        work.ensemble(f"ensemble-{number}", [runs[f"seed-{seed}"] for seed in seeds])
        for number, seeds in enumerate(seeds_of, 1)
    ]
    firsts = [runs[f"seed-{seeds[0]}"] for seeds in seeds_of]

    def with_solved(heads):
        return [work.ensemble(f"{run.name}-with-cca", [run, solved], WEIGHTS) for run in heads]

    joined, pairs = with_solved(trained), with_solved(firsts)
    rows = []

    def add(name, run, corrected, against):
        found = work.measured(run, "dev", corrected)
        rows.append({"recipe": name, "dev": found, "dev_mean_recall": mean_recall(found), "against": against})
        if against:
            rows[-1]["lost"] = (
                next(row["dev_mean_recall"] for row in rows if row["recipe"] == against) - rows[-1]["dev_mean_recall"]
            )
        print(f"dev, {name}: {text_of(found)}; mean {mean_recall(found):.2f}", flush=True)

    whole, alone_name = f"an ensemble of {MEMBERS} and CCA", "one pair of heads"
    add(whole, joined[0], True, None)
    add(whole + ", without the correction for hubs", joined[0], False, whole)
    add(f"an ensemble of {MEMBERS} alone", trained[0], True, whole)
    add("CCA alone", solved, True, whole)
    add("one pair of heads and CCA", pairs[0], True, whole)
    for name, recipe in alone.items():
        add(name, runs[run_of[name]], recipe["corrected"], whole if name == alone_name else alone_name)
    on_test = {
        "test": [work.measured(run, "test", True) for run in joined],
        "test_uncorrected": [work.measured(run, "test", False) for run in joined],
        "test_one_pair": [work.measured(run, "test", True) for run in pairs],
        "test_without_cca": [work.measured(run, "test", True) for run in trained],
        "test_without_cca_uncorrected": [work.measured(run, "test", False) for run in trained],
        "test_one_pair_without_cca": [work.measured(run, "test", True) for run in firsts],
    }
    result = {
        "command": "benchmarks/quality/flickr8k.py",
        "data": "Flickr8k, pictures squashed to 224 x 224, JPEG quality 80; 6,000 / 1,000 / 1,000",
        "protocol": "all 1,000 test pictures and 5,000 captions in one gallery; ties count against us; epoch, views, "
        "options, weights and the correction's settings were chosen on dev; test was measured once for each model "
        "named; the correction (NNN) compares with training queries alone",
        "looks_at_test": "the recipe without CCA was measured on test before CCA was joined, on dev's word; the models "
        "with CCA were then measured once each",
        "image_views": names(MIRRORED),
        "mirrored": True,
        "text_views": names(CAPTIONS),
        "train": TRAIN,
        "cca": CCA,
        "weights_trained_solved": WEIGHTS,
        "seeds_of_ensembles": seeds_of,
        **{name: average(found) for name, found in on_test.items()},
        "test_of_each_ensemble": on_test["test"],
        "test_cca_alone": work.measured(solved, "test", True),
        "control_shuffled_pairs": work.measured(runs["control"], "test", False),
        "control_shuffled_pairs_cca": work.measured(work.solve("control-cca", ONE), "test", False),
        "ablations_on_dev": rows,
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    for name in on_test:
        print(
            f"{name}, mean of {ENSEMBLES}: "
            + text_of({way: {k: one["mean"] for k, one in of.items()} for way, of in result[name].items()})
        )
    for name in ("test_cca_alone", "control_shuffled_pairs", "control_shuffled_pairs_cca"):
        print(f"{name}: " + text_of(result[name]))


if __name__ == "__main__":
    sys.exit(main())
