"""t-SNE, PCA and neighbours beside the libraries one would use in Python: answers first, then CPU time on one thread.

    python3 -m venv peers/maps && peers/maps/bin/pip install -r benchmarks/maps/requirements.txt
    cmake --build build --target map_rows
    peers/maps/bin/python benchmarks/maps/compare.py
    peers/maps/bin/python benchmarks/maps/compare.py --scikit-learn
    peers/maps/bin/python benchmarks/maps/compare.py --scaling

The first takes some 3 minutes on an idle machine. --scikit-learn adds scikit-learn's own t-SNE,
which takes a minute more. --scaling maps 50,000 to 200,000 points by t-SNE, or as many as given.

Every piece of work runs in a process of its own; its CPU time is user and system time from when the
rows are in memory to when the answer is. Divergences are computed here by one formula for all:
joint probabilities from the exact 90 nearest neighbours, q from all pairs, in double precision.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
ROOT = pathlib.Path(__file__).resolve().parents[2]
PERPLEXITY = 30


def peer(work, rows_file, result_file):
    """Runs inside a process of its own: one rival's work, timed."""
    import numpy as np

    rows = np.load(rows_file)
    if work == "scikit-learn-intelex":
        from sklearnex import patch_sklearn

        patch_sklearn(verbose=False)
    if work in ("scikit-learn", "scikit-learn-intelex"):
        from sklearn.manifold import TSNE

        def run():
            return TSNE(perplexity=PERPLEXITY, init="pca", random_state=0, n_jobs=1).fit_transform(rows)

    elif work == "openTSNE":
        from openTSNE import TSNE

        # Exact neighbours, as the others have: the approximate ones take longer at this size.
        def run():
            return np.asarray(TSNE(perplexity=PERPLEXITY, neighbors="exact", random_state=0, n_jobs=1).fit(rows))

    elif work in ("pca", "pca in double"):
        from sklearn.decomposition import PCA

        rows = rows.astype(np.float64 if work == "pca in double" else np.float32)

        def run():
            return PCA(50, svd_solver="covariance_eigh").fit(rows).components_

    elif work == "hnsw":
        import faiss

        faiss.omp_set_num_threads(1)

        def run():
            index = faiss.IndexHNSWFlat(rows.shape[1], 16)
            index.hnsw.efConstruction, index.hnsw.efSearch = 100, 128
            index.add(rows)
            return index.search(rows, 91)[1][:, 1:]
    else:
        raise SystemExit(f"no rival called {work}")
    cpu = time.process_time()
    result = run()
    print(json.dumps({"cpu_s": time.process_time() - cpu}))
    np.save(result_file, np.ascontiguousarray(result))


def run(command):
    done = subprocess.run(command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")
    return json.loads(done.stdout.strip().splitlines()[-1])


class Bench:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)

    def ours(self, work, rows, threads=1, number=0):
        told = run([self.program, work, rows, self.folder / "ours.npy", str(threads), str(number)])
        return told, self.folder / "ours.npy"

    def theirs(self, work, rows):
        told = run([sys.executable, __file__, "--peer", work, rows, self.folder / "theirs.npy"])
        return told, self.folder / "theirs.npy"


def mixture(np, count, width, seed=0, centres=50):
    """Points of `centres` Gaussians: unit noise around centres of unit spread."""
    random = np.random.default_rng(seed)
    middle = random.standard_normal((centres, width), dtype=np.float32)
    return middle[random.integers(0, centres, count)] + random.standard_normal((count, width), dtype=np.float32)


