"""Writes baselines/baselines.safetensors: small features with several captions a picture, and the
cosine similarities that CCA, ridge regression, Procrustes and ASIF give for other rows, from scipy,
scikit-learn and NumPy."""

from pathlib import Path

import numpy as np
import scipy.linalg
from safetensors.numpy import save_file
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

OUT = Path(__file__).parent / "closed_form"
REGULARISATION, POWER, WIDTH = 0.1, 2.0, 4
NEAREST, ASIF_POWER = 7, 3.0


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def cca(x, y, new_x, new_y):
    """The generalised eigenproblem: Cxy (Cy + ly)^-1 Cyx a = rho^2 (Cx + lx) a."""
    cx, cy, cxy = x.T @ x / len(x), y.T @ y / len(y), x.T @ y / len(x)
    cx = cx + REGULARISATION * np.trace(cx) / len(cx) * np.eye(len(cx))
    cy = cy + REGULARISATION * np.trace(cy) / len(cy) * np.eye(len(cy))
    squares, a = scipy.linalg.eigh(cxy @ np.linalg.solve(cy, cxy.T), cx)
    order = np.argsort(-squares)[:WIDTH]
    rho, a = np.sqrt(squares[order]), a[:, order]
    b = np.linalg.solve(cy, cxy.T @ a) / rho
    return rho, unit(new_x @ (a * rho**POWER)) @ unit(new_y @ (b * rho**POWER)).T


def ridge(x, y, new_x, new_y):
    alpha = REGULARISATION * (x**2).mean(axis=0).mean() * len(x)
    return unit(Ridge(alpha=alpha, fit_intercept=False).fit(x, y).predict(new_x)) @ unit(new_y).T


def procrustes(x, y, new_x, new_y):
    left, right = PCA(WIDTH).fit(x), PCA(WIDTH).fit(y)
    rotation, _ = scipy.linalg.orthogonal_procrustes(right.transform(y), left.transform(x))
    return unit(left.transform(new_x)) @ unit(right.transform(new_y) @ rotation).T


def asif(image, text, partner, new_image, new_text):
    def nearest(similarities):
        kept = np.argsort(-similarities, axis=1)[:, :NEAREST]
        out = np.zeros_like(similarities)
        values = np.clip(np.take_along_axis(similarities, kept, axis=1), 0, None) ** ASIF_POWER
        np.put_along_axis(out, kept, values, axis=1)
        return out

    pictures = nearest(unit(new_image) @ unit(image).T)[:, partner]
    captions = nearest(unit(new_text) @ unit(text).T)
    return unit(pictures) @ unit(captions).T


def main():
    chance = np.random.default_rng(4)
    maps = chance.normal(size=(3, 9)), chance.normal(size=(3, 6))

    def rows(pictures, partner):
        cause = chance.normal(size=(pictures, 3))
        image = (cause @ maps[0] + 0.7 * chance.normal(size=(pictures, 9))) * np.linspace(0.5, 3, 9) + 1
        text = cause[partner] @ maps[1] + 0.7 * chance.normal(size=(len(partner), 6)) - 2
        return image.astype(np.float32), text.astype(np.float32)

    partner = np.repeat(np.arange(40), chance.integers(1, 4, size=40))
    image, text = rows(40, partner)
    new_image, new_text = rows(8, np.repeat(np.arange(8), 2))

    def scaled(train, new):
        return [
            (v.astype(np.float64) - train.astype(np.float64).mean(0)) / train.astype(np.float64).std(0)
            for v in (train, new)
        ]

    x, new_x = scaled(image, new_image)
    y, new_y = scaled(text, new_text)
    by_asif = asif(x, y, partner, new_x, new_y)
    x, new_x = x[partner] - x[partner].mean(0), new_x - x[partner].mean(0)
    y, new_y = y - y.mean(0), new_y - y.mean(0)
    correlations, by_cca = cca(x, y, new_x, new_y)
    tensors = {
        "image": image,
        "text": text,
        "partner": partner,
        "new_image": new_image,
        "new_text": new_text,
        "correlations": correlations,
        "cca": by_cca,
        "ridge_to_image": ridge(y, x, new_y, new_x).T,
        "ridge_to_text": ridge(x, y, new_x, new_y),
        "procrustes": procrustes(x, y, new_x, new_y),
        "asif": by_asif,
    }
    OUT.mkdir(exist_ok=True)
    save_file(
        {name: np.ascontiguousarray(t if t.dtype == np.int64 else t.astype(np.float32)) for name, t in tensors.items()},
        OUT / "closed_form.safetensors",
    )


if __name__ == "__main__":
    main()
