"""Writes heads/whitening.safetensors: features, their PCA whitening by scikit-learn, and ZCA
whitening with shrinkage 0.2 by definition."""

from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from sklearn.decomposition import PCA

OUT = Path(__file__).parent / "heads" / "whitening.safetensors"


def main():
    rng = np.random.default_rng(3)
    features = rng.normal(size=(60, 5)) @ rng.normal(size=(5, 5)) + rng.normal(size=5)
    pca = PCA(whiten=True, svd_solver="full").fit_transform(features) * np.sqrt(
        60 / 59
    )  # scikit-learn divides by N - 1
    covariance = np.cov(features, rowvar=False, bias=True)
    shrunk = 0.8 * covariance + 0.2 * np.trace(covariance) / 5 * np.eye(5)
    values, vectors = np.linalg.eigh(shrunk)
    zca = (features - features.mean(0)) @ (vectors / np.sqrt(values)) @ vectors.T
    save_file(
        {
            name: np.ascontiguousarray(x, dtype=np.float32)
            for name, x in {"features": features, "pca": pca, "zca": zca}.items()
        },
        OUT,
    )


if __name__ == "__main__":
    main()