def joint_probabilities(np, rows):
    """(i, j, p) of the symmetrised affinities, from the exact 3 x perplexity nearest neighbours."""
    x = rows.astype(np.float64)
    n, k = len(x), 3 * PERPLEXITY
    norms = (x**2).sum(1)
    others, distances = np.empty((n, k), np.int64), np.empty((n, k))
    for begin in range(0, n, 1000):
        part = slice(begin, min(begin + 1000, n))
        squared = norms[part, None] + norms - 2 * x[part] @ x.T
        squared[np.arange(part.stop - begin), np.arange(begin, part.stop)] = np.inf
        others[part] = np.argpartition(squared, k, axis=1)[:, :k]
        distances[part] = np.take_along_axis(squared, others[part], 1)
    distances -= distances.min(1, keepdims=True)
    low, high = np.zeros((n, 1)), np.full((n, 1), np.inf)
    beta = 1 / distances.mean(1, keepdims=True)
    for _ in range(100):
        p = np.exp(-beta * distances)
        p /= p.sum(1, keepdims=True)
        entropy = -(p * np.log(np.maximum(p, 1e-300))).sum(1, keepdims=True)
        above = entropy > np.log(PERPLEXITY)
        low, high = np.where(above, beta, low), np.where(above, high, beta)
        beta = np.where(np.isinf(high), beta * 2, (low + high) / 2)
    keys = np.concatenate(
        [np.repeat(np.arange(n), k) * n + others.ravel(), others.ravel() * n + np.repeat(np.arange(n), k)]
    )
    keys, place = np.unique(keys, return_inverse=True)
    joint = np.bincount(place, np.tile(p.ravel(), 2) / (2 * n))
    return keys // n, keys % n, joint


def divergence(np, joint, points):
    i, j, p = joint
    y = points.astype(np.float64)
    norms = (y**2).sum(1)
    normaliser = -float(len(y))
    for begin in range(0, len(y), 1000):
        part = y[begin : begin + 1000]
        normaliser += (1 / (1 + np.maximum(norms[begin : begin + 1000, None] + norms - 2 * part @ y.T, 0))).sum()
    q = 1 / (1 + ((y[i] - y[j]) ** 2).sum(1)) / normaliser
    there = p > 0
    return float((p[there] * np.log(p[there] / q[there])).sum())


def table(title, head, rows):
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |")
    sys.stdout.flush()


def compare_tsne(np, bench, rivals, repeats):
    rows = mixture(np, 10_000, 512)
    file = bench.folder / "mixture.npy"
    np.save(file, rows)
    joint = joint_probabilities(np, rows)
    first, answer = bench.ours("tsne", file)
    ours_kl = divergence(np, joint, np.load(answer))
    if abs(ours_kl - first["kl"]) > 0.01 * ours_kl:
        raise SystemExit(f"tandem says KL {first['kl']}, the formula {ours_kl}")
    ours = [first["cpu_s"]]
    lines = []
    for rival in rivals:  # interleaved with ours, so that both meet the same machine
        told, answer = bench.theirs(rival, file)
        kl = divergence(np, joint, np.load(answer))
        if repeats > len(ours) - 1:
            ours.append(bench.ours("tsne", file)[0]["cpu_s"])
        lines.append((rival, f"{told['cpu_s']:.1f} s", f"{kl:.3f}", told["cpu_s"]))
    median = float(np.median(ours))
    shown = [("**tandem**", f"{median:.1f} s", f"{ours_kl:.3f}", "1")]
    shown += [(name, cpu, kl, f"{seconds / median:.1f}") for name, cpu, kl, seconds in lines]
    table(
        "t-SNE, 10,000 x 512, 50 Gaussians, perplexity 30, one thread", ("", "CPU time", "KL", "times tandem's"), shown
    )


def compare_threads(np, bench):
    file = bench.folder / "mixture.npy"
    one, two = bench.ours("tsne", file, 1)[0], bench.ours("tsne", file, 2)[0]
    table(
        "The same on two threads (needs two idle cores)",
        ("threads", "seconds", "CPU time"),
        [
            (1, f"{one['seconds']:.1f}", f"{one['cpu_s']:.1f}"),
            (2, f"{two['seconds']:.1f}: {one['seconds'] / two['seconds']:.2f} times as fast", f"{two['cpu_s']:.1f}"),
        ],
    )


