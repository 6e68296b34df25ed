"""Retrieval metrics both ways beside what a user would write with torch or faiss, on the same vectors, in one run.

    cmake --build build --target retrieval_speed
    ENV/bin/python benchmarks/evaluation/retrieval.py [--images 5000] [--captions 25000] [--width 512]
        [--rounds 3] [--large 2]

ENV holds numpy, torch and faiss-cpu (requirements.txt beside this file). tandem computes every
metric (recall at any k, median and mean rank, MRR, mAP@R); the rivals recall@1, @5 and @10 alone.
Every measurement is a process of its own, one thread, CPU time (user and system) of the work
without reading; rivals are interleaved and ratios are medians over the rounds. Memory is what the
work added to the process's peak. The recalls must agree to 0.02 points before anything is printed.
--large repeats tandem's alone on vectors that many times as many both ways.
"""

import argparse
import json
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KS = (1, 5, 10)


def write_vectors(folder, images, captions, width):
    random = np.random.default_rng(3)
    image = random.standard_normal((images, width), dtype=np.float32)
    pairs = np.arange(captions) % images
    text = image[pairs] + 4.5 * random.standard_normal((captions, width), dtype=np.float32)
    for name, rows in (("image", image), ("text", text)):
        np.save(folder / f"{name}.npy", rows / np.linalg.norm(rows, axis=1, keepdims=True))
    np.save(folder / "pairs.npy", pairs.astype(np.int64))


def recalls(to_text, to_image, pairs):
    """to_text [N, 10] captions, to_image [M, 10] pictures, the nearest first."""
    right = pairs[to_text] == np.arange(len(to_text))[:, None]
    back = to_image == pairs[:, None]
    return {
        way: [100 * float(hits[:, :k].any(1).mean()) for k in KS]
        for way, hits in (("image_to_text", right), ("text_to_image", back))
    }


def by_torch(image, text):
    import torch

    scores = torch.from_numpy(image) @ torch.from_numpy(text).T
    return scores.topk(max(KS), 1).indices.numpy(), scores.T.topk(max(KS), 1).indices.numpy()


def by_faiss(image, text):
    import faiss

    def knn(query, gallery):
        return faiss.knn(query, gallery, max(KS), metric=faiss.METRIC_INNER_PRODUCT)[1]

    return knn(image, text), knn(text, image)


def rival(name, folder):
    """In a process of its own: prints CPU seconds, memory and recalls."""
    if name == "torch":
        import torch

        torch.set_num_threads(1)
    else:
        import faiss

        faiss.omp_set_num_threads(1)
    image, text, pairs = (np.load(folder / f"{part}.npy") for part in ("image", "text", "pairs"))

    def peak():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    loaded, begin = peak(), time.process_time()
    answer = recalls(*{"torch": by_torch, "faiss": by_faiss}[name](image, text), pairs)
    print(json.dumps({"seconds": time.process_time() - begin, "extra_mb": peak() - loaded, **answer}))


def run(words):
    return json.loads(subprocess.run([str(word) for word in words], check=True, capture_output=True, text=True).stdout)


def tandem(program, folder, samples=10000):
    return run([program, *(folder / f"{part}.npy" for part in ("image", "text", "pairs")), 1, samples])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=ROOT / "build" / "retrieval_speed")
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--captions", type=int, default=25000)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--large", type=int, default=2, help="0: leave it out")
    parser.add_argument("--rival", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.rival:
        return rival(arguments.rival[0], pathlib.Path(arguments.rival[1]))
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        write_vectors(folder, arguments.images, arguments.captions, arguments.width)
        rounds = []
        for _ in range(arguments.rounds):
            one = {"tandem": tandem(arguments.program, folder)}
            for name in ("torch", "faiss"):
                one[name] = run([sys.executable, __file__, "--rival", name, folder])
            rounds.append(one)
            for name in ("torch", "faiss"):
                for way in ("image_to_text", "text_to_image"):
                    difference = np.abs(np.subtract(one["tandem"][way], one[name][way])).max()
                    assert difference < 0.02, (name, way, one["tandem"][way], one[name][way])

        def median(value):
            return statistics.median(value(one) for one in rounds)

        def times_slower(name, part):
            """How many times as long as this part tandem took."""
            return median(lambda o: o["tandem"]["seconds"] / o[name][part])

        print(
            f"{arguments.images:,} x {arguments.captions:,}, D {arguments.width}, one thread; recall@1/5/10 agree: "
            f"{rounds[0]['tandem']['image_to_text']} and {rounds[0]['tandem']['text_to_image']}\n"
        )
        print("| work | CPU seconds | tandem / it | extra memory |\n|---|---|---|---|")
        print(
            f"| tandem, every metric both ways | {median(lambda o: o['tandem']['seconds']):.2f} | 1 "
            f"| {median(lambda o: o['tandem']['extra_mb']):.0f} MB |"
        )
        for name, what in (
            ("torch", "torch, whole matrix + topk, recall alone"),
            ("faiss", "faiss.knn both ways, recall alone"),
        ):
            print(
                f"| {what} | {median(lambda o: o[name]['seconds']):.2f} | {times_slower(name, 'seconds'):.2f} "
                f"| {median(lambda o: o[name]['extra_mb']):.0f} MB |"
            )
        print(
            "| the floor: the matrix products of tandem's tiles "
            f"| {median(lambda o: o['tandem']['floor_seconds']):.2f} "
            f"| {times_slower('tandem', 'floor_seconds'):.2f} | |"
        )
        print(
            "| 10,000 bootstrap resamples, added by tandem "
            f"| {median(lambda o: o['tandem']['interval_seconds']):.2f} | | |"
        )
        if arguments.large > 0:
            write_vectors(
                folder, arguments.large * arguments.images, arguments.large * arguments.captions, arguments.width
            )
            large = tandem(arguments.program, folder, 0)
            ratio = large["seconds"] / median(lambda o: o["tandem"]["seconds"])
            hours = (
                large["seconds"]
                * 100_000
                * 500_000
                / (arguments.large**2 * arguments.images * arguments.captions)
                / 3600
            )
            print(
                f"| tandem, {arguments.large * arguments.images:,} x {arguments.large * arguments.captions:,} "
                f"| {large['seconds']:.2f} | | {large['extra_mb']:.0f} MB |"
            )
            print(
                f"\n{arguments.large**2} times the similarities took {ratio:.2f} times as long; "
                f"at that rate 100,000 x 500,000 takes {hours:.2f} CPU hours of one thread."
            )


if __name__ == "__main__":
    main()
