"""Writes projection/projection.safetensors: scikit-learn's PCA, trustworthiness and t-SNE on 20 clusters.

The points come from a formula that tests/maps/mixture.h repeats, so only results are stored. The
divergence of scikit-learn's map is computed here from the definition, with probabilities of our own, because
scikit-learn reports the approximation its tree made. Takes a minute.
"""

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

OUT = Path(__file__).parent / "maps"


def uniform(count):
    """splitmix64 of 0, 1, 2, ...: its upper 53 bits as fractions."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) / 2**53


def mixture(rows, width, clusters=20):
    """Row i belongs to cluster i % clusters; near-Gaussian noise is the sum of four uniforms."""
    u = uniform((clusters + rows) * width * 4).reshape(clusters + rows, width, 4)
    noise = ((u[..., 0] + u[..., 1]) + (u[..., 2] + u[..., 3])) - 2
    return (2 * noise[:clusters][np.arange(rows) % clusters] + noise[clusters:]).astype(np.float32)


def conditional(squared_distance, perplexity):
    """One row: bisection on beta until the entropy is log(perplexity)."""
    low, high, beta = 0.0, np.inf, 1.0
    for _ in range(200):
        p = np.exp(-beta * (squared_distance - squared_distance[0]))
        p /= p.sum()
        entropy = -(p[p > 0] * np.log(p[p > 0])).sum()
        if entropy > np.log(perplexity):
            low, beta = beta, beta * 2 if np.isinf(high) else (beta + high) / 2
        else:
            high, beta = beta, (beta + low) / 2
    return p


def divergence(rows, points, perplexity=30.0):
    x = rows.astype(np.float64)
    n, k = len(x), int(3 * perplexity)
    norms = (x**2).sum(1)
    squared = np.maximum(norms[:, None] + norms[None] - 2 * x @ x.T, 0)
    np.fill_diagonal(squared, np.inf)
    joint = np.zeros((n, n))
    for i in range(n):
        order = np.argsort(squared[i], kind="stable")[:k]
        joint[i, order] = conditional(squared[i, order], perplexity)
    joint = (joint + joint.T) / (2 * n)
    y = points.astype(np.float64)
    w = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1))
    np.fill_diagonal(w, 0)
    there = joint > 0
    return (joint[there] * np.log(joint[there] / (w / w.sum())[there])).sum()


def neighbours_kept(rows, points, k):
    near = [NearestNeighbors(n_neighbors=k).fit(x).kneighbors(return_distance=False) for x in (rows, points)]
    return np.mean([len(set(a) & set(b)) / k for a, b in zip(*near)])


def main():
    rows = mixture(2000, 20)
    small = mixture(200, 12)
    pca = PCA(n_components=5, svd_solver="full").fit(small.astype(np.float64))
    maps = [TSNE(init="pca", random_state=seed).fit_transform(rows) for seed in range(2)]
    divergences = [divergence(rows, points) for points in maps]
    squared = np.sort(((small[1:].astype(np.float64) - small[0].astype(np.float64)) ** 2).sum(1))[:30]
    numbers = {
        "pca_mean": pca.mean_,
        "pca_components": pca.components_,
        "pca_variance": pca.explained_variance_,
        "pca_projected": pca.transform(small[:7].astype(np.float64)),
        "trustworthiness": np.array([trustworthiness(small, small[:, :2], n_neighbors=k) for k in (5, 12)]),
        "continuity": np.array([trustworthiness(small[:, :2], small, n_neighbors=k) for k in (5, 12)]),
        "neighbours_kept": np.array([neighbours_kept(small, small[:, :2], k) for k in (5, 12)]),
        "squared_distance": squared,
        "conditional": conditional(squared, 10.0),
        "divergence": np.array(divergences),
    }
    print(numbers["trustworthiness"], divergences)
    OUT.mkdir(exist_ok=True)
    save_file(
        {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in numbers.items()},
        OUT / "maps.safetensors",
    )


if __name__ == "__main__":
    main()