def compare_pca(np, bench, repeats):
    random = np.random.default_rng(1)
    spectrum = np.concatenate([np.linspace(6, 2, 50), np.ones(718)]).astype(np.float32)
    turn = np.linalg.qr(random.standard_normal((768, 768)))[0].astype(np.float32)
    rows = (random.standard_normal((30_000, 768), dtype=np.float32) * spectrum) @ turn + 1
    file = bench.folder / "pca.npy"
    np.save(file, rows)
    centred = rows.astype(np.float64) - rows.mean(0, dtype=np.float64)
    exact = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :50]
    times, apart = {}, {}
    for name, call in {
        "**tandem**, covariance": lambda: bench.ours("pca", file),
        "scikit-learn, covariance_eigh": lambda: bench.theirs("pca", file),
        "the same of float64 rows": lambda: bench.theirs("pca in double", file),
        "tandem, randomised": lambda: bench.ours("randomised", file),
    }.items():
        for _ in range(repeats):
            told, answer = call()
            times.setdefault(name, []).append(told["cpu_s"])
        basis = np.load(answer).astype(np.float64)
        # Sine of the largest angle between the subspace found and the exact one.
        apart[name] = np.linalg.norm(basis.T - exact @ (exact.T @ basis.T), 2)
    if apart["**tandem**, covariance"] > 1e-5:
        raise SystemExit(f"the subspace is off by {apart}")
    table(
        "PCA, float32, 30,000 x 768 to 50, one thread",
        ("", "CPU time", "off the exact subspace by (sine)"),
        [(name, f"{np.median(seconds):.2f} s", f"{apart[name]:.1e}") for name, seconds in times.items()],
    )


def compare_neighbours(np, bench, count):
    rows = mixture(np, count, 512, seed=2, centres=500)
    file = bench.folder / "many.npy"
    np.save(file, rows)
    exact, answer = bench.ours("exact", file)
    truth = np.load(answer)
    lines = [("tandem, exact tiles", f"{exact['cpu_s']:.1f} s", "1")]
    for name, call in {
        "**tandem**, parts": lambda: bench.ours("parted", file),
        "faiss HNSW, M 16, ef 100 and 128": lambda: bench.theirs("hnsw", file),
    }.items():
        told, answer = call()
        found = np.load(answer)
        recall = np.mean([len(np.intersect1d(a, b)) / 90 for a, b in zip(found[::50], truth[::50])])
        lines.append((name, f"{told['cpu_s']:.1f} s", f"{recall:.3f}"))
    table(f"The 90 nearest of {count:,} x 512, 500 Gaussians, one thread", ("", "CPU time", "recall"), lines)


def scaling(np, bench, counts):
    lines = []
    for count in counts:
        file = bench.folder / "scaling.npy"
        np.save(file, mixture(np, count, 32, seed=3))
        told = bench.ours("tsne", file, threads=2, number=500)[0]
        lines.append(
            (
                f"{count:,}",
                f"{told['cpu_s']:.0f} s",
                f"{told['cpu_s_before_descent']:.0f} s",
                f"{told['cpu_s'] / count * 1e6:.0f}",
                f"{told['peak_mib_above_rows']:.0f} MiB",
                f"{told['peak_mib_above_rows'] * 2**10 / count:.1f}",
                f"{told['kl']:.2f}",
            )
        )
    table(
        "t-SNE of N x 32, 500 iterations",
        ("N", "CPU time", "of it neighbours", "us a point", "memory", "KiB a point", "KL"),
        lines,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=ROOT / "build" / "map_rows")
    parser.add_argument(
        "--repeats", type=int, default=3, help="times tandem and the quick rivals run; the median counts"
    )
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("tsne", "threads", "pca", "neighbours"),
        default=("tsne", "threads", "pca", "neighbours"),
    )
    parser.add_argument("--scikit-learn", action="store_true", help="scikit-learn's own t-SNE as well")
    parser.add_argument("--neighbours", type=int, default=30_000, metavar="N", help="rows of the search for neighbours")
    parser.add_argument(
        "--scaling", nargs="*", type=int, metavar="N", help="only t-SNE of so many points (50,000, 100,000 and 200,000)"
    )
    parser.add_argument("--peer", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return peer(*options.peer)
    os.environ.update(ONE_THREAD)
    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.program, folder)
        if options.scaling is not None:
            return scaling(np, bench, options.scaling or (50_000, 100_000, 200_000))
        if "tsne" in options.only or "threads" in options.only:
            rivals = ["scikit-learn-intelex", "openTSNE"] + ["scikit-learn"] * options.scikit_learn
            compare_tsne(np, bench, rivals if "tsne" in options.only else [], options.repeats)
        if "threads" in options.only:
            compare_threads(np, bench)
        if "pca" in options.only:
            compare_pca(np, bench, options.repeats)
        if "neighbours" in options.only:
            compare_neighbours(np, bench, options.neighbours)


if __name__ == "__main__":
    main()
